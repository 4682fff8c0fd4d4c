"""Many rows changed at once, each its own way, on both engines."""

import datetime as dt
import enum
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data import types as t
from crm_core.data.session import current_work, writing
from crm_core.kernel.site import Site
from tests.kernel.toy import known


class Colour(enum.StrEnum):
    red = "red"
    blue = "blue"


kinds = sa.Table(
    "bulk_kinds", sa.MetaData(), sa.Column("id", t.IdType, primary_key=True), sa.Column("n", sa.Integer()), sa.Column("word", sa.String(20)), sa.Column("day", sa.Date()),
    sa.Column("colour", sa.Enum(Colour, native_enum=False)), sa.Column("more", t.JsonType), sa.Column("yes", sa.Boolean()), sa.Column("kept", sa.String(20)))


@pytest.fixture(autouse=True)
def table(site: Site) -> None:
    with site.engines.write.begin() as conn:
        kinds.create(conn)


def rows() -> dict[int, Any]:
    query = sa.select(kinds).order_by(kinds.c.id)
    return {row["id"]: {name: value for name, value in row.items() if name != "id"} for row in current_work().session.connection().execute(query).mappings()}


def test_each_row_gets_its_own_and_what_is_not_named_stays(site: Site) -> None:
    old = {"n": 1, "word": "before", "day": dt.date(2026, 1, 1), "colour": Colour.red, "more": {}, "yes": False, "kept": "stays"}
    new = [
        {"n": 2, "word": "a,b \"{}\" \\ 七", "day": dt.date(2026, 2, 28), "colour": Colour.blue, "more": {"signs": ["\"", "{", None]}, "yes": True},
        {"n": None, "word": None, "day": None, "colour": None, "more": {}, "yes": None},
        {"n": -5, "word": "", "day": dt.date(1999, 12, 31), "colour": Colour.red, "more": {"n": 1}, "yes": False},
    ]
    with site.work(known[1]), writing():
        bulk.insert(kinds, [{"id": n, **old} for n in (1, 2, 3, 4)])
        bulk.update(kinds, [{"id": n, **row} for n, row in zip((1, 3, 4), new, strict=True)], "test")
        assert rows() == {1: {**new[0], "kept": "stays"}, 2: old, 3: {**new[1], "kept": "stays"}, 4: {**new[2], "kept": "stays"}}


def test_one_row_a_row_that_is_gone_and_none(site: Site) -> None:
    with site.work(known[1]), writing():
        bulk.insert(kinds, [{"id": 1, "n": 1}])
        bulk.update(kinds, [], "test")
        bulk.update(kinds, [{"id": 1, "n": 2}], "test")
        bulk.update(kinds, [{"id": 7, "n": 3}], "test")
        assert [row["n"] for row in rows().values()] == [2]


def test_a_thousand_are_one_statement_on_postgresql(site: Site) -> None:
    seen: list[bool] = []

    @sa.event.listens_for(site.engines.write, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, sql: str, _given: Any, _context: Any, many: bool) -> None:
        if sql.startswith("UPDATE"):
            seen.append(many)

    with site.work(known[1]), writing() as db:
        bulk.insert(kinds, [{"id": n, "n": 0} for n in range(1_000)])
        bulk.update(kinds, [{"id": n, "n": 2 * n} for n in range(1_000)], "test")
        assert {n: row["n"] for n, row in rows().items()} == {n: 2 * n for n in range(1_000)}
        assert seen == [db.connection().dialect.name == "sqlite"]
