"""The office with the rights of pools, on each engine."""

import pytest

from crm_core.kernel.site import Site
from tests.customers.office import Office, furnish
from tests.pool.pools import may


@pytest.fixture
def office(migrated_site: Site) -> Office:
    found = furnish(migrated_site)
    may(found)
    return found
