"""What follows when figures change: the movement is noted, the owner is warned once, rules of the house begin; by the set."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.mixins import new_public_ids
from crm_core.data.session import current_work
from crm_core.features.customers.api import Customer
from crm_core.features.dealings import saying
from crm_core.features.dealings.models import StageMove
from crm_core.features.rules.api import start
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _
from crm_core.resource.changes import unscoped

CUSTOMER = "core.customer"
STAGE, CHURN, FALL = "core.stage_changed", "core.churn_warned", "core.fall_warned"  # triggers of rules
SOURCE = _("Customer value")
TIME = dt.timedelta(days=3)  # to look after a warning
_moves, _customers, _users = table_of(StageMove), table_of(Customer), table_of(User)
_SCOPE = ("owner_id", "department_id", "team_id")
Change = tuple[Mapping[str, Any], dict[str, Any]]


def follow(fresh: Sequence[dict[str, Any]], changed: Sequence[Change], today: dt.date, *, first: bool) -> None:
    """`fresh`: rows that are new, `changed`: rows as they were, with what is different. When a house is looked at for the first time, or a
    customer with his whole past, nothing of that past is warned of."""
    if not first:
        moved = [(None, row) for row in fresh] + [(before["stage"], {**before, **different}) for before, different in changed if "stage" in different]
        note(moved, today)
    warned, ended = [], []
    for before, different in changed:
        now = {**before, **different}
        if "churn" in different:
            if before["churn"] is not None:
                ended.append(_key("churn", now["customer_id"]))
            if now["churn"] is not None:
                warned.append(("churn", now))
        if "falls_on" in different:
            if before["falls_on"] is not None:
                ended.append(_key("fall", now["customer_id"]))
            if now["falls_on"] is not None:
                warned.append(("fall", now))
    # A row may have gone with its warning and come anew: what it left open would stand in the way of the next one.
    tasks.finish_all([*ended, *(_key(kind, row["customer_id"]) for kind, row in warned)])
    if warned:
        _warn(warned, today)


def note(moved: Sequence[tuple[Any, Mapping[str, Any]]], today: dt.date, *, by_hand: bool = False, reason: str | None = None) -> None:
    """Customers went from one stage (or none) to that of their row."""
    if not moved:
        return
    same = {"version": 1, "created_at": clock.now(), "updated_at": clock.now(), "day": today, "month": f"{today:%Y-%m}", "by_hand": by_hand, "reason": reason}
    names = new_public_ids(len(moved))
    bulk.insert(_moves, [{
        **same, "public_id": name, "customer_id": row["customer_id"], "before": before, "stage": row["stage"], "why": None if by_hand else row["why"],
        **{one: row[one] for one in _SCOPE},
    } for (before, row), name in zip(moved, names, strict=True)])
    groups: dict[Any, list[int]] = {}
    for _before, row in moved:
        groups.setdefault(row["stage"], []).append(row["customer_id"])
    for stage, ids in groups.items():
        start(STAGE, CUSTOMER, ids, f"{stage} {today}")


def _key(kind: str, customer: int) -> str:
    return f"core.value.{kind}:{customer}"


def _warn(warned: Sequence[tuple[str, Mapping[str, Any]]], today: dt.date) -> None:
    """A task for each owner, with the reason; whoever lies in a pool is nobody's to call. A task names no amounts: who reads it may be one from whom
    they are hidden, today or when it is handed on. They stand with the customer, for who may see them there."""
    run = current_work().session.connection().execute
    ids = {row["customer_id"] for _kind, row in warned}
    names = dict(run(sa.select(_customers.c.id, _customers.c.name).where(bulk.among(_customers.c.id, ids)), execution_options=unscoped("the value of customers")).all())
    owners = {row["owner_id"] for _kind, row in warned if row["owner_id"] is not None}
    homes = dict(run(sa.select(_users.c.id, _users.c.department_id).where(bulk.among(_users.c.id, owners)), execution_options=unscoped("the value of customers")).all())
    given = []
    for kind, row in warned:
        if row["owner_id"] is None:
            continue
        name = names.get(row["customer_id"], "")
        title = _("%(name)s is about to decline", name=name) if kind == "fall" else _("%(name)s deals unusually little: ask why", name=name)
        text = saying.fall(row, today) if kind == "fall" else saying.warning(row, today, sums=False)
        given.append(({
            "title": str(title)[:200], "text": str(text), "due": today + TIME, "priority": "normal", "subject": CUSTOMER, "subject_id": row["customer_id"],
            "source": words.keep(SOURCE), "source_key": _key(kind, row["customer_id"]), "owner_id": row["owner_id"], "department_id": homes.get(row["owner_id"]),
        }, ()))
    if given:
        tasks.begin(given)
    for kind, trigger in (("churn", CHURN), ("fall", FALL)):
        mine = [row["customer_id"] for one, row in warned if one == kind]
        if mine:
            start(trigger, CUSTOMER, mine, f"{kind} {today}")
