"""A house that sells, made once for a module of tests, and what they do in it."""

import itertools

import pytest
import sqlalchemy as sa
from crm_sales.orders.models import OrderItem

from crm_core.sdk import Refused, session, today
from crm_core.testing import doing
from crm_core.testing.house import House

CrmError = Refused.__base__  # whatever is refused, for whatever reason


class Shop:
    """Ann sells, the boss may everything, Wu counts money."""

    def __init__(self, home, plugins, like=None, url=""):
        self.house = House(home, plugins, url, like=like)
        self.make = self.house.make
        self.ann = self.house.person("ann", roles=["user"])
        self.boss = self.house.person("boss", roles=["administrator"])
        self.wu = self.house.person("wu", roles=["accountant"])
        self.numbers = itertools.count(1)
        self.customer = self.new_customer(credit_code="91350100M000100Y43")

    @property
    def today(self):
        with self.house.system():
            return today()

    def new_customer(self, **values):
        return self.make.customer(owner=self.ann, **{"name": f"蓝天传媒{next(self.numbers)}有限公司", **values})

    def resource(self, name):
        return self.house.resource(name)

    def order(self, *items, who=None, customer=None, confirmed=True, **values):
        """An order with items (quantity in thousandths, price in hundredths, more), confirmed."""
        lines = [{"what": f"Item {n}", "quantity": q, "price": p, "rate": 600, **(rest[0] if rest else {})} for n, (q, p, *rest) in enumerate(items or [(3000, 33_33)], 1)]
        with (who or self.ann).work():
            made, = self.resource("sales.order").write([{"customer": customer or self.customer, "items": lines, **values}])
        if confirmed:
            self.run("confirm", made, who=who or self.ann)
        return made

    def run(self, name, row, values=None, resource="sales.order", who=None):
        with (who or self.boss).work():
            return self.resource(resource).run(name, [row] if isinstance(row, int) else row, values or {})

    def write(self, resource, who=None, **values):
        with (who or self.boss).work():
            return self.resource(resource).write([values])[0]

    def items(self, order):
        return self.all(OrderItem, order_id=order)

    def deliver(self, order, *quantities, who=None):
        parts = {one.id: q for one, q in zip(self.items(order), quantities, strict=False) if q}
        return self.run("deliver_part", order, {"parts": parts}, who=who)

    def row(self, resource, row):
        with self.house.system():
            return self.resource(resource).get(row)

    def all(self, model, **where):
        model = self.resource(model).model if isinstance(model, str) else model
        with self.house.system():
            return session.scalars(sa.select(model).filter_by(**where).where(model.deleted_at.is_(None)).order_by(model.id)).all()

    def undo(self, change, who=None):
        with (who or self.boss).work():
            return doing.take_back(change)


@pytest.fixture(scope="module")
def shop(request, plugins, tmp_path_factory):
    url = request.config.getoption("--database", default="")
    made = Shop(tmp_path_factory.mktemp("shop"), plugins, like=None if url else request.getfixturevalue("empty_house"), url=url)
    yield made
    made.house.close()


@pytest.fixture(name="today")
def _today(shop):
    return shop.today


the_day = _today
