"""The company of tests, and the house that attackers walk through."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_core.kernel import clock
from tests.security.house import NOW, House, build, reopened
from tests.security.watch import Watch, watched
from tests.support.world import World
from tests.support.worlds import *
from tests.support.worlds import template


@pytest.fixture(scope="session")
def house_template(
    request: pytest.FixtureRequest, templates: dict[str, tuple[str, World]], tmp_path_factory: pytest.TempPathFactory
) -> House:
    """The house on SQLite; copy it, never write to it."""
    url, world = template(templates, "sqlite", request)
    home = tmp_path_factory.mktemp("house")
    shutil.copy(url.removeprefix("sqlite:///"), home / "crm.db")
    made = build(f"sqlite:///{home / 'crm.db'}", home / "site", world)
    made.world.site.engines.dispose()
    with contextlib.closing(sqlite3.connect(home / "crm.db")) as conn:
        conn.execute("pragma wal_checkpoint(truncate)")
    return made


def copied(house: House, home: Path) -> House:
    """The house anew, on a copy of its database, its files and its keys."""
    source = house.world.site
    shutil.copytree(source.home, home / "site", copy_function=shutil.copy)
    (home / "site").chmod(0o700)
    shutil.copy(str(source.engines.url.database), home / "crm.db")
    return reopened(house, f"sqlite:///{home / 'crm.db'}", home / "site")


@pytest.fixture(scope="module")
def house(house_template: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house for a module; what a test changes in it, `watch` puts back. The clock stands still."""
    with clock.freeze(NOW):
        made = copied(house_template, tmp_path_factory.mktemp("house"))
        yield made
        made.world.site.engines.dispose()


@pytest.fixture(scope="module")
def watch(house: House) -> Iterator[Watch]:
    with watched(house) as found:
        yield found


@pytest.fixture(scope="module")
def postgres_house(
    request: pytest.FixtureRequest, templates: dict[str, tuple[str, World]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The house on PostgreSQL, for what changes nothing."""
    url, world = template(templates, "postgresql", request)
    cluster = request.getfixturevalue("postgres")
    with clock.freeze(NOW):
        made = build(cluster.create(url), tmp_path_factory.mktemp("house") / "site", world)
        yield made
        made.world.site.engines.dispose()
