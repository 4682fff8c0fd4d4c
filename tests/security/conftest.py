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
from tests.support.postgres import Cluster
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


@pytest.fixture(scope="session")
def postgres_template_house(
    request: pytest.FixtureRequest, templates: dict[str, tuple[str, World]], tmp_path_factory: pytest.TempPathFactory
) -> House:
    """The house on PostgreSQL; copy it, nobody is connected to it."""
    url, world = template(templates, "postgresql", request)
    made = build(request.getfixturevalue("postgres").create(url), tmp_path_factory.mktemp("house") / "site", world)
    made.world.site.engines.dispose()
    return made


@contextlib.contextmanager
def copied_on_postgres(house: House, cluster: Cluster, home: Path) -> Iterator[House]:
    shutil.copytree(house.world.site.home, home / "site", copy_function=shutil.copy)
    (home / "site").chmod(0o700)
    url = cluster.create(str(house.world.site.engines.url.render_as_string(False)))
    made = reopened(house, url, home / "site")
    yield made
    made.world.site.engines.dispose()
    cluster.drop(url)


@pytest.fixture(scope="module")
def postgres_house(postgres_template_house: House, postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house on PostgreSQL, for what changes nothing."""
    with clock.freeze(NOW), copied_on_postgres(postgres_template_house, postgres, tmp_path_factory.mktemp("house")) as made:
        yield made
