"""PostgreSQL's own tools for backups: pg_dump and pg_restore, on a snapshot whose rows were counted."""

import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa

from crm_core.data import safety
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.errors import CrmError, Refused
from crm_core.kernel.i18n import _


def dump(url: sa.URL, target: Path) -> dict[str, int]:
    """Write the database to `target` in pg_dump's own format; the rows of each table at that very moment."""
    program = _tool("pg_dump")
    engine = safety.engine(url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn:
            snapshot = conn.execute(sa.select(sa.func.pg_export_snapshot())).scalar_one()
            rows = count_rows(conn)
            _run([program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                  f"--file={target}"], url)
    finally:
        engine.dispose()
    _run([_tool("pg_restore"), "--list", str(target)], url)
    return rows


def load(url: sa.URL, source: Path, *, replace: bool) -> None:
    """Read a dump into the database: all of it in one transaction, or nothing. Refused when it is not empty."""
    program = _tool("pg_restore")
    engine = safety.engine(url)
    try:
        with engine.connect() as conn:
            tables = list(conn.execute(_TABLES).scalars())
    finally:
        engine.dispose()
    if tables and not replace:
        raise Refused(_("The database is not empty; --replace drops what is in it."))
    clean = ["--clean", "--if-exists"] if tables else []
    _run([program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", *clean,
          f"--dbname={url.database}", str(source)], url)


_TABLES = sa.text("select tablename from pg_tables where schemaname = current_schema() order by 1")


def count_rows(conn: sa.Connection) -> dict[str, int]:
    """The rows of every table."""
    free = {UNSCOPED: "rows of a backup are counted"}
    names = list(conn.execute(_TABLES, execution_options=free).scalars())
    counts = {t: sa.select(sa.func.count()).select_from(sa.table(t)) for t in names}
    return {t: conn.execute(query, execution_options=free).scalar_one() for t, query in counts.items()}


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CrmError(_("%(name)s is not on the PATH; it comes with PostgreSQL's client programs "
                         "(Debian: apt-get install postgresql-client).", name=name))
    return found


def _run(command: list[str], url: sa.URL) -> None:
    """Run a tool; where and who go by its environment, so no password stands in the list of processes."""
    query = {name: str(value) for name, value in url.query.items()}
    environment = {
        "PGHOST": url.host or query.get("host", ""), "PGPORT": str(url.port or query.get("port", "") or ""),
        "PGUSER": url.username or "", "PGPASSWORD": str(url.password or ""), "PGDATABASE": url.database or "",
        "PGSSLMODE": query.get("sslmode", ""),
    }
    done = subprocess.run(command, check=False, capture_output=True, text=True,
                          env={**os.environ, **{name: value for name, value in environment.items() if value}})
    if done.returncode:
        raise CrmError(_("%(tool)s failed: %(why)s", tool=Path(command[0]).name, why=done.stderr.strip()[-600:]))
