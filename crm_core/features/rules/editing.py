"""The editor's form: read as it was sent, changed a step at a time, and turned into what is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_core.features.rules import kinds
from crm_core.features.rules.active import Kept
from crm_core.features.rules.steps import DEEPEST, FLOWS, MOST
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import _
from crm_core.text.numbers import whole
from crm_core.web import conditioning, controls
from crm_core.web.conditioning import Item

_STEP = re.compile(r"^s(\d{1,3})-(do|in|arm)$")
_COND = re.compile(r"^(c|s\d{1,3}c):(add|remove|again)")


@dataclass
class Node:
    """A step while it is being edited."""

    do: str
    given: dict[str, str] = field(default_factory=dict)
    only: Item = field(default_factory=Item)
    then: "list[Node]" = field(default_factory=list)
    other: "list[Node]" = field(default_factory=list)
    key: str = ""
    faults: Mapping[str, Any] = field(default_factory=dict)
    error: Any = ""


@dataclass
class Draft:
    """A rule while it is being edited; what is unfinished stays unfinished."""

    of: Any
    name: str = ""
    trigger: str = "core.created"
    asked: dict[str, str] = field(default_factory=dict)
    only: Item = field(default_factory=Item)
    steps: list[Node] = field(default_factory=list)
    playbook: bool = False
    held_out: str = ""
    faults: dict[str, Any] = field(default_factory=dict)
    when_faults: Mapping[str, Any] = field(default_factory=dict)
    error: Any = ""
    focus: str = ""


def of_rule(rule: Kept) -> Draft:
    """A kept rule in the editor."""
    return Draft(rule.of, rule.name, rule.trigger, dict(rule.asked), conditioning.of_tree(rule.only), [_node(one) for one in rule.steps], rule.playbook, str(rule.held_out or ""))


def _node(step: Mapping[str, Any]) -> Node:
    return Node(step["do"], dict(step.get("with", {})), conditioning.of_tree(step.get("if")), [_node(one) for one in step.get("then", ())], [_node(one) for one in step.get("else", ())])


def kind_of(resource: Any, name: str) -> Any:
    """A step's kind: one that moves the run, or an action. Raises BadRequest."""
    return FLOWS.get(name) or kinds.action_of(resource, name)


def read(of: Any, form: MultiDict[str, str]) -> Draft:
    """The form as it was sent."""
    draft = Draft(of, form.get("name", "").strip()[:200], form.get("trigger", "core.created"), playbook=form.get("playbook") == "1", held_out=form.get("held_out", "").strip())
    draft.asked = _given(of, kinds.triggers(of).get(draft.trigger), form, "w-")
    draft.only = conditioning.inside(form, "c")
    found: dict[int, Node] = {}
    places: dict[int, tuple[int, str]] = {}
    for key in form:
        hit = _STEP.match(key)
        if hit and hit[2] == "do" and len(found) < MOST:
            number = int(hit[1])
            prefix = f"s{number}-"
            name = form[key]
            kind = FLOWS.get(name) or kinds.actions(of).get(name)
            found[number] = Node(name, _given(of, kind, form, prefix), conditioning.inside(form, f"s{number}c"), key=f"s{number}")
            places[number] = whole(form.get(f"{prefix}in", "")) or 0, form.get(f"{prefix}arm", "then")
    for number in sorted(found):
        above, arm = places[number]
        parent = found.get(above) if above < number else None
        (draft.steps if parent is None else parent.other if arm == "else" else parent.then).append(found[number])
    return draft


def _given(of: Any, kind: Any, form: MultiDict[str, str], prefix: str) -> dict[str, str]:
    if kind is None:
        return {}
    fields = kinds.fields_of(kind, of, {key[len(prefix):]: value for key, value in form.items() if key.startswith(prefix)})
    return {name: text for name, text in controls.read(fields, form, prefix).items() if text}


def numbered(draft: Draft) -> list[tuple[Node, str, str, int]]:
    """All steps in the order they stand, numbered anew: (step, the key of what it stands in, its arm, how deep)."""
    found: list[tuple[Node, str, str, int]] = []

    def walk(nodes: list[Node], parent: str, arm: str, depth: int) -> None:
        for node in nodes:
            node.key = f"s{len(found) + 1}"
            found.append((node, parent, arm, depth))
            walk(node.then, node.key, "then", depth + 1)
            walk(node.other, node.key, "else", depth + 1)

    walk(draft.steps, "s0", "then", 0)
    return found


