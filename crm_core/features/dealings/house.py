"""What is found of the house as a whole, by which each customer is judged: from a part of the customers, the same each night."""

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.customers.api import Customer, Dealing
from crm_core.features.dealings import chances, histories
from crm_core.features.dealings.histories import Facts
from crm_core.features.dealings.models import ValueModel
from crm_core.features.dealings.settings import ValueSettings
from crm_core.kernel import clock
from crm_core.resource.changes import unscoped

LOOKED_AT = 20_000  # customers at most
BATCH = 1_000
FIFTHS = (0.2, 0.4, 0.6, 0.8)
_dealings, _customers, _models = table_of(Dealing), table_of(Customer), table_of(ValueModel)


@dataclass(frozen=True)
class House:
    """`rhythm` and `purse` are empty where too little is known; `silent`, `often`, `money`: where each fifth ends; `usual`: the middle of what
    customers spend at a time; `turnover` of 12 months; `key`: the turnover from which on customers belong to those who bring most of it;
    `margin`: profit of turnover in hundredths of a percent, where costs are known."""

    rhythm: Sequence[float] = ()
    purse: Sequence[float] = ()
    silent: Sequence[int] = ()
    often: Sequence[int] = ()
    money: Sequence[int] = ()
    usual: int = 0
    turnover: int = 0
    key: int = 0
    margin: int | None = None
    customers: int = 0

    def rfm(self, facts: Facts) -> str | None:
        """Three digits from 1 to 5; None where nothing is known of the house yet."""
        if not self.money:
            return None
        return f"{5 - bisect_left(self.silent, facts.silent)}{1 + bisect_left(self.often, facts.deals_year)}{1 + bisect_left(self.money, facts.year)}"


@dataclass(slots=True)
class Past:
    """The days of one customer: what each brought, and within 12 months what was left of it where costs are known."""

    days: list[int] = field(default_factory=list)
    amounts: list[int | None] = field(default_factory=list)
    costed: int = 0  # turnover of 12 months whose cost is known
    left: int | None = None


def pasts(ids: Sequence[int], today: dt.date) -> Iterator[tuple[int, Past]]:
    """Of these customers, up to today, in the order of their ids: one statement."""
    d = _dealings.c
    amount = sa.func.coalesce(d.amount, 0)
    known = sa.and_(d.cost.is_not(None), d.day > today - dt.timedelta(days=histories.YEAR))
    # As the driver hands them over soonest: a day as the text it is kept as, or as the ordinal it becomes; sums of whole numbers as whole numbers.
    small = current_work().session.connection().dialect.name == "sqlite"
    day: Any = sa.type_coerce(d.day, sa.String()) if small else sa.type_coerce(d.day - _BEGIN + 1, sa.Integer())
    sums = (sa.func.sum(one) for one in (amount, sa.case((known, amount)), sa.case((known, amount - d.cost))))
    query = (
        sa.select(d.customer_id, day, sa.func.count(d.amount), *(one if small else sa.cast(one, sa.BigInteger) for one in sums))
        .where(bulk.among(d.customer_id, ids), d.deleted_at.is_(None), d.day <= today).group_by(d.customer_id, d.day).order_by(d.customer_id, d.day)
    )
    rows = current_work().session.connection().execute(query, execution_options=unscoped("the value of customers")).all()
    yield from _joined(rows)


_BEGIN = sa.literal_column("DATE '0001-01-01'", sa.Date())  # ordinal 1
_ordinals: dict[Any, int] = {}


def _ordinal(day: Any) -> int:
    found = _ordinals[day] = day if isinstance(day, int) else dt.date.fromisoformat(day).toordinal()
    return found


def _joined(rows: Iterable[Any]) -> Iterator[tuple[int, Past]]:
    if len(_ordinals) > 20_000:
        _ordinals.clear()
    for customer, group in groupby(rows, key=itemgetter(0)):
        past = Past()
        for _customer, day, known, amount, costed, left in group:
            past.days.append(_ordinals.get(day) or _ordinal(day))
            past.amounts.append(int(amount) if known else None)
            if left is not None:
                past.costed, past.left = past.costed + int(costed), (past.left or 0) + int(left)
        yield customer, past


def weeks(facts: Facts, today: int) -> tuple[int, float, float]:
    """(x, t, T) of the customer, in weeks."""
    return facts.deals - 1, (facts.last - facts.first) / histories.WEEK, (today - facts.first) / histories.WEEK


def look(today: dt.date) -> House:
    """Of every customer, or of every second, third … where there are more than a house's figures need."""
    run, c = current_work().session.connection().execute, _customers.c
    highest = run(sa.select(sa.func.max(c.id)), execution_options=unscoped("the value of customers")).scalar() or 0
    each = max(1, highest // LOOKED_AT)
    query = sa.select(c.id).where(c.id % each == 0, c.deleted_at.is_(None)).order_by(c.id)
    ids = list(run(query, execution_options=unscoped("the value of customers")).scalars())
    counts: Counter[tuple[int, float, float]] = Counter()
    spent: list[tuple[int, float]] = []
    found: list[Facts] = []
    costed, left, now = 0, None, today.toordinal()
    for start in range(0, len(ids), BATCH):
        for _customer, past in pasts(ids[start : start + BATCH], today):
            facts = histories.read(past.days, past.amounts, now)
            if facts is None:
                continue
            found.append(facts)
            counts[weeks(facts, now)] += 1
            if facts.deals > 1 and facts.again > 0:
                spent.append((facts.deals - 1, facts.again / 100))
            if past.left is not None:
                costed, left = costed + past.costed, (left or 0) + past.left
    return _summed(found, counts, spent, each, 10_000 * left // costed if left is not None and costed > 0 else None)


def _summed(found: list[Facts], counts: chances.Counts, spent: list[tuple[int, float]], each: int, margin: int | None) -> House:
    if not found:
        return House()
    years = sorted((facts.year for facts in found if facts.year > 0), reverse=True)
    whole, so_far, key = sum(years), 0, 0
    for one in years:
        so_far, key = so_far + one, one
        if so_far * 100 >= whole * ValueSettings.now().key_share:
            break
    averages = sorted(facts.average for facts in found)
    return House(
        chances.fit_rhythm(counts) or (), chances.fit_purse(spent) or (), _fifths([f.silent for f in found]), _fifths([f.deals_year for f in found]),
        _fifths([f.year for f in found]), averages[len(averages) // 2], whole * each, key, margin, len(found) * each)


def _fifths(values: list[int]) -> list[int]:
    values.sort()
    return [values[min(len(values) - 1, int(len(values) * part))] for part in FIFTHS]


def keep(house: House, today: dt.date) -> None:
    """The newest one alone is kept; inside a write transaction."""
    run = current_work().session.connection().execute
    run(sa.delete(_models))
    run(sa.insert(_models).values(day=today, figures=asdict(house)))


def kept() -> House:
    """What was found last; nothing on a new site."""
    row = current_work().session.connection().execute(sa.select(_models.c.figures).order_by(_models.c.id.desc()).limit(1)).scalar_one_or_none()
    return House(**row) if row else House()


def today() -> dt.date:
    return clock.today()
