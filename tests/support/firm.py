"""A small firm on the bare tables: departments, teams, people of every reach, on SQLite and on PostgreSQL.

    def test_x(firm: Firm) -> None:
        with firm.as_user("uma"):
            firm.things.write([{"name": "a thing"}])

Made once a session and copied for each test. People's rights are rows, so `load_actor` resolves them as it does for real.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from tests.support import ENGINES

if TYPE_CHECKING:
    from crm_core.access.actor import Actor
    from crm_core.data.session import Work
    from crm_core.kernel.site import Site
    from tests.support.postgres import Cluster

# name: (id, the one above)
DEPARTMENTS: Mapping[str, tuple[int, str | None]] = {
    "head": (1, None), "north": (2, "head"), "east": (3, "north"), "south": (4, "head"),
}
TEAMS = {"harbour": 1, "river": 2}
_WORDS = {"core.user.brief.read": "all", "core.department.brief.read": "all", "core.team.read": "all", "bare.shelf.read": "all"}
ROLES: Mapping[str, Mapping[str, str]] = {
    "administrator": {"*": "all"},
    "supervisor": {"bare.*": "subtree", **_WORDS},
    "user": {"bare.thing.*": "own", "bare.pointer.*": "own", "bare.thing.brief.read": "all", **_WORDS},
    "department": {"bare.thing.*": "department", "bare.pointer.*": "department", **_WORDS},
    "team": {"bare.thing.read": "team", "bare.thing.update": "team", **_WORDS},
    "reader": {"bare.*.read": "all", "bare.thing.update": "own", "bare.thing.export": "department", **_WORDS},
    "narrow": {"bare.thing.read": "own", "bare.piece.read": "own"},
    "brief": {"bare.thing.brief.read": "all", **_WORDS},
}
# login: (id, department, role, teams)
PEOPLE: Mapping[str, tuple[int, str, str | None, tuple[str, ...]]] = {
    "ada": (1, "head", "administrator", ()),
    "sam": (2, "north", "supervisor", ()),
    "uma": (3, "north", "user", ("harbour",)),
    "udo": (4, "north", "user", ()),
    "eve": (5, "east", "user", ()),
    "dan": (6, "south", "department", ()),
    "tom": (7, "south", "team", ("harbour", "river")),
    "rita": (8, "south", "reader", ()),
    "nil": (9, "south", "narrow", ()),
    "bea": (10, "south", "brief", ()),
    "out": (11, "south", None, ()),
}
CHOICES = {
    "bare.standing": [("new", "New", "新"), ("old", "Old", "旧"), ("gone", "Gone", "无")],
    "bare.flavour": [("sweet", "Sweet", "甜"), ("sour", "Sour", "酸"), ("hot", "Hot", "辣")],
}


@dataclass
class Firm:
    """The site and short ways to its people and resources."""

    site: Site

    def resource(self, name: str) -> Any:
        return self.site.registry.resource(name)

    @property
    def things(self) -> Any:
        return self.resource("bare.thing")

    @property
    def pieces(self) -> Any:
        return self.resource("bare.piece")

    def actor(self, login: str) -> Actor:
        """This person with his rights of the moment."""
        from crm_core.access.actor import load_actor

        with self.site.system("tests") as work:
            found = load_actor(self.site, work.session, PEOPLE[login][0])
        assert found is not None
        return found

    @contextlib.contextmanager
    def as_user(self, login: str, token: tuple[str, ...] | None = None) -> Iterator[Work]:
        """A piece of work of this person."""
        who = self.actor(login)
        with self.site.work(who if token is None else who.with_token(token)) as work:
            yield work

    def house(self) -> contextlib.AbstractContextManager[Work]:
        """A piece of work of the house itself."""
        return self.site.system("tests")

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Rows as they stand in the database, past every guard; for looking at what happened."""
        from crm_core.data.wall import UNSCOPED

        with self.site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
            found = conn.execute(sa.text(statement), values)
            return [dict(row) for row in found.mappings()] if found.returns_rows else []

    def one(self, statement: str, **values: Any) -> Any:
        """The one value of the one row."""
        (row,) = self.sql(statement, **values)
        (value,) = row.values()
        return value

    def rights_changed(self) -> None:
        """Rights were changed by hand: who is kept in memory is out of date."""
        self.sql("UPDATE core_site SET rights = rights + 1")

    def grant(self, role: str, permission: str, scope: str) -> None:
        """Give a role one more right."""
        _rows(self.site, "core_grant", [{"role_id": _role_id(role), "permission": permission, "scope": scope}])
        self.rights_changed()

    def field_rule(self, role: str, resource: str, field: str, rule: str) -> None:
        _rows(self.site, "core_field_rule", [{"role_id": _role_id(role), "resource": resource, "field": field, "rule": rule}])
        self.rights_changed()

    def thing(self, owner: str | None = None, *, team: str | None = None, **values: Any) -> int:
        """A thing of somebody, made by the house."""
        row: dict[str, Any] = {"name": "thing", **values}
        row["owner"] = PEOPLE[owner][0] if owner else None
        if owner is None:
            row.setdefault("department", DEPARTMENTS["south"][0])
        row["team"] = TEAMS[team] if team else None
        with self.house():
            (made,) = self.things.write([row])
        return int(made)


def _role_id(name: str) -> int:
    return list(ROLES).index(name) + 1


