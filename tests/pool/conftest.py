"""The office with the rights of pools, on each engine."""

import pytest

from tests.customers.office import Office
from tests.pool.pools import may


@pytest.fixture
def office(office: Office) -> Office:
    may(office)
    return office
