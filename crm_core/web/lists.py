"""The list page of any resource: chips, sort heads, rows, pager, bulk bar."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import flask
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel.calling import shown
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _, in_sentence, ngettext
from crm_core.kernel.site import site
from crm_core.resource import conditions, edits, enclosed, listing, orders, plans, sensitive
from crm_core.resource.fields import Field, MoneyField
from crm_core.resource.kept import by_ids
from crm_core.resource.references import RefField, named
from crm_core.web import bulk, chips, columns, inline, looks, render, urls, viewing, ways
from crm_core.web.chips import Pairs, Place
from crm_core.web.viewmodels import (
    Act,
    Column,
    Count,
    Empty,
    FilterField,
    FirstStep,
    ListPage,
    Note,
    Row,
    Tab,
    lay_cards,
)


def pairs() -> Pairs:
    """The arguments of the request, repeated names kept."""
    return list(flask.request.args.items(multi=True))


def page(resource: Any, args: Pairs) -> ListPage:
    """The list an address means. Raises BadRequest for what no list knows."""
    found = viewing.chosen(resource, args)
    args = found.pairs
    place = Place(urls.of_list(resource), [], [])
    try:
        query, note = listing.parse(resource, args), None
    except BadRequest as bad:  # conditions of somebody else's, or of other days: nothing is meant by them, and that is said
        if found.view is None and not isinstance(bad, conditions.Broken):
            raise
        left = [(k, v) for k, v in args if k in ("view", "columns", "after", "before")] if found.view is not None else [p for p in args if p[0] != "f"]
        query = listing.parse(resource, left)
        query.filters.append(conditions.nothing(dict(args).get("f", "")))
        note = Note(_("These conditions mean nothing now"), bad.message, "amber", "filter")
    made = build(resource, query, args, place, note)
    if found.view is None:  # an order that was refused is not kept
        found = viewing.Chosen(None, [*made.state, *([("q", made.find)] if made.find else [])])
    return replace(made, tabs=(*viewing.tabs(resource, found), *made.tabs) if viewing.offered(resource) else made.tabs, view_bar=viewing.bar(resource, found))


def build(resource: Any, query: listing.Query, args: Pairs, place: Place, note: Note | None = None) -> ListPage:
    """The page of a query; the filter of its place, if any, is the last of the query's."""
    fields = resource.fields()
    names = columns.chosen(resource, fields, args)
    if query.text and (waiting := listing.hit_count(query).waiting):
        text = ngettext("%(n)s record is not found by its words yet.", "%(n)s records are not found by their words yet.", waiting)
        note = Note(_("The search index is catching up"), text, "acc", "refresh")
    try:
        found = listing.page(query)
    except plans.TooSlow as slow:
        note, found = Note(_("Too much to look through"), slow.message, "amber", "filter"), listing.Page([])
    except listing.TooLarge as large:  # shown in its own order, and told
        note = Note(_("Not sorted as you asked"), large.message, "amber", "arrows-sort")
        args = [(k, v) for k, v in args if k not in ("sort", "after", "before")]
        query.order, query.after, query.before = orders.order_of(resource, "", fields), "", ""
        found = listing.page(query)
    try:
        number, more = listing.count(query)
    except plans.TooSlow:  # the page was found, or not; how many there are is not known
        number, more = len(found.ids), bool(found.next)
    shown = query.filters[:-1] if place.pins else query.filters
    kept = [(k, v) for k, v in args if k not in ("after", "before")]
    meant = [*place.pins, *kept]
    pinned = {name.partition(".")[0] for name, _value in place.pins}  # the same in every row
    drawn = [n for n in names if n not in pinned and pinned.isdisjoint(c.field for c in columns.computed(resource) if c.name == n)]
    url_of = ways.row_urls(resource, query, found, meant if _asked(resource, place.pins) else kept)
    pictures: dict[str, Any] = {}
    try:
        pictures = looks.pictures(resource, fields, query, kept, place, names, lambda of, ids: rows(resource, fields, of, ids, url_of))
    except plans.TooSlow as slow:
        note = Note(_("Too much to look through"), slow.message, "amber", "filter")
    sensitive.asked(resource, query.filters, [fields[n] for n in drawn if n in fields], found.ids, "list")
    acts, more_acts = _acts(resource, meant)
    bulk_acts, bulk_more = _bulk(resource) if not place.pins else ((), ())
    return ListPage(
        title=resource.label, url=place.url, columns=heads(resource, fields, drawn, query, args, place, more=more, newest=found.newest),
        rows=rows(resource, fields, drawn, found.ids, url_of),
        tabs=_tabs(resource), acts=acts, more=more_acts, primary=_primary(resource), note=note,
        find=query.text, can_find=bool(resource.search), state=tuple((k, v) for k, v in [*place.args, *kept] if k != "q"),
        chips=tuple(c for f in shown for c in chips.of(resource, f, kept, place)),
        conditions_url="" if place.pins else chips.conditions_url(resource, kept),
        filters=tuple(
            FilterField(f.label, chips.filter_url(resource, n, "", kept, place), chips.icon_of(f), chips.keys(f.label))
            for n in resource.filters if (f := fields.get(n) or resource.virtual_fields.get(n)) is not None
        ),
        clear_url=place.address([(k, v) for k, v in kept if "." not in k and k not in ("q", "f")]), writes=resource.timeline and resource.may("update"),
        unfind_url=place.address([(k, v) for k, v in kept if k != "q"]) if query.text else "",
        choices=columns.choices(resource, fields, names), columns_url=urls.of_act(resource, None, "columns"),
        here=place.address([(k, v) for k, v in kept if k != "columns"]),
        bulk=bulk_acts, bulk_more=bulk_more,
        count=Count(
            f"{number:,}+" if more else f"{number:,}", 1 if found.ids else 0, len(found.ids) if not found.previous else 0,
            urls.of_act(resource, None, "count", meant) if more and _asked(resource, place.pins) else "", more,
        ),
        prev_url=place.address([*kept, ("before", found.previous)]) if found.previous else "",
        next_url=place.address([*kept, ("after", found.next)]) if found.next else "",
        empty=_empty(resource) if not found.ids and not query.text and (not shown or _is_place(resource, kept, len(shown))) else None,
        leads=_leads(resource, meant, number) if not place.pins and not more else (), looks=looks.tabs(resource, kept, place), **(pictures if found.ids or pictures.get("map") else {}),
    )


