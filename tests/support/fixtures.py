"""Fixtures every test may ask for."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import ENGINES
from tests.support.browser import NoBrowser, Visitor, chromium, has_cjk_fonts
from tests.support.needs import lacks
from tests.support.postgres import Cluster, NoPostgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from crm_core.kernel.site import Site


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server of this test process."""
    try:
        cluster = Cluster()
    except NoPostgres as why:
        lacks("the PostgreSQL half of the tests", str(why))
    yield cluster
    cluster.stop()


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; a test that asks for it runs once on each engine (see --engine)."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'crm.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite site with core's tables and words, made once a session; copy it, never write to it."""
    home = tmp_path_factory.mktemp("template")
    _prepare(home, "")
    return home / "crm.db"


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as a PostgreSQL database, for `postgres.create(template=…)`."""
    url = postgres.create()
    _prepare(tmp_path_factory.mktemp("template"), url)
    return url


def _prepare(home: Path, url: str) -> None:
    from crm_core.app import open_site
    from crm_core.kernel.config import Config
    from crm_core.kernel.install import prepare

    made = open_site(config=Config(site=home, database=url))
    prepare(made, backup=False)
    made.engines.dispose()
    if not url:  # one file, nothing left in the log beside it
        with contextlib.closing(sqlite3.connect(home / "crm.db")) as conn:
            conn.execute("pragma wal_checkpoint(truncate)")


def copy_of(template: str, request: pytest.FixtureRequest, home: Path) -> str:
    """The URL of a fresh copy of the database at a URL."""
    if not template.startswith("sqlite"):
        return str(request.getfixturevalue("postgres").create(template))
    shutil.copyfile(template.removeprefix("sqlite:///"), home / "crm.db")
    return f"sqlite:///{home / 'crm.db'}"


@contextlib.contextmanager
def copied(template: str, request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    """The same for the length of a test."""
    url = copy_of(template, request, home)
    yield url
    if not url.startswith("sqlite"):
        request.getfixturevalue("postgres").drop(url)


def template_of(engine: str, request: pytest.FixtureRequest) -> str:
    """The URL of the template with core's tables and words."""
    if engine == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_template')}"
    return str(request.getfixturevalue("postgres_template"))


@pytest.fixture(params=ENGINES)
def site_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with core's tables and words, fresh for this test; the test runs once on each engine."""
    with copied(template_of(request.param, request), request, tmp_path) as url:
        yield url


@pytest.fixture
def migrated_site(site_url: str, tmp_path: Path) -> Iterator[Site]:
    """A whole site of core without people, on each engine: `with site.system("test"): …`."""
    from crm_core.app import open_site
    from crm_core.kernel.config import Config

    tmp_path.chmod(0o700)
    made = open_site(config=Config(site=tmp_path, database=site_url))
    yield made
    made.engines.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    try:
        with chromium() as found:
            yield found
    except NoBrowser as why:
        lacks("the browser tests", str(why))


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Somebody with a browser; the test fails if any page of his had a fault that nobody saw."""
    found = Visitor(browser)
    yield found
    found.close()
    assert found.faults == []


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page in Chinese, light, 1440 × 900; `visitor.page(…)` makes others."""
    return visitor.page()


@pytest.fixture(scope="session")
def cjk_fonts() -> None:
    """For tests that look at pictures: Chinese must be letters, not boxes."""
    if not has_cjk_fonts():
        lacks("the tests that look at pictures", "no Chinese font (apt-get install fonts-noto-cjk)")
