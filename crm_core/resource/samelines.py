"""Lines of one record as lines of another: the quote's in its order, the contract's in its successor."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session


def same_lines(source: Any, name: str, row_id: int, into: Any = None) -> list[dict[str, Any]]:
    """The lines `name` of a record of the resource `source`, as field → value for `write`: what those of `into` (else of `source`) can take,
    as far as the acting person may. Prices stand as they were agreed. One statement."""
    child = source.line_resource(name)
    known = (into or source).line_resource(name).fields(writing=True)
    link = source.link_column(name)
    fields = {n: f.column for n, f in child.all_fields.items() if n in known and f.column and f.column != link and not f.readonly}
    rows = session.scalars(sa.select(child.model).where(getattr(child.model, link) == row_id, child.model.deleted_at.is_(None)).order_by(child.model.id)).all()
    return [{n: getattr(row, column) for n, column in fields.items()} for row in rows]
