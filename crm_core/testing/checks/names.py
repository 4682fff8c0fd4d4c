"""What a plugin puts on others' resources, and its events, have names that nobody else uses for something of his."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.resource import acts
from crm_core.testing.subject import Place, Subject


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    registry = subject.site.registry
    for resource in registry.resources.values():
        standard = {a.name for a in acts.standard(resource)} | set(resource.verbs)
        own = [a.name for a in resource.actions]
        mine = resource.actions if resource.package == subject.name and not resource.is_brief else ()
        added = subject.own(registry.actions.get(resource.name, ()))
        times = Counter(own)
        for action in [*mine, *added]:
            taken = action.name in standard or (action in added and action.name in own) or times[action.name] > 1
            if taken:
                yield _place(subject, action.call, action.name), _said("action", resource.name, action.name)
        for column in subject.own(registry.columns.get(resource.name, ())):
            if column.name in resource.all_fields or column.name in {f.name for f in resource.virtual}:
                yield _place(subject, column.load, column.name), _said("column", resource.name, column.name)
    known: dict[str, type] = {}
    for event in registry.listeners:
        other = known.setdefault(event.__name__, event)
        if other is not event:
            yield subject.of(event), _("Two events are called %(name)s: in %(one)s and in %(other)s.", name=event.__name__, one=other.__module__,
                                       other=event.__module__)


def _place(subject: Subject, call: Any, name: str) -> Place:
    place = subject.literal(name)
    return place if place.line > 1 else subject.of(call)


def _said(what: str, resource: str, name: str) -> Any:
    return _("%(resource)s has a “%(name)s” already; this %(what)s would hide it.", resource=resource, name=name, what=what)
