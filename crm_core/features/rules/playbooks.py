"""What a playbook changed: those it was for and those it left out, by how many have moved on from the stage."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.rules import active
from crm_core.features.rules.active import Kept
from crm_core.features.rules.models import Run
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.kernel.i18n import _

_runs = table_of(Run)
MOST = 20_000  # of the newest records


def compared(rule: Kept) -> Iterator[tuple[Any, int, int]]:
    """(with it or without it, how many, how many of them are at the stage no more), of records the reader sees."""
    try:
        _trigger, values = active.trigger(rule)
    except (BadRequest, Invalid):
        return
    if rule.trigger != "core.reached":
        return
    conn = current_work().session.connection()
    for label, held in ((_("With the playbook"), False), (_("Left out"), True)):
        c = _runs.c
        query = sa.select(c.subject_id).where(c.rule_id == rule.id, c.state == "out" if held else c.state != "out").order_by(c.id.desc()).limit(MOST)
        ids = set(conn.execute(query).scalars())
        every = active.asked(rule.of, None)
        seen = set(conn.execute(every.select(bulk.among(every.table.c.id, ids))).scalars())
        at = active.asked(rule.of, {"field": values["field"], "op": "any", "value": values["values"]})
        still = set(conn.execute(at.select(bulk.among(at.table.c.id, seen))).scalars())
        yield label, len(seen), len(seen - still)
