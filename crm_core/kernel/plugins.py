"""Which plugins there are, which of them a site uses, in which order, and how they are taken in.

Installed ones are found by their entry point (`crm.plugins`); only their manifest is imported. Those a site has switched on
(`core_plugin`) are sorted by what they require and enhance, and imported one after the other. The start is optimistic: the
name of what is being imported stands in a file of the site, so when the import raises, or takes the process along, the next
start knows whom to leave out. In the same process nothing can be repaired: half a set of mapped classes poisons the rest.
"""

import importlib
import os
import pkgutil
import signal
import threading
import traceback
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from packaging.version import Version
from sqlalchemy.orm import configure_mappers

from crm_core import __version__
from crm_core.data import revisions
from crm_core.data.base import Model, table_of
from crm_core.data.faults import NewerSchema
from crm_core.kernel.clock import now
from crm_core.kernel.declare import Package
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _, told
from crm_core.kernel.manifest import Manifest
from crm_core.kernel.models import PluginRow, PluginState

GROUP = "crm.plugins"


class PluginFault(CrmError):
    """A plugin could not be taken in; it is noted and a fresh process goes on without it. `name`: plugin or bridge."""

    def __init__(self, name: str, trace: str) -> None:
        super().__init__(_("The plugin “%(name)s” cannot be used: %(why)s", name=name, why=trace.strip().rpartition("\n")[2]))
        self.name, self.trace = name, trace
        self.noted = False  # the site knows: another start goes without it


@dataclass(frozen=True)
class Found:
    """A plugin that is installed on this machine."""

    name: str
    module: str
    distribution: str = ""
    manifest: Manifest | None = None
    error: str = ""  # why its manifest cannot be read


@dataclass(frozen=True)
class State:
    """What a site knows of a plugin (`core_plugin`)."""

    name: str
    state: PluginState
    version: str = ""
    error: str = ""
    enabled_at: Any = None
    disabled_at: Any = None
    faults: int = 0
    fault: str = ""
    fault_at: Any = None
    audience: tuple[int, ...] = ()  # departments whose people see its faces; none: everybody


@dataclass(frozen=True)
class Plan:
    """Who is taken in, in order, and who is left out for which reason."""

    order: tuple[Found, ...] = ()
    blocked: Mapping[str, Any] = field(default_factory=dict)


# --- what is installed -------------------------------------------------------------------------------------------------


def discover() -> dict[str, Found]:
    """The installed plugins by name. Imports each one's package, which holds its manifest and nothing that maps tables."""
    found: dict[str, Found] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        home = point.dist.name if point.dist is not None else ""
        if point.name in found:
            other = found[point.name]
            if (other.module, other.distribution) != (point.value, home):
                both = f"{other.module} ({other.distribution}) and {point.value} ({home})"
                found[point.name] = Found(point.name, other.module, other.distribution, None, f"two packages claim this name: {both}")
            continue
        found[point.name] = _read(point.name, point.value, home)
    return found


def _read(name: str, module: str, distribution: str) -> Found:
    try:
        manifest = importlib.import_module(module).manifest
        if not isinstance(manifest, Manifest):
            raise TypeError(f"{module}.manifest is no Manifest")
        if manifest.name != name:
            raise ValueError(f"the entry point says {name}, the manifest {manifest.name}")
    except Exception:  # noqa: BLE001  whatever an author wrote there: it is shown on the plugin page
        return Found(name, module, distribution, None, traceback.format_exc())
    return Found(name, module, distribution, manifest)


# --- what a site has switched on ---------------------------------------------------------------------------------------


def states(engines: Any) -> dict[str, State]:
    """What the site's database says of plugins; empty where there is no database yet."""
    if engines.is_sqlite and not Path(engines.url.database or "").exists():
        return {}
    t = table_of(PluginRow).c
    try:
        with engines.read.connect() as conn:
            rows = conn.execute(sa.select(t.name, t.state, t.version, t.error, t.enabled_at, t.disabled_at, t.faults, t.fault, t.fault_at, t.audience).order_by(t.name)).all()
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        if "core_plugin" in str(error.orig):  # before the first migration
            return {}
        raise
    return {r.name: State(r.name, r.state, r.version, r.error or "", r.enabled_at, r.disabled_at, r.faults, r.fault or "", r.fault_at, tuple(r.audience or ())) for r in rows}


