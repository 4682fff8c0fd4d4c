"""What rows of any kind are about: the pair of columns that names a record, drawn as a link."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel.site import site
from crm_core.web import cells, urls


def column(model: Any) -> Any:
    """The load function of a list's computed column: the records its rows are about, as far as the reader may know them."""

    def load(ids: Sequence[int]) -> Mapping[int, Any]:
        rows = session.execute(sa.select(model.id, model.subject, model.subject_id).where(model.id.in_(ids))).all()
        names = subjects((r.subject, r.subject_id) for r in rows)
        return {r.id: about(r.subject, r.subject_id, names) for r in rows}

    return load


def subjects(pairs: Iterable[tuple[str | None, int | None]]) -> dict[tuple[str, int], str]:
    """Names of records by (resource, id), one statement a resource; hidden and sleeping ones are left out."""
    wanted: dict[str, set[int]] = {}
    for name, row_id in pairs:
        if name and row_id:
            wanted.setdefault(name, set()).add(row_id)
    found = {}
    for name, ids in wanted.items():
        resource = site().registry.resources.get(name)
        if resource is not None:
            found.update({(name, i): label for i, label in resource.labels(ids).items()})
    return found


def about(name: str | None, row_id: int | None, names: Mapping[tuple[str, int], str]) -> Any:
    """A link to the record; "" when there is none or the reader may not know it."""
    label = names.get((name or "", row_id or 0))
    return cells.linked(label, urls.of_name(site().registry, str(name), int(row_id or 0))) if label else ""
