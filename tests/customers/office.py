"""A small office for these tests: three colleagues who see their own, a chief who sees all, on a migrated site."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm_core.access.actor import Actor, load_actor
from crm_core.access.models import Department, FieldRule, Grant, Role, Rule, Scope, SiteRow, User, UserRole
from crm_core.data.session import Work, writing
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import Site
from crm_core.resource.changes import stamp
from crm_core.testing.statements import sent

READ_WORDS = {f"core.{n}.read": "all" for n in ("region", "industry", "position", "tag", "user.brief", "department.brief", "team")}
ROLES = {
    "seller": {
        **READ_WORDS, **{f"core.customer.{v}": "own" for v in ("read", "create", "update", "delete", "export", "print", "tag", "untag")},
        "core.task.*": "own", "core.customer.brief.read": "all",
    },
    "chief": {"core.*": "all"},
}


@dataclass
class Office:
    """The site and who works there."""

    site: Site
    people: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)

    def actor(self, login: str) -> Actor:
        with self.site.system("tests") as work:
            found = load_actor(self.site, work.session, self.people[login])
        assert found is not None
        return found

    def as_(self, login: str, language: str = "en") -> AbstractContextManager[Work]:
        """A piece of work of this person, in English unless said."""
        return self.site.work(replace(self.actor(login), language=language, _scopes={}))

    def resource(self, name: str) -> Any:
        return self.site.registry.resource(f"core.{name}")

    def customer(self, login: str, name: str = "四川云岭春酒业有限公司", **more: Any) -> int:
        """A customer entered by this person."""
        with self.as_(login):
            return int(self.resource("customer").write([{"name": name, **more}])[0])

    def contact(self, login: str, customer: int, name: str = "罗建国", **more: Any) -> int:
        with self.as_(login):
            return int(self.resource("contact").write([{"name": name, "customer": customer, **more}])[0])

    def hide(self, role: str, resource: str, name: str) -> None:
        """A field rule: this role does not see this field."""
        with self.site.system("tests"), writing() as db:
            db.add(stamp(FieldRule(role_id=self.roles[role], resource=resource, field=name, rule=Rule.hidden)))
        self.changed()

    def grant(self, role: str, permission: str, scope: str) -> None:
        """Give a role one more right."""
        with self.site.system("tests"), writing() as db:
            db.add(stamp(Grant(role_id=self.roles[role], permission=permission, scope=Scope(scope))))
        self.changed()

    def revoke(self, role: str, permission: str) -> None:
        with self.site.system("tests"), writing() as db:
            db.execute(sa.delete(Grant).where(Grant.role_id == self.roles[role], Grant.permission == permission))
        self.changed()

    def job(self, name: str) -> tuple[dict[str, Any], int]:
        """(counts, change) of the newest job of this name."""
        with self.site.system("tests") as work:
            row = work.session.scalars(sa.select(JobRow).where(JobRow.name == name).order_by(JobRow.id.desc())).first()
        assert row is not None and row.change_id is not None, "it did not run"
        return row.result.get("counts", {}), row.change_id

    def count_writes(self, do: Callable[[], Any]) -> int:
        """How many statements a call sends on the connection that writes."""
        with sent(self.site.engines.write) as statements:
            do()
        return len(statements)

    def changed(self) -> None:
        """Rights were changed by hand: actors kept in memory are old."""
        with self.site.system("tests"), writing() as db:
            db.execute(sa.update(SiteRow).values(rights=SiteRow.rights + 1))

    def count(self, call: Callable[[], Any]) -> tuple[Any, int]:
        """What a call answers, and how many statements it sent."""
        with sent(self.site.engines.read) as statements:
            return call(), len(statements)


def furnish(site: Site) -> Office:
    """陈晓燕 and 王志强 sell in the marketing centre, 李娜 in the fair office; 孙立 sees everything."""
    office = Office(site)
    with site.system("tests"), writing() as db:
        for name in ("营销中心", "会展部", "总编室"):
            made = stamp(Department(name=name))
            db.add(made)
            db.flush()
            made.department_id, made.path = made.id, f"/{made.id}/"
            office.departments[name] = made.id
        for code, grants in ROLES.items():
            role = stamp(Role(code=code, name=code.title()))
            db.add(role)
            db.flush()
            office.roles[code] = role.id
            db.add_all(stamp(Grant(role_id=role.id, permission=p, scope=Scope(s))) for p, s in grants.items())
        for login, name, home, code in (
            ("chen", "陈晓燕", "营销中心", "seller"), ("wang", "王志强", "营销中心", "seller"),
            ("li", "李娜", "会展部", "seller"), ("sun", "孙立", "总编室", "chief"),
        ):
            user = stamp(User(login=login, login_key=login, name=name, department_id=office.departments[home], active=True))
            db.add(user)
            db.flush()
            user.owner_id = user.id
            office.people[login] = user.id
            db.add(stamp(UserRole(user_id=user.id, role_id=office.roles[code], owner_id=user.id, department_id=user.department_id)))
        db.flush()
    office.changed()
    return office