def wanted(known: Mapping[str, State]) -> set[str]:
    """Names of the plugins that are switched on."""
    return {s.name for s in known.values() if s.state is PluginState.active and "+" not in s.name}


@contextmanager
def blaming(site: Any, name: str) -> Iterator[None]:
    """What is raised within is the fault of this plugin: noted, unless it is only being tried. A database that is away is not."""
    try:
        yield
    except sa.exc.OperationalError:
        raise
    except Exception:
        if name == "core":
            raise
        fault = PluginFault(name, traceback.format_exc())
        if name not in site.trying:
            note_fault(site.engines, fault)
        raise fault from None


def check_schema(site: Any, packages: Collection[Package]) -> None:
    """The first whose tables a newer version of it has made is left out, and the others serve. Raises PluginFault."""
    if site.engines.is_sqlite and not Path(site.engines.url.database or "").exists():
        return
    with site.engines.read.connect() as conn:
        found = revisions.status(conn, packages)
    for status in found:
        try:
            status.check()
        except NewerSchema as error:
            raise PluginFault(status.package, str(told(error))) from None


def note_fault(engines: Any, fault: PluginFault) -> None:
    """Mark a plugin (or a bridge, `service+sales`) as failed: the next start leaves it out."""
    table = table_of(PluginRow)
    values = {"state": PluginState.failed, "error": fault.trace[-8_000:], "disabled_at": now()}
    fault.noted = True
    with engines.write.begin() as conn:
        if not conn.execute(sa.update(table).where(table.c.name == fault.name).values(values)).rowcount:
            conn.execute(sa.insert(table).values(name=fault.name, version="", made_at=now(), faults=0, **values))


def plan(names: Collection[str], found: Mapping[str, Found]) -> Plan:
    """Sort the switched-on plugins by `requires` and `enhances`; who lacks something is blocked, and who needs him too."""
    blocked: dict[str, Any] = {}
    able = set(names)
    while True:
        out = {name: why for name in sorted(able) if (why := _lacks(found.get(name), able, found))}
        if not out:
            break
        blocked |= out
        able -= out.keys()
    order, circle = _sorted(able, found)
    why = _("They require one another in a circle: %(names)s.", names=list(circle))
    return Plan(tuple(found[name] for name in order), {**blocked, **dict.fromkeys(circle, why)})


def _sorted(able: Collection[str], found: Mapping[str, Found]) -> tuple[list[str], list[str]]:
    """The required and the enhanced first, by name among those that are ready; who enhances in a circle goes by name too.
    Second: those that can never be ready, because they require one another."""
    done: list[str] = []
    left = sorted(able)
    manifests = {name: manifest for name in left if (manifest := found[name].manifest) is not None}
    needs = {name: (m.needs.keys() & able) - {name} for name, m in manifests.items()}
    likes = {name: (m.likes.keys() & able) - {name} for name, m in manifests.items()}
    while left:
        free = [name for name in left if needs[name] <= set(done)]
        ready = next((name for name in free if likes[name] <= set(done)), None) or next(iter(free), None)
        if ready is None:
            break
        done.append(ready)
        left.remove(ready)
    return done, left


def _lacks(found: Found | None, able: Collection[str], all_found: Mapping[str, Found]) -> Any:
    """Why a plugin cannot be taken in, or nothing."""
    if found is None:
        return _("It is switched on but not installed on this machine.")
    if found.manifest is None:
        return _("Its manifest cannot be read.")
    for name, need in found.manifest.needs.items():
        if name == "core":
            have = __version__
        elif name not in able:
            return _("It requires “%(name)s”, which is not switched on.", name=name)
        else:
            other = all_found[name].manifest
            have = other.version if other is not None else "0"
        if not need.specifier.contains(Version(have), prereleases=True):
            return _("It requires %(need)s; there is %(have)s.", need=str(need), have=have)
    return None


