"""The builder of conditions: a tree drawn as boxes in boxes. Each step (add, remove, another field's operator) is a post of the
form as it stands, answered with the form as it is then, so it works by keyboard, on a phone and without scripts alike."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _, in_sentence
from crm_core.resource import conditions, filters, listing
from crm_core.resource.fields import Field
from crm_core.resource.plans import TooSlow
from crm_core.resource.references import RefField
from crm_core.resource.relations import Side
from crm_core.text.numbers import whole
from crm_core.web import filtering, urls
from crm_core.web.chips import SPANS, icon_of, keys
from crm_core.web.viewmodels import Choice, FilterOp, FormField, Picked
from crm_core.web.viewmodels.conditions import Box, ConditionsPage, Leaf, Offer

Pairs = list[tuple[str, str]]
KINDS = {"all": _("all of these hold"), "any": _("any of these holds"), "none": _("none of these holds"), "some": _("not all of these hold")}
_KEY = re.compile(r"^(\d{1,3})-(in|field|op|v|v__text|has|no|kind)$")
GROUP = "group"


@dataclass
class Item:
    """A box or a condition while it is being built; what is unfinished stays unfinished."""

    id: int = 0
    field: str = ""
    op: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    has: str = ""
    no: bool = False
    kind: str = "all"
    parts: "list[Item]" = dataclasses.field(default_factory=list)
    error: Any = ""


def page(resource: Any, args: Pairs, root: Item, *, focus: int | None = None, error: Any = "") -> ConditionsPage:
    """The builder as it stands; `args`: the address of its list."""
    rest = [(k, v) for k, v in args if k != "f"]
    _numbered(root)
    count = _count(resource, rest, root) if not error else ""
    return ConditionsPage(
        _("Which %(what)s?", what=in_sentence(resource.label)), urls.of_act(resource, None, "conditions"), _box(Side(resource), root, 0, 0, focus), tuple(rest),
        count, urls.of_list(resource, args), error,
    )


def inside(form: MultiDict[str, str], prefix: str) -> Item:
    """The boxes that a larger form carries, each of their names behind `prefix`."""
    return read(MultiDict([(key[len(prefix):], value) for key, value in form.items(multi=True) if key.startswith(prefix)]))[0]


def box(resource: Any, root: Item, prefix: str, focus: int | None = None) -> Box:
    """The boxes as part of a larger form."""
    _numbered(root)
    return _box(Side(resource), root, 0, 0, focus, prefix)


def of_tree(made: Any) -> Item:
    """The boxes of a stored tree."""
    return _grouped(made) if made else Item()


def start(args: Pairs) -> Item:
    """What the list's address says; an empty builder where that is nothing or broken beyond reading."""
    raw = dict(args).get("f", "")
    return _grouped(conditions.loads(raw)) if raw else Item()


def read(form: MultiDict[str, str]) -> tuple[Item, Pairs]:
    """The boxes as sent, and the rest of the list's address."""
    found: dict[int, Item] = {0: Item()}
    inside: dict[int, int] = {}
    for key in form:
        if not (hit := _KEY.match(key)):
            continue
        number, what = int(hit[1]), hit[2]
        item = found.setdefault(number, Item(number))
        if what == "in":
            inside[number] = whole(form[key]) or 0
        elif what in ("v", "v__text"):
            item.values += [v.strip() for v in form.getlist(key) if v.strip()]
        elif what == "no":
            item.no = form[key] == "1"
        else:
            setattr(item, what, form[key])
    for number in sorted(found):
        if number and (above := found.get(inside.get(number, 0))) is not None and above.id < number:
            above.parts.append(found[number])
    rest = [(k, v) for k, v in form.items(multi=True) if not _KEY.match(k) and k not in ("csrf_token", "do", "f")]
    return found[0], rest


def step(resource: Any, root: Item, do: str) -> int | None:
    """Add to a box or remove from it. The number of what is to be looked at now."""
    what, _colon, rest = do.partition(":")
    at, _colon, name = rest.partition(":")
    number = whole(at) or 0
    if what == "remove":
        for item in _all(root):
            item.parts = [part for part in item.parts if part.id != number]
        return None
    if what == "add":
        for item, side in _sided(Side(resource), root):
            if item.id == number:
                item.parts.append(_new(side, name))
                _numbered(root)
                return item.parts[-1].id
    return number if what == "again" else None


def _new(side: Side, name: str) -> Item:
    if name == GROUP:
        return Item(kind="any")
    if name in side.relations():
        return Item(has=name)
    found = conditions.askable(side).get(name)
    if found is None:
        raise BadRequest(_("There is no such field."))
    return Item(field=name, op=filtering.operators(found)[0])


def tree(resource: Any, root: Item, *, told: bool = False) -> Any:
    """The tree the boxes mean; None when they are empty. Raises BadRequest with the sentence at the condition it is about."""
    for item, side in _sided(Side(resource), root):
        if item.field:
            try:
                conditions.parse_at(side, _leaf(item))
            except BadRequest as bad:
                item.error = bad.message if told else ""
                raise
    made = _tree(root)
    if made is not None:
        conditions.parse(resource, made)
    return made


# --- boxes and trees ---------------------------------------------------------------------------------------------------


def _leaf(item: Item) -> dict[str, Any]:
    value: Any = item.values if item.op in filters.MANY else item.values[0] if item.values else ""
    return {"field": item.field, "op": item.op, **({} if item.op in filters.NO_VALUE else {"value": value})}


