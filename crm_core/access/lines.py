"""Who reports to whom, who heads a department, and who stands in for whom on a day. Facts of the house, not rights: asked by the
house itself, so that a task, a journal or an approval finds its way whatever the acting person may see."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.access.models import Department, StandIn, Team, TeamMember, User, UserRole, departments_of
from crm_core.access.rights import made
from crm_core.data import bulk
from crm_core.data.session import Session, system_scope
from crm_core.data.wall import DELETED

FARTHEST = 20  # superiors one above the other, of a chain that nobody has drawn longer


def supervisor_of(user_id: int) -> int | None:
    """The superior of a person, or None: his own one, else who heads his department or the nearest above it. Never himself, and
    nobody who may not sign in."""
    return supervisors_of([user_id]).get(user_id)


def supervisors_of(user_ids: Iterable[int]) -> dict[int, int]:
    """The superior of each of these people who has one. A handful of statements, however many they are."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    with system_scope("who reports to whom") as db:
        return _superiors(db, _people(db, User.id, wanted), _tree(db))


def chain_of(user_id: int, most: int = FARTHEST) -> list[int]:
    """His superior, whose superior, and so on, at most so many; nobody is in it twice."""
    found: list[int] = []
    here: int | None = user_id
    while here is not None and len(found) < most:
        here = supervisor_of(here)
        if here is None or here == user_id or here in found:
            break
        found.append(here)
    return found


def reports_of(user_id: int) -> list[int]:
    """Whose superior this person is, by id; kept until people or departments change, since menus ask on every page."""
    return list(made(("reports of", user_id), lambda: reports_of_each([user_id]).get(user_id, [])))


def reports_of_each(user_ids: Iterable[int]) -> dict[int, list[int]]:
    """For each of these people who has any: whose superior he is. People who may not sign in report to nobody."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    with system_scope("who reports to whom") as db:
        tree = _tree(db)
        headed = [row.path for row in tree.values() if row.owner_id in wanted]
        below = [row.id for row in tree.values() if any(row.path.startswith(path) for path in headed)]
        people = {**_people(db, User.supervisor_id, sorted(wanted)), **_people(db, User.department_id, below)}
        found: dict[int, list[int]] = {}
        for who, superior in sorted(_superiors(db, {i: row for i, row in people.items() if row.active}, tree).items()):
            if superior in wanted:
                found.setdefault(superior, []).append(who)
        return found


def head_of(department_id: int | None) -> int | None:
    """Who heads a department, or the nearest above it whose head may sign in."""
    if department_id is None:
        return None
    with system_scope("who heads a department") as db:
        tree = _tree(db)
        line = _heads(tree, department_id)
        able = _able(db, line)
    return next((one for one in line if one in able), None)


def heads_of_teams(team_ids: Iterable[int]) -> dict[int, int]:
    """Who heads each of these teams that has a head who belongs to it and may sign in."""
    wanted = sorted(set(team_ids))
    if not wanted:
        return {}
    with system_scope("who heads a team") as db:
        inside = sa.exists().where(TeamMember.team_id == Team.id, TeamMember.user_id == Team.head_id, TeamMember.deleted_at.is_(None))
        query = sa.select(Team.id, Team.head_id).join(User, User.id == Team.head_id).where(
            inside, bulk.among(Team.id, wanted), Team.deleted_at.is_(None), User.active.is_(True), User.deleted_at.is_(None))
        return {row.id: row.head_id for row in db.execute(query)}


def members_of(department_id: int) -> list[int]:
    """Who may sign in and belongs to a department or one below it, by id."""
    with system_scope("people of a department") as db:
        top = _tree(db).get(department_id)
        if top is None:
            return []
        below = sa.select(Department.id).where(Department.path.startswith(top.path, autoescape=True))
        query = sa.select(User.id).where(User.department_id.in_(below), User.active.is_(True), User.deleted_at.is_(None))
        return list(db.scalars(query.order_by(User.id)))


def ties(people: Iterable[int], new: Mapping[int, int] | None = None) -> set[int]:
    """Those of these people who are above themselves, or would be with these superiors. To be asked by who holds people still
    (`rights.bump`)."""
    with system_scope("who reports to whom") as db:
        query = sa.select(User.id, User.supervisor_id).where(User.supervisor_id.is_not(None), User.deleted_at.is_(None))
        above = {**{row.id: row.supervisor_id for row in db.execute(query)}, **(new or {})}
    found: set[int] = set()
    for who in people if above else ():
        seen, here = {who}, above.get(who)
        while here is not None and here not in seen:
            seen.add(here)
            here = above.get(here)
        if here == who:
            found.add(who)
    return found


def stand_in_of(user_id: int, day: dt.date) -> int | None:
    """Who stands in for a person on this day, or None. Named twice, the one named last counts."""
    return stand_ins_of([user_id], day).get(user_id)


def stand_ins_of(user_ids: Iterable[int], day: dt.date) -> dict[int, int]:
    """For each of these people who is away on this day and has named somebody who may sign in: who it is."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    with system_scope("who stands in") as db:
        query = (
            sa.select(StandIn.owner_id, StandIn.substitute_id).join(User, User.id == StandIn.substitute_id)
            .where(bulk.among(StandIn.owner_id, wanted), StandIn.begins <= day, StandIn.ends >= day, StandIn.deleted_at.is_(None),
                   StandIn.substitute_id != StandIn.owner_id, User.active.is_(True), User.deleted_at.is_(None))
            .order_by(StandIn.id)
        )
        return {row.owner_id: row.substitute_id for row in db.execute(query)}


