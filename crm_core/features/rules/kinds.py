"""What a rule can be made of: triggers and actions that packages registered, with what they ask, as texts and as values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from unicodedata import normalize

from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import offered, site
from crm_core.resource import acts
from crm_core.resource.fields import Bad, Field


@dataclass(frozen=True, kw_only=True)
class PickField(Field):
    """One of a few words: pairs of code and label."""

    kind: str = "enum"
    pairs: tuple[tuple[str, Any], ...] = ()

    def taken(self, line: str) -> Any:
        if line not in dict(self.pairs):
            raise Bad(_("“%(value)s” is not one of the choices.", value=line[:60]))
        return line

    def show(self, value: Any) -> str:
        return str(dict(self.pairs).get(value, value or ""))

    def text(self, value: Any) -> str:
        return value or ""

    def options(self) -> list[tuple[str, str]]:
        return [(code, str(label)) for code, label in self.pairs]


@dataclass(frozen=True, kw_only=True)
class PicksField(PickField):
    """Several of them; a list, never empty."""

    kind: str = "choices"
    operators: ClassVar[tuple[str, ...]] = ()

    def taken(self, line: str) -> Any:
        return [PickField.taken(self, one.strip()) for one in line.split(",") if one.strip()] or None

    def show(self, value: Any) -> str:
        return listed(PickField.show(self, one) for one in value or ())

    def text(self, value: Any) -> str:
        return ",".join(value or ())


_HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


@dataclass(frozen=True, kw_only=True)
class HourField(Field):
    """A time of day, 09:00."""

    kind: str = "time"

    def taken(self, line: str) -> str:
        hit = _HOUR.fullmatch(normalize("NFKC", line).strip())
        if hit is None:
            raise Bad(_("A time such as 09:30 is expected."))
        return f"{int(hit[1]):02d}:{hit[2]}"


HOUR = HourField(name="hour", column="", label=_("At"), default="09:00", length=5)


def triggers(resource: Any) -> dict[str, Any]:
    """What can begin a rule about these records."""
    return {one.name: one for one in offered(site().registry.rule_triggers.values()) if one.on is None or one.on(resource)}


def actions(resource: Any) -> dict[str, Any]:
    """What a rule can do with them."""
    return {one.name: one for one in offered(site().registry.rule_actions.values()) if one.on is None or one.on(resource)}


def trigger_of(resource: Any, name: str) -> Any:
    """Raises BadRequest for what is not there (any more)."""
    found = triggers(resource).get(name)
    if found is None:
        raise BadRequest(_("What begins this rule is not there (any more)."))
    return found


def action_of(resource: Any, name: str) -> Any:
    found = actions(resource).get(name)
    if found is None:
        raise BadRequest(_("“%(name)s” is nothing a rule can do (any more).", name=name[:60]))
    return found


def fields_of(kind: Any, resource: Any, given: Mapping[str, str]) -> dict[str, Field]:
    """What a trigger or an action asks. A function of (resource, given) may let one field follow from another."""
    if not callable(kind.fields):
        asked: Sequence[Field] = kind.fields
    elif getattr(kind, "follows", False):
        asked = kind.fields(resource, given)
    else:
        asked = kind.fields(resource)
    return {one.name: one for one in asked}


def values_of(kind: Any, resource: Any, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of what was typed; every field has one, None where nothing was said. Raises Invalid."""
    fields = fields_of(kind, resource, given)
    texts = {name: text_of(one, given) for name, one in fields.items()}
    return {**dict.fromkeys(fields), **acts.checked(fields, texts)}


def text_of(one: Field, given: Mapping[str, str]) -> str:
    """What was typed, else the field's own beginning. A tick that was taken off was said."""
    if one.kind == "boolean":
        return given[one.name] or "0" if one.name in given else "1" if one.default else ""
    return given.get(one.name) or (one.text(one.default) if one.default is not None else "")


def shown_of(kind: Any, resource: Any, given: Mapping[str, str]) -> dict[str, str]:
    """The values as people read them; what cannot be taken as it was typed."""
    fields, found = fields_of(kind, resource, given), {}
    for name, one in fields.items():
        text = text_of(one, given)
        try:
            found[name] = one.show(acts.checked({name: one}, {name: text})[name]) if text else ""
        except (Invalid, KeyError):
            found[name] = text
    return found
