"""Rows of a table as lines of JSON and back, exactly as the database keeps them. Nobody's models are asked."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

BATCH = 500


def columns(conn: sa.Connection, table: str) -> list[str]:
    """The columns of a table that are written; computed ones fill themselves."""
    return [c["name"] for c in sa.inspect(conn).get_columns(table) if "computed" not in c]


def lines(conn: sa.Connection, table: str, names: Sequence[str], where: Any = None) -> Iterator[str]:
    """Each row as a line, in constant memory."""
    picked: Any = sa.select(*(sa.column(name) for name in names)).select_from(sa.table(table))
    if where is not None:
        picked = picked.where(where)
    if "id" in names:
        picked = picked.order_by(sa.column("id"))
    slowly = {"yield_per": BATCH}
    if conn.dialect.name == "sqlite":
        for row in conn.execute(picked, execution_options=slowly):
            yield json.dumps({n: _out(v) for n, v in zip(names, row, strict=True)}, ensure_ascii=False)
    else:
        query: Any = sa.select(sa.literal_column("row_to_json(x)::text")).select_from(picked.subquery("x"))
        yield from conn.execute(query, execution_options=slowly).scalars()


def put(conn: sa.Connection, table: str, names: Sequence[str], found: Iterable[str]) -> int:
    """Insert lines; how many."""
    done = 0
    into = sa.insert(sa.table(table, *(sa.column(name) for name in names)))
    for some in chunks(found):
        done += len(some)
        if conn.dialect.name == "sqlite":
            conn.execute(into, [{n: _in(row[n]) for n in names} for row in map(json.loads, some)])
        else:
            said = sa.func.json_populate_recordset(sa.cast(sa.null(), _RowOf(table)), sa.cast(sa.literal(f"[{','.join(some)}]", sa.Text()), _Json()))
            conn.execute(into.from_select(list(names), sa.select(*said.table_valued(*names).c)))
    return done


class _RowOf(sa.types.UserDefinedType[Any]):
    """The type that PostgreSQL has of each table's rows."""

    cache_ok = True

    def __init__(self, table: str) -> None:
        self.table = table

    def get_col_spec(self, **_more: Any) -> str:
        return '"' + self.table.replace('"', '""') + '"'


class _Json(sa.types.UserDefinedType[Any]):
    """JSON that is a text already."""

    cache_ok = True

    def get_col_spec(self, **_more: Any) -> str:
        return "JSON"


def chunks(found: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(found)
    while some := list(islice(rest, BATCH)):
        yield some


def write(path: Path, found: Iterable[str]) -> int:
    """Lines into a file; how many."""
    done = 0
    with path.open("w", encoding="utf-8") as file:
        for line in found:
            file.write(line + "\n")
            done += 1
    return done


def read(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.rstrip("\n")


def _out(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _in(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
