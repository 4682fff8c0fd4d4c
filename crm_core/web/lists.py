"""The list page of any resource: chips, sort heads, rows, pager, bulk bar."""

from collections.abc import Sequence
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.models import Rule
from crm_core.data.session import session
from crm_core.kernel.i18n import _, in_sentence, ngettext
from crm_core.kernel.site import site
from crm_core.resource import listing, search
from crm_core.resource.fields import Field
from crm_core.resource.filters import NO_VALUE, WORDS, Filter
from crm_core.web import render, urls
from crm_core.web.viewmodels import (
    Act,
    Chip,
    Column,
    ColumnChoice,
    Count,
    Crumb,
    Empty,
    FilterField,
    FirstStep,
    ListPage,
    Note,
    Row,
    Tab,
    lay_cards,
)

Pairs = list[tuple[str, str]]
STATE = {"sort", "columns", "view"}
ICONS = {"choice": "tag", "ref": "link", "date": "calendar", "datetime": "calendar", "boolean": "checkbox", "phone": "phone",
         "email": "mail", "money": "cash"}


def pairs() -> Pairs:
    """The arguments of the request, repeated names kept."""
    return list(flask.request.args.items(multi=True))


def chosen(resource: Any, fields: dict[str, Field], args: Pairs) -> list[str]:
    """Columns to show: the address, else what the person keeps, else the resource's own."""
    wanted = next((v for k, v in args if k == "columns"), "")
    if wanted:
        names = wanted.split(",")
    else:
        names = (flask.g.get("preferences") or {}).get("columns", {}).get(resource.name) or resource.columns
    known = {**fields, **{c.name: c for c in computed(resource)}}
    found = [n for n in dict.fromkeys(names) if n in known][:20]
    return found or [n for n in resource.columns if n in known]


def computed(resource: Any) -> Sequence[Any]:
    """Columns other packages and the resource itself compute for its list, less those a field rule hides by their name."""
    who = session.actor
    found = site().registry.columns.get(resource.name, ())
    return tuple(c for c in found if who is None or who.rule(resource.rules_of, c.name) is not Rule.hidden)


def page(resource: Any, args: Pairs, *, base: str = "", title: Any = None, crumbs: tuple[Crumb, ...] = (), bulk: bool = True) -> ListPage:
    """The list an address means. Raises BadRequest for what no list knows."""
    query = listing.parse(resource, args)
    found = listing.page(query)
    number, more = listing.count(query)
    return build(resource, query, found, number, more, args, base=base, title=title, crumbs=crumbs, bulk=bulk)


def build(
    resource: Any, query: listing.Query, found: listing.Page, number: int, more: bool, args: Pairs, *,
    base: str = "", title: Any = None, crumbs: tuple[Crumb, ...] = (), bulk: bool = True,
) -> ListPage:
    fields = resource.fields()
    names = chosen(resource, fields, args)
    columns = heads(resource, fields, names, query, args, base, small=not more and number <= listing.SMALL)
    base = base or urls.of_list(resource)
    kept = [(k, v) for k, v in args if k not in ("after", "before", "ids")]
    note = None
    if query.text and (waiting := search.waiting()):
        text = ngettext("%(n)s record is not found by its words yet.", "%(n)s records are not found by their words yet.", waiting)
        note = Note(_("The search index is catching up"), text, "acc", "refresh")
    acts, more_acts = _acts(resource, kept)
    bulk_acts, bulk_more = _bulk(resource) if bulk else ((), ())
    return ListPage(
        title=title or resource.label, url=base, columns=columns, rows=rows(resource, fields, names, found.ids),
        crumbs=crumbs, tabs=_tabs(resource), acts=acts, more=more_acts, primary=_primary(resource), note=note,
        find=query.text, can_find=bool(resource.search), state=tuple((k, v) for k, v in kept if k != "q"),
        chips=tuple(chip(resource, f, kept, base) for f in query.filters),
        filters=tuple(
            FilterField(f.label, urls.of_act(resource, None, "filter", [("f", n), *kept]), ICONS.get(f.kind, "filter"))
            for n in resource.filters if (f := fields.get(n) or resource.virtual_fields.get(n)) is not None
        ),
        clear_url=urls.address(base, [(k, v) for k, v in kept if "." not in k and k != "q"]),
        choices=_choices(resource, fields, names), columns_url=urls.of_act(resource, None, "columns"),
        bulk=bulk_acts, bulk_more=bulk_more,
        count=Count(
            f"{number:,}+" if more else f"{number:,}", 1 if found.ids else 0, len(found.ids) if not found.previous else 0,
            urls.of_act(resource, None, "count", kept) if more else "", more,
        ),
        prev_url=urls.address(base, [*kept, ("before", found.previous)]) if found.previous else "",
        next_url=urls.address(base, [*kept, ("after", found.next)]) if found.next else "",
        empty=_empty(resource, bool(query.filters or query.text)) if not found.ids else None,
    )


