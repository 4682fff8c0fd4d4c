"""One field of one record, changed where it stands: in a cell of a list or by moving a card of a board."""

from typing import Any

import flask

from crm_core.kernel.errors import BadRequest, Conflict, Forbidden, Invalid, Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.resource import acts, asking, sensitive, telling
from crm_core.resource.asking import OnlyAsked
from crm_core.resource.fields import Field, clean_values
from crm_core.text.numbers import whole
from crm_core.web import bulk, controls, urls
from crm_core.web.requests import wants_json
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage

KINDS = ("internal", "stamp", "anyref", "number_series")


def editable(resource: Any) -> dict[str, Field]:
    """The fields the reader may change in place on records that are his to change."""
    if "update" not in resource.verbs or not resource.may("update"):
        return {}
    return {n: f for n, f in resource.fields(writing=True).items() if n not in resource.hidden_fields and f.kind not in KINDS and f.column}


def answer(resource: Any, row_id: int) -> Any:
    """GET and POST of `…/7/cell?field=name`. Saved on the version one saw; who changed another field meanwhile is in nobody's
    way, and of the same field both values are shown."""
    given = flask.request.values if flask.request.method == "GET" else flask.request.form
    if not resource.may("update"):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.singular))
    row = _row(resource, row_id)
    name = given.get("field", "")
    field = editable(resource).get(name)
    if field is None:
        raise BadRequest(_("You may not change this field."))
    now = field.text(getattr(row, field.column))
    if flask.request.method == "GET":
        return page_of("bulk_form.html", _form(resource, row, field, now, {}))
    texts = controls.read({name: field}, flask.request.form)
    faults: dict[str, Any] = {}
    change: int | None = None
    try:
        values = clean_values(texts, {name: field}, "parse")
        if not values:
            raise Invalid({name: [_("The value is missing.")]})
        was, version = flask.request.form.get("was"), whole(flask.request.form.get("version", ""))
        if was is not None and was != now and field.text(values[name]) != now:
            told = _("Somebody changed this meanwhile: it is “%(now)s” now. Save again to put yours in its place.", now=field.show(getattr(row, field.column)) or _("empty"))
            return page_of("bulk_form.html", _form(resource, row, field, texts[name], {}, told)), 409
        if asked_by := _act_for(resource, row, name, values[name]):
            back = given.get("back", "")
            url = urls.of_act(resource, row_id, f"do/{asked_by}", [("back", urls.safe_path(back))] if back else [])
            return {"dialog": url} if wants_json() else flask.redirect(url, 303)
        known = row.version if was is not None else version
        resource.write([{"id": row_id, name: values[name], **({"version": known} if known is not None else {})}])
        said = telling.told() or _("Saved")
    except OnlyAsked:
        asked = asking.propose(resource, row_id, values)
        if wants_json():
            raise Refused(asked.said) from None  # a card that was dragged goes back to where it was
        said, change = asked.said, asked.change
    except Invalid as bad:
        faults = bad.fields
    except Conflict as conflict:
        return page_of("bulk_form.html", _form(resource, resource.get(row_id), field, texts.get(name, now), {}, conflict.message)), 409
    if faults:
        other = controls.named(resource, {n: ms for n, ms in faults.items() if n != name})
        return page_of("bulk_form.html", _form(resource, row, field, texts.get(name, now), {name: [" ".join(str(one) for one in (*faults.get(name, ()), *other))]})), 422
    if wants_json():
        return {}
    bulk.say_undo(said, change)
    return flask.redirect(urls.safe_path(given["back"]) if given.get("back") else urls.of_record(resource, row_id), 303)


def _act_for(resource: Any, row: Any, name: str, value: Any) -> str:
    """The act with a form that is done instead of saving this, if it is the actor's to do now."""
    act = resource.act_for(name, value)
    action = resource.all_actions.get(act)
    if action is None or not resource.sees(row.id, act) or not acts.fields_of(resource, action):
        return ""
    return act if action.when is None or action.when(row) else ""


def _row(resource: Any, row_id: int) -> Any:
    """The record, if it is the reader's to change. Raises Missing, with another sentence for what he sees all the same."""
    try:
        return resource.get(row_id, "update")
    except Missing:
        if resource.sees(row_id):
            raise Missing(_("This record is not yours to change.")) from None
        raise


def _form(resource: Any, row: Any, field: Field, text: str, faults: dict[str, Any], said: Any = "") -> BulkFormPage:
    name = field.name
    sensitive.read(resource, {name: field}, [row], "form")
    was = field.text(getattr(row, field.column))
    return BulkFormPage(
        title=_("%(what)s: %(name)s", what=field.label, name=resource.title(row)), action=urls.of_act(resource, row.id, "cell"), submit=_("Save"), skipped=said,
        fields=controls.of_fields({name: field}, {name: text}, faults),
        hidden=(("field", name), ("version", str(row.version)), ("was", was), ("back", flask.request.values.get("back", ""))),
        back_url=urls.of_record(resource, row.id),
    )
