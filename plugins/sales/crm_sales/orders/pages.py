"""Pages of orders: what of an order goes out now, item by item; what came back is typed with a minus. And the short way to an order."""

from decimal import Decimal

import flask

from crm_core.sdk import Bad, Invalid, Missing, Refused, access, session, site, today, whole
from crm_sales import _
from crm_sales.orders import again as ordering_again
from crm_sales.orders import panels
from crm_sales.orders.models import Order

pages = flask.Blueprint("sales_orders", __name__)
WHERE = "/sales/order/<int:row_id>/parts"


@pages.get(WHERE)
@access("sales.order.deliver_part")
def parts(row_id):
    """The page of what of an order goes out now."""
    orders = site().registry.resource("sales.order")
    order = orders.get(row_id, "deliver_part")
    return flask.render_template("sales/order_parts.html", order=order, items=panels.progress(row_id)["items"], typed={}, day=today(), waybill="", note="")


@pages.post(WHERE)
@access("sales.order.deliver_part")
def send(row_id):
    """What was typed there goes out, or comes back."""
    orders, form = site().registry.resource("sales.order"), flask.request.form
    typed = {name.removeprefix("n"): text.strip() for name, text in form.items() if name[:1] == "n" and whole(name[1:]) is not None}
    orders.get(row_id, "deliver_part")
    action = orders.all_actions["deliver_part"]
    asked = {field.name: field for field in action.fields(orders)}
    try:
        try:
            values = {"parts": asked["parts"].load([{"item": int(item), "quantity": text.replace(",", "")} for item, text in typed.items() if text and Decimal(text.replace(",", ""))]),
                      "day": asked["day"].parse(form.get("day", "")), "waybill": asked["waybill"].parse(form.get("waybill", ""))}
        except (ValueError, ArithmeticError):
            raise Invalid({"parts": [_("A number is expected.")]}, _("A number is expected.")) from None
        if not values["parts"]:
            raise Invalid({"parts": [_("Say what goes out.")]}, _("Say what goes out."))
        orders.run("deliver_part", [row_id], values)
    except (Invalid, Refused) as bad:  # what was typed stays
        return flask.render_template("sales/order_parts.html", order=session.get(Order, row_id), items=panels.progress(row_id)["items"], typed=typed,
                                     day=form.get("day", ""), waybill=form.get("waybill", ""), note=bad.first if isinstance(bad, Invalid) else bad.message), bad.status
    return flask.redirect(f"/sales/order/{row_id}", 303)


@pages.post("/sales/again/<int:customer_id>")
@access("core.customer.order_again")
def again(customer_id):
    """Order again what stands in the box beside a customer, with the quantities that were typed there."""
    form, customers, orders = flask.request.form, site().registry.resource("core.customer"), site().registry.resource("sales.order")
    quantity = site().registry.resource("sales.order_item").all_fields["quantity"]
    try:
        typed = {int(name[1:]): quantity.parse(text.strip()[:30]) for name, text in form.items() if name[:1] == "n" and whole(name[1:]) is not None}
    except Bad as bad:
        raise Invalid({"quantity": [bad.message]}, bad.message) from None
    if any((number or 0) < 0 for number in typed.values()):
        raise Invalid({"quantity": [_("A quantity is greater than nothing.")]}, _("A quantity is greater than nothing."))
    change = customers.run("order_again", [customer_id], {"quantities": typed or None, "after": whole(form.get("after", ""))})
    made = orders.made_in(change) or ordering_again.newest(customer_id)
    if not made:
        raise Missing(_("This record was not found."))
    return flask.redirect(f"/sales/order/{made}", 303)
