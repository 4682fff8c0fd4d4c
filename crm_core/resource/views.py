"""Saved views: the address of a list under a name, for its maker, his department or everybody. Like preferences they are no
records of the house (0006-no-history.md); a deleted one is kept for a while and comes back by Undo."""

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.access.rights import bump, made
from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed
from crm_core.data.session import session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor

DEPARTMENT, EVERYONE = "core.view.department", "core.view.everyone"  # the rights to share
MOST = 60  # that one person sees of one list
KEPT = 30  # days a deleted one can come back
NOT_KEPT = ("view", "after", "before", "limit", "day")  # of an address: where somebody stands, not what he looks at


class Audience(enum.StrEnum):
    mine = "mine"
    department = "department"
    everyone = "everyone"


class View(Keyed, Model):
    """One saved view. Not declared as references: whose person or department is gone is nobody's."""

    __tablename__ = "core_view"
    resource: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(80))
    owner_id: Mapped[t.Id] = mapped_column(info={"kind": "internal"})
    audience: Mapped[Audience]
    department_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})
    state: Mapped[list[Any]]  # the arguments of the list's address, pairs
    roles: Mapped[list[Any]] = mapped_column(default=list)  # codes of roles whose people begin with it
    position: Mapped[int] = mapped_column(default=0)
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    deleted_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    __table_args__ = (sa.Index("ix_core_view_resource", "resource", "position", "id"),)



def _for(who: Any) -> sa.ColumnElement[bool]:
    return sa.or_(
        View.owner_id == who.user_id, View.audience == Audience.everyone,
        sa.and_(View.audience == Audience.department, View.department_id == who.department_id),
    )


class Shown(NamedTuple):
    """A view as lists draw it."""

    id: int
    resource: str
    name: str
    owner_id: int
    audience: Audience
    department_id: int | None
    state: list[Any]
    roles: list[str]
    position: int

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(str(name), str(value)) for name, value in self.state]


def of(resource: str) -> list[Shown]:
    """What the acting person sees of one list's views, in their order. Kept in the process until somebody saves one."""
    who = actor()
    if not hasattr(who, "user_id"):
        return []
    return made(("views", resource, who.user_id, who.department_id), lambda: _load(resource))


def _load(resource: str) -> list[Shown]:
    columns = [getattr(View, name) for name in Shown._fields]
    query = sa.select(*columns).where(View.resource == resource, View.deleted_at.is_(None), _for(actor()))
    return [Shown(*row) for row in session.execute(query.order_by(View.position, View.id).limit(MOST))]


def get(view_id: int, *, deleted: bool = False) -> View:
    """A view the acting person sees. Raises Missing."""
    found = session.scalar(sa.select(View).where(View.id == view_id, _for(actor()), View.deleted_at.is_not(None) if deleted else View.deleted_at.is_(None)))
    if found is None:
        raise Missing(_("This view was not found."))
    return found


def audiences() -> list[Audience]:
    """For whom the acting person may save."""
    who = actor()
    return [Audience.mine, *([Audience.department] if who.can(DEPARTMENT) and who.department_id else []), *([Audience.everyone] if who.can(EVERYONE) else [])]


def may_change(view: View | Shown) -> bool:
    """Its maker may, as long as he may share so far; of a shared one also who may share so far."""
    if view.audience is Audience.mine:
        return bool(view.owner_id == actor().user_id)
    return view.audience in audiences()


def save(
    resource: str, name: str, pairs: Iterable[tuple[str, str]], audience: Audience, *, roles: Sequence[str] = (), view: View | None = None,
) -> int:
    """Keep a view, new or as it is now. Raises Forbidden."""
    if audience not in audiences() or (view is not None and not may_change(view)):
        raise Forbidden(_("Your roles do not include this."))
    who = actor()
    values = {
        "name": name[:80], "audience": audience, "state": [list(p) for p in pairs if p[0] not in NOT_KEPT], "roles": list(roles) if audience is Audience.everyone else [],
        "department_id": who.department_id if audience is Audience.department else None, "at": clock.now(),
    }
    with writing() as db:
        bump()
        if view is not None:
            db.execute(sa.update(View).where(View.id == view.id).values(values))
            return view.id
        last = db.scalar(sa.select(sa.func.max(View.position)).where(View.resource == resource)) or 0
        made = db.execute(sa.insert(View).values(resource=resource, owner_id=who.user_id, position=last + 1, **values).returning(View.id))
        return int(made.scalar_one())


def put(view: View | Shown, place: int) -> None:
    """Move a view to this place among those its person sees (from 0); those he may not change keep their number."""
    shown: list[View | Shown] = [one for one in of(view.resource) if one.id != view.id]
    shown.insert(max(0, place), view)
    free = sorted(one.position for one in shown)
    with writing() as db:
        bump()
        for number, one in zip(free, shown, strict=True):
            if one.position != number and may_change(one):
                db.execute(sa.update(View).where(View.id == one.id).values(position=number))


def delete(view: View) -> None:
    _mark(view, clock.now())


def restore(view: View) -> None:
    _mark(view, None)


def _mark(view: View, when: dt.datetime | None) -> None:
    if not may_change(view):
        raise Forbidden(_("Your roles do not include this."))
    with writing() as db:
        bump()
        db.execute(sa.update(View).where(View.id == view.id).values(deleted_at=when))


def begins(resource: str, kept: int | None) -> int | None:
    """The view a list begins with: what the person keeps (0: none), else that of his roles."""
    if kept is not None:
        return kept or None
    mine = {code for code, _name, _msgid in getattr(actor(), "roles", ())}
    found = [one.id for one in of(resource) if mine.intersection(one.roles)] if mine else []
    return found[0] if found else None


def sweep(_job: Any) -> None:
    """The daily job: what was deleted a month ago goes."""
    with writing() as db:
        db.execute(sa.delete(View).where(View.deleted_at < clock.now() - dt.timedelta(days=KEPT)))
