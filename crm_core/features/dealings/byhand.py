"""What people say of a customer's stage and class against the rules; with a reason, and until when."""

from typing import Any

from dateutil.relativedelta import relativedelta

from crm_core.data.session import session
from crm_core.features.dealings import telling
from crm_core.features.dealings.models import CLASSES, STAGES, Stage, ValueClass
from crm_core.features.dealings.proposing import CLASS
from crm_core.features.rules.api import start
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _
from crm_core.resource import timeline

CUSTOMER = "core.customer"


def _row(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("customer_id", "stage", "why", "owner_id", "department_id", "team_id")}


def set_stage(row: Any, stage: Stage, why: str, months: int | None = None) -> None:
    """A customer is in this stage, whatever the rules say."""
    before, today = row.stage, clock.today()
    row.by_hand, row.hand_why = True, why
    row.hand_until = today + relativedelta(months=months) if months else None
    if before != stage:
        row.stage, row.since = stage, today
    session.flush()
    if before != stage:
        telling.note([(before, _row(row))], today, by_hand=True, reason=why)
    timeline.add(CUSTOMER, row.customer_id, "value", data={"words": words.keep(_("set the stage to “%(name)s”", name=STAGES[str(stage)]))}, body=why)


def lift_stage(row: Any) -> None:
    """The rules say it again."""
    before, today = row.stage, clock.today()
    row.by_hand, row.hand_why, row.hand_until = False, None, None
    if before != row.rule_stage:
        row.stage, row.since = row.rule_stage, today
    session.flush()
    if before != row.stage:
        telling.note([(before, _row(row))], today)
    timeline.add(CUSTOMER, row.customer_id, "value", data={"words": words.keep(_("lets the rules say the stage: “%(name)s”", name=STAGES[str(row.stage)]))})


def set_class(row: Any, value_class: ValueClass, why: str) -> None:
    """What a customer seeks with us, by who knows him."""
    row.value_class = value_class
    session.flush()
    timeline.add(CUSTOMER, row.customer_id, "value", data={"words": words.keep(_("is now in the value class “%(name)s”", name=CLASSES[str(value_class)]))}, body=why)
    start(CLASS, CUSTOMER, [row.customer_id], f"{value_class} {clock.today()}")