def rows(resource: Any, fields: dict[str, Field], names: Sequence[str], ids: Sequence[int]) -> tuple[Row, ...]:
    """The rows of a page: one statement through the gate, one more a column of references or computed values."""
    if not ids:
        return ()
    model = resource.model
    own = [n for n in names if n in fields]
    label = resource.label_field
    columns = [getattr(model, fields[n].column).label(f"c_{n}") for n in own]
    found = session.execute(sa.select(model.id, resource.label_column.label("label"), *columns).where(model.id.in_(list(ids))))
    by_id = {row.id: row for row in found}
    data = [by_id[i] for i in ids if i in by_id]
    drawn: list[Any] = []
    for name in names:
        if name in fields:
            at = own.index(name) + 2
            show = render.renderer(fields[name], [row[at] for row in data])
            if name == label:
                drawn.append([resource.word(row[at]) for row in data])
            elif fields[name].kind == "phone":
                drawn.append([fields[name].show(row[at]) for row in data])
            else:
                drawn.append([show(row[at]) for row in data])
        else:
            column = next(c for c in computed(resource) if c.name == name)
            values = column.load([row.id for row in data])
            drawn.append([values.get(row.id, "") for row in data])
    base = urls.of_list(resource)
    return tuple(
        Row(str(row.id), f"{base}/{row.id}", str(resource.word(row.label) or f"#{row.id}"), tuple(cells[i] for cells in drawn))
        for i, row in enumerate(data)
    )


def heads(
    resource: Any, fields: dict[str, Field], names: Sequence[str], query: listing.Query, args: Pairs, base: str, *, small: bool
) -> tuple[Column, ...]:
    base = base or urls.of_list(resource)
    rest = [(k, v) for k, v in args if k not in ("sort", "after", "before")]
    order = query.order
    found = []
    for name in names:
        field = fields.get(name)
        if field is None:
            column = next(c for c in computed(resource) if c.name == name)
            found.append(Column(name, column.label, "text" if column.kind == "line" else column.kind, unsorted=_("Computed: cannot be sorted by.")))
            continue
        indexed = name in resource.sort_keys()
        if not (indexed or small) or field.kind in ("choices", "note"):
            reason = _("Sorted by this only when at most %(n)s are left; filter first.", n=f"{listing.SMALL:,}")
            found.append(Column(name, field.label, render.column_kind(field), unsorted=reason))  # type: ignore[arg-type]
            continue
        here = order is not None and order.name == name
        explicit = any(k == "sort" for k, _v in args)
        step = f"-{name}" if not here else (name if order.descending else ("" if explicit else f"-{name}"))  # type: ignore[union-attr]
        found.append(
            Column(
                name, field.label, render.column_kind(field),  # type: ignore[arg-type]
                sort_url=urls.address(base, [*rest, ("sort", step)]),
                sorted=("descending" if order.descending else "ascending") if here and order else "",
            )
        )
    return lay_cards(found)


def chip(resource: Any, one: Filter, args: Pairs, base: str) -> Chip:
    rest = [(k, v) for k, v in args if k != one.key]
    edit = urls.of_act(resource, None, "filter", [("f", one.field.name), ("old", one.key), *args])
    return Chip(one.field.label, WORDS[one.operator], value_words(one), edit, urls.address(base, rest), ICONS.get(one.field.kind, "filter"))


def value_words(one: Filter) -> str:
    """The value of a filter in words: at most three, then how many more."""
    if one.operator in NO_VALUE:
        return ""
    if one.operator == "within":
        return str(SPANS.get(one.raw, one.raw))
    if one.operator in ("contains", "starts"):
        return str(one.values[0])
    shown = [one.field.show([v] if one.field.kind == "choices" else v) or str(v) for v in one.values]
    if one.operator == "between":
        return " – ".join(shown)
    text = ", ".join(shown[:3])
    return f"{text} +{len(shown) - 3}" if len(shown) > 3 else text


