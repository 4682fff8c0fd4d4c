"""Columns of a record that are the sum of a column of its lines (`t.Total`). Whatever writes the lines, a form, an import, an
action, undo, the sums of their records are made anew in the same transaction, one statement for the set."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data.bulk import among
from crm_core.data.session import current_work
from crm_core.resource.changes import unscoped


class Sum(NamedTuple):
    """`column` of `parent` is the sum of `of` over the lines whose `link` is its id."""

    parent: sa.Table
    link: str
    column: str
    of: str


def kept_by(resource: Any) -> Iterator[Sum]:
    """The sums that follow from the rows of this resource."""
    for parent in resource.registry.resources.values():
        if parent.is_brief:
            continue
        for declared in parent.lines:
            if declared.model is resource.model:
                for column in parent.table.columns:
                    if column.info.get("total", ("", ""))[0] == declared.name:
                        yield Sum(parent.table, parent.link_column(declared.name), column.name, column.info["total"][1])


def follow(resource: Any, edits: Sequence[Any]) -> None:
    """Bring the sums up to date after lines were written, deleted or brought back."""
    child = resource.table
    for one in resource.sums:
        found = {state[one.link] for edit in edits for state in (edit.row, edit.old or {}) if state.get(one.link) is not None}
        untold = [edit.id for edit in edits if one.link not in edit.row]  # what is deleted is known by its id
        if untold:
            parents = sa.select(child.c[one.link]).where(among(child.c.id, untold))
            found.update(current_work().session.connection().scalars(parents, execution_options=unscoped("sums of lines")))
        total = sa.func.sum(child.c[one.of])
        lines = sa.select(total if one.parent.c[one.column].nullable else sa.func.coalesce(total, 0)).where(child.c[one.link] == one.parent.c.id, child.c.deleted_at.is_(None))
        statement = sa.update(one.parent).where(among(one.parent.c.id, sorted(found))).values({one.column: lines.scalar_subquery()})
        current_work().session.connection().execute(statement, execution_options=unscoped("sums of lines"))
