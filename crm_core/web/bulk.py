"""Acts on many records: the question first, then a job with progress, Cancel and Undo (a handful is done at once)."""

from typing import Any

import flask

from crm_core.data.session import writing
from crm_core.kernel.errors import BadRequest, Forbidden, Missing
from crm_core.kernel.i18n import _, ngettext
from crm_core.resource import listing
from crm_core.resource.fields import Bad
from crm_core.web import controls, printing, urls
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, BulkFormPage, Choice, FormField, Toast

AT_ONCE = 100  # up to this many are done in the request
STATE = ("q", "sort")


def answer(resource: Any, name: str) -> Any:
    """What a bulk act's button means: a form, a file, a page, or the work itself (`go=1`)."""
    form = flask.request.form
    state = [(k, v) for k, v in form.items(multi=True) if "." in k or k in STATE]
    whole = form.get("all") == "1"
    ids = [int(i) for i in form.getlist("id") if i.isdigit() and len(i) < 19]
    if not ids and not whole:
        raise BadRequest(_("Choose at least one record."))
    if name == "print":
        _need(resource, "print")
        return page_of("print.html", printing.table(resource, state, None if whole else ids))
    if name == "export":
        from crm_core.web.exports import answer as export

        _need(resource, "export")
        return export(resource, [*state, ("format", "csv")], None if whole else ids)
    verb = {"edit": "update"}.get(name, name)
    if name not in ("assign", "edit", "delete") and name not in resource.all_actions:
        raise Missing(_("There is no such action."))
    _need(resource, verb)
    query = listing.parse(resource, state) if whole else None
    if form.get("go") != "1":
        return page_of("bulk_form.html", _ask(resource, name, ids, query, state))
    return _go(resource, name, verb, ids, query, state)


def _need(resource: Any, verb: str) -> None:
    if not resource.may(verb):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))


def _hidden(ids: list[int], whole: bool, state: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    chosen = [("all", "1")] if whole else [("id", str(i)) for i in ids]
    return (("go", "1"), *chosen, *state)


def _ask(resource: Any, name: str, ids: list[int], query: Any, state: list[tuple[str, str]], *, error: Any = "", field: str = "") -> BulkFormPage:
    if query is not None:
        n, more = listing.count(query)
        text: Any = _("%(n)s records are meant.", n=f"{n:,}+" if more else f"{n:,}")
    else:
        n = len(ids)
        text = ngettext("%(n)s record is meant.", "%(n)s records are meant.", n)
    skipped: Any = ""
    if query is None:
        allowed = len(_allowed(resource, {"edit": "update"}.get(name, name), ids))
        if allowed < n:
            skipped = ngettext("%(n)s of them is not yours to change and will be skipped.",
                               "%(n)s of them are not yours to change and will be skipped.", n - allowed)
    fields = resource.fields(writing=True)
    shown: tuple[FormField, ...] = ()
    action = resource.all_actions.get(name)
    titles = {"assign": _("Assign"), "edit": _("Edit a field"), "delete": _("Delete")}
    if name == "assign":
        shown = tuple(controls.control(fields[n2], "", error=error if n2 == "owner" else "") for n2 in ("owner", "department") if n2 in fields)
    elif name == "edit":
        shown = _edit_fields(resource, fields, field or flask.request.form.get("field", ""), error)
    return BulkFormPage(
        title=action.label if action is not None else titles[name], action=urls.of_act(resource, None, f"bulk/{name}"),
        submit=_("Delete") if name == "delete" else (action.label if action is not None else _("Save")), text=text, skipped=skipped,
        fields=shown, hidden=_hidden(ids, query is not None, state), danger=name == "delete", back_url=urls.of_list(resource, state),
    )


def _edit_fields(resource: Any, fields: Any, chosen: str, error: Any) -> tuple[FormField, ...]:
    offered = [n for n in resource.filters if n in fields and n not in ("owner", "department", "team") and fields[n].kind not in ("phone", "email", "name")]
    pick = FormField("field", _("Field"), "choice", value=chosen, required=True, choices=tuple(
        Choice(n, fields[n].label, n == chosen) for n in offered))
    value = FormField("value", _("New value"), "text", error=error, hint=_("As it is called in lists; empty clears the field."))
    if chosen in offered:
        from dataclasses import replace

        made = controls.control(fields[chosen], flask.request.form.get("value", ""), error=error)
        value = replace(made, name="value", required=False)
    return (pick, value)


def _allowed(resource: Any, verb: str, ids: list[int]) -> list[int]:
    import sqlalchemy as sa

    from crm_core.data.session import session

    found: list[int] = []
    for start in range(0, len(ids), 500):
        query = resource.visible(verb).with_only_columns(resource.model.id)
        found += list(session.scalars(sa.select(query.where(resource.model.id.in_(ids[start : start + 500])).subquery().c.id)))
    return found


def _go(resource: Any, name: str, verb: str, ids: list[int], query: Any, state: list[tuple[str, str]]) -> Any:
    from crm_core.resource import bulk as work

    form, fields = flask.request.form, resource.fields(writing=True)
    values: dict[str, Any] = {}
    try:
        if name == "assign":
            texts = controls.read({n: fields[n] for n in ("owner", "department") if n in fields}, form)
            values = {n: v for n, v in _parsed(fields, {n: t for n, t in texts.items() if t}).items()}
            if not values:
                raise Bad(_("Choose who is to have them."))
        elif name == "edit":
            wanted = form.get("field", "")
            if wanted not in fields or wanted not in resource.filters:
                raise Bad(_("Choose the field to change."))
            text = ",".join(form.getlist("value")) or form.get("value__text", "")
            values = _parsed(fields, {wanted: text})
    except Bad as bad:
        return page_of("bulk_form.html", _ask(resource, name, ids, query, state, error=bad.message)), 422
    act = {"resource": resource.name, "act": name, "values": {n: fields[n].dump(v) for n, v in values.items()}}
    label = resource.all_actions[name].label if name in resource.all_actions else {"assign": _("Assign"), "edit": _("Edit a field"), "delete": _("Delete")}[name]
    if query is None and len(ids) <= AT_ONCE:
        done = work.at_once(resource, name, _allowed(resource, verb, ids), values)
        say_undo(_("%(what)s: %(n)s done", what=label, n=done.count), done.change)
    else:
        chosen = {"ids": ids} if query is None else {"state": [list(p) for p in state]}
        with writing():
            job = work.ask({**act, **chosen}, label=_("%(what)s: %(list)s", what=label, list=resource.label))
        remember(("job", str(job)))
    return flask.redirect(urls.of_list(resource, state), 303)


def _parsed(fields: Any, texts: dict[str, str]) -> dict[str, Any]:
    return {n: fields[n].parse(t) for n, t in texts.items()}


def say_undo(text: Any, change: int | None) -> None:
    """Tell on the next page that it is done, with Undo."""
    remember(("done", str(text), str(change or "")))


def remember(note: tuple[str, ...]) -> None:
    """Keep a toast over the redirect, in a short-lived cookie of this response; the next page shows it once."""
    flask.g.setdefault("notes", []).append(note)


def toasts(notes: list[tuple[str, ...]]) -> list[Toast]:
    """The toasts of notes kept over a redirect."""
    found = []
    for note in notes:
        if note[0] == "done" and len(note) == 3:
            undo = Act(_("Undo"), f"/undo/{note[2]}", "arrow-back-up", "post") if note[2].isdigit() else None
            found.append(Toast(note[1], undo=undo))
    return found
