"""What people choose and wish, noted down as lines are written, so that a report can say what is asked for most."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.bulk import among
from crm_core.data.mixins import new_public_id
from crm_core.data.session import current_work, system_scope
from crm_core.features.products.configuring import WISH
from crm_core.features.products.models import Wish
from crm_core.kernel import clock
from crm_core.kernel.site import my_id


def follow(lines: Any, verb: str, ids: Sequence[int]) -> None:
    """Note down what these lines of a document say, in place of what they said before. A document that was made of another one says
    nothing new, and is not counted again. `lines` is their PricedLines; `verb` as of `Resource.written`."""
    wishes, table = table_of(Wish), lines.table
    connection = current_work().session.connection()
    if verb != "create":
        connection.execute(sa.delete(wishes).where(wishes.c.document == lines.name, among(wishes.c.line_id, list(ids))))
    if verb == "delete":
        return
    query = sa.select(table.c.id, table.c.product_id, table.c.configuration).where(
        among(table.c.id, list(ids)), table.c.deleted_at.is_(None), table.c.product_id.is_not(None), table.c.configuration.is_not(None))
    if lines.sources:
        head = lines.head.table
        query = query.join(head, head.c.id == table.c[lines.parent_field.column]).where(*(head.c[name].is_(None) for name in lines.sources))
    with system_scope("choices and wishes of lines") as db:
        rows = db.execute(query).all()
    now, day = clock.now(), clock.today()
    found = [
        {"public_id": new_public_id(), "version": 1, "created_at": now, "updated_at": now, "created_by_id": my_id(), "updated_by_id": my_id(), "product_id": row.product_id,
         "wish": (f"{option}：{choice}" if option != WISH else choice)[:255], "free": option == WISH, "day": day, "document": lines.name, "line_id": row.id}
        for row in rows for option, choice in (row.configuration or {}).items()]
    if found:
        connection.execute(sa.insert(wishes), found)


def most_wished(wishes: Any) -> sa.Select[Any]:
    """The question of the report: what was chosen or wished, and how often."""
    number = sa.func.count()
    return sa.select(wishes.c.wish, number).group_by(wishes.c.wish).order_by(number.desc(), wishes.c.wish)
