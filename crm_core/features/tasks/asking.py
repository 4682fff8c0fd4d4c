"""Somebody met a record that a colleague holds: the question lies among the holder's tasks, he says yes or no, who asked hears it."""

from typing import Any

from crm_core.data.session import session
from crm_core.features.messages.api import notify
from crm_core.features.tasks.services import give_by_rule
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource.pairs import RecordWanted
from crm_core.text.numbers import whole

_START = "asked:"


def wanted(event: RecordWanted) -> None:
    """The listener: one task for each record and person, however often he asks."""
    record = event.ids[0]
    name = site().registry.resource("core.user").labels([event.by]).get(event.by, "")
    give_by_rule(
        _("Duplicates"), f"{_START}{event.resource}:{record}:{event.by}", event.holder,
        _("%(name)s asks to work with you on this: %(typed)s", name=name, typed=event.typed), about=(event.resource, record), locked=True,
    )


def is_question(task: Any) -> bool:
    return task.done_at is None and (task.source_key or "").startswith(_START)


def agree(task: Any) -> None:
    """Yes: what follows (handing over, sharing) is the holder's to do."""
    _answer(task, _("agrees to work with you on what you asked for. Talk to each other about how."))


def refuse(task: Any, reason: str) -> None:
    _answer(task, _("does not agree to what you asked for: %(reason)s", reason=reason))


def _answer(task: Any, text: Any) -> None:
    if not is_question(task):
        raise Refused(_("This has been answered."))
    task.done_at, task.done_by_id = clock.now(), actor().user_id
    asker = whole(task.source_key.rpartition(":")[2])
    session.flush()
    notify([asker], text, path="/")
