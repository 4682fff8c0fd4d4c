"""How many records hang on a record, beside the names of its tabs: counted to 100, all in one statement."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.kernel.declare import Related
from crm_core.kernel.site import site
from crm_core.resource.fields import Field
from crm_core.resource.kept import Ask, kept
from crm_core.resource.references import LinkField, RefField


def via(resource: Any, panel: Related) -> Field:
    """The field by which the related rows point here."""
    target = site().registry.resource(panel.resource)
    if panel.via in target.all_fields and target.all_fields[panel.via].kind == "anyref":
        return LinkField(name=panel.via, column=f"{panel.via}_id", label=panel.label, pointing=panel.via, target=resource.name)
    fields = [f for f in target.all_fields.values() if isinstance(f, RefField) and f.target == resource.name]
    found = target.all_fields.get(panel.via) if panel.via else (fields[0] if fields else None)
    if found is None:
        raise LookupError(f"{target.name} has no field that points at {resource.name}")
    return found


def badges(resource: Any, row_id: int, related: Mapping[str, Related]) -> dict[str, Ask]:
    """Each related count, bounded to 100, all in one statement."""
    found = {}
    for name, panel in related.items():
        link = via(resource, panel)
        pointing = link.pointing if isinstance(link, LinkField) else ""
        query = _badge(site().registry.resource(panel.resource).model, link.column, pointing)
        found[f"badge:{name}"] = Ask(query, {"row": row_id, **({"subject": resource.name} if pointing else {})})
    if resource.holds_files:
        found["badge:files"] = Ask(_badge(site().registry.resource("core.attachment").model, "subject_id", "subject"), {"row": row_id, "subject": resource.name})
    return found


_ROW = sa.bindparam("row", type_=sa.BigInteger())


@kept
def _badge(model: Any, column: str, pointing: str) -> sa.Select[Any, Any]:
    few = sa.select(model.id).where(getattr(model, column) == _ROW)
    if pointing:
        few = few.where(getattr(model, pointing) == sa.bindparam("subject", type_=sa.String()))
    counted = few.limit(100).subquery()
    return sa.select(sa.func.count(counted.c.id), sa.literal(""))
