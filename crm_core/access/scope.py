"""A scope as data: the branches through which an actor sees rows. Every plan and every criterion is made from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Scope as Reach
from crm_core.data import wall
from crm_core.data.mixins import SCOPE_COLUMNS

# Not sa.false(): `mark AND false` would be folded to `false`, and the mark with it.
_NO_ROW: sa.ColumnElement[bool] = sa.literal_column("1 = 0", sa.Boolean())


@dataclass(frozen=True)
class Scope:
    """Rows whose `owner_id`, `department_id` or `team_id` is among these ids; everything, or nothing when all are empty.

    Scopes of several grants are united: team and department are not nested.
    """

    everything: bool = False
    branches: tuple[tuple[str, tuple[int, ...]], ...] = field(default=())

    @property
    def nothing(self) -> bool:
        return not self.everything and not self.branches

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """Each branch value for itself: (column, id)."""
        return [(column, value) for column, values in self.branches for value in values]

    def __or__(self, other: "Scope") -> "Scope":
        if self.everything or other.everything:
            return EVERYTHING
        return unite([*self.branches, *other.branches])

    def holds(self, row: Any) -> bool:
        """Whether a row (object or mapping) lies in this scope."""
        if self.everything:
            return True
        get = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
        return any(get(column) in values for column, values in self.branches)

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        """The criterion on a mapped class or table, without the mark."""
        if self.everything:
            return sa.true()
        columns = entity.c if isinstance(entity, sa.FromClause) else entity
        parts = [
            getattr(columns, column) == values[0] if len(values) == 1 else getattr(columns, column).in_(values)
            for column, values in self.branches
        ]
        return sa.or_(*parts) if parts else _NO_ROW

    def marked(self, entity: Any, table: str) -> sa.ColumnElement[bool]:
        """The criterion with the mark that lets it pass the wall."""
        passed = wall.marked(table)
        return sa.and_(passed, self.clause(entity)) if not self.everything else passed


def unite(branches: Iterable[tuple[str, Iterable[int]]]) -> Scope:
    """One scope of many branches, values of a column together and sorted (equal scopes compare equal)."""
    found: dict[str, set[int]] = {}
    for column, values in branches:
        found.setdefault(column, set()).update(values)
    return Scope(branches=tuple((c, tuple(sorted(found[c]))) for c in SCOPE_COLUMNS if found.get(c)))


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


def reach(scope: Reach, user_id: int, department_id: int | None, subtree: Iterable[int], teams: Iterable[int]) -> Scope:
    """What one grant's word means for one person. "department" is his own department, without those below."""
    if scope is Reach.all:
        return EVERYTHING
    if scope is Reach.own:
        return unite([("owner_id", [user_id])])
    if scope is Reach.team:
        return unite([("owner_id", [user_id]), ("team_id", teams)])
    home = [department_id] if department_id is not None else []
    below = subtree if scope is Reach.subtree else ()
    return unite([("owner_id", [user_id]), ("department_id", [*home, *below])])
