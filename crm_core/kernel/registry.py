"""The registry: an immutable picture of what a set of packages registered. Reached as `site().registry`, never alone."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType, ModuleType
from typing import Any

import pluggy

from crm_core.kernel import hookspecs
from crm_core.kernel.declare import (
    Action,
    Column,
    Job,
    Listen,
    Menu,
    Package,
    Panel,
    Permission,
    Related,
    RoleTemplate,
    Section,
)


class Collision(RuntimeError):
    """Two packages claim one name; both are said and neither wins."""


class Registry:
    """What core and the active plugins offer. Built once for a set of packages, then never changed."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self.packages = tuple(packages)
        manager = pluggy.PluginManager("crm")
        manager.add_hookspecs(hookspecs)
        for package in packages:
            for number, module in enumerate(_modules(package)):
                manager.register(module, name=f"{package.name}:{number}:{getattr(module, '__name__', '')}")
        manager.check_pending()
        self._manager = manager
        self.sections: tuple[Section, ...] = self._all("register_sections")
        classes = self._all("register_resources")
        briefs = [brief for cls in classes if (brief := getattr(cls, "brief_class", None)) is not None]
        resources = [cls() for cls in (*classes, *briefs)]
        self.resources: Mapping[str, Any] = _named(resources, "resource")
        self.by_model: Mapping[type, Any] = MappingProxyType({r.model: r for r in resources})
        self.menu: tuple[Menu, ...] = self._all("register_menu")
        panels = self._all("register_panels")
        self.panels: Mapping[str, tuple[Panel | Related, ...]] = _grouped(panels, "on")
        self.actions: Mapping[str, tuple[Action, ...]] = _grouped(self._all("register_actions"), "on")
        self.columns: Mapping[str, tuple[Column, ...]] = _grouped(self._all("register_columns"), "on")
        self.permissions: Mapping[str, Permission] = _named(self._all("register_permissions"), "permission")
        self.roles: tuple[RoleTemplate, ...] = self._all("register_roles")
        self.listeners: Mapping[type, tuple[Listen, ...]] = _grouped(self._all("register_listeners"), "event")
        self.listener: Mapping[str, Listen] = _named(self._all("register_listeners"), "listener", key="key")
        self.events: Mapping[str, type] = MappingProxyType({e.__name__: e for e in self.listeners})
        self.jobs: Mapping[str, Job] = _named(self._all("register_jobs"), "job")
        self.blueprints = self._all("register_blueprints")
        self.commands = self._all("register_commands")
        for resource in resources:
            resource.bind(self)

    def resource(self, name: Any) -> Any:
        """The resource by name (`core.customer`) or by its class; raises KeyError."""
        return self.resources[name if isinstance(name, str) else name.name]

    def call(self, hook: str, **kwargs: Any) -> list[Any]:
        """Call a live hook of every package in load order and return what is not None."""
        impls = sorted(getattr(self._manager.hook, hook).get_hookimpls(), key=lambda i: self._order(i.plugin_name))
        found = []
        for impl in impls:
            result = impl.function(**{name: kwargs[name] for name in impl.argnames})
            if result is not None:
                found.append(result)
        return found

    def _order(self, plugin_name: str) -> tuple[int, int]:
        package, number, _rest = plugin_name.split(":", 2)
        return [p.name for p in self.packages].index(package), int(number)

    def _all(self, hook: str) -> tuple[Any, ...]:
        rows = [item for rows in self.call(hook) for item in rows]
        return tuple(sorted(rows, key=lambda i: (getattr(i, "order", 50), str(getattr(i, "name", "")))))


def _modules(package: Package) -> Iterable[Any]:
    if package.plugin is None:
        return ()
    return package.plugin if isinstance(package.plugin, list | tuple) else (package.plugin,)


def _grouped(items: Iterable[Any], attribute: str) -> Mapping[Any, tuple[Any, ...]]:
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(getattr(item, attribute), []).append(item)
    return MappingProxyType({key: tuple(found) for key, found in groups.items()})


def _named(items: Iterable[Any], what: str, key: str = "name") -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        name = getattr(item, key)
        if name in found:
            raise Collision(f"{what} {name!r} is claimed twice: by {_origin(found[name])} and by {_origin(item)}")
        found[name] = item
    return MappingProxyType(found)


def _origin(item: Any) -> str:
    if isinstance(item, ModuleType):
        return item.__name__
    kind = item if inspect.isclass(item) else type(item)
    call = getattr(item, "call", None) or getattr(item, "run", None)
    return getattr(call, "__module__", None) or kind.__module__