SPANS = {
    "today": _("today"), "yesterday": _("yesterday"), "this-week": _("this week"), "last-week": _("last week"),
    "this-month": _("this month"), "last-month": _("last month"), "this-year": _("this year"),
    "-7d": _("last 7 days"), "-30d": _("last 30 days"), "-90d": _("last 90 days"), "-365d": _("last 365 days"),
}


def _acts(resource: Any, kept: Pairs) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    acts, more = [], []
    if resource.may("import") and "import" in resource.verbs and resource.importable:
        acts.append(Act(_("Import"), urls.address("/import", [("to", resource.name)]), "file-import"))
    if resource.may("export") and "export" in resource.verbs:
        more.append(Act(_("Export CSV"), urls.of_act(resource, None, "export", [*kept, ("format", "csv")]), "download", download=True))
        more.append(Act(_("Export Excel"), urls.of_act(resource, None, "export", [*kept, ("format", "xlsx")]), "download", download=True))
    if resource.may("print") and "print" in resource.verbs:
        more.append(Act(_("Print"), urls.of_act(resource, None, "print", kept), "printer"))
    return tuple(acts), tuple(more)


def _primary(resource: Any) -> Act | None:
    if "create" not in resource.verbs or not resource.may("create"):
        return None
    return Act(_("New %(what)s", what=in_sentence(resource.singular)), urls.of_act(resource, None, "new"), "plus", key="N")


def _bulk(resource: Any) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    acts: list[Act] = []
    more: list[Act] = []

    def add(name: str, label: Any, icon: str, *, to: list[Act], danger: bool = False, download: bool = False, dialog: bool = True) -> None:
        to.append(Act(label, urls.of_act(resource, None, f"bulk/{name}"), icon, "post", danger=danger, dialog=dialog, download=download))

    if "owner" in resource.fields(writing=True) and resource.may("assign") and "assign" in resource.verbs and not resource.part_of:
        add("assign", _("Assign"), "user-share", to=acts)
    if resource.may("update") and "update" in resource.verbs and any(n in resource.fields(writing=True) for n in resource.filters):
        add("edit", _("Edit a field"), "pencil", to=acts)
    for action in resource.all_actions.values():
        if action.bulk and resource.may(action.name):
            add(action.name, action.label, action.icon or "player-play", to=acts if len(acts) < 4 else more)
    if resource.may("print") and "print" in resource.verbs:
        add("print", _("Print"), "printer", to=acts, dialog=False)
    if resource.may("export") and "export" in resource.verbs:
        add("export", _("Export"), "download", to=acts, download=True, dialog=False)
    if resource.may("delete") and "delete" in resource.verbs:
        add("delete", _("Delete"), "trash", to=more, danger=True)
    return tuple(acts), tuple(more)


def _tabs(resource: Any) -> tuple[Tab, ...]:
    """The full list and, where there is one and he may see more by it, the brief view of everybody's."""
    full = site().registry.resources[resource.name.removesuffix(".brief")] if resource.is_brief else resource
    brief = full.brief_resource
    if brief is None or not brief.may("read"):
        return ()
    from crm_core.kernel.site import actor

    who = actor()
    if who.scope(full.name, "read") == who.scope(brief.name, "read"):
        return ()
    return (
        Tab(full.label, urls.of_list(full), not resource.is_brief),
        Tab(_("All in brief"), urls.of_list(brief), resource.is_brief),
    )


def _choices(resource: Any, fields: dict[str, Field], names: Sequence[str]) -> tuple[ColumnChoice, ...]:
    rest = [n for n in (*fields, *(c.name for c in computed(resource))) if n not in names]
    labels = {**{n: f.label for n, f in fields.items()}, **{c.name: c.label for c in computed(resource)}}
    return tuple(ColumnChoice(n, labels[n], n in names, n == resource.label_field) for n in (*names, *rest))


def _empty(resource: Any, filtered: bool) -> Empty:
    if filtered:
        return Empty(_("Nothing matches"), _("Take a filter away or look for other words."))
    steps = []
    if "create" in resource.verbs and resource.may("create"):
        steps.append(FirstStep(_("New %(what)s", what=in_sentence(resource.singular)), _("Enter one by hand."), urls.of_act(resource, None, "new"), "plus"))
    if resource.importable and resource.may("import"):
        steps.append(FirstStep(_("Import a file"), _("CSV, Excel or vCard."), urls.address("/import", [("to", resource.name)]), "file-import"))
    text = resource.help if steps else _("You may not create these; ask your administrator.")
    return Empty(_("%(what)s will be listed here", what=resource.label), text, tuple(steps))
