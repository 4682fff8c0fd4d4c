"""What is drawn when records are printed: a list, sheets, labels, envelopes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup, escape

from crm_core import document
from crm_core.access import prints
from crm_core.data.session import session
from crm_core.document import sheets
from crm_core.document.rolls import Table
from crm_core.document.sheets import Letter, Sender
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import post, sensitive
from crm_core.resource.exchange.exporting import file_name
from crm_core.resource.fields import Field, IntegerField, MoneyField
from crm_core.resource.papers import Kind, Template, Use, grid, names_for, papers, said
from crm_core.resource.settings import Setting, Settings
from crm_core.text import slots
from crm_core.text.postal import Recipient
from crm_core.web import render

AT_ONCE, MOST = 200, 5_000
WAYS = {way: prints.WHAT[way] for way in ("list", "sheets", "labels", "envelopes")}
START = IntegerField(name="start", column="", label=_("First label of the sheet"), required=True, minimum=1, maximum=800)
# Of a Chinese envelope, whose postcode stands in its boxes; everywhere else the whole address.
_INLAND, _WHOLE = "{{ place }}\n{% if name %}{{ firm }}{% end %}\n\n# {{ receiver }}", "{{ address }}"

__all__ = ["file_name"]


class PostSettings(Settings):
    """Who sends letters."""

    name = "core.post"
    label = _("Letters")
    order = 30
    sender: str = Setting("", _("Sender on envelopes"), length=200)  # type: ignore[assignment]
    address: str = Setting("", _("Sender’s address"), length=200)  # type: ignore[assignment]
    postcode: str = Setting("", _("Sender’s postcode"), length=10)  # type: ignore[assignment]


@dataclass(frozen=True)
class Asked:
    """What is to be printed, and how."""

    way: str = "list"
    fields: tuple[str, ...] = ()
    paper: int = 0
    template: int = 0
    start: int = 1
    to: str = post.MAIN
    frame: bool = True

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Made:
    """What came of it: HTML, or drawings of whole pages; how many, who was left out, who does not fit, what was told of them."""

    html: Markup = field(default_factory=Markup)
    table: Table | None = None  # the rows of a list, which stand under its name
    pages: list[Markup] = field(default_factory=list)
    paper: document.Paper = document.A4
    count: int = 0
    left: dict[str, list[str]] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)
    sensitive: tuple[str, ...] = ()


def make(resource: Any, asked: Asked, ids: Sequence[int]) -> Made:
    """Draw these records. Raises Refused for a paper, a text or fields that are not there."""
    if asked.way in ("labels", "envelopes") and post.offered(resource):
        return _letters(resource, asked, ids)
    rows, fields = _rows(resource, asked, ids)
    if not fields:
        raise Refused(_("Tick at least one field."))
    return (_sheets if asked.way == "sheets" else _list)(resource, asked, rows, fields)


def _rows(resource: Any, asked: Asked, ids: Sequence[int]) -> tuple[list[Any], dict[str, Field]]:
    """The records with the fields that are printed, their reading noted."""
    shown = resource.fields()
    chosen = template(asked, resource) if asked.way == "sheets" else None
    names = [n for n, f in shown.items() if f.column] if chosen is not None else [n for n in asked.fields if n in shown]
    fields = {n: shown[n] for n in names}
    wanted = [getattr(resource.model, f.column).label(f"c{i}") for i, f in enumerate(fields.values())]
    money = [resource.model.currency.label("currency")] if "currency" in resource.table.c and any(isinstance(f, MoneyField) for f in fields.values()) else []
    by_id: dict[int, Any] = {}
    for start in range(0, len(ids), 900):
        query = resource.visible("print").with_only_columns(resource.model.id, resource.label_column.label("label"), *wanted, *money)
        by_id.update({row.id: row for row in session.execute(query.where(resource.model.id.in_(ids[start : start + 900])))})
    rows = [by_id[i] for i in ids if i in by_id]
    sensitive.read_columns(resource, list(fields.values()), 2, rows, "print")
    return rows, fields


def _shown(fields: Mapping[str, Field], rows: Sequence[Any]) -> list[list[Any]]:
    drawn = []
    for i, f in enumerate(fields.values()):
        if isinstance(f, MoneyField) and rows and hasattr(rows[0], "currency"):
            drawn.append(render.in_currencies(f, [row[i + 2] for row in rows], [row.currency for row in rows], plain=True))
        else:
            show = render.renderer(f, [row[i + 2] for row in rows], plain=True)
            drawn.append([show(row[i + 2]) for row in rows])
    return [list(cells) for cells in zip(*drawn, strict=True)] if drawn else [[] for _row in rows]


def _told(fields: Mapping[str, Field], rows: Sequence[Any]) -> tuple[str, ...]:
    """The sensitive fields of which something stood on the paper."""
    return tuple(str(f.label) for i, f in enumerate(fields.values()) if f.sensitive and any(sensitive.filled(row[i + 2]) for row in rows))


def _list(resource: Any, asked: Asked, rows: list[Any], fields: dict[str, Field]) -> Made:
    right = [" class=\"r\"" if f.numeric else "" for f in fields.values()]
    head = Markup("").join(Markup('<th scope="col"{}>{}</th>').format(Markup(css), f.label) for css, f in zip(right, fields.values(), strict=True))
    body = [
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td{}>{}</td>").format(Markup(css), cell if cell not in ("", None) else "—") for css, cell in zip(right, cells, strict=True)))
        for cells in _shown(fields, rows)]
    table = Table(str(resource.label), Markup("<tr>{}</tr>").format(head), body)
    return Made(table.html(), table, paper=document.A4_WIDE if len(fields) > 5 else document.A4, count=len(rows), sensitive=_told(fields, rows))


def _sheets(resource: Any, asked: Asked, rows: list[Any], fields: dict[str, Field]) -> Made:
    """A page for each record: its facts, or a letter by a person's own text."""
    chosen, drawn = template(asked, resource), []
    nodes = _read(chosen.body, names_for(Kind.sheet, resource)) if chosen is not None else ()
    people, left = receivers(resource, asked, [row.id for row in rows])
    rows = [row for row in rows if people is None or row.id in people]
    for row, cells in zip(rows, _shown(fields, rows), strict=True):
        if chosen is not None:
            values = {f"f.{n}": str(cell if cell is not None else "") for n, cell in zip(fields, cells, strict=True)}
            drawn.append(Markup('<div class="psheet letter">{}</div>').format(drawn_letter(_fill(nodes, {**values, **_values(people[row.id] if people else Recipient())}))))
        else:
            facts = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(f.label, cell if cell not in ("", None) else "—") for f, cell in zip(fields.values(), cells, strict=True))
            drawn.append(Markup('<section class="psheet"><h1>{}</h1><dl>{}</dl></section>').format(resource.word(row.label), facts))
    return Made(Markup("").join(drawn), count=len(rows), left=left, sensitive=_told(fields, rows))


