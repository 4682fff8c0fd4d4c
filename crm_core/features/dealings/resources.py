"""Figures, movements and proposals as resources."""

from dataclasses import replace
from typing import Any

from crm_core.features.dealings import byhand, proposing, saying
from crm_core.features.dealings.models import (
    ABOUTS,
    STAGES,
    Answer,
    CustomerValue,
    Stage,
    StageMove,
    ValueClass,
    ValueProposal,
)
from crm_core.features.dealings.models import CLASSES as CLASSES_
from crm_core.kernel import clock
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.resource.fields import EnumField, Field, IntegerField
from crm_core.resource.resource import Resource
from crm_core.web.viewmodels import Fact

REASON = _("Reason")
_WHY = Field(name="why", column="", label=REASON, required=True, length=255)


class _OfCustomer(Resource):
    """They are called after their customer."""

    def title(self, row: Any) -> str:
        return self.registry.resource("core.customer").name_of(row.customer_id) or str(self.word(getattr(row, self.label_field, None)))


def _explained(page: Any, words: Any, label: Any = REASON) -> Any:
    """The page of a record, its first facts ending with the reason."""
    if not page.groups or not words:
        return page
    first = replace(page.groups[0], facts=(*page.groups[0].facts, Fact(label, words)))
    return replace(page, groups=(first, *page.groups[1:]))


class CustomerValues(_OfCustomer):
    """Read by everybody who may read the customer."""

    model = CustomerValue
    label = _("Customer value")
    singular = _("Customer value")
    icon = "chart-arrows"
    files = False
    columns = "customer", "stage", "since", "rfm", "year", "year_before", "last_on", "alive", "expected", "lifetime", "value_class", "care", "churn", "owner"
    filters = (
        "stage", "rule_stage", "since", "rfm", "churn", "churn_since", "falls_on", "value_class", "care", "signs", "year", "year_before", "total", "average", "profit", "goods", "commission", "service", "favours", "debt", "lifetime", "alive", "expected", "deals",
        "usual", "last_on", "first_on", "by_hand", "customer", "owner", "department")
    sorts = "-year", "-lifetime"
    status = "stage"
    readonly = True
    verbs = ("read", "export", "print", "set_stage", "lift_stage", "set_class")
    hidden_fields = ("team",)
    in_palette = True
    order = 36
    help = _("What was reckoned of every customer who has dealt with us: his stage, how likely he is to come again, what he brings. Each figure is explained in the guide.")
    actions = (
        Action("set_stage", _("Set the stage by hand"), byhand.set_stage, icon="pencil", bulk=True, fields=(
            EnumField(name="stage", column="", label=_("Stage"), required=True, members=Stage, labels=STAGES), _WHY,
            IntegerField(name="months", column="", label=_("For so many months"), minimum=1, maximum=60, help=_("Empty: until it is lifted.")))),
        Action("lift_stage", _("Let the rules say the stage"), byhand.lift_stage, icon="arrow-back-up", when=lambda row: row.by_hand, quiet=True),
        Action("set_class", _("Set the value class"), byhand.set_class, icon="tag", quiet=True, fields=(
            EnumField(name="value_class", column="", label=_("Value class"), required=True, members=ValueClass, labels=CLASSES_), _WHY)),
    )

    @property
    def label_field(self) -> str:
        return "stage"

    def word(self, value: Any) -> Any:
        return STAGES.get(str(value), value)

    def dress(self, row: Any, page: Any, found: Any) -> Any:
        whole, seen = row.whole, self.fields()
        if "stage" not in seen:
            return page
        page = _explained(page, saying.told(saying.stage, {name: getattr(whole, name) for name in saying.NEEDED}, clock.today(), seen))
        if "profit" in seen and whole.profit is not None:
            page = _explained(page, saying.left(whole, seen), _("How profit was found"))
        return _explained(page, saying.troubles(whole.troubles or {}, sums="year" in seen), _("Signs of trouble")) if "signs" in seen else page


class StageMoves(_OfCustomer):
    model = StageMove
    label = _("Movements of stages")
    singular = _("Movement")
    icon = "arrow-right"
    files = False
    columns = "customer", "before", "stage", "day", "why_moved", "by_hand", "reason", "owner"
    filters = "before", "stage", "day", "month", "by_hand", "customer", "owner", "department"
    sorts = ("-day",)
    readonly = True
    verbs = ("read", "export", "print")
    hidden_fields = ("team",)
    order = 37
    help = _("Which customers went from one stage to another, when, and by which rule.")

    @property
    def label_field(self) -> str:
        return "stage"

    def word(self, value: Any) -> Any:
        return STAGES.get(str(value), value)


class ValueProposals(_OfCustomer):
    model = ValueProposal
    label = _("Proposals")
    singular = _("Proposal")
    icon = "bulb"
    files = False
    own_rights = True
    columns = "customer", "about", "proposed_what", "reason", "year", "answer", "made_on", "owner"
    filters = "answer", "about", "care", "value_class", "year", "made_on", "answered_on", "answered_by", "customer", "owner", "department"
    sorts = ("-made_on",)
    status = "answer"
    entry = (("answer.any", "open"),)
    readonly = True
    verbs = ("read", "export", "print", "accept", "decline")
    hidden_fields = ("team",)
    order = 38
    help = _("What the figures propose: who needs which care, who is a key customer, what a customer seeks with us. Each waits for a decision.")
    actions = (
        Action("accept", _("Accept"), proposing.accept, icon="check", primary=True, when=lambda row: row.answer == Answer.open,
               fields=(Field(name="why", column="", label=_("Remark"), length=255),)),
        Action("decline", _("Decline"), proposing.decline, icon="x", when=lambda row: row.answer == Answer.open, fields=(_WHY,)),
    )

    @property
    def label_field(self) -> str:
        return "about"

    def word(self, value: Any) -> Any:
        return ABOUTS.get(str(value), value)

    def dress(self, row: Any, page: Any, found: Any) -> Any:
        return _explained(page, proposing.reason(row.whole))
