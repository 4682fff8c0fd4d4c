"""Printing of more than is drawn at once, files and their names, what a record's print writes down."""

from __future__ import annotations

import io
from typing import Any

import pytest

from crm_core import document
from crm_core.access.prints import Printing
from crm_core.data.session import session
from crm_core.kernel import runner
from crm_core.kernel.models import JobRow
from tests.press.test_press import BULK, LIST
from tests.support.people import Company


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
        assert made.text.count("<table") == made.text.count("</table>") == made.text.count("<h1>") == (way == "list"), "a list is one table under one heading"
        assert house.client("sue").get(url).status_code == 404, way
    with house.as_("boss"):
        assert [(r.what, r.count, r.output) for r in session.query(Printing).order_by(Printing.id)] == [("labels", 203, "HTML"), ("list", 203, "HTML")]


@pytest.mark.skipif(bool(document._missing()), reason="the libraries that draw PDFs are not on this machine")
def test_the_pdf_of_a_list_holds_its_rows_under_a_name_that_a_server_can_send(house: Company) -> None:
    from pypdf import PdfReader

    lina = house.client("lina")
    with house.as_("lina"):
        odd = "𠮷野家 龍门龙門", "ＡＢＣ（股份） e\u0301", "o" + "\u0301\u0323" * 8, "报价\u202efdp.exe a\u200bb"  # strings that break programs (security M5)
        house.site.registry.resource("core.customer").write([{"name": n} for n in ("甲公司", "Zucker GmbH", *odd)])
    made = lina.post(BULK, data={"all": "1", "way": "list", "do": "pdf"}, headers={"Accept-Language": "zh-CN"})
    text = PdfReader(io.BytesIO(made.data)).pages[0].extract_text()
    assert made.mimetype == "application/pdf"
    assert all(name in "".join(text.split()) for name in ("甲公司", "ZuckerGmbH", "𠮷野家", "龍门龙門", "ＡＢＣ（股份）", "报价")), text
    for answer in (made, house.client("admin").get(f"{LIST}/export?format=csv", headers={"Accept-Language": "zh-CN"})):
        said = answer.headers["Content-Disposition"]
        assert answer.status_code == 200 and said.startswith("attachment") and said.isascii() and "filename*=UTF-8''%E5%AE%A2%E6%88%B7" in said, said
    with house.as_("boss"):
        assert [r.output for r in session.query(Printing)] == ["PDF"]


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
