"""Somebody met a record that a colleague holds: the question lies among the holder's tasks, he says yes or no, who asked hears it."""

import datetime as dt
import enum
from collections.abc import Callable
from typing import Any

from crm_core.data.session import session
from crm_core.features.messages.api import notify
from crm_core.features.tasks.models import State
from crm_core.features.tasks.services import give_by_rule
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.fields import DateField, EnumField
from crm_core.resource.pairs import RecordWanted
from crm_core.text.numbers import whole

_START = "asked:"


def wanted(event: RecordWanted) -> None:
    """The listener: one task for each record and person, however often he asks."""
    record = event.ids[0]
    name = site().registry.resource("core.user").name_of(event.by)
    give_by_rule(
        _("Duplicates"), f"{_START}{event.resource}:{record}:{event.by}", event.holder,
        _("%(name)s asks to work with you on this: %(typed)s", name=name, typed=event.typed), about=(event.resource, record), locked=True,
    )


def is_question(task: Any) -> bool:
    return task.done_at is None and (task.source_key or "").startswith(_START)


class How(enum.StrEnum):
    """What the holder gives."""

    share = "share"
    change = "change"
    hand_over = "hand_over"


HOW = {"share": _("Share it for a time"), "change": _("Share it for a time, to be changed too"), "hand_over": _("Hand it over")}
FIELDS = (EnumField(name="how", column="", label=_("What your colleague gets"), members=How, labels=HOW, required=True, default=How.share),
          DateField(name="until", column="", label=_("Shared until"), help=_("Empty: for as long as the public pool's rules say.")))
# Slot that features/pool fills: give (resource, id) to somebody in this way, by the rights of who acts; whether that is possible at all.
give: Callable[[str, int, int, How, dt.date | None], bool] = lambda _resource, _id, _user, _how, _until: False


def agree(task: Any, how: How, until: dt.date | None = None) -> None:
    """Yes: the record is shared or handed over, as the holder chooses. Raises what sharing and handing over raise."""
    if not is_question(task):
        raise Refused(_("This has been answered."))
    if give(task.subject, task.subject_id, _asker(task), how, until):
        _end(task)
    else:
        _answer(task, _("agrees to work with you on what you asked for. Talk to each other about how."))


def refuse(task: Any, reason: str) -> None:
    _answer(task, _("does not agree to what you asked for: %(reason)s", reason=reason))


def _answer(task: Any, text: Any) -> None:
    asker = _asker(task)
    _end(task)
    notify([asker], text, path="/")


def _end(task: Any) -> None:
    if not is_question(task):
        raise Refused(_("This has been answered."))
    task.state = State.done
    session.flush()


def _asker(task: Any) -> int:
    return whole(task.source_key.rpartition(":")[2]) or 0
