"""Salespeople, their policies and commission, and partners."""

from crm_core.sdk import (
    Action,
    Cost,
    Listen,
    Menu,
    Metric,
    OwnersChanged,
    Panel,
    Permission,
    PrintTemplate,
    RecordsChanged,
    Related,
    RoleTemplate,
    RuleAction,
    hookimpl,
    put_words,
    show_month,
)
from crm_sales import _
from crm_sales.api import (
    ContractsSigned,
    InvoicesCancelled,
    InvoicesIssued,
    InvoicesWrittenOff,
    OpportunitiesClosed,
    OpportunitiesReopened,
    OpportunitiesShared,
    OrdersCancelled,
    OrdersCompleted,
    OrdersConfirmed,
    OrdersConfirming,
    OrdersReopened,
    PaymentsAllocated,
    QuotesSent,
)
from crm_sales.demo import force as demo_force
from crm_sales.demo import house as demo_house
from crm_sales.demo import partners as demo_partners
from crm_sales.force import checks, costs, listening, pages, reports, territories
from crm_sales.force.resources import (
    Achievements,
    Claims,
    CommissionLines,
    CommissionPolicies,
    ForecastEntries,
    PayBases,
    Shares,
    Statements,
    Territories,
)
from crm_sales.partners.resources import Deals, Funds, FundUses, Partners
from crm_sales.policies.resources import Exceptions, Policies
from crm_sales.policies.services import EXCEED
from crm_sales.settings import ForceSettings, PartnerSettings


@hookimpl
def register_resources():
    return [
        Policies, Exceptions,
        Territories, Shares, ForecastEntries, Achievements, Claims, CommissionPolicies, Statements, CommissionLines, PayBases,
        Partners, Deals, Funds, FundUses,
    ]


@hookimpl
def register_menu():
    return [
        Menu(_("Forecast"), "/sales/forecast", "sales", "chart-line", order=21, name="forecast", permission="sales.opportunity_share.read"),
        Menu(_("Sales force"), pages.URL, "sales", "trophy", order=80, name="force", permission="sales.achievement.read"),
        Menu(_("Commission statements"), Statements, "sales", order=81),
        Menu(_("Expense claims"), Claims, "sales", order=82),
        Menu(_("Territories"), Territories, "words", order=83, permission="sales.territory.update"),
        Menu(_("Policies"), Policies, "words", order=84, permission="sales.policy.update"),
        Menu(_("Commission policies"), CommissionPolicies, "words", order=85, permission="sales.commission_policy.update"),
        Menu(_("Pay basis"), PayBases, "words", order=86, permission="sales.pay_basis.update"),
        Menu(_("Limits exceeded"), Exceptions, "sales", order=87),
        Menu(_("Partners"), Partners, "sales", order=90),
        Menu(_("Partners' deals"), Deals, "sales", order=91),
        Menu(_("Development funds"), Funds, "sales", order=92),
        Menu(_("Fund requests"), FundUses, "sales", order=93),
    ]


@hookimpl
def register_panels():
    return [
        Related("sales.order", Shares, order=20),
        Related("sales.order", CommissionLines, order=21),
        Related("core.customer", Claims, order=47),
        Related("sales.partner", Deals, order=10),
        Related("sales.partner", Funds, order=11),
        Related("sales.fund", FundUses, order=10),
        Panel("core.customer", "territory", _("Territory"), pages.territory_of, "sales/territory.html", icon="map-pin", order=60, permission="sales.territory.read"),
        *(Panel(name, "limits", _("Your limits"), pages.limits(name), "sales/limits.html", icon="adjustments", order=60, permission="sales.policy.read", fits=pages.is_open) for name in pages.LIMITS),
    ]


@hookimpl
def register_listeners():
    return [
        Listen(QuotesSent, checks.quotes_sent, inside=True, name="sales.policies.quotes"),
        Listen(ContractsSigned, checks.contracts_signed, inside=True, name="sales.policies.contracts"),
        Listen(OrdersConfirming, checks.orders_confirming, inside=True, name="sales.policies.orders"),
        Listen(OrdersConfirmed, listening.ordered, acts="system", name="sales.force.ordered", label=_("Count orders for salespeople")),
        Listen(OrdersCancelled, listening.cancelled, acts="system", name="sales.force.cancelled", label=_("Take back what was counted for orders")),
        Listen(OrdersCompleted, listening.completed, acts="system", name="sales.force.completed", label=_("Losses of a contract follow its completed orders")),
        Listen(OrdersReopened, listening.completed, acts="system", name="sales.force.reopened_orders", label=_("Losses of a contract follow its orders that wait again")),
        Listen(InvoicesIssued, listening.invoiced, acts="system", name="sales.force.invoiced", label=_("Count invoices for salespeople")),
        Listen(InvoicesCancelled, listening.uninvoiced, acts="system", name="sales.force.uninvoiced", label=_("Take back what was counted for invoices")),
        Listen(InvoicesWrittenOff, listening.written_off, acts="system", name="sales.force.written_off", label=_("Hold back commission for what is written off")),
        Listen(PaymentsAllocated, listening.allocated, acts="system", name="sales.force.allocated", label=_("Count money received for salespeople")),
        Listen(OpportunitiesClosed, listening.won, acts="system", name="sales.force.won", label=_("Count opportunities won for salespeople")),
        Listen(OpportunitiesReopened, listening.won, acts="system", name="sales.force.reopened", label=_("Take back what was counted for opportunities")),
        Listen(OpportunitiesShared, listening.won, acts="system", name="sales.force.shared", label=_("Count opportunities won for salespeople")),
        Listen(OwnersChanged, listening.pay_handed_on, inside=True, acts="system", name="sales.force.pay_handed_on"),
        Listen(RecordsChanged, listening.order_made, inside=True, acts="system", name="sales.force.order_made"),
    ]


