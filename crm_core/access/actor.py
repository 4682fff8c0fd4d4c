"""The acting person: his departments, teams, grants and field rules, resolved once and kept until rights change."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import (
    Department,
    FieldRule,
    Grant,
    Role,
    Rule,
    Share,
    SiteRow,
    StandIn,
    Team,
    TeamMember,
    User,
    UserRole,
    departments_of,
)
from crm_core.access.models import Scope as Reach
from crm_core.access.rights import pending
from crm_core.access.scope import NOTHING, Scope, narrowed, of_kinds, of_parent, reach, unite
from crm_core.data.mixins import GIVER, SCOPE_COLUMNS
from crm_core.data.session import Session, has_work, system_scope
from crm_core.data.wall import DELETED
from crm_core.kernel import actors, clock
from crm_core.kernel.calling import decided
from crm_core.kernel.keys import digest
from crm_core.kernel.models import PluginRow
from crm_core.kernel.site import Site, has_site, site

PARTS: dict[str, str] = {}  # permission of a part -> that of its parent; filled when resources are declared
OF_ANY: set[str] = set()  # permissions of parts that hang on records of any resource
LINES: dict[str, str] = {}  # of those, the ones that are lines of their parent's form and have no face of their own
PERSONAL: set[str] = set()  # resources whose rows are always their owner's to read and change (his imports, his files)
PRIVATE: dict[str, frozenset[str]] = {}  # and those that are nobody else's, whatever his grants: with the verbs that nobody has
LENDABLE: set[str] = set()  # verbs that a stand-in does for who is away
TEAMS: set[str] = set()  # of those, the ones whose rows may be a team's instead of one person's (a shared mail box)
GIVEN: dict[str, frozenset[str]] = {}  # verbs that who gave a record has on it besides its owner, by resource
BRIEFS: dict[str, str] = {}  # permission of a brief view -> that of the full resource
_UPDATING = frozenset({"create", "update", "delete", "import"})


@dataclass(frozen=True)
class Actor:
    """Who acts. Immutable: what he may do is fixed for the length of a request."""

    user_id: int
    name: str
    login: str
    language: str | None
    timezone: str | None
    department_id: int | None
    department: str
    subtree: tuple[int, ...]
    teams: tuple[int, ...]
    roles: tuple[tuple[str, str, str | None], ...]  # (code, name, msgid)
    grants: tuple[tuple[str, Reach], ...]
    rules: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)  # resource -> field -> rule
    shared: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)  # (resource, verb) -> records shared with him today
    hidden: frozenset[str] = frozenset()  # packages whose faces are not for his department
    rights: int = 0
    token: tuple[str, ...] | None = None  # scopes of the API token he came with; None: signed in
    lent: tuple["Actor", ...] = ()  # colleagues for whom he stands in today: what `LENDABLE` names he does as they may
    stale: dt.date | None = None  # from this day on others are lent or shared
    _scopes: dict[str, Scope] = field(default_factory=dict, compare=False, repr=False)
    _fields: dict[tuple[str, str], Rule | None] = field(default_factory=dict, compare=False, repr=False)
    shown: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)  # kept by resources: what he sees of each

    @property
    def id(self) -> int:
        return self.user_id

    def can(self, permission: str) -> bool:
        """Whether any grant covers this permission, on whatever rows."""
        return not self.scope_of(permission).nothing

    def scope(self, resource: str, verb: str) -> Scope:
        """The rows of a resource he may do this verb on: the union of the branches of all his grants of it."""
        return self.scope_of(f"{resource}.{verb}")

    def scope_of(self, permission: str) -> Scope:
        found = self._scopes.get(permission)
        if found is None:
            found = self._scopes[permission] = narrowed(self._find(permission), self._narrow(permission))
        return found

    def _narrow(self, permission: str) -> list[Any]:
        """What plugins let him do at most: of the resource, of what it is part of, and of the whole of a brief."""
        if not has_site():
            return []
        resource, _dot, verb = permission.rpartition(".")
        if not site().registry.deciders("narrow_records"):
            return []
        resource = BRIEFS.get(resource, resource)
        found = decided("narrow_records", NOTHING, actor=self, resource=resource, verb=verb)
        parent = PARTS.get(resource)
        if parent is not None:
            link, table = site().registry.parent_of(resource)
            for one in self._narrow(f"{parent}.{'update' if verb in _UPDATING else verb}"):
                found.append(one if isinstance(one, Scope) else of_parent(link, table, one))
        return found

    def _find(self, permission: str) -> Scope:
        resource, _dot, verb = permission.rpartition(".")
        found = NOTHING
        if self.hidden and permission.partition(".")[0] in self.hidden:
            return found
        full = BRIEFS.get(resource)
        if full is not None and verb == "read":  # who sees the record sees its brief
            found |= self._find(f"{full}.read")
        if not self._covered(permission):
            return found
        if resource in PRIVATE:
            if verb in PRIVATE[resource]:
                return NOTHING
            return reach(Reach.team if resource in TEAMS else Reach.own, self.user_id, None, (), self.teams)
        mine = replace(self, token=None, _scopes={}, _fields={}, shown={})
        if resource in OF_ANY:
            return of_kinds((one.name, mine.scope(one.name, "update" if verb in _UPDATING else verb), one.table)
                            for one in (site().registry.holders if has_site() else ()))
        for pattern, word in self.grants:
            if pattern == permission or fnmatchcase(permission, pattern):
                found |= reach(word, self.user_id, self.department_id, self.subtree, self.teams)
        if verb in LENDABLE:
            for away in self.lent:
                found |= away._find(permission)
        if resource in PERSONAL:
            found |= reach(Reach.own, self.user_id, None, (), ())
        parent = PARTS.get(resource)
        if parent is not None:  # read ⇒ read, update ⇒ create, update and delete of the part
            above = mine._find(f"{parent}.{'update' if verb in _UPDATING else verb}")
            if above.asks != SCOPE_COLUMNS:  # parts carry the owners of their record, and nothing else it is reached by
                link, table = site().registry.parent_of(resource)
                above = above.of_parts(link, table.name)
            found |= above
        if full is not None and verb == "read":
            found |= mine._find(f"{full}.read")
        if verb in GIVEN.get(resource, ()) and not found.nothing:
            found |= unite([(GIVER, [self.user_id])])
        return found.with_shared(self.shared.get((resource, verb), ()))

    def _covered(self, permission: str) -> bool:
        """Whether his token speaks of this permission. Lines belong to the record they are part of: who may read
        customers by token reads their addresses, or he would write back a list that lacks them."""
        if self.token is None or any(fnmatchcase(permission, pattern) for pattern in self.token):
            return True
        resource, _dot, verb = permission.rpartition(".")
        parent = LINES.get(resource)
        return parent is not None and self._covered(f"{parent}.{'update' if verb in _UPDATING else verb}")

    def rule(self, resource: str, name: str) -> Rule | None:
        """The field rule that binds him, or None: the stricter of his roles' and of what plugins say."""
        found = self.rules.get(resource, {}).get(name)
        if found is Rule.hidden or not has_site() or not site().registry.deciders("field_access"):
            return found
        key = (resource, name)
        if key not in self._fields:
            said = decided("field_access", "hidden", actor=self, resource=resource, field=name)
            self._fields[key] = None if not said else Rule.readonly if set(said) == {"readonly"} else Rule.hidden
        return self._fields[key] or found

    def behind(self) -> "Actor":
        """The same person behind the scenes, where faces do not matter: listeners and jobs are for the whole house."""
        return replace(self, hidden=frozenset(), _scopes={}, _fields={}, shown={}) if self.hidden else self

    def with_token(self, scopes: tuple[str, ...]) -> "Actor":
        """The same person through an API token: never more than he may himself."""
        return replace(self, token=scopes, _scopes={}, _fields={}, shown={})


