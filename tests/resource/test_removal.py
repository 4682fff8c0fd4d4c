"""The recycle bin: what goes there, what refuses to, and that it goes whole."""

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel.errors import Forbidden, Missing, Refused
from crm_core.resource import hits
from tests.bare.models import Pointer, Thing
from tests.support.firm import PEOPLE, Firm


def test_a_record_goes_with_its_parts_under_one_change(firm: Firm) -> None:
    key, other = firm.thing("uma", lines=[{"text": "a"}, {"text": "b"}]), firm.thing("uma", lines=[{"text": "stays"}])
    with firm.as_user("uma"):
        (piece,) = firm.pieces.write([{"name": "p", "thing": key}])
        firm.resource("bare.crumb").write([{"name": "c", "piece": piece}])
        change = firm.things.delete([key])
    for table, gone in (("bare_thing", 1), ("bare_line", 2), ("bare_piece", 1), ("bare_crumb", 1)):
        assert firm.one(f"SELECT count(*) AS n FROM {table} WHERE deleted_change_id = :c AND deleted_at IS NOT NULL", c=change) == gone
    assert firm.one("SELECT count(*) AS n FROM bare_line WHERE deleted_at IS NULL") == 1
    assert firm.one("SELECT rows FROM core_change WHERE id = :c", c=change) == 5
    with firm.as_user("uma"):
        assert list(session.scalars(sa.select(Thing.id))) == [other]
        assert [h.id for h in hits.find("thing", [firm.things])] == [other]


def test_a_line_removed_before_is_not_part_of_a_later_deletion(firm: Firm) -> None:
    key = firm.thing("uma", lines=[{"text": "a"}])
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "lines": []}])
        change = firm.things.delete([key])
    assert firm.one("SELECT count(*) AS n FROM bare_line WHERE deleted_change_id = :c", c=change) == 0


def test_deleting_needs_its_own_right_and_the_row_in_its_scope(firm: Firm) -> None:
    foreign, hers = firm.thing("udo"), firm.thing("rita")
    with firm.as_user("rita"), pytest.raises(Forbidden):
        firm.things.delete([hers])
    with firm.as_user("uma"):
        for wanted in ([foreign], [10**9], [firm.thing("uma"), foreign]):
            with pytest.raises(Missing):
                firm.things.delete(wanted)
    assert firm.one("SELECT count(*) AS n FROM bare_thing WHERE deleted_at IS NOT NULL") == 0


def test_what_others_refer_to_refuses_to_go_until_they_are_gone(firm: Firm) -> None:
    key = firm.thing("uma")
    pointers = firm.resource("bare.pointer")
    with firm.house():
        (pointer,) = pointers.write([{"name": "p", "firm": key, "owner": PEOPLE["udo"][0]}])
    with firm.as_user("uma"), pytest.raises(Refused):
        firm.things.delete([key])
    with firm.as_user("udo"):
        pointers.delete([pointer])
    with firm.as_user("uma"):
        firm.things.delete([key])


def test_records_that_refer_to_each_other_can_go_together(firm: Firm) -> None:
    first = firm.thing("uma")
    second = firm.thing("uma", twin=first)
    with firm.as_user("uma"):
        with pytest.raises(Refused):
            firm.things.delete([first])
        firm.things.delete([first, second])


def test_a_loose_reference_is_cleared_or_kept_as_it_declares(firm: Firm) -> None:
    key = firm.thing("uma")
    pointers = firm.resource("bare.pointer")
    with firm.house():
        pointers.write([{"name": "p", "loose": key, "kept": key, "owner": PEOPLE["udo"][0]}])
    with firm.as_user("uma"):
        change = firm.things.delete([key])
    (row,) = firm.sql("SELECT loose_id, kept_id, version FROM bare_pointer")
    assert (row["loose_id"], row["kept_id"], row["version"]) == (None, key, 2)
    assert firm.one("SELECT count(*) AS n FROM core_history WHERE resource = 'bare.pointer' AND verb = 'update' AND change_id = :c", c=change) == 1
    with firm.as_user("udo"):
        assert session.scalars(sa.select(Pointer.kept_id)).one() == key
        assert firm.things.labels([key]) == {}


def test_a_word_in_use_refuses_to_go(firm: Firm) -> None:
    with firm.as_user("ada"):
        shelves = firm.resource("bare.shelf")
        (used, unused) = shelves.write([{"name": "used"}, {"name": "unused"}])
        firm.things.write([{"name": "x", "shelf": used}])
        with pytest.raises(Refused):
            shelves.delete([used])
        shelves.delete([unused])


def test_the_same_id_twice_is_deleted_once(firm: Firm) -> None:
    key = firm.thing("uma")
    with firm.as_user("uma"):
        firm.things.delete([key, key])
        with pytest.raises(Missing):
            firm.things.delete([key])
    assert firm.one("SELECT count(*) AS n FROM core_history WHERE verb = 'delete'") == 1


def test_three_thousand_go_at_once(firm: Firm) -> None:
    with firm.as_user("uma"):
        keys = firm.things.write([{"name": f"n{i}"} for i in range(3_000)])
        firm.things.delete(keys)
    assert firm.one("SELECT count(*) AS n FROM bare_thing WHERE deleted_at IS NULL") == 0
    assert firm.one("SELECT count(*) AS n FROM core_history WHERE verb = 'delete'") == 3_000
