"""The wall: every way round the gate that is known raises, and every lawful form passes and shows only what it may.

Uma sees her own two things; four of others lie beside them, with a piece each.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload, subqueryload

from crm_core.access import gate
from crm_core.access.gate import visible
from crm_core.data import wall
from crm_core.data.session import Session, current_work, writing
from crm_core.data.wall import ScopeLeak, leak, mark
from tests.bare.models import Line, Piece, Pointer, Shelf, Thing
from tests.support.firm import Firm

thing, piece = Thing.__table__, Piece.__table__
MINE, ALL = 2, 6


@pytest.fixture(scope="module")
def filled(shared_firm: Firm) -> Firm:
    """Two things of Uma's, four of others; each has a piece, a line and a pointer at it."""
    for n, owner in enumerate(("uma", "uma", "udo", "eve", "dan", "ada")):
        key = shared_firm.thing(owner, name=f"{owner} {n}", lines=[{"text": f"line {n}"}])
        with shared_firm.house():
            shared_firm.pieces.write([{"name": f"piece {n}", "thing": key}])
            shared_firm.resource("bare.pointer").write([{"name": f"pointer {n}", "firm": key, "owner": key}])
    return shared_firm


@pytest.fixture
def db(filled: Firm) -> Iterator[Session]:
    """Uma's session, in a write transaction that is never committed."""
    with filled.as_user("uma"), pytest.raises(Enough), writing() as session:
        yield session
        raise Enough


class Enough(Exception):
    """Rolls the test's transaction back."""


def foreign(db: Session) -> int:
    """The id of a thing that Uma may not see."""
    query = sa.select(sa.func.max(thing.c.id))
    return int(db.connection().execute(query, execution_options={wall.UNSCOPED: "test"}).scalar_one())


def union_with_raw(db: Session) -> Any:
    return db.execute(sa.union_all(sa.select(Thing.id), sa.select(thing.c.id))).all()


def relationship_to_raw(db: Session) -> Any:
    return db.execute(sa.select(Thing.name, piece.c.name).join(piece, piece.c.thing_id == Thing.id)).all()


LEAKS: dict[str, Callable[[Session], Any]] = {
    "a raw table": lambda db: db.execute(sa.select(thing)),
    "a raw table through the connection": lambda db: db.connection().execute(sa.select(thing)),
    "the connection with an ORM select": lambda db: db.connection().execute(sa.select(Thing)),
    "ORM columns beside a raw table": lambda db: db.execute(sa.select(Thing.id, piece.c.name)),
    "a join of ORM and raw table": relationship_to_raw,
    "a scalar sub-select over a raw table": lambda db: db.execute(
        sa.select(Thing.id, sa.select(sa.func.count()).select_from(thing).scalar_subquery())),
    "exists over a raw table": lambda db: db.execute(sa.select(Shelf.id).where(sa.exists(sa.select(thing.c.id)))),
    "an IN over a raw table": lambda db: db.execute(sa.select(Thing.id).where(Thing.id.in_(sa.select(thing.c.id)))),
    "a CTE over a raw table": lambda db: db.execute(sa.select(sa.select(thing).cte().c.id)),
    "a raw table in a union": union_with_raw,
    "an alias of a raw table": lambda db: db.execute(sa.select(thing.alias("quiet").c.name)),
    "literal_column with a select": lambda db: db.execute(
        sa.select(Thing.id, sa.literal_column("(select count(*) from bare_thing)"))),
    "text()": lambda db: db.execute(sa.text("SELECT name FROM bare_thing")),
    "text() in capitals": lambda db: db.execute(sa.text("SELECT name FROM BARE_THING")),
    "text() with the table in quotes": lambda db: db.execute(sa.text('SELECT name FROM "bare_thing"')),
    "text() with a comment between": lambda db: db.execute(sa.text("SELECT name FROM/**/bare_thing")),
    "from_statement(text())": lambda db: db.execute(sa.select(Thing).from_statement(sa.text("SELECT * FROM bare_thing"))),
    "exec_driver_sql": lambda db: db.connection().exec_driver_sql("SELECT name FROM bare_thing"),
    "a raw update": lambda db: db.execute(sa.update(thing).values(note="x")),
    "a raw delete": lambda db: db.execute(sa.delete(thing)),
    "an update from a raw table": lambda db: db.execute(
        sa.update(Shelf.__table__).values(name=sa.select(thing.c.name).limit(1).scalar_subquery())),
    "an ORM insert past the write path": lambda db: db.execute(
        sa.insert(Thing), [{"name": "x", "created_at": None, "updated_at": None}]),
    "a raw insert": lambda db: db.execute(sa.insert(thing).values(name="x")),
    "an insert of what a select finds": lambda db: db.execute(
        sa.insert(Shelf.__table__).from_select(["name"], sa.select(thing.c.name))),
    "a bulk update by mappings": lambda db: db.bulk_update_mappings(Thing, [{"id": foreign(db), "note": "x"}]),
    "one mark for two uses": lambda db: db.execute(
        sa.text("SELECT a.id FROM bare_thing a, bare_thing b WHERE /*scope:bare_thing*/ true")),
}


