"""A record on paper."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import flask
from markupsafe import Markup

from crm_core import document
from crm_core.access import prints
from crm_core.data.session import session
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.resource import sensitive
from crm_core.resource.company import CompanySettings
from crm_core.resource.exchange import exporting
from crm_core.resource.seen import Seen
from crm_core.web import records, render, urls
from crm_core.web.edit import lines_of
from crm_core.web.files import attached
from crm_core.web.show import page_of
from crm_core.web.viewmodels import PrintPage, PrintTable

further: list[Callable[[Any, int], Sequence[PrintTable]]] = []  # slot: what features put under the facts of a record on paper


def record(resource: Any, row_id: int) -> PrintPage:
    """One record with its facts and lines, and what features say of it."""
    view = records.page(resource, row_id, "facts", how="print")
    tables = tuple(PrintTable(t.columns, t.rows, t.title, t.right) for t in view.lines)
    tables = (*tables, *(table for one in further for table in one(resource, row_id)))
    return PrintPage(
        title=view.title, company=company(), printed=printed(), groups=view.groups, tables=tables, sub=view.number,
        back_url=urls.of_record(resource, row_id),
    )


def answer(resource: Any, row: Any, page: PrintPage, name: str = "") -> Any:
    """The page of one record, or its PDF; that it was printed is written down before it is handed out."""
    as_pdf = flask.request.args.get("as") == "pdf"
    row_id = row.id
    seen = [str(f.label) for f in sensitive.of(resource.fields()).values() if f.column and sensitive.filled(getattr(row, f.column))]
    prints.note(resource.name, "record", 1, conditions=f"{page.title} (#{row_id})", sensitive=seen, output="PDF" if as_pdf else "")
    if not as_pdf:
        return page_of("print.html", replace(page, pdf_url=urls.of_act(resource, row_id, f"print/{name}" if name else "print", [("as", "pdf")]) if not document.lacking() else ""))
    data = document.pdf(page_of("parts/paper.html", page), title=str(page.title))
    return attached(flask.Response(data, mimetype="application/pdf"), exporting.file_name(resource, "pdf"))


def by_template(resource: Any, row: Any, template: Any) -> PrintPage:
    """One record as a package's template puts it on paper: with what the reader may see of it."""
    seen = Seen(resource, row)
    sensitive.read(resource, resource.fields(), [row], "print")
    values = dict(template.values(seen)) if template.values is not None else {}
    lines = SimpleNamespace(**{d.name: _written(resource.line_resource(d.name), lines_of(resource, d, row.id), row) for d in resource.lines})
    html = flask.render_template(template.template, record=seen, fields=_written(resource, [row])[0], lines=lines, **values)
    return PrintPage(title=resource.title(row), company=company(), printed=printed(), back_url=urls.of_record(resource, row.id),
                     html=Markup(html), bare=template.bare)  # the template has escaped what it was given


@dataclass(frozen=True)
class Written:
    """A field as it stands on paper: `{{ fields.deposit }}` is what people read, `{{ fields.deposit.label }}` what it is called."""

    label: Any
    text: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


class _Fields(dict[str, Written]):
    """What a template finds of a row: what is hidden from the reader is empty, what there is not at all is the template's fault."""

    def __init__(self, resource: Any, found: Mapping[str, Written]) -> None:
        super().__init__(found)
        self.resource = resource

    def __missing__(self, name: str) -> Written:
        if name not in self.resource.all_fields:
            raise KeyError(name)
        return Written("", "")


def _written(resource: Any, rows: Sequence[Any], of: Any = None) -> Sequence[Mapping[str, Written]]:
    """What the reader may see of these rows, in words; names of what they point at are asked once a column. Money is in the currency of
    the record `of` whose lines they are, else of the one row."""
    of = of if of is not None else rows[0] if len(rows) == 1 else None
    fields = {n: f.of(of) for n, f in resource.fields().items() if f.column}
    shows = {n: render.renderer(f, [getattr(row, f.column) for row in rows], plain=True) for n, f in fields.items()}
    return [_Fields(resource, {n: Written(f.label, str(shows[n](getattr(row, f.column)))) for n, f in fields.items()}) for row in rows]


def company() -> Any:
    """Whose paper it is."""
    return CompanySettings.now().called() or _("Tangram CRM")


def printed() -> Any:
    """When and by whom."""
    who = session.actor
    return _("Printed %(when)s by %(who)s", when=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}", who=who.name if who else "")
