"""Printing of many records: what is asked for, the page where it is asked with what will come of it, the paper, the PDF, the job."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import flask

from crm_core import document
from crm_core.data.session import session, writing
from crm_core.kernel.errors import BadRequest, Refused
from crm_core.kernel.i18n import _, language
from crm_core.kernel.jobs import later
from crm_core.resource import listing, post, sensitive
from crm_core.resource.papers import Kind, Use, papers
from crm_core.web import chips, columns, controls, pressing, pressjob, settings, urls
from crm_core.web.files import attached
from crm_core.web.pressing import AT_ONCE, MOST, WAYS, Asked, Made
from crm_core.web.printing import printed
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Choice, Crumb, FormField, PressPage, PrintPage

PREFERENCE = "print"
SHOWN = 20  # rows of a list in what will come of it
NAMES = 8  # of those left out, in a sentence
PAGES = 3  # drawings shown before printing
Pairs = list[tuple[str, str]]


def answer(resource: Any, pairs: Pairs, ids: list[int] | None = None) -> Any:
    """The page of a list's print, or of these rows of it; with `do`, the paper itself, its PDF or the job that makes it."""
    form = flask.request.form
    asked = _read(resource, form)
    do = form.get("do", "")
    query = listing.parse(resource, pairs, limit=MOST)
    query.verb = "print"
    if ids is not None:
        found, count, more = _mine(resource, ids[:MOST]), len(ids), False
    else:
        count, more = listing.count(query, MOST)
        found = listing.page(query).ids if do in ("print", "pdf") or asked.way != "list" else listing.page(_few(query)).ids
    words = [str(chips.words(f)) for f in query.filters] if ids is None else [str(_("chosen by hand"))]
    words += [f"“{query.text}”"] if query.text and ids is None else []
    if do not in ("print", "pdf"):
        if ids is None:
            sensitive.asked(resource, query.filters, [resource.fields()[n] for n in asked.fields], found[:AT_ONCE], "print")
        return page_of("press.html", _page(resource, pairs, ids, asked, found, count, more, words))
    if more or count > MOST:
        raise Refused(_("At most %(n)s records are printed at once. Choose fewer.", n=f"{MOST:,}"))
    _remember(resource, asked)
    if len(found) > AT_ONCE:
        with writing():
            if ids is None:
                sensitive.asked(resource, query.filters, [resource.fields()[n] for n in asked.fields], found, "print")
            job = later(pressjob.JOB, {"resource": resource.name, "ids": found, "asked": asked.plain(), "words": words},
                        label=_("Print: %(list)s", list=resource.label), total=len(found))
        return flask.redirect(f"/jobs/{job}", 303)
    made = pressing.make(resource, asked, found)
    if ids is None:
        sensitive.asked(resource, query.filters, [resource.fields()[n] for n in asked.fields], found, "print")
    if not made.count:
        raise Refused(_("There is nobody to print for."))
    pressing.log(resource, asked, made, words, do)
    if do == "pdf":
        return attached(flask.Response(pressing.pdf(made, str(resource.label)), mimetype="application/pdf"), pressing.file_name(resource, "pdf"))
    title = resource.label
    page = PrintPage(
        title=title, company=_("Tangram CRM"), printed=printed(), filters=tuple(words) if asked.way == "list" and ids is None else (), html=made.html, sheets=tuple(made.pages), bare=made.table is None,
        landscape=made.paper == document.A4_WIDE, back_url=urls.of_act(resource, None, "print", pairs),
        page_css=f"/paper/{round(made.paper.width * 100)}x{round(made.paper.height * 100)}.css" if made.pages else "",
    )
    return page_of("print.html", page)


def _few(query: Any) -> Any:
    return replace(query, limit=SHOWN)