@pytest.mark.parametrize("name", LEAKS)
def test_the_wall_stops(name: str, db: Session) -> None:
    with pytest.raises(ScopeLeak):
        LEAKS[name](db)


@pytest.mark.parametrize("name", ["a raw table", "text()", "a scalar sub-select over a raw table", "an IN over a raw table"])
def test_without_the_wall_it_would_leak(name: str, db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same statements do reach foreign rows when nobody looks."""
    monkeypatch.setattr(wall, "leak", lambda sql: None)
    rows = LEAKS[name](db).all()
    assert len(rows) == ALL or any(ALL in row for row in rows) or name.startswith("an IN") and len(rows) == MINE


def ids(rows: Any) -> int:
    return len(list(rows))


def eager(option: Any) -> Callable[[Session], int]:
    """Things of hers that load something beside; counts what was loaded, and the parts of it that she may see."""
    def load(db: Session) -> int:
        found = db.scalars(sa.select(Thing).options(option)).unique().all()
        assert all(p.owner_id == 3 for one in found for p in one.pieces)
        assert sum(len(one.pieces) for one in found) == MINE
        return len(found)

    return load


def lazily(db: Session) -> int:
    found = db.scalars(sa.select(Thing)).all()
    assert all(len(one.pieces) == 1 for one in found)
    return len(found)


def parent_of_a_part(db: Session) -> int:
    """A pointer of hers at a thing that is not: it loads as nothing, never as the thing."""
    db.connection().execute(
        sa.update(Pointer.__table__).where(Pointer.__table__.c.owner_id == 3).values(firm_id=foreign(db)),
        execution_options={wall.UNSCOPED: "test"})
    found = db.scalars(sa.select(Pointer)).all()
    assert found and all(orm.Session.scalar(db, sa.select(Thing.id).where(Thing.id == one.firm_id)) is None for one in found)
    return MINE


def streamed(db: Session) -> int:
    return sum(len(part) for part in db.execute(sa.select(Thing), execution_options={"yield_per": 1}).partitions())


def refreshed(db: Session) -> int:
    found = db.scalars(sa.select(Thing)).all()
    for one in found:
        db.refresh(one)
        db.expire(one)
        assert one.name
    return len(found)


def flushed(db: Session) -> int:
    found = db.scalars(sa.select(Thing)).all()
    for one in found:
        one.note = "by hand"
    db.flush()
    return len(found)


def by_key(db: Session) -> int:
    assert db.get(Thing, foreign(db)) is None
    return sum(db.get(Thing, key) is not None for key in range(1, foreign(db) + 1))


def bulk_update(db: Session) -> int:
    return db.execute(sa.update(Thing).values(note="all")).rowcount


def bulk_delete(db: Session) -> int:
    db.execute(sa.delete(Line).where(Line.thing_id.in_(sa.select(Thing.id))))
    return db.execute(sa.delete(Piece)).rowcount


def over_union(db: Session) -> int:
    both = sa.union(sa.select(Thing.id).where(Thing.id > 0), sa.select(Thing.id).where(Thing.name != "")).subquery()
    return db.scalar(sa.select(sa.func.count()).select_from(both))  # type: ignore[return-value]


def over_alias(db: Session) -> int:
    other = aliased(Thing)
    return ids(db.execute(sa.select(Thing.id, other.id).where(Thing.id == other.id)))


def joined_in_core(db: Session) -> int:
    seen, shelf = visible(Thing), Shelf.__table__
    return ids(db.connection().execute(sa.select(seen.c.id, shelf.c.name).outerjoin(shelf, shelf.c.id == seen.c.shelf_id)))


LAWFUL: dict[str, Callable[[Session], int]] = {
    "entities": lambda db: ids(db.scalars(sa.select(Thing))),
    "columns": lambda db: ids(db.execute(sa.select(Thing.id, Thing.name))),
    "count": lambda db: db.scalar(sa.select(sa.func.count()).select_from(Thing)),  # type: ignore[return-value,dict-item]
    "count of a column": lambda db: db.scalar(sa.select(sa.func.count(Thing.id))),  # type: ignore[return-value,dict-item]
    "get by key": by_key,
    "an alias": lambda db: ids(db.scalars(sa.select(aliased(Thing)))),
    "two aliases": over_alias,
    "a sub-select": lambda db: ids(db.execute(sa.select(sa.select(Thing.id).subquery()))),
    "a CTE": lambda db: ids(db.execute(sa.select(sa.select(Thing.id).cte()))),
    "a union": over_union,
    "IN over a select": lambda db: ids(db.scalars(sa.select(Piece).where(Piece.thing_id.in_(sa.select(Thing.id))))),
    "exists": lambda db: ids(db.scalars(sa.select(Piece).where(sa.exists().where(Thing.id == Piece.thing_id)))),
    "any()": lambda db: ids(db.scalars(sa.select(Thing).where(Thing.pieces.any(Piece.name != "")))),
    "has()": lambda db: ids(db.scalars(sa.select(Piece).where(Piece.thing.has(Thing.name != "")))),
    "a scalar sub-select": lambda db: db.scalar(  # type: ignore[return-value,dict-item]
        sa.select(sa.select(sa.func.count(Piece.id)).scalar_subquery())),
    "a join": lambda db: ids(db.execute(sa.select(Thing.id, Piece.id).join(Piece, Piece.thing_id == Thing.id))),
    "an outer join": lambda db: ids(db.execute(sa.select(Thing.id, Piece.id).outerjoin(Piece, Piece.thing_id == Thing.id))),
    "contains_eager": lambda db: ids(db.scalars(sa.select(Piece).join(Piece.thing).options(contains_eager(Piece.thing)))),
    "joined load": eager(joinedload(Thing.pieces)),
    "selectin load": eager(selectinload(Thing.pieces)),
    "subquery load": eager(subqueryload(Thing.pieces)),
    "lazy load": lazily,
    "a reference to what is hidden": parent_of_a_part,
    "a stream": streamed,
    "refresh and expire": refreshed,
    "flush": flushed,
    "bulk update": bulk_update,
    "bulk delete": bulk_delete,
    "visible(Model) in Core": lambda db: ids(db.connection().execute(sa.select(visible(Thing)))),
    "visible(Model) joined with a raw table": joined_in_core,
    "group and order": lambda db: ids(db.execute(sa.select(Thing.name, sa.func.count()).group_by(Thing.name).order_by(Thing.name))),
}


@pytest.mark.parametrize("name", LAWFUL)
def test_lawful_and_only_hers(name: str, db: Session) -> None:
    assert LAWFUL[name](db) == MINE


@pytest.mark.parametrize("name", ["entities", "columns", "count", "IN over a select", "bulk update", "an alias"])
def test_without_the_gate_nothing_passes(name: str, db: Session) -> None:
    """The wall does not trust the gate: with the gate off, what it would have let through raises."""
    sa.event.remove(Session, "do_orm_execute", gate._gate)
    try:
        with pytest.raises(ScopeLeak):
            LAWFUL[name](db)
    finally:
        sa.event.listen(Session, "do_orm_execute", gate._gate)


def test_nobody_types_a_mark(db: Session) -> None:
    typed = f"'{mark('bare_thing')} true --"
    assert db.scalars(sa.select(Thing).where(Thing.name == typed)).all() == []
    with pytest.raises(ScopeLeak):
        db.execute(sa.select(thing.c.id).where(thing.c.name == typed))
    with pytest.raises(ScopeLeak):
        db.execute(sa.select(thing.c.id).where(thing.c.name == sa.literal(typed, literal_execute=True)))
    with pytest.raises(ScopeLeak):
        db.execute(sa.select(thing.c.id.label(mark("bare_thing"))))


@pytest.mark.parametrize("sql", [
    "SELECT '/*scope:bare_thing*/' FROM bare_thing",
    "SELECT E'\\'/*scope:bare_thing*/' FROM bare_thing",
    "SELECT $$/*scope:bare_thing*/$$ FROM bare_thing",
    "SELECT $x$/*scope:bare_thing*/$x$ FROM bare_thing",
    'SELECT 1 AS "/*scope:bare_thing*/" FROM bare_thing',
    "SELECT 1 FROM bare_thing -- /*scope:bare_thing*/",
    "SELECT 1 /* /*scope:bare_thing*/ FROM bare_thing",
    "SELECT 1 FROM main.bare_thing",
    'SELECT 1 FROM main."bare_thing"',
    "SELECT 1 FROM 'bare_thing'",
    "SELECT 1 FROM `bare_thing`",
    "SELECT 1 FROM [bare_thing]",
    "SELECT 1 FROM bare_thing, bare_piece WHERE /*scope:bare_thing*/ true AND /*scope:bare_thing*/ true",
    "INSERT INTO bare_thing (id) VALUES (1)",
    "INSERT INTO bare_thing (id) VALUES (1) ON CONFLICT DO UPDATE SET id = 2",
    "REPLACE INTO bare_thing (id) VALUES (1)",
    "SELECT /*scope:bare_thing*/ FROM bare_thing AS bare_thing_1 JOIN bare_thing ON true",
    "DELETE FROM bare_thing USING bare_piece",
])
def test_a_text_without_its_marks_is_seen(sql: str) -> None:
    assert leak(sql) in ("bare_thing", "bare_piece")


@pytest.mark.parametrize("sql", [
    "SELECT bare_thing.id FROM bare_thing WHERE /*scope:bare_thing*/ true AND bare_thing.name = ?",
    'SELECT "bare_thing"."id" FROM "bare_thing" WHERE /*scope:bare_thing*/ true',
    "SELECT 1 WHERE 'bare thing' = 'x'",
    "SELECT name FROM bare_shelf",
    "SELECT name FROM bare_thing_of_another",
    "SELECT 1 -- bare_thing",
    "SELECT 1 /* bare_thing */",
])
def test_a_text_with_its_marks_passes(sql: str) -> None:
    assert leak(sql) is None


def test_an_error_inside_a_flush_does_not_leave_the_pass_open(filled: Firm) -> None:
    with filled.as_user("uma"), pytest.raises(Enough), writing() as db:
        mine = db.scalars(sa.select(Thing).limit(1)).one()
        with pytest.raises((sa.exc.IntegrityError, sa.exc.StatementError)), db.begin_nested():
            mine.kind = None  # type: ignore[assignment]
            db.flush()
        assert not db.connection().info.get(wall.FLUSHING)
        with pytest.raises(ScopeLeak):
            db.execute(sa.select(thing.c.id))
        raise Enough


def test_the_house_passes_and_its_second_session_ends_with_its_block(filled: Firm) -> None:
    from crm_core.data.session import system_scope

    with filled.as_user("uma"):
        with system_scope("test") as db:
            assert len(db.execute(sa.select(thing.c.id)).all()) == ALL
            assert len(db.scalars(sa.select(Thing)).all()) == ALL
        assert len(current_work().session.scalars(sa.select(Thing)).all()) == MINE
        with pytest.raises(ScopeLeak):
            current_work().session.execute(sa.select(thing.c.id))


def test_a_verdict_is_remembered_by_text_and_forgotten_with_a_new_class() -> None:
    sql = "SELECT 1 FROM bare_thing WHERE 1 = 1"
    assert leak(sql) == leak(sql) == "bare_thing"
    assert sql in wall._verdicts
    wall._mapped(None, None)
    assert leak(sql) == "bare_thing"
