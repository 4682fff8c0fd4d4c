"""The counter of rights: it tells every process that what it keeps of people, roles and words is stale."""

import sqlalchemy as sa

from crm_core.access.models import SiteRow
from crm_core.data.base import table_of
from crm_core.data.session import current_work


def pending() -> bool:
    """Whether the running write transaction has raised the counter: what is read now may never be committed, so nobody
    keeps it."""
    work = current_work()
    return work.writing_since is not None and work.info.get("rights_bumped") == work.writing_since


def bump() -> None:
    """Raise the counter once in the running write transaction; from its commit on every request loads rights anew."""
    work = current_work()
    session = work.session
    if pending():
        return
    work.info["rights_bumped"] = work.writing_since
    table = table_of(SiteRow)
    session.connection().execute(sa.update(table).values(rights=table.c.rights + 1))
    work.info.pop("rights", None)
    work.info["rights_moved"] = True  # what the actor knows of the counter is old from now on
