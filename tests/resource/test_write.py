"""The write path: always a set, all or none; what is not offered is not written; absent is not null."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import current_work, session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Conflict, Forbidden, Invalid, Missing
from crm_core.resource import changes
from tests.bare.models import Kind, Thing
from tests.support.firm import DEPARTMENTS, PEOPLE, TEAMS, Firm


def row(firm: Firm, key: int) -> dict[str, Any]:
    (found,) = firm.sql("SELECT * FROM bare_thing WHERE id = :id", id=key)
    return dict(found)


def history(firm: Firm, key: int, resource: str = "bare.thing") -> list[dict[str, Any]]:
    return firm.sql("SELECT * FROM core_history WHERE resource = :r AND row_id = :id ORDER BY id", r=resource, id=key)


def refused(firm: Firm, rows: list[dict[str, Any]], login: str = "ada") -> Invalid:
    """The refusal of a set; nothing of it has been written."""
    before = firm.one("SELECT count(*) AS n FROM bare_thing"), firm.one("SELECT count(*) AS n FROM core_change")
    with firm.as_user(login), pytest.raises(Invalid) as bad:
        firm.things.write(rows)
    assert (firm.one("SELECT count(*) AS n FROM bare_thing"), firm.one("SELECT count(*) AS n FROM core_change")) == before
    return bad.value


def test_a_set_is_created_and_updated_in_its_order(firm: Firm) -> None:
    with firm.as_user("uma"):
        a, b = firm.things.write([{"name": "a"}, {"name": "b"}])
        answer = firm.things.write([{"id": b, "name": "b2"}, {"name": "c"}, {"id": a, "name": "a2"}])
        assert answer[0] == b and answer[2] == a
    assert [row(firm, key)["name"] for key in answer] == ["b2", "c", "a2"]
    assert firm.one("SELECT count(*) AS n FROM core_change") == 2


def test_an_empty_set_is_nothing(firm: Firm) -> None:
    with firm.as_user("uma"):
        assert firm.things.write([]) == []
    assert firm.one("SELECT count(*) AS n FROM core_change") == 0


def test_a_new_row_gets_defaults_stamps_keys_and_owner(firm: Firm) -> None:
    with clock.freeze(dt.datetime(2026, 5, 1, tzinfo=dt.UTC)), firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "北京"}])
    found = row(firm, key)
    assert (found["owner_id"], found["department_id"], found["team_id"]) == (3, 2, None)
    assert (found["kind"], found["standing"], found["version"], found["number"]) == ("small", "new", 1, "BT-0001")
    assert found["created_by_id"] == found["updated_by_id"] == 3 and len(found["public_id"]) == 32
    assert found["name_key"].startswith("bei") and found["deleted_at"] is None
    assert firm.one("SELECT count(*) AS n FROM bare_thing WHERE created_at = updated_at") == 1


def test_absent_is_not_null_and_null_is_not_empty(firm: Firm) -> None:
    key = firm.thing("uma", note="kept", hint="kept", rank=3)
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "hint": None}])
        found = row(firm, key)
        assert (found["note"], found["hint"], found["rank"]) == ("kept", None, 3)
        firm.things.write([{"id": key, "note": "", "rank": 0}])
    found = row(firm, key)
    assert (found["note"], found["rank"], found["hint"]) == ("", 0, None)


def test_null_in_a_new_row_means_the_default_and_in_an_old_one_is_refused(firm: Firm) -> None:
    with firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "x", "kind": None, "flag": None, "standing": None}])
    assert (row(firm, key)["kind"], row(firm, key)["standing"]) == ("small", "new")
    bad = refused(firm, [{"id": key, "kind": None, "flag": None}], "uma")
    assert set(bad.fields) == {"kind", "flag"}


def test_what_nobody_changed_leaves_no_trace(firm: Firm) -> None:
    key = firm.thing("uma", name="same", rank=1)
    before = row(firm, key), len(history(firm, key))
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "name": "same", "rank": 1}])
    assert (row(firm, key), len(history(firm, key))) == before


FORGED = ("created_by", "updated_by", "company_id", "role", "is_admin", "__class__", "", "name ", "thing", "custom")


def test_nothing_that_is_not_offered_can_be_assigned(firm: Firm) -> None:
    """S7: every column of the model by its own name, read-only fields, and what people try besides."""
    offered = {f.name for f in firm.things.all_fields.values() if not f.readonly or f.kind == "number_series"}
    offered |= {"id", "version", "lines"}  # a number may be given, as by an import that brings its own; else it is drawn
    key = firm.thing("uma", note="safe")
    before = row(firm, key)
    for name in ({c.key for c in Thing.__table__.columns} | set(firm.things.all_fields) | set(FORGED)) - offered:
        with firm.as_user("ada"):
            for given in ({"name": "x", name: 1}, {"id": key, "note": "spoilt", name: 1}):
                with pytest.raises(Invalid) as bad:
                    firm.things.write([given])
                assert set(bad.value.fields) == {name}
    assert row(firm, key) == before and firm.one("SELECT count(*) AS n FROM bare_thing") == 1


def test_a_field_hidden_or_readonly_for_a_role_is_no_field_when_writing(firm: Firm) -> None:
    firm.field_rule("user", "bare.thing", "price", "hidden")
    firm.field_rule("user", "bare.thing", "rank", "readonly")
    for name in ("price", "rank"):
        assert name in refused(firm, [{"name": "x", name: 1}], "uma").fields
    with firm.as_user("ada"):
        firm.things.write([{"name": "x", "price": 1, "rank": 1}])


def test_all_faults_of_a_set_are_told_by_position_and_nothing_is_written(firm: Firm) -> None:
    bad = refused(firm, [{"name": "fine"}, {"name": ""}, {"name": "x", "kind": Kind.large, "price": 0}, {"nonsense": 1}])
    rows = bad.details["rows"]
    assert set(rows) == {1, 2, 3} and set(rows[1]) == {"name"} and set(rows[2]) == {"price"} and set(rows[3]) == {"nonsense", "name"}
    assert bad.fields == rows[1]


def test_a_required_field_cannot_be_emptied_later(firm: Firm) -> None:
    key = firm.thing("uma")
    for value in (None, ""):
        assert "name" in refused(firm, [{"id": key, "name": value}], "uma").fields


def test_a_required_field_that_is_hidden_is_told_of_and_no_error_of_the_database(firm: Firm) -> None:
    firm.field_rule("user", "bare.thing", "name", "hidden")
    bad = refused(firm, [{"rank": 1}], "uma")
    assert str(bad)


def test_a_reference_to_what_is_hidden_deleted_or_not_there_is_not_found(firm: Firm) -> None:
    firm.sql("DELETE FROM core_grant WHERE permission = 'bare.thing.brief.read'")
    firm.rights_changed()
    hers, foreign, gone = firm.thing("uma"), firm.thing("udo"), firm.thing("uma")
    with firm.as_user("uma"):
        firm.things.delete([gone])
        (key,) = firm.things.write([{"name": "x", "twin": hers}])
    answers = {str(refused(firm, [{"name": "x", "twin": wanted}], "uma")) for wanted in (foreign, gone, 10**9, "no such name")}
    assert len(answers) == 1
    assert row(firm, key)["twin_id"] == hers


def test_an_untouched_reference_stays_even_where_its_target_is_hidden(firm: Firm) -> None:
    firm.sql("DELETE FROM core_grant WHERE permission = 'bare.thing.brief.read'")
    firm.rights_changed()
    foreign = firm.thing("udo")
    key = firm.thing("uma", twin=foreign)
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "name": "new", "twin": foreign}])
    assert (row(firm, key)["name"], row(firm, key)["twin_id"]) == ("new", foreign)


def test_a_reference_by_name_is_resolved_and_an_ambiguous_one_refused(firm: Firm) -> None:
    with firm.as_user("ada"):
        (shelf,) = firm.resource("bare.shelf").write([{"name": "top"}])
        firm.resource("bare.shelf").write([{"name": "twice"}, {"name": "twice"}])
        (key,) = firm.things.write([{"name": "x", "shelf": "top", "owner": "Uma"}])
    assert (row(firm, key)["shelf_id"], row(firm, key)["owner_id"]) == (shelf, 3)
    assert "shelf" in refused(firm, [{"name": "x", "shelf": "twice"}]).fields


def test_the_same_reference_in_a_thousand_rows_is_one_question(firm: Firm) -> None:
    with firm.as_user("ada"):
        (shelf,) = firm.resource("bare.shelf").write([{"name": "top"}])
        asked: list[str] = []
        listen = lambda *a: asked.append(a[2])
        sa.event.listen(firm.site.engines.write, "before_cursor_execute", listen)
        firm.things.write([{"name": f"x{i}", "shelf": shelf, "owner": 3} for i in range(10)])
        few = len(asked)
        firm.things.write([{"name": f"y{i}", "shelf": shelf, "owner": 3} for i in range(1_000)])
        sa.event.remove(firm.site.engines.write, "before_cursor_execute", listen)
    assert len(asked) - few <= few + 5


def test_a_unique_field_is_checked_in_the_set_and_in_the_table(firm: Firm) -> None:
    with firm.as_user("ada"):
        (first,) = firm.things.write([{"name": "x", "code": "A"}])
    assert "code" in refused(firm, [{"name": "y", "code": "A"}]).fields
    assert "code" in refused(firm, [{"name": "y", "code": "B"}, {"name": "z", "code": "B"}]).fields
    with firm.as_user("ada"):
        firm.things.write([{"id": first, "code": "A", "note": "itself"}])
        firm.things.write([{"name": "n", "code": None}, {"name": "m", "code": None}])
        firm.things.delete([first])
        firm.things.write([{"name": "again", "code": "A"}])


def test_a_unique_key_the_check_did_not_see_is_refused_in_words(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people at the same moment: the index of the database decides, and the second gets the sentence of the check."""
    firm.thing("uma", code="A")
    monkeypatch.setattr(type(firm.things), "unique", ())
    bad = refused(firm, [{"name": "y", "code": "A"}])
    assert set(bad.fields) == {"code"}


