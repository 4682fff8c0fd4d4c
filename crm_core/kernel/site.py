"""A site: one company, one database. Engines, files, keys, caches and registry hang on it, never on the process."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_core.data.engine import Engines
from crm_core.data.session import Work, current_work, has_work, work
from crm_core.kernel import clock, references  # noqa: F401  references fill a slot of data.migrate
from crm_core.kernel.config import Config
from crm_core.kernel.i18n import in_language
from crm_core.kernel.keys import KeyRing

if TYPE_CHECKING:
    from crm_core.kernel.inhand import Names
    from crm_core.kernel.pace import Traffic
    from crm_core.kernel.registry import Registry


class Site:
    """Everything that belongs to one company's installation."""

    registry: "Registry"  # of the packages it uses; given once they are known (app.open_site)

    def __init__(self, config: Config, registry: "Registry | None" = None) -> None:
        self.config = config
        if registry is not None:
            self.registry = registry
        self.trying: tuple[str, ...] = ()  # plugins that are only being tried
        self.engines = Engines(config.database_url, threads=max(4, config.threads * 2))
        self.engines.announce = self._announce
        self.wakers: list[Callable[[], None]] = []  # called after work was put into the queues; never raise, never block
        self.cache: dict[Any, Any] = {}  # per process; keyed by something that changes when the content does

    @property
    def home(self) -> Path:
        return self.config.site

    @cached_property
    def keys(self) -> KeyRing:
        return KeyRing.at(self.home / "key")

    def folder(self, name: str) -> Path:
        """A folder of the site that only its owner reads: `files`, `backups`, `imports`."""
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        """`make()` once for this key in this process. The key carries whatever must make it stale."""
        try:
            return self.cache[key]
        except KeyError:
            if len(self.cache) > 2_000:
                self.cache.clear()
            value = self.cache[key] = make()
            return value

    def wake(self) -> None:
        """Tell the workers that there is something to do. Only speed: who is not told looks once a second."""
        for waker in self.wakers:
            waker()
        with suppress(OSError):  # the bell for workers of other processes; they make it when they start
            os.utime(self.home / "wake")

    @cached_property
    def traffic(self) -> "Traffic | None":
        """Who wants to write lately, across processes (SQLite only); see kernel/pace.py."""
        from crm_core.kernel.pace import Traffic

        return Traffic(self.home / "writers") if self.engines.is_sqlite and self.home.is_dir() else None

    @cached_property
    def names(self) -> "Names":
        """Names in hand on this machine; see kernel/inhand.py."""
        from crm_core.kernel.inhand import Names

        return Names(self.home / "inhand")

    def _announce(self) -> None:
        if self.traffic is not None:
            self.traffic.note()

    @contextmanager
    def work(self, actor: Any, *, system: str | None = None) -> Iterator[Work]:
        """Run a request, job or command on this site as `actor`, in his language and time zone."""
        token = _site.set(self)
        language = getattr(actor, "language", None) or self.config.language
        zone = getattr(actor, "timezone", None) or self.config.timezone
        try:
            with in_language(language), clock.in_zone(zone), work(self.engines, actor, system=system) as running:
                yield running
        finally:
            _site.reset(token)

    @contextmanager
    def system(self, reason: str) -> Iterator[Work]:
        """Run as the house itself."""
        with self.work(None, system=reason) as running:
            yield running

    def check_home(self) -> None:
        """Refuse a site folder that others can read: it holds the key and everybody's data (S20)."""
        if self.home.exists() and self.home.stat().st_mode & 0o007 and os.name == "posix":
            raise PermissionError(f"{self.home} can be read by everybody on this machine; chmod 700 it")


_site: ContextVar[Site | None] = ContextVar("crm_site", default=None)


def site() -> Site:
    """The site this code runs for; raises RuntimeError outside of `site.work(…)`."""
    found = _site.get()
    if found is None:
        raise RuntimeError("no site: run this inside site.work(…)")
    return found


def has_site() -> bool:
    return _site.get() is not None


def actor() -> Any:
    """Who acts. None only when the house itself does."""
    return current_work().session.actor if has_work() else None


def my_id() -> int | None:
    """Number of the acting person; None when the house itself acts."""
    return getattr(actor(), "user_id", None)


def offered(items: Iterable[Any]) -> tuple[Any, ...]:
    """Of what packages registered, the faces for the acting person: those of plugins that are not for his department are
    left out."""
    hidden = getattr(actor(), "hidden", None)
    return tuple(items) if not hidden else tuple(i for i in items if site().registry.package_of(i) not in hidden)
