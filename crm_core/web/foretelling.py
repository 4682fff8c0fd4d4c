"""Lines of a form before they are saved: what they would come to, told while somebody fills them in."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.resource.fields import Bad, Field
from crm_core.resource.references import RefField
from crm_core.text.numbers import whole

TOLD = "told:"  # beside the texts of a line: what stands where nothing is written, by the name of its field


def lines(resource: Any, fields: Mapping[str, Field], texts: Mapping[str, str], given: Mapping[str, Sequence[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The lines of a form with what is told of them (`Foretold`). Nothing is written; what cannot be read counts as left out."""
    found = {name: [dict(one) for one in rows] for name, rows in given.items()}
    for declared in resource.lines:
        child = resource.line_resource(declared.name)
        foretell, rows = getattr(child, "foretell", None), found.get(declared.name, ())
        if foretell is None or not rows:
            continue
        columns = {n: child.all_fields[n] for n in declared.columns}
        (head,) = _read({n: f for n, f in fields.items() if f.column in declared.follows}, [texts])
        known = [one | {"id": whole(row.get("id", ""))} for one, row in zip(_read(columns, rows), rows, strict=True)]
        for row, told in zip(rows, foretell(head, known), strict=True):
            row.update({n: f.text(told.follow[f.column]) for n, f in columns.items() if f.column in told.follow})
            row.update({TOLD + n: f.show(value) for n, f in columns.items() if (value := told.left_out.get(f.column)) is not None})
    return found


def _read(fields: Mapping[str, Field], rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Column → value of each row, as far as texts can be read and records may be known."""
    found: list[dict[str, Any]] = [{} for _one in rows]
    for name, field in fields.items():
        values: list[Any] = []
        for row in rows:
            try:
                values.append(field.parse(row.get(name, "")))
            except Bad:
                values.append(None)
        known = field.resolve(values) if isinstance(field, RefField) else None
        for one, value in zip(found, values, strict=True):
            one[field.column] = value if known is None else known.get(value)
    return found
