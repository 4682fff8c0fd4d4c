"""The names a plugin gives are those of something: one that is misspelt is drawn, asked and granted nowhere, and nobody is told."""

import inspect
import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from crm_core.access.models import Scope
from crm_core.kernel.declare import Menu
from crm_core.kernel.i18n import _
from crm_core.resource.inspection import OWNER_LABELS, STAMP_LABELS
from crm_core.resource.references import RefField
from crm_core.resource.resource import LISTS, Resource
from crm_core.testing.subject import Place, Subject

SINGLE = ("calendar", "board", "status")
ATTRIBUTES = tuple(name for name in Resource.__annotations__ if name != "registry")


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    mine = [one for one in subject.own(subject.site.registry.resources.values()) if not one.is_brief]
    for resource in mine:
        yield from _attributes(subject, type(resource))
        yield from _fields(subject, resource)
        yield from _references(subject, resource)
        for source in (resource, *resource.line_resources.values()):
            yield from _labels(subject, source)
    yield from _slots(subject)
    yield from _sections(subject, mine)
    yield from _rights(subject)


# --- what a resource says -------------------------------------------------------------------------------------------


def _attributes(subject: Subject, cls: Any) -> Iterator[tuple[Place, Any]]:
    """`importble = True` would say nothing."""
    for name, value in vars(cls).items():
        if name not in ATTRIBUTES and not hasattr(Resource, name) and not callable(value) and (near := get_close_matches(name, ATTRIBUTES, n=1, cutoff=0.8)):
            yield _at(subject, name, cls), _("A resource has no “%(name)s”; “%(near)s” may be meant.", name=name, near=near[0])


def _fields(subject: Subject, resource: Any) -> Iterator[tuple[Place, Any]]:
    cls = type(resource)
    fields = {*resource.all_fields, *(one.name for one in resource.virtual)}
    lines = {one.name for one in cls.lines}
    columns = {one.name for one in resource.registry.columns.get(resource.name, ())}
    for attribute in (one for one in LISTS if one != "known_by"):
        for name in getattr(cls, attribute):
            yield from _field(subject, cls, attribute, name.lstrip("-"), fields | columns if attribute == "columns" else fields)
    for attribute in SINGLE:
        if given := getattr(cls, attribute):
            yield from _field(subject, cls, attribute, given, fields)
    for section in cls.form:
        for name in section.fields:
            yield from _field(subject, cls, "form", name, fields | lines)
    for action in cls.actions:
        for name in action.fields if not callable(action.fields) else ():
            if isinstance(name, str):
                yield from _field(subject, cls, action.name, name, fields)


def _field(subject: Subject, cls: Any, attribute: str, name: str, there: Collection[str]) -> Iterator[tuple[Place, Any]]:
    if name not in there:
        yield _at(subject, name, cls), _("“%(what)s” of %(resource)s: there is no field “%(name)s”%(near)s", what=attribute, resource=cls.name, name=name, near=_near(name, there))


def _labels(subject: Subject, resource: Any) -> Iterator[tuple[Place, Any]]:
    """A field that says no label is read by its name, in whatever language."""
    fields = resource.all_fields
    for name, field in fields.items():
        pair = name.removesuffix("_id") in fields and name.endswith("_id")  # of a t.AnyRef: the number beside the name
        if "label" not in field.info and not pair and name not in OWNER_LABELS and name not in STAMP_LABELS:
            yield subject.column(resource.table, field.column), _("“%(name)s” of %(resource)s has no label: people read “%(label)s” in every language", name=name,
                                                                  resource=resource.name, label=field.label)


def _references(subject: Subject, resource: Any) -> Iterator[tuple[Place, Any]]:
    for name, field in resource.all_fields.items():
        if isinstance(field, RefField) and field.target and not _there(subject, field.target):
            place = _at(subject, field.target, type(resource))
            yield place, _("“%(what)s” of %(resource)s: there is no resource “%(name)s”%(near)s", what=name, resource=resource.name, name=field.target,
                           near=_near(field.target, subject.site.registry.resources))


# --- what it puts up elsewhere ----------------------------------------------------------------------------------------