def test_a_reference_that_went_away_meanwhile_is_refused_in_words(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_core.resource.references import RefField

    monkeypatch.setattr(RefField, "resolve", lambda self, values: {v: v for v in values})
    assert str(refused(firm, [{"name": "y", "shelf": 4711}]))


def test_numbers_have_no_gaps_after_a_refusal_and_none_twice(firm: Firm) -> None:
    with firm.as_user("ada"):
        firm.things.write([{"name": "a"}, {"name": "b"}])
        with pytest.raises(RuntimeError), writing():
            firm.things.write([{"name": "lost"}])
            raise RuntimeError
        refused(firm, [{"name": "y"}, {"name": ""}])
        firm.things.write([{"name": "c"}])
    numbers = [r["number"] for r in firm.sql("SELECT number FROM bare_thing ORDER BY id")]
    assert numbers == ["BT-0001", "BT-0002", "BT-0003"]


# --- whose ------------------------------------------------------------------------------------------------------------


def test_who_may_not_create_or_update_at_all_is_told_so(firm: Firm) -> None:
    key = firm.thing("nil")
    with firm.as_user("nil"):
        with pytest.raises(Forbidden):
            firm.things.write([{"name": "x"}])
        with pytest.raises(Forbidden):
            firm.things.write([{"id": key, "name": "x"}])


def test_a_row_outside_the_scope_is_not_there(firm: Firm) -> None:
    foreign, mine = firm.thing("udo"), firm.thing("uma")
    with firm.as_user("uma"):
        for wanted in (foreign, 10**9):
            with pytest.raises(Missing):
                firm.things.write([{"id": mine, "name": "changed"}, {"id": wanted, "name": "x"}])
    assert row(firm, mine)["name"] == "thing"
    reader = firm.thing("udo")
    with firm.as_user("rita"), pytest.raises(Missing):  # reads all, updates her own
        firm.things.write([{"id": reader, "name": "x"}])


def test_a_record_lies_where_its_maker_may_create(firm: Firm) -> None:
    firm.grant("reader", "bare.thing.create", "own")
    with firm.as_user("rita"), pytest.raises(Forbidden):
        firm.things.write([{"name": "x", "owner": PEOPLE["dan"][0]}])
    firm.grant("reader", "bare.thing.assign", "own")
    with firm.as_user("rita"):  # what she could make for herself and give away
        firm.things.write([{"name": "x", "owner": PEOPLE["dan"][0]}])
    firm.sql("DELETE FROM core_grant WHERE permission = 'bare.thing.*' AND scope = 'department'")
    firm.grant("department", "bare.thing.create", "department")
    with firm.as_user("dan"):
        (key,) = firm.things.write([{"name": "x", "owner": PEOPLE["tom"][0]}])  # of his department
        assert row(firm, key)["department_id"] == DEPARTMENTS["south"][0]
        with pytest.raises(Forbidden):
            firm.things.write([{"name": "x", "owner": PEOPLE["uma"][0]}])


def test_giving_a_record_away_needs_the_right_to_assign(firm: Firm) -> None:
    firm.sql("UPDATE core_grant SET permission = 'bare.thing.update' WHERE permission = 'bare.thing.*' AND scope = 'own'")
    firm.grant("user", "bare.thing.read", "own")
    key = firm.thing("uma")
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "name": "still hers", "owner": 3}])
        with pytest.raises(Forbidden):
            firm.things.write([{"id": key, "owner": 4}])
    firm.grant("user", "bare.thing.assign", "own")
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "owner": 4}])
    assert row(firm, key)["owner_id"] == 4


