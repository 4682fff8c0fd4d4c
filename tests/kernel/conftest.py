"""A bare site: the machine's tables and a made-up package, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_core.data.base import Model
from crm_core.kernel import actors
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.models import JobRow, OutboxRow, ReferenceRow, SeriesRow
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import Site
from tests.kernel import toy

TABLES = [model.__table__ for model in (JobRow, OutboxRow, ReferenceRow, SeriesRow, toy.Effect)]


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy's persons in place of the access layer's."""
    monkeypatch.setitem(actors._slot, "load", toy.load)


@pytest.fixture
def make_site(engine_url: str, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(plugin: object = toy) -> Site:
        found = Site(Config(site=tmp_path, database=engine_url, timezone="Asia/Shanghai"), Registry(
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
