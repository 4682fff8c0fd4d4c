"""The record page of any resource: head, facts, lines, time line, tabs and panels of those who have something to say."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import flask
import sqlalchemy as sa
from markupsafe import Markup

from crm_core.access import reads
from crm_core.data.session import session
from crm_core.kernel.calling import shown
from crm_core.kernel.declare import Panel, Related
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import offered, site
from crm_core.resource import acts, changes, listing, sensitive, timeline
from crm_core.resource.fields import Field
from crm_core.resource.filters import Filter
from crm_core.resource.kept import Ask, gather, kept
from crm_core.resource.references import LinkField, RefField, label_queries, labels_from, named
from crm_core.resource.seen import Seen, told
from crm_core.text.names import avatar_text
from crm_core.text.numbers import whole
from crm_core.web import cells, chips, facts, lines, lists, panelling, render, urls, ways
from crm_core.web.badges import badges, via
from crm_core.web.edit import lines_of
from crm_core.web.lines import days
from crm_core.web.viewmodels import (
    Act,
    Brief,
    Crumb,
    Fact,
    FactGroup,
    Person,
    PhoneAct,
    RecordPage,
    SubFact,
    Tab,
    Timeline,
)
from crm_core.web.viewmodels import PanelView as PanelModel

dressers: list[Callable[[Any, Any, RecordPage], RecordPage]] = []  # slot: what features say on pages of many resources
PLACE = ("tab", *ways.ARGS)  # arguments of a record's page that are none of the list on it
SUB_ICONS = {"phone": "phone", "mobile": "phone", "email": "mail", "website": "world", "region": "map-pin", "industry": "building-factory-2",
             "customer": "building", "position": "id-badge-2", "contact": "user"}
KIND_ICONS = {"money": "cash", "date": "calendar"}


def page(resource: Any, row_id: int, tab: str = "", *, how: str = "page") -> RecordPage:
    """The record page. Raises Missing; a record one may know only in brief answers with its brief page."""
    try:
        row = resource.get(row_id)
    except Missing:
        brief = resource.brief_resource
        if brief is None or not brief.may("read"):
            raise
        return _brief(brief, row_id)
    if resource.is_brief:
        return _brief(resource, row_id)
    fields, seen = {n: f.of(row) for n, f in resource.fields().items()}, Seen(resource, row)
    mine = panels(resource)
    related = {_tab_of(r): r for r in mine if isinstance(r, Related)}
    home = "panorama" if resource.timeline else "facts"
    body = tab if tab in ("panorama", "facts", "history", *(["files"] if resource.holds_files else [])) else "list" if tab in related else home
    drawn_lines = _line_rows(resource, row) if body in ("panorama", "facts") else {}
    entries = _entries(resource, row, body)
    _note_reading(resource, fields, row, body, entries, how)
    wanted = _wanted(resource, fields, row, drawn_lines, entries)
    parts = {**label_queries(wanted), **badges(resource, row_id, related), **lines.asks(entries)}
    if body in ("panorama", "facts"):
        parts["history"] = Ask(_history(), {"resource": resource.name, "row": row_id})
    asked = resource.page_queries(seen)
    parts.update(asked)
    found = gather(parts)
    names = labels_from(found)
    heads, beside = _shown(resource, row), boxes(resource, row, mine) if body == home else ()
    sheet = tuple(act for act in (*heads[0], heads[1], *heads[2]) if act is not None and act.icon != "pencil")
    groups = facts.groups(resource, fields, row, names, _changed_columns(found.get("history", ())))
    view = RecordPage(
        title=resource.title(row),
        crumbs=(Crumb(resource.label, ways.to_list(resource)),), steps=ways.steps(resource, row),
        number=getattr(seen, "code", None) or "",
        body=body,  # type: ignore[arg-type]
        avatar=_avatar(resource, row), round_avatar=resource.name in ("core.contact", "core.user"), icon=resource.icon,
        status=render.status_of(fields[resource.status], getattr(row, fields[resource.status].column)) if resource.status in fields else None,
        sub=_sub(resource, fields, row, names),
        acts=heads[0], primary=heads[1], more=heads[2],
        tabs=_tabs(resource, row_id, body, tab, related, found),
        end_tabs=(Tab(_("History"), ways.to_record(resource, row_id, "history"), body == "history", icon="history"),)
        if resource.timeline else (),
        groups=groups,
        lines=tuple(facts.lines_table(resource, declared, rows, names, row) for declared, rows in drawn_lines.items()),
        timeline=_timeline(resource, row_id, entries, body, fields, names, found) if body in ("panorama", "history", "facts") else None,
        side=_side(resource, row, beside), first=_first(resource, row, beside),
        phone=_phone(resource, seen, heads[1], sheet=bool(sheet)), sheet=sheet,
    )
    if body == "list":
        view = replace(view, related=_related(resource, row, related[tab]))
    dressed: RecordPage = resource.dress(seen, view, {key: found.get(key, []) for key in asked})
    for one in dressers:
        dressed = one(resource, row, dressed)
    return replace(dressed, groups=facts.beside(resource, fields, dressed.groups)) if body == "panorama" else dressed


def _note_reading(resource: Any, fields: Mapping[str, Field], row: Any, body: str, entries: Sequence[Any], how: str) -> None:
    """Sensitive facts that this page shows, or that its lines say were other ones before."""
    if body in ("panorama", "facts"):
        sensitive.read(resource, fields, [row], how)
    old = {column for entry in entries if entry.kind == "change" for column in entry.data or ()}
    if not old.isdisjoint(field.column for field in sensitive.of(fields).values()):
        reads.note(resource.name, [row.id], "history")


def panels(resource: Any) -> tuple[Panel | Related, ...]:
    """What packages put on this resource's page and the actor may read."""
    found: list[Panel | Related] = []
    for panel in told(offered(site().registry.panels.get(resource.name, ()))):
        if isinstance(panel, Related):
            if site().registry.resource(panel.resource).may("read"):
                found.append(panel)
        elif (not panel.permission or session.actor is None or session.actor.can(panel.permission)) and (panel.when is None or panel.when()):
            found.append(panel)
    return tuple(found)