def _mine(resource: Any, ids: list[int]) -> list[int]:
    """Those of the chosen that may be printed, in their order."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        query = resource.visible("print").with_only_columns(resource.model.id)
        found.update(session.scalars(query.where(resource.model.id.in_(ids[start : start + 500]))))
    return [i for i in ids if i in found]


# --- what is asked -------------------------------------------------------------------------------------------------------


def _read(resource: Any, form: Any) -> Asked:
    """What the form says; before it was sent, what this person printed of these records last."""
    kept: Mapping[str, Any] = settings.mine().get(PREFERENCE, {}).get(resource.name, {})
    said = {**kept, **{k: form[k] for k in ("way", "paper", "template", "to") if k in form}}
    way = str(said.get("way"))
    if way not in WAYS or (way not in ("list", "sheets") and not post.offered(resource)):
        way = "list"
    to = str(said.get("to"))
    fields = resource.fields()
    known = [n for n, f in fields.items() if f.column]
    before = kept.get("fields", {}).get(way)
    names = form.getlist("fields") if "fields__sent" in form and form.get("was") == way else before
    if names is None:
        names = [n for n in columns.chosen(resource, fields, []) if n in known] if way == "list" else known
    start = form.get("start", "1")
    return Asked(
        way=way, fields=tuple(n for n in known if n in set(names)), paper=_number(said.get("paper")), template=_number(said.get("template")),
        start=int(start) if start.isascii() and start.isdigit() and len(start) < 4 else 1, to=to if to in post.TO else post.MAIN,
        frame="frame" in form if "frame__sent" in form else bool(kept.get("frame", True)),
    )


def _number(text: Any) -> int:
    return int(text) if isinstance(text, int) or (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 12) else 0


def _remember(resource: Any, asked: Asked) -> None:
    def change(kept: dict[str, Any]) -> None:
        mine = dict(kept.get(PREFERENCE, {}))
        before = mine.pop(resource.name, {})
        mine[resource.name] = {
            "way": asked.way, "paper": asked.paper, "template": asked.template, "to": asked.to, "frame": asked.frame,
            "fields": {**before.get("fields", {}), asked.way: list(asked.fields)},
        }
        kept[PREFERENCE] = dict(list(mine.items())[-30:])

    settings.keep(change)


# --- the page ------------------------------------------------------------------------------------------------------------


def _page(resource: Any, pairs: Pairs, ids: list[int] | None, asked: Asked, found: Sequence[int], count: int, more: bool, conditions: list[str]) -> PressPage:
    made, error = Made(), ""
    large = more or count > AT_ONCE
    try:
        made = _shown(resource, asked, found)
    except (BadRequest, Refused) as bad:
        error = bad.message
    number = f"{count:,}+" if more else f"{count:,}"
    words = _("Records: %(n)s", n=number) if asked.way == "list" or large or (asked.way == "sheets" and not made.left) else _("Records: %(n)s, to print: %(letters)s", n=number, letters=made.count)
    return PressPage(
        title=_("Print: %(list)s", list=resource.label), action=urls.of_act(resource, None, "bulk/print"), back_url=urls.of_list(resource, pairs),
        conditions=tuple(conditions), hidden=(("all", "1"), *pairs) if ids is None else (*(("id", str(i)) for i in ids), *pairs), fields=_fields(resource, asked), words=words,
        left=tuple((why, _named(names)) for why, names in made.left.items()), over=((_("Too long for its place even in the smallest letters"), _named(made.over)),) if made.over else (),
        html=made.html, landscape=made.paper == document.A4_WIDE, sheets=tuple(made.pages[:PAGES]), no_pdf=document.lacking(), error=error,
        job=_("These are so many that the file is made in the background; you find it under Jobs when it is ready.") if large and not more else
        _("At most %(n)s records are printed at once. Choose fewer.", n=f"{MOST:,}") if more else "",
        crumbs=(Crumb(resource.label, urls.of_list(resource, pairs)),),
    )


def _shown(resource: Any, asked: Asked, found: Sequence[int]) -> Made:
    """What will come of it, as far as it is shown; of letters two, and how many there are."""
    if asked.way != "sheets":
        return pressing.make(resource, asked, found[:SHOWN] if asked.way == "list" else found[:AT_ONCE])
    people, left = pressing.receivers(resource, asked, found[:AT_ONCE])
    ids = [i for i in found[:AT_ONCE] if people is None or i in people]
    return replace(pressing.make(resource, asked, ids[:2]), left=left, count=len(ids))


def _named(names: Sequence[str]) -> Any:
    more = len(names) - NAMES
    shown = ("、" if language().startswith("zh") else ", ").join(names[:NAMES])
    return _("%(names)s and %(n)s more", n=more, names=shown) if more > 0 else shown


def _fields(resource: Any, asked: Asked) -> tuple[FormField, ...]:
    ways = {way: label for way, label in WAYS.items() if way in ("list", "sheets") or post.offered(resource)}
    fields = [FormField("way", _("What"), "radios", choices=tuple(Choice(way, label, way == asked.way) for way, label in ways.items()), wide=True)]
    if asked.way in ("labels", "envelopes"):
        uses = (Use.labels,) if asked.way == "labels" else (Use.chinese, Use.envelope)
        known = papers(*uses)
        chosen = next((p.id for p in known if p.id == asked.paper), known[0].id if known else 0)
        fields.append(_choice("paper", _("Paper"), [(p.id, p.name) for p in known], chosen, required=True))
        if rules := post.rules(resource):
            fields.append(_choice("to", _("Address to"), list(rules.items()), asked.to, required=True))
    if asked.way != "list":
        kind = Kind.sheet if asked.way == "sheets" else Kind.post
        offered = [(t.id, t.name) for t in pressing.templates(kind, resource)]
        fields.append(_choice("template", _("Template"), offered, asked.template, empty=_("All fields") if kind is Kind.sheet else _("The address")))
    if asked.way == "labels":
        fields.append(controls.control(pressing.START, str(asked.start)))
    if asked.way == "envelopes":
        fields.append(FormField("frame", _("Print the postcode boxes (they are not on the envelope yet)"), "tick", value="1" if asked.frame else "", wide=True))
    if asked.way == "list" or (asked.way == "sheets" and not pressing.template(asked, resource)):
        known_fields = [(n, f.label) for n, f in resource.fields().items() if f.column]
        fields.append(FormField("fields", _("Fields"), "choices", choices=tuple(Choice(n, label, n in asked.fields) for n, label in known_fields), wide=True))
    return tuple(fields)


def _choice(name: str, label: Any, options: Sequence[tuple[Any, Any]], chosen: Any, *, required: bool = False, empty: Any = "") -> FormField:
    drawn = tuple(Choice(str(value), words, str(value) == str(chosen)) for value, words in options)
    return FormField(name, label, "choice", value=str(chosen or ""), choices=drawn, required=required, placeholder=empty, wide=True)

