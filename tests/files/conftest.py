"""The office of the customers' tests, on each engine."""

from tests.customers.conftest import office

assert office
