"""The fixtures of `crm_core.testing`, for tests of this plugin that are run with the project's own."""

import itertools

import pytest
from hypothesis import HealthCheck, settings

from crm_core.testing.fixtures import (  # noqa: F401
    api,
    as_user,
    browser,
    deliver,
    empty_house,
    house,
    make,
    max_statements,
    plugins,
    run_job,
    site,
    today,
    walk_database,
)
from crm_core.testing.house import House
from plugins.sales.tests.deal_shop import ann, deal  # noqa: F401
from tests.support.fixtures import postgres  # noqa: F401  a server of PostgreSQL, for what must hold on both engines

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine no example fails for being slow
settings.load_profile("unhurried")
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shared(plugins, empty_house, tmp_path_factory, request):  # noqa: F811
    """One house for all tests of a module, for those that look only at what they have made themselves: `house = shared`."""
    if request.config.getoption("--database", ""):
        made = House(tmp_path_factory.mktemp("shared"), plugins)
    else:
        made = House(tmp_path_factory.mktemp("shared"), plugins, like=empty_house)
    yield made
    made.close()


@pytest.fixture
def somebody(house):  # noqa: F811
    """A way to have a new person with the rights of a user, whatever house it is: `somebody()`."""
    return lambda **more: house.person(f"p{next(_numbers)}", **{"roles": ["user"], "department": f"d{next(_numbers)}", **more})
