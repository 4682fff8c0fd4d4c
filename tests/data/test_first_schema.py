"""R9: a database of the first schema, with rows in every table, comes to today's and to tomorrow's with nothing lost."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.app import core
from crm_core.data import migrate, revisions
from crm_core.data.migrate import NewerSchema
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import Site

ROOT = Path(__file__).parents[2]
CORE = core()
ROWS = 3
PARENTS = ("core_department", "core_user", "core_customer", "core_contact")
# Makes the parents of everything anew, as SQLite must for most changes; then dies when it is asked to.
TOMORROW = """
import os, signal
import sqlalchemy as sa
from alembic import op

revision, down_revision = "core_9001", "{head}"
changes = {parents!r}


def upgrade():
    for name in changes:
        with op.batch_alter_table(name) as batch:
            batch.add_column(sa.Column("tomorrow", sa.String(20), nullable=False, server_default="x"))
            batch.alter_column("public_id", type_=sa.String(64), existing_type=sa.String(32), existing_nullable=False)
    if os.environ.get("DIE_IN_THE_MIDST"):
        os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass(frozen=True)
class CoreOf(Package):
    """Core with the revisions of some folder."""

    steps: Path = field(default=ROOT)

    @property
    def migrations(self) -> Path:
        return self.steps


def core_of(folder: Path) -> CoreOf:
    return CoreOf(CORE.name, CORE.label, CORE.version, CORE.module, CORE.plugin, steps=folder)


@pytest.fixture
def site_of(engine_url: str, tmp_path: Path) -> Iterator[Callable[[Path], Site]]:
    """`site_of(folder)`: the site of a program that has these revisions."""
    made: list[Site] = []

    def make(folder: Path) -> Site:
        made.append(Site(Config(site=tmp_path, database=engine_url), Registry((core_of(folder),))))
        return made[-1]

    yield make
    for site in made:
        site.engines.dispose()


@pytest.fixture
def first(site_of: Callable[[Path], Site], tmp_path: Path) -> Site:
    """A site of the first revision, with rows in every table."""
    folder = tmp_path / "first"
    folder.mkdir()
    shutil.copy(CORE.migrations / "0001_first.py", folder)
    site = site_of(folder)
    assert migrate.upgrade(site).revisions == {"core": ("core_0001",)}
    with site.engines.write.connect().execution_options(**{UNSCOPED: "test"}) as conn, conn.begin():
        fill(conn)
    return site


def fill(conn: sa.Connection) -> None:
    """Three rows in every table, each pointing at rows that are there."""
    tables = _tables(conn)
    later: list[tuple[sa.Table, str]] = []
    done: set[str] = set()
    for table in tables:
        foreign = {next(iter(key.columns)).name: key.referred_table.name for key in table.foreign_key_constraints}
        ahead = [name for name, target in foreign.items() if target not in done]
        assert all(table.c[name].nullable for name in ahead), table.name
        later += [(table, name) for name in ahead]
        rows = [{c.name: None if c.name in ahead else _value(c, n, c.name in foreign) for c in table.c} for n in range(1, ROWS + 1)]
        conn.execute(sa.insert(table), rows)
        if conn.dialect.name == "postgresql" and "id" in table.c:
            conn.execute(sa.text("select setval(pg_get_serial_sequence(:t, 'id'), :n)"), {"t": table.name, "n": ROWS})
        done.add(table.name)
    for table, name in later:
        conn.execute(sa.update(table).values({name: table.c.id}))


def _tables(conn: sa.Connection) -> list[sa.Table]:
    """The tables of core as the database has them, parents first."""
    found = sa.MetaData()
    own = ("core_reference", "core_search_")  # what migrations themselves write
    found.reflect(conn, only=lambda name, _meta: name.startswith("core_") and not name.startswith(own))
    return [table for table, _keys in sa.schema.sort_tables_and_constraints(list(found.tables.values())) if table is not None]


def _value(column: sa.Column[Any], number: int, foreign: bool) -> Any:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer | sa.Numeric):
        return number
    if isinstance(kind, sa.DateTime):
        return dt.datetime(2026, 1, number, tzinfo=dt.UTC)
    if isinstance(kind, sa.Date):
        return dt.date(2026, 1, number)
    if isinstance(kind, sa.JSON):
        return {"n": number}
    if isinstance(kind, sa.String):
        return f"{column.name} {number} 七巧板"[-(kind.length or 40):]
    return None if column.nullable else pytest.fail(f"no value for {column.table.name}.{column.name}: {kind!r}")


def content(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of core."""
    with site.engines.read.connect().execution_options(**{UNSCOPED: "test"}) as conn:
        return {t.name: [dict(row) for row in conn.execute(sa.select(t).order_by(*t.primary_key)).mappings()] for t in _tables(conn)}


def kept(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    """Every row that was there is there, its columns unchanged."""
    assert all(len(rows) == ROWS for rows in before.values()) and len(before) > 30
    for name, rows in before.items():
        known = [{column: row[column] for column in rows[0]} for row in after[name]]
        assert known == rows, name


def tomorrow(tmp_path: Path) -> Path:
    """The revisions of today and one more."""
    folder = tmp_path / "tomorrow"
    shutil.copytree(CORE.migrations, folder)
    head = revisions.known(folder)[-1]
    (folder / "9001_tomorrow.py").write_text(TOMORROW.format(head=head, parents=PARENTS))
    return folder


def test_the_first_schema_comes_to_todays_with_every_row(first: Site, site_of: Callable[[Path], Site]) -> None:
    before = content(first)
    today = site_of(CORE.migrations)
    assert migrate.needs_upgrade(today) == ["core"]
    done = migrate.upgrade(today)
    assert done.revisions["core"] == revisions.known(CORE.migrations)[1:]
    assert (done.backup is not None) == today.engines.is_sqlite
    kept(before, content(today))
    assert migrate.needs_upgrade(today) == [] and migrate.check(today) == {"core": []}


SCRIPT = """
import sys
from pathlib import Path
from crm_core.data import migrate
from crm_core.kernel.config import Config
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import Site
from tests.data.test_first_schema import core_of
migrate.upgrade(Site(Config(site=Path(sys.argv[1]), database=sys.argv[2]), Registry((core_of(Path(sys.argv[3])),))))
"""


def test_killed_while_every_parent_is_made_anew_it_is_as_before_and_then_comes_through(
        first: Site, site_of: Callable[[Path], Site], tmp_path: Path) -> None:
    migrate.upgrade(site_of(CORE.migrations))
    before, folder = content(first), tomorrow(tmp_path)
    died = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path), first.config.database_url, str(folder)], cwd=ROOT, check=False,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "DIE_IN_THE_MIDST": "1"}, timeout=120)
    assert died.returncode == -signal.SIGKILL
    assert content(first) == before
    site = site_of(folder)
    assert migrate.upgrade(site).revisions == {"core": ("core_9001",)}
    after = content(site)
    kept(before, after)
    assert {row["tomorrow"] for name in PARENTS for row in after[name]} == {"x"}
    with pytest.raises(NewerSchema, match="core_9001"):
        migrate.upgrade(site_of(CORE.migrations))
    assert content(site) == after
