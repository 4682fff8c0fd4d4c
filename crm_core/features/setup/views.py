"""Saved views of lists: kept, changed, deleted and brought back, sent to a colleague."""

from collections.abc import Mapping
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.models import Role
from crm_core.data.session import session, writing
from crm_core.features.messages.api import notify
from crm_core.kernel.errors import BadRequest, Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _, in_sentence
from crm_core.kernel.site import actor, site
from crm_core.resource import acts, views
from crm_core.resource.fields import Field, NoteField
from crm_core.resource.references import RefsField
from crm_core.resource.views import Audience, View
from crm_core.text.numbers import whole
from crm_core.web import bulk, controls, settings, urls, viewing
from crm_core.web.access import signed_in
from crm_core.web.frame import role_name
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage, Choice, FormField

pages = flask.Blueprint("views", __name__)
WORDS = {Audience.mine: _("Only I"), Audience.department: _("My department"), Audience.everyone: _("Everyone")}
OWN = ("csrf_token", "of", "name", "audience", "begin", "begin__sent", "roles", "roles__sent", "place", "back")
Pairs = list[tuple[str, str]]


def _list_of(name: str) -> Any:
    """The list a view is of, if the acting person may read it. Raises Missing."""
    found = site().registry.resources.get(name)
    if found is None or not found.verbs or not found.may("read") or not viewing.offered(found):
        raise Missing(_("This page was not found."))
    return found


def _state(given: Any) -> Pairs:
    return [(k, v) for k, v in given.items(multi=True) if k not in OWN and k not in views.NOT_KEPT]


def _mine(view_id: int) -> View:
    """A view the acting person may change. Raises Missing, Forbidden."""
    found = views.get(view_id)
    _list_of(found.resource)
    if not views.may_change(found):
        raise Forbidden(_("Your roles do not include this."))
    return found


