"""Flows of approval as they are drawn: what of which records needs one, whom each step asks, which steps a record does not need."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines
from crm_core.access.models import Role, User, UserRole
from crm_core.access.rights import made
from crm_core.data import bulk, proposed
from crm_core.data.base import table_of
from crm_core.data.session import session, system_scope
from crm_core.features.approvals.models import Flow
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import acts, asking, conditions, worktime
from crm_core.resource.changes import unscoped

flow = table_of(Flow)
DRAW = "core.flows"  # the permission to draw flows and to look into every approval
SUBMIT, CREATE, UPDATE, DELETE, ACT = "submit", "create", "update", "delete", "do:"
OVER = asking.OVER
TRANSITIONS = {SUBMIT: _("Handed in by hand or by a rule"), CREATE: _("A new record"), UPDATE: _("A change"), DELETE: _("Deletion")}
WHO = {"users": _("People"), "roles": _("Everybody with a role"), "head": _("Head of the team the record belongs to, else of the author's department"), "supervisor": _("The author's superior")}
NEED = {"any": _("One of them is enough"), "all": _("All of them"), "some": _("So many of them")}
LATE = {"remind": _("remind"), "escalate": _("remind, then ask the superior too")}
OWN = __name__.rpartition(".")[0]  # acts of this package, of review and proposing: no flow is for them
MOST = 20  # steps of a flow
HIGHEST = 5  # superiors one above the other in one step


@dataclass(frozen=True)
class Live:
    """A published flow: `steps` as kept, `when` a tree of conditions or None."""

    id: int
    name: str
    subject: str
    transition: str
    edition: int
    when: Any
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Planned:
    """A step for one record: whom it asks, or why it is left out. `fallback`: nobody was found, so administrators are asked."""

    step: Mapping[str, Any]
    people: tuple[int, ...] = ()
    skipped: Any = ""
    fallback: bool = False


def live(subject: str = "") -> tuple[Live, ...]:
    """The flows that hold now, of one kind of record or all. Read once for each state of rights and words."""
    def load() -> tuple[Live, ...]:
        query = sa.select(flow).where(flow.c.switched_on.is_(True)).order_by(flow.c.id)
        return tuple(Live(row.id, row.name, row.subject, row.transition, row.edition, row.live.get("when"), tuple(row.live["steps"]))
                     for row in session.connection().execute(query) if row.live)

    found = made("flows", load)
    return tuple(one for one in found if one.subject == subject) if subject else found


def of(subject: str, transition: str) -> tuple[Live, ...]:
    return tuple(one for one in live(subject) if one.transition == transition)


def subjects() -> frozenset[str]:
    """The kinds of records that any flow has ever been published for: others are not asked about."""
    query = sa.select(flow.c.subject).where(flow.c.edition > 0).distinct()
    return made("flow subjects", lambda: frozenset(session.connection().scalars(query)))


def hosts() -> list[Any]:
    """The resources for which flows can be drawn."""
    found = (r for r in site().registry.resources.values() if r.verbs and not r.is_brief and not r.part_of and not r.personal and "update" in r.verbs and "deleted_at" in r.table.c)
    return sorted(found, key=lambda r: (r.order, str(r.label)))


def transitions(resource: Any) -> dict[str, Any]:
    """What of a resource can need approval."""
    found = {code: label for code, label in TRANSITIONS.items() if code == SUBMIT or code in resource.verbs}
    if resource.limited:
        found[OVER] = _("What goes over a limit")
    return {**found, **{f"{ACT}{name}": one.label for name, one in resource.all_actions.items() if one is not acts.ASSIGN and not _own(one)}}


def _own(action: Action) -> bool:
    return str(getattr(action.call, "__module__", "")).startswith(f"{OWN}.")


def said(resource: Any, transition: str) -> Any:
    return transitions(resource).get(transition, transition) if resource is not None else transition


# --- conditions --------------------------------------------------------------------------------------------------------


def holds(resource: Any, tree: Any, ids: Sequence[int], changed: Mapping[int, Mapping[str, Any]] | None = None) -> set[int]:
    """Those of these records for which a condition holds, with the columns they are about to have, if any. A condition that cannot be
    read any more holds: what nobody understands is looked at by somebody."""
    if tree is None or not ids:
        return set(ids)
    options = unscoped("conditions of approval flows")
    with system_scope("conditions of approval flows") as db:
        try:
            node = conditions.parse(resource, tree)
        except BadRequest:
            return set(ids)
        table, conn = resource.table, db.connection()
        found: set[int] = set()
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            entity = proposed.rows(table, {i: changed.get(i, {}) for i in some}, conn.dialect) if changed else table
            query = sa.select(entity.c.id).where(conditions.clause(node, entity))
            query = query if changed else query.where(bulk.among(table.c.id, some))
            found.update(conn.execute(query, execution_options=options).scalars())
        return found


def wanting(resource: Any, transition: str, ids: Sequence[int], changed: Mapping[int, Mapping[str, Any]] | None = None) -> dict[int, Live]:
    """Those of these records that need approval for a transition, each with the flow that says so first."""
    found: dict[int, Live] = {}
    for one in of(resource.name, transition):
        rest = [i for i in ids if i not in found]
        hit = holds(resource, one.when, rest)
        if changed:
            hit |= holds(resource, one.when, [i for i in rest if i not in hit], changed)
        found.update(dict.fromkeys(hit, one))
    return found


# --- people ------------------------------------------------------------------------------------------------------------


def spread(steps: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps one by one: a step up to the third superior is three."""
    found: list[Mapping[str, Any]] = []
    for step in steps:
        levels = int(step.get("levels") or 1) if step.get("who") == "supervisor" else 1
        found += [{**step, "level": level} for level in range(1, levels + 1)] if levels > 1 else [step]
    return found


