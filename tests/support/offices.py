"""The office of tests/customers/office.py, furnished once a session on each engine and copied for each test that asks."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import ENGINES
from tests.support.fixtures import copied, copy_of, template_of

if TYPE_CHECKING:
    from crm_core.kernel.site import Site
    from tests.customers.office import Office


@pytest.fixture(scope="session")
def offices() -> dict[str, tuple[str, Office]]:
    """Engine → (URL of a furnished database that nobody is connected to, the office in it)."""
    return {}


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, tmp_path: Path, offices: dict[str, tuple[str, Office]]) -> Iterator[Office]:
    """The office, fresh for this test, on each engine."""
    if request.param not in offices:
        offices[request.param] = _furnished(request.param, request)
    template, made = offices[request.param]
    tmp_path.chmod(0o700)
    with copied(template, request, tmp_path) as url:
        site = _opened(url, tmp_path)
        yield replace(made, site=site, people=dict(made.people), departments=dict(made.departments), roles=dict(made.roles))
        site.engines.dispose()


def _opened(url: str, home: Path) -> Site:
    from crm_core.app import open_site
    from crm_core.kernel.config import Config

    return open_site(config=Config(site=home, database=url, private_hosts="127.0.0.1"))  # the mail servers of tests


def _furnished(engine: str, request: pytest.FixtureRequest) -> tuple[str, Office]:
    from tests.customers.office import furnish

    home = request.getfixturevalue("tmp_path_factory").mktemp("office")
    url = copy_of(template_of(engine, request), request, home)
    site = _opened(url, home)
    made = furnish(site)
    site.engines.dispose()
    if engine == "sqlite":  # one file, nothing left in the log beside it
        with contextlib.closing(sqlite3.connect(home / "crm.db")) as conn:
            conn.execute("pragma wal_checkpoint(truncate)")
    return url, made
