"""The indexes that follow from a resource's declaration."""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crm_core.data.mixins import BRANCHES, is_scoped
from crm_core.resource.inspection import fields_of

if TYPE_CHECKING:
    from crm_core.resource.resource import Resource


def add(cls: "type[Resource]") -> None:
    """An index (branch, key, id) for every sort and scope column, without deleted rows: what makes lists fast. One more
    for the status of what is one's own."""
    table = cls.model.__table__
    live = {"sqlite_where": table.c.deleted_at.is_(None), "postgresql_where": table.c.deleted_at.is_(None)}
    # Most records have no team, and nobody asks for those by it.
    of_team = sa.and_(table.c.deleted_at.is_(None), table.c.team_id.is_not(None)) if "team_id" in table.c else None
    teams = {"sqlite_where": of_team, "postgresql_where": of_team}
    if cls.place is not None:
        cls.place.index(table)
    have = {index.name for index in table.indexes}
    for key in cls.sort_keys():
        column = sort_column(cls, key)
        branches: list[tuple[str, ...]] = [()]
        if is_scoped(cls.model):
            branches += [(c,) for c in BRANCHES if c != column and c in table.c]
        for branch in branches:
            name = "ix_" + "_".join([table.name, *branch, column])
            if name not in have and len(name) <= 63:
                sa.Index(name, *(table.c[c] for c in (*branch, column, "id")), **(teams if branch == ("team_id",) else live))
                have.add(name)
    if cls.status and is_scoped(cls.model) and not cls.is_brief:  # "my key customers", the filter everybody keeps
        fields = fields_of(cls.model)
        if cls.status not in fields:
            raise TypeError(f"the status of {cls.name} is “{cls.status}”, which is no field of its table; it has {', '.join(fields)}")
        columns = ("owner_id", fields[cls.status].column, sort_column(cls, cls.sort_keys()[0]), "id")
        sa.Index("_".join(["ix", table.name, *columns[:-1]])[:63], *(table.c[c] for c in columns), **live)


def sort_column(cls: "type[Resource]", name: str) -> str:
    """The column by which a field is sorted: its sort key, itself, or the id of what it names."""
    columns = cls.model.__table__.c
    for column in columns:
        if column.info.get("kind") == "sort_key" and column.info.get("of") == name:
            return str(column.name)
    return name if name in columns else f"{name}_id"
