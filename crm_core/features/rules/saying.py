"""A rule as a sentence: “When a customer is created, if the region is Sichuan: give Lina the task … ”, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.features.rules import kinds
from crm_core.features.rules.steps import FLOWS
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource import conditions
from crm_core.web.chips import value_words


def condition(resource: Any, tree: Any) -> str:
    """A tree in words; what cannot be asked (any more) says so."""
    try:
        return conditions.words(conditions.parse(resource, tree), value_words)
    except BadRequest as bad:
        return str(bad.message)


def step(resource: Any, one: Mapping[str, Any]) -> str:
    """One step."""
    given, name = one.get("with", {}), one["do"]
    if name == "branch":
        parts = [str(_("if %(which)s: %(steps)s", which=condition(resource, one["if"]) if one.get("if") else "…", steps=steps(resource, one.get("then", ())) or "…"))]
        if one.get("else"):
            parts.append(str(_("otherwise: %(steps)s", steps=steps(resource, one["else"]))))
        return f"({'; '.join(parts)})"
    try:
        kind = FLOWS.get(name) or kinds.action_of(resource, name)
        said = str(kind.say(kinds.shown_of(kind, resource, given)))
    except (BadRequest, KeyError) as bad:
        return str(getattr(bad, "message", bad))
    if getattr(kind, "asks", False):
        said = f"{said} {condition(resource, one['if']) if one.get('if') else '…'}"
    return said


def steps(resource: Any, found: Sequence[Mapping[str, Any]]) -> str:
    """Steps in a row."""
    return str(_(", then ")).join(step(resource, one) for one in found)


def when(resource: Any, trigger: str, asked: Mapping[str, str]) -> str:
    """What begins it."""
    try:
        kind = kinds.trigger_of(resource, trigger)
        return str(kind.say(resource, kinds.shown_of(kind, resource, asked)))
    except (BadRequest, KeyError) as bad:
        return str(getattr(bad, "message", bad))


def sentence(resource: Any, trigger: str, asked: Mapping[str, str], only: Any, found: Sequence[Mapping[str, Any]]) -> str:
    """The whole rule."""
    begins, does = when(resource, trigger, asked), steps(resource, found) or "…"
    if not only:
        return str(_("When %(when)s: %(what)s.", when=begins, what=does))
    return str(_("When %(when)s, if %(which)s: %(what)s.", when=begins, which=condition(resource, only), what=does))