def _tree(item: Item) -> Any:
    if item.field:
        return _leaf(item)
    parts = [made for part in item.parts if (made := _tree(part)) is not None]
    kind = {"none": "any", "some": "all"}.get(item.kind, item.kind if item.kind in KINDS else "all")
    inner: Any = {kind: parts} if parts else None
    if inner is not None and item.kind in ("none", "some"):
        inner = {"not": inner}
    if not item.has:
        return inner
    found = {"has": item.has, **({"where": inner} if inner is not None else {})}
    return {"not": found} if item.no else found


def _item(made: Any) -> Item:
    """The box of a stored tree; what is no tree is an empty box."""
    if not isinstance(made, dict):
        return Item()
    inner = made.get("not")
    if isinstance(inner, dict) and "has" in inner:
        return Item(**{**vars(_item(inner)), "no": True})
    if isinstance(inner, dict):
        found = _item(inner)
        if found.field or found.kind not in ("any", "all") or found.has:
            found = Item(kind="any", parts=[found])
        return Item(kind="none" if found.kind == "any" else "some", parts=found.parts)
    if "field" in made:
        value = made.get("value", [])
        leaf = Item(field=str(made["field"]), op=str(made.get("op", "")), values=[str(v) for v in (value if isinstance(value, list) else [value])])
        return leaf
    if "has" in made:
        where = _grouped(made["where"]) if made.get("where") is not None else Item()
        return Item(has=str(made["has"]), kind=where.kind, parts=where.parts)
    kind = "any" if "any" in made else "all"
    return Item(kind=kind, parts=[_item(part) for part in made.get(kind, ())])


def _grouped(made: Any) -> Item:
    found = _item(made)
    return Item(parts=[found]) if found.field or found.has else found


def _numbered(root: Item) -> None:
    for number, item in enumerate(_all(root)):
        item.id = number


def _all(item: Item) -> list[Item]:
    return [item, *(one for part in item.parts for one in _all(part))]


def _sided(side: Side, item: Item) -> list[tuple[Item, Side]]:
    """Each box and condition with the records it speaks of; those of a relation the reader does not know are left out."""
    if item.has:
        relation = side.relations().get(item.has)
        if relation is None:
            return []
        side = relation.side
    return [(item, side), *(one for part in item.parts for one in _sided(side, part))]


# --- drawing -----------------------------------------------------------------------------------------------------------


def _box(side: Side, item: Item, depth: int, reach: int, focus: int | None, prefix: str = "") -> Box:
    relation = side.relations().get(item.has) if item.has else None
    inner = relation.side if relation is not None else side
    reach += bool(item.has)
    offered = conditions.askable(inner) if relation is not None or not item.has else {}
    relations = inner.relations() if reach < conditions.REACH and offered else {}
    parts = tuple(
        _drawn(inner, part, offered, focus, prefix) if part.field else _box(inner, part, depth + 1, reach, focus, prefix) for part in item.parts
    )
    return Box(
        item.id, tuple(Choice(code, label, code == item.kind) for code, label in KINDS.items()), parts,
        tuple(Offer(name, f.label, icon_of(f), keys(f.label)) for name, f in offered.items()),
        tuple(Offer(name, r.label, getattr(r.side.resource, "icon", "link") or "link", keys(r.label)) for name, r in relations.items()),
        groups=depth < 4, has=item.has, label=relation.label if relation is not None else item.has, icon=relation.side.resource.icon if relation is not None else "",
        quantities=(Choice("", _("has") if relation is None or relation.many else _("is"), not item.no), Choice("1", _("has no") if relation is None or relation.many else _("is not"), item.no)) if item.has else (),
        focus=item.id == focus,
    )


def _drawn(side: Side, item: Item, offered: Mapping[str, Field], focus: int | None, prefix: str = "") -> Leaf:
    found = offered.get(item.field)
    if found is None:
        return Leaf(item.id, item.field, item.field, (), item.op, "none", icon="alert-triangle", error=_("This field is not there (any more), or not for you."))
    ops = filtering.operators(found)
    op = item.op if item.op in ops else ops[0]
    control = filtering.control_of(found, op)
    choices: tuple[Choice, ...] = ()
    reference = None
    if control == "reference" and isinstance(found, RefField):
        labels = {str(i): n for i, n in found.labels(map(whole, item.values)).items()}
        reference = FormField(f"{prefix}{item.id}-v", found.label, "references", lookup_url=f"/lookup/{found.target}", picked=tuple(
            Picked(v, labels.get(v, v)) for v in item.values), autofocus=item.id == focus)
    elif control in ("choices", "choice"):
        options = SPANS.items() if op == "within" else found.options() if hasattr(found, "options") else (("1", _("Yes")), ("0", _("No")))
        rest = [(v, v) for v in item.values if op == "within" and v not in SPANS]
        choices = tuple(Choice(code, label, code in item.values) for code, label in (*options, *rest))
    return Leaf(
        item.id, found.label, item.field, tuple(FilterOp(code, filters.WORDS[code], "none") for code in ops), op, control, tuple(item.values), choices,
        ", ".join(str(c.label) for c in choices if c.chosen), reference, icon_of(found), item.error, item.id == focus,
    )


def _count(resource: Any, rest: Pairs, root: Item) -> Any:
    """How many records the boxes mean now; nothing while they are unfinished."""
    try:
        made = tree(resource, root)
        number, more = listing.count(listing.parse(resource, [*rest, *([("f", conditions.dumps(made))] if made else [])]))
    except (BadRequest, TooSlow):
        return ""
    return resource.count_label(number) if not more else _("%(n)s+ records", n=f"{number:,}")