@dataclass(frozen=True)
class Away:
    """Somebody is away: who stands in for him, and what he says to who writes to him."""

    substitute: int | None  # none: he has left words and nobody
    words: str = ""


def away(user_ids: Iterable[int], day: dt.date) -> dict[int, Away]:
    """The same with the words of who is away, and those who have left words alone."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    found = stand_ins_of(wanted, day)
    with system_scope("what who is away says") as db:
        query = sa.select(StandIn.owner_id, StandIn.words).where(
            bulk.among(StandIn.owner_id, wanted), StandIn.begins <= day, StandIn.ends >= day, StandIn.deleted_at.is_(None)).order_by(StandIn.id)
        words = {row.owner_id: row.words or "" for row in db.execute(query)}
    return {who: Away(found.get(who), words.get(who, "")) for who in wanted if who in found or words.get(who)}


def stood_for(user_id: int, day: dt.date) -> list[int]:
    """For whom this person stands in on this day, by id: those of whom he is the stand-in that counts. Kept until somebody names
    another one, since menus ask on every page."""
    return list(made(("stands in for", user_id, day), lambda: _stood_for(user_id, day)))


def _stood_for(user_id: int, day: dt.date) -> list[int]:
    with system_scope("who stands in") as db:
        query = sa.select(StandIn.owner_id).where(StandIn.substitute_id == user_id, StandIn.begins <= day, StandIn.ends >= day, StandIn.deleted_at.is_(None))
        away = {one for one in db.scalars(query) if one is not None}
    return sorted(one for one, other in stand_ins_of(away, day).items() if other == user_id)


def _people(db: Session, column: Any, ids: list[int]) -> dict[int, Any]:
    query = sa.select(User.id, User.supervisor_id, User.department_id, User.active).where(bulk.among(column, ids), User.deleted_at.is_(None))
    return {row.id: row for row in db.execute(query)}


def _tree(db: Session) -> dict[int, Any]:
    query = sa.select(Department.id, Department.parent_id, Department.owner_id, Department.path).where(Department.deleted_at.is_(None))
    return {row.id: row for row in db.execute(query)}


def _heads(tree: Mapping[int, Any], department_id: int | None) -> list[int]:
    """Who heads this department, then the one above, and so on."""
    found: list[int] = []
    for _step in range(len(tree)):
        here = tree.get(department_id or 0)
        if here is None:
            break
        if here.owner_id is not None:
            found.append(here.owner_id)
        department_id = here.parent_id
    return found


def _able(db: Session, ids: Iterable[int]) -> set[int]:
    wanted = sorted(set(ids))
    query = sa.select(User.id).where(bulk.among(User.id, wanted), User.active.is_(True), User.deleted_at.is_(None))
    return set(db.scalars(query)) if wanted else set()


def _superiors(db: Session, people: Mapping[int, Any], tree: Mapping[int, Any]) -> dict[int, int]:
    lines = {who: [*([row.supervisor_id] if row.supervisor_id is not None else []), *_heads(tree, row.department_id)] for who, row in people.items()}
    able = _able(db, {one for line in lines.values() for one in line})
    found = {who: next((one for one in line if one != who and one in able), None) for who, line in lines.items()}
    return {who: one for who, one in found.items() if one is not None}


class Standing(NamedTuple):
    """Where somebody stands in the house: his roles, and his department with those above it, the nearest first."""

    roles: frozenset[int]
    departments: tuple[int, ...]


def standing_of(user_id: int) -> Standing:
    """The roles and departments of a person; kept until people, roles or departments change."""
    return made(("standing of", user_id), lambda: _standing_of(user_id))


def _standing_of(user_id: int) -> Standing:
    with system_scope("where somebody stands") as db:
        roles = frozenset(db.scalars(sa.select(UserRole.role_id).where(UserRole.user_id == user_id, UserRole.deleted_at.is_(None))))
        home = db.execute(sa.select(Department.id, Department.path).join(User, User.department_id == Department.id).where(User.id == user_id), execution_options={DELETED: True}).one_or_none()  # who is in one that is gone stands below those above it
    return Standing(roles, tuple(dict.fromkeys((home.id, *reversed(departments_of(home.path))))) if home is not None else ())
