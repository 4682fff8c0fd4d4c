"""Leads, opportunities and calls."""

from crm_core.sdk import Job, Listen, Menu, RecordsChanged, Related, RoleTemplate, Timeline, hookimpl, put_words
from crm_sales import _
from crm_sales.opportunities import pages as opportunity_pages
from crm_sales.opportunities import reports as opportunity_reports
from crm_sales.opportunities import services as opportunities
from crm_sales.opportunities.resources import (
    Competitors,
    Opportunities,
    OpportunityItems,
    Pipelines,
    Stages,
    StageVisits,
)
from crm_sales.opportunities.words import WORDS as OPPORTUNITY_WORDS
from crm_sales.settings import DealSettings


@hookimpl
def register_resources():
    return [
        Pipelines, Stages, Competitors, Opportunities, OpportunityItems, StageVisits,
    ]


@hookimpl
def register_menu():
    return [
        Menu(_("Opportunities"), Opportunities, "sales", order=20),
        Menu(_("Pipelines"), Pipelines, "words", order=70, permission="sales.pipeline.update"),
        Menu(_("Stages"), Stages, "words", order=71, permission="sales.stage.update"),
        Menu(_("Competitors"), Competitors, "words", order=72, permission="sales.competitor.update"),
    ]


@hookimpl
def register_panels():
    return [
        Related("core.customer", Opportunities, order=40),
        Related("sales.opportunity", StageVisits, order=60),
    ]


WORK = ("sales.opportunity.*",)
READ = ("sales.pipeline.read", "sales.stage.read", "sales.competitor.read")


@hookimpl
def register_roles():
    return [
        RoleTemplate("user", "", {**dict.fromkeys(WORK, "own"), **dict.fromkeys(READ, "all")}),
        RoleTemplate("supervisor", "", {**dict.fromkeys(WORK, "subtree"), **dict.fromkeys(READ, "all")}),
        RoleTemplate("decision-maker", "", {**dict.fromkeys(WORK, "all"), **dict.fromkeys(READ, "all")}),
    ]


@hookimpl
def register_settings():
    return [DealSettings]


@hookimpl
def register_blueprints():
    return [opportunity_pages.pages]


@hookimpl
def register_reports():
    return [*opportunity_reports.REPORTS]


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
    return [Listen(RecordsChanged, opportunities.heard_of_tasks, inside=True, acts="system", name="sales.opportunities.tasks")]


@hookimpl
def register_jobs():
    return [Job("learn", opportunities.learn, every="every day at 02:40", label=_("Win probability by history"))]


@hookimpl
def install(first):
    for name, rows in OPPORTUNITY_WORDS.items():
        put_words(name, rows)
    opportunities.put_pipeline()
