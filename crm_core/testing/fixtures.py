"""Fixtures for tests of a plugin. The plugin is the one of the `pyproject.toml` above the tests; another set, for the tests of a file or of all:

    @pytest.fixture
    def plugins(): return ["visits", "sales"]
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.kernel import checkout, clock
from crm_core.kernel.errors import CrmError
from crm_core.kernel.outbox import drain
from crm_core.testing.clients import Browser, Client
from crm_core.testing.house import House, Person
from crm_core.testing.make import Make
from crm_core.testing.statements import sent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", default="", help="URL of an empty PostgreSQL database to run on; it is emptied for each test")


@pytest.fixture(scope="session")
def plugins(pytestconfig: pytest.Config) -> list[str]:
    """Names of the plugins that are switched on, and with them what they require: the one under test. A file of tests beside another plugin has
    a fixture of this name, which returns `["visits", "sales"]`."""
    return [checkout.put_on_path(pytestconfig.rootpath)]


_HOUSES = pytest.StashKey[dict[tuple[str, ...], Path]]()


def _nobody_in(names: list[str], config: pytest.Config, factory: pytest.TempPathFactory) -> Path:
    """The folder of a house with these plugins and nobody in it, made once for each set of them."""
    made = config.stash.setdefault(_HOUSES, {})
    if tuple(names) not in made:
        with suppress(CrmError):  # the plugin under test is found, whatever set a file of tests wants
            checkout.put_on_path(config.rootpath)
        home = factory.mktemp("house")
        House(home, names).close()
        made[tuple(names)] = home
    return made[tuple(names)]


@pytest.fixture(scope="session")
def empty_house(plugins: list[str], pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a house nobody lives in, made once; others begin with a copy of its database."""
    return _nobody_in(plugins, pytestconfig, tmp_path_factory)


@pytest.fixture
def house(plugins: list[str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[House]:
    """A migrated site with the plugins switched on and nobody in it, fresh for this test."""
    if url := request.config.getoption("--database", default=""):
        _empty(url)
        made = House(tmp_path / "site", plugins, url)
    else:
        made = House(tmp_path / "site", plugins, like=_nobody_in(plugins, request.config, tmp_path_factory))
    yield made
    made.close()


@pytest.fixture
def walk_database(request: pytest.FixtureRequest) -> str:
    """The URL of the empty database on which `doors()` and `silence()` walk; "": SQLite."""
    if url := str(request.config.getoption("--database", default="")):
        _empty(url)
    return url


def _empty(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as conn:
        conn.execute(sa.text("DROP SCHEMA IF EXISTS public CASCADE"))
        conn.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()


@pytest.fixture
def site(house: House) -> Any:
    """The site itself: `site.registry`, `site.engines`."""
    return house.site


@pytest.fixture
def make(house: House) -> Make:
    """`make.customer(owner=ann)`, `make("visits.visit", owner=ann)`: ids of new records."""
    return house.make


@pytest.fixture
def today(house: House) -> dt.date:
    """The day it is at the house; its clock need not be this machine's."""
    with house.system():
        return clock.today()


@pytest.fixture
def as_user(house: House) -> Callable[..., Person]:
    """`as_user("ann", {"visits.*": "own"}, roles=["user"], department="north")`: a new person of the house."""
    return house.person


@pytest.fixture
def browser(house: House) -> Browser:
    """A signed-in administrator's: `browser("GET", "/visits/visit")`."""
    return house.person("admin", roles=["administrator"]).browser()


@pytest.fixture
def api(house: House) -> Client:
    """An administrator's program: `api("POST", "/visits/visit", {"name": "x"})`."""
    return house.person("machine", roles=["administrator"]).api()


@pytest.fixture
def deliver(house: House) -> Callable[[], int]:
    """`deliver()`: what waits in the outbox is delivered to the listeners; how many deliveries."""
    return lambda: drain(house.site)


@pytest.fixture
def run_job(house: House) -> Callable[..., None]:
    """`run_job("visits.remind")`: the job runs now, as the house; its arguments by name. Raises what it raises."""
    return house.run_job


@pytest.fixture
def max_statements(house: House) -> Callable[[int], AbstractContextManager[list[str]]]:
    """`with max_statements(8): browser("GET", …)`: fails when more is asked of the database."""

    @contextmanager
    def within(most: int) -> Iterator[list[str]]:
        with sent(house.site.engines.read) as statements:
            yield statements
        assert len(statements) <= most, f"{len(statements)} statements, {most} allowed:\n" + "\n".join(statements)

    return within
