"""Texts with fields: filled with what their sender may see, chosen on the way to a mail."""

from __future__ import annotations

import pytest

from crm_core.kernel.errors import Invalid
from tests.customers.office import Office
from tests.mail.conftest import Sink, box
from tests.mail.test_mailing import go, mailing, may, run, web
from tests.mail.test_sending import grants

assert grants and may  # fixtures of these tests too


def test_a_template_is_filled_with_what_its_sender_may_see(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firm = office.customer("chen", "云岭春", email="office@firm.example", phone="028-1234567")
    office.contact("chen", firm, "张伟", email="zhang@firm.example", sex="male")
    with office.as_("chen"):
        (text,) = office.resource("mail_template").write([{
            "name": "Invitation", "about": "contact", "language": "zh", "title": "{{ customer.name }}",
            "text": "{{ person }}，您好\n{% if customer.phone %}电话 {{ customer.phone }}{% end %}\n{{ 我.姓名 }}"}])
        with pytest.raises(Invalid):  # what is sensitive, hidden or nowhere is no word of it
            office.resource("mail_template").write([{"name": "x", "title": "x", "text": "{{ me.password_hash }}"}])
    office.hide("seller", "core.customer", "phone")
    made = mailing(office, account, wanted="/core/contact", template=text, title=None, text=None)
    page = web(office, "chen")("GET", f"/core/mailing/{made}", Accept_Language="en").text
    assert "Phone" in page and "stay empty" in page, "what is hidden is told before it is sent"
    go(office, made)
    run(office)
    (got,) = sink.mails
    assert got["Subject"] == "云岭春"
    assert got.get_content().replace("\r", "").startswith("张伟 先生，您好\n陈晓燕\n"), "the line of what is hidden is left out"  # type: ignore[attr-defined]


def test_a_mail_begins_with_a_template_filled_with_whom_it_is_written_to(office: Office, sink: Sink) -> None:
    box(office, sink)
    firm = office.customer("chen", "云岭春", email="office@firm.example", phone="028-1234567")
    person = office.contact("chen", firm, "张伟", email="zhang@firm.example", sex="male")
    with office.as_("chen"):
        texts = office.resource("mail_template").write([
            {"name": "To a person", "about": "contact", "title": "For {{ customer.name }}", "text": "Dear {{ name }}"},
            {"name": "To a firm", "title": "Firm {{ name }}", "text": "{{ phone }}"}])
    office.hide("seller", "core.customer", "phone")
    browser = web(office, "chen")
    given = f"receivers=zhang@firm.example&subject=core.contact&subject_id={person}"
    form = browser("GET", f"/core/mail/new?{given}&template={texts[0]}").text
    assert 'value="For 云岭春"' in form and "Dear 张伟" in form and "/core/mail/templates?" in form
    page = browser("GET", f"/core/mail/templates?{given}&template={texts[1]}", Accept_Language="en").text
    assert "Firm 云岭春" in page and "stay empty: Customer: Phone" in page, "of a contact the firm is known"
    firms_page = browser("GET", f"/core/mail/templates?subject=core.customer&subject_id={firm}").text
    assert "To a firm" in firms_page and "To a person" not in firms_page
    foreign = office.customer("wang", "别人的公司", email="x@firm.example")
    assert 'value="Firm"' in browser("GET", f"/core/mail/new?subject=core.customer&subject_id={foreign}&template={texts[1]}").text, "of what is not his nothing is filled in"
    shown = browser("POST", "/core/mail_template/preview", {"about": "contact", "title": "x", "text": "one\n{{ nothing }}"}, Accept_Language="en").text
    assert "Line 2: There is no word “nothing”" in shown and "{{ person }}" in shown
    assert "张伟 " in browser("POST", "/core/mail_template/preview", {"about": "contact", "title": "x", "text": "{{ person }}"}).text
