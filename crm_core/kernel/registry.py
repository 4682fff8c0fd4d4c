"""The registry: an immutable picture of what a set of packages registered. Reached as `site().registry`, never alone."""

import inspect
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import is_dataclass, replace
from difflib import get_close_matches
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import pluggy

from crm_core.kernel import hookspecs
from crm_core.kernel.declare import (
    Action,
    Card,
    Channel,
    Column,
    Cost,
    Job,
    Listen,
    Menu,
    Metric,
    Offers,
    Package,
    Panel,
    Permission,
    PrintTemplate,
    Related,
    Report,
    RoleTemplate,
    RuleAction,
    RuleTrigger,
    Section,
    Timeline,
    Trouble,
)


class PackageFault(RuntimeError):
    """A package registers what cannot be: `package` says whose fault it is, `trace` what happened."""

    def __init__(self, package: str, trace: str) -> None:
        super().__init__(f"{package}: {trace.strip()}")
        self.package, self.trace = package, trace


class Collision(PackageFault):
    """Two packages claim one name; both are said and neither wins."""


class Registry:
    """What core and the active plugins offer. Built once for a set of packages, then never changed. Raises PackageFault."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self.packages = tuple(packages)
        self._features: dict[Any, str] = {}  # class of a resource → feature of core it is awake with
        self._origin: dict[int, str] = {}  # of what was registered (by identity: it lives as long as we do) → package
        self._deciders: dict[str, list[tuple[str, Any]]] = {}
        self._classes: tuple[Any, ...] = ()  # of resources, once they are known
        self._manager = manager = pluggy.PluginManager("crm")
        manager.add_hookspecs(hookspecs)
        old: list[tuple[str, str]] = []
        used = features_of(packages)
        for package in packages:
            for number, module in enumerate(_modules(package)):
                feature = getattr(module, "FEATURE", None)
                if feature not in (None, *used):
                    continue  # a feature that nothing active uses sleeps, as a plugin does that is switched off
                with _blamed(package.name), warnings.catch_warnings(record=True) as said:
                    warnings.simplefilter("always", DeprecationWarning)
                    manager.register(module, name=f"{package.name}:{number}:{getattr(module, '__name__', '')}")
                    manager.check_pending()
                old += [(package.name, str(one.message)) for one in said if issubclass(one.category, DeprecationWarning)]
        self.deprecated = tuple(old)  # (package, sentence): hooks it uses that will go (docs/promise.md)
        self.sections: tuple[Section, ...] = self._all("register_sections")
        classes = self._classes = self._all("register_resources")
        for _package, impl in self._impls("register_resources"):
            self._features |= dict.fromkeys(impl.function(), feature) if (feature := getattr(impl.plugin, "FEATURE", None)) else {}
        resources = [self._made(cls, cls) for cls in classes]
        resources += [self._made(brief, cls) for cls in classes if (brief := getattr(cls, "brief_class", None)) is not None]
        self.resources: Mapping[str, Any] = self._named(resources, "resource")
        self.by_model: Mapping[type, Any] = MappingProxyType({r.model: r for r in resources})
        self.menu: tuple[Menu, ...] = self._menu(classes)
        self.panels: Mapping[str, tuple[Panel | Related, ...]] = self._grouped("register_panels", "panel", self._on_each)
        self.actions: Mapping[str, tuple[Action, ...]] = self._grouped("register_actions", "action")
        self.columns: Mapping[str, tuple[Column, ...]] = self._grouped("register_columns", "column")
        self.reports: Mapping[str, Report] = self._named(self._all("register_reports"), "report")
        self.cards: Mapping[str, Card] = self._named(self._all("register_cards"), "card")
        self.metrics: Mapping[str, Metric] = self._named(self._all("register_metrics"), "metric")
        self.print_templates: Mapping[str, tuple[PrintTemplate, ...]] = self._grouped("register_print_templates", "print template")
        self.timelines: Mapping[str, tuple[Timeline, ...]] = _by_resource(self._all("register_timeline"))
        self.permissions: Mapping[str, Permission] = self._named(self._all("register_permissions"), "permission")
        self.settings: Mapping[str, Any] = self._named(self._all("register_settings"), "settings")
        self.roles: tuple[RoleTemplate, ...] = self._all("register_roles")
        listeners = self._all("register_listeners")
        self.listeners: Mapping[type, tuple[Listen, ...]] = _grouped(listeners, "event")
        self.listener: Mapping[str, Listen] = self._named(listeners, "listener", key="key")
        self._events(listeners)
        self.events: Mapping[str, type] = MappingProxyType({e.__name__: e for e in self.listeners})
        self.jobs: Mapping[str, Job] = self._named(self._all("register_jobs"), "job")
        self._schedules()
        self.channels: Mapping[str, Channel] = self._named(self._all("register_channels"), "channel")
        self.rule_triggers: Mapping[str, RuleTrigger] = self._named(self._all("register_rule_triggers"), "rule trigger")
        self.rule_actions: Mapping[str, RuleAction] = self._named(self._all("register_rule_actions"), "rule action")
        self.offers: Mapping[str, Offers] = self._named(self._all("register_offers"), "offers")
        self.costs: Mapping[str, Cost] = self._named(self._all("register_costs"), "cost")
        self.troubles: Mapping[str, Trouble] = self._named(self._all("register_troubles"), "trouble")
        self.blueprints = self._all("register_blueprints")
        self.commands = self._all("register_commands")
        for resource in resources:
            with _blamed(self.package_of(resource)):
                resource.bind(self)
        self._hosts()

    def _schedules(self) -> None:
        """A schedule that is none is the fault of its package, not of the scheduler, which has those of all."""
        from crm_core.kernel.schedule import Schedule

        for job in self.jobs.values():
            if job.every:
                with self.blamed(job):
                    Schedule.parse(job.every)

    def _events(self, listeners: Iterable[Listen]) -> None:
        """Rows of deliveries name an event by its class: two classes of one name would be taken for each other."""
        heard: dict[str, Listen] = {}
        for one in listeners:
            if not (inspect.isclass(one.event) and is_dataclass(one.event)):
                raise PackageFault(self.package_of(one), f"TypeError: {one.call.__qualname__} of {self._said(one)} listens to {one.event!r}, which is no event; an event is a frozen dataclass")
            first = heard.setdefault(one.event.__name__, one)
            if first.event is not one.event:
                self._collide("event", one.event.__name__, first, one)

    def _hosts(self) -> None:
        """What a package puts onto another's resource takes no name that is there already."""
        for group, taken in ((self.actions, _acts_of), (self.columns, _fields_of)):
            for name, items in group.items():
                host = self.resources.get(name)
                for item in items if host is not None else ():
                    if item.name in taken(host):
                        raise Collision(self.package_of(item), f"{name} has a “{item.name}” already; {self._said(item)} needs another name")

    def feature_of(self, resource: Any) -> str | None:
        """The feature of core that has this resource, where that sleeps while nothing uses it."""
        return self._features.get(type(resource))

    def package_of(self, item: Any) -> str:
        """The name of the package that registered this."""
        return self._origin[id(item)]

    def blamed(self, item: Any) -> AbstractContextManager[None]:
        """What goes wrong inside is the fault of the package that registered this: raises PackageFault."""
        return _blamed(self.package_of(item))

    def package(self, name: str) -> Package | None:
        """An active package by its name."""
        return next((p for p in self.packages if p.name == name), None)

    def resource(self, name: Any) -> Any:
        """The resource by name (`core.customer`) or by its class; raises KeyError."""
        wanted = name if isinstance(name, str) else name.name
        try:
            return self.resources[wanted]
        except KeyError:
            near = get_close_matches(wanted, self.resources, n=1)
            raise KeyError(f"there is no resource “{wanted}”" + (f"; “{near[0]}” may be meant" if near else "")) from None

    def deciders(self, hook: str) -> list[tuple[str, Any]]:
        """(package, function) of a live hook, in load order; the function takes any of the hook's arguments it does not want."""
        found = self._deciders.get(hook)
        if found is None:
            found = self._deciders[hook] = [(package, partial(_with_wanted, impl)) for package, impl in self._impls(hook)]
        return found

    def parent_of(self, resource: str) -> tuple[str, Any]:
        """(column that holds the parent's id, the parent's table) of a part, a line of a form too."""
        found = self.resources.get(resource)
        if found is not None and found.parent_field is not None:
            return found.parent_field.column, self.resources[found.parent_field.target].table
        for other in self.resources.values():
            for name, line in other.line_resources.items():
                if line.name == resource:
                    return other.link_column(name), other.table
        raise KeyError(resource)

    @cached_property
    def holders(self) -> tuple[Any, ...]:
        """The resources on whose records things of any kind may hang (files)."""
        return tuple(resource for resource in self.resources.values() if resource.holds_files)

    def call(self, hook: str, *, only: str = "", **kwargs: Any) -> list[Any]:
        """Call a live hook of every package (or of `only` one) in load order and return what is not None."""
        found = [impl.function(**{name: kwargs[name] for name in impl.argnames})
                 for package, impl in self._impls(hook) if only in ("", package)]
        return [result for result in found if result is not None]

    def _impls(self, hook: str) -> list[tuple[str, Any]]:
        impls = sorted(getattr(self._manager.hook, hook).get_hookimpls(), key=lambda i: self._order(i.plugin_name))
        return [(impl.plugin_name.partition(":")[0], impl) for impl in impls]

    def _order(self, plugin_name: str) -> tuple[int, int]:
        package, number, _rest = plugin_name.split(":", 2)
        return [p.name for p in self.packages].index(package), int(number)

    def _all(self, hook: str) -> tuple[Any, ...]:
        rows: list[Any] = []
        for package, impl in self._impls(hook):
            with _blamed(package):
                found = impl.function(**({"resources": self._classes} if "resources" in impl.argnames else {}))
                if not isinstance(found, list | tuple):
                    raise TypeError(f"{hook} must return a list, not {type(found).__name__}")
                for item in found:
                    made = _prefixed(item, package)
                    self._origin[id(made)] = package
                    rows.append(made)
        return tuple(sorted(rows, key=lambda i: (getattr(i, "order", 50), str(getattr(i, "name", "")))))

    def _menu(self, classes: Iterable[Any]) -> tuple[Menu, ...]:
        """What packages register, and the entries of resources that say in which section they stand."""
        found = list(self._all("register_menu"))
        for cls in classes:
            if section := getattr(cls, "menu", ""):
                entry = Menu(cls.label, cls, section, order=cls.order, name=cls.name)
                self._origin[id(entry)] = self.package_of(cls)
                found.append(entry)
        return tuple(sorted(found, key=lambda entry: (entry.order, entry.name)))

    def _made(self, cls: Any, origin: Any) -> Any:
        package = self.package_of(origin)
        with _blamed(package):
            made = cls()
            if made.package != package:
                raise TypeError(f"the resource {made.name} ({cls.__module__}) has the name of another package; its table must be called {package}_…")
        self._origin[id(made)] = package
        return made

    def _named(self, items: Iterable[Any], what: str, key: str = "name") -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for item in items:
            name = getattr(item, key)
            if name in found:
                self._collide(what, name, found[name], item)
            found[name] = item
        return MappingProxyType(found)

    def _on_each(self, panels: Iterable[Panel | Related]) -> Iterator[Panel | Related]:
        """What stands on every resource of a kind becomes one of each."""
        for panel in panels:
            if isinstance(panel, Related) or isinstance(panel.on, str):
                yield panel
                continue
            package = self.package_of(panel)
            with _blamed(package):
                hosts = [resource for resource in self.resources.values() if panel.on(resource)]
            for resource in hosts:
                when = partial(panel.when, resource) if panel.when is not None else None
                made = replace(panel, on=resource.name, load=partial(panel.load, resource), when=when)
                self._origin[id(made)] = package
                yield made

    def _grouped(self, hook: str, what: str, spread: Callable[[Any], Iterable[Any]] = tuple) -> Mapping[Any, tuple[Any, ...]]:
        items = tuple(spread(self._all(hook)))
        seen: dict[tuple[str, str], Any] = {}
        for item in items:
            key = (item.on, getattr(item, "name", "") or str(id(item)))
            if key in seen:
                self._collide(what, f"{key[0]}.{key[1]}", seen[key], item)
            seen[key] = item
        return _grouped(items, "on")

    def _collide(self, what: str, name: str, one: Any, other: Any) -> None:
        """The one that was loaded later is left out; both are said."""
        names = [p.name for p in self.packages]
        first, second = sorted((one, other), key=lambda i: names.index(self.package_of(i)))
        raise Collision(self.package_of(second), f"{what} “{name}” is claimed twice: by {self._said(first)} and by {self._said(second)}")

    def _said(self, item: Any) -> str:
        kind = item if inspect.isclass(item) else type(item)
        call = getattr(item, "call", None) or getattr(item, "run", None) or getattr(item, "load", None)
        return f"{self.package_of(item)} ({getattr(call, '__module__', None) or kind.__module__})"


