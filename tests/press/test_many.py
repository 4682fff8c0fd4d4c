"""Printing of more than is drawn at once, names of files, templates of attackers over HTTP and the API."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.access.prints import Printing
from crm_core.data.session import session
from crm_core.kernel import runner
from crm_core.kernel.models import JobRow
from crm_core.resource.papers import Template
from crm_core.text import slots
from crm_core.text.postal import WORDS
from tests.press.test_press import BULK, LIST, needs_pdf
from tests.security.template_payloads import TEMPLATES
from tests.support.people import Company


def refused(text: str) -> bool:
    try:
        slots.read(text, WORDS)
    except slots.Fault:
        return True
    return False


# One of each way out; the whole corpus is read in tests/text/test_slots.py.
TRIED = [*[one for one in TEMPLATES if refused(one)][::9], *[one for one in TEMPLATES if not refused(one) and one.isprintable()][::9]]


def test_more_than_two_hundred_are_printed_by_a_job_into_one_file(house: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_core.web.pressing.document._missing", lambda: ("libpango",))  # without PDFs it is one page for the browser
    lina = house.client("lina")
    with house.as_("lina"):
        customers = house.site.registry.resource("core.customer")
        customers.write([{"name": f"糖酒 {n} 公司", "addresses": [{"purpose": "office", "street": f"人民路 {n} 号", "postcode": "610041"}]} for n in range(203)])
    assert "made in the background" in lina.get(f"{LIST}/print").text
    for way in ("labels", "list"):
        answer = lina.post(BULK, data={"all": "1", "way": way, "do": "pdf", "to": "firm"})
        assert answer.status_code == 303 and answer.location.startswith("/jobs/"), way
        while runner.run_one(house.site):
            pass
        with house.as_("lina"):
            job = session.get_one(JobRow, int(answer.location.split("/")[2]))
            assert job.result["counts"] == {"done": 203, "skipped": 0}, way
            url = job.result["url"]
        made = lina.get(url)
        assert made.status_code == 200 and made.text.count("糖酒 ") == 203 and "糖酒 202 公司" in made.text, way
        assert house.client("sue").get(url).status_code == 404, way
    with house.as_("boss"):
        assert [(r.what, r.count, r.output) for r in session.query(Printing).order_by(Printing.id)] == [("labels", 203, "HTML"), ("list", 203, "HTML")]


@needs_pdf
def test_a_file_with_a_chinese_name_is_sent_as_a_server_can_send_it(house: Company) -> None:
    lina = house.client("lina")
    with house.as_("lina"):
        house.site.registry.resource("core.customer").write([{"name": "甲公司"}])
    for answer in (
        lina.post(BULK, data={"all": "1", "way": "list", "do": "pdf"}, headers={"Accept-Language": "zh-CN"}),
        house.client("admin").get(f"{LIST}/export?format=csv", headers={"Accept-Language": "zh-CN"}),
    ):
        said = answer.headers["Content-Disposition"]
        assert answer.status_code == 200 and said.isascii() and "filename*=UTF-8''%E5%AE%A2%E6%88%B7" in said, said


def test_templates_of_attackers_are_refused_by_form_and_preview_or_are_plain_words(house: Company) -> None:
    lina = house.client("lina")
    for text in TRIED:
        shown = lina.post("/paper/preview", data={"kind": "post", "body": text})
        answer = lina.post("/core/print_template/new", data={"name": "x", "kind": "post", "body": text})
        assert (shown.status_code, answer.status_code) == (200, 422 if refused(text) else 303), text
        assert ('class="hint bad"' in shown.text) is refused(text), text
        assert not any(mark in shown.text for mark in ("<script>alert", "<img src=x", "root:x:", "<svg onload", "<link rel=attachment")), text
    with house.as_("lina"):
        kept = [row.body for row in session.query(Template)]
        assert kept and not any(refused(body) for body in kept)


def test_what_a_record_print_writes_down_is_what_stood_on_it(house: Company) -> None:
    with house.as_("lina"):
        (firm,) = house.site.registry.resource("core.customer").write([{"name": "甲公司"}])
    with house.as_("admin"):
        contacts = house.site.registry.resource("core.contact")
        contacts.write([{"name": "有", "customer": firm, "hobbies": "钓鱼"}, {"name": "无", "customer": firm}])
    admin = house.client("admin")
    with house.as_("admin"):
        ids = [i for (i,) in session.query(contacts.model.id).order_by(contacts.model.id)]
    for i in ids:
        assert admin.get(f"/core/contact/{i}/print").status_code == 200
    with house.as_("admin"):
        told: list[Any] = [r.sensitive for r in session.query(Printing).order_by(Printing.id)]
    assert told == ["Hobbies", None]
