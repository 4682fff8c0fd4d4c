"""For whom a plugin's faces are: the small form behind “Audience” on the page of plugins."""

from typing import Any

import flask

from crm_core.access.delegation import require_proof
from crm_core.kernel import enabling, plugins
from crm_core.kernel.errors import Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.models import PluginState
from crm_core.kernel.site import site
from crm_core.resource import acts
from crm_core.resource.references import RefsField
from crm_core.web import bulk, controls
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage


def answer(name: str, back: str) -> Any:
    """GET and POST of `/plugins/<name>/audience`."""
    known = plugins.states(site().engines).get(name)
    if known is None or known.state is not PluginState.active:
        raise Missing(_("This page was not found."))
    field = RefsField(name="departments", column="", label=_("Departments"), target="core.department")
    fields, faults = {field.name: field}, dict[str, Any]()
    texts = controls.read(fields, flask.request.form)
    if flask.request.method == "POST":
        require_proof()
        try:
            enabling.set_audience(site(), name, acts.checked(fields, texts).get("departments") or [])
        except Invalid as bad:
            faults = bad.fields
        else:
            bulk.say_undo(_("Saved"), None)
            return flask.redirect(back, 303)
    else:
        texts = {field.name: field.text(known.audience)}
    return page_of("bulk_form.html", BulkFormPage(
        _("Who sees “%(name)s”", name=getattr(site().registry.package(name), "label", name)), f"{back}/{name}/audience", _("Save"),
        _("People of these departments and of those below see its menu, pages and tabs; for all others they are not there. Without a department everybody sees it."),
        fields=controls.of_fields(fields, texts, faults), back_url=back)), 422 if faults else 200


def words(departments: tuple[int, ...]) -> Any:
    """The departments of an audience by name."""
    if not departments:
        return _("Everybody sees it")
    names = site().registry.resource("core.department").labels(departments)
    return _("Seen by: %(names)s", names=[names.get(one, _("hidden record")) for one in departments])
