"""Table of contents of this feature."""

from collections.abc import Mapping
from typing import Any

from crm_core.features.customers.api import DealingsRecorded
from crm_core.features.dealings import demo, likely, models, proposing, reckoning, saying, telling, told, views
from crm_core.features.dealings.resources import CustomerValues, StageMoves, ValueProposals
from crm_core.features.dealings.settings import ValueSettings
from crm_core.features.rules.api import PicksField
from crm_core.kernel.declare import (
    Action,
    Column,
    Cost,
    Job,
    Listen,
    Menu,
    Panel,
    Related,
    Report,
    RoleTemplate,
    RuleTrigger,
    Trouble,
)
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.fields import Field, IntegerField
from crm_core.resource.merging import RecordsMerged
from crm_core.resource.reporting import count_by
from crm_core.resource.undo import ChangeUndone

FEATURE = "dealings"
CUSTOMER, VALUE, PROPOSAL = "core.customer", "core.customer_value", "core.value_proposal"


@hookimpl
def register_resources() -> list[type[Any]]:
    return [CustomerValues, StageMoves, ValueProposals]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [ValueSettings]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Customer value"), CustomerValues, "customers", order=35, name="customer-value"),
        Menu(_("Proposals"), ValueProposals, "customers", order=36, name="value-proposals"),
    ]


@hookimpl
def register_panels() -> list[Any]:
    return [
        Panel(CUSTOMER, "value", _("Customer value"), views.panel, icon="chart-arrows", order=15, permission=f"{VALUE}.read"),
        Related(CUSTOMER, StageMoves, order=60, label=_("Stages")),
        Panel("core.product", "likely", _("Who could buy it"), likely.panel, icon="users", order=40, permission=f"{CUSTOMER}.read"),
    ]


@hookimpl
def register_actions() -> list[Action]:
    return [Action("tag_likely", _("Tag who could buy it"), likely.tag, on="core.product", icon="tag", quiet=True, bulk=False, fields=(
        Field(name="name", column="", label=_("Tag"), required=True, length=40),
        IntegerField(name="count", column="", label=_("How many customers"), required=True, default=50, minimum=1, maximum=likely.MARKED)))]


@hookimpl
def register_columns() -> list[Column]:
    words = (("stage", _("Stage"), models.STAGES, models.STAGE_LOOKS), ("churn", _("Warning"), models.CHURNS, models.CHURN_LOOKS),
             ("value_class", _("Value class"), models.CLASSES, models.CLASS_LOOKS))
    numbers = (("alive", _("Still a customer, %")), ("lifetime", _("Value in the years to come")), ("year", _("Turnover, 12 months")))
    return [
        *(Column(CUSTOMER, f"value_{name}", label, views.column(name, labels, looks), order=60, kind="status") for name, label, labels, looks in words),
        *(Column(CUSTOMER, f"value_{name}", label, views.figure(name), order=61, kind="number") for name, label in numbers),
        Column("core.stage_move", "why_moved", _("Rule"), views.why_moved),
        Column(PROPOSAL, "proposed_what", _("Proposed"), views.proposed),
        Column(PROPOSAL, "reason", _("Reason"), proposing.reasons),
    ]


@hookimpl
def register_reports() -> list[Report]:
    return [
        Report("value_stages", _("Customers by stage"), of=CustomerValues, query=views.by("stage"), order=20, icon="chart-arrows"),
        Report("value_classes", _("Customers by value class"), of=CustomerValues, query=views.by("value_class"), order=21),
        Report("value_rfm", _("Customers by RFM"), of=CustomerValues, query=views.by("rfm"), order=22),
        Report("value_dearest", _("The fifth that is dearest to serve"), of=CustomerValues, query=views.dearest, order=23),
        Report("stage_moves", _("Movements into each stage"), of=StageMoves, query=count_by("stage"), order=24),
        Report("stage_falls", _("Customers who fell, by month"), of=StageMoves, query=views.falls, order=25, chart="line"),
    ]


@hookimpl
def register_listeners() -> list[Listen]:
    return [
        Listen(DealingsRecorded, reckoning.dealt, acts="system", name="core.value.dealt", label=_("Reckon the value of customers")),
        Listen(RecordsMerged, reckoning.merged, inside=True, acts="system", name="core.value.merged"),
        Listen(ChangeUndone, reckoning.parted, inside=True, acts="system", name="core.value.parted"),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job(reckoning.NAME, reckoning.run, every="every day at 03:10", label=_("Reckon the value of customers"))]


def _becomes(name: str, label: Any, say: Any, what: Any, pairs: tuple[tuple[str, Any], ...], icon: str, order: int) -> RuleTrigger:
    """A trigger whose occasion begins with what a customer has become."""
    def heard(one: Any) -> Any:
        return one.ids if one.occasion.partition(" ")[0] in one.values["becomes"] else ()

    return RuleTrigger(name, label, say, (PicksField(name="becomes", column="", label=what, pairs=pairs, required=True),), heard=heard,
                       on=lambda of: of.name == CUSTOMER, icon=icon, order=order)


def _pairs(labels: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(labels.items())


@hookimpl
def register_costs() -> list[Cost]:
    return [Cost("core.tasks", "service", told.time_spent)]


@hookimpl
def register_troubles() -> list[Trouble]:
    return [Trouble("core.complaints", _("Complaints"), told.complaints, told.say_complaints, permission="core.customer.read")]


@hookimpl
def register_rule_triggers() -> list[RuleTrigger]:
    def mine(of: Any) -> bool:
        return bool(of.name == CUSTOMER)

    return [
        _becomes(telling.STAGE, _("The stage of a customer changes"), lambda _of, s: _("the stage of a customer becomes %(becomes)s", **s), _("Becomes any of"),
                 saying.stages(), "chart-arrows", 90),
        RuleTrigger(telling.CHURN, _("A customer deals unusually little"), lambda _of, _s: _("a customer deals unusually little"), on=mine, icon="alarm", order=91),
        RuleTrigger(telling.FALL, _("A growing customer is about to decline"), lambda _of, _s: _("a growing customer is about to decline"), on=mine, icon="alert-triangle", order=92),
        _becomes(proposing.CLASS, _("The value class of a customer is set"), lambda _of, s: _("the value class of a customer becomes %(becomes)s", **s), _("Becomes any of"),
                 _pairs(models.CLASSES), "tag", 93),
        _becomes(proposing.CARE, _("A customer needs care"), lambda _of, s: _("a customer needs care: %(becomes)s", **s), _("Becomes any of"), _pairs(models.CARES), "heart", 94),
    ]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Who looks after customers corrects their stages; who leads decides what is proposed of his people's."""
    acts = tuple(f"{VALUE}.{act}" for act in ("set_stage", "lift_stage", "set_class"))
    decide = tuple(f"{PROPOSAL}.{act}" for act in ("read", "export", "print", "accept", "decline"))
    return [
        RoleTemplate("user", "", {**dict.fromkeys(acts, "own"), f"{PROPOSAL}.read": "own", "core.product.tag_likely": "all"}),
        RoleTemplate("supervisor", "", {**dict.fromkeys((*acts, *decide), "subtree"), "core.product.tag_likely": "all"}),
        RoleTemplate("decision-maker", "", {**dict.fromkeys((*acts, *decide), "all"), "core.product.tag_likely": "all"}),
    ]


@hookimpl
def demo_data(make: Any) -> None:
    make.last.append(lambda: demo.fill(make))  # of all that plugins tell of the customers of the demo


@hookimpl
def install(first: bool) -> None:
    reckoning.begin()
