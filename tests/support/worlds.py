"""Fixtures of the company of `tests.support.world`: built once for each engine, copied for each test.

A folder of tests takes them with `from tests.support.worlds import *` in its conftest.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import flask
import pytest

from crm_core.app import create_app, open_site
from crm_core.kernel.config import Config
from crm_core.testing import clients
from crm_core.testing.clients import Browser, Client
from tests.support import ENGINES
from tests.support.world import World, company

__all__ = ["Browser", "Client", "api_app", "as_", "at_browser", "engine_url", "one_engine", "templates", "world"]

# For tests that the engine makes no difference to.
one_engine = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def signed_in(app: flask.Flask, world: World, name: str) -> Browser:
    """A browser whose person has signed in a moment ago."""
    return clients.signed_in(app, world.site, world.people[name])


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, World]]:
    """Engine -> (URL of a finished company that nobody is connected to, what lies in it)."""
    return {"": (str(tmp_path_factory.mktemp("company")), World(None))}  # type: ignore[arg-type]


def template(templates: dict[str, tuple[str, World]], engine: str, request: pytest.FixtureRequest) -> tuple[str, World]:
    if engine not in templates:
        home = Path(templates[""][0])
        url = f"sqlite:///{home / 'crm.db'}" if engine == "sqlite" else request.getfixturevalue("postgres").create()
        made = company(url, home / engine)
        made.site.engines.dispose()
        templates[engine] = (url, made)
    return templates[engine]


@pytest.fixture(params=ENGINES)
def engine_url(
    request: pytest.FixtureRequest, tmp_path: Path, templates: dict[str, tuple[str, World]]
) -> Iterator[str]:
    """The URL of a database with the company in it, on each engine."""
    url, _made = template(templates, request.param, request)
    if request.param == "sqlite":
        shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "crm.db")
        yield f"sqlite:///{tmp_path / 'crm.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    copy = postgres.create(url)
    yield copy
    postgres.drop(copy)


@pytest.fixture
def world(engine_url: str, tmp_path: Path, templates: dict[str, tuple[str, World]]) -> Iterator[World]:
    """The company, to do with as one likes."""
    made = templates["sqlite" if engine_url.startswith("sqlite") else "postgresql"][1]
    home = tmp_path / "site"
    home.mkdir(mode=0o700)
    site = open_site(config=Config(site=home, database=engine_url, language="en"))
    yield replace(made, site=site)
    site.engines.dispose()


@pytest.fixture
def api_app(world: World) -> flask.Flask:
    """The application of the company."""
    return create_app(world.site)


@pytest.fixture
def as_(world: World, api_app: flask.Flask) -> Callable[..., Client]:
    """`as_("ann")`, `as_("ann", "core.customer.read")`: a client with a token of hers; `as_("")`: without."""

    def make(name: str, *scopes: str) -> Client:
        return Client(api_app, token_of(world, name, *scopes) if name else "")

    return make


@pytest.fixture
def at_browser(world: World, api_app: flask.Flask) -> Callable[[str], Browser]:
    """`at_browser("ann")`: her browser; `at_browser("")`: a stranger's."""
    return lambda name: signed_in(api_app, world, name) if name else Browser(api_app)


def token_of(world: World, name: str, *scopes: str) -> str:
    return clients.token_of(world.site, world.people[name], *scopes)
