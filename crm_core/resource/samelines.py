"""Lines of one record as lines of another: the quote's in its order, the contract's in its successor."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _


def same_lines(source: Any, name: str, row_id: int, into: Any = None) -> list[dict[str, Any]]:
    """The lines `name` of a record of the resource `source`, as field → value for `write`: what those of `into` (else of `source`) can take and
    the acting person may write there. Prices stand as they were agreed. One statement. Raises Refused where a field rule hides some of it from
    him in either: carried over it would be told him, and left out another document would come of it than was agreed."""
    child, target = source.line_resource(name), (into or source).line_resource(name)
    link, seen, known = source.link_column(name), child.fields(), target.fields()
    theirs = {n for n, f in target.all_fields.items() if not f.readonly}
    every = {n: f for n, f in child.all_fields.items() if n in theirs and f.column and f.column != link and not f.readonly}
    if any(n not in seen or n not in known for n, f in every.items() if not f.sensitive):
        raise Refused(_("You may not see all that its lines say, so that they cannot be carried over."))
    writable = target.fields(writing=True)
    fields = {n: f.column for n, f in every.items() if n in seen and n in writable}
    rows = session.scalars(sa.select(child.model).where(getattr(child.model, link) == row_id, child.model.deleted_at.is_(None)).order_by(child.model.id)).all()
    return [{n: getattr(row, column) for n, column in fields.items()} for row in rows]
