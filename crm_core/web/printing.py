"""Lists and records on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import flask
from markupsafe import Markup

from crm_core.data.session import session
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.resource import listing, sensitive
from crm_core.resource.seen import Seen
from crm_core.web import chips, columns, records, render, urls
from crm_core.web.edit import lines_of
from crm_core.web.viewmodels import PrintPage, PrintTable

ROWS = 1_000  # a printed list is read by a person


def record(resource: Any, row_id: int) -> PrintPage:
    """One record with its facts and lines."""
    view = records.page(resource, row_id, "facts", how="print")
    tables = tuple(PrintTable(t.columns, t.rows, t.title, t.right) for t in view.lines)
    return PrintPage(
        title=view.title, company=_("Tangram CRM"), printed=_printed(), groups=view.groups, tables=tables, sub=view.number,
        back_url=urls.of_record(resource, row_id),
    )


def by_template(resource: Any, row: Any, template: Any) -> PrintPage:
    """One record as a package's template puts it on paper: with what the reader may see of it."""
    seen = Seen(resource, row)
    sensitive.read(resource, resource.fields(), [row], "print")
    values = dict(template.values(seen)) if template.values is not None else {}
    lines = SimpleNamespace(**{d.name: _written(resource.line_resource(d.name), lines_of(resource, d, row.id)) for d in resource.lines})
    html = flask.render_template(template.template, record=seen, fields=_written(resource, [row])[0], lines=lines, **values)
    return PrintPage(title=resource.title(row), company=_("Tangram CRM"), printed=_printed(), back_url=urls.of_record(resource, row.id),
                     html=Markup(html))  # the template has escaped what it was given


@dataclass(frozen=True)
class Written:
    """A field as it stands on paper: `{{ fields.deposit }}` is what people read, `{{ fields.deposit.label }}` what it is called."""

    label: Any
    text: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def _written(resource: Any, rows: Sequence[Any]) -> list[dict[str, Written]]:
    """What the reader may see of these rows, in words; names of what they point at are asked once a column."""
    fields = {n: f for n, f in resource.fields().items() if f.column}
    shows = {n: render.renderer(f, [getattr(row, f.column) for row in rows], plain=True) for n, f in fields.items()}
    return [{n: Written(f.label, str(shows[n](getattr(row, f.column)))) for n, f in fields.items()} for row in rows]


def table(resource: Any, args: list[tuple[str, str]], ids: list[int] | None = None) -> PrintPage:
    """The first thousand rows a list's address means, or the chosen ones."""
    query = listing.parse(resource, args, limit=ROWS)
    query.verb = "print"
    found = listing.page(query).ids if ids is None else ids[:ROWS]
    fields = resource.fields()
    names = [n for n in columns.chosen(resource, fields, args) if n in fields]
    model = resource.model
    wanted = [getattr(model, fields[n].column).label(f"c{i}") for i, n in enumerate(names)]
    rows = {}
    for start in range(0, len(found), 900):
        statement = resource.visible("print").with_only_columns(model.id, *wanted).where(model.id.in_(found[start : start + 900]))
        rows.update({row.id: row for row in session.execute(statement)})
    data = [rows[i] for i in found if i in rows]
    sensitive.read_columns(resource, [fields[n] for n in names], 1, data, "print")
    sensitive.asked(resource, query.filters if ids is None else (), [fields[n] for n in names], [row[0] for row in data], "print")
    shows = [render.renderer(fields[n], [row[i + 1] for row in data], plain=True) for i, n in enumerate(names)]
    cells = tuple(tuple(show(row[i + 1]) for i, show in enumerate(shows)) for row in data)
    right = tuple(i for i, n in enumerate(names) if fields[n].numeric)
    words = tuple(chips.words(f) for f in query.filters)
    foot = _("The first %(n)s rows.", n=ROWS) if ids is None and len(found) == ROWS else ""
    return PrintPage(
        title=resource.label, company=_("Tangram CRM"), printed=_printed(), tables=(PrintTable(tuple(fields[n].label for n in names), cells, "", right),),
        filters=words, foot=foot, landscape=len(names) > 5, back_url=urls.of_list(resource, args),
    )


def _printed() -> Any:
    who = session.actor
    return _("Printed %(when)s by %(who)s", when=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}", who=who.name if who else "")
