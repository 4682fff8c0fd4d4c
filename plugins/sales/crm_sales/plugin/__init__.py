"""The table of contents of sales, a chapter for each stretch of the road: deals, offers, orders, people."""

from crm_core.sdk import MenuSection, RoleTemplate, hookimpl
from crm_sales import _

chapters = ("deals", "offers", "orders", "people")

READ = ("core.product.read", "core.product_category.read", "core.unit.read", "core.currency.read", "core.currency_rate.read")


def verbs(resource, *names):
    """The permissions to do this with a resource: `verbs("sales.order", "read", "confirm")`."""
    return tuple(f"{resource}.{name}" for name in names)


@hookimpl
def register_sections():
    return [MenuSection("sales", _("Sales"), 30)]


@hookimpl
def register_roles():
    """Who sells reads what is sold, and what it costs."""
    return [RoleTemplate(code, "", dict.fromkeys(READ, "all")) for code in ("user", "supervisor", "decision-maker")]