def act(draft: Draft, do: str) -> None:
    """One step of editing. Raises BadRequest."""
    hit = _COND.match(do)
    if hit:
        root = draft.only if hit[1] == "c" else next((node.only for node, *_rest in numbered(draft) if f"{node.key}c" == hit[1]), None)
        if root is not None:
            number = conditioning.step(draft.of, root, do.partition(":")[2])
            draft.focus = f"{hit[1]}{number}" if number is not None else ""
        return
    what, _colon, rest = do.partition(":")
    if what == "add":
        _add(draft, rest)
        return
    for nodes, at in _places(draft.steps):
        if nodes[at].key != rest:
            continue
        if what == "remove":
            del nodes[at]
        elif what == "up" and at:
            nodes[at - 1], nodes[at] = nodes[at], nodes[at - 1]
        elif what == "down" and at + 1 < len(nodes):
            nodes[at + 1], nodes[at] = nodes[at], nodes[at + 1]
        return


def _add(draft: Draft, rest: str) -> None:
    parent, _colon, more = rest.partition(":")
    arm, _colon, name = more.partition(":")
    kind_of(draft.of, name)
    every = numbered(draft)
    if len(every) >= MOST:
        raise BadRequest(_("A rule has at most %(n)s steps.", n=MOST))
    made = Node(name)
    above, depth = next(((node, deep) for node, _p, _a, deep in every if node.key == parent), (None, -1))
    if name == "branch" and depth + 1 >= DEEPEST:
        raise BadRequest(_("Conditions stand at most %(n)s deep.", n=DEEPEST))
    (draft.steps if above is None else above.other if arm == "else" else above.then).append(made)
    numbered(draft)
    draft.focus = made.key


def _places(nodes: list[Node]) -> Any:
    for at, node in enumerate(nodes):
        yield nodes, at
        yield from _places(node.then)
        yield from _places(node.other)


# --- to what is kept ---------------------------------------------------------------------------------------------------


def told(draft: Draft) -> dict[str, Any]:
    """The rule as its sentence says it: what is unfinished is left out."""
    return {"trigger": draft.trigger, "asked": draft.asked, "only": _tree(draft.of, draft.only), "steps": [_loose(draft.of, node) for node in draft.steps]}


def _tree(of: Any, root: Item) -> Any:
    try:
        return conditioning.tree(of, root)
    except BadRequest:
        return None


def _loose(of: Any, node: Node) -> dict[str, Any]:
    return {"do": node.do, "with": node.given, "if": _tree(of, node.only), "then": [_loose(of, one) for one in node.then], "else": [_loose(of, one) for one in node.other]}


def made(draft: Draft) -> dict[str, Any] | None:
    """The columns of the rule; None when something is wrong, which is then noted in the draft."""
    good = True
    if not draft.name:
        draft.faults["name"], good = _("This is required."), False
    asked: dict[str, str] = {}
    try:
        trigger = kinds.trigger_of(draft.of, draft.trigger)
        asked = _kept(trigger, draft.of, draft.asked)
    except Invalid as bad:
        draft.when_faults, good = bad.fields, False
    except BadRequest as bad:
        draft.error, good = bad.message, False
    if draft.playbook and draft.trigger not in ("core.reached", "core.by_hand"):
        draft.error, good = _("A playbook begins when a stage is reached, or by hand."), False
    held = whole(draft.held_out or "0", most=50)
    if held is None:
        draft.faults["held_out"], good = _("A share from 0 to 50 is expected."), False
    only = None
    try:
        only = conditioning.tree(draft.of, draft.only, told=True)
    except BadRequest as bad:
        draft.error, good = bad.message, False
    steps = [_strict(draft.of, node) for node in draft.steps]
    if not draft.steps:
        draft.error, good = draft.error or _("Say what is to be done."), False
    if any(one is None for one in steps) or not good:
        draft.error = draft.error or _("Something is still missing; it is marked.")
        return None
    return {"name": draft.name, "resource": draft.of.name, "trigger": draft.trigger, "asked": asked, "only": only, "steps": steps, "playbook": draft.playbook, "held_out": held}


def _kept(kind: Any, of: Any, given: Mapping[str, str]) -> dict[str, str]:
    """The texts as they are kept: of values that were understood, references as ids. Raises Invalid."""
    fields = kinds.fields_of(kind, of, given)
    return {name: fields[name].text(value) if fields[name].kind != "boolean" else "1" if value else "0" if fields[name].default else ""
            for name, value in kinds.values_of(kind, of, given).items() if value not in (None, "", [])}


def _strict(of: Any, node: Node) -> dict[str, Any] | None:
    found: dict[str, Any] = {"do": node.do}
    good = True
    try:
        kind = kind_of(of, node.do)
        if texts := _kept(kind, of, node.given):
            found["with"] = texts
        if getattr(kind, "asks", False):
            found["if"] = conditioning.tree(of, node.only, told=True)
            if found["if"] is None:
                node.error, good = _("Say a condition."), False
    except Invalid as bad:
        node.faults, good = bad.fields, False
    except BadRequest as bad:
        node.error, good = bad.message, False
    for arm, nodes in (("then", node.then), ("else", node.other)):
        inner = [_strict(of, one) for one in nodes]
        good = good and all(one is not None for one in inner)
        if inner:
            found[arm] = inner
    return found if good else None
