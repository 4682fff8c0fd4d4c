"""The end of the recycle bin: what has lain there for 30 days is emptied, kept while anything refers to it, then removed."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import writing
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import clock
from crm_core.kernel.errors import Missing
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from crm_core.resource import purge, recycle, undo
from tests.support.firm import Firm

PERSONAL = ("name", "name_key", "code", "number", "phone", "note", "hint", "secret", "price", "rank", "day", "shelf_id", "twin_id")


def delete(firm: Firm, *ids: int, days: int = 31, resource: Any = None) -> int:
    """Into the recycle bin, so many days ago."""
    with firm.house():
        change = int((resource or firm.things).delete(list(ids)))
    age(firm, change, days)
    return change


def age(firm: Firm, change: int, days: int) -> None:
    at = clock.now() - dt.timedelta(days=days)
    with firm.house(), writing() as db:
        for name in ("bare_thing", "bare_piece", "bare_crumb", "bare_line", "bare_pointer", "bare_shelf"):
            table = firm.things.table.metadata.tables[name]
            db.connection().execute(sa.update(table).where(table.c.deleted_change_id == change).values(deleted_at=at), execution_options={UNSCOPED: "tests"})
        changes = firm.things.table.metadata.tables["core_change"]
        db.connection().execute(sa.update(changes).where(changes.c.id == change).values(at=at))


def night(firm: Firm) -> dict[str, int]:
    """The job as it runs every night; what it says it did."""
    with firm.house(), writing():
        job = later("core.purge")
    drain(firm.site)
    (row,) = firm.sql("SELECT state, result, error FROM core_job WHERE id = :i", i=job)
    assert row["state"] == "done", row["error"]
    import json

    found = row["result"] if isinstance(row["result"], dict) else json.loads(row["result"])
    return {"emptied": found["emptied"], "removed": found["removed"]}


def rows(firm: Firm, table: str, **where: Any) -> int:
    """How many rows."""
    said = " AND ".join(f"{name} = :{name}" for name in where) or "1 = 1"
    return int(firm.one(f"SELECT count(*) FROM {table} WHERE {said}", **where))


@pytest.fixture
def thing(firm: Firm) -> int:
    """A thing full of words, edited once, with a piece, a crumb and a line."""
    with firm.house():
        (shelf,) = firm.resource("bare.shelf").write([{"name": "shelf"}])
    made = firm.thing("uma", name="王小明", code="W1", phone="13800138000", note="tells much", hint="h", price=5, rank=1, day=dt.date(2026, 1, 1), shelf=shelf,
                      lines=[{"text": "line words", "amount": 3}])
    with firm.house():
        (piece,) = firm.pieces.write([{"name": "piece words", "thing": made}])
        firm.resource("bare.crumb").write([{"name": "crumb words", "piece": piece}])
        firm.things.write([{"id": made, "note": "tells more"}])
    return made


def test_what_is_younger_than_thirty_days_stays_and_can_be_brought_back(firm: Firm, thing: int) -> None:
    change = delete(firm, thing, days=29)
    assert night(firm) == {"emptied": 0, "removed": 0}
    with firm.as_user("uma"):
        assert [entry.may_restore for entry in recycle.entries()[0]] == [False], "hers, but another put it there"
    with firm.as_user("ada"):
        (entry,) = recycle.entries()[0]
        assert entry.until.date() == (entry.at + dt.timedelta(days=30)).date() and entry.may_restore
        undo.ask(change)
        assert firm.things.get(thing).note == "tells more"


def test_nothing_of_it_is_left_where_nothing_refers_to_it(firm: Firm, thing: int) -> None:
    change = delete(firm, thing)
    assert night(firm) == {"emptied": 4, "removed": 4}
    for table in ("bare_thing", "bare_piece", "bare_crumb", "bare_line"):
        assert rows(firm, table) == 0
    for table in ("core_timeline", "core_history", "core_search"):
        for column in [r for r in ("title", "body", "data", "old", "tokens") if _has(firm, table, r)]:
            assert firm.sql(f"SELECT id FROM {table} WHERE CAST({column} AS TEXT) LIKE '%tells%' OR CAST({column} AS TEXT) LIKE '%words%'") == [], f"{table}.{column}"
    with firm.as_user("ada"):
        assert recycle.entries()[0] == []
        with pytest.raises(Exception, match=r"30 days|not found"):
            undo.ask(change)
    assert night(firm) == {"emptied": 0, "removed": 0}


def _has(firm: Firm, table: str, column: str) -> bool:
    return column in firm.things.table.metadata.tables[table].c


@pytest.mark.parametrize("way", ["firm", "loose", "kept"])
def test_a_tombstone_stays_as_long_as_something_refers_to_it(firm: Firm, thing: int, way: str) -> None:
    with firm.house():
        (pointer,) = firm.resource("bare.pointer").write([{"name": "pointer", "owner": 1}])
    delete(firm, thing)
    firm.sql(f"UPDATE bare_pointer SET {way}_id = :t WHERE id = :p", t=thing, p=pointer)
    assert night(firm) == {"emptied": 4, "removed": 3}, "its parts go, it stays"
    (row,) = firm.sql("SELECT * FROM bare_thing WHERE id = :i", i=thing)
    assert not any(row[name] for name in PERSONAL), {name: row[name] for name in PERSONAL if row[name]}
    assert row["deleted_at"] and row["deleted_change_id"] is None
    assert night(firm) == {"emptied": 0, "removed": 0}
    firm.sql(f"UPDATE bare_pointer SET {way}_id = NULL WHERE id = :p", p=pointer)
    assert night(firm) == {"emptied": 0, "removed": 1}


def test_a_package_that_sleeps_holds_what_it_refers_to(firm: Firm, thing: int) -> None:
    """Nobody imports it: core knows its column by name."""
    firm.sql("CREATE TABLE dormant_card (id BIGINT PRIMARY KEY, thing_id BIGINT)")
    firm.sql("CREATE TABLE dormant_note (id BIGINT PRIMARY KEY, about VARCHAR(80), about_id BIGINT)")
    for table, column, target, kind in (("dormant_card", "thing_id", "bare.thing", "ref"), ("dormant_note", "about", "*", "anyref")):
        firm.sql("INSERT INTO core_reference (package, table_name, column_name, target, kind) VALUES ('dormant', :t, :c, :g, :k)",
                 t=table, c=column, g=target, k=kind)
    firm.sql("INSERT INTO dormant_card VALUES (1, :t)", t=thing)
    firm.sql("INSERT INTO dormant_note VALUES (1, 'bare.thing', :t), (2, 'bare.pointer', :t)", t=thing)
    delete(firm, thing)
    assert night(firm)["removed"] == 3
    firm.sql("DELETE FROM dormant_card")
    assert night(firm)["removed"] == 0, "the note still speaks of it"
    firm.sql("DELETE FROM dormant_note WHERE id = 1")
    assert night(firm)["removed"] == 1, "the other note speaks of a pointer with the same number"


def test_a_part_that_went_alone_ends_alone(firm: Firm, thing: int) -> None:
    piece = firm.one("SELECT id FROM bare_piece")
    delete(firm, piece, resource=firm.pieces)
    assert night(firm) == {"emptied": 2, "removed": 2}
    with firm.as_user("uma"):
        assert firm.things.get(thing).note == "tells more"
    assert rows(firm, "bare_line") == 1


def test_a_row_that_only_another_gone_one_referred_to_is_removed_in_the_same_night(firm: Firm) -> None:
    first = firm.thing("uma")
    with firm.house():
        (second,) = firm.things.write([{"name": "twin", "owner": 1, "twin": first}])
        pointed = firm.resource("bare.pointer").write([{"name": "p", "owner": 1, "firm": second}])
    delete(firm, *pointed, resource=firm.resource("bare.pointer"))
    delete(firm, first, second)
    assert night(firm) == {"emptied": 3, "removed": 3}


def test_what_was_merged_is_emptied_and_goes_on_leading_to_what_it_went_into(firm: Firm, thing: int) -> None:
    kept = firm.thing("uma")
    delete(firm, thing)
    firm.sql("UPDATE bare_thing SET merged_into_id = :k WHERE id = :t", k=kept, t=thing)
    night(firm)
    assert firm.one("SELECT note FROM bare_thing WHERE id = :i", i=thing) is None
    with firm.as_user("uma"):
        assert firm.things.merged_into(thing) == kept


def test_a_purge_is_written_down_and_nobody_takes_it_back(firm: Firm, thing: int) -> None:
    delete(firm, thing)
    night(firm)
    change = firm.one("SELECT max(id) FROM core_change WHERE kind = 'purge' AND resource = 'bare.thing'")
    assert rows(firm, "core_history", resource="bare.thing", row_id=thing, verb="purge", change_id=change) == 1
    with firm.as_user("ada"), pytest.raises(Missing):
        undo.ask(change)


def test_one_that_is_brought_back_while_the_job_looks_at_it_is_not_emptied(firm: Firm, thing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    delete(firm, thing)
    empty: Callable[..., list[int]] = purge._empty

    def late(resource: Any, ids: Any, change: int) -> list[int]:
        if resource.name == "bare.thing":
            purge._execute(sa.update(resource.table).where(resource.table.c.id.in_(ids)).values(deleted_at=None, deleted_change_id=None))
        return empty(resource, ids, change)

    monkeypatch.setattr(purge, "_empty", late)
    night(firm)
    assert firm.one("SELECT note FROM bare_thing WHERE id = :i", i=thing) == "tells more"


def test_many_end_in_batches_of_a_constant_number_of_statements(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    with firm.house():
        ids = firm.things.write([{"name": f"thing {n}", "owner": 1} for n in range(120)])
    delete(firm, *ids)
    monkeypatch.setattr(purge, "BATCH", 50)
    assert night(firm) == {"emptied": 120, "removed": 120}


def test_the_job_has_its_place_in_the_night(firm: Firm) -> None:
    assert firm.site.registry.jobs["core.purge"].every == "every day at 02:10"


def test_whatever_has_a_recycle_bin_can_be_emptied(firm: Firm) -> None:
    """Two rows of every table, with nothing in them, break no key."""
    with firm.house():
        for resource in purge._parts_first():
            empty = purge._nothing(resource)
            for column in resource.table.columns:
                needs = not column.nullable and column.key not in purge.KEEPS and isinstance(column.type, sa.String | sa.JSON) and not column.foreign_keys
                if needs and not isinstance(column.type, sa.Enum):
                    assert column.key in empty, f"{resource.name}.{column.key}"
            unique = purge._unique(resource.table)
            assert all(empty[name] is not None and empty[name] != "" for name in unique & set(empty)), resource.name