def _asked(resource: Any, pins: Pairs) -> bool:
    """Whether the filter of a place can be asked for by an address."""
    return all(name.partition(".")[0] in resource.filters for name, _value in pins)


def rows(
    resource: Any, fields: dict[str, Field], names: Sequence[str], ids: Sequence[int], url_of: Callable[[int], str],
) -> tuple[Row, ...]:
    """The rows of a page: one statement through the gate, one more a column of references or computed values."""
    if not ids:
        return ()
    own = [n for n in names if n in fields]
    label = resource.label_field
    money = ["currency"] if "currency" in resource.table.c and any(isinstance(fields[n], MoneyField) for n in own) else []
    query = by_ids(resource.model, resource.label_column.key, *(fields[n].column for n in own), *money)
    by_id = {row[0]: row for row in session.execute(query, {"ids": list(ids)})}
    data = [by_id[i] for i in ids if i in by_id]
    sensitive.read_columns(resource, [fields[n] for n in own], 2, data, "list")
    drawn: list[Any] = []
    codes = [row[-1] for row in data] if money else _codes(resource, [row[0] for row in data]) if any(isinstance(fields[n], MoneyField) for n in own) else []
    known = _named([fields[n] for n in own], data)
    for name in names:
        if name in fields:
            at = own.index(name) + 2
            show = render.renderer(fields[name], [row[at] for row in data], names=known.get(name))
            if isinstance(amount := fields[name], MoneyField) and codes:
                drawn.append(render.in_currencies(amount, [row[at] for row in data], codes))
            elif name == label:
                drawn.append([known.get(name, {}).get(row[at], "—") for row in data] if resource.label_target else [resource.word(row[at]) for row in data])
            elif fields[name].kind == "phone":
                drawn.append([fields[name].show(row[at]) for row in data])
            else:
                drawn.append([show(row[at]) for row in data])
        else:
            column = next(c for c in columns.computed(resource) if c.name == name)
            drawn.append(_computed(column, [row[0] for row in data]))
    return tuple(
        Row(str(row[0]), url_of(row[0]), str((known.get(label, {}).get(row[1]) if resource.label_target else resource.word(row[1])) or f"#{row[0]}"), tuple(cells[at] for cells in drawn))
        for at, row in enumerate(data)
    )


def _codes(resource: Any, ids: Sequence[int]) -> list[str]:
    """The currencies of what these records are parts of, in their order; none where that has none."""
    above = resource.parent_field
    whole = site().registry.resource(above.target).model if above is not None else None
    if whole is None or not hasattr(whole, "currency"):
        return []
    link = getattr(resource.model, above.column)
    found = {row[0]: row[1] for row in session.execute(sa.select(resource.model.id, whole.currency).join(whole, whole.id == link).where(resource.model.id.in_(ids)))}
    return [found.get(one) or "" for one in ids]


