"""An upgrade tried on a copy: all pending migrations, and every plugin that sleeps switched on. The site stays as it is."""

import secrets
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.data import migrate, revisions, safety
from crm_core.kernel import packing, plugins, postgres, references
from crm_core.kernel.backup import alone
from crm_core.kernel.config import Config
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _, told
from crm_core.kernel.models import PluginState
from crm_core.kernel.site import Site

Rows = Mapping[str, int]
Shape = Mapping[str, Mapping[str, tuple[sa.types.TypeEngine[Any], bool]]]  # table -> column -> (type, takes null)


@dataclass
class Step:
    """One package on the copy."""

    package: str
    asleep: bool  # it is switched off on the site
    current: str | None
    head: str | None
    revisions: tuple[str, ...]
    seconds: float = 0.0
    rows: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)  # tables whose count changed: before, after
    irreversible: list[str] = field(default_factory=list)
    failure: str = ""


@dataclass
class Rehearsal:
    """What came of it."""

    steps: list[Step] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # plugins that could not be tried, with the reason
    copied: float = 0.0  # seconds
    enabled: float = 0.0  # seconds, waking of the sleepers included
    failure: str = ""  # of switching on, after all migrations

    @property
    def failed(self) -> bool:
        return bool(self.failure) or any(s.failure for s in self.steps)

    @property
    def irreversible(self) -> bool:
        return any(s.irreversible for s in self.steps)


Opener = Callable[[Config, tuple[str, ...]], Site]


def rehearse(site: Site, opened: Opener, without: tuple[str, ...] = (), tell: Callable[[Any], None] = lambda _step: None) -> Rehearsal:
    """`opened(config, also)` opens the copy with these plugins taken in too. Raises Refused where no copy can be made, PluginFault when a
    plugin cannot be loaded: a fresh process may try without it."""
    done = Rehearsal()
    sleepers = _sleepers(site, without, done)
    started = time.monotonic()
    tell(_("Copying the database"))
    with _copy(site) as config:
        done.copied = round(time.monotonic() - started, 2)
        copy = opened(config, sleepers)
        try:
            for status, package in zip(migrate.pending(copy), copy.registry.packages, strict=True):
                tell(package.name)
                step = Step(package.name, package.name in sleepers, status.current, status.head, status.pending)
                done.steps.append(step)
                _try(copy, site, package, step)
                if step.failure:
                    return done
            if sleepers:
                tell(_("Switching on what sleeps"))
                _wake(copy, sleepers, done)
        finally:
            copy.engines.dispose()
    return done


def _sleepers(site: Site, without: tuple[str, ...], done: Rehearsal) -> tuple[str, ...]:
    """The plugins that are switched off or failed and can be tried; the others are named with the reason."""
    known, found = plugins.states(site.engines), plugins.discover()
    asleep = [s.name for s in known.values() if s.state is not PluginState.active and "+" not in s.name]
    done.left_out |= {name: str(_("It was left out as you wished.")) for name in asleep if name in without}
    asleep = [name for name in asleep if name not in without]
    chosen = plugins.plan({*plugins.wanted(known), *asleep}, found)
    done.left_out |= {name: str(why) for name, why in chosen.blocked.items()}
    return tuple(one.name for one in chosen.order if one.name in asleep)


