"""What labels, envelopes and sheets are printed on, and the texts people write for them."""

import enum
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, Vocabulary
from crm_core.data.session import session
from crm_core.document.sheets import Grid
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import LANGUAGES, _, in_language
from crm_core.resource.fields import Bad
from crm_core.resource.figures import NumberField
from crm_core.resource.inspection import register_kind
from crm_core.text import slots
from crm_core.text.postal import WORDS


@dataclass(frozen=True, kw_only=True)
class Millimetres(NumberField):
    """A length on paper, kept in hundredths of a millimetre."""

    places: int = 2

    def check(self, value: Any) -> Any:
        if not 0 <= value <= 200_000:
            raise Bad(_("A length between 0 and 2000 mm is expected."))
        return value


register_kind("mm", Millimetres)
PREVIEW = "/paper/preview"


class Use(enum.StrEnum):
    labels = "labels"
    envelope = "envelope"
    chinese = "chinese"


class Kind(enum.StrEnum):
    """What a text is for: it names other words on an envelope than in a letter to each record."""

    post = "post"
    sheet = "sheet"


def _mm(label: Any, default: int = 0, help: Any = "") -> Any:
    return mapped_column(sa.Integer(), default=default, info={"kind": "mm", "label": label, "help": help})


class Paper(Vocabulary, Model):
    """A sheet of labels or an envelope, in hundredths of a millimetre."""

    __tablename__ = "core_paper"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    code: Mapped[str | None] = mapped_column(sa.String(20), info={"label": _("Code"), "readonly": True})  # of what every site begins with
    use: Mapped[Use] = mapped_column(default=Use.labels, info={"label": _("Used for"), "labels": {
        "labels": _("Labels"), "envelope": _("Envelope"), "chinese": _("Chinese envelope with postcode boxes")}})
    width: Mapped[int] = _mm(_("Page width, mm"), 21_000)
    height: Mapped[int] = _mm(_("Page height, mm"), 29_700, _("as it lies in the printer"))
    columns: Mapped[int] = mapped_column(sa.Integer(), default=1, info={"label": _("Labels across"), "minimum": 1, "maximum": 20})
    rows: Mapped[int] = mapped_column(sa.Integer(), default=1, info={"label": _("Labels down"), "minimum": 1, "maximum": 40})
    left: Mapped[int] = _mm(_("Left edge to the first, mm"))
    top: Mapped[int] = _mm(_("Upper edge to the first, mm"))
    cell_width: Mapped[int] = _mm(_("Label width, mm"))
    cell_height: Mapped[int] = _mm(_("Label height, mm"))
    pitch_x: Mapped[int] = _mm(_("From one to the next across, mm"))
    pitch_y: Mapped[int] = _mm(_("From one to the next down, mm"))

    def __str__(self) -> str:
        return self.name


class Template(Owned, Model):
    """A text for labels, envelopes or letters, written by a person in the language of text/slots.py."""

    __tablename__ = "core_print_template"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    kind: Mapped[Kind] = mapped_column(default=Kind.post, info={"label": _("For"), "labels": {
        "post": _("Labels and envelopes"), "sheet": _("A letter or sheet for each record")}})
    subject: Mapped[str | None] = mapped_column(sa.String(80), info={"label": _("Records"), "kind": "resource_name", "help": _("whose fields a letter names")})
    body: Mapped[t.Note] = mapped_column(info={"label": _("Text"), "preview": PREVIEW})

    def __str__(self) -> str:
        return self.name


def grid(paper: Any) -> Grid:
    """A paper in millimetres."""
    lengths = {name: getattr(paper, name) / 100 for name in ("width", "height", "left", "top", "cell_width", "cell_height", "pitch_x", "pitch_y")}
    return Grid(columns=paper.columns, rows=paper.rows, **lengths)


def papers(*uses: Use) -> list[Paper]:
    """The papers of these uses, the house's own behind those every site begins with."""
    query = sa.select(Paper).where(Paper.use.in_(uses), Paper.deleted_at.is_(None))
    return list(session.scalars(query.order_by(Paper.code.is_(None), Paper.id)))


