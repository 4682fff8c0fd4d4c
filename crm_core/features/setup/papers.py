"""Papers and texts that are printed on, and the book of what was printed."""

from collections.abc import Mapping
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.prints import WHAT, Printing
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.document import sheets
from crm_core.document.sheets import Grid
from crm_core.kernel.declare import RoleTemplate
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import site
from crm_core.resource.changes import as_written, stamp
from crm_core.resource.company import CompanySettings
from crm_core.resource.inspection import register_kind
from crm_core.resource.listed import ListField
from crm_core.resource.papers import PAPERS, PREVIEW, Kind, Paper, Template, Use, grid, names_for, problem, said
from crm_core.resource.resource import Resource, Section
from crm_core.resource.settings import put
from crm_core.text import slots
from crm_core.text.pinyin import sort_key
from crm_core.text.postal import Recipient
from crm_core.web.access import signed_in
from crm_core.web.pressing import PostSettings, drawn_letter
from crm_core.web.show import page_of
from crm_core.web.viewmodels import LivePreview

pages = flask.Blueprint("papers", __name__)
Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]
SAMPLE = Recipient(
    firm="成都七巧板科技有限公司", name="欧阳静", title=("女士", "Ms"), position=("市场负责人", "Head of market development"), region="四川省成都市武侯区", street="人民南路四段 18 号", postcode="610041")
_LABEL = Grid(99.1, 57, 1, 1, 0, 0, 99.1, 57, 99.1, 57)


class PrintedAs(ListField):
    """List, labels, envelopes …"""

    kind: str = "printed_as"

    def words(self) -> Mapping[str, Any]:
        return WHAT


register_kind("printed_as", PrintedAs)


class Papers(Resource):
    model = Paper
    label = _("Papers")
    singular = _("Paper")
    icon = "file-text"
    files = False
    columns = "name", "use", "width", "height", "columns", "rows", "cell_width", "cell_height"
    filters = ("use",)
    search = ("name",)
    sorts = "name", "-updated_at"
    verbs = ("read", "create", "update", "delete")
    in_palette = False
    order = 96
    help = _("Sheets of labels and envelopes in millimetres: those of the trade are there, your own are added here.")
    form = (
        Section(_("Paper"), ("name", "use", "width", "height", "code")),
        Section(_("Labels, or the postcode boxes of a Chinese envelope"), ("columns", "rows", "left", "top", "cell_width", "cell_height", "pitch_x", "pitch_y")),
    )

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            now = {**{c.key: c.default.arg for c in Paper.__table__.columns if c.default is not None and c.default.is_scalar}, **as_written(row, before)}  # type: ignore[attr-defined]
            made = grid(_Row(now))
            if made.width < 40 or made.height < 20:
                faults[i] = {"width": [_("A page is at least 40 mm wide and 20 mm high.")]}
            elif now["use"] is not Use.envelope and not made.fits:
                faults[i] = {"cell_width": [_("These do not fit on the page, or lie over each other.")]}
            elif now["use"] is Use.labels and (made.cell_width < 15 or made.cell_height < 8):
                faults[i] = {"cell_width": [_("A label is at least 15 mm wide and 8 mm high.")]}
        return faults


class _Row:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


class Templates(Resource):
    model = Template
    label = _("Print templates")
    singular = _("Print template")
    icon = "file-pencil"
    files = False
    columns = "name", "kind", "subject", "owner", "updated_at"
    filters = "kind", "subject", "owner", "department"
    search = ("name",)
    sorts = "name", "-updated_at"
    verbs = ("read", "create", "update", "delete")
    shown_if = {"subject": ("kind", "sheet")}
    in_palette = False
    order = 97
    help = _("Texts for labels, envelopes and letters. Words in double braces are filled in for each record; lines that stay empty are left out.")
    form = (Section(_("Print template"), ("name", "kind", "subject", "body", "owner", "department")),)

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            now = as_written(row, before)
            kind = now.get("kind") or Kind.post
            if wrong := problem(str(now.get("body") or ""), names_for(kind, self.registry.resources.get(str(now.get("subject") or "")))):
                faults[i] = {"body": [wrong]}
        return faults


