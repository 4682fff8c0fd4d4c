"""What one reads from the days on which a customer dealt with us: his rhythm, what he brings, the stage he is in, whether something is unusual.

Pure arithmetic on days (ordinals) and amounts (hundredths), so that a person can check each figure; docs/dealings.md prints the same rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import median

from crm_core.features.dealings.models import Churn, Stage, Why

YEAR = 365
GAPS = 12  # of the newest gaps that make a rhythm
HABIT = 3  # days of dealings that make one
WEEK = 7
SEEN = 90  # days of the year before that have to be known for a comparison
COMPARED = 180  # who deals more rarely than that is not compared year with year: one of two fairs may fall out of it
FALLEN = 3  # dealings in a row that are small: a fall


@dataclass(frozen=True)
class Rules:
    """Where one stage ends and the next begins; percents whole."""

    trial_deals: int = 3
    trial_days: int = 90
    trial_share: int = 20
    stable_deals: int = 6
    stable_days: int = 365
    rising: int = 130
    falling: int = 60
    rarer: int = 50
    silence: int = 300
    least: int = 60
    usual: int = 90
    warn: int = 70
    small: int = 60


@dataclass(frozen=True, slots=True)
class Facts:
    """What the days say. `year` and `before`: what came in within the last 365 days and the 365 before them, the latter as if it were known
    whole; None where too little of it is known. `deals` are days; what was given back lowers the sums and is none."""

    first: int
    last: int
    deals: int
    silent: int
    usual: int | None
    spread: float
    total: int
    year: int
    before: int | None
    deals_year: int
    deals_before: int | None
    average: int
    again: int  # the average of those after the first day
    recent: int | None  # the average of the last three
    earlier: int | None  # the middle of those before them


def read(days: Sequence[int], amounts: Sequence[int | None], today: int) -> Facts | None:
    """Of the days in their order up to today, with what each brought: None is not known, nothing or less is no dealing but a cancelled or
    returned one. None: he never dealt with us."""
    bought = [(day, amount) for day, amount in zip(days, amounts, strict=True) if amount is None or amount > 0]
    if not bought:
        return None
    first, last, deals = bought[0][0], bought[-1][0], len(bought)
    gaps = [after - day for (day, _a), (after, _b) in pairwise(bought[-GAPS - 1 :])]
    usual = round(median(gaps)) if deals >= HABIT else None
    mean = sum(gaps) / len(gaps) if gaps else 0.0
    spread = sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) if gaps else 0.0
    new, old = today - YEAR, today - 2 * YEAR
    total = year = before = 0
    for day, given in zip(days, amounts, strict=True):
        amount = given or 0
        total += amount
        if day > new:
            year += amount
        elif day > old:
            before += amount
    deals_year = sum(1 for day, _a in bought if day > new)
    seen = min(YEAR, new - first)
    known = seen >= SEEN
    deals_before = sum(1 for day, _a in bought if old < day <= new)
    values = [amount for _day, amount in bought if amount is not None]
    again = [amount for _day, amount in bought[1:] if amount is not None]
    enough = len(values) >= 2 * FALLEN
    return Facts(
        first, last, deals, today - last, usual, spread, total, year, _whole(before, seen) if known else None, deals_year,
        deals_before * YEAR // seen if known else None, sum(values) // len(values) if values else 0,
        sum(again) // len(again) if again else 0, sum(values[-FALLEN:]) // FALLEN if enough else None, round(median(values[-GAPS - FALLEN : -FALLEN])) if enough else None)


def _whole(amount: int, seen: int) -> int:
    """A sum of so many days, as if it were of a year: to the yuan."""
    return amount if seen == YEAR else round(amount * YEAR / seen / 100) * 100


def limit(facts: Facts, rules: Rules) -> int:
    """After so many days of silence he declines."""
    return max(rules.least, (facts.usual or rules.usual) * rules.silence // 100)


def stage(facts: Facts, rules: Rules, house: int = 0) -> tuple[Stage, Why]:
    """The first rule that holds, and which it is. `house`: the middle of what all customers spend at a time."""
    if facts.silent > limit(facts, rules):
        return Stage.declining, Why.silent
    compares = facts.usual is not None and facts.usual <= COMPARED
    if compares and facts.before is not None and facts.deals_before is not None:
        if facts.before > 0 and facts.year * 100 < facts.before * rules.falling:
            return Stage.declining, Why.less
        if facts.deals_before >= 4 and facts.deals_year * 100 < facts.deals_before * rules.rarer:
            return Stage.declining, Why.rarer
    if facts.deals < rules.trial_deals:
        return Stage.trial, Why.few
    if facts.last - facts.first + facts.silent < rules.trial_days:
        return Stage.trial, Why.new
    if house and 0 < facts.average * 100 < house * rules.trial_share:
        return Stage.trial, Why.small
    if facts.deals < rules.stable_deals:
        return Stage.growing, Why.few
    if facts.last - facts.first + facts.silent < rules.stable_days:
        return Stage.growing, Why.new
    if compares and facts.before is not None and 0 < facts.year and facts.year * 100 >= facts.before * rules.rising:
        return Stage.growing, Why.rising
    return Stage.stable, Why.steady


def falls_in(facts: Facts, now: Stage, rules: Rules) -> int | None:
    """Of a growing customer who is about to fall straight to declining: in how many days, if he stays silent."""
    whole = limit(facts, rules)
    if now is not Stage.growing or facts.silent * 100 < whole * rules.warn:
        return None
    return whole - facts.silent + 1


def patience(facts: Facts) -> int:
    """After so many days of silence it is unusual for him: half as long again as usual, and two spreads beyond it."""
    return max(2 * WEEK, round(max(1.5 * (facts.usual or 0), (facts.usual or 0) + 2 * facts.spread)))


def churn(facts: Facts, rules: Rules) -> Churn | None:
    """What is unusual by his own measure."""
    if facts.deals > HABIT and facts.silent > patience(facts):
        return Churn.silent
    if facts.recent is not None and facts.earlier and facts.recent * 100 < facts.earlier * rules.small:
        return Churn.smaller
    return None
