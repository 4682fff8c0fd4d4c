"""The progress form as a page: filled right after a visit, or later from its line, by who wrote it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import flask
from werkzeug.datastructures import MultiDict

from crm_core.features.customers import notes, progress
from crm_core.features.customers.kinds import KINDS, NoteKind
from crm_core.features.customers.pages import pages
from crm_core.kernel.errors import Conflict, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.text.numbers import whole
from crm_core.web import controls, urls
from crm_core.web.access import signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage, FormField

Texts = dict[str, str]


def read(kind: NoteKind, form: MultiDict[str, str]) -> dict[str, Any]:
    """The values of a form that was sent. Raises Invalid."""
    asked = progress.fields(kind)
    texts = controls.read(asked, form)
    faults: dict[str, list[Any]] = {}
    found = controls.parse(asked, texts, faults)
    faults = {**progress.needed(kind, texts), **faults}
    if faults:
        raise Invalid(faults)
    return found


def shown(kind: NoteKind, texts: Mapping[str, str], faults: Mapping[str, Any]) -> tuple[FormField, ...]:
    """Its controls."""
    asked = progress.fields(kind)
    must = progress.needed(kind, {})
    return tuple(replace(one, required=one.required or one.name in must, when=progress.tied(one.name)) for one in controls.of_fields(asked, texts, faults))


@pages.route("/core/note/<int:note_id>/progress", methods=["GET", "POST"])
@signed_in
def progress_form(note_id: int) -> Any:
    """The form of one's own entry."""
    row, form = notes.own(note_id), flask.request.form
    asked = progress.fields(row.kind)
    if not asked:
        raise Missing(_("This record was not found."))
    place = urls.of_name(site().registry, row.subject, row.subject_id)
    texts: Texts = {name: field.text(getattr(row, field.column)) for name, field in asked.items()}
    faults: Mapping[str, Any] = {}
    said: Any = ""
    if flask.request.method == "POST":
        texts |= controls.read(asked, form)
        try:
            notes.fill(note_id, read(row.kind, form), version=whole(form.get("version", "")))
            say_undo(_("Progress saved"), None)
            return flask.redirect(place, 303)
        except Invalid as bad:
            faults = bad.fields
        except Conflict as bad:
            said = bad.message
    page = BulkFormPage(
        _("Progress after: %(what)s", what=KINDS[row.kind].label), f"/core/note/{note_id}/progress", _("Save"), text=row.body[:300],
        fields=shown(row.kind, texts, faults), hidden=(("version", str(row.version)),), back_url=place, skipped=said,
    )
    return (page_of("bulk_form.html", page), 422) if faults or said else page_of("bulk_form.html", page)
