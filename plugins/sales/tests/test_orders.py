"""Orders: confirmed, delivered, taken back, cancelled, completed by themselves; nothing goes out twice."""

import pytest
from crm_sales.orders.models import State


@pytest.fixture
def shop(house, make):
    """Somebody who sells, his customer, and how he makes orders."""
    return Shop(house, make)


class Shop:
    def __init__(self, house, make):
        self.house, self.make = house, make
        self.ann = house.person("ann", roles=["user"])
        self.boss = house.person("boss", roles=["administrator"])
        self.customer = make.customer(owner=self.ann, name="蓝天传媒有限公司", credit_code="91350100M000100Y43")

    def order(self, *items, who=None, customer=None, confirmed=True, **values):
        """An order with items (quantity in thousandths, price in hundredths), confirmed."""
        with (who or self.boss).work():
            orders = self.house.resource("sales.order")
            lines = [{"what": f"Item {n}", "quantity": q, "price": p, "rate": 600, **(rest[0] if rest else {})} for n, (q, p, *rest) in enumerate(items or [(3000, 33_33)], 1)]
            made, = orders.write([{"customer": customer or self.customer, "items": lines, **values}])
            if confirmed:
                orders.run("confirm", [made])
            return made

    def run(self, name, row, values=None, resource="sales.order", who=None):
        with (who or self.boss).work():
            return self.house.resource(resource).run(name, [row] if isinstance(row, int) else row, values or {})

    def items(self, order):
        import sqlalchemy as sa
        from crm_sales.orders.models import OrderItem

        from crm_core.sdk import session
        with self.house.system():
            return session.scalars(sa.select(OrderItem).where(OrderItem.order_id == order, OrderItem.deleted_at.is_(None)).order_by(OrderItem.id)).all()

    def deliver(self, order, *quantities, who=None):
        parts = {one.id: q for one, q in zip(self.items(order), quantities, strict=False) if q}
        return self.run("deliver_part", order, {"parts": parts}, who=who)

    def row(self, resource, row):
        with self.house.system():
            return self.house.resource(resource).get(row)

    def all(self, model, **where):
        import sqlalchemy as sa

        from crm_core.sdk import session
        with self.house.system():
            return session.scalars(sa.select(model).filter_by(**where).where(model.deleted_at.is_(None)).order_by(model.id)).all()

    def undo(self, change, who=None):
        from crm_core.resource import undo
        with (who or self.boss).work():
            return undo.ask(change)


def test_from_draft_to_completed(shop):
    from crm_sales.receivables.models import Invoice, Payment
    order = shop.order((3000, 33_33), (1000, 100_00))
    assert shop.row("sales.order", order).state == State.confirmed
    shop.deliver(order, 1000, 0)
    shop.run("invoice", order)
    first, = shop.all(Invoice, order_id=order)
    assert (first.title, first.tax_number, first.total, first.state) == ("蓝天传媒有限公司", "91350100M000100Y43", 33_33, "issued")
    shop.run("deliver", order)
    shop.run("invoice", order)
    first, second = shop.all(Invoice, order_id=order)
    assert first.total + second.total == shop.row("sales.order", order).total == 199_99
    assert shop.row("sales.order", order).delivered == 100_00
    shop.run("pay", first.id, resource="sales.invoice")
    assert shop.row("sales.order", order).state == State.confirmed
    shop.run("pay", second.id, {"amount": 100_00}, resource="sales.invoice")
    assert shop.row("sales.invoice", second.id).remaining == 66_66
    shop.run("pay", second.id, resource="sales.invoice")
    done = shop.row("sales.order", order)
    assert (done.state, done.paid, done.invoiced) == (State.done, 199_99, 199_99)
    assert [one.unallocated for one in shop.all(Payment)] == [0, 0, 0]
