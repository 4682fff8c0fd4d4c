"""Printing of lists, labels and envelopes over HTTP: to whom, who is left out, what is written down, who may."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from crm_core import document
from crm_core.access.prints import Printing
from crm_core.data.session import session
from crm_core.features.customers.api import mark_channel
from crm_core.resource import post
from crm_core.resource.papers import Paper, Template
from tests.support import ENGINES
from tests.support.people import Client, Company, fresh

LIST, BULK = "/core/customer", "/core/customer/bulk/print"


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company for all tests here, on each engine."""
    with fresh(request.param, request, tmp_path_factory.mktemp("press")) as made:
        yield made


@pytest.fixture(scope="module")
def firms(house: Company) -> Client:
    """Lina, with firms of every kind: with contacts, abroad, without address, that want no letters, whose post came back."""
    with house.as_("lina"):
        customers, contacts = (house.site.registry.resource(f"core.{n}") for n in ("customer", "contact"))
        lines = [{"purpose": "office", "street": "四川省成都市武侯区人民南路四段 18 号", "postcode": "610041"}]
        ids = customers.write([
            {"name": "糖酒甲公司", "addresses": lines}, {"name": "Zucker GmbH", "country": "DE", "addresses": [{"purpose": "office", "street": "Lindenstr. 4, Berlin", "postcode": "10969"}]},
            {"name": "无地址公司"}, {"name": "勿扰公司", "addresses": lines, "wish_never": ["letter"]}, {"name": "退信公司", "addresses": lines},
            {"name": "李雷", "kind": "person", "addresses": lines},
        ])
        contacts.write([
            {"name": "欧阳静", "customer": ids[0], "sex": "female", "main": True, "position": None}, {"name": "王强", "customer": ids[0], "sex": "male"},
            {"name": "Anna Fischer", "customer": ids[1], "salutation": "ms", "main": True}, {"name": "赵不要", "customer": ids[5], "wish_never": ["letter"]},
        ])
        mark_channel("core.customer", ids[4], "letter", "查无此单位")
    return house.client("lina")


@pytest.fixture
def press(house: Company, firms: Client) -> Client:
    """Lina before she has printed anything."""
    house.sql("DELETE FROM core_printing")
    house.sql("UPDATE core_user SET preferences = '{}'")
    return firms


def drawn(page: str) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]*)</text>", page)


def printed(house: Company) -> list[Any]:
    with house.as_("boss"):
        return [(r.of, r.what, r.count, r.conditions, r.output) for r in session.query(Printing).order_by(Printing.id)]


def ids_of(house: Company) -> list[int]:
    with house.as_("lina"):
        model = house.site.registry.resource("core.customer").model
        return list(session.scalars(session.query(model.id).order_by(model.id).statement))


def ticked(page: str) -> list[str]:
    """The fields that are ticked for printing."""
    return [re.search(r'value="([^"]+)"', box)[1] for box in re.findall(r"<input[^>]*name=\"fields\"[^>]*>", page) if " checked" in box]  # type: ignore[index]


def paper(house: Company, code: str) -> str:
    with house.as_("lina"):
        return str(session.query(Paper.id).filter(Paper.code == code).scalar())


def test_labels_go_to_the_main_contact_and_who_gets_none_is_said_with_the_reason(press: Client, house: Company) -> None:
    page = press.post(BULK, data={"all": "1", "way": "labels", "to": "main", "paper": paper(house, "L7163")}).text
    words = drawn(page)
    assert words.index("610041") < words.index("四川省成都市武侯区人民南路四段 18 号") < words.index("糖酒甲公司") < words.index("欧阳静 女士 收")
    assert "王强 先生 收" not in words and "李雷 收" in words
    at = words.index("Ms Anna Fischer")
    assert words[at : at + 5] == ["Ms Anna Fischer", "Zucker GmbH", "Lindenstr. 4, Berlin", "10969", "德国 GERMANY"]
    for why, name in (("no address", "无地址公司"), ("wants no letters", "勿扰公司"), ("post has come back", "退信公司")):
        assert re.search(rf"{why}</b><div[^>]*>[^<]*{name}", page), why
    assert "to print: 3" in page and printed(house) == []


