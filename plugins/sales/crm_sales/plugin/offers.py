"""Quotes and contracts."""

from crm_core.sdk import (
    Action,
    Column,
    Job,
    Listen,
    Menu,
    Panel,
    PrintTemplate,
    Related,
    RoleTemplate,
    hookimpl,
)
from crm_sales import _
from crm_sales.api import QuotesAccepted
from crm_sales.contracts import pages as contract_pages
from crm_sales.contracts import reports
from crm_sales.contracts import services as contracts
from crm_sales.contracts.resources import (
    Clauses,
    ContractClauses,
    ContractItems,
    ContractMilestones,
    ContractPayments,
    Contracts,
)
from crm_sales.demo import quotes as demo_quotes
from crm_sales.quotes import pages as quote_pages
from crm_sales.quotes import services as quotes
from crm_sales.quotes.resources import QuoteItems, Quotes
from crm_sales.settings import QuoteSettings


@hookimpl
def register_resources():
    return [
        Quotes, QuoteItems,
        Clauses, Contracts, ContractItems, ContractPayments, ContractMilestones, ContractClauses,
    ]


@hookimpl
def register_menu():
    return [
        Menu(_("Quotes"), Quotes, "sales", order=30),
        Menu(_("Contracts"), Contracts, "sales", order=40),
        Menu(_("Clauses"), Clauses, "words", order=72, permission="sales.clause.update"),
    ]


@hookimpl
def register_panels():
    return [
        Related("core.customer", Quotes, order=41),
        Related("core.customer", Contracts, order=42),
        Related("sales.opportunity", Quotes, order=10),
        Related("sales.opportunity", Contracts, order=11),
        Related("sales.contract", ContractPayments, order=10),
        Related("sales.contract", ContractMilestones, order=11),
        Panel("sales.quote", "beside", _("For the customer"), quote_pages.beside, "sales/beside_quote.html", icon="link", permission="sales.quote.read"),
        Panel("sales.contract", "beside", _("Paper and amendments"), contract_pages.beside, "sales/beside_contract.html", icon="printer"),
    ]


@hookimpl
def register_actions():
    return [Action("quote", _("Make a quote"), quotes.of_opportunity, on="sales.opportunity", icon="file-text", order=30, bulk=False, makes="sales.quote")]


@hookimpl
def register_columns():
    return [Column("sales.contract", "progress", _("Progress"), lambda ids: {one: f"{done} %" for one, done in contracts.progress(ids).items()}),
            Column("sales.contract", "overdue", _("Overdue"), contract_pages.overdue, shows=contract_pages.OVERDUE),
            Column("sales.contract_payment", "late", _("Late"), contract_pages.late, shows=contract_pages.OVERDUE)]


@hookimpl
def register_print_templates():
    return [
        PrintTemplate("sales.quote", "chinese", _("Quote in Chinese"), "sales/paper.html", quote_pages.by_hand("zh_Hans_CN"), order=10, bare=True),
        PrintTemplate("sales.quote", "english", _("Quote in English"), "sales/paper.html", quote_pages.by_hand("en"), order=11, bare=True),
        PrintTemplate("sales.contract", "chinese", _("Contract in Chinese"), "sales/paper.html", contract_pages.by_hand("zh_Hans_CN"), order=10, bare=True),
        PrintTemplate("sales.contract", "english", _("Contract in English"), "sales/paper.html", contract_pages.by_hand("en"), order=11, bare=True),
    ]


@hookimpl
def register_blueprints():
    return [quote_pages.pages]


@hookimpl
def register_settings():
    return [QuoteSettings]


@hookimpl
def register_listeners():
    return [Listen(QuotesAccepted, quotes.answered, acts="system", name="sales.quote_accepted", label=_("Tell the owner of an accepted quote"))]


@hookimpl
def register_jobs():
    return [
        Job("quotes_expire", quotes.expire, every="every day at 00:40", label=_("Quotes that were not answered in time")),
        Job("contracts_end", contracts.warn, every="every day at 06:10", label=_("Contracts that end soon")),
    ]


@hookimpl
def register_reports():
    return reports.REPORTS


@hookimpl
def register_cards():
    return reports.CARDS


@hookimpl
def demo_data(make):
    demo_quotes.fill(make)


# What somebody may do with quotes who does not see what is earned by them (`sales.quote.sensitive`: the margin).
QUOTING = tuple(f"sales.quote.{verb}" for verb in (
    "read", "create", "update", "delete", "export", "import", "print", "assign", "send", "accept", "decline", "order", "contract", "reduce", "take_prices", "new_version", "withdraw", "new_link"))
WORK = ("sales.quote.*", "sales.contract.*")
READ = ("sales.clause.read",)


@hookimpl
def register_roles():
    return [
        RoleTemplate("user", "", {**dict.fromkeys((*QUOTING, "sales.contract.*"), "own"), **dict.fromkeys(READ, "all")}),
        RoleTemplate("supervisor", "", {**dict.fromkeys(WORK, "subtree"), **dict.fromkeys(READ, "all")}),
        RoleTemplate("decision-maker", "", {**dict.fromkeys(WORK, "all"), **dict.fromkeys(READ, "all")}),
    ]