def _for_jobs(site: Site, user_id: int) -> Actor | None:
    """The actor of a recorded id, for deliveries and jobs."""
    if has_work():
        with system_scope("actor of a delivery") as db:
            found = load_actor(site, db, user_id)
    else:
        with site.system("actor of a job") as work:
            found = load_actor(site, work.session, user_id)
    return found and found.behind()


actors.provide(_for_jobs)


def epoch_of(password_hash: str | None, active: bool) -> str:
    """What a session must carry to go on: derived from the stored hash, so any change of it, by any path, ends it."""
    return digest(f"{password_hash or ''}:{int(bool(active))}")


def load_actor(site: Site, db: Session, user_id: int, rights: int | None = None) -> Actor | None:
    """The actor of a user, from this process's cache when no right has changed since. None when he may not sign in.

    `db` is a system session. `rights` is the site's counter when the caller has read it already.
    """
    if rights is None:
        rights = db.execute(sa.select(SiteRow.rights)).scalar_one()
    made = known_actor(site, user_id, rights) or _load(db, user_id, rights)
    if made is not None and not (has_work() and pending()):  # what a transaction is changing may still change, or never be
        site.cache["actor", user_id, rights] = made
    return made


def known_actor(site: Site, user_id: int, rights: int) -> Actor | None:
    """The actor of a user when this process has made it since rights last changed."""
    found: Actor | None = site.cache.get(("actor", user_id, rights))
    return None if found is not None and found.stale is not None and clock.today() >= found.stale else found


def actor_now(db: Session, user_id: int) -> Actor | None:
    """What a user may do as the running transaction has it, switched off or not: for judging what is being given to him."""
    return _load(db, user_id, 0, whoever=True)


