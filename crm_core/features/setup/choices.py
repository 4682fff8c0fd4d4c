"""Choice lists on a screen: words added, renamed in both languages, coloured, put in order and retired. Records keep the
code of a word, so nothing that is done here loses a value."""

from collections.abc import Iterable
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.kernel.errors import Invalid, Missing
from crm_core.kernel.i18n import _, listed, ngettext
from crm_core.kernel.site import site
from crm_core.resource import changes, choices
from crm_core.resource.choices import Choice, ChoiceField
from crm_core.resource.fields import Field
from crm_core.resource.show import show_moment
from crm_core.text.clean import fold
from crm_core.text.slugs import slug
from crm_core.web import bulk, controls, render
from crm_core.web.access import access
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, BulkFormPage, Crumb, Status
from crm_core.web.viewmodels import Choice as Option
from crm_core.web.viewmodels.choices import ChoiceList, ChoiceListsPage, ChoiceWord, ChoiceWordsPage

pages = flask.Blueprint("choices", __name__)
CHANGE = "core.choice.update"
URL = "/choices"
COLOURS = {"": _("Grey"), "green": _("Green"), "amber": _("Amber"), "red": _("Red"), "teal": _("Teal"), "violet": _("Violet"), "acc": _("Blue")}
LATEST = 30  # changes shown beneath a list
WHAT = {"zh": _("Chinese word"), "en": _("English word"), "colour": _("Colour"), "position": _("Order"), "retired": _("Retired")}


def _resource() -> Any:
    return site().registry.resource("core.choice")


def uses() -> dict[str, list[tuple[Any, Field]]]:
    """Each list with the fields that offer its words, in the order of the resources."""
    found: dict[str, list[tuple[Any, Field]]] = {}
    shown = sorted((r for r in site().registry.resources.values() if not r.is_brief), key=lambda r: (r.order, r.name))
    for resource in shown:
        for source in (resource, *resource.line_resources.values()):
            for field in source.fields().values():
                if isinstance(field, ChoiceField) and field.list_name:
                    known = found.setdefault(field.list_name, [])
                    if all(other.label != field.label or holder is not resource for holder, other in known):
                        known.append((resource, field))
    return found


def _asleep(name: str) -> bool:
    """Whether a list is of a plugin that is switched off: its words sleep with it, and nobody here knows what it is called."""
    return site().registry.package(name.partition(".")[0]) is None


def _title(name: str, used: dict[str, list[tuple[Any, Field]]]) -> str:
    return str(choices.titles[name]) if name in choices.titles else str(used[name][0][1].label) if name in used else name


@pages.get(URL)
@access(CHANGE)
def index() -> Any:
    """All lists."""
    counts: dict[str, list[int]] = {}
    for row in session.execute(sa.select(Choice.list, Choice.retired)):
        counts.setdefault(row.list, [0, 0])[row.retired] += 1
    used = uses()
    lists = [
        ChoiceList(_title(name, used), f"{URL}/{name}", listed(dict.fromkeys(str(r.label) for r, _field in used.get(name, ()))),
                   ngettext("%(n)s word", "%(n)s words", counts.get(name, [0])[0]))
        for name in dict.fromkeys((*used, *sorted(counts))) if name in used or not _asleep(name)
    ]
    sub = _("What people choose from in forms. Records keep what was chosen, whatever a word is called later.")
    return page_of("choices.html", ChoiceListsPage(_("Choice lists"), sub, tuple(lists)))


@pages.get(f"{URL}/<name>")
@access(CHANGE)
def show(name: str) -> Any:
    """The words of one list."""
    rows = _rows(name)
    used = uses()
    if name not in used and (not rows or _asleep(name)):
        raise Missing(_("There is no such list."))
    drawn = {r.code: _drawn(name, r) for r in rows}
    page = ChoiceWordsPage(
        _title(name, used), (Crumb(_("Choice lists"), URL),),
        _("Used by: %(what)s", what=[f"{r.label}: {f.label}" for r, f in used.get(name, ())]) if name in used else "",
        tuple(drawn[r.code] for r in rows if not r.retired), f"{URL}/{name}/order",
        Act(_("New word"), f"{URL}/{name}/new", "plus", dialog=True, key="N"),
        tuple(drawn[r.code] for r in rows if r.retired), _history(rows),
    )
    return page_of("choice_words.html", page)


def _rows(name: str) -> list[Any]:
    return list(session.scalars(sa.select(Choice).where(Choice.list == name).order_by(Choice.position, Choice.id)))


def _drawn(name: str, row: Any) -> ChoiceWord:
    retire = Act(_("Bring back"), f"{URL}/{name}/{row.id}/retire", method="post") if row.retired else Act(
        _("Retire"), f"{URL}/{name}/{row.id}/retire", method="post",
        confirm=_("Retire “%(name)s”? Records that have it keep it and can be filtered by it; it is offered no longer.", name=str(row)))
    return ChoiceWord(
        row.code, Status(str(row), row.icon or "", row.colour or ""), row.zh, row.en, retired=row.retired,
        acts=(Act(_("Edit"), f"{URL}/{name}/{row.id}", "pencil", dialog=True), retire),
    )


def _history(rows: Iterable[Any]) -> tuple[tuple[Any, Any], ...]:
    """The latest changes of these words: what was changed from what, when, by whom."""
    by_id = {r.id: r for r in rows}
    history, change = changes.History, changes.Change
    query = (
        sa.select(history.row_id, history.verb, history.old, change.at, change.actor_id).join(change, change.id == history.change_id)
        .where(history.resource == "core.choice", history.row_id.in_(list(by_id))).order_by(history.id.desc()).limit(LATEST)
    )
    found = list(session.execute(query)) if by_id else []
    names = render.user_names([r.actor_id for r in found])
    return tuple((_said(by_id[r.row_id], r), f"{show_moment(r.at)} {names.get(r.actor_id, '')}".strip()) for r in found)