def receivers(resource: Any, asked: Asked, ids: Sequence[int]) -> tuple[dict[int, Recipient] | None, dict[str, list[str]]]:
    """A letter that names its recipient goes to whom an envelope goes: record → recipient, and who gets none. None for a text that
    names nobody, and for facts."""
    chosen = template(asked, resource)
    if chosen is None or not post.offered(resource) or not slots.named(_read(chosen.body, names_for(Kind.sheet, resource))) & set(Recipient().values()):
        return None, {}
    return post.by_record(resource, ids, asked.to)


def drawn_letter(text: str) -> Markup:
    """Lines of a letter; `# ` begins a heading, `! ` a line that stands out."""
    parts = []
    for line in text.split("\n"):
        tag = "h1" if line.startswith("# ") else "b" if line.startswith("! ") else ""
        parts.append(Markup("<{0}>{1}</{0}>").format(Markup(tag), line[2:]) if tag else escape(line))
    return Markup("\n").join(parts)


def _letters(resource: Any, asked: Asked, ids: Sequence[int]) -> Made:
    uses = (Use.labels,) if asked.way == "labels" else (Use.chinese, Use.envelope)
    known = papers(*uses)
    if not known:
        raise Refused(_("There is no paper for this; an administrator adds one under Papers."))
    paper = next((p for p in known if p.id == asked.paper), known[0])
    sheet, found = grid(paper), post.collect(resource, ids, asked.to)
    chosen = template(asked, resource)
    read = cache(lambda text: _read(text, names_for(Kind.post, None)))

    def text_of(one: Recipient) -> str:
        inland = paper.use is Use.chinese and not one.country
        return _fill(read(chosen.body if chosen is not None else _INLAND if inland else _WHOLE), _values(one), slots.ON_LABEL)

    if asked.way == "labels":
        made = sheets.labels(sheet, [text_of(one) for one in found.found], min(asked.start, sheet.places))
    else:
        own = PostSettings.now()
        letters = [Letter(text_of(one), one.postcode, bool(one.country)) for one in found.found]
        sender = Sender(tuple(line for line in (own.address, own.sender) if line) if paper.use is Use.chinese else tuple(line for line in (own.sender, own.address) if line), own.postcode)
        made = sheets.envelopes(sheet, letters, sender, chinese=paper.use is Use.chinese, frame=asked.frame)
    over = [found.found[i].firm or found.found[i].name for i in made.over]
    return Made(pages=made.pages, paper=document.Paper(sheet.width, sheet.height, 0), count=len(found.found), left=found.left, over=over)


