"""The office, whose sellers make rules, on each engine."""

import pytest

from tests.customers.office import Office
from tests.rules.rules import may


@pytest.fixture
def office(office: Office) -> Office:
    may(office)
    return office