def _named(own: Sequence[Field], data: Sequence[Any]) -> dict[str, dict[int, str]]:
    """Field → {id: name} of the records that the columns of single references point at: one statement for all of them."""
    pointing = {at: field for at, field in enumerate(own, 2) if type(field) is RefField}
    wanted: dict[str, set[int]] = {}
    for at, field in pointing.items():
        wanted.setdefault(field.target, set()).update(row[at] for row in data if row[at] is not None)
    found = named(wanted)
    return {field.name: found.get(field.target, {}) for field in pointing.values()}


def _computed(column: Any, ids: Sequence[int]) -> list[Any]:
    def load() -> list[Any]:
        values = column.load(ids)
        return [values.get(one, "") for one in ids]

    return shown(column, load, [""] * len(ids))


def heads(
    resource: Any, fields: dict[str, Field], names: Sequence[str], query: listing.Query, args: Pairs, place: Place, *,
    more: bool, newest: bool,
) -> tuple[Column, ...]:
    """The columns with where a press on their heads leads; `more`: the list may be too large for some of it."""
    rest = [(k, v) for k, v in args if k not in ("sort", "after", "before")]
    asked = next((v for k, v in args if k == "sort"), "")
    keys = {key.name: key for key in query.order.keys} if query.order is not None and not newest else {}
    few: Any = _("Only lists of at most %(n)s can be sorted by this.", n=f"{listing.SMALL:,}")
    found = []
    for name in names:
        field = fields.get(name)
        if field is None:
            column = next(c for c in columns.computed(resource) if c.name == name)
            line = column.kind == "line"
            found.append(Column(name, column.label, "text" if line else column.kind, unsorted=_("Computed: cannot be sorted by."), slot="line" if line else ""))
            continue
        kind: Any = render.column_kind(field)
        if not orders.sortable(field):
            found.append(Column(name, field.label, kind, unsorted=_("Cannot be sorted by.")))
        elif newest:
            found.append(Column(name, field.label, kind, unsorted=_("More than %(n)s hits stand newest first; more words make them fewer.", n=f"{listing.COUNT_LIMIT:,}")))
        else:
            key, second = keys.get(name), orders.added(asked, name)
            alone = orders.pressed(asked or query.order.text, name) or ("" if asked else f"-{name}")  # type: ignore[union-attr]
            found.append(Column(
                name, field.label, kind, sort_url=place.address([*rest, ("sort", alone)]),
                add_sort_url=place.address([*rest, ("sort", second)]) if second is not None else "",
                sorted="" if key is None else "descending" if key.descending else "ascending",
                place=list(keys).index(name) + 1 if key is not None and len(keys) > 1 else 0,
                limited=few if more and not resource.sorted_at_once(name) else "",
            ))
    wide, in_place = columns.widths(resource), inline.editable(resource)
    return lay_cards([replace(column, width=wide.get(column.name, 0), edit=column.name in in_place) for column in found])


def _acts(resource: Any, kept: Pairs) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    acts, more = [], []
    if resource.may("import") and "import" in resource.verbs and resource.importable:
        acts.append(Act(_("Import"), urls.address("/import", [("to", resource.name)]), "file-import"))
    if resource.may("export") and "export" in resource.verbs:
        more.append(Act(_("Export CSV"), urls.of_act(resource, None, "export", [*kept, ("format", "csv")]), "download", download=True))
        more.append(Act(_("Export Excel"), urls.of_act(resource, None, "export", [*kept, ("format", "xlsx")]), "download", download=True))
        if has_cards(resource):
            cards = ("vcf", _("Export vCard")), ("vcf21", _("Export vCard 2.1 (old phones)")), ("vcf40", _("Export vCard 4.0"))
            more += [Act(label, urls.of_act(resource, None, "export", [*kept, ("format", name)]), "download", download=True) for name, label in cards]
            more.append(Act(_("Subscribe on a phone"), "/feeds", "link", "post", fields=(("kind", "vcf"), ("to", resource.name), *kept)))
    if resource.may("print") and "print" in resource.verbs:
        acts.append(Act(_("Print"), urls.of_act(resource, None, "print", kept), "printer"))
    if resource.duplicates and resource.mergeable and resource.may("update") and resource.may("delete"):
        more.append(Act(_("Duplicates"), urls.of_act(resource, None, "duplicates"), "git-merge"))
    if viewing.offered(resource):
        more.append(Act(_("Send to a colleague"), urls.address("/views/send", [("of", resource.name), *kept]), "send", dialog=True))
    return tuple(acts), tuple(more)


def has_cards(resource: Any) -> bool:
    """Whether its records can be kept as contacts."""
    return not {"phone", "mobile", "email"}.isdisjoint(resource.fields())


def _primary(resource: Any) -> Act | None:
    if "create" not in resource.verbs or not resource.may("create"):
        return None
    return Act(_("New %(what)s", what=in_sentence(resource.singular)), urls.of_act(resource, None, "new"), "plus", key="N")


