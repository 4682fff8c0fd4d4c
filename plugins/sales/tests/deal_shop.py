"""An opportunity of Ann's, and how it stands, for tests of opportunities and of stages."""

import pytest
from crm_sales.opportunities.models import Opportunity
from sqlalchemy import select

from crm_core.sdk import session, with_deleted

NAME = "sales.opportunity"


@pytest.fixture
def ann(somebody):
    return somebody()


@pytest.fixture
def deal(house, make, ann):
    """A way to make an opportunity of Ann's."""
    customer = make.customer(owner=ann, name="Lotus Printing")

    def made(**values):
        with ann.work():
            return house.resource(NAME).write([{"name": "Spring fair stand", "customer": customer, "amount": 100_000_00, **values}])[0]

    return made


def row_of(house, row_id, *names):
    with house.system(), with_deleted():
        return session.execute(select(*(getattr(Opportunity, name) for name in names)).where(Opportunity.id == row_id)).one()
