"""Old values of one field of a record, unfolded beneath it."""

from typing import Any

from crm_core.access import reads
from crm_core.data import inside
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _, listed
from crm_core.resource import changes
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField, named
from crm_core.web import ways
from crm_core.web.viewmodels import FieldHistoryPage, OldValue


def page(resource: Any, row_id: int, name: str) -> FieldHistoryPage:
    """What the field was before each change of it, newest first."""
    row = resource.get(row_id)
    field = resource.fields().get(name) or next((f for f in resource.virtual if f.kept and f.name == name), None)
    if field is None or resource.is_brief:
        raise Missing(_("This record was not found."))
    field = field.of(row)
    if field.sensitive:
        reads.note(resource.name, [row_id], "history")
    key = field.name if field.kept else field.column
    rows = [r for r in changes.history_of(resource.name, row_id) if r.old and key in r.old]
    values = [r.old[key] if field.kept else changes.unraw(inside.column(resource.table, key), r.old[key]) for r in rows]
    wanted: dict[str, set[Any]] = {"core.user": {r.actor_id for r in rows}}
    if isinstance(field, RefField):
        wanted.setdefault(field.target, set()).update(one for value in values for one in _ids(value))
    names = named(wanted)
    stamp = resource.all_fields["updated_at"]
    old = tuple(
        OldValue(_words(field, value, names) or "—", _("%(when)s changed", when=stamp.show(r.at)), names.get("core.user", {}).get(r.actor_id or 0, ""))
        for r, value in zip(rows, values, strict=True)
    )
    return FieldHistoryPage(field.label, old, ways.to_record(resource, row_id))


def _ids(value: Any) -> list[int]:
    return list(value) if isinstance(value, list) else [value] if value is not None else []


def _words(field: Field, value: Any, names: Any) -> str:
    if isinstance(field, RefField):
        known = names.get(field.target, {})
        return listed(known[one] for one in _ids(value) if one in known)
    return field.show(value)