def _lent(db: Session, user_id: int) -> tuple[tuple[Actor, ...], dt.date | None]:
    """For whom somebody stands in today, and the day from which it is others."""
    today, found, turns = clock.today(), [], set()
    for row in db.execute(sa.select(StandIn.owner_id, StandIn.begins, StandIn.ends).where(
            StandIn.substitute_id == user_id, StandIn.ends >= today, StandIn.deleted_at.is_(None))):
        turns.add(row.begins if row.begins > today else row.ends + dt.timedelta(days=1))
        if row.begins <= today and row.owner_id not in (None, user_id):
            found.append(_load(db, row.owner_id, 0, alone=True))
    return tuple(one for one in found if one is not None), min(turns, default=None)


def _shared(db: Session, user_id: int, teams: tuple[int, ...]) -> tuple[dict[tuple[str, str], tuple[int, ...]], dt.date | None]:
    """What colleagues share with somebody today, and the day from which it is less."""
    found: dict[tuple[str, str], set[int]] = {}
    ends: set[dt.date] = set()
    query = sa.select(Share.subject, Share.subject_id, Share.writes, Share.until).where(
        Share.live(), sa.or_(Share.user_id == user_id, Share.team_id.in_(teams)))
    for row in db.execute(query):
        ends.add(row.until + dt.timedelta(days=1))
        for verb in ("read", "update") if row.writes else ("read",):
            found.setdefault((row.subject, verb), set()).add(row.subject_id)
    return {key: tuple(sorted(ids)) for key, ids in found.items()}, min(ends, default=None)


def _load(db: Session, user_id: int, rights: int, *, whoever: bool = False, alone: bool = False) -> Actor | None:
    user = db.execute(
        sa.select(User.id, User.name, User.login, User.language, User.timezone, User.department_id, User.active)
        .where(User.id == user_id, User.deleted_at.is_(None))
    ).one_or_none()
    if user is None or not (user.active or whoever):
        return None
    deleted = {DELETED: True}  # what lies in a department that is gone still lies below the one above it
    home = db.execute(sa.select(Department.name, Department.path).where(Department.id == user.department_id), execution_options=deleted).one_or_none()
    below: tuple[int, ...] = ()
    if home is not None:
        below = tuple(db.scalars(sa.select(Department.id).where(Department.path.startswith(home.path, autoescape=True)), execution_options=deleted))
    teams = tuple(db.scalars(
        sa.select(TeamMember.team_id).join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.user_id == user_id, TeamMember.deleted_at.is_(None), Team.deleted_at.is_(None))
        .order_by(TeamMember.team_id)
    ))
    roles = db.execute(
        sa.select(Role.id, Role.code, Role.name, Role.msgid)
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user_id, UserRole.deleted_at.is_(None), Role.deleted_at.is_(None))
        .order_by(Role.id)
    ).all()
    ids = [r.id for r in roles]
    lent, stale = ((), None) if alone else _lent(db, user_id)  # nobody lends what he was lent
    shared, ends = ({}, None) if alone else _shared(db, user_id, teams)
    stale = min(filter(None, (stale, ends)), default=None)
    grants = db.execute(
        sa.select(Grant.role_id, Grant.permission, Grant.scope).where(Grant.role_id.in_(ids), Grant.deleted_at.is_(None))
    ).all()
    rules = db.execute(
        sa.select(FieldRule.role_id, FieldRule.resource, FieldRule.field, FieldRule.rule)
        .where(FieldRule.role_id.in_(ids), FieldRule.deleted_at.is_(None))
    ).all()
    return Actor(
        user_id=user.id,
        name=user.name,
        login=user.login,
        language=user.language,
        timezone=user.timezone,
        department_id=user.department_id,
        department=home.name if home else "",
        subtree=below,
        teams=teams,
        roles=tuple((r.code, r.name, r.msgid) for r in roles),
        grants=tuple((g.permission, g.scope) for g in grants),
        rules=_bind(ids, grants, rules),
        hidden=_hidden(db, home.path if home is not None else ""),
        rights=rights, lent=lent, stale=stale, shared=shared,
    )


def _hidden(db: Session, path: str) -> frozenset[str]:
    """The plugins whose audience a department with this path is not part of."""
    wanted = {name: set(ids) for name, ids in db.execute(sa.select(PluginRow.name, PluginRow.audience).where(PluginRow.audience.is_not(None))) if ids}
    line = set(departments_of(path))
    return frozenset(name for name, ids in wanted.items() if not ids & line)


def _bind(roles: list[int], grants: Any, rules: Any) -> dict[str, dict[str, Rule]]:
    """A rule binds when every role that lets him read the resource carries it: rights are a union, in fields as in rows."""
    found: dict[str, dict[str, Rule]] = {}
    wanted: dict[tuple[str, str], dict[int, Rule]] = {}
    for r in rules:
        wanted.setdefault((r.resource, r.field), {})[r.role_id] = r.rule
    for (resource, name), by_role in wanted.items():
        reading = {g.role_id for g in grants if fnmatchcase(f"{resource}.read", g.permission)} or set(by_role)
        if reading <= set(by_role):
            strict = all(by_role[role] is Rule.hidden for role in reading)
            found.setdefault(resource, {})[name] = Rule.hidden if strict else Rule.readonly
    return found
