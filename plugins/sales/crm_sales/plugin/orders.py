"""Orders, deliveries, invoices, payments and credit."""

from crm_core.sdk import (
    Column,
    Cost,
    Job,
    Listen,
    Menu,
    Panel,
    PrintTemplate,
    Related,
    RoleTemplate,
    Timeline,
    Trouble,
    hookimpl,
)
from crm_sales import _
from crm_sales.api import OrdersCancelled, OrdersConfirming
from crm_sales.credit import panels as account
from crm_sales.credit import resources as credit
from crm_sales.credit import services as crediting
from crm_sales.demo import orders as demo
from crm_sales.orders import panels as progress
from crm_sales.orders import services as ordering
from crm_sales.orders.pages import pages as order_pages
from crm_sales.orders.resources import Adverts, Deliveries, DeliveryItems, OrderItems, Orders, Runs, Subscriptions
from crm_sales.receivables import papers, reports
from crm_sales.receivables import resources as receivables
from crm_sales.receivables import services as money
from crm_sales.receivables.resources import Allocations, InvoiceItems, Invoices, Payments
from crm_sales.settings import CreditSettings, OrderSettings


@hookimpl
def register_resources():
    return [
        Orders, OrderItems, Deliveries, DeliveryItems, Adverts, Runs, Subscriptions,
        Invoices, InvoiceItems, Payments, Allocations,
        credit.Credits, credit.Stops,
    ]


@hookimpl
def register_menu():
    return [
        Menu(_("Orders"), Orders, "sales", order=50),
        Menu(_("Subscriptions"), Subscriptions, "sales", order=52),
        Menu(_("Runs of advertisements"), Runs, "sales", order=54),
        Menu(_("Invoices"), Invoices, "sales", order=60),
        Menu(_("Payments received"), Payments, "sales", order=70),
        Menu(_("Credit"), credit.Credits, "sales", order=72),
        Menu(_("Stopped orders"), credit.Stops, "sales", order=74),
    ]


@hookimpl
def register_panels():
    return [
        Related("core.customer", Orders, order=43),
        Related("core.customer", Invoices, order=44),
        Related("core.customer", Payments, order=45),
        Related("core.customer", Subscriptions, order=46),
        Panel("core.customer", "account", _("Account"), account.account, "sales/account.html", icon="coin", order=20, permission="sales.invoice.read"),
        Panel("sales.order", "progress", _("How far it is"), progress.progress, "sales/order_progress.html", icon="truck-delivery", order=10),
        Related("sales.order", Deliveries, order=8),
        Related("sales.order", Invoices, order=10),
        Related("sales.order", Adverts, order=12),
        Related("sales.order", credit.Stops, order=14),
        Related("sales.invoice", Invoices, order=10, label=_("Credit notes"), via="credits"),
        Related("sales.invoice", Allocations, order=12),
    ]


@hookimpl
def register_actions():
    return [*receivables.ORDER_ACTIONS, *credit.ORDER_ACTIONS, *credit.CUSTOMER_ACTIONS]


@hookimpl
def register_listeners():
    return [
        Listen(OrdersConfirming, crediting.check, inside=True, label=_("Check the credit of who orders")),
        Listen(OrdersCancelled, crediting.ended, inside=True, label=_("Stopped orders that are cancelled wait no more")),
    ]


@hookimpl
def register_jobs():
    return [
        Job("subscriptions", ordering.remind_ends, every="every day at 07:00", label=_("Tasks for subscriptions about to end")),
        Job("overdue", money.tell_late, every="every day at 07:10", label=_("Tell owners of late invoices")),
        Job("credit", crediting.propose, every="every day at 03:40", label=_("Propose credit from payments")),
    ]


@hookimpl
def register_blueprints():
    return [order_pages]


@hookimpl
def register_columns():
    return [
        Column("core.customer", "receivable", _("Owed"), account.receivable),
        Column("core.customer", "overdue", _("Overdue"), account.overdue),
    ]


@hookimpl
def register_costs():
    return [Cost("sales.debt", "debt", money.lost)]


@hookimpl
def register_troubles():
    return [Trouble("sales.late", _("Late payment"), crediting.late_payers, crediting.say_late, permission="sales.invoice.read")]


@hookimpl
def register_reports():
    return [*reports.REPORTS]


@hookimpl
def register_cards():
    return [*reports.CARDS]


@hookimpl
def register_timeline():
    return [
        Timeline(of=Orders, via="customer", words=_("ordered"), follow_up=True, icon="shopping-cart"),
        Timeline(of=Deliveries, via="order", words=_("delivered"), icon="truck-delivery"),
        Timeline(of=Payments, via="customer", words=_("recorded a payment"), icon="cash"),
    ]


@hookimpl
def register_print_templates():
    return [
        PrintTemplate("core.customer", "statement", _("Statement of account"), "sales/account_statement.html", papers.statement_values),
        PrintTemplate("core.customer", "reminder", _("Reminder of invoices"), "sales/reminder.html", papers.reminder_values),
        PrintTemplate("sales.delivery", "slip", _("Delivery note"), "sales/delivery_slip.html"),
    ]


@hookimpl
def register_settings():
    return [OrderSettings, CreditSettings]


money.terms.append(crediting.terms)  # receivables ask for days to pay, which credit knows

# A person works on orders of his own; who passes reviews, lets stopped orders go on, and counts money, is somebody else.
WORK = ("sales.subscription.*",
        *(f"sales.order.{act}" for act in ("read", "create", "update", "delete", "export", "import", "print", "assign", "confirm", "deliver", "cancel", "invoice", "credit_returns")),
        *(f"sales.invoice.{act}" for act in ("read", "create", "export", "print", "remind")), "sales.payment.read", "sales.payment.export", "sales.payment.print")
MONEY = ("sales.order.read", "sales.order.review_finance", "sales.order.release", "sales.order.invoice", "sales.order.credit_returns", "sales.invoice.*", "sales.payment.*",
         "sales.subscription.read", "core.customer.read", "core.customer.set_credit", "sales.credit.*", "sales.stop.*")


@hookimpl
def register_roles():
    return [
        RoleTemplate("user", "", dict.fromkeys(WORK, "own")),
        RoleTemplate("supervisor", "", dict.fromkeys((*WORK, "sales.order.review_contract"), "subtree")),
        RoleTemplate("decision-maker", "", dict.fromkeys((*WORK, *MONEY, "sales.order.review_contract"), "all")),
        RoleTemplate("accountant", _("Accountant"), dict.fromkeys(MONEY, "all")),
    ]


@hookimpl
def demo_data(make):
    demo.fill(make)
