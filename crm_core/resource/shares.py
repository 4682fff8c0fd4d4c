"""Sharing records: a colleague or a team reads, or reads and changes, a record and its parts until a day. A row of `core_share` is a
branch of their scope (`access.actor`); what is kept here has a history like tags, so that undo takes it back."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa

from crm_core.access.models import Share
from crm_core.access.rights import bump
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource import changes, search, timeline
from crm_core.resource.after import Edit, finish
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField

NAME = "shared"
MOST = 1_000  # records shared with one colleague or team at a time: each stands in his scope by its id
_table = table_of(Share)


class Shared(NamedTuple):
    """One share of a record, as history keeps it."""

    user_id: int | None
    team_id: int | None
    writes: bool
    until: str  # as history keeps days
    why: str | None
    by_id: int | None

    def to(self, user_id: int | None, team_id: int | None) -> bool:
        return (self.user_id, self.team_id) == (user_id, team_id)


Lists = dict[int, list[Shared]]


@dataclass(frozen=True, kw_only=True)
class SharesField(Field):
    """With whom a record is shared: what history keeps and undo gives back."""

    about: str
    column: str = "id"
    kept: ClassVar[bool] = True
    acts: ClassVar[tuple[str, ...]] = ()
    operators: ClassVar[tuple[str, ...]] = ()

    def show(self, value: Any) -> str:
        users, teams = ({row[at] for row in value or () if row[at] is not None} for at in (0, 1))
        names = {**site().registry.resource("core.user").labels(users), **site().registry.resource("core.team").labels(teams)}
        return "、".join(names.values())

    def stored(self, ids: Sequence[int]) -> Lists:
        return of(self.about, ids)

    def store(self, values: Mapping[int, Sequence[Sequence[Any]]]) -> None:
        _set(self.about, {row_id: [Shared(*one) for one in found] for row_id, found in values.items()})


@dataclass(frozen=True, kw_only=True)
class SharedWithField(RefField):
    """The filter: shared with one of these colleagues, with me (my teams too), with anybody, with nobody."""

    about: str
    column: str = "id"
    kept: ClassVar[bool] = False
    operators: ClassVar[tuple[str, ...]] = ("any", "me", "empty", "filled")

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        key: sa.ColumnElement[int] = (entity.c if isinstance(entity, sa.FromClause) else entity).id
        shared = sa.select(_table.c.subject_id).where(_table.c.subject == self.about, Share.live())
        if operator == "me":
            shared = shared.where(sa.or_(_table.c.user_id.in_(values), _table.c.team_id.in_(getattr(actor(), "teams", ()))))
        elif values:
            shared = shared.where(_table.c.user_id.in_(values))
        return key.not_in(shared) if operator == "empty" else key.in_(shared)


def fields(about: str) -> tuple[Field, ...]:
    """The virtual fields of a resource whose records can be shared."""
    label = _("Shared with")
    return SharesField(name=NAME, label=label, about=about), SharedWithField(name="shared_with", label=label, target="core.user", about=about)


def put(
    resource: Any, ids: Sequence[int], *, until: dt.date, why: str, user_id: int | None = None, team_id: int | None = None, writes: bool = False,
) -> None:
    """Share records that the actor may share (the caller has asked) with a colleague or a team; whom they are shared with already
    has them on the new terms. Raises Refused when he has too many."""
    fresh = Shared(user_id, team_id, writes, until.isoformat(), why or None, my_id())
    _change(resource, ids, lambda have: [*(one for one in have if not one.to(user_id, team_id)), fresh], "share", why)
    his = sa.select(_table.c.id).where(Share.live(), _table.c.user_id == user_id if user_id is not None else _table.c.team_id == team_id)
    if session.execute(sa.select(sa.func.count()).select_from(his.limit(MOST + 1).subquery())).scalar_one() > MOST:
        raise Refused(ngettext("At most %(n)s record can be shared with one colleague or team.", "At most %(n)s records can be shared with one colleague or team.", MOST))


def take(resource: Any, ids: Sequence[int], user_id: int | None = None, team_id: int | None = None) -> None:
    """Share records no longer: with this colleague or team, or with nobody any more."""
    everybody = user_id is None and team_id is None
    _change(resource, ids, lambda have: [] if everybody else [one for one in have if not one.to(user_id, team_id)], "unshare", "")


def of(about: str, ids: Sequence[int], *, live: bool = False) -> Lists:
    """The shares of records, the oldest first."""
    found: Lists = {}
    query = sa.select(_table).where(_table.c.subject == about, bulk.among(_table.c.subject_id, ids))
    for row in session.execute((query.where(Share.live()) if live else query).order_by(_table.c.id)):
        found.setdefault(row.subject_id, []).append(Shared(row.user_id, row.team_id, row.writes, row.until.isoformat(), row.why, row.by_id))
    return found


def _change(resource: Any, ids: Sequence[int], then: Any, kind: str, why: str) -> None:
    with writing(), changes.change(kind, resource=resource.name, note=why or None) as change:
        have = of(resource.name, ids)
        moved = {row_id: after for row_id in ids if (after := then(have.get(row_id, []))) != have.get(row_id, [])}
        if not moved:
            raise Refused(_("Nothing changes by this."))
        _set(resource.name, moved)
        finish(resource, [Edit(i, "update", {NAME: [list(one) for one in have.get(i, [])]}, {"id": i}) for i in moved], change)
        _tell(resource, have, moved)


def _set(about: str, wanted: Mapping[int, Sequence[Shared]]) -> None:
    """These shares in place of those there are; whoever they are for sees it with his next request."""
    ids = list(wanted)
    session.execute(sa.delete(_table).where(_table.c.subject == about, bulk.among(_table.c.subject_id, ids)))
    rows = [
        {"subject": about, "subject_id": row_id, **one._asdict(), "until": dt.date.fromisoformat(one.until), "at": clock.now()}
        for row_id, found in wanted.items() for one in found]
    if rows:
        session.execute(sa.insert(_table), rows)
    follow(site().registry.resource(about), ids)


def follow(resource: Any, ids: Sequence[int]) -> None:
    """Rights and the search index know of changed shares of these records."""
    bump()
    _reindex(resource, ids)


def _reindex(resource: Any, ids: Sequence[int]) -> None:
    """The documents of records and of all their parts."""
    search.follow(resource, ids)
    for part in resource.parts():
        query = sa.select(part.child.table.c.id).where(*part.at(ids))
        below = current_work().session.connection().execute(query, execution_options=unscoped("search index")).scalars().all()
        if below:
            _reindex(part.child, below)


def _tell(resource: Any, before: Lists, after: Lists) -> None:
    """A line on each record's time line, unless they are so many that it is a bulk act."""
    if not resource.timeline or len(after) > timeline.SET_LIMIT:
        return
    gone = {i: [one for one in before.get(i, ()) if one not in now and not any(one.to(x.user_id, x.team_id) for x in now)] for i, now in after.items()}
    fresh = {i: [one for one in now if one not in before.get(i, ())] for i, now in after.items()}
    names = called([one for found in (*gone.values(), *fresh.values()) for one in found])

    def line(row_id: int, said: Any, body: str | None = None) -> dict[str, Any]:
        return {"subject": resource.name, "subject_id": row_id, "kind": "shared", "body": body, "data": {"words": words.keep(said)}}

    timeline.add_all([
        *(line(i, _("shares this no longer with %(name)s", name=names[one])) for i, found in gone.items() for one in found),
        *(line(i, _("shared this with %(name)s until %(day)s, to be changed too", name=names[one], day=one.until) if one.writes else
               _("shared this with %(name)s until %(day)s", name=names[one], day=one.until), one.why)
          for i, found in fresh.items() for one in found),
    ])


def called(shares: Iterable[Shared]) -> dict[Shared, str]:
    """The names of those whom records are shared with."""
    wanted = list(shares)
    users = site().registry.resource("core.user").labels({one.user_id for one in wanted if one.user_id is not None})
    teams = site().registry.resource("core.team").labels({one.team_id for one in wanted if one.team_id is not None})
    return {one: (users.get(one.user_id) if one.user_id is not None else teams.get(one.team_id or 0)) or "?" for one in wanted}
