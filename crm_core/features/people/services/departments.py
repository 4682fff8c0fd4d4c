"""The tree of departments: its paths, and what may be moved where."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Department
from crm_core.access.rights import bump
from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped

_departments = table_of(Department)


def move(department_id: int, parent_id: int | None) -> None:
    """Hang a department, with all below it, under another (None: at the top), in the acting person's rights.

    Raises Invalid when it would lie below itself, Forbidden and Missing as every write does.
    """
    site().registry.resource("core.department").write([{"id": department_id, "parent": parent_id}], kind="move")


def tree() -> dict[int, int | None]:
    """Every department with its parent, held still for the rest of the write transaction."""
    bump()  # the row every change of the tree goes through: two moves that would tie a knot wait for each other
    with system_scope("the tree of departments") as db:
        rows = db.execute(sa.select(_departments.c.id, _departments.c.parent_id).where(_departments.c.deleted_at.is_(None)))
        return {row.id: row.parent_id for row in rows}


def below(parents: dict[int, int | None], top: int) -> set[int]:
    """A department and all below it."""
    found = {top}
    while True:
        more = {one for one, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def write_paths() -> None:
    """Write the path of each department whose place in the tree has changed."""
    with system_scope("paths of departments") as db:
        rows = {row.id: row for row in db.execute(sa.select(_departments.c.id, _departments.c.parent_id, _departments.c.path))}
        wrong = [{"b_id": i, "path": found} for i, row in rows.items() if (found := _path(rows, i)) != row.path]
        if wrong:
            statement = sa.update(_departments).where(_departments.c.id == sa.bindparam("b_id")).values(path=sa.bindparam("path"))
            db.connection().execute(statement, wrong, execution_options=unscoped("paths of departments"))
            bump()


def _path(rows: dict[int, Any], start: int) -> str:
    steps: list[int] = []
    here: int | None = start
    while here is not None:
        if here in steps:
            raise Refused(_("A department cannot lie below itself."))
        steps.append(here)
        here = rows[here].parent_id if here in rows else None
    return "/" + "".join(f"{step}/" for step in reversed(steps))


def own_scope(ids: Iterable[int]) -> None:
    """A department lies in its own scope: whoever reaches it reaches its row."""
    which = _departments.c.id.in_(list(ids))
    statement = sa.update(_departments).where(which).values(department_id=_departments.c.id)
    current_work().session.connection().execute(statement, execution_options=unscoped("own scope of departments"))
