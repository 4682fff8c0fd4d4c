"""Leads, opportunities and calls."""

from crm_core.sdk import (
    Action,
    Job,
    Listen,
    Menu,
    OwnersChanged,
    RecordsChanged,
    Related,
    RoleTemplate,
    Timeline,
    hookimpl,
    put_words,
)
from crm_sales import _
from crm_sales.api import LeadsArrived
from crm_sales.calls import pages as call_pages
from crm_sales.calls import resources as call_resources
from crm_sales.calls.resources import CallEntries, CallLists, Calls, CallScripts
from crm_sales.calls.services import WORDS as CALL_WORDS
from crm_sales.calls.services import silent_leads
from crm_sales.demo import desks as demo_desks
from crm_sales.demo import opportunities as demo_opportunities
from crm_sales.leads import pages as lead_pages
from crm_sales.leads import panels as lead_panels
from crm_sales.leads import services as leads
from crm_sales.leads.resources import LeadForms, LeadRules, Leads, ScoreRules
from crm_sales.opportunities import process
from crm_sales.opportunities import reports as opportunity_reports
from crm_sales.opportunities import services as opportunities
from crm_sales.opportunities.resources import (
    Competitors,
    Opportunities,
    OpportunityItems,
    OpportunityShares,
    Pipelines,
    Stages,
    StageVisits,
)
from crm_sales.opportunities.words import WORDS as OPPORTUNITY_WORDS
from crm_sales.opportunities.words import put_pipeline
from crm_sales.settings import DealSettings, LeadSettings

leads.unwilling.append(silent_leads)


@hookimpl
def register_resources():
    return [
        Leads, LeadRules, ScoreRules, LeadForms,
        Pipelines, Stages, Competitors, Opportunities, OpportunityItems, OpportunityShares, StageVisits,
        CallScripts, CallLists, CallEntries, Calls,
    ]


@hookimpl
def register_menu():
    return [
        Menu(_("Leads"), Leads, "sales", order=10),
        Menu(_("Opportunities"), Opportunities, "sales", order=20),
        Menu(_("Pipelines"), Pipelines, "words", order=70, permission="sales.pipeline.update"),
        Menu(_("Stages"), Stages, "words", order=71, permission="sales.stage.update"),
        Menu(_("Call lists"), CallLists, "sales", order=90),
        Menu(_("Call scripts"), CallScripts, "words", order=76, permission="sales.call_script.update"),
        Menu(_("Rules for leads"), LeadRules, "words", order=73, permission="sales.lead_rule.update"),
        Menu(_("Points for leads"), ScoreRules, "words", order=74, permission="sales.score_rule.update"),
        Menu(_("Forms on the web"), LeadForms, "words", order=75, permission="sales.lead_form.update"),
        Menu(_("Competitors"), Competitors, "words", order=72, permission="sales.competitor.update"),
    ]


@hookimpl
def register_panels():
    return [
        *lead_panels.PANELS,
        *call_pages.PANELS,
        Related("sales.call_list", CallEntries, order=10),
        Related("sales.call_list", Calls, order=11),
        Related("core.customer", Calls, order=59),
        Related("core.customer", Leads, order=39),
        Related("core.customer", Opportunities, order=40),
        Related("sales.opportunity", OpportunityShares, order=61),
        Related("sales.opportunity", StageVisits, order=60),
    ]


WORK = ("core.customer.call_list", "core.mail.lead", "sales.call_list.*", "sales.lead.*", "sales.opportunity.*", "sales.opportunity_share.*")
READ = ("sales.pipeline.read", "sales.stage.read", "sales.competitor.read", "sales.lead.brief.read", "sales.lead.brief.claim", "sales.call_script.read")

MANAGE = tuple(f"sales.{what}.{verb}" for what in ("pipeline", "stage", "competitor", "lead_rule", "score_rule", "call_script") for verb in ("read", "create", "update", "delete"))


@hookimpl
def register_roles():
    return [
        RoleTemplate("user", "", {**dict.fromkeys(WORK, "own"), **dict.fromkeys(READ, "all")}),
        RoleTemplate("supervisor", "", {**dict.fromkeys(WORK, "subtree"), **dict.fromkeys(READ, "all")}),
        RoleTemplate("decision-maker", "", {**dict.fromkeys(WORK, "all"), **dict.fromkeys(READ, "all")}),
        RoleTemplate("sales-manager", _("Sales manager"), dict.fromkeys((*READ, *MANAGE), "all")),
    ]


@hookimpl
def field_access(actor, resource, field):
    """Who is not shown a figure of opportunities is not shown anybody's share of it."""
    if resource == "sales.opportunity_share" and (whole := SAME.get(field)) is not None and actor.rule("sales.opportunity", whole) == "hidden":
        return "hidden"


SAME = {"whole": "worth", "worth": "worth", "weighted": "weighted", "customer": "customer", "stage": "stage", "forecast": "forecast", "day": "expected", "days_open": "days_open", "percent": "members"}


@hookimpl
def register_actions():
    return [
        Action("claim", _("Claim"), leads.claim, on="sales.lead.brief", icon="user-plus", whole=True, primary=True, when=lambda lead: lead.owner_id is None),
        *lead_panels.ACTIONS,
        *call_resources.ACTIONS,
    ]


@hookimpl
def register_rule_actions():
    return [*lead_panels.RULE_ACTIONS]


@hookimpl
def register_settings():
    return [LeadSettings, DealSettings]


@hookimpl
def register_blueprints():
    return [lead_pages.pages, call_pages.pages]


@hookimpl
def register_reports():
    return [*opportunity_reports.REPORTS, *call_resources.REPORTS]


@hookimpl
def register_cards():
    return [*opportunity_reports.CARDS]


@hookimpl
def register_columns():
    return [*opportunity_reports.COLUMNS]


@hookimpl
def register_metrics():
    return [*opportunity_reports.METRICS]


@hookimpl
def register_timeline():
    return [Timeline(of=Opportunities, via="customer", words=_("began an opportunity"), icon="target")]


@hookimpl
def register_listeners():
    return [
        Listen(LeadsArrived, leads.on_arrival, inside=True, acts="system", name="sales.leads.give_out"),
        Listen(OwnersChanged, process.handed_on, inside=True, acts="system", name="sales.opportunities.handed_on"),
        Listen(RecordsChanged, opportunities.heard_of_tasks, inside=True, acts="system", name="sales.opportunities.tasks"),
    ]


@hookimpl
def register_jobs():
    return [
        Job("score", leads.score_anew, label=_("Points of leads")),
        Job("go_back", leads.go_back, every="every day at 02:35", label=_("Return leads to the pool")),
        Job("learn", opportunities.learn, every="every day at 02:40", label=_("Win probability by history")),
    ]


@hookimpl
def install(first):
    for name, rows in {**leads.WORDS, **OPPORTUNITY_WORDS, **CALL_WORDS}.items():
        put_words(name, rows)
    leads.put_rules()
    put_pipeline()


@hookimpl
def demo_data(make):
    demo_opportunities.fill(make)
    demo_desks.fill(make)
