"""Lines of one record as lines of another: the quote's in its order, the contract's in its successor."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _


class Carried(str):
    """Words of a line that were agreed in another record: they stand, whatever its product is called by now."""

    __slots__ = ()


def same_lines(source: Any, name: str, row_id: int, into: Any = None) -> list[dict[str, Any]]:
    """The lines `name` of a record of the resource `source`, as field → value for `write`: what those of `into` (else of `source`) can take and
    the acting person may write there. Prices stand as they were agreed. One statement. Raises Refused where a field rule hides some of it from
    him in either: carried over it would be told him, and left out another document would come of it than was agreed. Left out, and not refused,
    are sensitive fields he may not see and what points at records of a plugin that is switched off, which nobody can choose now."""
    child, target = source.line_resource(name), (into or source).line_resource(name)
    link, seen, known = source.link_column(name), child.fields(), target.fields()
    theirs = {n for n, f in target.all_fields.items() if not (f.readonly or target.asleep(f))}
    every = {n: f for n, f in child.all_fields.items() if n in theirs and f.column and f.column != link and not (f.readonly or child.asleep(f))}
    if any(n not in seen or n not in known for n, f in every.items() if not f.sensitive):
        raise Refused(_("You may not see all that its lines say, so that they cannot be carried over."))
    writable = target.fields(writing=True)
    fields = {n: f.column for n, f in every.items() if n in seen and n in writable}
    rows = session.scalars(sa.select(child.model).where(getattr(child.model, link) == row_id, child.model.deleted_at.is_(None)).order_by(child.model.id)).all()
    found = [{n: getattr(row, column) for n, column in fields.items()} for row in rows]
    words = child.label_field
    return [{**one, words: Carried(one[words])} if isinstance(one.get(words), str) else one for one in found]
