"""Records as JSON: columns read under the gate, dumped by their fields; references are ids, lines are lists."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.resource import sensitive
from crm_core.text.calling import e164


def always(resource: Any) -> tuple[str, ...]:
    """Members beside the fields. How often others' record was changed is not part of its brief."""
    return ("id", "public_id") if resource.is_brief else ("id", "public_id", "version")


def items(resource: Any, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The records of these ids in their order, as far as the actor may see them; one statement, and one for each kind
    of lines."""
    if not ids:
        return []
    model, fields, first = resource.model, resource.fields(), always(resource)
    columns = [getattr(model, name) for name in (*first, *(f.column for f in fields.values()))]
    rows = current_work().session.execute(sa.select(*columns).where(model.id.in_(ids))).all()
    sensitive.read_columns(resource, list(fields.values()), len(first), rows, "api")
    found: dict[int, dict[str, Any]] = {}
    dumps = [(name, field.dump, place) for place, (name, field) in enumerate(fields.items(), len(first))]
    numbers = dialled(fields)
    for row in rows:
        item = dict(zip(first, row, strict=False))
        item.update((name, dump(row[place])) for name, dump, place in dumps)
        for name, beside in numbers.items():
            item[beside] = (e164(item[name], item.get("country") or "CN") or None) if item[name] else None
        found[row[0]] = item
    for declared in resource.lines:
        _lines(resource, declared, found)
    return [found[i] for i in ids if i in found]


def dialled(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields of numbers → the member beside each that says it as it is dialled from anywhere (E.164), where that is known."""
    return {name: beside for name, field in fields.items() if field.kind == "phone" and (beside := f"{name}_e164") not in fields}


def item(resource: Any, row_id: int) -> dict[str, Any]:
    """One record. Raises Missing."""
    found = items(resource, [row_id])
    if not found:
        raise Missing(_("This record was not found."))
    return found[0]


def _lines(resource: Any, declared: Any, parents: dict[int, dict[str, Any]]) -> None:
    child = resource.line_resource(declared.name)
    link = getattr(child.model, resource.link_column(declared.name))
    fields = {name: field for name, field in child.fields().items() if name in declared.columns}
    for parent in parents.values():
        parent[declared.name] = []
    columns = [getattr(child.model, field.column) for field in fields.values()]
    query = sa.select(link, child.model.id, *columns).where(link.in_(list(parents))).order_by(child.model.id)
    for row in current_work().session.execute(query):
        values = zip(fields.items(), row[2:], strict=True)
        parents[row[0]][declared.name].append({"id": row[1], **{name: field.dump(v) for (name, field), v in values}})