def _slots(subject: Subject) -> Iterator[tuple[Place, Any]]:
    registry = subject.site.registry
    for slot in (registry.panels, registry.actions, registry.columns, registry.print_templates):
        for on, items in slot.items():
            for one in subject.own(items):
                if not _there(subject, on):
                    what = getattr(one, "name", "") or type(one).__name__
                    yield _at(subject, on), _("“%(what)s”: there is no resource “%(name)s”%(near)s", what=what, name=on, near=_near(on, registry.resources))
                yield from _shows(subject, one)


def _shows(subject: Subject, one: Any) -> Iterator[tuple[Place, Any]]:
    """The fields a box, column or paper tells of: with one that is misspelt it is for nobody."""
    told = getattr(one, "shows", ())
    if isinstance(told, str):  # its letters would be the names
        yield _at(subject, told), _("“shows” of %(name)s is a list of names: (“%(what)s”,)", name=one.name, what=told)
        return
    for whole in told:
        name, _dot, field = whole.rpartition(".")
        resource = subject.site.registry.resources.get(name)
        if resource is not None and field not in resource.all_fields:
            yield _at(subject, whole), _("“%(what)s” of %(resource)s: there is no field “%(name)s”%(near)s", what="shows", resource=one.name, name=whole, near=_near(field, resource.all_fields))
        elif not name or not _there(subject, name):
            yield _at(subject, whole), _("“%(what)s”: there is no resource “%(name)s”%(near)s", what=one.name, name=name, near=_near(name, subject.site.registry.resources))


def _sections(subject: Subject, mine: Collection[Any]) -> Iterator[tuple[Place, Any]]:
    registry = subject.site.registry
    there = {one.name for one in registry.sections}
    entries = subject.own(registry.menu)
    for name in dict.fromkeys([one.section for one in entries] + [type(one).menu for one in mine]):
        if name and name not in there:
            yield _at(subject, name), _("The menu has no section “%(name)s”%(near)s", name=name, near=_near(name, there))


def _rights(subject: Subject) -> Iterator[tuple[Place, Any]]:
    registry = subject.site.registry
    there = {f"{one.name}.{verb}" for one in registry.resources.values() for verb in (*one.verbs, *one._all_actions, "sensitive")} | set(registry.permissions)
    asked = [one.permission for slot in registry.panels.values() for one in subject.own(slot) if getattr(one, "permission", "")]
    asked += [one.permission for one in subject.own(registry.menu) if isinstance(one, Menu) and one.permission]
    granted = [name for role in subject.own(registry.roles) for name in (*role.grants, *(f"{hidden}.read" for hidden in role.hidden))]
    for name in dict.fromkeys([*asked, *granted]):
        if _known(subject, name) and not any(fnmatchcase(one, name) for one in there):
            yield _at(subject, name), _("There is no right “%(name)s”%(near)s", name=name, near=_near(name, there))
    words = [word.value for word in Scope]
    for name in dict.fromkeys(name for role in subject.own(registry.roles) for name in role.grants.values()):
        if name not in words:
            yield _at(subject, name), _("A right is given for %(words)s, not for “%(name)s”%(near)s", words=words, name=name, near=_near(name, words))


# --- words ------------------------------------------------------------------------------------------------------------


def _there(subject: Subject, name: str) -> bool:
    """Whether there is such a resource, or it is of a plugin that is not here, of which nobody knows."""
    return name in subject.site.registry.resources or not _known(subject, name)


def _known(subject: Subject, name: str) -> bool:
    """Whether a name is of a package that is loaded, or looks like one's."""
    return bool(get_close_matches(name.partition(".")[0], [one.name for one in subject.site.registry.packages], n=1, cutoff=0.75))


def _near(name: str, there: Collection[str]) -> Any:
    found = get_close_matches(name, there, n=1)
    return _("; “%(name)s” may be meant.", name=found[0]) if found else "."


def _at(subject: Subject, name: str, cls: Any = None) -> Place:
    """Where this name is written: in the class that says it, else anywhere; else the class, or the table of contents."""
    if cls is None:
        return subject.literal(name)
    start = subject.of(cls)
    for number, line in enumerate(inspect.getsourcelines(cls)[0], start.line):
        if re.search(rf"""["']-?{re.escape(name)}["']|^\s+{re.escape(name)}\b""", line):
            return Place(start.path, number)
    there = subject.literal(name)
    return there if there.line > 1 else start
