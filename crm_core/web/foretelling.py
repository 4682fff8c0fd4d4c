"""Lines of a form before they are saved: what they would come to, told while somebody fills them in."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from crm_core.resource.fields import Bad, Field
from crm_core.resource.references import RefField
from crm_core.text.numbers import whole

TOLD = "told:"  # beside the texts of a line: what stands where nothing is written, by the name of its field


def lines(
    resource: Any, fields: Mapping[str, Field], texts: Mapping[str, str], given: Mapping[str, Sequence[dict[str, str]]], row: Any = None,
    saved: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> dict[str, list[dict[str, str]]]:
    """The lines of a form with what is told of them (`Foretold`). Nothing is written; what cannot be read counts as left out. `row`: the
    record as it stands, with its lines (`saved`): what the form does not say or may not change is as it is there."""
    found = {name: [dict(one) for one in rows] for name, rows in given.items()}
    for declared in resource.lines:
        child = resource.line_resource(declared.name)
        foretell, rows = getattr(child, "foretell", None), found.get(declared.name, ())
        if foretell is None or not rows:
            continue
        columns, theirs = resource.line_fields(declared), {one.id: one for one in saved.get(declared.name, ())}
        before = [theirs.get(whole(one.get("id", "")) or 0) for one in rows]
        (head,) = _read({n: f for n, f in fields.items() if f.column in declared.follows}, [texts], [row], declared.follows)
        known = _read(columns, rows, before, [child.all_fields[n].column for n in declared.columns])
        known = [one | {"id": old.id if old is not None else None} for one, old in zip(known, before, strict=True)]
        for one, old, told in zip(rows, before, foretell(head, known), strict=True):
            if old is not None:
                one.update({n: f.text(getattr(old, f.column)) for n, f in columns.items() if n not in one})
            follow = {n: told.follow[f.column] for n, f in columns.items() if f.column in told.follow}
            same = {n for n, value in follow.items() if value == told.left_out.get(columns[n].column) and not columns[n].readonly}  # it goes on following what stands beside it
            one.update({n: "" if n in same else columns[n].text(value) for n, value in follow.items()})
            one.update({TOLD + n: f.show(value) for n, f in columns.items() if (value := told.left_out.get(f.column)) is not None})
    return found


def _read(fields: Mapping[str, Field], rows: Sequence[Mapping[str, str]], before: Sequence[Any], columns: Iterable[str]) -> list[dict[str, Any]]:
    """Column → value of each row, as far as texts can be read and records may be known; of what is saved, all these columns as they stand but
    where another text is given."""
    names = tuple(columns)
    found: list[dict[str, Any]] = [{name: getattr(old, name, None) for name in names} if old is not None else {} for old in before]
    for name, field in fields.items():
        values: dict[int, Any] = {}
        for n, (row, old) in enumerate(zip(rows, before, strict=True)):
            if old is not None and (name not in row or field.readonly or row[name] == field.text(getattr(old, field.column))):
                continue
            try:
                values[n] = field.parse(row.get(name, ""))
            except Bad:
                values[n] = None
        known = field.resolve(values.values()) if isinstance(field, RefField) else None
        for n, value in values.items():
            found[n][field.column] = value if known is None else known.get(value)
    return found
