"""A small company with people of every role and records in every relation to them: own, team, department, foreign, deleted.

The text of each foreign record carries a canary, `CANARY<customer>`, so that a leak shows wherever it comes out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.access.actor import Actor, load_actor
from crm_core.access.models import Department, Role, Scope, SiteRow, TeamMember, User
from crm_core.app import open_site
from crm_core.data.session import current_work, writing
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.install import prepare
from crm_core.kernel.site import Site

# Beside the roles that every site has: what some of its people may do on top, and roles of other kinds.
ROLES: Mapping[str, Mapping[str, str]] = {
    "seller": {f"core.customer.{verb}": "own" for verb in ("delete", "export", "import")},
    "auditor": {"core.*.read": "all"},
    "team": {"core.customer.read": "team", "core.customer.update": "team"},
}


@dataclass
class World:
    """The site and the ids of what lies in it."""

    site: Site
    people: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody with his rights of this moment."""
        with self.site.system("tests") as work:
            found = load_actor(self.site, work.session, self.people[name])
        assert found is not None, f"{name} may not sign in"
        return found

    def as_(self, name: str) -> Any:
        """`with world.as_("ann"):` a piece of work of hers."""
        return self.site.work(self.actor(name))

    def changed(self) -> None:
        """Rights were changed by hand: actors kept in memory are old."""
        with self.site.system("tests"), writing() as session:
            session.execute(sa.update(SiteRow).values(rights=SiteRow.rights + 1))


def empty_site(url: str, home: Path, plugins: tuple[Package, ...] = (), **config: Any) -> Site:
    """A site with tables and nobody in it."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    site = open_site(config=Config(site=home, database=url, language="en", **config), plugins=plugins)
    prepare(site, backup=False)
    return site


def company(url: str, home: Path, plugins: tuple[Package, ...] = (), **config: Any) -> World:
    """The company described above."""
    world = World(empty_site(url, home, plugins, **config))
    with world.site.system("tests") as work:
        _places(world)
        _people(world)
        work.info.clear()
    world.changed()
    with world.site.system("tests"):
        _records(world)
    return world


def _resource(name: str) -> Any:
    from crm_core.kernel.site import site

    return site().registry.resource(name)


def _places(world: World) -> None:
    departments = _resource("core.department")
    for name, above in (("head", None), ("north", "head"), ("south", "head")):
        parent = world.departments.get(above) if above else None
        (made,) = departments.write([{"name": f"{name.title()} office", "code": name.upper(), "parent": parent}])
        world.departments[name] = made
    with writing() as session:  # a department lies in its own scope; the path is what the service of moves keeps
        for name, key in world.departments.items():
            path = f"/{key}/" if name == "head" else f"/{world.departments['head']}/{key}/"
            session.execute(sa.update(Department).where(Department.id == key).values(department_id=key, path=path))
    for name in ("harbour", "river"):
        (world.teams[name],) = _resource("core.team").write([{"name": name.title()}])
    for resource, names in {"core.industry": ("Pencils", "Kites"), "core.position": ("Buyer of kites",), "core.tag": ("Fair",)}.items():
        _resource(resource).write([{"name": n} for n in names])


# name: (department, roles, teams)
PEOPLE: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "root": ("head", ("administrator",), ()),
    "boss": ("head", ("decision-maker",), ()),
    "nora": ("north", ("supervisor", "seller"), ()),
    "ann": ("north", ("user", "seller"), ()),
    "bob": ("north", ("user", "seller"), ()),
    "sue": ("south", ("user", "seller"), ()),
    "uma": ("north", ("user",), ()),
    "audrey": ("head", ("auditor",), ()),
    "tom": ("south", ("team",), ("harbour",)),
    "gone": ("north", ("administrator",), ()),
    "nobody": ("north", (), ()),
}


def _people(world: World) -> None:
    table = Role.__table__
    world.roles.update(current_work().session.execute(sa.select(table.c.code, table.c.id)).all())
    for code, grants in ROLES.items():
        lines = [{"permission": permission, "scope": Scope(scope)} for permission, scope in grants.items()]
        (world.roles[code],) = _resource("core.role").write([{"code": code, "name": code.title(), "grants": lines}])
    for name, (department, roles, teams) in PEOPLE.items():
        (made,) = _resource("core.user").write([{
            "login": name, "name": name.title(), "email": f"{name}@example.com", "department": world.departments[department],
            "active": name != "gone", "roles": [{"role": world.roles[role]} for role in roles],
        }])
        world.people[name] = made
        with writing() as session:
            session.execute(sa.update(User).where(User.id == made).values(owner_id=made))
            for team in teams:
                session.add(TeamMember(team_id=world.teams[team], user_id=made))


# key: (owner, department, team)
CUSTOMERS = {
    "ann": ("ann", "north", None),
    "ann2": ("ann", "north", None),
    "bob": ("bob", "north", None),
    "sue": ("sue", "south", None),
    "harbour": ("sue", "south", "harbour"),
    "nobody": (None, "south", None),
    "ann-deleted": ("ann", "north", None),
    "sue-deleted": ("sue", "south", None),
}


def canary(key: str) -> str:
    return "CANARY" + key.replace("-", "").upper()


def _records(world: World) -> None:
    customers, contacts = _resource("core.customer"), _resource("core.contact")
    for number, (key, (owner, department, team)) in enumerate(CUSTOMERS.items()):
        (made,) = customers.write([{
            "name": f"北京{canary(key)}食品有限公司", "standing": ("key", "customer", "potential")[number % 3],
            "owner": world.people[owner] if owner else None, "department": world.departments[department],
            "team": world.teams[team] if team else None, "phone": f"010-6500{number:04d}",
            "email": f"{key}@customers.example.com", "note": f"note of {canary(key)}", "region": 1,
            "legal_representative": f"Rep {canary(key)}",
            "addresses": [{"street": f"{number} {canary(key)} Street", "purpose": "office"}],
        }])
        world.customers[key] = made
        (world.contacts[key],) = contacts.write([{
            "customer": made, "name": f"张{canary(key)}", "mobile": f"1380013{number:04d}", "bio": f"bio {canary(key)}",
            "birth_date": dt.date(1980, 1, 1 + number),
        }])
    for key in ("ann-deleted", "sue-deleted"):
        customers.delete([world.customers[key]])