def people(step: Mapping[str, Any], author: int, team: int | None = None) -> list[int]:
    """Whom a step asks of what this author hands in, by id: never himself, nobody who may not sign in. `team`: the one that the record belongs to."""
    who = step.get("who")
    if who == "users":
        found = able(step.get("users") or ())
    elif who == "roles":
        found = holders(step.get("roles") or ())
    elif who == "head":
        head = lines.heads_of_teams([team]).get(team) if team is not None else None
        if head is None or head == author:
            with system_scope("the author of an approval") as db:
                home = db.scalar(sa.select(User.department_id).where(User.id == author))
            head = lines.head_of(home)
        found = [(head if head != author else lines.supervisor_of(author)) or 0]
    elif who == "supervisor":
        level = int(step.get("level", 1))
        chain = lines.chain_of(author, level)
        found = chain[level - 1 : level]
    else:
        found = []
    return [one for one in found if one and one != author]


def able(ids: Iterable[int]) -> list[int]:
    """Those of these people who may sign in."""
    with system_scope("people of a flow") as db:
        query = sa.select(User.id).where(bulk.among(User.id, sorted(set(ids))), User.active.is_(True), User.deleted_at.is_(None))
        return list(db.scalars(query.order_by(User.id)))


def homes(ids: Iterable[int]) -> dict[int, int]:
    """The departments of these people who have one."""
    with system_scope("departments of people who are asked") as db:
        query = sa.select(User.id, User.department_id).where(bulk.among(User.id, sorted(set(ids))), User.department_id.is_not(None))
        return {row.id: row.department_id for row in db.execute(query)}


def holders(roles: Iterable[int]) -> list[int]:
    """Who has one of these roles and may sign in."""
    with system_scope("people of a role") as db:
        query = (
            sa.select(User.id).join(UserRole, UserRole.user_id == User.id)
            .where(bulk.among(UserRole.role_id, sorted(set(roles))), UserRole.deleted_at.is_(None), User.active.is_(True), User.deleted_at.is_(None))
        )
        return sorted(set(db.scalars(query)))


def administrators(author: int) -> list[int]:
    """Who is asked where a step finds nobody."""
    with system_scope("administrators") as db:
        roles = list(db.scalars(sa.select(Role.id).where(Role.code == "administrator", Role.deleted_at.is_(None))))
    return [one for one in holders(roles) if one != author]


def plan(steps: Sequence[Mapping[str, Any]], resource: Any, row_id: int, author: int, changed: Mapping[str, Any] | None = None, start: int = 0) -> list[Planned]:
    """What each of these steps (as `spread` gives them) means for a record and its author, from one on. Where nobody is found, or no step
    holds at all, administrators are asked: nothing is approved because nobody was there."""
    found: list[Planned] = []
    team = _team(resource, row_id, changed) if any(step.get("who") == "head" for step in steps[start:]) else None
    for step in steps[start:]:
        if not holds(resource, step.get("when"), [row_id], {row_id: changed} if changed else None):
            found.append(Planned(step, skipped=_("its condition does not hold")))
            continue
        asked = people(step, author, team)
        if not asked and int(step.get("level", 1)) > 1:
            found.append(Planned(step, skipped=_("there is nobody so far above the author")))
            continue
        found.append(Planned(step, tuple(asked)) if asked else Planned(step, tuple(administrators(author)), fallback=True))
    if start == 0 and all(one.skipped for one in found):
        found.append(Planned({"name": "", "who": "nobody", "need": "any"}, tuple(administrators(author)), fallback=True))
    return found


def _team(resource: Any, row_id: int, changed: Mapping[str, Any] | None) -> int | None:
    """The team that a record belongs to, or is about to."""
    if "team_id" not in resource.table.c:
        return None
    if changed and "team_id" in changed:
        return changed["team_id"] or None
    c = resource.table.c
    found = session.connection().scalar(sa.select(c.team_id).where(c.id == row_id), execution_options=unscoped("the team of what approval is asked for"))
    return int(found) if found is not None else None


def faults(resource: Any, transition: str, draft: Mapping[str, Any]) -> list[Any]:
    """Why a flow cannot be published as it is drawn."""
    found: list[Any] = []
    steps = draft.get("steps") or []
    if resource is None or transition not in transitions(resource):
        return [_("What this flow is for is not there any more.")]
    if not steps:
        found.append(_("Add a step: a flow without one asks nobody."))
    for number, step in enumerate(steps, 1):
        who = step.get("who")
        if who == "users" and not able(step.get("users") or ()):
            found.append(_("Step %(n)s: choose people who may sign in.", n=number))
        if who == "roles" and not holders(step.get("roles") or ()):
            found.append(_("Step %(n)s: nobody who may sign in has this role.", n=number))
        if who not in WHO:
            found.append(_("Step %(n)s: say who is asked.", n=number))
        if step.get("need") == "some" and who in ("users", "roles"):
            several = able(step.get("users") or ()) if who == "users" else holders(step.get("roles") or ())
            if int(step.get("k") or 0) > len(several):
                found.append(_("Step %(n)s: it asks for more people than there are.", n=number))
    with system_scope("conditions of approval flows"):
        for number, tree in enumerate((draft.get("when"), *(step.get("when") for step in steps))):
            try:
                if tree is not None:
                    conditions.parse(resource, tree)
            except BadRequest as bad:
                found.append(_("Step %(n)s: %(what)s", n=number, what=bad.message) if number else bad.message)
    return found


def due(step: Mapping[str, Any], today: dt.date, department_id: int | None = None) -> dt.date | None:
    """The last day to answer: so many working days after today, by the calendar of the department of who is asked."""
    days = step.get("days")
    return worktime.shift(today, int(days), department_id) if days else None