def _bulk(resource: Any) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """The acts of the bar, and those under its ⋯."""
    acts: list[Act] = []
    more: list[Act] = []

    def add(name: str, label: Any, icon: str, *, to: list[Act], danger: bool = False, download: bool = False, dialog: bool = True) -> None:
        to.append(Act(label, urls.of_act(resource, None, f"bulk/{name}"), icon, "post", danger=danger, dialog=dialog, download=download))

    for action in resource.shown_actions():
        if enclosed.many(resource, action):
            add(action.name, action.label, action.icon or "player-play", to=more if action.danger or len(acts) >= 2 else acts, danger=action.danger)
    if resource.mergeable and resource.may("merge") and resource.may("update") and resource.may("delete"):
        more.append(Act(_("Merge"), urls.of_act(resource, None, "merge"), "git-merge", "post"))
    if "update" in resource.verbs and resource.may("update") and edits.offered(resource):
        add("edit", _("Edit fields"), "pencil", to=acts)
    for name, leading in bulk.LEADING.get(resource.name, {}).items():
        if leading.shown:
            add(name, leading.label, leading.icon, to=more, dialog=False)
    if resource.may("print") and "print" in resource.verbs:
        add("print", _("Print"), "printer", to=acts, dialog=False)
    if resource.may("export") and "export" in resource.verbs:
        add("export", _("Export"), "download", to=acts, download=True, dialog=False)
    if resource.may("delete") and "delete" in resource.verbs:
        add("delete", _("Delete"), "trash", to=more, danger=True)
    return tuple(acts), tuple(more)


def _leads(resource: Any, meant: Pairs, number: int) -> tuple[Act, ...]:
    """Where all that the list means can be taken to, when it is not too many: a picture of it has no rows to tick."""
    return tuple(
        Act(one.label, urls.of_act(resource, None, f"bulk/{name}"), one.icon, "post", fields=(("all", "1"), *meant))
        for name, one in bulk.LEADING.get(resource.name, {}).items() if one.url is not None and number <= one.most and resource.may("read")
    )


def _open(resource: Any, url: str) -> bool:
    """Whether the actor may read the list that an address is of; what is no list says itself who may."""
    other = resource.registry.resources.get(urlsplit(url).path.strip("/").replace("/", "."))
    return other is None or other.may("read")


def _here(url: str) -> bool:
    """Whether this page asks what an address does, perhaps with more."""
    parts = urlsplit(url)
    return flask.request.path == parts.path and all(flask.request.args.get(name) == value for name, value in parse_qsl(parts.query))


def _tabs(resource: Any) -> tuple[Tab, ...]:
    """The full list and, where there is one and he may see more by it, the brief view of everybody's."""
    full = site().registry.resources[resource.name.removesuffix(".brief")] if resource.is_brief else resource
    if resource.beside:
        others = tuple(Tab(label, url, _here(url)) for label, url in resource.beside if _open(resource, url))
        whole = () if viewing.offered(resource) else (Tab(resource.label, urls.of_list(resource), not any(tab.active for tab in others)),)
        return (*whole, *others)
    brief = full.brief_resource
    if brief is None or not brief.may("read"):
        return ()
    from crm_core.kernel.site import actor

    who = actor()
    if who.scope(full.name, "read") == who.scope(brief.name, "read"):
        return ()
    whole = () if viewing.offered(resource) else (Tab(full.label, urls.of_list(full), not resource.is_brief),)
    return (*whole, Tab(_("Everybody’s, in brief"), urls.of_list(brief), resource.is_brief))


def _is_place(resource: Any, args: Pairs, filters: int) -> bool:
    """Whether the filters are those of an entry of the rail or of a tab beside it: nobody chose them, so nobody takes them away."""
    places = (resource.entry, *(parse_qsl(urlsplit(url).query) for _label, url in resource.beside))
    return any(len(pairs) == filters and set(pairs) <= set(args) for pairs in places)


def _empty(resource: Any) -> Empty:
    steps = []
    if "create" in resource.verbs and resource.may("create"):
        steps.append(FirstStep(_("New %(what)s", what=in_sentence(resource.singular)), _("Enter one by hand."), urls.of_act(resource, None, "new"), "plus"))
    if resource.importable and resource.may("import"):
        steps.append(FirstStep(_("Import a file"), _("CSV, Excel or vCard."), urls.address("/import", [("to", resource.name)]), "file-import"))
    by_hand = "create" in resource.verbs or resource.importable
    text = resource.help if steps or not by_hand else _("You may not create these; ask your administrator.")
    return Empty(_("%(what)s will be listed here", what=resource.label), text, tuple(steps))
