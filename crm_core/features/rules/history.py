"""Who changed a rule and when: kept as the history of records is, and told on its page with the sentence that stood there before."""

from collections.abc import Mapping
from typing import Any

from crm_core.features.rules import saying
from crm_core.kernel import words
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import changes
from crm_core.resource.references import named
from crm_core.resource.show import full_moment, show_moment
from crm_core.web.viewmodels.rules import RuleChange

NAME = "core.rule"  # in the history
KEPT = ("name", "trigger", "asked", "only", "steps", "held_out", "owner_id", "active")
_SAID = ("trigger", "asked", "only", "steps")
SHOWN = 20


def began(rule_id: int) -> None:
    with changes.change("create", resource=NAME) as change:
        changes.record(NAME, "create", [(rule_id, None)], change)


def moved(before: Any, values: Mapping[str, Any], why: Any = None) -> None:
    """Note what of a rule becomes another; nothing where nothing does. In the transaction that writes it."""
    old = {name: getattr(before, name) for name in KEPT if name in values and getattr(before, name) != values[name]}
    if old:
        with changes.change("update", resource=NAME, note=words.keep_line(why)[:500] if why is not None else None) as change:
            changes.record(NAME, "update", [(before.id, old)], change)


def ended(before: Any) -> None:
    with changes.change("delete", resource=NAME) as change:
        changes.record(NAME, "delete", [(before.id, {name: getattr(before, name) for name in KEPT})], change)


def of(row: Any) -> tuple[RuleChange, ...]:
    """The last changes, the newest first. Read the rule under its rights first."""
    found = changes.history_of(NAME, row.id, SHOWN)
    state = {name: getattr(row, name) for name in KEPT}
    people = named({"core.user": {one.actor_id for one in found} | {one.old["owner_id"] for one in found if one.old and "owner_id" in one.old}}).get("core.user", {})
    lines = []
    for one in found:
        old = one.old or {}
        what = [_("Made")] if one.verb == "create" else _what(old, state, people, one.note)
        said = ""
        state = {**state, **old}
        if any(name in old for name in _SAID):
            said = saying.sentence(site().registry.resource(row.resource), state["trigger"], state["asked"] or {}, state["only"], state["steps"] or [])
        lines.append(RuleChange(tuple(what), show_moment(one.at, short=True), full_moment(one.at), people.get(one.actor_id or 0, ""), said))
    return tuple(lines)


def _what(old: Mapping[str, Any], now: Mapping[str, Any], people: Mapping[int, str], note: str | None) -> list[Any]:
    found: list[Any] = []
    if "owner_id" in old:
        found.append(_("Taken over from %(name)s", name=people.get(old["owner_id"], _("hidden record"))))
    if any(name in old for name in _SAID):
        found.append(_("Changed"))
    if "name" in old:
        found.append(_("Called “%(name)s” before", name=old["name"]))
    if "held_out" in old:
        found.append(_("Left out %(n)s percent before", n=old["held_out"]))
    if "active" in old:
        found.append(_("Switched off by itself: %(why)s", why=words.read_line(note)) if note else _("Switched on") if now["active"] else _("Switched off"))
    return found
