"""Lines of one document as lines of another: the quote's in the order, the contract's in its successor."""

from sqlalchemy import select

from crm_core.sdk import session


def lines(source, name, head, target=None):
    """The lines `name` of a record, as field → value, with what the target's lines can take (its own, without one)."""
    child = source.line_resource(name)
    into = (target or source).line_resource(name).fields(writing=True)
    link = source.link_column(name)
    fields = {n: f.column for n, f in child.all_fields.items() if n in into and f.column and f.column != link and not f.readonly}
    rows = session.scalars(select(child.model).where(getattr(child.model, link) == head.id, child.model.deleted_at.is_(None)).order_by(child.model.id)).all()
    return [{n: getattr(row, column) for n, column in fields.items()} for row in rows]