@pages.route("/views/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Keep a list as it stands under a name."""
    given = flask.request.values if flask.request.method == "GET" else flask.request.form
    resource = _list_of(given.get("of", ""))
    if flask.request.method == "GET":
        return page_of("bulk_form.html", _form(resource, None, {}, {}, _state(given)))
    return _kept(resource, None, _state(given))


@pages.route("/views/<int:view_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(view_id: int) -> Any:
    """Another name, other people, another place among the tabs; or none any more."""
    view = _mine(view_id)
    resource = _list_of(view.resource)
    if flask.request.method == "GET":
        return page_of("bulk_form.html", _form(resource, view, {}, {}, []))
    if flask.request.form.get("place") == "delete":
        views.delete(view)
        bulk.remember(("view", str(_("The view “%(name)s” is deleted", name=view.name)), str(view.id)))
        return flask.redirect(urls.of_list(resource, [("view", viewing.FIRST)]), 303)
    return _kept(resource, view, [(name, value) for name, value in view.state])


@pages.post("/views/<int:view_id>/save")
@signed_in
def save(view_id: int) -> Any:
    """Keep what has been changed of the view."""
    view = _mine(view_id)
    views.save(view.resource, view.name, _state(flask.request.form), view.audience, roles=view.roles, view=view)
    bulk.say_undo(_("Saved"), None)
    return flask.redirect(viewing.of_view(_list_of(view.resource), view.id), 303)


@pages.post("/views/<int:view_id>/restore")
@signed_in
def restore(view_id: int) -> Any:
    view = views.get(view_id, deleted=True)
    resource = _list_of(view.resource)
    views.restore(view)
    return flask.redirect(viewing.of_view(resource, view.id), 303)


@pages.route("/views/send", methods=["GET", "POST"])
@signed_in
def send() -> Any:
    """A message with the address of a list. Who follows it sees what his own rights let him see."""
    given = flask.request.values if flask.request.method == "GET" else flask.request.form
    resource = _list_of(given.get("of", ""))
    fields: dict[str, Field] = {
        "to": RefsField(name="to", column="", label=_("To"), target="core.user", required=True),
        "text": NoteField(name="text", column="", label=_("Message")),
    }
    state = [(k, v) for k, v in _sent(given) if not k.startswith(("to__", "text__"))]
    texts, faults = controls.read(fields, flask.request.form), dict[str, Any]()
    if flask.request.method == "POST":
        try:
            values = acts.checked(fields, texts)
            chosen = viewing.chosen(resource, state)
            what = chosen.view.name if chosen.view is not None else resource.label
            text = values.get("text") or ""
            said = _("%(what)s: %(text)s", what=what, text=text[:300]) if text else _("A list for you: %(what)s", what=what)
            told = notify(values["to"], said, path=urls.of_list(resource, state))
        except Invalid as bad:
            faults = bad.fields
        else:
            bulk.say_undo(_("Sent") if told else _("Nobody was told: that is you."), None)
            return flask.redirect(urls.of_list(resource, state), 303)
    return page_of("bulk_form.html", BulkFormPage(
        _("Send to a colleague"), "/views/send", _("Send"), _("He gets a message with the address of this list and sees in it what his own rights let him see."),
        fields=controls.of_fields(fields, texts, faults), hidden=(("of", resource.name), *state), back_url=urls.of_list(resource, state),
    )), 422 if faults else 200


def _sent(given: Any) -> Pairs:
    return [(k, v) for k, v in given.items(multi=True) if k not in ("csrf_token", "of", "to", "text", "after", "before")]


def _kept(resource: Any, view: View | None, state: Pairs) -> Any:
    form = flask.request.form
    name = form.get("name", "").strip()
    if not name:
        return page_of("bulk_form.html", _form(resource, view, form, {"name": _("A view has a name.")}, state)), 422
    try:
        audience = Audience(form.get("audience", Audience.mine))
    except ValueError:
        raise BadRequest(_("“%(value)s” is not one of the choices.", value=form["audience"][:60])) from None
    known = {code for code, _name in _roles()} if actor().can(views.EVERYONE) else set()
    roles = [code for code in form.getlist("roles") if code in known]
    with writing():
        made = views.save(resource.name, name, state, audience, roles=roles, view=view)
        if view is not None and (place := whole(form.get("place", ""))) is not None:
            views.put(views.get(made), place)
    if form.get("begin__sent"):
        _begin(resource, made, bool(form.get("begin")))
    return flask.redirect(viewing.of_view(resource, made), 303)


def _begin(resource: Any, view_id: int, begin: bool) -> None:
    """Whether the person begins with this view."""
    def change(kept: dict[str, Any]) -> None:
        now = dict(kept.get(viewing.PREFERENCE) or {})
        if begin:
            now[resource.name] = view_id
        elif now.get(resource.name) == view_id:
            del now[resource.name]
        kept[viewing.PREFERENCE] = now

    if begin or settings.mine().get(viewing.PREFERENCE, {}).get(resource.name) == view_id:
        settings.keep(change)


def _roles() -> list[tuple[str, Any]]:
    rows = session.execute(sa.select(Role.code, Role.name, Role.msgid).order_by(Role.id).limit(100))
    return [(row.code, role_name(row.name, row.msgid)) for row in rows]


def _form(resource: Any, view: View | None, given: Mapping[str, str], faults: Mapping[str, Any], state: Pairs) -> BulkFormPage:
    audience = given.get("audience") or (view.audience.value if view is not None else Audience.mine.value)
    begins = settings.mine().get(viewing.PREFERENCE, {}).get(resource.name)
    fields = [
        FormField("name", _("Name"), value=given.get("name", view.name if view is not None else ""), required=True, error=faults.get("name", ""), maxlength=80, wide=True, autofocus=True),
        FormField("audience", _("Who sees it"), "choice", value=audience, required=True, wide=True, choices=tuple(
            Choice(one.value, WORDS[one], one.value == audience) for one in views.audiences())),
        FormField("begin", _("Open the list with this view"), "tick", value="1" if view is not None and begins == view.id else "", wide=True),
    ]
    if actor().can(views.EVERYONE):
        chosen = set(view.roles) if view is not None else set()
        fields.append(FormField("roles", _("People of these roles begin with it"), "choices", wide=True, hint=_("Only where everyone sees it."), choices=tuple(
            Choice(code, label, code in chosen) for code, label in _roles())))
    if view is not None:
        shown = [one for one in views.of(resource.name) if one.id != view.id]
        here = sum(1 for one in shown if (one.position, one.id) < (view.position, view.id))
        places = [(0, _("first")), *((at, _("after “%(name)s”", name=one.name)) for at, one in enumerate(shown, 1))]
        fields.append(FormField("place", _("Place"), "choice", value=str(here), required=True, wide=True, choices=(
            *(Choice(str(at), label, at == here) for at, label in places), Choice("delete", _("nowhere: delete the view")))))
    return BulkFormPage(
        _("Keep this list of %(what)s as a view", what=in_sentence(resource.label)) if view is None else _("Change the view"),
        "/views/new" if view is None else f"/views/{view.id}/edit", _("Save"),
        _("Its conditions, columns, order and look are kept.") if view is None else "", fields=tuple(fields), hidden=(("of", resource.name), *state),
        back_url=urls.of_list(resource, state) if view is None else viewing.of_view(resource, view.id),
    )