def _tab_of(panel: Related) -> str:
    return str(site().registry.resource(panel.resource).name)


_ROW = sa.bindparam("row", type_=sa.BigInteger())


@kept
def _history() -> sa.Select[Any, Any]:
    rows = changes.History
    few = (
        sa.select(rows.id, rows.old)
        .where(rows.resource == sa.bindparam("resource", type_=sa.String()), rows.row_id == _ROW, rows.old.is_not(None))
        .order_by(rows.id.desc()).limit(50).subquery()
    )
    return sa.select(few.c.id, sa.cast(few.c.old, sa.Text()))


def _changed_columns(rows: Sequence[tuple[int, str]]) -> set[str]:
    return {name for _id, text in rows if text for name in json.loads(text)}


def _wanted(resource: Any, fields: Mapping[str, Field], row: Any, lines: Mapping[Any, Any], entries: Sequence[Any]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}

    def want(field: Any, value: Any) -> None:
        if isinstance(field, RefField) and isinstance(value, int):
            found.setdefault(field.target, set()).add(value)

    for field in fields.values():
        want(field, getattr(row, field.column))
    for declared, rows in lines.items():
        seen = resource.line_resource(declared.name).fields()
        for line in rows:
            for name in {*declared.columns, *declared.shown} & seen.keys():
                want(seen[name], getattr(line, seen[name].column))
    by_column = {f.column: f for f in fields.values()}
    for entry in entries:
        if entry.kind == "record" and entry.record:
            found.setdefault(entry.record, set()).add(entry.record_id)
        if entry.actor_id:
            found.setdefault("core.user", set()).add(entry.actor_id)
        if entry.kind != "change" and entry.data and "with" in entry.data:  # a record the line names
            target, row_id = entry.data["with"]
            found.setdefault(target, set()).add(row_id)
        for column, pair in (entry.data or {}).items() if entry.kind == "change" else ():
            for value in pair:
                want(by_column.get(column), value)
    return found