def _with_wanted(impl: Any, **given: Any) -> Any:
    return impl.function(**{name: given[name] for name in impl.argnames})


def _acts_of(resource: Any) -> set[str]:
    return {*resource.verbs, *(a.name for a in resource.own_actions)}


def _fields_of(resource: Any) -> set[str]:
    return set(resource.all_fields)


@contextmanager
def _blamed(package: str) -> Iterator[None]:
    """Whatever goes wrong here is this package's fault."""
    try:
        yield
    except PackageFault:
        raise
    except Exception as error:
        raise PackageFault(package, traceback.format_exc()) from error


def _prefixed(item: Any, package: str) -> Any:
    """Names that stand in stored rows carry their package: `Job("remind", …)` of visits is `visits.remind`, and a listener
    of a plugin is called after its function."""
    if inspect.isclass(item) and hasattr(item, "departments"):  # settings are called after their package
        own = item.__dict__.get("name", "").removeprefix(f"{package}.")
        named: Any = item
        named.name = package if own in ("", package) else f"{package}.{own}"
    if isinstance(item, Channel | Job | Metric | Permission | Report | RuleAction | RuleTrigger) and "." not in item.name:
        return replace(item, name=f"{package}.{item.name}")
    if isinstance(item, Listen) and package != "core" and not item.name.startswith(f"{package}."):
        return replace(item, name=f"{package}.{item.name or item.call.__qualname__}")
    return item


def features_of(packages: Iterable[Package]) -> set[str]:
    """The features of core that these packages keep awake."""
    return {name for package in packages if package.manifest is not None for name in package.manifest.uses}


def _modules(package: Package) -> Iterable[Any]:
    if package.plugin is None:
        return ()
    return package.plugin if isinstance(package.plugin, list | tuple) else (package.plugin,)


def _by_resource(items: Iterable[Timeline]) -> Mapping[str, tuple[Timeline, ...]]:
    found: dict[str, list[Timeline]] = {}
    for item in items:
        found.setdefault(item.of.name, []).append(item)
    return MappingProxyType({name: tuple(lines) for name, lines in found.items()})


def _grouped(items: Iterable[Any], attribute: str) -> Mapping[Any, tuple[Any, ...]]:
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(getattr(item, attribute), []).append(item)
    return MappingProxyType({key: tuple(found) for key, found in groups.items()})
