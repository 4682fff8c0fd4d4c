"""A bare site: the machine's tables and a made-up package, on SQLite and on PostgreSQL."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.base import Model
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.models import JobRow, OutboxRow, ReferenceRow, SeriesRow
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import Site
from tests.kernel import toy
from tests.support import pg

_count = itertools.count()
TABLES = [model.__table__ for model in (JobRow, OutboxRow, ReferenceRow, SeriesRow, toy.Effect)]


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    if pg.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    with pg.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'crm.db'}"
    server = request.getfixturevalue("pg_server")
    name = f"test_{next(_count)}"
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(sa.text(f"create database {name}"))
    engine.dispose()
    return str(sa.make_url(server).set(database=name))


@pytest.fixture
def make_site(url: str, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(plugin: object = toy) -> Site:
        found = Site(Config(site=tmp_path, database=url, timezone="Asia/Shanghai"), Registry(
            [Package("toy", "Toy", "1", "tests.kernel", (plugin,))]))
        made.append(found)
        return found

    first = make()
    with first.engines.write.begin() as conn:
        Model.metadata.create_all(conn, tables=TABLES)
    yield make
    for found in made:
        found.engines.dispose()


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()