def test_a_record_given_away_goes_to_the_department_of_who_gets_it(firm: Firm) -> None:
    key, other = firm.thing("uma"), firm.thing("uma")
    with firm.as_user("ada"):
        firm.things.write([{"id": key, "owner": PEOPLE["dan"][0]}])
        firm.things.write([{"id": other, "owner": PEOPLE["dan"][0], "department": DEPARTMENTS["east"][0]}])
    assert row(firm, key)["department_id"] == DEPARTMENTS["south"][0]
    assert row(firm, other)["department_id"] == DEPARTMENTS["east"][0]


def test_owners_go_with_the_parent_to_its_parts_and_theirs(firm: Firm) -> None:
    key = firm.thing("uma", lines=[{"text": "line"}])
    with firm.as_user("uma"):
        (piece,) = firm.pieces.write([{"name": "p", "thing": key}])
        firm.resource("bare.crumb").write([{"name": "c", "piece": piece}])
    with firm.as_user("ada"):
        firm.things.write([{"id": key, "owner": PEOPLE["tom"][0], "team": TEAMS["river"]}])
    for table in ("bare_thing", "bare_piece", "bare_line", "bare_crumb"):
        (found,) = firm.sql(f"SELECT owner_id, department_id, team_id FROM {table}")
        assert tuple(found.values()) == (PEOPLE["tom"][0], DEPARTMENTS["south"][0], TEAMS["river"]), table
    with firm.as_user("uma"):
        assert session.scalars(sa.select(firm.pieces.model)).all() == []


