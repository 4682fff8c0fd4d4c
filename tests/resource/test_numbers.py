"""Numbers of a series and columns that follow from others: brought along, drawn, worked out ahead."""

from crm_core.data.session import writing
from crm_core.resource import derived
from crm_core.text import pinyin
from tests.resource.test_write import refused, row
from tests.support.firm import Firm


def test_a_number_may_be_brought_along_and_is_never_changed(firm: Firm) -> None:
    with firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "brought", "number": "OLD-7"}])
    bad = refused(firm, [{"id": key, "number": "OLD-8"}], "uma")
    assert bad.fields["number"] == ["This field cannot be written."]
    assert row(firm, key)["number"] == "OLD-7"


def test_the_series_goes_on_behind_numbers_that_were_brought_along(firm: Firm) -> None:
    with firm.as_user("uma"):
        firm.things.write([{"name": "a", "number": "BT-0041"}, {"name": "b"}, {"name": "c", "number": "other 99"}])
        firm.things.write([{"name": "d", "number": "BT-0007"}, {"name": "e"}])
    found = [r["number"] for r in firm.sql("SELECT number FROM bare_thing ORDER BY id")]
    assert found == ["BT-0041", "BT-0042", "other 99", "BT-0007", "BT-0043"]


def test_a_number_that_a_role_may_not_write_cannot_be_brought_along(firm: Firm) -> None:
    firm.field_rule("user", "bare.thing", "number", "readonly")
    assert "number" in refused(firm, [{"name": "x", "number": "BT-1"}], "uma").fields


def test_what_follows_from_a_column_is_worked_out_unless_it_was_ahead(firm: Firm) -> None:
    known = {("bare_thing", "name_key"): {"ahead": "told before"}}
    with firm.as_user("uma"), writing(), derived.ahead(known):
        keys = firm.things.write([{"name": "ahead"}, {"name": "重庆"}])
    assert [row(firm, key)["name_key"] for key in keys] == ["told before", pinyin.sort_key("重庆")]
    with firm.as_user("uma"):
        (later,) = firm.things.write([{"name": "ahead"}])
    assert row(firm, later)["name_key"] == pinyin.sort_key("ahead")


def test_a_phone_brings_its_digits_along_without_a_word_of_the_author(firm: Firm) -> None:
    with firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "a", "phone": "+86 138-0013-8000 转 5"}])
    assert row(firm, key)["phone_key"] == "13800138000"
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "phone": None}])
    assert row(firm, key)["phone_key"] is None