def paper(paper_id: int) -> Paper:
    """Raises Missing."""
    found = session.scalar(sa.select(Paper).where(Paper.id == paper_id, Paper.deleted_at.is_(None)))
    if found is None:
        raise Missing(_("This paper was not found."))
    return found


def names_for(kind: Kind, resource: Any) -> dict[str, str]:
    """What a text may name: the words of an address; in a letter also fields of the record that its reader sees, by name or label."""
    if kind is Kind.post or resource is None:
        return dict(WORDS)
    found = dict(WORDS) if resource.addressed else {"date": "date", "日期": "date"}
    fields = {name: field for name, field in resource.fields().items() if field.column}
    found.update({name: f"f.{name}" for name in fields if name not in found})
    for code in LANGUAGES:  # read by colleagues of another language too
        with in_language(code):
            for name, field in fields.items():
                found.setdefault(str(field.label), f"f.{name}")
    return found


def problem(text: str, names: dict[str, str]) -> Any:
    """What is wrong with a text, in words; "" when nothing is."""
    try:
        slots.read(text, names)
    except slots.Fault as fault:
        return said(fault)
    return ""


def said(fault: slots.Fault) -> Any:
    """What is wrong, in words, and where in a text of several lines."""
    words = FAULTS[fault.code](fault.what)
    return _("Line %(n)s: %(fault)s", n=fault.line, fault=words) if fault.line > 1 else words


FAULTS: dict[str, Any] = {
    "long": lambda _w: _("This text is longer than %(n)s characters.", n=f"{slots.LONGEST:,}"),
    "deep": lambda _w: _("Conditions stand too deep in each other."),
    "mark": lambda what: _("“%(what)s” means nothing here.", what=what),
    "open": lambda _w: _("A condition is not closed: its end is missing."),
    "stray": lambda what: _("The braces do not match at “%(what)s”.", what=what),
    "unknown": lambda what: _("There is no word “%(what)s”; choose one of the list.", what=what),
    "filter": lambda what: _("“%(what)s” is no way to write a word.", what=what),
    "grown": lambda _w: _("What comes of this text is too long."),
}

_A4 = {"width": 21_000, "height": 29_700}
_LABELS = {**_A4, "use": Use.labels}
# What every site begins with. ZL's boxes as GB/T 1416 has them, above at the left.
PAPERS: tuple[dict[str, Any], ...] = (
    {"code": "L7160", "name": "Avery L7160 · 63.5 × 38.1", **_LABELS, "columns": 3, "rows": 7, "left": 721, "top": 1_515, "cell_width": 6_350, "cell_height": 3_810, "pitch_x": 6_604, "pitch_y": 3_810},
    {"code": "L7163", "name": "Avery L7163 · 99.1 × 38.1", **_LABELS, "columns": 2, "rows": 7, "left": 463, "top": 1_515, "cell_width": 9_910, "cell_height": 3_810, "pitch_x": 10_164, "pitch_y": 3_810},
    {"code": "L7173", "name": "Avery L7173 · 99.1 × 57", **_LABELS, "columns": 2, "rows": 5, "left": 463, "top": 600, "cell_width": 9_910, "cell_height": 5_700, "pitch_x": 10_164, "pitch_y": 5_700},
    {"code": "ZL", "name": "ZL · 230 × 120", "use": Use.chinese, "width": 23_000, "height": 12_000, "columns": 6, "rows": 1, "left": 1_200, "top": 900, "cell_width": 800, "cell_height": 900, "pitch_x": 1_000, "pitch_y": 0},
    *({"code": code, "name": f"{code} · {width} × {height}", "use": Use.envelope, "width": width * 100, "height": height * 100, "columns": 1, "rows": 1,
       "left": 0, "top": 0, "cell_width": 0, "cell_height": 0, "pitch_x": 0, "pitch_y": 0} for code, width, height in (("DL", 220, 110), ("C5", 229, 162), ("C6", 162, 114))),
)