def test_a_part_is_made_under_a_parent_one_may_update_and_nowhere_else(firm: Firm) -> None:
    foreign = firm.thing("udo")
    with firm.as_user("uma"), pytest.raises((Forbidden, Invalid)):  # seen in brief, so found, but not hers to change
        firm.pieces.write([{"name": "p", "thing": foreign}])
    with firm.as_user("uma"), pytest.raises(Invalid):
        firm.pieces.write([{"name": "p"}])
    assert firm.one("SELECT count(*) AS n FROM bare_piece") == 0


def test_a_part_moved_to_another_parent_belongs_to_that_one(firm: Firm) -> None:
    first, second, foreign = firm.thing("uma"), firm.thing("uma", team="river"), firm.thing("udo")
    with firm.as_user("uma"):
        (piece,) = firm.pieces.write([{"name": "p", "thing": first}])
        firm.pieces.write([{"id": piece, "thing": second}])
        assert firm.one("SELECT team_id FROM bare_piece") == TEAMS["river"]
        with pytest.raises(Forbidden):
            firm.pieces.write([{"id": piece, "thing": foreign}])
    assert firm.one("SELECT thing_id FROM bare_piece") == second


def test_owner_columns_of_a_part_cannot_be_written(firm: Firm) -> None:
    key = firm.thing("uma")
    with firm.as_user("uma"), pytest.raises(Invalid) as bad:
        firm.pieces.write([{"name": "p", "thing": key, "owner": 4, "owner_id": 4}])
    assert {"owner", "owner_id"} <= set(bad.value.fields)


# --- what is kept of it -----------------------------------------------------------------------------------------------


