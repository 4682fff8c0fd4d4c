"""Likely duplicates beside a form: what is typed is compared when somebody leaves a field, and once more when he saves."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup, escape

from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import my_id
from crm_core.resource import twins
from crm_core.resource.fields import Bad
from crm_core.text.alike import SHOWN
from crm_core.text.names import avatar_text
from crm_core.text.simple import plain
from crm_core.web import render, urls
from crm_core.web.viewmodels import Person, TwinBox, TwinHit

# Slot that features/pool fills: which of these records the acting person may take out of a public pool.
claimable: Callable[[Any, Sequence[int]], set[int]] = lambda _resource, _ids: set()
LEAST = 2  # characters of a name that are a question


def told(resource: Any, texts: Mapping[str, str], row_id: int | None, lines: Mapping[str, Any], least: float = SHOWN) -> list[twins.Told]:
    """What looks like the record in a form, as far as the acting person may know; `least`: how sure it must be."""
    if not resource.duplicates:
        return []
    fields, given = resource.fields(), {}
    for name in (*resource.duplicates, *resource.duplicate_hints):
        text = texts.get(name, "").strip()
        if name not in fields or not text or (name == resource.label_field and len(text) < LEAST):
            continue
        try:
            given[name] = fields[name].parse(text)
        except Bad:
            continue
    return twins.find(resource, given, lines, without=row_id or 0, least=least)


def box(resource: Any, found: Sequence[twins.Told], texts: Mapping[str, str], *, creating: bool, reason: str = "", error: Any = "") -> TwinBox:
    """The box under the field."""
    me = my_id()
    names = render.user_names(one.owner_id for one in found)
    typed = texts.get(resource.label_field, "")
    free = claimable(resource, [one.match.id for one in found if one.owner_id is None and one.sight != "hidden"])
    hits = tuple(replace(_hit(resource, one, typed, at, names, me), claim=str(at) if one.match.id in free else "") for at, one in enumerate(found))
    count = ngettext("%(n)s that looks like it", "%(n)s that look like it", len(hits))
    return TwinBox(count, hits, reason=creating and any(one.match.likely for one in found), text=reason, error=error)


def _hit(resource: Any, one: twins.Told, typed: str, at: int, names: Mapping[int, str], me: int | None) -> TwinHit:
    known = resource if one.sight == "whole" else resource.brief_resource
    fields = known.fields() if known is not None and one.sight != "hidden" else {}
    seen = {*fields, *(declared.name for declared in resource.lines if one.sight == "whole")}
    why = [reason.words(resource) for reason in one.match.reasons if reason.field in seen]
    owner = render.person(names[one.owner_id], one.owner_id) if one.owner_id is not None and one.owner_id in names else None
    shown = Person(one.label, avatar_text(one.label, company=True), one.match.id % 6 + 1) if one.label else None
    return TwinHit(
        _marked(one.label, typed) if one.label else "", " · ".join(map(str, why)) or _("what you typed matches"), avatar=shown,
        owner=owner, url=urls.of_record(known, one.match.id) if one.sight != "hidden" else "",
        ask=str(at) if one.sight != "whole" and one.owner_id not in (None, me) else "",
    )


def _marked(label: str, typed: str) -> Markup:
    """The longest part that both have, marked."""
    found = SequenceMatcher(None, plain(label), plain(typed), autojunk=False).find_longest_match()
    if found.size < 2 or len(plain(label)) != len(label):
        return escape(label)
    start, end = found.a, found.a + found.size
    return escape(label[:start]) + Markup("<mark>") + escape(label[start:end]) + Markup("</mark>") + escape(label[end:])


def wanted(sent: str) -> int | None:
    return int(sent) if re.fullmatch("[0-9]", sent) else None
