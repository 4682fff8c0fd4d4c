"""Users, departments, teams and roles as resources."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines as reporting
from crm_core.access.delegation import grant_exceeds, require_proof
from crm_core.access.models import Department, FieldRule, Grant, Role, Rule, Team, TeamMember, User, UserRole
from crm_core.access.rights import bump
from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS
from crm_core.data.session import current_work, system_scope, writing
from crm_core.features.people import fields  # noqa: F401  its kinds are known before the resources are made
from crm_core.features.people.services import departments, rights
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.resource import search
from crm_core.resource.changes import unscoped
from crm_core.resource.places import Place
from crm_core.resource.resource import Lines, Resource, Section
from crm_core.text.clean import fold
from crm_core.web import urls
from crm_core.web.viewmodels import Act

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]
Faults = dict[int, dict[str, list[Any]]]
_LOGIN = re.compile(r"[\w][\w.\-]{1,59}")
NO_KNOT = _("Nobody reports to himself, nor to somebody who reports to him.")
_PARTS_ONLY: tuple[str, ...] = ()  # edited inside their parent's form, nowhere else


def _proof() -> None:
    """People and rights are touched only by somebody who has given his password lately; the house itself has none."""
    if rights.acting() is not None:
        require_proof()


class UserRoles(Resource):
    """The roles of a user: lines of his form."""

    model = UserRole
    label = _("Roles")
    columns = ("role",)
    sorts = ()
    verbs = _PARTS_ONLY

    def check(self, rows: Rows, before: Before) -> Faults:
        found: Faults = {}
        for user_id in {row.get("user_id") for row in rows}:
            mine = {i: row["role_id"] for i, row in enumerate(rows) if row.get("user_id") == user_id and row.get("role_id")}
            new = {i: role for i, role in mine.items() if before.get(rows[i].get("id", 0), {}).get("role_id") != role}
            beyond = rights.guard_role(sorted(set(new.values())), user_id)
            for i, role in new.items():
                if role in beyond:
                    found[i] = {"role": [_("You cannot give this role: it allows more than your own (%(what)s).", what=beyond[role])]}
                elif list(mine.values()).count(role) > 1:
                    found[i] = {"role": [_("This is there twice.")]}
        return found

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb != "delete":  # an undo comes here without check()
            table = table_of(UserRole)
            query = sa.select(table.c.user_id).where(table.c.id.in_(ids))
            rights.guard(set(current_work().session.scalars(query, execution_options=unscoped("rights"))))


class Users(Resource):
    model = User
    proved = True
    label = _("Users")
    singular = _("User")
    icon = "users"
    files = False
    columns = "name", "login", "department", "title", "phone", "email", "active"
    filters = "department", "active", "supervisor"
    search = "name", "login", "phone", "email"
    sorts = "name", "-updated_at"
    brief = "name", "department", "title", "phone", "email"
    lines = (Lines("roles", UserRole, ("role",), _("Roles"), first=True),)
    hidden_fields = "owner", "team"
    form = (
        Section(_("Person"), ("name", "login", "department", "title", "supervisor", "phone", "email")),
        Section(_("Rights"), ("active", "roles")),
        Section(_("Screen"), ("language", "timezone"), folded=True),
    )
    help = _("People who sign in. What they may do comes from their roles, how far it reaches from their department.")

    def derive(self, rows: Rows, before: Before) -> None:
        for row in rows:
            if row.get("login"):
                row["login_key"] = fold(row["login"])
            # A user lies in his own scope; of a new one the department decides until his id is known (written()).
            row["owner_id"], row["team_id"] = row.get("id"), None
            if "id" not in row:
                row.setdefault("preferences", {})

    def check(self, rows: Rows, before: Before) -> Faults:
        _proof()
        rights.guard([row["id"] for row in rows if "id" in row])
        found: Faults = {}
        for i, row in enumerate(rows):
            login = row.get("login")
            if login and (not _LOGIN.fullmatch(login) or (login.isdigit() and len(login) > 5)):
                found[i] = {"login": [_("Letters, digits, dot, dash and underscore; not a phone number.")]}
            person = rights.acting()
            if person is not None and row.get("id") == person.user_id and row.get("active") is False:
                found.setdefault(i, {})["active"] = [_("You cannot shut yourself out.")]
            if person is not None and not self._reaches(person, row, before.get(row.get("id", 0))):
                found.setdefault(i, {})["department"] = [_("You may not put people into this department.")]
        _taken(found, rows, before)
        above = {row["id"]: row["supervisor_id"] for row in rows
                 if row.get("supervisor_id") is not None and "id" in row and row["supervisor_id"] != before[row["id"]]["supervisor_id"]}
        if above:
            bump()  # the row every change of people goes through: two that would tie a knot wait for each other
            tied = reporting.ties(above, above)
            for i, row in enumerate(rows):
                if row.get("id") in tied:
                    found.setdefault(i, {})["supervisor"] = [NO_KNOT]
        return found

    def _reaches(self, person: Any, row: Mapping[str, Any], old: Mapping[str, Any] | None) -> bool:
        """Whether a new or moved person lies where the acting one may put people; his own row never counts for that."""
        if old is not None and row.get("department_id", old["department_id"]) == old["department_id"]:
            return True
        scope = person.scope(self.name, "create" if old is None else "assign")
        return bool(scope.holds({**dict.fromkeys(SCOPE_COLUMNS), "department_id": row.get("department_id")}))

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "create":
            _own_scope(ids)
            search.follow(self, ids)
        if verb in ("create", "update", "restore"):
            rights.guard(ids)
            if reporting.ties(ids):  # an undo comes here without check()
                raise Refused(NO_KNOT)
        if verb != "create":
            rights.guard_last_administrator()
        rights.note_change(self.name, verb, ids)

    def delete(self, ids: Sequence[int], *, versions: Mapping[int, int] | None = None) -> int:
        _proof()
        rights.guard(ids)
        return super().delete(ids, versions=versions)

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        person = rights.acting()
        if person is None or row.id == person.user_id or not person.scope(self.name, "update").holds(row):
            return page
        act = Act(_("Link to set a password"), urls.of_act(self, row.id, "link"), "key")
        return replace(page, more=(act, *page.more))


def _taken(found: Faults, rows: Rows, before: Before) -> None:
    """Sign-in names are compared folded, the fault stands beside what was typed."""
    wanted = {row["login_key"]: i for i, row in enumerate(rows) if row.get("login_key")}
    with system_scope("sign-in names in use") as db:
        query = sa.select(User.id, User.login_key).where(User.login_key.in_(wanted), User.deleted_at.is_(None))
        used = {row.login_key: row.id for row in db.execute(query)}
    seen: dict[str, int] = {}
    for i, row in enumerate(rows):
        key = row.get("login_key")
        if key and (used.get(key, row.get("id")) != row.get("id") or key in seen):
            found.setdefault(i, {})["login"] = [_("This is taken already.")]
        if key:
            seen[key] = i


def _own_scope(ids: Sequence[int]) -> None:
    connection, options = current_work().session.connection(), unscoped("own scope of users")
    users, parts = table_of(User), table_of(UserRole)
    connection.execute(sa.update(users).where(users.c.id.in_(ids)).values(owner_id=users.c.id), execution_options=options)
    connection.execute(sa.update(parts).where(parts.c.user_id.in_(ids)).values(owner_id=parts.c.user_id), execution_options=options)


class Departments(Resource):
    model = Department
    proved = True
    label = _("Departments")
    singular = _("Department")
    icon = "sitemap"
    files = False
    importable = True
    columns = "name", "code", "parent", "owner", "phone"
    filters = "parent", "owner"
    search = "name", "code"
    sorts = "name", "-updated_at"
    brief = "name", "parent", "latitude", "longitude"
    unique = (("code",),)
    place = Place(landmark=True)
    hidden_fields = "department", "team"
    form = (Section(_("Department"), ("name", "parent", "owner", "code", "phone", "latitude", "longitude", "note")),)
    help = _("The company as a tree. A right that reaches “department and below” follows it.")

    def write(self, rows: Rows, *, kind: str = "save") -> list[int]:
        """A new department has no head until one is named."""
        for row in rows:
            if row.get("id") is None:
                row.setdefault("owner", None)
        with writing():
            bump()  # before any row is locked: two moves across each other wait here and do not deadlock over parents
            return super().write(rows, kind=kind)

    def derive(self, rows: Rows, before: Before) -> None:
        for row in rows:
            # A department lies in its own scope; a new one is made where its parent lies, until its id is known.
            row["department_id"], row["team_id"] = row.get("id") or row.get("parent_id"), None

    def check(self, rows: Rows, before: Before) -> Faults:
        _proof()
        moved = {
            i: row.get("parent_id") for i, row in enumerate(rows)
            if "id" not in row or ("parent_id" in row and row["parent_id"] != before[row["id"]]["parent_id"])
        }
        if not moved:
            return {}
        parents, person, found = departments.tree(), rights.acting(), {}
        for i, parent in moved.items():
            own = rows[i].get("id")
            if own is not None and parent in departments.below(parents, own):
                found[i] = {"parent": [_("A department cannot lie below itself.")]}
            elif person is not None and not person.scope(self.name, "create").holds({**dict.fromkeys(SCOPE_COLUMNS), "department_id": parent}):
                found[i] = {"parent": [_("You may not put a department there.")]}
            if own is not None:
                parents[own] = parent
        return found

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "create":
            departments.own_scope(ids)
            search.follow(self, ids)
        if verb != "delete":
            departments.write_paths()
        rights.note_change(self.name, verb, ids)


class TeamMembers(Resource):
    """The members of a team: lines of its form."""

    model = TeamMember
    label = _("Members")
    columns = ("user",)
    sorts = ()
    verbs = _PARTS_ONLY


class Teams(Resource):
    model = Team
    proved = True
    label = _("Teams")
    singular = _("Team")
    icon = "users-group"
    files = False
    importable = True
    columns = "name", "head"
    filters = ("head",)
    search = ("name",)
    sorts = "name", "-updated_at"
    known_by = ("name",)
    lines = (Lines("members", TeamMember, ("user",), _("Members"), first=True, repeats=True),)
    help = _("People of several departments who work together. A right that reaches “team” reaches what their teams hold; its head decides what is delegated to heads.")

    def check(self, rows: Rows, before: Before) -> Faults:
        _proof()
        return {}

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        rights.guard(_members(ids))
        if verb != "delete" and (outside := _headed_from_outside(ids)):
            raise Invalid({"head": [_("The head of “%(name)s” is one of its members.", name=outside)]})
        rights.note_change(self.name, verb, ids)


def _headed_from_outside(ids: Sequence[int]) -> str:
    """The name of one of these teams whose head is none of its members; "" where there is none."""
    team, member = table_of(Team), table_of(TeamMember)
    inside = sa.exists().where(member.c.team_id == team.c.id, member.c.user_id == team.c.head_id, member.c.deleted_at.is_(None))
    query = sa.select(team.c.name).where(team.c.id.in_(ids), team.c.head_id.is_not(None), sa.not_(inside)).limit(1)
    return current_work().session.connection().scalar(query) or ""


def _members(ids: Sequence[int]) -> list[int]:
    table = table_of(TeamMember)
    query = sa.select(table.c.user_id).where(table.c.team_id.in_(ids), table.c.deleted_at.is_(None)).distinct()
    return list(current_work().session.connection().scalars(query))


class Grants(Resource):
    """What a role allows: lines of its form."""

    model = Grant
    label = _("Grants")
    columns = "permission", "scope"
    sorts = ()
    verbs = _PARTS_ONLY

    def check(self, rows: Rows, before: Before) -> Faults:
        giver, found = rights.acting(), {}
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            permission, word = row.get("permission", old.get("permission")), row.get("scope", old.get("scope"))
            changed = permission != old.get("permission") or word != old.get("scope")
            if giver is not None and changed and grant_exceeds(giver, permission or "", word):
                found[i] = {"permission": [_("You cannot grant what you do not have yourself.")]}
        return found

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        giver = rights.acting()
        if verb != "delete" and giver is not None:  # an undo comes here without check()
            table = table_of(Grant)
            for row in current_work().session.connection().execute(sa.select(table).where(table.c.id.in_(ids))):
                if grant_exceeds(giver, row.permission, row.scope):
                    raise Forbidden(_("You cannot grant what you do not have yourself."))


class FieldRules(Resource):
    """What a role hides: lines of its form."""

    model = FieldRule
    label = _("Field rules")
    columns = "resource", "field", "rule"
    sorts = ()
    verbs = _PARTS_ONLY

    def check(self, rows: Rows, before: Before) -> Faults:
        found: Faults = {}
        for i, row in enumerate(rows):
            old = before.get(row.get("id", 0), {})
            resource = self.registry.resources.get(str(row.get("resource", old.get("resource"))))
            name = row.get("field", old.get("field"))
            if resource is not None and name not in resource.all_fields:
                found[i] = {"field": [_("%(what)s have no such field.", what=resource.label)]}
            elif resource is not None and name in (resource.label_field, *getattr(resource, "names", ())) and row.get("rule", old.get("rule")) is not Rule.readonly:
                found[i] = {"field": [_("By this field records are named everywhere; it cannot be hidden.")]}
            if old and any(row.get(key, old[key]) != old[key] for key in ("resource", "field", "rule")):
                self._not_mine([old])
        return found

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "delete":
            table = table_of(FieldRule)
            query = sa.select(table.c.resource, table.c.field).where(table.c.id.in_(ids))
            self._not_mine([dict(row) for row in current_work().session.connection().execute(query).mappings()])

    def _not_mine(self, rules: Sequence[Mapping[str, Any]]) -> None:
        giver = rights.acting()
        if giver is not None and any(giver.rule(rule["resource"], rule["field"]) is not None for rule in rules):
            raise Forbidden(_("A rule that binds you is not yours to lift."))


class Roles(Resource):
    model = Role
    proved = True
    label = _("Roles")
    singular = _("Role")
    icon = "shield-lock"
    files = False
    columns = "name", "code", "note"
    search = "name", "code"
    sorts = "name", "-updated_at"
    unique = (("code",),)
    lines = (
        Lines("grants", Grant, ("permission", "scope"), _("Grants"), group="permission", group_label=_("For")),
        Lines("rules", FieldRule, ("resource", "field", "rule"), _("Field rules")),
    )
    help = _("A role is a set of grants: what may be done, and how far it reaches. A person may have several; they add up.")

    def word(self, value: Any) -> Any:
        """Names of presets are translated, as long as nobody has renamed them."""
        return self.all_fields["name"].show(value) if value else value

    def derive(self, rows: Rows, before: Before) -> None:
        for row in rows:
            old = before.get(row.get("id", 0))
            if old is not None and "name" in row and row["name"] != old["name"]:
                row["msgid"] = None
            if not row.get("code") and old is None:
                row["code"] = fold(row.get("name") or "").replace(" ", "-")[:60]

    def check(self, rows: Rows, before: Before) -> Faults:
        _proof()
        return {}

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb != "create":
            rights.guard_last_administrator()
        rights.note_change(self.name, verb, ids)