def _said(word: Any, row: Any) -> Any:
    if row.verb == "create":
        return _("%(name)s was added", name=str(word))
    fields = _resource().all_fields
    parts = [f"{WHAT[n]}: {COLOURS.get(v or '', v) if n == 'colour' else fields[n].show(v)}" for n, v in (row.old or {}).items() if n in WHAT]
    return _("%(name)s; before: %(what)s", name=str(word), what=parts)


@pages.route(f"{URL}/<name>/new", methods=["GET", "POST"])
@access(CHANGE)
def new(name: str) -> Any:
    """A further word."""
    if name not in uses() and not _rows(name):
        raise Missing(_("There is no such list."))
    return _form(name, None)


@pages.route(f"{URL}/<name>/<int:place>", methods=["GET", "POST"])
@access(CHANGE)
def edit(name: str, place: int) -> Any:
    return _form(name, _word(name, place))


def _word(name: str, row_id: int) -> Any:
    row = next((r for r in _rows(name) if r.id == row_id), None)
    if row is None:
        raise Missing(_("This record was not found."))
    return row


def _form(name: str, row: Any) -> Any:
    fields = {n: _resource().all_fields[n] for n in ("zh", "en", "colour")}
    texts = {n: f.text(getattr(row, f.column)) if row is not None else "" for n, f in fields.items()}
    faults: dict[str, Any] = {}
    if flask.request.method == "POST":
        texts = {**texts, **controls.read(fields, flask.request.form)}
        values = controls.parse(fields, texts, faults)
        if not faults:
            try:
                _save(name, row, values)
                return flask.redirect(f"{URL}/{name}", 303)
            except Invalid as bad:
                faults = bad.fields
    drawn = [f for f in controls.of_fields(fields, texts, faults) if f.name != "colour"]
    page = BulkFormPage(
        _("New word") if row is None else _("Edit: %(name)s", name=str(row)), f"{URL}/{name}/new" if row is None else f"{URL}/{name}/{row.id}", _("Save"),
        fields=(*drawn, _colour(texts["colour"])), back_url=f"{URL}/{name}",
        text="" if row is None else _("Whatever it is called, records that have it keep it."),
    )
    return (page_of("bulk_form.html", page), 422) if faults else page_of("bulk_form.html", page)


def _colour(text: str) -> Any:
    from crm_core.web.viewmodels import FormField

    options = tuple(Option(code or "-", label, code == text, "circle-dot", code) for code, label in COLOURS.items())
    return FormField("colour", _("Colour"), "choice", value=text or "-", choices=options, required=True)


def _save(name: str, row: Any, values: dict[str, Any]) -> None:
    rows = _rows(name)
    values["colour"] = values["colour"] if values.get("colour") in COLOURS else None
    if values["colour"] and (row is None or not row.icon):
        values["icon"] = "circle-dot"  # a colour needs something to be seen at
    for field in ("zh", "en"):
        if not values.get(field):
            raise Invalid({field: [_("This is required.")]})
        key = fold(values[field])
        if any(key in (fold(r.zh), fold(r.en)) for r in rows if row is None or r.id != row.id):
            raise Invalid({field: [_("This word is there already.")]})
    if row is not None:
        _resource().write([{"id": row.id, **values}])
        return
    _resource().write([{"list": name, "code": _code(values["en"], {r.code for r in rows}), "position": len(rows), **values}])


def _code(english: str, taken: set[str]) -> str:
    """What records will keep: from the English word, told apart by a number."""
    start = slug(english)[:30] or "word"
    return next(code for n in range(1, len(taken) + 2) if (code := start if n == 1 else f"{start}_{n}") not in taken)


@pages.post(f"{URL}/<name>/<int:place>/retire")
@access(CHANGE)
def retire(name: str, place: int) -> Any:
    """Offer a word no longer, or again."""
    row = _word(name, place)
    with writing(), changes.change("save", resource="core.choice") as change:
        _resource().write([{"id": row.id, "retired": not row.retired}])
    bulk.say_undo(_("Retired") if not row.retired else _("Brought back"), change)
    return flask.redirect(f"{URL}/{name}", 303)


@pages.post(f"{URL}/<name>/order")
@access(CHANGE)
def order(name: str) -> Any:
    """The words in a new order: all their codes, or one that moves up or down."""
    rows = [r for r in _rows(name) if not r.retired]
    codes = [r.code for r in rows]
    form = flask.request.form
    wanted = form.getlist("code") or _moved(codes, form.get("up", ""), form.get("down", ""))
    if sorted(wanted) != sorted(codes):  # somebody else has added or retired one meanwhile
        wanted = [*(c for c in dict.fromkeys(wanted) if c in codes), *(c for c in codes if c not in wanted)]
    by_code = {r.code: r for r in rows}
    moved = [{"id": by_code[c].id, "position": at} for at, c in enumerate(wanted) if by_code[c].position != at]
    if moved:
        _resource().write(moved)
    if "application/json" in flask.request.headers.get("Accept", ""):
        return {}
    return flask.redirect(f"{URL}/{name}", 303)


def _moved(codes: list[str], up: str, down: str) -> list[str]:
    code, step = (up, -1) if up else (down, 1)
    if code not in codes:
        return codes
    at = codes.index(code)
    rest = [c for c in codes if c != code]
    rest.insert(max(0, at + step), code)
    return rest


