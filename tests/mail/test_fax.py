"""Fax by a gateway of mail: what leaves is a mail with a PDF, what comes is filed on whose number stands in it."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.data.session import session
from crm_core.document import lacking
from crm_core.features.channels import fax
from crm_core.features.mail.models import Letter
from crm_core.kernel import outbox, runner
from crm_core.kernel.errors import Invalid, Refused
from crm_core.resource.settings import put
from tests.customers.office import Office
from tests.mail.conftest import Post, Sink, box
from tests.mail.test_receiving import account, look, mail, received
from tests.mail.test_sending import grants

assert grants  # a fixture of these tests too
GATEWAY = "fax-{number}@gateway.example"


def gateway(office: Office, said: str = GATEWAY) -> None:
    with office.site.system("tests"):
        put(fax.FaxSettings, {"gateway": said})


def letters(office: Office) -> list[Letter]:
    with office.as_("sun"):
        found = list(session.scalars(office.resource("letter").visible().order_by(Letter.id)))
        session.expunge_all()
        return found


@pytest.mark.skipif(bool(lacking()), reason="no PDFs on this machine")
def test_a_fax_leaves_as_a_mail_with_a_pdf_and_is_filed(office: Office, sink: Sink) -> None:
    gateway(office)
    office.grant("seller", "core.customer.send_fax", "own")
    box(office, sink)
    firm = office.customer("chen", fax="028-8652 1234")
    with office.as_("chen"):
        office.resource("customer").run("send_fax", [firm], {"title": "Our offer", "text": "Two <b>pages</b>\n您好"})
    for _turn in range(2):
        runner.drain(office.site)
        outbox.drain(office.site)
    (sent,) = sink.mails
    assert sink.envelopes[0].rcpt_tos == ["fax-02886521234@gateway.example"]
    (pdf,) = [part for part in sent.iter_attachments()]  # type: ignore[attr-defined]
    assert str(pdf.get_filename()).endswith(".pdf") and pdf.get_content().startswith(b"%PDF-")
    assert [(one.title, one.customer_id, one.direction) for one in letters(office)] == [("Our offer", firm, "sent")]


def test_who_has_no_number_or_wants_none_gets_none_and_without_a_gateway_there_is_no_fax(office: Office) -> None:
    office.grant("seller", "core.customer.send_fax", "own")
    firm = office.customer("chen", fax="028-86521234")
    assert office.resource("customer").all_actions["send_fax"].offered is not None
    with office.as_("chen"):
        assert not fax.offered()
        with pytest.raises(Refused):
            fax.address_of("1234567")
    gateway(office)
    with office.as_("chen"):
        assert fax.offered() and fax.address_of("+1 919-676-9515") == "fax-+19196769515@gateway.example"
        office.resource("customer").write([{"id": firm, "wish_never": ["fax"]}])
        with pytest.raises(Refused):
            office.resource("customer").run("send_fax", [firm], {"title": "x", "text": "x"})


@pytest.mark.parametrize("said", ["fax@gateway.example", "{number}", "{number}{number}@gateway.example", "a b{number}@x"])
def test_a_gateway_is_an_address_with_a_place_for_the_number(office: Office, said: str) -> None:
    with pytest.raises(Invalid):
        gateway(office, said)


@pytest.mark.parametrize(("sender", "title", "number"), [
    ("fax-02886521234@gateway.example", "You have a fax", "02886521234"), ("FAX-+862886521234@Gateway.example", "", "02886521234"),
    ("noreply@gateway.example", "Fax from 028-8652 1234, 2 pages", "02886521234"), ("noreply@gateway.example", "2 pages", ""),
    ("fax-02886521234@gateway.example.evil.example", "Fax from 028-86521234", ""), ("me@evil.example", "Fax from 028-86521234", ""), ("", "Fax from 028-86521234", ""),
])
def test_the_number_stands_in_the_address_or_in_the_subject_of_what_the_gateway_sends(sender: str, title: str, number: str) -> None:
    assert fax.number_in(GATEWAY, sender, title) == number


def test_a_fax_that_comes_in_is_filed_on_whose_number_it_is_and_on_nobody_where_several_have_it(office: Office, sink: Sink, post: Post) -> None:
    gateway(office)
    firm = office.customer("chen", fax="(028) 8652-1234")
    person = office.contact("chen", firm, fax="02886525678")
    office.customer("wang", "成都一号酒业有限公司", fax="010-65001111")
    office.customer("li", "成都二号酒业有限公司", fax="010 6500 1111")
    account(office, sink, post)
    made: dict[str, Any] = {"one": "028-86521234", "two": "02886525678", "three": "01065001111", "four": "0755-2222333"}
    for name, number in made.items():
        coming = mail(f"Fax from {number}", "noreply@gateway.example", f"<{name}@gateway.example>")
        coming.add_attachment(b"%PDF-1.4 " + name.encode(), maintype="application", subtype="pdf", filename="fax.pdf")
        post.drop("chen", coming.as_bytes())
    look(office)
    outbox.drain(office.site)
    assert [(one.title, one.customer_id, one.contact_id) for one in letters(office)] == [
        (f"Fax from {made['one']}", firm, None), (f"Fax from {made['two']}", firm, person)]
    assert [one.customer_id for one in received(office)] == [firm, firm, None, None]
