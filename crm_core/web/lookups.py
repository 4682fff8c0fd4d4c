"""Answers to scripts: pickers, the command search, date words."""

from collections.abc import Iterable, Mapping
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel import clock
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import actor, site
from crm_core.resource import hits, listing, orders
from crm_core.resource.fields import Bad, MomentField
from crm_core.resource.seen import Seen
from crm_core.text import dates, phones
from crm_core.text.clean import fold
from crm_core.text.names import avatar_text
from crm_core.text.pinyin import initials, spell
from crm_core.web import cells, menu, render, urls

HITS = 10
SAID = "customer", "position", "industry", "region", "full_name", "owner", "department", "title"  # the first three say what a hit is


def source_of(name: str) -> Any:
    """The resource a picker looks in: the brief view where there is one. Raises Missing."""
    resource = site().registry.resources.get(name)
    if resource is None:
        raise Missing(_("There is no such list."))
    source = resource.brief_resource or resource
    if not source.verbs or not source.may("read"):  # rows of forms and of the machine are nobody's to pick
        raise Missing(_("There is no such list."))
    return source


def lookup(name: str, text: str, beside: Mapping[str, str] | None = None, offers: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """Hits of a picker: by words, or the most recent ones when nothing was typed. `beside`: what the form says in fields that matter; `offers`:
    what its column asks that list for (`info={"offers": …}`), as far as the reader may. Raises BadRequest for values the list does not know."""
    source = source_of(name)
    known = {**source.virtual_fields, **source.fields()}.keys() & set(source.filters)
    query = listing.parse(source, [(asked, value) for asked, value in offers if asked.partition(".")[0] in known], limit=HITS)
    query.text = text.strip()[:100]
    recent = "-updated_at" if "updated_at" in source.sort_keys() and "updated_at" in source.fields() else ""
    query.order = orders.order_of(source, "id" if source.tree else recent)  # of a tree what is above stands first: a province before its counties
    ids = listing.page(query).ids if not text or source.search else []
    return {"hits": [_hit(source, i, label, sub) for i, label, sub in _labelled(source, ids, beside)], "more": len(ids) >= HITS}


def _labelled(source: Any, ids: list[int], beside: Mapping[str, str] | None = None) -> Iterable[tuple[int, str, str]]:
    if not ids:
        return
    fields = source.fields()
    subs = [fields[n] for n in source.said or SAID if n in fields and n != source.label_field][:3]
    columns = [getattr(source.model, f.column).label(f"s{i}") for i, f in enumerate(subs)]
    rows = {r.id: r for r in session.execute(sa.select(source.model.id, source.label_column.label("label"), *columns).where(source.model.id.in_(ids)))}
    remarks = source.remarks_beside(ids, beside) if beside else source.remarks(ids)
    names = [f.labels([getattr(r, f"s{i}") for r in rows.values()]) if hasattr(f, "labels") else None for i, f in enumerate(subs)]
    for row_id in ids:
        row = rows.get(row_id)
        if row is not None:
            words = []
            for i, f in enumerate(subs):
                value = getattr(row, f"s{i}")
                known = names[i]
                words.append(f.resource.brief_word(known.get(value, "")).replace(" · ", "") if known is not None else f.show(value))
            words.append(str(remarks.get(row_id, "")))
            yield row_id, str(source.word(row.label)), " · ".join(w for w in words if w)


def _hit(source: Any, row_id: int, label: str, sub: str) -> dict[str, Any]:
    person = source.name.startswith(("core.user", "core.contact"))
    text = avatar_text(label) if person else label[:1]
    return {"value": str(row_id), "label": label, "sub": sub, "avatar": {"text": text, "colour": row_id % 6 + 1, "square": not person}}


def palette(text: str) -> dict[str, Any]:
    """Records, menus and acts for the command search; nothing typed: menus and what one may create."""
    words = text.strip()[:100]
    groups = []
    best: dict[str, Any] | None = None
    if words:
        for resource in _searchable():
            found = hits.find(words, [resource], limit=5)
            if found:
                ids = [h.id for h in found]
                subs = {i: sub for i, _label, sub in _labelled(resource, ids)}
                ends = _ends(resource, ids)
                groups.append({
                    "label": str(resource.label) if not resource.is_brief else str(_("%(what)s of others, in brief", what=resource.label)),
                    "hits": [
                        {"label": h.label, "sub": subs.get(h.id, ""), "url": urls.of_record(resource, h.id), "icon": resource.icon,
                         "marks": marks(h.label, words), **ends.get(h.id, {})} for h in found
                    ],
                })
                if len(groups) == 1:
                    best = _on_best(resource, found[0])
        groups = _without_doubles(groups)
        if best:
            groups.append(best)
    pages = [p for p in _pages() if not words or _named(p["label"], words)]
    if pages:
        groups.append({"label": str(_("Pages")), "hits": pages[:6]})
    acts = [a for a in _acts() if not words or _named(a["label"], words)]
    if acts:
        groups.append({"label": str(_("Actions")), "hits": acts[:6]})
    return {"query": text, "groups": groups}


def _searchable() -> list[Any]:
    found = [r for r in site().registry.resources.values() if r.search and r.may("read") and r.in_palette]
    return sorted(found, key=lambda r: (r.is_brief, r.order, r.name))


def _ends(resource: Any, ids: list[int]) -> dict[int, dict[str, Any]]:
    """What stands at the end of a hit's line: how the record stands, or the number to call."""
    fields = resource.fields()
    status, number = fields.get(resource.status), fields.get("mobile") or fields.get("phone")
    shown = status or number
    if shown is None:
        return {}
    rows = session.execute(sa.select(resource.model.id, getattr(resource.model, shown.column)).where(resource.model.id.in_(ids)))
    found: dict[int, dict[str, Any]] = {}
    for row_id, value in rows:
        state = render.status_of(shown, value) if status is not None else None
        if state is not None:
            found[row_id] = {"status": {"label": str(state.label), "icon": state.icon, "colour": state.colour}}
        elif status is None and value:
            found[row_id] = {"hint": shown.show(value)}
    return found


def _on_best(resource: Any, hit: Any) -> dict[str, Any] | None:
    """What one may do at once with the best hit; None when it is not his to change."""
    if not resource.timeline or not resource.may("update"):
        return None
    try:
        row = Seen(resource, resource.get(hit.id, "update"))
    except Missing:
        return None
    here = urls.of_record(resource, hit.id)
    acts = [{"label": str(_("Log follow-up")), "url": f"{here}#write-note", "icon": "pencil-plus", "key": "L"},
            {"label": str(_("New task")), "url": f"{here}#write-task", "icon": "checkbox", "key": "T"}]
    number = getattr(row, "mobile", None) or getattr(row, "phone", None)
    if number:
        said = phones.show_phone(number)
        acts.append({"label": str(_("Call")), "url": cells.call_url(said), "icon": "phone", "hint": said})
    return {"label": str(_("With %(name)s", name=hit.label)), "hits": acts}


def _without_doubles(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A record that shows in full does not show again in brief."""
    seen: set[str] = set()
    for group in groups:
        group["hits"] = [h for h in group["hits"] if (key := h["url"].replace(".brief/", "/")) not in seen and not seen.add(key)]  # type: ignore[func-returns-value]
    return [g for g in groups if g["hits"]]


def marks(label: str, words: str) -> list[list[int]]:
    """Where the words stand in a label, as half-open spans."""
    low = label.casefold()
    found: list[list[int]] = []
    for word in words.casefold().split():
        at = low.find(word)
        if at < 0 and word.isascii() and word.isalpha():
            span = _sounds(label, word)
        else:
            span = [at, at + len(word)] if at >= 0 and len(low) == len(label) else None
        if span and all(span[1] <= other[0] or other[1] <= span[0] for other in found):
            found.append(span)
    return sorted(found)


def _sounds(label: str, word: str) -> list[int] | None:
    """The signs of a label whose initials, or whose syllables, a word spells."""
    sounds = [spell(sign)[0] if "\u4e00" <= sign <= "\u9fff" and spell(sign) else sign.lower() for sign in label]
    at = "".join(sound[:1] for sound in sounds).find(word)
    if at >= 0:
        return [at, at + len(word)]
    for start in range(len(sounds)):
        said = ""
        for end in range(start, len(sounds)):
            said += sounds[end]
            if said.startswith(word):
                return [start, end + 1]
            if not word.startswith(said):
                break
    return None


def _named(label: str, words: str) -> bool:
    """Whether a menu or act is meant: by its words, its pinyin or its initials."""
    want = fold(words).replace(" ", "")
    name = fold(label).replace(" ", "")
    return want in name or "".join(spell(label)).replace(" ", "").startswith(want) or initials(label).startswith(want)


def _pages() -> list[dict[str, str]]:
    groups, foot = menu.menu(actor())
    entries = [e for g in groups for e in g.entries] + list(foot)
    return [{"label": str(e.label), "sub": "", "url": menu.entry_url(e), "icon": _entry_icon(e)} for e in entries]


def _entry_icon(entry: Any) -> str:
    if entry.icon or isinstance(entry.target, str):
        return entry.icon or "arrow-right"
    return site().registry.resource(entry.target).icon or "arrow-right"


def _acts() -> list[dict[str, str]]:
    return [{"label": str(a.label), "sub": "", "url": a.url, "icon": a.icon} for a in menu.creatable(actor())]


def read_date(text: str, *, time: bool = False) -> tuple[dict[str, str], int]:
    """The day some words mean; with `time` the hour behind it too."""
    moment = None
    try:
        if time and (read := MomentField(name="time", column="", label="").parse(text.strip()[:60])) is not None:
            moment = clock.local(read)
        day = moment.date() if moment is not None else dates.parse_date(text.strip()[:60], language(), clock.today())
    except (ValueError, Bad):
        return {"error": str(_("This date is not understood. Write 2026-11-23, or words such as “next Wed”."))}, 422
    from babel.dates import format_date

    from crm_core.kernel.i18n import locale

    pattern = "M 月 d 日 EEE" if language().startswith("zh") else "EEE d MMM"
    hour = f" {moment:%H:%M}" if moment is not None else ""
    return {"value": f"{day.isoformat()}{hour}", "label": f"{format_date(day, pattern, locale=locale())}{hour}"}, 200


def json_answer(data: Any, status: int = 200) -> flask.Response:
    answer = flask.jsonify(data)
    answer.status_code = status
    return answer
