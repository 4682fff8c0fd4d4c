"""The counter of rights: it tells every process that what it keeps of people, roles and words is stale."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

import sqlalchemy as sa

from crm_core.access.models import SiteRow
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.kernel.site import site

T = TypeVar("T")


def pending() -> bool:
    """Whether the running write transaction has raised the counter: what is read now may never be committed, so nobody
    keeps it."""
    work = current_work()
    return work.writing_since is not None and work.info.get("rights_bumped") == work.writing_since


def made(name: Hashable, make: Callable[[], T]) -> T:
    """`make()` once in this process for each state of rights and words; in a transaction that is changing them, once until it
    changes them again, and nobody else has it."""
    if not pending():
        return cast("T", site().cached((name, epoch()), make))
    kept = current_work().info.setdefault("rights_made", {})
    if name not in kept:
        kept[name] = make()
    return cast("T", kept[name])


def epoch() -> int:
    """The site's counter of rights and words, read once for each piece of work."""
    work = current_work()
    found = work.info.get("rights")
    if found is None:
        found = getattr(work.actor, "rights", None) if "rights_moved" not in work.info else None
        if found is None:
            found = work.session.connection().execute(sa.select(table_of(SiteRow).c.rights)).scalar_one_or_none() or 0
        work.info["rights"] = found
    return int(found)


def bump() -> None:
    """Raise the counter once in the running write transaction; from its commit on every request loads rights anew. Called by
    every change of rights, words, fields and layouts."""
    work = current_work()
    work.info.pop("rights_made", None)
    session = work.session
    if pending():
        return
    work.info["rights_bumped"] = work.writing_since
    table = table_of(SiteRow)
    session.connection().execute(sa.update(table).values(rights=table.c.rights + 1))
    work.info.pop("rights", None)
    work.info["rights_moved"] = True  # what the actor knows of the counter is old from now on
