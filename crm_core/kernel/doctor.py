"""What may be wrong with a site, each with its cure. Nothing here changes anything."""

import datetime as dt
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.data import migrate, safety
from crm_core.data.base import table_of
from crm_core.data.engine import sqlite_version_ok
from crm_core.data.faults import Unsound
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.clock import now
from crm_core.kernel.config import LOOPBACK
from crm_core.kernel.i18n import _, told
from crm_core.kernel.models import JobRow, OutboxRow
from crm_core.kernel.site import Site

OK, NOTE, PROBLEM = "ok", "note", "problem"
FREE = 1_000_000_000
LATE = dt.timedelta(minutes=5)
BACKUP_DAYS = 7


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `level` is ok, note (worth knowing) or problem (to be cured)."""

    check: str
    level: str
    text: str

    @classmethod
    def of(cls, check: str, level: str, text: Any) -> "Finding":
        return cls(check, level, str(text))


def examine(site: Site, *, deep: bool = False) -> list[Finding]:
    """Look at everything that can be seen while the site runs. `deep` reads the whole database."""
    found = [*_program(site), *_folder(site), *_doors(site), *_space(site)]
    database = list(_database(site))
    found += database
    if any(f.level == PROBLEM for f in database):
        return found  # nothing more can be asked of it
    checks: list[Callable[[Site], Iterator[Finding]]] = [_queues, _parts]
    for check in checks + ([_inside, _models] if deep else []):
        found += check(site)
    return found


def _program(site: Site) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding.of("python", OK if sys.version_info >= (3, 11) else PROBLEM, f"Python {version}")
    if site.engines.is_sqlite:
        good = sqlite_version_ok()
        yield Finding.of("sqlite", OK if good else PROBLEM, f"SQLite {sqlite3.sqlite_version}" if good else _(
            "SQLite %(version)s is too old, 3.38 is needed", version=sqlite3.sqlite_version))
        with sqlite3.connect(":memory:") as conn:
            has = conn.execute("select 1 from pragma_compile_options where compile_options = 'ENABLE_FTS5'").fetchone()
        yield Finding.of("search", OK if has else PROBLEM, "FTS5" if has else _(
            "This SQLite is built without FTS5; the search needs it"))


def _folder(site: Site) -> Iterator[Finding]:
    for name, path, mask in (("folder", site.home, 0o077), ("key", site.home / "key", 0o077)):
        if not path.exists():
            yield Finding.of(name, PROBLEM, _("%(path)s is missing", path=path))
            continue
        loose = path.stat().st_mode & mask
        yield Finding.of(name, PROBLEM if loose else OK, path if not loose else _(
            "Others can read %(path)s: chmod go= %(path)s", path=path))


def _doors(site: Site) -> Iterator[Finding]:
    config = site.config
    if config.debug:
        yield Finding.of("debug", NOTE if config.host in LOOPBACK else PROBLEM, _("Debugging is on"))
    if config.plain_http:
        yield Finding.of("http", NOTE, _("Plain http from outside: whoever sits between can read along"))
    if not config.smtp_host:
        yield Finding.of("mail", NOTE, _(
            "No mail server: nobody gets mail, password links come from crm user password"))


def _space(site: Site) -> Iterator[Finding]:
    free = shutil.disk_usage(site.home if site.home.exists() else Path()).free
    path = Path(str(site.engines.url.database)) if site.engines.is_sqlite else None
    size = path.stat().st_size if path is not None and path.exists() else 0
    short = free < max(FREE, 2 * size)
    yield Finding.of("disk", PROBLEM if short else OK, _("%(gb)s GB free", gb=round(free / 1e9, 1)))
    wal = path.with_name(path.name + "-wal") if path is not None else None
    if wal is not None and wal.exists() and wal.stat().st_size > 256_000_000:
        yield Finding.of("wal", NOTE, _("The write-ahead log is %(mb)s MB: somebody reads for very long",
                                        mb=round(wal.stat().st_size / 1e6)))
    backups = [p.stat().st_mtime for p in (site.home / "backups").glob("crm-*.tar")]
    if not backups or now().timestamp() - max(backups) > BACKUP_DAYS * 86_400:
        yield Finding.of("backup", NOTE, _("No backup of the last %(days)s days here: crm backup", days=BACKUP_DAYS))


def _database(site: Site) -> Iterator[Finding]:
    if site.engines.is_sqlite and not Path(str(site.engines.url.database)).exists():
        yield Finding.of("database", PROBLEM, _("There is no database; make one: crm init"))
        return
    try:
        behind = migrate.needs_upgrade(site)
    except migrate.NewerSchema as error:
        yield Finding.of("database", PROBLEM, told(error))
    except sa.exc.SQLAlchemyError as error:
        why = getattr(error, "orig", error)
        yield Finding.of("database", PROBLEM, _("The database does not answer: %(why)s", why=why))
    else:
        yield Finding.of("database", PROBLEM if behind else OK, _(
            "An upgrade is pending: crm db upgrade (%(packages)s)", packages=list(behind)) if behind else _(
            "The database is up to date"))


def _queues(site: Site) -> Iterator[Finding]:
    with site.engines.read.connect() as conn:
        for name, model in (("jobs", JobRow), ("deliveries", OutboxRow)):
            t = table_of(model).c
            stuck = conn.execute(sa.select(sa.func.count()).where(t.state == "parked")).scalar_one()
            late = sa.select(sa.func.count()).where(t.state == "queued", t.run_at < now() - LATE)
            due = conn.execute(late).scalar_one()
            if stuck:
                yield Finding.of(name, PROBLEM, _("%(n)s broke down too often and wait for somebody to look", n=stuck))
            if due:
                yield Finding.of(name, PROBLEM, _(
                    "%(n)s are due for five minutes and not begun: does a worker run?", n=due))
            if not stuck and not due:
                yield Finding.of(name, OK, _("Nothing is stuck"))


def _parts(site: Site) -> Iterator[Finding]:
    """Parts carry the owners of their parent; a difference would show a record to the wrong people."""
    wrong = []
    with site.engines.read.connect() as conn:
        for resource in site.registry.resources.values():
            for one in resource.parts():
                child = one.child
                if not is_scoped(child.model) or not is_scoped(resource.model):
                    continue
                part, parent = child.table.alias("part"), resource.table.alias("parent")
                differs = sa.or_(*(part.c[c].is_distinct_from(parent.c[c]) for c in SCOPE_COLUMNS))
                query = sa.select(sa.func.count()).select_from(
                    part.join(parent, one.of(parent, part))).where(differs)
                free = {UNSCOPED: "parts are compared with parents"}
                count = conn.execute(query, execution_options=free).scalar_one()
                if count:
                    wrong.append(f"{child.table.name} ({count})")
    yield Finding.of("parts", PROBLEM if wrong else OK, _(
        "Rows whose owners differ from their parent's: %(tables)s", tables=list(wrong)) if wrong else _(
        "Parts belong to whom their parents belong"))


def _inside(site: Site) -> Iterator[Finding]:
    if not site.engines.is_sqlite:
        return
    try:
        safety.check_sqlite(Path(str(site.engines.url.database)))
    except Unsound as error:
        yield Finding.of("integrity", PROBLEM, told(error))
    else:
        yield Finding.of("integrity", OK, _("Every page of the database is sound"))
    with site.engines.read.connect() as conn:
        broken = safety.broken_keys(conn)
    yield Finding.of("keys", PROBLEM if broken else OK, "; ".join(broken[:5]) or _("No row points at nothing"))


def _models(site: Site) -> Iterator[Finding]:
    for package, lines in migrate.check(site).items():
        yield Finding.of("models", PROBLEM if lines else OK, _(
            "%(package)s differs from its models: %(lines)s", package=package, lines="; ".join(lines[:3]),
        ) if lines else _("%(package)s: tables as its models say", package=package))
