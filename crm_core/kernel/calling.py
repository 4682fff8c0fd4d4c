"""Calling what packages registered. What a fault does says the kind of the hook, never the mood of the caller:

*show* (panels, cards, columns, badges, reports): the part is missing, the rest of the page stands; three faults within five
minutes and it rests for five. *decide* (`narrow_records`, `field_access`): a fault denies, and goes on denying. *inside*
(listeners in the transaction): a fault undoes the whole transaction with a sentence that names the plugin; `Refused` is the polite
veto. *after* (the outbox): tried again, then parked.

What each package's parts cost (statements, time) is counted as they are called.
"""

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, has_work
from crm_core.data.wall import statements
from crm_core.kernel.clock import now
from crm_core.kernel.errors import CrmError, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.models import PluginRow
from crm_core.kernel.site import site

log = logging.getLogger("crm.plugins")
T = TypeVar("T")
SLOW = 0.25  # seconds: a part that takes longer is named in the log
FAULTS, WITHIN, REST = 3, 300.0, 300.0


class Stopped(CrmError):
    """A plugin's listener failed inside a transaction, which is undone with it."""

    status = 500


@dataclass
class Cost:
    """What the parts of one package took in this process."""

    pages: int = 0
    statements: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


@dataclass
class Health:
    """What is known in this process of what packages do: costs by package, recent faults by part."""

    costs: dict[str, Cost] = field(default_factory=dict)
    faults: dict[str, deque[float]] = field(default_factory=dict)
    rests: dict[str, float] = field(default_factory=dict)

    def resting(self, key: str) -> bool:
        return self.rests.get(key, 0.0) > time.monotonic()

    def fault(self, key: str) -> None:
        recent = self.faults.setdefault(key, deque(maxlen=FAULTS))
        recent.append(time.monotonic())
        if len(recent) == FAULTS and recent[-1] - recent[0] < WITHIN:
            self.rests[key] = recent[-1] + REST


def health() -> Health:
    """The health of the running site's packages, as this process has seen it."""
    found: Health = site().cached("health", Health)
    return found


def shown(item: Any, call: Callable[[], T], otherwise: T) -> T:
    """Call a part of the kind *show*: `otherwise` where it fails or rests. With `debug` its fault is raised."""
    package = site().registry.package_of(item)
    key = f"{package}:{type(item).__name__}:{getattr(item, 'on', '')}:{getattr(item, 'name', '')}"
    mine = health()
    if mine.resting(key):
        return otherwise
    began, asked = time.perf_counter(), statements()
    try:
        return call()
    except Missing:  # it is not for this reader, which is nobody's fault: it does not rest for the others
        return otherwise
    except (Exception, SystemExit):  # whatever an author wrote there: the page stands
        if site().config.debug:
            raise
        mine.fault(key)
        _note(package, key)
        return otherwise
    finally:
        took = time.perf_counter() - began
        cost = mine.costs.setdefault(package, Cost())
        cost.pages += _first(package)
        cost.statements, cost.seconds = cost.statements + statements() - asked, cost.seconds + took
        cost.slowest = max(cost.slowest, took)
        if took > SLOW:
            log.warning("%s took %d ms", key, took * 1_000)


def _first(package: str) -> bool:
    """Whether this is the first part of a package in the running request."""
    seen: set[str] = current_work().info.setdefault("parts", set())
    new = package not in seen
    seen.add(package)
    return new


def decided(hook: str, denied: T, **given: Any) -> list[T | Any]:
    """The answers of every package to a hook of the kind *decide*, without those that have nothing to say; `denied` is the
    answer of one that fails."""
    found = []
    for package, call in site().registry.deciders(hook):
        try:
            answer = call(**given)
        except (Exception, SystemExit):  # noqa: BLE001  a guard that fails lets nobody through
            _note(package, f"{package}:{hook}")
            answer = denied
        if answer is not None:
            found.append(answer)
    return found


def stopped(package: str, error: BaseException) -> NoReturn:
    """A listener inside the transaction failed: raise what undoes it. Errors with a sentence of their own stay as they are."""
    if isinstance(error, CrmError) or package == "core":
        raise error
    _note(package, f"{package}: listener")
    raise Stopped(_("The plugin “%(name)s” failed, so nothing was saved. Your administrator finds the reason under Plugins.", name=package)) from error


def faulted(package: str, trace: str) -> sa.Update:
    """The statement that puts a fault onto the page of plugins."""
    table = table_of(PluginRow)
    return sa.update(table).where(table.c.name == package).values(faults=table.c.faults + 1, fault=trace[-4_000:], fault_at=now())


def _note(package: str, key: str) -> None:
    """Say it in the log and on the page of plugins: at once, or when the running write transaction is over, unless somebody
    else is writing just then."""
    log.exception("%s failed", key)
    if package == "core" or not has_work():
        return
    statement, engines = faulted(package, traceback.format_exc()), site().engines

    def write() -> None:
        try:
            with engines.hasty() as conn:
                conn.execute(statement)
        except sa.exc.OperationalError:
            return  # somebody is writing just now; the next fault is noted

    if current_work().writing_since is None:
        write()
    else:
        current_work().afterwards.append(write)
