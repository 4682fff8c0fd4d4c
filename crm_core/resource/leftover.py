"""What an undo left as it was, record by record: who has edited it since, when, and what."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm_core.data.session import session
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.resource import changes, undo
from crm_core.resource.changes import Change, History

MOST = 200  # records shown


@dataclass(frozen=True)
class Left:
    """A record, and its latest edit by another act; none where it is no longer the actor's to change, or is in use."""

    resource: str
    row_id: int
    at: dt.datetime | None = None
    actor_id: int | None = None
    verb: str = ""
    columns: tuple[str, ...] = ()


def of(change_id: int) -> list[Left]:
    """The first records of an act that its undo did not take back. Raises Missing: no such act, or nobody undid it."""
    undo.known(change_id)
    undoing = list(session.scalars(sa.select(Change.id).where(Change.undo_of == change_id)))
    if not undoing:
        raise Missing(_("This record was not found."))  # like an act that is not his
    back = aliased(History)
    done = sa.select(back.id).where(back.change_id.in_(undoing), back.resource == History.resource, back.row_id == History.row_id)
    rows = session.execute(
        sa.select(History.resource, History.row_id, sa.func.max(History.id).label("id"))
        .where(History.change_id == change_id, ~done.exists(), sa.or_(History.verb != "update", History.old.is_not(None)))
        .group_by(History.resource, History.row_id).order_by(sa.func.max(History.id)).limit(MOST)
    ).all()
    places = {(r.resource, r.row_id): r.id for r in rows}
    last = sa.select(History.id).where(History.change_id <= change_id).order_by(History.change_id.desc(), History.id.desc()).limit(1)
    before = session.scalar(last) or 0
    for ask in undo.stayed:
        places.update(dict.fromkeys(ask(change_id), before))
    found = {place: Left(*place) for place in places}
    for name in {name for name, _row in places}:
        since = {row_id: at for (resource, row_id), at in places.items() if resource == name}
        for hit in changes.acts_since(name, since, [change_id, *undoing]):
            found[name, hit.row_id] = Left(name, hit.row_id, hit.at, hit.actor_id, hit.verb, tuple(hit.old or ()))
    return list(found.values())
