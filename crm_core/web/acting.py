"""Acts on one record from its page: what the act asks in a small form, then the act, then Undo."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import flask

from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Forbidden, Invalid, Missing, OverLimit, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import acts, asking, enclosed, telling
from crm_core.resource.fields import Field
from crm_core.web import bulk, controls, urls, ways
from crm_core.web.requests import maybe_me, wants_json
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage, FormField

LACKS = "lacks"  # hidden names of a form: fields of the record that the act wanted filled in first


def answer(resource: Any, name: str, row_id: int, *, at: str = "", **more: Any) -> Any:
    """GET and POST of `…/7/do/<name>`, or of another address `at`, which says more than the form asks."""
    action = resource.all_actions.get(name)
    if action is None:
        raise Missing(_("There is no such action."))
    if not resource.may(name):
        raise Forbidden(_("You may not do this: %(what)s.", what=action.label))
    fields, form = {**acts.fields_of(resource, action), **_lacking(resource, flask.request.form.getlist(LACKS))}, flask.request.form
    if flask.request.method == "GET":
        if not fields:
            raise Missing(_("This page was not found."))
        return page_of("bulk_form.html", _ask(resource, action, row_id, {}, {}, at))
    texts = controls.read(fields, form)
    with ExitStack() as files:
        try:
            return _done(resource, action, row_id, texts, files, at, more)
        except Refused as refused:  # the business says no: what was typed stays, and may be said otherwise
            if not fields or wants_json():
                raise
            return page_of("bulk_form.html", _ask(resource, action, row_id, texts, {}, at, str(refused))), refused.status


def _lacking(resource: Any, names: Iterable[str]) -> dict[str, Field]:
    """Of these the fields of a record that its form has and he may fill in: an act that wants them filled in first asks for them."""
    known = resource.fields() if resource.may("update") else {}
    return {n: replace(known[n], required=True) for n in names if n in known and not known[n].readonly}


def _named(resource: Any, bad: Invalid) -> Invalid:
    """What is wrong, said where no field stands beside it: each sentence with its field."""
    return Invalid(bad.fields, " ".join(controls.named(resource, bad.fields))) if bad.fields else bad


def _done(resource: Any, action: Action, row_id: int, texts: Mapping[str, str], files: ExitStack, at: str, more: Mapping[str, Any]) -> Any:
    name, form, briefly = action.name, flask.request.form, wants_json()
    fields, lacking = acts.fields_of(resource, action), _lacking(resource, form.getlist(LACKS))
    try:
        if lacking:  # what the act wanted first is a change of its own
            resource.write([{"id": row_id, **acts.checked(lacking, {n: t for n, t in texts.items() if n in lacking})}])
        sent = _sent(resource, action, fields, row_id, files)
        values = acts.values(resource, action, {**{n: t for n, t in texts.items() if n not in lacking}, **sent}, "parse", [row_id])
        if asking.needed(resource, f"do:{name}", [row_id]):
            return handed_in(resource, row_id, asking.submit(resource, f"do:{name}", row_id, values))
        was = _standing(resource, row_id) if not briefly else ("", "")
        change = resource.run(name, [row_id], {**values, **more})
    except OverLimit as limit:
        return handed_in(resource, row_id, asking.over(resource, name, row_id, values, limit))
    except Invalid as bad:
        wanted = {**lacking, **{n: f for n, f in _lacking(resource, bad.fields or ()).items() if n not in fields}}
        if wants_json() or (not fields and (not wanted or not bad.fields.keys() <= wanted.keys())):
            raise _named(resource, bad) from None
        texts = {**{n: f.text(getattr(resource.get(row_id, name), f.column)) for n, f in wanted.items()}, **texts}
        return page_of("bulk_form.html", _ask(resource, action, row_id, texts, bad.fields, at, lacking=wanted)), 422
    if briefly:
        return {}
    target = site().registry.resources.get(action.makes)
    made = target.made_in(change) if target is not None else None
    done = _made(target, made) if made is not None else _became(action.label, was, _standing(resource, row_id))
    bulk.say_undo(" · ".join(str(one) for one in (done, telling.told()) if one), None if action.final else change)
    if made is not None:
        return flask.redirect(ways.to_record(target, made), 303)
    if form.get("back"):
        return flask.redirect(urls.safe_path(form["back"]), 303)
    there = resource.brief_resource is not None or resource.sees(row_id)  # what was given away may be out of sight
    return flask.redirect(ways.to_record(resource, row_id) if there else ways.to_list(resource), 303)


def _standing(resource: Any, row_id: int) -> tuple[str, str]:
    """What a record is called and its state, in words; nothing of one that is out of sight or has none."""
    field = resource.fields().get(resource.status) if resource.status else None
    try:
        row = resource.get(row_id) if field is not None else None
    except Missing:
        row = None
    if field is None or row is None:
        return "", ""
    return str(resource.title(row)), str(field.show(getattr(row, field.column)))


def _became(label: Any, was: tuple[str, str], now: tuple[str, str]) -> Any:
    """What a toast says of an act: what its record is now, where that is another thing than before."""
    return _("%(name)s is now: %(state)s", name=now[0], state=now[1]) if now[1] and now[1] != was[1] else _("%(what)s: it is done", what=label)


def _made(target: Any, made: int) -> Any:
    """The same of an act that made another record."""
    try:
        title = str(target.title(target.get(made)))
    except Missing:  # it lies out of his sight: the sentence without its name, and one blank
        return " ".join(str(_("%(kind)s %(name)s was made", kind=target.singular, name="")).split())
    return _("%(kind)s %(name)s was made", kind=target.singular, name=title)


def _sent(resource: Any, action: Action, fields: Mapping[str, Field], row_id: int, files: ExitStack) -> dict[str, Any]:
    """The files that came with the form, by their field: on the disk, and gone again unless the act hangs them on its record. Raises
    Missing before that for a record one may not do this on, Invalid."""
    found: dict[str, Any] = {}
    for name, field in fields.items():
        one = flask.request.files.get(name) if isinstance(field, enclosed.FileField) else None
        if one is None or not one.filename or enclosed.slots.take is None:
            continue
        resource.get(row_id, action.name)
        try:
            found[name] = files.enter_context(enclosed.slots.take(one.filename, one.stream))
        except Invalid as bad:
            raise Invalid({name: [bad.first]}) from None
    return found


def limit() -> int | None:
    """How large the body of an act may be: with a file, where it asks for one and he who sends it may do the act."""
    names = flask.request.view_args or {}
    resource = site().registry.resources.get(f"{names.get('package')}.{names.get('path')}")
    if resource is None or maybe_me() is None or enclosed.slots.limit is None:
        return None
    action = resource.all_actions.get(names.get("action") or names.get("verb"))
    return enclosed.slots.limit() if action is not None and resource.may(action.name) and enclosed.asked(resource, action) else None


def handed_in(resource: Any, row_id: int, asked: asking.Asked) -> Any:
    """What needs approval was asked for instead of being done."""
    if "application/json" in flask.request.headers.get("Accept", ""):
        return {"submitted": asked.number, "detail": str(asking.HANDED_IN)}, 202
    bulk.say_undo(asking.HANDED_IN, asked.change)
    return flask.redirect(ways.to_record(resource, row_id), 303)


def _ask(resource: Any, action: Action, row_id: int, texts: Mapping[str, str], faults: Mapping[str, Any], at: str, note: str = "",
         lacking: Mapping[str, Field] = MappingProxyType({})) -> BulkFormPage:
    row = resource.get(row_id, action.name)
    asked = flask.request.values.get("back", "")  # from another page, such as home
    back = urls.safe_path(asked) if asked else ""
    return BulkFormPage(
        title=_("%(what)s: %(name)s", what=action.label, name=resource.title(row)), action=urls.of_act(resource, row_id, at or f"do/{action.name}"),
        submit=action.label, text=action.confirm or "",
        fields=(*controls_of(resource, action, texts, faults, row), *controls.of_fields(lacking, texts, faults, getattr(row, "currency", None) or "")), danger=action.danger, note=note,
        back_url=back or urls.of_record(resource, row_id), hidden=(*((("back", back),) if back else ()), *((LACKS, n) for n in lacking)),
    )


def controls_of(resource: Any, action: Action, texts: Mapping[str, str], faults: Mapping[str, Any], row: Any = None) -> tuple[FormField, ...]:
    """The controls of what an act asks, with what was typed and what is wrong with it; of this record, in its currency."""
    fields = acts.fields_of(resource, action, [row.id] if row is not None else ())
    return controls.of_fields(fields, texts, faults, getattr(row, "currency", None) or "")
