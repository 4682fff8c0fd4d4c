"""Orders, deliveries, invoices, payments and credit."""

from crm_core.sdk import (
    Action,
    Card,
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
from crm_sales.api import OrdersCancelled, OrdersConfirmed, OrdersConfirming
from crm_sales.credit import panels as account
from crm_sales.credit import resources as credit
from crm_sales.credit import services as crediting
from crm_sales.demo import orders as demo
from crm_sales.orders import again as ordering_again
from crm_sales.orders import panels as progress
from crm_sales.orders import services as ordering
from crm_sales.orders.models import Advert, Order, Subscription
from crm_sales.orders.pages import pages as order_pages
from crm_sales.orders.resources import Adverts, Deliveries, DeliveryItems, OrderItems, Orders, Runs, Subscriptions
from crm_sales.receivables import called, instalments, papers, reminding, reports, wording
from crm_sales.receivables import resources as receivables
from crm_sales.receivables import services as money
from crm_sales.receivables.resources import Allocations, InvoiceItems, Invoices, Payments, Reminders, ReminderTexts
from crm_sales.settings import CreditSettings, OrderSettings


@hookimpl
def register_resources():
    return [
        Orders, OrderItems, Deliveries, DeliveryItems, Adverts, Runs, Subscriptions,
        Invoices, InvoiceItems, Reminders, ReminderTexts, Payments, Allocations,
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
        Menu(_("Wording of reminders"), ReminderTexts, "words", order=74, permission="sales.reminder_text.update"),
        Menu(_("Stopped orders"), credit.Stops, "sales", order=74, badge=account.kept_waiting),
    ]


@hookimpl
def register_panels():
    return [
        Related("core.customer", Orders, order=43),
        Related("core.customer", Invoices, order=44),
        Related("core.customer", Payments, order=45),
        Related("core.customer", Subscriptions, order=46),
        Panel("core.customer", "account", _("Account"), account.account, "sales/account.html", icon="coin", order=20, permission="sales.invoice.read", shows=account.ACCOUNT),
        Panel("core.customer", "again", _("Order again"), progress.again, "sales/order_again.html", icon="shopping-cart", order=14, permission="sales.order.read", shows=progress.AGAIN),
        Panel("sales.order", "stopped", _("Stopped by credit"), account.stopped, "sales/order_stop.html", icon="hand-stop", fits=lambda order: order.state == "held", first=True),
        Panel("sales.contract", "called", _("Call-offs"), called.of_contract, "sales/contract_called.html", icon="shopping-cart", order=9, shows=called.SHOWS,
              permission="sales.order.read", fits=lambda contract: contract.amends_id is None and contract.state != "draft"),
        Panel("sales.order", "progress", _("How far it is"), progress.progress, "sales/order_progress.html", icon="truck-delivery", order=10),
        Panel("sales.order", "runs", _("Runs"), progress.runs_of_order, "sales/runs.html", icon="calendar-event", order=12, shows=progress.RUNS),
        Panel("sales.advert", "runs", _("Runs"), progress.runs_of_advert, "sales/runs.html", icon="calendar-event", order=10, shows=progress.RUNS),
        Panel("sales.advert", "order", _("Order and money"), progress.beside_advert, "sales/order_box.html", icon="coin", order=12),
        Panel("sales.subscription", "order", _("Order and money"), progress.beside_subscription, "sales/order_box.html", icon="coin", order=10),
        Related("sales.advert", Runs, order=10),
        Related("sales.contract", Orders, order=12),
        Related("sales.contract", Invoices, order=13),
        Related("sales.contract_payment", Invoices, order=10),
        Related("sales.order", Deliveries, order=8),
        Related("sales.order", Invoices, order=10),
        Related("sales.order", Adverts, order=12),
        Related("sales.order", credit.Stops, order=14),
        Related("sales.invoice", Invoices, order=10, label=_("Credit notes"), via="credits"),
        Related("sales.invoice", Allocations, order=12),
        Related("sales.invoice", Reminders, order=14),
    ]


@hookimpl
def register_actions():
    again = Action("order_again", _("Order again"), ordering_again.again, on="core.customer", icon="shopping-cart", order=45, bulk=False, quiet=True, makes="sales.order")
    return [again, *receivables.ORDER_ACTIONS, *receivables.CONTRACT_ACTIONS, *credit.ORDER_ACTIONS, *credit.CUSTOMER_ACTIONS]


@hookimpl
def register_listeners():
    return [
        Listen(OrdersConfirming, crediting.check, inside=True, label=_("Check the credit of who orders")),
        Listen(OrdersConfirmed, money.follow, inside=True, label=_("What was invoiced of a contract’s plan is laid to its orders")),
        Listen(OrdersCancelled, money.follow, inside=True, name="sales.receivables.released", label=_("What cancelled orders had of a contract’s plan is there for others")),
        Listen(OrdersCancelled, crediting.ended, inside=True, label=_("Stopped orders that are cancelled wait no more")),
    ]


@hookimpl
def register_jobs():
    return [
        Job("subscriptions", ordering.remind_ends, every="every day at 07:00", label=_("Tasks for subscriptions about to end")),
        Job("overdue", money.tell_late, every="every day at 07:10", label=_("Tell owners of late invoices")),
        Job("instalments", instalments.ask, every="every day at 07:20", label=_("Tasks for instalments that are due")),
        Job("reminders", reminding.remind_late, every="every day at 08:10", label=_("Remind of late invoices, by task or mail")),
        Job("credit", crediting.propose, every="every day at 03:40", label=_("Propose credit from payments")),
    ]


@hookimpl
def register_blueprints():
    return [order_pages, wording.pages]


@hookimpl
def register_columns():
    return [
        Column("core.customer", "receivable", _("Owed"), account.receivable, shows=account.OWED),
        Column("core.customer", "overdue", _("Overdue"), account.overdue, shows=account.OWED),
        Column("sales.contract_payment", "invoices", _("Invoices"), instalments.of_instalments),
        Column("sales.order", "payment", _("Payment"), progress.payments(Order), shows=progress.PAID),
        Column("sales.advert", "payment", _("Payment"), progress.payments(Advert), shows=progress.PAID),
        Column("sales.subscription", "payment", _("Payment"), progress.payments(Subscription), shows=progress.PAID),
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
    stops = Card("stopped", _("Stopped orders"), of=credit.Stops, query=account.waiting, icon="hand-stop", order=7, waits="/sales/stop?outcome.any=waiting", when=account.may_release)
    return [stops, *reports.CARDS]


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
        PrintTemplate("core.customer", "statement", _("Statement of account"), "sales/account_statement.html", papers.statement_values, shows=papers.MOVED),
        PrintTemplate("core.customer", "reminder", _("Reminder of invoices"), "sales/reminder.html", papers.reminder_values, shows=papers.LATE),
        PrintTemplate("sales.delivery", "slip", _("Delivery note"), "sales/delivery_slip.html"),
    ]


@hookimpl
def register_settings():
    return [OrderSettings, CreditSettings]


money.terms.append(crediting.terms)  # receivables ask for days to pay, which credit knows

# A person works on orders of his own; who passes reviews, lets stopped orders go on, and counts money, is somebody else.
WORK = ("sales.subscription.*", "core.customer.order_again", "sales.advert.plan", "sales.run.appeared", "sales.run.missed", "sales.run.again",
        *(f"sales.order.{act}" for act in ("read", "create", "update", "delete", "export", "import", "print", "assign", "take_prices", "confirm", "deliver", "deliver_part", "cancel", "invoice", "credit_returns", "plan_runs")),
        *(f"sales.invoice.{act}" for act in ("read", "create", "export", "print", "remind", "remind_by_mail")), "sales.payment.read", "sales.payment.export", "sales.payment.print",
        "sales.contract_payment.invoice")
MONEY = ("sales.contract.read", "sales.contract.invoice_due", "sales.contract_payment.invoice", "sales.order.read", "sales.order.review_finance", "sales.order.release", "sales.order.invoice", "sales.order.credit_returns", "sales.invoice.*", "sales.payment.*",
         "sales.subscription.read", "core.customer.read", "core.customer.print", "core.customer.set_credit", "sales.credit.*", "sales.stop.*", "sales.reminder_text.*")


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
