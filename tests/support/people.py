"""A small company on a migrated site, and people who open its pages: `company.client("lina").get("/core/customer")`.

Every answer is looked at on the way: the headers of S11 must stand on it, a GET must not have written (but for the note
that somebody was seen), and nothing slow may have happened inside a write transaction.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from crm_core.access import passwords
from crm_core.access.actor import Actor, load_actor
from crm_core.app import create_app, open_site
from crm_core.data.base import Model
from crm_core.data.session import Work, in_writing
from crm_core.features.people.services import accounts
from crm_core.kernel.config import Config
from crm_core.kernel.site import Site
from crm_core.web.guards import IdConverter
from tests.support import ENGINES
from tests.support.postgres import Cluster

PASSWORD = "correct horse battery"
HOST = "http://127.0.0.1"
# code: parent
DEPARTMENTS: Mapping[str, str | None] = {"HQ": None, "SALES": "HQ", "NORTH": "SALES", "SOUTH": "SALES", "OFFICE": "HQ"}
# login: (role, department)
PEOPLE = {
    "admin": ("administrator", "OFFICE"),
    "boss": ("decision-maker", "HQ"),
    "sam": ("supervisor", "SALES"),
    "nora": ("supervisor", "NORTH"),
    "lina": ("user", "NORTH"),
    "sue": ("user", "SOUTH"),
}


class Client(FlaskClient):
    """A browser that fills in the forgery token of its session by itself; `raw=True` sends what is given."""

    token = ""
    writes: list[str] | None = None

    def open(self, *args: Any, raw: bool = False, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", HOST)
        reading = kwargs.get("method", "GET") in ("GET", "HEAD", "OPTIONS")
        if not raw and not reading and "json" not in kwargs:
            data = kwargs.get("data") or {}
            if isinstance(data, dict):
                kwargs["data"] = {"csrf_token": self.csrf(), **data}
        before = len(self.writes or ())
        answer = super().open(*args, **kwargs)
        check_headers(answer)
        if reading and self.writes is not None:
            check_writes(self.writes[before:], refused=answer.status_code == 401)
        return answer

    def csrf(self) -> str:
        """The token of this browser's session, read from a page."""
        if not self.token:
            page = self.open("/no-such-page")
            found = re.search(r'data-csrf="([^"]+)"', page.text)
            assert found is not None
            self.token = found[1]
        return self.token

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Sign in; the token of before is forgotten with the session of before."""
        answer = self.post("/sign-in", data={"name": name, "password": password, **more})
        if answer.status_code == 303:
            self.token = ""
        return answer


def steady_headers(answer: TestResponse) -> list[tuple[str, str]]:
    """The headers of an answer in order, without its length and the moment its cookies expire: two askings a second
    apart differ in nothing else."""
    return sorted((k, re.sub(r"Expires=[^;]+", "Expires=…", v)) for k, v in answer.headers if k != "Content-Length")


def check_headers(answer: TestResponse) -> None:
    """What S11 wants on every answer, errors and files included."""
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'"), policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"]
    "".join(value for _name, value in answer.headers).encode("latin-1")  # a server sends nothing else
    if (answer.mimetype or "").startswith("text/"):
        assert answer.mimetype_params.get("charset", "").lower() == "utf-8", answer.content_type


SEEN = re.compile(r"^(BEGIN|SET LOCAL lock_timeout|UPDATE core_(session|token) SET seen_at=[^,]+ WHERE|INSERT INTO core_(access|printing) )", re.IGNORECASE)


def check_writes(statements: list[str], *, refused: bool = False) -> None:
    """A GET changes nothing. What it may note: that somebody is still there, that he read sensitive facts, that a token was wrong."""
    odd = [text for text in statements if not SEEN.match(text)]
    assert [text for text in odd if not (refused and text.startswith("INSERT INTO core_throttle"))] == []


def not_while_writing(*_args: Any, **_more: Any) -> None:
    """Pages are drawn, passwords hashed and mails sent outside of write transactions."""
    assert not in_writing(), "something slow inside writing()"


@dataclass
class Company:
    """The site with its people and departments by name."""

    site: Site
    app: flask.Flask
    people: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)  # every statement sent on a connection that may write

    def actor(self, name: str) -> Actor:
        """Somebody with his rights of this moment."""
        with self.site.system("tests") as work:
            found = load_actor(self.site, work.session, self.people[name])
        assert found is not None, f"{name} may not sign in"
        return found

    @contextmanager
    def as_(self, name: str) -> Iterator[Work]:
        """`with company.as_("lina"):` a piece of work of hers."""
        with self.site.work(self.actor(name)) as work:
            yield work

    def url_of(self, rule: Rule) -> str:
        """An address of a rule, for walks over all of them."""
        values: dict[str, Any] = {}
        for name, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                values[name] = min(converter.items)
            elif isinstance(converter, IdConverter):
                values[name] = 1
            else:
                values[name] = {"package": "core", "path": "customer"}.get(name, "x")
        with self.app.test_request_context(base_url=HOST):
            return flask.url_for(rule.endpoint, **values)

    def state(self) -> dict[str, list[tuple[str, ...]]]:
        """Every row of every table, but for the moment somebody was last seen; read past the wall."""
        engine = sa.create_engine(self.site.engines.url)
        with engine.connect() as conn:
            here = set(sa.inspect(conn).get_table_names())
            tables = [table for name, table in sorted(Model.metadata.tables.items()) if name in here]
            found = {
                table.name: sorted(tuple(map(repr, row)) for row in conn.execute(sa.select(*(c for c in table.c if c.name != "seen_at"))))
                for table in tables
            }
        engine.dispose()
        return found

    def sql(self, statement: str, **values: Any) -> None:
        """Somebody with the database's own shell: past the wall, the rights and the write path."""
        engine = sa.create_engine(self.site.engines.url)
        with engine.begin() as conn:
            conn.execute(sa.text(statement), values)
        engine.dispose()

    def browser(self) -> Client:
        """Somebody nobody knows yet."""
        made: Client = self.app.test_client()  # type: ignore[assignment]
        made.writes = self.writes
        return made

    def client(self, name: str) -> Client:
        """Somebody who has signed in."""
        made = self.browser()
        answer = made.sign_in(name)
        assert answer.status_code == 303, answer.text
        return made


