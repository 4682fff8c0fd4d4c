"""The office on each engine."""

import pytest

from crm_core.kernel.site import Site
from tests.customers.office import Office, furnish


@pytest.fixture
def office(migrated_site: Site) -> Office:
    return furnish(migrated_site)