@contextmanager
def _copy(site: Site) -> Iterator[Config]:
    """The configuration of a passing site with a copy of the database."""
    with alone(site), packing.workshop(site.folder("backups"), f".crm-rehearsal-{packing.mark(site.home)}-") as place:
        if site.engines.is_sqlite:
            safety.copy_sqlite(Path(str(site.engines.url.database)), place / "crm.db", check=False)
            yield replace(site.config, site=place, database="")
            return
        name = f"crm_rehearsal_{secrets.token_hex(6)}"
        made = safety.engine(site.engines.url).execution_options(isolation_level="AUTOCOMMIT")
        try:
            with made.connect() as conn:
                conn.exec_driver_sql(f"create database {name} template template0")
        except sa.exc.ProgrammingError:
            raise Refused(_("The role of the site may not create a database to copy to. As an administrator of PostgreSQL: alter role "
                            "%(role)s createdb", role=site.engines.url.username or "")) from None
        try:
            url = site.engines.url.set(database=name)
            postgres.dump(site.engines.url, place / "crm.dump")
            postgres.load(url, place / "crm.dump", replace=False)
            yield replace(site.config, site=place, database=url.render_as_string(hide_password=False))
        finally:
            with made.connect() as conn:
                conn.exec_driver_sql(f"drop database {name} with (force)")


def _try(copy: Site, site: Site, package: Any, step: Step) -> None:
    """One package's migrations on the copy, timed and compared."""
    if not step.revisions:
        return
    before_rows, before = _seen(copy)
    started = time.monotonic()
    try:
        with site.engines.read.connect() as conn:
            references.guard(conn, package, step.revisions, site)  # by those that sleep on the site: on the copy they are awake
        migrate.upgrade(copy, package.name, backup=False)
    except Exception as error:  # noqa: BLE001  whatever it is, that is what was to be found out
        step.failure = str(told(error)) if isinstance(error, migrate.UpgradeRefused) else traceback.format_exc(limit=-3).strip()
    step.seconds = round(time.monotonic() - started, 2)
    rows, after = _seen(copy)
    step.rows = {t: (before_rows.get(t), rows.get(t)) for t in sorted({*before_rows, *rows}) if before_rows.get(t) != rows.get(t)}
    step.irreversible = list(_lost(before, after))


def _wake(copy: Site, sleepers: tuple[str, ...], done: Rehearsal) -> None:
    from crm_core.kernel import enabling

    started = time.monotonic()
    try:
        enabling.enable(copy, sleepers)
    except Exception:  # noqa: BLE001  the same
        done.failure = traceback.format_exc(limit=-3).strip()
    done.enabled = round(time.monotonic() - started, 2)


def _seen(site: Site) -> tuple[Rows, Shape]:
    with safety.reading(site.engines.url) as conn:
        words = safety.virtual(conn)
        names = sorted(t for t in revisions.table_names(conn) if not safety.is_virtual(t, words) and not t.startswith("alembic_version"))
        look = sa.inspect(conn)
        shape = {t: {c["name"]: (c["type"], bool(c["nullable"])) for c in look.get_columns(t)} for t in names}
        return {t: conn.execute(sa.select(sa.func.count()).select_from(sa.table(t))).scalar_one() for t in names}, shape


def _lost(before: Shape, after: Shape) -> Iterator[str]:
    """What no later step brings back by itself: what was dropped, and what takes less than before."""
    for table, columns in before.items():
        if table not in after:
            yield str(_("table %(table)s is dropped", table=table))
            continue
        for name, (kind, null) in columns.items():
            if name not in after[table]:
                yield str(_("column %(column)s is dropped", column=f"{table}.{name}"))
                continue
            new, new_null = after[table][name]
            if _narrower(kind, new):
                yield str(_("column %(column)s becomes narrower: %(old)s, then %(new)s", column=f"{table}.{name}", old=str(kind), new=str(new)))
            elif null and not new_null:
                yield str(_("column %(column)s takes no empty value any more", column=f"{table}.{name}"))


def _narrower(old: Any, new: Any) -> bool:
    if old._type_affinity is not new._type_affinity:
        return not isinstance(new, sa.Text)
    if isinstance(old, sa.String):
        return new.length is not None and (old.length is None or new.length < old.length)
    sizes = {sa.SmallInteger: 2, sa.Integer: 4, sa.BigInteger: 8}
    size = [next((n for kind, n in sizes.items() if type(t) is kind or kind in type(t).__mro__[:2]), 4) for t in (old, new)]
    return isinstance(old, sa.Integer) and size[1] < size[0]
