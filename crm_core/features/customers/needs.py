"""Need flags: what a customer wants of us now. While valid they show wherever the customer shows, also where he is known in
brief only; afterwards they are history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.data.wall import marked
from crm_core.features.customers.parts import Need
from crm_core.kernel import clock
from crm_core.resource.changes import unscoped
from crm_core.resource.choices import ChoiceField, words
from crm_core.resource.kept import Ask, among_ids, kept
from crm_core.web import cells
from crm_core.web.viewmodels import Status

LIST = "core.need"
_table = table_of(Need)
_TODAY = sa.bindparam("today", type_=sa.Date())


def _valid(today: Any) -> tuple[sa.ColumnElement[bool], ...]:
    t = _table.c
    return t.deleted_at.is_(None), t.valid_from <= today, sa.or_(t.valid_until.is_(None), t.valid_until >= today)


def active(ids: Iterable[int]) -> dict[int, list[str]]:
    """The kinds (codes of the list core.need) that these customers want today. Ask it of customers the reader sees, if only in
    brief: a flag is meant for everybody who meets them."""
    found: dict[int, list[str]] = {}
    values = {"ids": list(ids), "today": clock.today()}
    for row in current_work().session.execute(_of_several(), values, execution_options=unscoped("flags of customers one sees")):
        kinds = found.setdefault(row.customer_id, [])
        if row.kind not in kinds:
            kinds.append(row.kind)
    return found


@kept
def _of_several() -> sa.Select[Any, Any]:
    t = _table.c
    return sa.select(t.customer_id, t.kind).where(among_ids(t.customer_id), *_valid(sa.bindparam("today", type_=sa.Date()))).order_by(t.id)


def look(kind: str) -> Status:
    word = words(LIST).get(kind)
    return Status(str(word) if word else kind, (word.icon if word else "") or "target", (word.colour if word else "") or "acc")  # type: ignore[arg-type]


def column(ids: Sequence[int]) -> Mapping[int, Any]:
    """The flags as a list draws them."""
    return {row_id: cells.pills([look(kind) for kind in kinds]) for row_id, kinds in active(ids).items()}


def ask(row_id: int) -> Ask:
    """For the record page's one statement."""
    return Ask(_of_one(), {"row": row_id, "today": clock.today()})


@kept
def _of_one() -> sa.Select[Any, Any]:
    return sa.select(Need.id, Need.kind).where(Need.customer_id == sa.bindparam("row", type_=sa.BigInteger()), *(
        Need.valid_from <= _TODAY, sa.or_(Need.valid_until.is_(None), Need.valid_until >= _TODAY))).order_by(Need.id)


@dataclass(frozen=True, kw_only=True)
class WantsField(ChoiceField):
    """The filter "wants X now"."""

    operators: ClassVar[tuple[str, ...]] = ("any", "none", "empty", "filled")

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        key: sa.ColumnElement[int] = (entity.c if isinstance(entity, sa.FromClause) else entity).id
        wanting = sa.select(_table.c.customer_id).where(marked(_table.name), *_valid(clock.today()))
        if values:
            wanting = wanting.where(_table.c.kind.in_(values))
        return key.in_(wanting) if operator in ("any", "filled") else key.not_in(wanting)
