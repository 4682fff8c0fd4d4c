"""The figures of customers, kept in a row each: of all of them by a job at night, of those who dealt with us as soon as they did.

Both go the same way, by the set: read the days of dealings of some customers, judge each by pure functions (histories, chances), write what is
different. What a row says by hand stays.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk, growth
from crm_core.data.base import table_of
from crm_core.data.mixins import new_public_ids
from crm_core.data.session import current_work, writing
from crm_core.features.customers.api import Customer, Dealing, DealingsRecorded
from crm_core.features.dealings import chances, histories, proposing, telling, told
from crm_core.features.dealings import house as houses
from crm_core.features.dealings.house import House, Past
from crm_core.features.dealings.models import CustomerValue
from crm_core.features.dealings.settings import ValueSettings, rules
from crm_core.kernel import clock
from crm_core.kernel.declare import PARTS
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.pace import Pace
from crm_core.kernel.pace import bulk as bulk_work
from crm_core.resource.changes import unscoped
from crm_core.resource.merging import Merge, RecordsMerged
from crm_core.resource.undo import ChangeUndone

NAME = "core.value"
AT_ONCE = 1_000
HOLD = 0.1  # seconds by the clock a portion of the job may keep others from writing
YEAR_WEEKS = 365 / 7
NOTHING: Mapping[str, Any] = {}
_rows, _customers, _dealings = table_of(CustomerValue), table_of(Customer), table_of(Dealing)
_SCOPE = ("owner_id", "department_id", "team_id")
_OLD = (*_SCOPE, "stage", "since", "rule_stage", "why", "by_hand", "hand_until", "hand_why", "churn", "churn_since", "falls_on", "rfm", "last_on", "first_on", "deals", "usual",
        "year", "year_before", "total", "average", "goods", "commission", "service", "favours", "debt", "profit", "signs", "troubles", "alive", "expected", "spends", "lifetime", "deleted_at", "deleted_change_id")
_WHY = unscoped("the value of customers")


@dataclass(frozen=True)
class Means:
    """What all are judged by."""

    house: House
    rules: histories.Rules
    margin: int  # hundredths of a percent
    worths: tuple[float, ...]  # of a yuan in each year to come
    today: dt.date
    ahead: chances.Ahead | None
    purse: chances.Purse | None


def means(house: House, today: dt.date) -> Means:
    now = ValueSettings.now()
    worths = tuple((1 + now.discount / 100) ** -(year + 0.5) for year in range(now.years))
    return Means(house, rules(), house.margin if house.margin is not None else now.margin * 100, worths, today,
                 chances.Ahead(chances.Rhythm(*house.rhythm), [YEAR_WEEKS * (year + 1) for year in range(now.years)]) if house.rhythm else None, chances.Purse(*house.purse) if house.purse else None)


def judge(past: Past, by: Means, costs: Mapping[str, int] = NOTHING, troubles: Mapping[str, Any] = NOTHING) -> dict[str, Any] | None:
    """Columns of the row of one customer; None: he has had nothing from us. `costs`: what serving him cost by its parts, `troubles`: signs of trouble."""
    now = by.today.toordinal()
    facts = histories.read(past.days, past.amounts, now)
    if facts is None:
        return None
    stage, why = histories.stage(facts, by.rules, by.house.usual)
    falls = histories.falls_in(facts, stage, by.rules)
    found = {
        "rule_stage": stage, "why": why, "churn": histories.churn(facts, by.rules), "falls_on": by.today + dt.timedelta(days=falls) if falls is not None else None,
        "rfm": by.house.rfm(facts), "last_on": dt.date.fromordinal(facts.last), "first_on": dt.date.fromordinal(facts.first), "deals": facts.deals, "usual": facts.usual,
        "year": facts.year, "year_before": facts.before, "total": facts.total, "average": facts.average, "signs": len(troubles), "troubles": dict(troubles), **_left(facts.year, past, costs),
        "alive": None, "expected": None, "spends": None, "lifetime": None,
    }
    if by.ahead is not None:
        x, t, age = houses.weeks(facts, now)
        alive = chances.alive(by.ahead.rhythm, x, t, age)
        times = by.ahead.expected(x, age, alive)
        found["alive"], found["expected"] = round(100 * alive) * 100, round(times[0] * 10) * 100
        if by.purse is not None:
            each = chances.spends(by.purse, x, facts.again / 100) * 100
            steps = zip(by.worths, times, (0.0, *times), strict=False)
            # By the house's margin, never his own: whoever sees this figure would see that too, which is for few.
            found["spends"], found["lifetime"] = round_off(each), round_off(each * by.margin / 10_000 * sum(worth * (so_far - before) for worth, so_far, before in steps))
    return found


def _left(year: int, past: Past, costs: Mapping[str, int]) -> dict[str, int | None]:
    """What of the turnover of 12 months is left, with all that is off it; nothing where no cost of his is known at all."""
    goods = past.costed - past.left if past.left is not None else None
    known = goods is not None or any(costs.values())
    return {"goods": goods, **{part: costs.get(part) for part in PARTS}, "profit": year - (goods or 0) - sum(costs.values()) if known else None}


def round_off(amount: float) -> int:
    """To two digits, and to whole yuan: it is an estimate, and looks like one."""
    whole = round(amount / 100)
    digits = len(str(abs(whole))) - 2
    return (round(whole, -digits) if digits > 0 else whole) * 100


def reckon(ids: Sequence[int], by: Means, *, first: bool = False) -> None:
    """The rows of these customers anew, in the running write transaction; a fixed number of statements. `first`: of a house that has none yet:
    nobody moved then."""
    run = current_work().session.connection().execute
    wanted = sa.select(_customers.c.id, *(_customers.c[name] for name in _SCOPE)).where(bulk.among(_customers.c.id, ids), _customers.c.deleted_at.is_(None))
    homes = {row["id"]: row for row in run(wanted, execution_options=_WHY).mappings()}
    there = sa.select(_rows.c.id, _rows.c.customer_id, *(_rows.c[name] for name in _OLD)).where(bulk.among(_rows.c.customer_id, ids)).order_by(_rows.c.customer_id)
    old: dict[int, Any] = {row["customer_id"]: row for row in run(there.with_for_update(), execution_options=_WHY).mappings()}
    fresh: list[dict[str, Any]] = []
    changed: list[tuple[Mapping[str, Any], dict[str, Any]]] = []
    seen = set()
    parts, spent = told.costs(list(homes), by.today)
    troubles, none = told.troubles(list(homes), by.today), dict.fromkeys(parts, 0)
    for customer, past in houses.pasts(list(homes), by.today):
        found = judge(past, by, {**none, **spent[customer]} if customer in spent else none, troubles.get(customer, NOTHING))
        if found is None:
            continue
        seen.add(customer)
        before = old.get(customer)
        _settle(found, before, by.today)
        found |= {name: homes[customer][name] for name in _SCOPE}
        found |= {"deleted_at": None, "deleted_change_id": None}  # it may have gone with him while this feature slept
        if before is None:
            fresh.append({"customer_id": customer, **found})
        else:
            different = {name: value for name, value in found.items() if before[name] != value}
            if different:
                changed.append((before, different))
    gone = [row["id"] for customer, row in old.items() if customer in homes and customer not in seen]
    if gone:
        run(sa.delete(_rows).where(bulk.among(_rows.c.id, gone)), execution_options=_WHY)
    _put(fresh)
    _change(changed)
    telling.follow(fresh, changed, by.today, first=first)


def _settle(found: dict[str, Any], before: Mapping[str, Any] | None, today: dt.date) -> None:
    """The stage that holds: that set by hand, until its day."""
    by_hand = before is not None and before["by_hand"] and (before["hand_until"] is None or before["hand_until"] >= today)
    found["stage"] = before["stage"] if before is not None and by_hand else found["rule_stage"]
    if before is None or before["stage"] != found["stage"]:
        found["since"] = today
    if before is not None and before["by_hand"] and not by_hand:
        found |= {"by_hand": False, "hand_until": None, "hand_why": None}
    if found["churn"] != (before["churn"] if before is not None else None):
        found["churn_since"] = today if found["churn"] is not None else None
    if before is not None and before["falls_on"] is not None and found["falls_on"] is not None and before["last_on"] == found["last_on"]:
        found["falls_on"] = before["falls_on"]


def _put(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    names = new_public_ids(len(rows))
    same = {"version": 1, "created_at": clock.now(), "updated_at": clock.now(), "by_hand": False}
    bulk.insert(_rows, [{**same, **row, "public_id": name} for row, name in zip(rows, names, strict=True)])


def _change(rows: Sequence[tuple[Mapping[str, Any], dict[str, Any]]]) -> None:
    """One statement for those that differ in the same columns; what is rare is written with what is not, so these are few."""
    if not rows:
        return
    names = sorted({name for _before, different in rows for name in different})
    bulk.update(_rows, [{"id": before["id"], **{name: different.get(name, before[name]) for name in names}} for before, different in rows], "the value of customers")


# --- when ---------------------------------------------------------------------------------------------------------------


def run(job: Running) -> None:
    """The job: the house, then every customer who had something from us, then what is proposed."""
    today = clock.today()
    if "last" not in job.position:
        growth.make_known(current_work(), (_customers, _dealings, _rows))
        house = houses.look(today)
        with job.write() as db:
            job.position |= {"last": 0, "first": db.connection().execute(sa.select(_rows.c.id).limit(1), execution_options=_WHY).first() is None}
            houses.keep(house, today)
            job.progress(0, house.customers)
    by, pace, d = means(houses.kept(), today), Pace(job, hold=HOLD), _dealings.c
    with bulk_work():
        while True:
            query = sa.select(d.customer_id).where(d.customer_id > job.position["last"]).group_by(d.customer_id).order_by(d.customer_id).limit(pace.size)
            ids = list(current_work().session.connection().execute(query, execution_options=_WHY).scalars())
            if not ids:
                break
            with pace.write():
                reckon(ids, by, first=job.position["first"])
                job.position["last"] = ids[-1]
                job.progress(job.done + len(ids))
    proposing.propose(job, by.house)


def begin() -> None:
    """Of a house whose customers were never looked at, all are: the feature has just woken up. Who became one with another meanwhile has no row."""
    run = current_work().session.connection().execute
    merged = sa.select(_customers.c.id).where(_customers.c.merged_into_id.is_not(None))
    run(sa.delete(_rows).where(_rows.c.customer_id.in_(merged)), execution_options=_WHY)
    if run(sa.select(_dealings.c.id).limit(1), execution_options=_WHY).first() and not run(sa.select(_rows.c.id).limit(1), execution_options=_WHY).first():
        later(NAME, {}, label=_("Reckon the value of customers"))


def dealt(event: DealingsRecorded) -> None:
    """Listener: those who just dealt with us."""
    again(event.ids)


def again(ids: Sequence[int]) -> None:
    """These customers anew, now."""
    with writing():
        by = means(houses.kept(), clock.today())
        for start in range(0, len(ids), AT_ONCE):
            reckon(ids[start : start + AT_ONCE], by)


def merged(event: RecordsMerged) -> None:
    """Listener: two customers are one now, and have one row."""
    if event.resource == "core.customer":
        with writing() as db:
            db.connection().execute(sa.delete(_rows).where(bulk.among(_rows.c.customer_id, event.ids[1:])), execution_options=_WHY)
            again(event.ids[:1])


def parted(event: ChangeUndone) -> None:
    """Listener: they are two again."""
    with writing() as db:
        found = db.execute(sa.select(Merge.kept_id, Merge.gone_id).where(Merge.change_id.in_(event.ids), Merge.resource == "core.customer")).all()
        if found:
            again(sorted({one for pair in found for one in pair}))