def closure(name: str, found: Mapping[str, Found]) -> list[str]:
    """A plugin and everything it requires, the required first."""
    seen: dict[str, None] = {}

    def visit(one: str) -> None:
        entry = found.get(one)
        if one in seen or one == "core":
            return
        for other in entry.manifest.needs if entry is not None and entry.manifest is not None else ():
            if other != one:
                visit(other)
        seen[one] = None

    visit(name)
    return list(seen)


def dependants(names: Collection[str], active: Collection[str], found: Mapping[str, Found]) -> list[str]:
    """The active plugins that cannot do without one of these, nearest first."""
    gone, hit = set(names), []
    while more := [n for n in sorted(set(active) - gone) if n in found and (m := found[n].manifest) is not None and gone & m.needs.keys()]:
        hit += more
        gone |= set(more)
    return hit


# --- taking them in ----------------------------------------------------------------------------------------------------


def load(home: Path, chosen: Plan, failed: Collection[str] = ()) -> tuple[Package, ...]:
    """Import the plugins of a plan and the bridges between them, in order. Raises PluginFault with the first guilty name."""
    names = {one.name for one in chosen.order}
    made = []
    for one in chosen.order:
        with _noted(home, one.name):
            modules = [_import(f"{one.module}.plugin")]
            # The table of contents of a large plugin has chapters: `plugin/` with a module for each.
            modules += [_import(f"{one.module}.plugin.{chapter}") for chapter in getattr(modules[0], "chapters", ())]
        for other in _bridges(one.module):
            key = f"{one.name}+{other}"
            if other in names and key not in failed:
                with _noted(home, key):
                    modules.append(_import(f"{one.module}.bridges.{other}"))
        assert one.manifest is not None
        made.append(Package(one.name, one.manifest.label, one.manifest.version, one.module, tuple(modules), one.manifest))
    return tuple(made)


def _bridges(module: str) -> list[str]:
    home = importlib.import_module(module)
    folders = [str(Path(path) / "bridges") for path in home.__path__]
    return sorted(m.name for m in pkgutil.iter_modules(folders) if not m.name.startswith("_"))


def _attributes() -> dict[Any, set[str]]:
    """Mapped classes and their attributes, everything resolved."""
    configure_mappers()
    return {mapper: set(mapper.attrs.keys()) for mapper in Model.registry.mappers}


def _import(name: str) -> Any:
    """Import a plugin's table of contents and see that it hung nothing onto somebody else's class."""
    before = _attributes()
    module = importlib.import_module(name)
    after = _attributes()
    for mapper, had in before.items():
        if extra := after[mapper] - had:
            raise TypeError(f"{name} put {', '.join(sorted(extra))} onto {mapper.class_.__name__}; ask for a panel or a column instead")
    return module


@contextmanager
def _noted(home: Path, name: str) -> Iterator[None]:
    """The name stands in a file while its code is imported; a file left by a dead process tells who killed it."""
    path = home / "loading" / f"{os.getpid()}-{threading.get_ident()}"
    if home.is_dir():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    try:
        with _calm_end():
            yield
    except _Leave:
        raise
    except (Exception, SystemExit):  # noqa: BLE001  whatever it is: the next start goes without it
        raise PluginFault(name, traceback.format_exc()) from None
    finally:
        path.unlink(missing_ok=True)


class _Leave(SystemExit):
    """We were told to end; a plugin that calls `sys.exit` says something else."""


@contextmanager
def _calm_end() -> Iterator[None]:
    """SIGTERM while a plugin is imported is no fault of his: leave through the `finally` of whoever is at work."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _frame: Any) -> None:
        raise _Leave(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def left_behind(home: Path) -> list[PluginFault]:
    """Those whose import took its process along, from the files that dead processes left; the files are removed."""
    guilty = []
    for path in sorted((home / "loading").glob("*-*")):
        pid = int(path.name.partition("-")[0])
        if pid == os.getpid() or _alive(pid):
            continue
        name = path.read_text(encoding="utf-8")
        path.unlink(missing_ok=True)
        if name:
            guilty.append(PluginFault(name, str(_("The process ended while this plugin was being loaded."))))
    return guilty


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
