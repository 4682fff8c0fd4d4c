"""The demo company knows what its customers are worth from the start."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.customers.api import Dealing
from crm_core.features.dealings import house, reckoning
from crm_core.features.dealings.proposing import open_all
from crm_core.kernel import clock
from crm_core.resource.changes import unscoped


def fill(make: Any) -> None:
    """As on a month ago and as on today, so that there are movements to be seen."""
    table = table_of(Dealing)
    query = sa.select(table.c.customer_id).distinct().order_by(table.c.customer_id)
    ids = list(current_work().session.connection().execute(query, execution_options=unscoped("the value of customers")).scalars())
    for back in (60, 30, 0):
        day = clock.today() if not back else make.day(-back)
        found = house.look(day)
        house.keep(found, day)
        reckoning.reckon(ids, reckoning.means(found, day), first=back == 60)
    open_all(found)