class Printings(Resource):
    """Written by access/prints.py alone."""

    model = Printing
    label = _("Printings")
    singular = _("Printing")
    icon = "printer"
    files = False
    columns = "created_at", "created_by", "of", "what", "count", "conditions", "sensitive", "output"
    filters = "created_by", "created_at", "of", "what"
    sorts = ("-created_at",)
    readonly = True
    verbs = ("read", "export")
    in_palette = False
    order = 98
    help = _("Who printed what: which records by which conditions, how many, and which sensitive fields stood on the paper. Nothing in it can be changed.")

    @property
    def label_field(self) -> str:
        return "of"

    def word(self, value: Any) -> Any:
        return self.all_fields["of"].show(value)


def install() -> None:
    """The papers of the trade; what people have changed or thrown away stays so."""
    known = set(current_work().session.scalars(sa.select(table_of(Paper).c.code)))
    for values in PAPERS:
        if values["code"] not in known:
            current_work().session.add(stamp(Paper(**values, name_key=sort_key(values["name"]))))
    current_work().session.flush()


def demo() -> None:
    """The publisher of the demo company sends its letters from where its house stands."""
    put(PostSettings, {"sender": "西部酒业观察传媒有限公司", "address": "四川省成都市锦江区红星路三段 199 号", "postcode": "610021"})
    put(CompanySettings, {
        "called_zh": "西部酒业观察传媒有限公司", "called_en": "Western Spirits Observer Media Ltd.", "address_zh": "四川省成都市锦江区红星路三段 199 号",
        "address_en": "199 Hongxing Road Section 3, Jinjiang, Chengdu, Sichuan", "phone": "028-8650 0199", "email": "office@example.com", "tax_number": "91510104MA6XXXXX0X",
        "bank": "示例银行成都红星路支行", "bank_account": "6222 0000 0000 0000", "signatory": "孙丽"})


def roles() -> list[RoleTemplate]:
    """Everybody uses papers and texts; each changes his own texts."""
    read = {"core.paper.read": "all", "core.print_template.read": "all"}
    own = {f"core.print_template.{verb}": "own" for verb in ("create", "update", "delete")}
    return [RoleTemplate(code, "", {**read, **own}) for code in ("user", "supervisor", "decision-maker")]


@pages.get("/paper/<int:width>x<int:height>.css")
@signed_in
def size(width: int, height: int) -> Any:
    """How large the pages are that a browser prints: hundredths of a millimetre. A style sheet of ours, as pages carry no styles."""
    wide, high = min(width, 200_000) / 100, min(height, 200_000) / 100
    return flask.Response(f"@page {{ size: {wide:g}mm {high:g}mm; margin: 0 }}\n", mimetype="text/css")


@pages.post(PREVIEW)
@signed_in
def preview() -> Any:
    """What comes of a text while it is written: with sample words, no record is read."""
    form = flask.request.form
    kind = Kind.sheet if form.get("kind") == Kind.sheet else Kind.post
    resource = site().registry.resources.get(form.get("subject", ""))
    names = names_for(kind, resource if resource is not None and resource.may("read") else None)
    text = form.get("body", "").replace("\r\n", "\n")
    words = tuple(dict.fromkeys(w for w in names if w.isascii() is (language() == "en")))
    values = {word: f"«{name}»" for name, word in names.items() if word.startswith("f.")}
    try:
        made = slots.fill(slots.read(text, names), {**values, **SAMPLE.values(), "date": "2026-11-27"}, slots.FILLED if kind is Kind.sheet else slots.ON_LABEL)
    except slots.Fault as fault:
        return page_of("parts/live.html", LivePreview(words, error=said(fault)))
    if kind is Kind.sheet:
        return page_of("parts/live.html", LivePreview(words, html=drawn_letter(made)))
    return page_of("parts/live.html", LivePreview(words, sheet=sheets.labels(_LABEL, [made]).pages[0]))