def test_each_act_is_a_change_and_history_keeps_the_old_values_of_what_changed(firm: Firm) -> None:
    with firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "one", "day": dt.date(2026, 1, 2), "price": 100, "flavours": ["hot"]}])
        firm.things.write([{"id": key, "name": "two", "day": None, "kind": Kind.large, "flavours": ["hot", "sour"]}])
        firm.things.delete([key])
    made, updated, deleted = history(firm, key)
    assert [h["verb"] for h in (made, updated, deleted)] == ["create", "update", "delete"]
    assert made["old"] is None and deleted["old"] is None
    with firm.house():
        (first,) = [h for h in changes.history_of("bare.thing", key) if h.verb == "update"]
        assert first.old == {"name": "one", "name_key": "one", "day": "2026-01-02", "kind": "small", "flavours": ["hot"]}
        assert changes.unraw(Thing.__table__.c.day, first.old["day"]) == dt.date(2026, 1, 2)
    rows = firm.sql("SELECT kind, actor_id, rows, resource FROM core_change ORDER BY id")
    assert [(r["kind"], r["actor_id"], r["rows"]) for r in rows] == [("save", 3, 1), ("save", 3, 1), ("delete", 3, 1)]


def test_what_is_written_within_one_change_is_one_change(firm: Firm) -> None:
    with firm.as_user("uma"), writing(), changes.change("both"):
        (key,) = firm.things.write([{"name": "one"}])
        firm.pieces.write([{"name": "p", "thing": key}])
    (change,) = firm.sql("SELECT kind, rows FROM core_change")
    assert change == {"kind": "both", "rows": 2}


def test_the_time_line_tells_values_and_large_sets_leave_none(firm: Firm) -> None:
    with firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "one"}])
        firm.things.write([{"id": key, "name": "two"}])
        firm.things.write([{"name": f"n{i}"} for i in range(101)])
    entries = firm.sql("SELECT kind, subject_id, actor_id FROM core_timeline ORDER BY id")
    assert [(e["kind"], e["subject_id"], e["actor_id"]) for e in entries] == [("created", key, 3), ("change", key, 3)]


def test_a_stale_version_is_a_conflict_and_none_is_no_question(firm: Firm) -> None:
    key = firm.thing("uma")
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "version": 1, "name": "two"}])
        with pytest.raises(Conflict) as conflict:
            firm.things.write([{"id": key, "version": 1, "name": "three"}])
        assert conflict.value.details == {"id": key, "version": 2}
        with pytest.raises(Conflict):
            firm.things.delete([key], versions={key: 1})
        firm.things.write([{"id": key, "name": "four"}])
    assert (row(firm, key)["name"], row(firm, key)["version"]) == ("four", 3)


def test_one_record_twice_in_a_set_is_refused(firm: Firm) -> None:
    key = firm.thing("uma")
    refused(firm, [{"id": key, "name": "a"}, {"id": key, "name": "b"}], "uma")


def test_a_refusal_in_the_middle_of_a_transaction_takes_all_of_it_back(firm: Firm) -> None:
    with firm.as_user("uma"):
        with pytest.raises(Invalid), writing():
            firm.things.write([{"name": "one"}])
            firm.things.write([{"name": ""}])
        assert current_work().writing_since is None
    for table in ("bare_thing", "core_change", "core_history", "core_timeline", "core_search", "core_outbox"):
        assert firm.one(f"SELECT count(*) AS n FROM {table}") == 0, table


def test_a_set_of_two_thousand_is_written_like_a_set_of_one(firm: Firm) -> None:
    rows = [{"name": f"北京 {i}", "rank": i, "day": dt.date(2026, 1, 1), "kind": Kind.large, "price": i + 1, "flavours": ["hot"],
             "done_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "flag": i % 2 == 0, "note": "a\tb\\c\n\"d'"} for i in range(2_000)]
    with firm.as_user("uma"):
        ids = firm.things.write(rows)
        found = session.scalars(sa.select(Thing).where(Thing.id == ids[1_999])).one()
        assert (found.rank, found.kind, found.flavours, found.note, found.flag) == (1_999, Kind.large, ["hot"], "a\tb\\c\n\"d'", False)
        assert found.done_at == dt.datetime(2026, 1, 1, tzinfo=dt.UTC) and found.day == dt.date(2026, 1, 1)
        assert found.owner_id == 3 and found.number == "BT-2000" and found.name_key.startswith("bei")
    assert firm.one("SELECT count(*) AS n FROM core_history WHERE verb = 'create'") == 2_000
    assert firm.one("SELECT count(*) AS n FROM core_search_waiting") == 2_000
