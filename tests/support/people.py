"""A small company on a migrated site, and people who open its pages: `company.client("lina").get("/core/customer")`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import flask
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm_core.access import passwords
from crm_core.access.actor import Actor, load_actor
from crm_core.app import create_app
from crm_core.data.session import Work
from crm_core.features.people.services import accounts
from crm_core.kernel.site import Site

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

    def open(self, *args: Any, raw: bool = False, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", HOST)
        if not raw and kwargs.get("method", "GET") not in ("GET", "HEAD", "OPTIONS") and "json" not in kwargs:
            data = kwargs.get("data") or {}
            if isinstance(data, dict):
                kwargs["data"] = {"csrf_token": self.csrf(), **data}
        return super().open(*args, **kwargs)

    def csrf(self) -> str:
        """The token of this browser's session, read from a page."""
        if not self.token:
            page = super().open("/no-such-page", base_url=HOST)
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


@dataclass
class Company:
    """The site with its people and departments by name."""

    site: Site
    app: flask.Flask
    people: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)

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

    def browser(self) -> Client:
        """Somebody nobody knows yet."""
        made: Client = self.app.test_client()  # type: ignore[assignment]
        return made

    def client(self, name: str) -> Client:
        """Somebody who has signed in."""
        made = self.browser()
        answer = made.sign_in(name)
        assert answer.status_code == 303, answer.text
        return made


def found(site: Site) -> Company:
    """Put departments and people of every role into a migrated site; all have the same password."""
    made = Company(site, create_app(site))
    made.app.test_client_class = Client
    with site.system("tests"):
        departments = site.registry.resource("core.department")
        for code, parent in DEPARTMENTS.items():
            above = made.departments[parent] if parent else None
            made.departments[code] = departments.write([{"name": f"{code.title()} department", "code": code, "parent": above}])[0]
        for login, (role, department) in PEOPLE.items():
            email = f"{login}@example.com"
            made.people[login] = accounts.add(login, login.title(), [role], made.departments[department], email=email)
            accounts.set_password(made.people[login], PASSWORD, kind="test")
    return made


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> None:
    """Hashing costs next to nothing in tests."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def company(migrated_site: Site) -> Company:
    """Departments, people of every role, the application; once on each engine."""
    return found(migrated_site)


@pytest.fixture
def client_as(company: Company) -> Any:
    """`client_as("lina")`: a browser in which she has signed in."""
    return company.client
