"""The pages of rules: their list, the editor, the log."""

from typing import Any

import flask

from crm_core.features.rules import active, editing, previewing, services, views
from crm_core.features.rules.active import Kept
from crm_core.features.rules.editing import Draft
from crm_core.features.rules.services import MAKE
from crm_core.features.rules.views import URL
from crm_core.kernel.errors import BadRequest, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.access import access
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of

pages = flask.Blueprint("rules", __name__)


@pages.get(URL)
@access(MAKE)
def index() -> Any:
    return page_of("rules.html", views.index(playbook=flask.request.args.get("playbook") == "1"))


@pages.route(f"{URL}/new", methods=["GET", "POST"])
@access(MAKE)
def new() -> Any:
    of = site().registry.resources.get(flask.request.values.get("of", "core.customer"))
    if of is None or of not in views.subjects_of():
        raise Missing(_("This page was not found."))
    if flask.request.method == "GET":
        return page_of("rule.html", views.editor(Draft(of, playbook=flask.request.args.get("playbook") == "1")))
    return _edited(editing.read(of, flask.request.form))


@pages.route(f"{URL}/<int:rule_id>", methods=["GET", "POST"])
@access(MAKE)
def rule(rule_id: int) -> Any:
    row = services.get(rule_id)
    if flask.request.method == "GET":
        return page_of("rule.html", views.editor(editing.of_rule(active.kept(row)), row))
    draft = editing.read(site().registry.resource(row.resource), flask.request.form)
    draft.playbook = row.playbook
    return _edited(draft, row)


def _edited(draft: Draft, row: Any = None) -> Any:
    """One step of the form: another card, another condition, a preview, or all of it kept."""
    do = flask.request.form.get("do", "again")
    editing.numbered(draft)
    if do == "preview":
        told = editing.told(draft)
        rule = Kept(0, draft.name, draft.of.name, told["trigger"], told["asked"], told["only"], told["steps"], draft.playbook, 0, actor().user_id, 0)
        return page_of("rule.html", views.editor(draft, row, previewing.preview(rule)))
    if do not in ("save", "on"):
        try:
            editing.act(draft, do)
        except BadRequest as bad:
            draft.error = bad.message
            return page_of("rule.html", views.editor(draft, row)), 422
        return page_of("rule.html", views.editor(draft, row))
    values = editing.made(draft)
    if values is None:
        return page_of("rule.html", views.editor(draft, row)), 422
    others = row is not None and row.owner_id != actor().user_id
    found = services.save(values, row.id if row is not None else None, on=True if do == "on" else False if others else None)
    say_undo(_("Saved"), None)
    return flask.redirect(f"{URL}/{found}", 303)


@pages.post(f"{URL}/<int:rule_id>/switch")
@access(MAKE)
def switch(rule_id: int) -> Any:
    on = flask.request.form.get("on") == "1"
    services.switch(rule_id, on=on)
    say_undo(_("Switched on") if on else _("Switched off"), None)
    return flask.redirect(f"{URL}/{rule_id}", 303)


@pages.post(f"{URL}/<int:rule_id>/remove")
@access(MAKE)
def remove(rule_id: int) -> Any:
    services.remove(rule_id)
    say_undo(_("Removed"), None)
    return flask.redirect(URL, 303)


@pages.get(f"{URL}/<int:rule_id>/log")
@access(MAKE)
def log(rule_id: int) -> Any:
    return page_of("rule_log.html", views.log_page(services.get(rule_id), whole(flask.request.args.get("before", ""))))


@pages.post(f"{URL}/<int:rule_id>/start")
@access(MAKE)
def start(rule_id: int) -> Any:
    record = whole(flask.request.form.get("record", "")) or 0
    of = site().registry.resource(services.get(rule_id).resource)
    say_undo(_("Begun") if services.begin(rule_id, record) else _("It is at work on this record already, or its condition does not hold."), None)
    return flask.redirect(urls.of_record(of, record), 303)
