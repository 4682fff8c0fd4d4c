"""Fixtures every test may ask for."""

from __future__ import annotations

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
