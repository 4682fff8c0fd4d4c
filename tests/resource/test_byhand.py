"""Objects that a service changes by hand pass the second half of the write path: rights, version, owners, history, search."""

import pytest
import sqlalchemy as sa

from crm_core.data.session import acting_as, session, system_scope, writing
from crm_core.kernel.errors import Conflict, Forbidden, Missing, Refused
from tests.bare.models import Line, Piece, Pointer, Shelf, Thing
from tests.support.firm import DEPARTMENTS, PEOPLE, TEAMS, Firm


def one(firm: Firm, key: int) -> dict[str, object]:
    (found,) = firm.sql("SELECT * FROM bare_thing WHERE id = :id", id=key)
    return dict(found)


def test_a_change_by_hand_is_stamped_derived_kept_and_found(firm: Firm) -> None:
    key = firm.thing("uma", name="before")
    with firm.as_user("uma"):
        with writing():
            found = firm.things.get(key, "update")
            found.name, found.rank = "北京", 7
        hits = firm.sql("SELECT tokens FROM core_search WHERE resource = 'bare.thing'")
    after = one(firm, key)
    assert (after["version"], after["updated_by_id"], after["rank"]) == (2, 3, 7) and str(after["name_key"]).startswith("bei")
    assert "北京" in hits[0]["tokens"]
    (update,) = firm.sql("SELECT verb, change_id FROM core_history WHERE verb = 'update'")
    assert firm.one("SELECT kind FROM core_change WHERE id = :c", c=update["change_id"]) == "action"
    assert firm.one("SELECT count(*) AS n FROM core_timeline WHERE kind = 'change'") == 1


def test_the_old_value_of_a_column_that_was_never_loaded_is_kept_too(firm: Firm) -> None:
    key = firm.thing("uma", name="before", note="a note", rank=5)
    with firm.as_user("uma"), writing() as db:
        found = firm.things.get(key, "update")
        db.expire(found)
        found.note, found.rank = "new", 6
    from crm_core.resource import changes

    with firm.house():
        (update,) = [h for h in changes.history_of("bare.thing", key) if h.verb == "update"]
        assert update.old == {"note": "a note", "rank": 5}


def test_several_objects_in_one_flush_are_one_change(firm: Firm) -> None:
    keys = [firm.thing("uma") for _ in range(3)]
    with firm.as_user("uma"), writing():
        for found in session.scalars(sa.select(Thing).where(Thing.id.in_(keys))):
            found.rank = 1
    assert firm.one("SELECT count(*) AS n FROM core_change WHERE kind = 'action'") == 1
    assert firm.one("SELECT rows FROM core_change WHERE kind = 'action'") == 3


def test_a_new_object_gets_owner_number_and_keys(firm: Firm) -> None:
    with firm.as_user("uma"), writing() as db:
        db.add(Thing(name="by hand"))
    (found,) = firm.sql("SELECT * FROM bare_thing")
    assert (found["owner_id"], found["department_id"], found["number"], found["version"], found["kind"]) == (3, 2, "BT-0001", 1, "small")
    assert found["name_key"] == "by hand" and found["created_by_id"] == 3
    assert firm.one("SELECT verb FROM core_history") == "create"


def test_a_new_part_gets_its_parents_owners_and_needs_its_parents_rights(firm: Firm) -> None:
    mine, foreign = firm.thing("uma", team="harbour"), firm.thing("udo")
    with firm.as_user("uma"):
        with writing() as db:
            db.add(Piece(name="p", thing_id=mine))
        with pytest.raises(Forbidden), writing() as db:
            db.add(Piece(name="q", thing_id=foreign))
        with pytest.raises(Forbidden), writing() as db:
            session.scalars(sa.select(Piece)).one().thing_id = foreign
    (found,) = firm.sql("SELECT owner_id, department_id, team_id, thing_id FROM bare_piece")
    assert tuple(found.values()) == (3, 2, TEAMS["harbour"], mine)


def test_rights_are_asked_on_flush(firm: Firm) -> None:
    foreign, hers = firm.thing("udo"), firm.thing("nil")
    with firm.as_user("rita"), pytest.raises(Forbidden), writing():  # reads all, updates her own
        firm.things.get(foreign).name = "x"
    with firm.as_user("nil"):  # reads his own, updates nothing
        with pytest.raises(Forbidden), writing():
            firm.things.get(hers).name = "x"
        with pytest.raises(Forbidden), writing() as db:
            db.add(Thing(name="new"))
    with firm.as_user("uma"), pytest.raises(Forbidden), writing() as db:
        db.add(Thing(name="for another", owner_id=PEOPLE["udo"][0]))
    with firm.as_user("uma"), pytest.raises(Forbidden), writing() as db:
        db.add(Shelf(name="not hers to make"))
    assert {r["name"] for r in firm.sql("SELECT name FROM bare_thing")} == {"thing"}


