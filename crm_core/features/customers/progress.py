"""The progress form: fields of an administrator's own that are asked after a visit, or after what else he ties them to.

They are custom fields of what is written (core.note), so list, filter, export, print, search and API have them by themselves.
A field that the layout shows only for certain types is asked after those; one without such a tie is asked after a visit.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from crm_core.data import inside
from crm_core.features.customers.kinds import NoteKind
from crm_core.features.customers.notelines import NAME
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import custom, layout
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField

_KIND = "kind"


def fields(kind: NoteKind) -> dict[str, Field]:
    """What is asked after this kind of entry, as far as the reader may write it."""
    return {name: field for name, field in _own(writing=True).items() if _asked(name, kind)}


def _own(*, writing: bool = False) -> dict[str, Field]:
    """The administrator's fields in their order in the form."""
    resource = site().registry.resource(NAME)
    own, mine = custom.of(NAME), resource.fields(writing=writing)
    placed = [name for section in resource.form for name in section.fields]
    return {name: mine[name] for name in dict.fromkeys((*placed, *own)) if name in own and name in mine}


def _asked(name: str, kind: NoteKind) -> bool:
    rule = (layout.rules(site().registry.resource(NAME)).when or {}).get(name)
    return rule.holds({_KIND: kind}) if rule is not None and rule.field == _KIND else kind is NoteKind.visit


def tied(name: str) -> tuple[str, str] | None:
    """For the form: the other field of it that a field depends on, and the values."""
    told = layout.rules(site().registry.resource(NAME)).told(name)
    return told if told is not None and told[0] != _KIND else None


def needed(kind: NoteKind, texts: Mapping[str, str]) -> dict[str, list[Any]]:
    """What the form requires and was not given: field → sentence."""
    asked = fields(kind)
    lacking = layout.lacking(site().registry.resource(NAME), asked, {**texts, _KIND: kind})
    return {**{n: [_("This is required.")] for n, f in asked.items() if f.required and not texts.get(n) and tied(n) is None}, **lacking}


def packed(kind: NoteKind, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a new entry keeps of the form. Raises Invalid for names that are not found."""
    found: dict[str, Any] = {}
    for name, field in fields(kind).items():
        value = values.get(name)
        if isinstance(field, RefField) and value is not None:
            value = field.resolve([value]).get(value)
            if value is None:
                raise Invalid({name: [_("This record was not found.")]})
        if value is not None:
            found[field.column] = value
    return inside.packed(None, found)


def told(kept: Mapping[str, Any] | None) -> Iterator[tuple[Any, str]]:
    """What stands in the form, in words, as far as the reader may see it: (label, value)."""
    for field in _own().values() if kept else ():
        value = inside.value(kept, field.column)
        if value is not None:
            words = field.show(value)
            if words:
                yield field.label, words
