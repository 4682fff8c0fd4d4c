"""The page of settings: what packages let an administrator choose, for the house and for departments that want it otherwise."""

from collections.abc import Mapping
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.models import Department
from crm_core.data.session import session
from crm_core.kernel.errors import Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.models import HOUSE, SettingRow
from crm_core.kernel.site import actor, offered, site
from crm_core.resource import acts
from crm_core.resource.references import RefField
from crm_core.resource.settings import put
from crm_core.web import bulk, controls
from crm_core.web.access import access
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, BulkFormPage, Empty, Tab
from crm_core.web.viewmodels.plugins import SettingsPage

pages = flask.Blueprint("settings", __name__)
READ, CHANGE = "core.settings.read", "core.settings.update"
URL = "/settings"


@pages.get(URL)
@access(READ)
def first() -> Any:
    found = _all()
    if found:
        return flask.redirect(f"{URL}/{found[0].name}")
    return page_of("settings.html", SettingsPage(_("Settings"), (), empty=Empty(
        _("There is nothing to set"), _("Plugins that let you choose something show it here."))))


@pages.route(f"{URL}/<name>", methods=["GET", "POST"])
@access(READ)
def show(name: str) -> Any:
    return _page(name, HOUSE)


@pages.route(f"{URL}/<name>/<int:place>", methods=["GET", "POST"])
@access(READ)
def of_department(name: str, place: int) -> Any:
    return _page(name, place)


@pages.route(f"{URL}/<name>/department", methods=["GET", "POST"])
@access(CHANGE)
def department(name: str) -> Any:
    """Which department is to have values of its own: asked in a small form."""
    cls = _class(name)
    fields = {"department": RefField(name="department", column="", label=_("Department"), target="core.department", required=True)}
    texts = controls.read(fields, flask.request.form)
    faults: Mapping[str, Any] = {}
    if flask.request.method == "POST":
        try:
            return flask.redirect(f"{URL}/{cls.name}/{acts.checked(fields, texts)['department']}", 303)
        except Invalid as bad:
            faults = bad.fields
    return page_of("bulk_form.html", BulkFormPage(
        _("Values of a department"), f"{URL}/{cls.name}/department", _("Go on"), _("They hold for this department and those below it."),
        fields=controls.of_fields(fields, texts, faults), back_url=f"{URL}/{cls.name}")), 422 if faults else 200


@pages.post(f"{URL}/<name>/<int:place>/remove")
@access(CHANGE)
def remove(name: str, place: int) -> Any:
    cls = _class(name)
    put(cls, None, place)
    bulk.say_undo(_("The values of the house hold again."), None)
    return flask.redirect(f"{URL}/{cls.name}", 303)


def _all() -> list[Any]:
    return list(offered(site().registry.settings.values()))


def _class(name: str) -> Any:
    found = next((cls for cls in _all() if cls.name == name), None)
    if found is None:
        raise Missing(_("This page was not found."))
    return found


def _page(name: str, department_id: int) -> Any:
    cls, faults, texts = _class(name), {}, None
    url = f"{URL}/{cls.name}" + (f"/{department_id}" if department_id else "")
    names = _departments(cls, department_id)
    if department_id and (not cls.departments or department_id not in names):
        raise Missing(_("This page was not found."))
    fields = cls.fields()
    if flask.request.method == "POST":
        if not actor().can(CHANGE):
            flask.abort(403)
        texts = controls.read(fields, flask.request.form)
        try:
            put(cls, acts.checked(fields, texts), department_id)
        except Invalid as bad:
            faults = bad.fields
        else:
            bulk.say_undo(_("Saved"), None)
            return flask.redirect(url, 303)
    if texts is None:
        values = cls.now(department_id or HOUSE)
        texts = {n: field.text(getattr(values, n)) for n, field in fields.items()}
    may = actor().can(CHANGE)
    view = SettingsPage(
        _("Settings"),
        tuple(Tab(one.label, f"{URL}/{one.name}", one is cls) for one in _all()),
        places=tuple(Tab(word, f"{URL}/{cls.name}/{key}" if key else f"{URL}/{cls.name}", key == department_id) for key, word in names.items())
        if cls.departments else (),
        action=url if may else "", fields=controls.of_fields(fields, texts, faults), label=cls.label,
        add=Act(_("Department"), f"{URL}/{cls.name}/department", "plus", dialog=True) if cls.departments and may else None,
        more=tuple(Act(*one) for one in cls.pages) if may else (),
        remove=Act(_("Use the values of the house"), f"{url}/remove", method="post") if department_id and may and cls.own(department_id) else None,
    )
    return page_of("settings.html", view), 422 if faults else 200


def _departments(cls: Any, here: int) -> dict[int, Any]:
    """The house, the departments with values of their own, and the one that is looked at."""
    ids = set(session.scalars(sa.select(SettingRow.department_id).where(SettingRow.name == cls.name))) | {here}
    rows = session.execute(sa.select(Department.id, Department.name).where(Department.id.in_(ids - {HOUSE})).order_by(Department.path))
    return {HOUSE: _("The whole house"), **{row.id: row.name for row in rows}}
