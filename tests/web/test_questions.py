"""What pages of plugins ask, and where their boxes stand: the same controls as in the forms of resources."""

# ruff: noqa: F811
import pytest
from werkzeug.datastructures import MultiDict

from crm_core.resource.fields import DateField, Field, MoneyField
from crm_core.resource.references import RefField
from crm_core.testing.fixtures import as_user, empty_house, house, make  # noqa: F401
from crm_core.web import controls, lookups
from crm_core.web.questions import form

FIRM = RefField(name="firm", column="", target="core.customer", label="Firm", required=True)
DAY = DateField(name="day", column="", label="Day")


@pytest.fixture(scope="session")
def plugins():
    return []


def test_a_record_is_picked_by_who_may_know_it(house, as_user, make):
    ann, bob = as_user("ann", {"core.customer.*": "own"}), as_user("bob", {"core.customer.*": "own"})
    row = make.customer(owner=ann, name="Firm of ann")

    def ask(who, given, **begins):
        with who.work():
            return form(FIRM, DAY, given=None if given is None else MultiDict(given), begins=begins)

    first = ask(ann, None, firm=row)
    assert (first.values, first.faults) == ({"firm": row, "day": None}, {})
    assert (first.controls[0].control, first.controls[0].lookup_url, first.controls[0].picked[0].label) == ("reference", "/lookup/core.customer", "Firm of ann")
    for typed in ({"firm": str(row)}, {"firm__text": "Firm of ann"}):
        assert ask(ann, {**typed, "day": "2026-11-28"}).values["firm"] == row
        hidden = ask(bob, typed)
        assert hidden.values == {"firm": None, "day": None} and list(hidden.faults) == ["firm"]
        assert "Firm of ann" not in str(hidden.controls[0].picked) or "firm__text" in typed
    assert list(ask(ann, {"day": "nonsense", "firm": str(row)}).faults) == ["day"]
    assert list(ask(ann, {}).faults) == ["firm"] and ask(ann, {"day": ""}).controls[1].value == ""


def test_small_fields_stand_beside_each_other(house):
    def small(field):
        with house.system():
            made = controls.control(field, "")
            return made.small and not made.wide

    assert small(DAY) and small(MoneyField(name="worth", column="", label="Worth")) and not small(Field(name="word", column="", label="Word"))
    assert not small(DateField(name="day", column="", label="Day", help="A long sentence about it"))
    assert small(Field(name="code", column="", label="Code", info={"small": True})) and not small(DateField(name="day", column="", label="Day", info={"small": False}))


def test_of_a_tree_a_picker_offers_what_is_above_before_what_is_below(house, as_user, make):
    """Somebody who means a province finds it, however many counties have its name in theirs."""
    with house.system():
        province = make("core.region", name="Xanadu")
        for n in range(lookups.HITS + 1):
            make("core.region", name=f"County {n}", parent=province)
    with as_user("ann", {"core.region.read": "all"}).work():
        found = lookups.lookup("core.region", "Xanadu")["hits"]
    assert found[0]["value"] == str(province) and len(found) == lookups.HITS
