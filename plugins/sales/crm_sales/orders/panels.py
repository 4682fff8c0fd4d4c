"""What stands beside an order: each item with what of it went out and is still to go."""

import sqlalchemy as sa

from crm_core.sdk import DateField, MoneyField, dealings, money, session, site
from crm_sales.orders import again as ordering_again
from crm_sales.orders import services
from crm_sales.orders.models import Order, OrderItem

_AMOUNT, _DAY = MoneyField(name="amount", column="", label=""), DateField(name="day", column="", label="")
said, day_said = _AMOUNT.show, _DAY.show  # an amount and a day, as people read them


def progress(order_id: int):
    """Items of an order with quantities, as far as the reader may see the order."""
    order = session.get(Order, order_id)
    show = site().registry.resource("sales.order_item").all_fields["quantity"]
    rows = session.execute(sa.select(OrderItem.id, OrderItem.what, OrderItem.quantity, OrderItem.delivered).where(OrderItem.order_id == order_id).order_by(OrderItem.id)).all()
    items = [{"id": row.id, "what": row.what, "ordered": show.show(row.quantity), "out": show.show(row.delivered), "rest": show.show(row.quantity - row.delivered),
              "typed": show.text(row.quantity - row.delivered), "open": row.quantity > row.delivered} for row in rows]
    may = order is not None and order.state in services.GOING and site().registry.resource("sales.order").may("deliver_part")
    return {"items": items, "url": f"/sales/order/{order_id}/parts" if may else "", "held": order is not None and order.state == "held",
            "figures": [(order.total, order.invoiced, order.paid)] if order is not None else [], "said": said}


def again(customer_id: int):
    """The short way to an order: what he had last, at the prices of today. Who seeks the price finds it open, quantities to be typed and all."""
    had = ordering_again.before(customer_id)
    quantity = site().registry.resource("sales.order_item").all_fields["quantity"]
    lines = [{"item": one.item, "what": one.what, "typed": quantity.text(one.quantity) if one.quantity else "", "price": "—" if one.price is None else said(one.price), "priced": one.price is not None}
             for one in had.lines]
    customers, orders = site().registry.resource("core.customer"), site().registry.resource("sales.order")
    may = customers.may("order_again") and orders.may("create") and customers.sees(customer_id, "order_again")
    return {"customer": customer_id, "had": had, "lines": lines, "count": sum(1 for one in had.lines if one.quantity), "total": said(had.total), "may": may, "day": day_said(had.order.day) if had.order else "",
            "after": ordering_again.newest(customer_id), "open": dealings.value_class(customer_id) == "intrinsic", "foreign": "" if had.currency == money.house() else had.currency}
