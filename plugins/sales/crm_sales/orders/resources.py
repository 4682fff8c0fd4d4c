"""What people see of orders."""

from crm_core.sdk import PricedLines, Resource, priced
from crm_sales import _
from crm_sales.orders.models import Order, OrderItem


class Orders(Resource):
    model = Order
    label, singular = _("Orders"), _("Order")
    icon = "shopping-cart"
    columns = "number", "customer", "day", "total", "state", "owner"
    filters = "state", "customer", "day", "total", "owner"
    search = ("number",)
    search_names = ()
    status = "state"
    limited = True
    importable = True
    lines = (priced(OrderItem),)


class OrderItems(PricedLines):
    model = OrderItem
    label, singular = _("Order items"), _("Order item")