def _avatar(resource: Any, row: Any) -> Person | None:
    title = resource.title(row)
    if resource.icon and not resource.timeline and resource.name != "core.user":
        return None
    text = avatar_text(title) if resource.name in ("core.contact", "core.user") else title[:1]
    return Person(title, text, row.id % 6 + 1)


def _sub(resource: Any, fields: Mapping[str, Field], row: Any, names: Mapping[str, Mapping[int, str]]) -> tuple[SubFact, ...]:
    found = []
    for name in resource.subtitle:
        field = fields.get(name)
        value = getattr(row, field.column) if field is not None else None
        if field is None or value in (None, ""):
            continue
        text = facts.words(field, value, names)
        url = cells.call_url(text) if field.kind == "phone" else f"mailto:{value}" if field.kind == "email" else ""
        if field.kind == "url":
            url = field.href(value)  # type: ignore[attr-defined]
        if isinstance(field, RefField) and field.target not in render.WORDS and field.target != "core.user":
            url = urls.of_name(site().registry, field.target, value)
        if text:
            own = field.resource.icon if isinstance(field, RefField) and field.resource is not None else KIND_ICONS.get(field.kind)
            found.append(SubFact(text, SUB_ICONS.get(name) or own or resource.icon, url))
    return tuple(found)


def _line_rows(resource: Any, row: Any) -> dict[Any, list[Any]]:
    return {declared: lines_of(resource, declared, row.id) for declared in resource.lines}


def _shown(resource: Any, row: Any) -> tuple[tuple[Act, ...], Act | None, tuple[Act, ...]]:
    """The acts of the head: two bordered, one primary, the rest under ⋯; only what the actor may do on this row now."""
    mine: list[Act] = []
    more: list[Act] = []
    primary = None
    for action in resource.shown_actions():
        if not action.button or (action.when is not None and not action.when(row)):
            continue
        if not facts.his(resource, row, action.name):
            continue
        asks = bool(acts.fields_of(resource, action))
        act = Act(
            action.label, urls.of_act(resource, row.id, f"do/{action.name}"), action.icon, "get" if asks else "post", dialog=asks,
            confirm="" if asks else action.confirm or "", danger=action.danger,
        )
        if action.primary and primary is None:
            primary = act
        else:
            (more if action.quiet or action.danger else mine).append(act)
    if resource.may("update") and "update" in resource.verbs and facts.his(resource, row, "update"):
        edit = Act(_("Edit"), ways.to_act(resource, row.id, "edit"), "pencil", key="E")
        if primary is None and not resource.timeline:
            primary = edit
        else:
            mine.insert(0, edit)
    more[:0] = mine[2:]
    if resource.mergeable and resource.may("merge") and facts.his(resource, row, "update") and facts.his(resource, row, "delete"):
        more.append(Act(_("Merge with another"), urls.of_act(resource, None, "merge", [("id", str(row.id))]), "git-merge"))
        if resource.may("create"):
            more.append(Act(_("Split"), urls.of_act(resource, row.id, "split"), "git-compare"))
    if resource.may("print") and "print" in resource.verbs and facts.his(resource, row, "print"):
        more.append(Act(_("Print"), urls.of_act(resource, row.id, "print"), "printer"))
        more += [Act(_("Print: %(what)s", what=one.label), urls.of_act(resource, row.id, f"print/{one.name}"), "printer")
                 for one in told(offered(site().registry.print_templates.get(resource.name, ())))]
    if resource.may("delete") and "delete" in resource.verbs and facts.his(resource, row, "delete"):
        sure = _("Delete “%(name)s”? It can be brought back from the recycle bin for 30 days.", name=resource.title(row))
        fields = (("version", str(row.version)),)
        more.append(Act(_("Delete"), urls.of_act(resource, row.id, "delete"), "trash", "post", danger=True, confirm=sure, fields=fields))
    return tuple(mine[:2]), primary, tuple(more)


