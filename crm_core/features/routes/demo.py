"""A day of the demo's supervisor: visits around her office on the next day of work, one of them agreed to the minute."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import acting_as, session
from crm_core.features.customers.api import Customer
from crm_core.features.routes.planning import CUSTOMER, home
from crm_core.features.tasks.api import TASKS
from crm_core.kernel import actors
from crm_core.kernel.site import site
from crm_core.text.areas import metres_between

WHO, STOPS, FURTHEST = "chenxiaoyan", 6, 60_000  # metres
TITLES = ("拜访：洽谈封底广告", "送样刊和价目表", "回访征订情况", "拜访：春糖会展位", "取专访素材", "拜访：续签合同")


def fill(make: Any) -> None:
    day = make.day(1)
    day += dt.timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
    with acting_as(actors.load(site(), make.made["users"][WHO])):
        here = home()[1]
        mine = session.execute(sa.select(Customer.id, Customer.latitude, Customer.longitude).where(
            Customer.owner_id == make.made["users"][WHO], Customer.latitude.is_not(None)).order_by(Customer.id)).all()
        ways = sorted((metres_between(here, (row.latitude, row.longitude)), row.id) for row in mine) if here is not None else []
        near = [row_id for metres, row_id in ways if metres < FURTHEST][:STOPS]
        rows = [{"title": title, "due": day, "due_time": "10:30" if at == 2 else None, "subject": CUSTOMER, "subject_id": row_id}
                for at, (title, row_id) in enumerate(zip(TITLES, near, strict=False))]
        site().registry.resource(TASKS).write(rows)