def test_all_contacts_or_the_firm_itself_may_be_meant(press: Client) -> None:
    everybody = drawn(press.post(BULK, data={"all": "1", "way": "labels", "to": "all"}).text)
    assert {"欧阳静 女士 收", "王强 先生 收", "Ms Anna Fischer"} <= set(everybody) and not any("赵不要" in w for w in everybody)
    firm = drawn(press.post(BULK, data={"all": "1", "way": "labels", "to": "firm"}).text)
    assert "糖酒甲公司 收" in firm and not any("欧阳" in w for w in firm)


def test_a_printing_is_written_down_with_its_conditions_and_remembered(press: Client, house: Company) -> None:
    ids = ids_of(house)
    page = press.post(BULK, data={"id": [str(ids[0])], "way": "labels", "do": "print", "start": "5", "paper": paper(house, "L7163")}).text
    assert "欧阳静 女士 收" in drawn(page) and "/paper/21000x29700.css" in page
    x = re.search(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>610041', page)
    assert x is not None and abs(float(x[1]) - 7.63) < 0.01 and float(x[2]) > 15.15 + 2 * 38.1  # the fifth of a sheet of two across
    assert printed(house) == [("core.customer", "labels", 1, "chosen by hand", None)]
    book = house.client("admin").get("/core/printing").text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "Customers" in book and "core.customer" not in book  # names, no codes
    again = press.get(f"{LIST}/print").text
    assert 'value="labels" checked' in again and "Avery L7163" in again
    assert press.get("/paper/21000x29700.css").text == "@page { size: 210mm 297mm; margin: 0 }\n"


def test_a_chinese_envelope_has_the_postcode_in_boxes_and_the_sender_of_the_settings(press: Client, house: Company) -> None:
    page = press.post(BULK, data={"all": "1", "way": "envelopes", "paper": paper(house, "ZL"), "frame": "1", "frame__sent": "1"}).text
    words = drawn(page)
    assert words[:8] == ["6", "1", "0", "0", "4", "1", "贴 邮", "票 处"] and "610041" not in words
    assert 'stroke="#d22630"' in page
    plain = press.post(BULK, data={"all": "1", "way": "envelopes", "paper": paper(house, "ZL"), "frame__sent": "1"}).text
    assert 'stroke="#d22630"' not in plain and drawn(plain)[:6] == list("610041")


def test_fields_of_a_list_and_of_sheets_are_ticked(press: Client, house: Company) -> None:
    page = press.post(BULK, data={"all": "1", "way": "list", "was": "list", "fields__sent": "1", "fields": ["name", "country"], "do": "print"}).text
    assert re.findall(r'<th scope="col">([^<]*)', page) == ["Name", "Country"] and "Zucker GmbH" in page
    sheets = press.post(BULK, data={"all": "1", "way": "sheets", "was": "sheets", "fields__sent": "1", "fields": ["code"], "do": "print"}).text
    assert sheets.count('<section class="psheet">') == 6 and "<dt>Code</dt>" in sheets and "<dt>Country</dt>" not in sheets
    assert [row[1:3] for row in printed(house)] == [("list", 6), ("sheets", 6)]
    assert ticked(press.get(f"{LIST}/print").text) == ["code"]  # the last way, with the fields ticked for it
    assert ticked(press.post(BULK, data={"all": "1", "way": "list", "was": "sheets", "fields__sent": "1", "fields": ["code"]}).text) == ["name", "country"]
    assert "name" in ticked(press.get("/core/contact/print").text) and "country" not in ticked(press.get("/core/contact/print").text)
    nothing = press.post(BULK, data={"all": "1", "way": "list", "was": "list", "fields__sent": "1", "do": "print"})
    assert nothing.status_code == 409 and "Tick at least one field." in nothing.text and len(printed(house)) == 2
    assert "Tick at least one field." in press.post(BULK, data={"all": "1", "way": "list", "was": "list", "fields__sent": "1"}).text


def test_a_letter_of_ones_own_is_filled_for_each_and_nothing_of_it_is_markup(press: Client, house: Company) -> None:
    with house.as_("lina"):
        templates = house.site.registry.resource("core.print_template")
        (row_id,) = templates.write([{"name": "Greeting", "kind": "sheet", "subject": "core.customer", "body": "# {{ person }}，您好\n<script>x</script> {{ Code }}{% if email %} mail{% end %}"}])
        with pytest.raises(Exception, match=r"password_hash|no word"):
            templates.write([{"name": "Bad", "kind": "sheet", "subject": "core.customer", "body": "{{ owner.password_hash }}"}])
        assert [row.name for row in session.query(Template)].count("Bad") == 0
    page = press.post(BULK, data={"id": [str(ids_of(house)[0])], "way": "sheets", "template": str(row_id), "do": "print"}).text
    assert "<h1>欧阳静 女士，您好</h1>" in page and "&lt;script&gt;x&lt;/script&gt; KH-" in page and "mail" not in page.split('class="psheet letter"')[1].split("</div>")[0]


def test_a_letter_goes_to_whom_an_envelope_goes_and_stands_alone_on_its_paper(press: Client, house: Company) -> None:
    with house.as_("lina"):
        write = house.site.registry.resource("core.print_template").write
        (letter,) = write([{"name": "Dear", "kind": "sheet", "subject": "core.customer", "body": "# Dear {{ person }},\n{{ firm }}"}])
        (sheet,) = write([{"name": "Visit", "kind": "sheet", "subject": "core.customer", "body": "# {{ Code }}"}])
        (to_contact,) = write([{"name": "Dear one", "kind": "sheet", "subject": "core.contact", "body": "# Dear {{ person }},"}])
        contacts = {row.name: row.id for row in session.query(house.site.registry.resource("core.contact").model)}
    ask = {"all": "1", "way": "sheets", "template": str(letter)}
    page = press.post(BULK, data={**ask, "do": "print"}).text
    assert re.findall("<h1>Dear (.*?),</h1>", page) == ["李雷", "Ms Anna Fischer", "欧阳静 女士"] and "paper-h" not in page and "Printed " not in page
    assert "勿扰公司" in press.post(BULK, data=ask).text  # named with the reason
    assert press.post(BULK, data={**ask, "template": str(sheet), "do": "print"}).text.count("<h1>KH-") == 6  # it names nobody
    mine = press.post("/core/contact/bulk/print", data={"id": [str(contacts["王强"]), str(contacts["欧阳静"])], "way": "sheets", "template": str(to_contact), "do": "print"}).text
    assert re.findall("<h1>Dear (.*?),</h1>", mine) == ["王强 先生", "欧阳静 女士"]


def test_a_template_shows_what_comes_of_it_while_it_is_written(press: Client) -> None:
    good = press.post("/paper/preview", data={"kind": "post", "body": "{{ address }}"}).text
    assert "欧阳静 女士 收" in "".join(drawn(good)) and 'data-word="{{ address }}"' in good
    assert "There is no word" in press.post("/paper/preview", data={"kind": "post", "body": "{{ config }}"}).text
    letter = press.post("/paper/preview", data={"kind": "sheet", "subject": "core.customer", "body": "<b>{{ name }}</b>"}).text
    assert "&lt;b&gt;" in letter


def test_without_the_right_nothing_is_printed(press: Client, house: Company) -> None:
    nobody_elses = house.client("sue").post(BULK, data={"id": [str(i) for i in ids_of(house)], "way": "labels", "do": "print"})
    assert nobody_elses.status_code in (403, 409, 422) and "糖酒甲公司" not in nobody_elses.text
    assert printed(house) == []


def test_anything_that_names_an_addressed_record_has_labels_by_one_line(press: Client, house: Company) -> None:
    with house.as_("lina"):
        needs = house.site.registry.resource("core.need")
        (row_id,) = needs.write([{"kind": "fair", "valid_from": dt.date(2026, 11, 1), "customer": ids_of_here(house)[0]}])
        needs.addressed = "customer"
        try:
            assert [one.person for one in post.collect(needs, [row_id], post.MAIN).found] == ["欧阳静 女士"] and post.rules(needs) == post.TO
            needs.addressed = post.Addressed(street="wanted", firm="customer")
            assert post.collect(needs, [row_id], "").left == {"no address": ["糖酒甲公司"]}
        finally:
            needs.addressed = None


def ids_of_here(house: Company) -> list[int]:
    model = house.site.registry.resource("core.customer").model
    return list(session.scalars(session.query(model.id).order_by(model.id).statement))


def test_without_pdf_the_page_says_so_and_the_browser_prints(press: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_missing", lambda: ("libpango",))
    page = press.get(f"{LIST}/print").text
    assert "PDF files cannot be made on this machine: libpango is not installed." in page and 'value="pdf"' not in page
    assert press.post(BULK, data={"all": "1", "do": "print"}).status_code == 200


def test_an_english_address_has_a_sign_between_street_and_region(press: Client, house: Company) -> None:
    page = press.get(f"{LIST}/{ids_of(house)[0]}").text
    assert re.search(r"Wuhou District[^<]*(<[^>]*>)*, ?四川省", page)