def _values(one: Recipient) -> dict[str, slots.Value]:
    return {**one.values(), "date": clock.today().isoformat()}


def _read(text: str, names: Mapping[str, str]) -> tuple[slots.Node, ...]:
    try:
        return slots.read(text, names)
    except slots.Fault as fault:
        raise Refused(said(fault)) from None


def _fill(nodes: tuple[slots.Node, ...], values: Mapping[str, slots.Value], most: int = slots.FILLED) -> str:
    try:
        return slots.fill(nodes, values, most)
    except slots.Fault as fault:
        raise Refused(said(fault)) from None


def templates(kind: Kind, resource: Any) -> list[Template]:
    """The texts the acting person may use for these records."""
    who = actor()
    if who is not None and not who.can("core.print_template.read"):
        return []
    wanted = Template.kind == kind
    if kind is Kind.sheet:
        wanted = sa.and_(wanted, sa.or_(Template.subject.is_(None), Template.subject == resource.name))
    return list(session.scalars(sa.select(Template).where(wanted, Template.deleted_at.is_(None)).order_by(Template.name_key, Template.id).limit(200)))


def template(asked: Asked, resource: Any) -> Template | None:
    """The text that was chosen, if it is one of those."""
    if not asked.template or asked.way == "list":
        return None
    return next((t for t in templates(Kind.sheet if asked.way == "sheets" else Kind.post, resource) if t.id == asked.template), None)


def log(resource: Any, asked: Asked, made: Made, words: Sequence[str], output: str) -> None:
    prints.note(resource.name, asked.way, made.count, conditions="；".join(words), sensitive=made.sensitive, output={"pdf": "PDF", "html": "HTML"}.get(output, ""))


# --- files ---------------------------------------------------------------------------------------------------------------


def body(made: Made, title: str) -> Markup:
    """What a PDF is drawn from."""
    if made.pages:
        return Markup("").join(made.pages)
    return Markup('<div class="paper">{}{}</div>').format(above(title) if made.table is not None else "", made.html)


def above(title: str) -> Markup:
    """What stands over a list."""
    return Markup('<header class="paper-h"><h1>{}</h1><p class="muted">{:%Y-%m-%d}</p></header>').format(title, _now())


def _now() -> dt.datetime:
    return clock.local(clock.now())


def pdf(made: Made, title: str) -> bytes:
    return document.pdf(body(made, title), made.paper, title=title, css=document.numbered() if made.table is not None else "")
