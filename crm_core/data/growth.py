"""What PostgreSQL believes of tables that bulk work fills. Its autovacuum looks round once a minute; until then it plans for the
table it saw last, which in a new house was empty, and reads the whole of it, or the whole of the wrong index, for every batch.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from crm_core.data.session import Work
from crm_core.data.wall import UNSCOPED

LEAST = 1_000  # rows that came before it is worth a look
SAMPLE = 10  # statistics_target: three thousand rows at most are looked at, which takes a twentieth of a second


def look_again(work: Work) -> None:
    """Outside of a transaction: have tables looked at whose rows have doubled through this piece of work. Their columns are named, so
    autovacuum goes on counting what has changed: it comes after us and looks more closely."""
    if work.engines.is_sqlite:
        return
    due = [table for table, n in work.grown.items() if n >= work.looked_at.get(table, LEAST)]
    if not due:
        return
    with work.engines.write.begin() as conn:
        for table in due:
            known = conn.execute(_KNOWN, {"name": table.name}).scalar() or 0
            if work.grown[table] >= known:
                _look(conn, table)
                known = conn.execute(_KNOWN, {"name": table.name}).scalar() or 0
            work.grown[table], work.looked_at[table] = 0, max(LEAST, round(known))


def make_known(work: Work, tables: Iterable[sa.Table]) -> None:
    """The same before work that asks much of these tables, of which others may have filled some: those of whose rows most came or changed since they were looked at."""
    if work.engines.is_sqlite:
        return
    with work.engines.write.begin() as conn:
        for table in tables:
            known, changed = conn.execute(_CHANGED, {"name": table.name}).one()
            if changed >= max(LEAST, known):
                _look(conn, table)


def _look(conn: sa.Connection, table: sa.Table) -> None:
    conn.exec_driver_sql(f"SET LOCAL default_statistics_target = {SAMPLE}")
    conn.exec_driver_sql(f"ANALYZE (SKIP_LOCKED) {_columns(conn, table)}", execution_options={UNSCOPED: "statistics"})


_CHANGED = sa.text("SELECT reltuples, pg_stat_get_mod_since_analyze(oid) FROM pg_class WHERE oid = to_regclass(quote_ident(:name))")
_KNOWN = sa.text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(quote_ident(:name))")


def _columns(conn: sa.Connection, table: sa.Table) -> str:
    """The table with its columns, as ANALYZE takes it: what is not known of `deleted_at` makes a partial index look empty."""
    said = conn.dialect.identifier_preparer
    return f"{said.format_table(table)} ({', '.join(said.quote(c.name) for c in table.columns)})"
