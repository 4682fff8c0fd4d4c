"""A house that sells: the feature is awake because sales uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crm_core.testing.house import House, Person
from tests.support import ENGINES

Make = Callable[..., int]


@pytest.fixture(scope="package", params=ENGINES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all, on each engine: tests leave what they made, and find by ids."""
    if request.param == "sqlite":
        made = House(tmp_path_factory.mktemp("shop"), ["sales"])
        yield made
        made.close()
        return
    cluster = request.getfixturevalue("postgres")
    url = cluster.create()
    made = House(tmp_path_factory.mktemp("shop"), ["sales"], url)
    yield made
    made.close()
    cluster.drop(url)


@pytest.fixture(scope="package")
def admin(shop: House) -> Person:
    return shop.person("admin", roles=["administrator"])


@pytest.fixture
def make(shop: House) -> Make:
    """`make("core.product", name="x", price=100)`: the id of a new record, written as the house."""

    def write(resource: str, **values: object) -> int:
        with shop.system():
            return int(shop.resource(resource).write([values])[0])

    return write