def _tabs(resource: Any, row_id: int, body: str, tab: str, related: Mapping[str, Related], found: Mapping[str, Any]) -> tuple[Tab, ...]:
    tabs = []
    if resource.timeline:
        tabs.append(Tab(resource.overview, ways.to_record(resource, row_id), body == "panorama"))
    if resource.timeline or related or resource.holds_files:
        tabs.append(Tab(_("Details"), ways.to_record(resource, row_id, "facts"), body == "facts"))
    for name, panel in related.items():
        target = site().registry.resource(panel.resource)
        count = found.get(f"badge:{name}") or [(0, "")]
        n = count[0][0]
        foreign = target.package != resource.package
        tabs.append(
            Tab(panel.label or target.label, ways.to_record(resource, row_id, name), body == "list" and tab == name,
                count="99+" if n >= 100 else str(n) if n else "", icon=(panel.icon or target.icon) if foreign else "", foreign=foreign)
        )
    if resource.holds_files:
        n = (found.get("badge:files") or [(0, "")])[0][0]
        count = "99+" if n >= 100 else str(n) if n else ""
        tabs.append(Tab(_("Files"), ways.to_record(resource, row_id, "files"), body == "files", count=count))
    return tuple(tabs) if len(tabs) > 1 else ()


def _related(resource: Any, row: Any, panel: Related) -> Any:
    """The rows of a related tab: their ordinary list, pinned to this record."""
    target = site().registry.resource(panel.resource)
    field = via(resource, panel)
    tab = [("tab", target.name), *ways.pairs(resource)]
    args = [(k, v) for k, v in lists.pairs() if k not in PLACE]
    query = listing.parse(target, args)
    query.filters.append(Filter(field, "any", str(row.id), (row.id,)))
    here = urls.of_record(resource, row.id)
    linked = isinstance(field, LinkField)
    pins = [(f"{field.name}.eq", resource.name), (f"{field.column}.eq", str(row.id))] if linked else [(f"{field.name}.any", str(row.id))]
    view = lists.build(target, query, args, chips.Place(here, tab, pins))
    link = [(field.name, resource.name), (field.column, str(row.id))] if linked else [(field.name, str(row.id))]
    create = view.primary and replace(view.primary, url=urls.of_act(target, None, "new", [*link, ("back", urls.address(here, tab))]))
    empty = view.empty
    if empty is not None:  # the first step makes one of this record; importing is for the whole list
        steps = [s for s in empty.steps if view.primary is not None and s.url == view.primary.url]
        empty = replace(empty, steps=tuple(replace(s, url=create.url) for s in steps if create))
    return replace(view, primary=create, tabs=(), acts=(), more=(), empty=empty)


def _entries(resource: Any, row: Any, body: str) -> list[Any]:
    if not resource.timeline or body not in ("panorama", "history"):
        return []
    kind = "change" if body == "history" else flask.request.args.get("kind", "")
    return timeline.of(resource.name, row.id, kind=kind, before=lists_cursor(), limit=21)


def lists_cursor() -> Any:
    """Where the time line goes on: `before=<moment>~<id>`."""
    text = flask.request.args.get("before", "")
    moment, _tilde, last = text.partition("~")
    try:
        found = changes.unraw(timeline.Entry.__table__.c.at, moment.replace(" ", "+")) if moment else None
    except ValueError:
        return None
    row_id = whole(last)
    return (found, row_id) if found is not None and found.tzinfo and row_id is not None else None


def _timeline(resource: Any, row_id: int, entries: list[Any], body: str, fields: Mapping[str, Field], names: Any, found: Any) -> Timeline | None:
    if not resource.timeline or body == "facts":
        return None
    more = ""
    if len(entries) > 20:
        entries = entries[:20]
        last = entries[-1]
        more = urls.address(urls.of_record(resource, row_id, body if body == "history" else ""),
                            [*ways.pairs(resource), ("kind", flask.request.args.get("kind", "")), ("before", f"{last.at.isoformat()}~{last.id}")])
    kind = flask.request.args.get("kind", "")
    here = urls.of_record(resource, row_id)
    words = {"": _("All"), **timeline.WORDS}
    tabs = tuple(Tab(label, urls.address(here, [("kind", k), *ways.pairs(resource)]), k == kind) for k, label in words.items()) if body == "panorama" else ()
    return Timeline(days(resource, entries, fields, names, lines.pics(entries, found)), tabs, more, _("Nothing has happened here yet."))


