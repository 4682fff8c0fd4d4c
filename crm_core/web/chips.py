"""The chips of a list's filters and conditions: what each says, where it is edited and how the list is without it."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import site
from crm_core.resource import conditions
from crm_core.resource.conditions import Group, Is, Node, TreeField
from crm_core.resource.fields import Field
from crm_core.resource.filters import NO_VALUE, WORDS, Filter
from crm_core.resource.show import show_date
from crm_core.text import pinyin
from crm_core.web import urls
from crm_core.web.viewmodels import Chip

Pairs = list[tuple[str, str]]
ICONS = {"choice": "circle-dot", "enum": "circle-dot", "date": "calendar", "datetime": "calendar", "boolean": "checkbox", "phone": "phone",
         "email": "mail", "url": "world", "money": "cash", "line": "search", "name": "search"}

@dataclass(frozen=True)
class Place:
    """Where a list stands when that is not its own page: the address, the arguments of that page, and the filter its place
    means (as an address says it), which no chip shows."""

    url: str
    args: Pairs
    pins: Pairs

    def address(self, pairs: Pairs) -> str:
        return urls.address(self.url, [*self.args, *pairs])


def icon_of(field: Field) -> str:
    """The picture of a field in menus and chips: that of what it points at, or of its kind."""
    target = site().registry.resources.get(getattr(field, "target", ""))
    return target.icon if target is not None else ICONS.get(field.kind, "filter")


def of(resource: Any, one: Filter, args: Pairs, place: Place) -> list[Chip]:
    """The chips of a filter: one, or of conditions one for each that must hold."""
    if isinstance(one.field, TreeField):
        return _of_tree(resource, one.field.tree, conditions.loads(one.raw) if one.raw else {}, args, place)
    rest = [(k, v) for k, v in args if k != one.key]
    return [Chip(one.field.label, WORDS[one.operator], value_words(one), filter_url(resource, one.field.name, one.key, args, place),
                 place.address(rest), icon_of(one.field))]


def conditions_url(resource: Any, args: Pairs) -> str:
    """The builder of the list's conditions."""
    return urls.of_act(resource, None, "conditions", args)


def _of_tree(resource: Any, node: Node, tree: Any, args: Pairs, place: Place) -> list[Chip]:
    rest = [(k, v) for k, v in args if k != "f"]
    edit = conditions_url(resource, args)
    parts = node.parts if isinstance(node, Group) and node.kind == "all" else (node,)
    trees = tree["all"] if isinstance(node, Group) and node.kind == "all" else [tree]
    found = []
    for at, part in enumerate(parts):
        left = [one for n, one in enumerate(trees) if n != at]
        without = place.address([*rest, ("f", conditions.dumps({"all": left}))] if left else rest)
        if isinstance(part, Is):
            one = part.filter
            found.append(Chip(one.field.label, WORDS[one.operator], value_words(one), edit, without, icon_of(one.field), dialog=True))
        else:
            said = conditions.words(part, value_words) if part != Group("any", ()) else _("mean nothing now")
            found.append(Chip(_("Conditions"), "", said, edit, without, "adjustments", dialog=True))
    return found


def filter_url(resource: Any, name: str, old: str, args: Pairs, place: Place) -> str:
    """The little form of a filter, which leads back to where the list stands."""
    at = urls.address(place.url, place.args) if place.pins else ""
    return urls.of_act(resource, None, "filter", [("field", name), ("old", old), ("at", at), *args])


def keys(label: Any) -> str:
    """How a label is found by typing: its pinyin and initials."""
    return _keys(str(label))


@lru_cache(maxsize=4_096)
def _keys(label: str) -> str:
    return f"{''.join(pinyin.spell(label))} {pinyin.initials(label)}"


def words(one: Filter) -> str:
    """A filter in words, as printed."""
    if isinstance(one.field, TreeField):
        return conditions.words(one.field.tree, value_words)
    return conditions.words(Is(one), value_words)


def value_words(one: Filter) -> str:
    """The value of a filter in words: at most three, then how many more."""
    if one.operator in NO_VALUE:
        return ""
    if one.operator == "within":
        return str(SPANS.get(one.raw, one.raw))
    if one.operator in ("contains", "starts", "roughly"):
        return one.raw
    shown = [_value_word(one.field, v) for v in one.values]
    if one.operator == "between":
        return " – ".join(shown)
    text = listed(shown[:3])
    return f"{text} +{len(shown) - 3}" if len(shown) > 3 else text


def _value_word(field: Field, value: Any) -> str:
    if type(value) is dt.date:  # of a moment too, where a whole day is meant
        return show_date(value)
    return field.show([value] if field.kind == "choices" else value) or str(value)


SPANS = {
    "today": _("today"), "yesterday": _("yesterday"), "this-week": _("this week"), "last-week": _("last week"),
    "this-month": _("this month"), "last-month": _("last month"), "this-year": _("this year"),
    "next-week": _("next week"), "next-month": _("next month"), "last-year": _("last year"),
    "-7d": _("last 7 days"), "-30d": _("last 30 days"), "-60d": _("last 60 days"), "-90d": _("last 90 days"), "-180d": _("last 180 days"),
    "-365d": _("last 365 days"), "+7d": _("next 7 days"), "+30d": _("next 30 days"), "past": _("before today"), "future": _("after today"),
}