def settle(site: Site) -> tuple[dict[str, int], dict[str, int]]:
    """Put departments and people of every role into a migrated site; all have the same password."""
    people: dict[str, int] = {}
    homes: dict[str, int] = {}
    with site.system("tests"):
        departments = site.registry.resource("core.department")
        for code, parent in DEPARTMENTS.items():
            above = homes[parent] if parent else None
            homes[code] = departments.write([{"name": f"{code.title()} department", "code": code, "parent": above}])[0]
        for login, (role, department) in PEOPLE.items():
            email = f"{login}@example.com"
            people[login] = accounts.add(login, login.title(), [role], homes[department], email=email)
            accounts.set_password(people[login], PASSWORD, kind="test")
    return people, homes


def open_company(site: Site, people: dict[str, int], departments: dict[str, int]) -> Company:
    """The application of a site that has been settled, watched."""
    made = Company(site, create_app(site), dict(people), dict(departments))
    made.app.test_client_class = Client
    flask.before_render_template.connect(not_while_writing, made.app)

    @event.listens_for(site.engines.write, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        made.writes.append(sql)

    return made


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> None:
    """Hashing costs next to nothing in tests."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Template:
    """A settled database to copy, and the ids in it."""

    url: str
    people: dict[str, int]
    departments: dict[str, int]


def _template(home: Path, url: str) -> Template:
    made = open_site(config=Config(site=home, database=url, language="en"))
    ids = settle(made)
    made.engines.dispose()
    return Template(url, *ids)


@pytest.fixture(scope="session")
def company_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None) -> Template:
    """A settled SQLite database; copy it, never write to it."""
    home = tmp_path_factory.mktemp("company")
    shutil.copyfile(sqlite_template, home / "crm.db")
    made = _template(home, f"sqlite:///{home / 'crm.db'}")
    with contextlib.closing(sqlite3.connect(home / "crm.db")) as conn:
        conn.execute("pragma wal_checkpoint(truncate)")
    return made


@pytest.fixture(scope="session")
def company_postgres(
    postgres: Cluster, postgres_template: str, tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None
) -> Template:
    """The same on PostgreSQL, for `postgres.create(template=…)`."""
    return _template(tmp_path_factory.mktemp("company"), postgres.create(template=postgres_template))


@contextmanager
def fresh(kind: str, request: pytest.FixtureRequest, home: Path) -> Iterator[Company]:
    """A company of its own on a copy of the settled database."""
    home.chmod(0o700)
    if kind == "sqlite":
        template: Template = request.getfixturevalue("company_sqlite")
        shutil.copyfile(template.url.removeprefix("sqlite:///"), home / "crm.db")
        url = f"sqlite:///{home / 'crm.db'}"
    else:
        template, cluster = request.getfixturevalue("company_postgres"), request.getfixturevalue("postgres")
        url = cluster.create(template=template.url)
    site = open_site(config=Config(site=home, database=url, language="en"))
    yield open_company(site, template.people, template.departments)
    site.engines.dispose()
    if kind != "sqlite":
        cluster.drop(url)


@pytest.fixture(params=ENGINES)
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    """Departments, people of every role, the application, fresh for this test; once on each engine."""
    with fresh(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    """The same on SQLite alone, for what does not depend on the database."""
    with fresh("sqlite", request, tmp_path) as made:
        yield made


@pytest.fixture
def client_as(company: Company) -> Any:
    """`client_as("lina")`: a browser in which she has signed in."""
    return company.client