def boxes(resource: Any, row: Any, mine: Sequence[Panel | Related]) -> tuple[Panel, ...]:
    """The boxes that this record has, of those (`panels`) its reader may read; they are asked of it as he sees it."""
    seen = Seen(resource, row)
    return tuple(one for one in mine if isinstance(one, Panel) and (one.fits is None or shown(one, partial(one.fits, seen), False)))


def _side(resource: Any, row: Any, beside: Sequence[Panel]) -> tuple[PanelModel, ...]:
    return tuple(PanelModel(p.label, p.icon or "puzzle", load_url=urls.of_act(resource, row.id, f"panel/{p.name}")) for p in beside if not p.first)


def _first(resource: Any, row: Any, beside: Sequence[Panel]) -> tuple[PanelModel, ...]:
    """Boxes that are filled with the page, each in its own guard."""
    return tuple(shown(p, partial(panelling.filled, p, row.id), PanelModel(p.label, p.icon or "puzzle", failed=True, load_url=urls.of_act(resource, row.id, f"panel/{p.name}")))
                 for p in beside if p.first)


def _phone(resource: Any, row: Any, primary: Act | None, *, sheet: bool) -> tuple[PhoneAct, ...]:
    found = []
    number = getattr(row, "mobile", None) or getattr(row, "phone", None)
    if number:
        found.append(PhoneAct(_("Call"), "phone", cells.call_url(number)))
    if resource.may("update") and facts.his(resource, row, "update"):
        found.append(PhoneAct(_("Edit"), "pencil", ways.to_act(resource, row.id, "edit"), main=not resource.timeline))
    if primary is not None and primary.icon != "pencil":
        found.append(PhoneAct(primary.label, primary.icon, act=primary))
    if sheet:
        found.append(PhoneAct(_("More"), "dots", opens="sheet-more"))
    return tuple(found)


def _brief(resource: Any, row_id: int) -> RecordPage:
    """Others' record in brief: its few fields and who holds it."""
    row = resource.get(row_id)
    fields = resource.fields()
    wanted = {f.target: {getattr(row, f.column)} for f in fields.values() if isinstance(f, RefField)}
    names = named(wanted)
    owner = names.get("core.user", {}).get(row.owner_id or 0, "") if "owner" in fields else ""
    few = tuple(
        Fact(f.label, facts.drawn(f, getattr(row, f.column), names)) for n, f in fields.items() if n not in (resource.label_field, resource.status)
    )
    text = _("Held by %(name)s. This is the brief view.", name=owner) if owner else _("This is the brief view.")
    heads = _shown(resource, row)
    sheet = tuple(act for act in (*heads[0], heads[1], *heads[2]) if act is not None)
    main = next((act for act in (heads[1], *heads[0]) if act is not None), None)
    page = RecordPage(
        title=resource.title(row), crumbs=(Crumb(resource.label, ways.to_list(resource)),), steps=ways.steps(resource, row), avatar=Person(resource.title(row), resource.title(row)[:1], row.id % 6 + 1),
        status=render.status_of(fields[resource.status], getattr(row, fields[resource.status].column)) if resource.status in fields else None,
        body="panorama", groups=(FactGroup(_("Key facts"), few),), brief=Brief(text, render.person(owner, row.owner_id) if owner else None),
        acts=heads[0], primary=heads[1], more=heads[2], sheet=sheet,
        phone=(*((PhoneAct(main.label, main.icon, act=main),) if main is not None else ()), PhoneAct(_("More"), "dots", opens="sheet-more")) if sheet else (),
    )
    full = site().registry.resources[resource.rules_of]
    dressed: RecordPage = full.dress_brief(row, page)
    return dressed


def sentence(text: Any, **names: Any) -> Markup:
    """A sentence with names in bold: every value is escaped."""
    return Markup(text) % {k: Markup("<b>{}</b>").format(v) for k, v in names.items()}