def _rows(site: Site, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows of people and words, put in by the set, stamps filled."""
    from crm_core.data.base import Model
    from crm_core.data.mixins import new_public_id
    from crm_core.data.wall import UNSCOPED
    from crm_core.kernel import clock

    found = Model.metadata.tables[table]
    stamps: dict[str, Any] = {"version": 1, "created_at": clock.now(), "updated_at": clock.now()}
    values = [
        {**{c: v for c, v in stamps.items() if c in found.c}, **({"public_id": new_public_id()} if "public_id" in found.c else {}), **row}
        for row in rows
    ]
    with site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        conn.execute(sa.insert(found), values)
        if conn.dialect.name == "postgresql" and any("id" in row for row in values):
            conn.execute(sa.text("SELECT setval(pg_get_serial_sequence(:t, 'id'), :n)"), {"t": table, "n": max(r["id"] for r in values)})


def open_firm(url: str, home: Path) -> Firm:
    """The firm in a database that has been filled before."""
    from crm_core.app import open_site
    from crm_core.kernel.config import Config
    from tests.bare.plugin import PACKAGE

    return Firm(open_site(config=Config(site=home, database=url, language="en"), plugins=(PACKAGE,)))


def found_firm(url: str, home: Path) -> None:
    """Make the tables and the people."""
    from crm_core.data.base import Model
    from crm_core.data.wall import UNSCOPED
    from crm_core.resource import search

    firm = open_firm(url, home)
    site = firm.site
    with site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        packages = {p.name for p in site.registry.packages}
        Model.metadata.create_all(conn, tables=[t for t in Model.metadata.tables.values() if t.name.partition("_")[0] in packages])
        for statement in search.install_index(conn):
            conn.execute(sa.text(statement))
    _rows(site, "core_site", [{"public_id": "0" * 32, "made_at": _now()}])
    paths: dict[str | None, str] = {None: "/"}
    for name, (key, above) in DEPARTMENTS.items():
        paths[name] = f"{paths[above]}{key}/"
        row = {"id": key, "name": name, "name_key": name, "department_id": key, "path": paths[name]}
        _rows(site, "core_department", [{**row, "parent_id": DEPARTMENTS[above][0] if above else None}])
    _rows(site, "core_team", [{"id": key, "name": name} for name, key in TEAMS.items()])
    _rows(site, "core_role", [{"id": _role_id(name), "code": name, "name": name.title()} for name in ROLES])
    _rows(site, "core_grant", [
        {"role_id": _role_id(role), "permission": permission, "scope": scope}
        for role, grants in ROLES.items() for permission, scope in grants.items()
    ])
    for login, (key, department, role, teams) in PEOPLE.items():
        home_id = DEPARTMENTS[department][0]
        _rows(site, "core_user", [{"id": key, "login": login, "login_key": login, "name": login.title(), "name_key": login,
                                   "owner_id": key, "department_id": home_id, "active": True, "preferences": {}}])
        if role:
            _rows(site, "core_user_role", [{"user_id": key, "role_id": _role_id(role), "owner_id": key, "department_id": home_id}])
        if teams:
            _rows(site, "core_team_member", [{"team_id": TEAMS[t], "user_id": key} for t in teams])
    _rows(site, "core_choice", [
        {"list": name, "code": code, "en": en, "zh": zh, "position": n, "retired": False}
        for name, words in CHOICES.items() for n, (code, en, zh) in enumerate(words)
    ])
    site.engines.dispose()


def _now() -> Any:
    from crm_core.kernel import clock

    return clock.now()


@pytest.fixture(scope="session")
def firm_templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the filled databases lie that tests copy, made when first asked for."""
    return {}


def _template(engine: str, request: pytest.FixtureRequest) -> str:
    made: dict[str, str] = request.getfixturevalue("firm_templates")
    if engine not in made:
        home = request.getfixturevalue("tmp_path_factory").mktemp("firm")
        if engine == "sqlite":
            found_firm(f"sqlite:///{home / 'crm.db'}", home)
            with contextlib.closing(sqlite3.connect(home / "crm.db")) as conn:
                conn.execute("pragma wal_checkpoint(truncate)")
            made[engine] = str(home / "crm.db")
        else:
            made[engine] = request.getfixturevalue("postgres").create()
            found_firm(made[engine], home)
    return made[engine]


@pytest.fixture(params=ENGINES)
def firm_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database of the firm; the test runs once on each engine."""
    if request.param == "sqlite":
        shutil.copyfile(_template("sqlite", request), tmp_path / "crm.db")
        yield f"sqlite:///{tmp_path / 'crm.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.create(template=_template("postgresql", request))
    yield url
    cluster.drop(url)


@pytest.fixture(scope="module", params=ENGINES)
def shared_firm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    """The firm on each engine, one for all tests of a module, for those that change nothing others look at."""
    home = tmp_path_factory.mktemp("shared")
    url = f"sqlite:///{home / 'crm.db'}"
    if request.param == "sqlite":
        shutil.copyfile(_template("sqlite", request), home / "crm.db")
    else:
        url = request.getfixturevalue("postgres").create(template=_template("postgresql", request))
    found = open_firm(url, home)
    yield found
    found.site.engines.dispose()
    if request.param != "sqlite":
        request.getfixturevalue("postgres").drop(url)


@pytest.fixture
def firm(firm_url: str, tmp_path: Path) -> Iterator[Firm]:
    """The firm, fresh for this test, on each engine."""
    found = open_firm(firm_url, tmp_path)
    yield found
    found.site.engines.dispose()