def test_the_house_may_and_history_is_written_all_the_same(firm: Firm) -> None:
    foreign = firm.thing("udo")
    with firm.as_user("uma"), writing():
        with system_scope("test") as db:
            db.get_one(Thing, foreign).name = "by the house"
        with pytest.raises(Missing):
            firm.things.get(foreign)
    assert one(firm, foreign)["name"] == "by the house"
    assert firm.one("SELECT count(*) AS n FROM core_history WHERE verb = 'update'") == 1


def test_who_acts_in_a_second_session_is_stamped(firm: Firm) -> None:
    his = firm.thing("udo")
    with firm.as_user("uma"), writing(), acting_as(firm.actor("udo")):
        firm.things.get(his, "update").name = "by udo"
    assert one(firm, his)["updated_by_id"] == PEOPLE["udo"][0]


def test_giving_away_by_hand_needs_the_right_to_assign(firm: Firm) -> None:
    key = firm.thing("rita")
    with firm.as_user("rita"), pytest.raises(Forbidden), writing():
        firm.things.get(key, "update").owner_id = 3
    firm.grant("reader", "bare.thing.assign", "own")
    with firm.as_user("rita"), writing():
        firm.things.get(key, "update").owner_id = 3
    assert (one(firm, key)["owner_id"], one(firm, key)["department_id"]) == (3, DEPARTMENTS["north"][0])


def test_owners_given_by_hand_go_to_the_parts(firm: Firm) -> None:
    key = firm.thing("uma", lines=[{"text": "a"}])
    with firm.as_user("ada"), writing():
        firm.things.get(key).owner_id = PEOPLE["dan"][0]
    assert firm.one("SELECT owner_id FROM bare_line") == PEOPLE["dan"][0]


def test_lines_changed_by_hand_are_checked_and_kept(firm: Firm) -> None:
    firm.thing("uma", lines=[{"text": "hers"}])
    firm.thing("udo", lines=[{"text": "his"}])
    with firm.as_user("uma"), writing():
        session.scalars(sa.select(Line)).one().text = "new"
    assert firm.one("SELECT count(*) AS n FROM core_history WHERE resource = 'bare.line' AND verb = 'update'") == 1
    with firm.as_user("rita"), pytest.raises(Forbidden), writing():
        for line in session.scalars(sa.select(Line)):
            line.text = "spoilt"


def test_records_are_never_deleted_by_hand(firm: Firm) -> None:
    key = firm.thing("uma")
    with firm.as_user("uma"), pytest.raises(RuntimeError), writing() as db:
        db.delete(firm.things.get(key))


def test_what_no_active_resource_knows_is_not_changed_by_people(firm: Firm) -> None:
    from crm_core.features.customers.models import Note

    with firm.as_user("ada"), writing() as db:
        pointer = Pointer(name="p")
        db.add(pointer)
    if firm.site.registry.by_model.get(Note) is None:
        with firm.as_user("ada"), pytest.raises(RuntimeError), writing() as db:
            db.add(Note(customer_id=1, subject="core.customer", subject_id=1, body="x"))


def test_an_object_older_than_the_database_is_a_conflict(firm: Firm) -> None:
    """R4 for services: what was loaded before somebody else's commit is not written over it."""
    key = firm.thing("uma", rank=1)
    with firm.as_user("uma"), pytest.raises(Conflict), writing() as db:
        found = firm.things.get(key, "update")
        db.connection().execute(  # as if another transaction had been quicker
            sa.text("UPDATE bare_thing SET version = version + 1, rank = 2 WHERE id = :k"), {"k": key},
            execution_options={"crm_unscoped": "test"})
        found.rank = found.rank + 10
    assert one(firm, key)["rank"] == 1


# --- actions ----------------------------------------------------------------------------------------------------------


def test_an_action_runs_under_its_own_right(firm: Firm) -> None:
    key = firm.thing("nil")
    with firm.as_user("nil"), pytest.raises(Forbidden):
        firm.things.run("finish", [key])
    firm.grant("narrow", "bare.thing.finish", "own")
    with firm.as_user("nil"):
        change = firm.things.run("finish", [key])
    assert one(firm, key)["flag"] in (True, 1)
    assert firm.one("SELECT kind FROM core_change WHERE id = (SELECT max(id) FROM core_change)") == "finish"
    assert firm.one("SELECT max(id) FROM core_change") == change


def test_an_action_on_what_is_hidden_is_not_there_and_an_unknown_one_neither(firm: Firm) -> None:
    foreign = firm.thing("udo")
    with firm.as_user("uma"):
        for name, key in (("finish", foreign), ("finish", 10**9), ("nonsense", foreign)):
            with pytest.raises(Missing):
                firm.things.run(name, [key])


def test_an_action_that_refuses_or_is_not_possible_changes_nothing_at_all(firm: Firm) -> None:
    fine, stuck, done = firm.thing("uma"), firm.thing("uma", hint="stuck"), firm.thing("uma", flag=True)
    with firm.as_user("uma"):
        with pytest.raises(Refused):
            firm.things.run("finish", [fine, stuck])
        with pytest.raises(Refused):
            firm.things.run("open_only", [fine, done])
    assert not one(firm, fine)["flag"]
