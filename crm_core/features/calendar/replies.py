"""One answer to all days of a series one is invited to."""

import enum
from typing import Any

from crm_core.features.calendar import guests
from crm_core.features.calendar.events import Answered
from crm_core.features.calendar.models import ANSWERS, Answer, State
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _
from crm_core.resource.fields import EnumField


class Said(enum.StrEnum):
    """What can be answered."""

    accepted = "accepted"
    tentative = "tentative"
    declined = "declined"


FIELDS = (EnumField(name="answer", column="", label=_("Your answer"), members=Said, labels=ANSWERS, required=True, default=Said.accepted),)


def may_answer_all(row: Any) -> bool:
    """Whether it is an invitation to a series."""
    return row.answer is not None and row.series_id is not None and row.state == State.planned


def answer_all(row: Any, answer: Said) -> None:
    """Every day still to come, by one answer."""
    ids = guests.answer_series(row, Answer(answer))
    if ids:
        emit(Answered(tuple(ids), whole=True))
