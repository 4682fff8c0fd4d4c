"""What pages ask of a reader: what he sees, what he may, and a title that tells nothing hidden from him, however it is written."""

from typing import Any

from crm_core.resource.seen import may
from tests.support.firm import Firm


class _Beside:
    """A class without a resource that brings a title along."""

    def title(self, row: Any) -> str:
        return f"{row.name} costs {row.price}"


def _titles(firm: Firm, key: int) -> set[str]:
    """A record's title as three authors write it: in the class, in a class it is made of besides, on top of another's."""
    kind = type(firm.things)
    own: Any = type("Own", (kind,), {"title": lambda self, row: f"{row.name} costs {row.price}"})
    beside = type("Beside", (_Beside, kind), {})
    above = type("Above", (own,), {"title": lambda self, row: own.title(self, row)})
    return {_title(firm, one, key) for one in (own, beside, above)}


def _title(firm: Firm, kind: Any, key: int) -> str:
    resource = kind()
    resource.bind(firm.things.registry)
    return str(resource.title(firm.things.get(key)))


def test_a_title_that_reads_a_hidden_field_shows_nothing_of_it(firm: Firm) -> None:
    key = firm.thing("uma", name="tea", price=4_200)
    with firm.as_user("uma"):
        assert _titles(firm, key) == {"tea costs 4200"}
    firm.field_rule("user", "bare.thing", "price", "hidden")
    with firm.as_user("uma"):
        assert _titles(firm, key) == {"tea costs None"}
    with firm.as_user("ada"):
        assert _titles(firm, key) == {"tea costs 4200"}


def test_a_title_may_be_words_or_nothing(firm: Firm) -> None:
    key = firm.thing("uma", name="tea")
    for said, shown in ((None, f"#{key}"), (" ", f"#{key}"), (7, "7"), (" tea ", "tea")):
        with firm.as_user("uma"):
            assert _title(firm, type("Odd", (type(firm.things),), {"title": lambda self, row, said=said: said}), key) == shown


def test_who_may_do_what_on_any_record_on_this_one_and_on_none(firm: Firm) -> None:
    hers, foreign = firm.thing("uma"), firm.thing("udo")
    with firm.as_user("uma"):
        assert may("bare.thing.update") and may("bare.thing.update", hers) and not may("bare.thing.update", foreign) and not may("bare.thing.update", hers, foreign)
        assert not may("bare.thing.update", None) and not may("bare.nothing.read") and not may("bare.nothing.read", hers)
    firm.sql("UPDATE core_grant SET permission = 'bare.thing.read' WHERE permission IN ('bare.thing.*', 'bare.*')")
    firm.rights_changed()
    with firm.as_user("uma"):
        assert may("bare.thing.read", hers) and not may("bare.thing.update") and not may("bare.thing.update", hers)
