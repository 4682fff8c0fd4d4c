"""What a phone takes along: of a customer what one reads before a visit and may correct, never a sensitive fact."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.approvals.api import proposed
from crm_core.features.customers.api import (
    KINDS,
    Contact,
    Note,
    NoteKind,
    may_change,
    progress_controls,
    progress_fields,
)
from crm_core.kernel.errors import Missing
from crm_core.kernel.site import site
from crm_core.resource import listing
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField
from crm_core.resource.show import show_moment
from crm_core.text import phones
from crm_core.web import controls, inline
from crm_core.web.viewmodels import FormField

CUSTOMER = "core.customer"
SIMPLE = ("line", "name", "note", "phone", "email", "url", "hours", "integer", "decimal", "money", "date", "choice", "choices", "enum", "boolean")
SAID = ("standing", "mobile", "phone", "email", "region", "industry", "owner")  # above the time line, as far as there is something
ENTRIES, PEOPLE = 8, 20


def find(text: str, limit: int) -> list[int]:
    """Customers the reader may log a visit on, by words; those last changed when there are none."""
    resource = site().registry.resource(CUSTOMER)
    if not resource.may("update"):
        return []
    query = listing.Query(resource, text=text.strip()[:100], limit=limit, verb="update")
    return list(listing.page(query).ids)


def fields() -> dict[str, Field]:
    """What may be corrected without connection: plain fields, none that is sensitive or points at another record."""
    resource = site().registry.resource(CUSTOMER)
    apart = resource.place.pair if resource.place is not None else ()  # nobody knows those by heart
    mine = {n: f for n, f in inline.editable(resource).items() if f.kind in SIMPLE and n not in apart and not f.sensitive and not isinstance(f, RefField)}
    placed = [n for section in resource.form if not section.left for n in section.fields]
    return {n: mine[n] for n in dict.fromkeys(placed) if n in mine}


def forms() -> dict[str, list[dict[str, Any]]]:
    """The controls of the phone's two forms."""
    asked = KINDS[NoteKind.visit].fields
    note = site().registry.resource("core.note").fields()
    after = progress_fields(NoteKind.visit)
    of_visit = controls.of_fields({n: note[n] for n in asked if n in note}, {}, {})
    return {
        "visit": [_plain(one) for one in of_visit], "edit": [_plain(one) for one in controls.of_fields(fields(), {}, {})],
        "progress": [_plain(one) for one in progress_controls(NoteKind.visit, {}, {}) if not isinstance(after[one.name], RefField)],
    }


def _plain(one: FormField) -> dict[str, Any]:
    """A control as a script draws it."""
    found = {"name": one.name, "label": str(one.label), "control": one.control, "hint": str(one.corner), "required": one.required,
             "max": one.maxlength, "unit": str(one.unit), "choices": [[c.value, str(c.label)] for c in one.choices], "when": one.when}
    return {name: value for name, value in found.items() if value}


def customers(ids: Sequence[int]) -> list[dict[str, Any]]:
    """What is taken along of these, in their order; of those the reader may not read (any more) nothing."""
    found = []
    resource = site().registry.resource(CUSTOMER)
    for row_id in ids:
        try:
            row = resource.get(row_id)
        except Missing:
            continue
        found.append(_customer(resource, row))
    return found


def _customer(resource: Any, row: Any) -> dict[str, Any]:
    shown, mine = resource.fields(), fields()
    facts = [(shown[n].label, shown[n].show(getattr(row, shown[n].column))) for n in SAID if n in shown and not shown[n].sensitive]
    return {
        "id": row.id, "version": row.version, "name": resource.title(row), "facts": [[str(label), text] for label, text in facts if text],
        "phone": phones.show_phone(number) if (number := _number(shown, row)) else "", "texts": {n: f.text(getattr(row, f.column)) for n, f in mine.items()},
        "people": _people(row.id), "entries": _entries(row.id), "may": may_change(resource, row), "proposed": _proposed(resource, row.id),
    }


def _proposed(resource: Any, row_id: int) -> list[str]:
    """What the reader has proposed for it and still waits, in a word each."""
    shown = resource.fields()
    return [str(shown[n].label) for n in proposed(resource, row_id) if n in shown]


def _number(shown: Mapping[str, Field], row: Any) -> str | None:
    return next((value for n in ("mobile", "phone") if n in shown and (value := getattr(row, n, None))), None)


def _people(customer: int) -> list[dict[str, Any]]:
    resource = site().registry.resource("core.contact")
    if not resource.may("read"):
        return []
    shown = resource.fields()
    rows = session.scalars(sa.select(Contact).where(Contact.customer_id == customer, Contact.invalid.is_(False)).order_by(Contact.main.desc(), Contact.id).limit(PEOPLE))
    return [{"id": row.id, "name": row.name, "phone": phones.show_phone(number) if (number := _number(shown, row)) else ""} for row in rows]


def _entries(customer: int) -> list[dict[str, Any]]:
    rows = session.execute(sa.select(Note.kind, Note.body, Note.happened_at).where(Note.customer_id == customer)
                           .order_by(Note.happened_at.desc(), Note.id.desc()).limit(ENTRIES))
    return [{"kind": str(KINDS[row.kind].label), "icon": KINDS[row.kind].icon, "text": row.body[:600], "when": show_moment(row.happened_at)} for row in rows]
