"""What a rule would have done: which records of the last days it would have been about, before it is switched on."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.rules import active, saying, timing
from crm_core.features.rules.active import Kept
from crm_core.features.rules.engine import Heard, RulesDue
from crm_core.features.rules.running import Step
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import _, ngettext
from crm_core.resource.changes import Change, History, unscoped
from crm_core.web import urls
from crm_core.web.viewmodels.rules import Preview

DAYS, ROWS, LOOKED_AT = 30, 10, 5_000
_history, _changes = table_of(History), table_of(Change)


def preview(rule: Kept) -> Preview:
    """Of the last 30 days, in the rights of who looks: they will be the rule's when he saves it."""
    try:
        trigger, values = active.trigger(rule)
        if trigger.due is not None:
            ids = _days(rule)
            text: Any = ngettext("In the last %(days)s days it would have been about %(n)s record; on the first day it is switched on, about %(now)s.",
                                 "In the last %(days)s days it would have been about %(n)s records; on the first day it is switched on, about %(now)s.",
                                 len(ids), days=DAYS, now=_today(rule))
        elif trigger.past is not None or trigger.heard is not None:
            ids = _written(rule, trigger, values) if trigger.past is None else _seen(rule, trigger.past(rule.of, values, clock.now() - dt.timedelta(days=DAYS), LOOKED_AT))
            text = ngettext("In the last %(days)s days it would have been about %(n)s record.", "In the last %(days)s days it would have been about %(n)s records.", len(ids), days=DAYS)
        else:
            ids = list(current_work().session.connection().execute(active.asked(rule.of, rule.only).select().limit(ROWS)).scalars())
            text = _("It begins when somebody says so; these are records it could be about.")
    except Invalid as bad:
        return Preview(next((messages[0] for messages in bad.fields.values()), _("Something is still missing; it is marked.")))
    except BadRequest as bad:
        return Preview(bad.message)
    return Preview(text, tuple((rule.of.title(row), urls.of_record(rule.of, row.id), Step(rule, row.id).fill(saying.steps(rule.of, rule.steps))) for row in _rows(rule, ids[:ROWS])))


def _rows(rule: Kept, ids: list[int]) -> list[Any]:
    rows = {row.id: row for row in session.scalars(sa.select(rule.of.model).where(rule.of.model.id.in_(ids)))}
    return [rows[i] for i in ids if i in rows]


def _today(rule: Kept) -> int:
    today = clock.today()
    return len(timing.due(rule, today, today - dt.timedelta(days=1), LOOKED_AT))


def _days(rule: Kept) -> list[int]:
    """Day by day, as it would have been looked."""
    today, found = clock.today(), {}
    for back in range(DAYS, -1, -1):
        day = today - dt.timedelta(days=back)
        for pair in timing.due(rule, day, day - dt.timedelta(days=1), LOOKED_AT):
            found[pair] = back
    return list(dict.fromkeys(i for i, _occasion in sorted(found, key=lambda pair: found[pair])))


def _written(rule: Kept, trigger: Any, values: Any) -> list[int]:
    """From history: what was created and changed, the newest first."""
    c = _history.c
    query = (
        sa.select(c.row_id, c.verb, c.old, c.change_id).join(_changes, _changes.c.id == c.change_id)
        .where(c.resource == rule.resource, c.verb.in_(trigger.verbs), _changes.c.at >= clock.now() - dt.timedelta(days=DAYS))
        .order_by(c.id.desc()).limit(LOOKED_AT)
    )
    acts: dict[tuple[int, str], dict[int, dict[str, Any]]] = {}
    for row in current_work().session.connection().execute(query, execution_options=unscoped("what a rule would have been about")):
        acts.setdefault((row.change_id, row.verb), {})[row.row_id] = row.old or {}
    hits: dict[int, None] = {}
    for (change, verb), before in acts.items():
        event = RulesDue(rule.resource, verb, tuple(before), change, None, 0)
        heard = Heard(event, values, rule.of, lambda before=before: before)  # type: ignore[misc]
        hits.update(dict.fromkeys(trigger.heard(heard)))
    return _seen(rule, list(hits))


def _seen(rule: Kept, hits: Sequence[int]) -> list[int]:
    """Those of these records that who looks sees, and for which the condition holds."""
    asked = active.asked(rule.of, rule.only)
    seen = set(current_work().session.connection().execute(asked.select(bulk.among(asked.table.c.id, list(hits)))).scalars()) if hits else set()
    return [i for i in hits if i in seen]