@hookimpl
def register_actions():
    return [Action("by_territory", _("Assign by territory"), territories.assign, on="core.customer", icon="map-pin", order=11, whole=True, quiet=True)]


@hookimpl
def register_rule_actions():
    return [RuleAction("by_territory", _("Assign by territory"), territories.assign_by_rule, lambda shown: _("assign it by territory"),
                       on=lambda of: {"region_id", "industry_id", "size"} <= set(of.table.c.keys()) and "assign" in of.verbs, icon="map-pin")]


@hookimpl
def register_metrics():
    def metric(name, label, did, order):
        return Metric(name, label, Achievements, at="day", by="owner", where=(("did.any", did),), total="amount", order=order, within=("category", "product"))

    return [metric("sales.won", _("Opportunities won, amount"), "won", 60), metric("sales.ordered", _("Orders, amount"), "ordered", 61),
            metric("sales.invoiced", _("Invoiced, amount"), "invoiced", 62), metric("sales.received", _("Money received, amount"), "received", 63)]


@hookimpl
def register_costs():
    return [Cost("sales.commission", "commission", costs.commission), Cost("sales.favours", "favours", costs.favours)]


@hookimpl
def register_reports():
    return reports.force()


@hookimpl
def register_print_templates():
    return [PrintTemplate("sales.statement", "statement", _("Commission statement"), "sales/statement.html", lambda statement: {"month": show_month(statement.month) if statement.month else ""})]


@hookimpl
def register_settings():
    return [ForceSettings, PartnerSettings]


@hookimpl
def register_permissions():
    return [Permission(EXCEED, _("Exceed the limits of policies"))]


@hookimpl
def register_blueprints():
    return [pages.pages]


@hookimpl
def install(first):
    put_words("sales.expense", (("travel", "Travel", "差旅"), ("meals", "Hospitality", "招待"), ("gifts", "Gifts", "礼品"), ("printing", "Printing", "印刷"), ("other", "Other", "其他")))
    put_words("sales.partner_level", (("gold", "Gold", "金牌"), ("silver", "Silver", "银牌"), ("registered", "Registered", "注册")))


@hookimpl
def demo_data(make):
    demo_house.fill(make)
    demo_force.fill(make)
    demo_partners.fill(make)


READ = ("sales.policy.read", "sales.territory.read")


FORCE = ("sales.share.*", "sales.forecast_entry.read", "sales.forecast_entry.create", "sales.forecast_entry.export", "sales.partner.*", "sales.partner_deal.read", "sales.partner_deal.create", "sales.partner_deal.update", "sales.partner_deal.won", "sales.partner_deal.lost", "sales.fund.read",
         *(f"sales.fund_use.{verb}" for verb in ("read", "create", "update", "delete", "export", "print", "ask", "settle", "give_up")),
         *(f"sales.claim.{verb}" for verb in ("read", "create", "update", "delete", "export", "print", "claim")))
SEE = ("sales.achievement.read", "sales.achievement.export", "sales.statement.read", "sales.statement.export", "sales.statement.print", "sales.pay_basis.read", "sales.exceeded.read", "sales.exceeded.export")
LEAD = ("core.customer.by_territory",  # who may assign customers
        "sales.claim.approve", "sales.claim.refuse", "sales.fund_use.approve", "sales.fund_use.refuse", "sales.partner_deal.accept", "sales.partner_deal.refuse")
RULE = (EXCEED, "sales.policy.*", "sales.territory.*", "sales.commission_policy.*", "sales.pay_basis.*", "sales.statement.*", "sales.claim.pay", "sales.fund.*")
KNOW = {"sales.commission_policy.read": "all"}


@hookimpl
def register_roles():
    return [
        RoleTemplate("user", "", {**dict.fromkeys((*FORCE, *SEE), "own"), **dict.fromkeys(READ, "all"), **KNOW}),
        RoleTemplate("supervisor", "", {**dict.fromkeys((*FORCE, *SEE, *LEAD), "subtree"), **dict.fromkeys(READ, "all"), **KNOW}),
        RoleTemplate("decision-maker", "", {**dict.fromkeys((*FORCE, *SEE, *LEAD, *RULE), "all"), **dict.fromkeys(READ, "all"), **KNOW}),
        RoleTemplate("sales-manager", _("Sales manager"), dict.fromkeys((*READ, "sales.territory.create", "sales.territory.update", "sales.territory.delete"), "all")),
    ]
