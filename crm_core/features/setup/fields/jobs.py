"""The long work of custom fields: an index for one, and computed values for records that are there already."""

from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data import inside
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import custom
from crm_core.resource.changes import unscoped
from crm_core.resource.custom import CustomField


def _definition(field_id: int) -> Any:
    table = table_of(CustomField)
    return current_work().session.connection().execute(
        sa.select(table).where(table.c.id == field_id, table.c.deleted_at.is_(None))).one_or_none()


def promote(job: Running) -> None:
    """Indexes by which lists of any size are filtered and sorted by a field (data/inside.py says why two engines differ). They
    stand beside the models, which do not know them: their names tell whose they are. Goes on where it was."""
    row = _definition(job.args["field"])
    host = site().registry.resources.get(row.resource) if row is not None else None
    if host is None:
        return
    table, column, name = host.table, custom.field_of(row).column, f"{inside.BESIDE}{row.id}"
    if site().engines.is_sqlite:
        _beside(job, row, table, column, name)
        key = name
    else:
        key = "(" + str(inside.column(table, column).compile(dialect=site().engines.write.dialect)).replace(f"{table.name}.", "") + ")"
    texts = [
        f'CREATE INDEX {{how}} IF NOT EXISTS "{name}{suffix}" ON {table.name} ({", ".join((key, *then))}) WHERE deleted_at IS NULL'
        for suffix, then in (("", ("id",)), ("_new", ("updated_at", "id"))) if set(then) <= set(table.c.keys())
    ]
    if not site().engines.is_sqlite:  # nobody waits for it, and it waits for every transaction that is open: ours too
        current_work().session.commit()
        with site().engines.write.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("SET lock_timeout = 0")
            for text in texts:
                _say(conn, text.format(how="CONCURRENTLY"))
    with job.write() as session:
        for text in texts if site().engines.is_sqlite else ():
            _say(session.connection(), text.format(how=""))
        _mark(session, row.id, promoted=True, filling=False)


def _say(conn: sa.Connection, text: str) -> Any:
    """A statement on what stands beside the models, made of our own names and of numbers."""
    return conn.exec_driver_sql(text, execution_options=unscoped("index of a field"))


def _mark(session: Any, field_id: int, **values: bool) -> None:
    table = table_of(CustomField)
    session.connection().execute(sa.update(table).where(table.c.id == field_id).values(values))
    bump()


def _beside(job: Running, row: Any, table: sa.Table, column: str, name: str) -> None:
    """SQLite: the column is made and kept true from now on, then filled from where it was, a batch at a time."""
    kind = {"int": "INTEGER", "bool": "INTEGER"}.get(inside.parts(column)[1], "TEXT")
    if not job.position.get("made"):
        with job.write() as session:
            if name not in {hit[1] for hit in _say(session.connection(), f"PRAGMA table_info({table.name})")}:
                _say(session.connection(), f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")
            _mark(session, row.id, filling=True)
            job.position["made"] = True
    pace, value = Pace(job, most=10_000), inside.column(table, column).compile(dialect=site().engines.write.dialect)
    while True:
        last = job.position.get("last", 0)
        with pace.write() as session:
            conn = session.connection()
            query = sa.select(table.c.id).where(table.c.id > last).order_by(table.c.id).limit(pace.size)
            ids = list(conn.scalars(query, execution_options=unscoped("index of a field")))
            if ids:
                _say(conn, f"UPDATE {table.name} SET {name} = {value} WHERE id BETWEEN {ids[0]:d} AND {ids[-1]:d} AND custom IS NOT NULL")
                job.position["last"] = ids[-1]
                job.progress((job.position.get("done") or 0) + len(ids))
                job.position["done"] = (job.position.get("done") or 0) + len(ids)
        if not ids:
            return


def compute(job: Running) -> None:
    """The values of a computed field for all records, in the order of their keys; goes on where it was."""
    row = _definition(job.args["field"])
    host = site().registry.resources.get(row.resource) if row is not None else None
    if host is None:
        return
    table, pace = host.table, Pace(job, most=2_000)
    while True:
        last = job.position.get("last", 0)
        with pace.write() as session:
            query = sa.select(table).where(table.c.id > last, table.c.deleted_at.is_(None)).order_by(table.c.id).limit(pace.size).with_for_update()
            found = {hit["id"]: custom.unpacked(host, dict(hit)) for hit in session.connection().execute(query, execution_options=unscoped("computed field")).mappings()}
            made: list[dict[str, Any]] = [{"id": row_id} for row_id in found]
            custom.compute(host.all_fields, made, found)
            _store(host, made, found)
            job.position["last"] = max(found, default=last)
            job.progress((job.position.get("done") or 0) + len(found))
            job.position["done"] = (job.position.get("done") or 0) + len(found)
        if not found:
            return


def _store(host: Any, made: list[dict[str, Any]], before: dict[int, dict[str, Any]]) -> None:
    """Without a change of the record: nobody edited it."""
    table, values = host.table, []
    for row in made:
        old = before[row["id"]]
        changed = {name: value for name, value in row.items() if name != "id" and value != old.get(name)}
        if changed:
            values.append({"b_id": row["id"], **custom.packed(old, changed)})
    if values:
        statement = sa.update(table).where(table.c.id == sa.bindparam("b_id")).values({inside.COLUMN: sa.bindparam(inside.COLUMN)})
        current_work().session.connection().execute(statement, values, execution_options=unscoped("computed field"))
        custom.keep_beside(host, [row["b_id"] for row in values])
