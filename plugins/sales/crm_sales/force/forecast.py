"""The forecast: what is expected of each month by person or department, beside the target, and whether that is within reach. All of it among what
the reader may see: who may not see a colleague's plan sees no figure of it. Five statements, however many people, months and deals there are."""

import datetime as dt
from typing import Any, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa

from crm_core.sdk import Status, amounts, cells, plans, session, show_month, site
from crm_sales import _
from crm_sales.force import departments, figures
from crm_sales.force.models import Achievement
from crm_sales.months import first_of, last_of, month_of
from crm_sales.opportunities.models import Forecast, OpportunityShare, Outcome, Stage
from crm_sales.opportunities.services import FEW

LIST = "/sales/opportunity_share"
MONTHS = 6
MOST = 2_000  # rows of a page
NUMBERS = ("number", "pipeline", "weighted", "history", "best", "committed", "won")


class Span(NamedTuple):
    """A part of time: what is overdue, a month, what is later, what has no day."""

    key: str
    label: Any
    first: dt.date | None
    last: dt.date | None

    @property
    def month(self):
        return self.first if self.first and self.last else None


def spans(day):
    first = first_of(day)
    yield Span("past", _("Overdue"), None, first - dt.timedelta(days=1))
    for number in range(MONTHS):
        start = first_of(first, number)
        yield Span(f"m{number}", show_month(start), start, last_of(start))
    yield Span("later", _("Later"), first_of(first, MONTHS), None)
    yield Span("none", _("Without a day"), None, None)


def months(day, by, did):
    """The parts of time in which anything is expected, won or meant to be: each with its sums and its lines. `by`: "owner" or "department",
    `did`: what the target is of (`Did`)."""
    parts = list(spans(day))
    first, last = parts[1].first, parts[MONTHS].last
    expected, fact, wanted = _expected(parts, by), achieved(first, last, by, did), targets(first, last, by, did)
    tree = departments.tree() if by == "department" else departments.Flat()
    fields = site().registry.resource("sales.opportunity_share").fields()
    names = fields[by].labels({who for who, *_rest in (*expected, *fact, *wanted) if who is not None})
    show, found = fields["worth"].show, []
    for span in parts:
        numbers = {who: row for (who, key), row in expected.items() if key == span.key}
        facts, aims = ({who: n for (who, month), n in all_of.items() if month == span.month} for all_of in (fact, wanted))
        people = {*numbers, *facts, *aims}
        if not people:
            continue
        lines = []
        for who in people:
            below = [one for one in people if tree.lies_in(one, who)]
            lines.append(_line(show, names.get(who, _("Nobody")) if who is not None else _("Nobody"), _add(numbers.get(one) for one in below), span, did,
                               sum(facts.get(one, 0) for one in below), tree.target(who, aims), _whose(by, who, below)))
        lines.sort(key=lambda line: (-line["weight"], str(line["name"])))
        total = _line(show, span.label, _add(numbers.values()), span, did, sum(facts.values()), tree.whole(aims), ())
        found.append({"label": span.label, **total, "people": lines})
    return found, bool(wanted)


def _add(rows):
    there = [row for row in rows if row]
    return {name: sum(row[name] for row in there) for name in NUMBERS}


def _whose(by, who, below):
    return ((f"{by}.any", ",".join(str(one) for one in sorted(below))),) if who is not None else ((f"{by}.empty", "1"),)


# --- the figures, one statement each -------------------------------------------------------------------------------------


def _expected(parts, by):
    """(whose, part of time) → its numbers. What was won counts in the month it was closed; of what several share each has his part."""
    o, first = OpportunityShare, parts[1].first
    span = sa.case((o.day.is_(None), "none"), *((o.day <= one.last, one.key) for one in parts if one.last is not None), else_="later").label("span")
    whose, is_open = getattr(o, f"{by}_id"), o.outcome == Outcome.open
    counted = is_open & (o.forecast != Forecast.omitted)
    chance = sa.case((Stage.share_of >= FEW, sa.func.coalesce(Stage.share, Stage.probability)), else_=Stage.probability)

    def total(which, column=o.worth):
        return sa.func.sum(sa.case((which, column), else_=0))

    query = sa.select(
        whose, span, total(counted, 1).label("number"), total(counted).label("pipeline"), total(counted, o.weighted).label("weighted"),
        total(counted, _up_to(o, o.before + o.percent, chance) - _up_to(o, o.before, chance)).label("history"),
        total(is_open & o.forecast.in_([Forecast.best, Forecast.committed])).label("best"), total(is_open & (o.forecast == Forecast.committed)).label("committed"),
        total(o.outcome == Outcome.won).label("won"),
    ).join(Stage, Stage.id == o.stage_id).where(is_open | ((o.outcome == Outcome.won) & (o.day >= first))).group_by(whose, sa.text("span")).limit(MOST)
    return {(row[0], row[1]): {name: int(row._mapping[name] or 0) for name in NUMBERS} for row in session.execute(query)}


def _up_to(o, percent, chance):
    """What of the whole weight by history falls to the shares up to this one: differences of these add up to it, in both databases."""
    weight = (o.whole * chance * 2 + amounts.WHOLE) // (amounts.WHOLE * 2)
    return (weight * percent * 2 + amounts.WHOLE) // (amounts.WHOLE * 2)


def achieved(first, last, by, did):
    """(whose, first of the month) → what was achieved in it, in hundredths; nothing for who sees no achievements."""
    if not {"did", "day", "amount", by} <= site().registry.resource("sales.achievement").fields().keys():
        return {}
    whose, month = getattr(Achievement, f"{by}_id"), month_of(Achievement.day)
    query = sa.select(whose, month, sa.func.sum(Achievement.amount)).where(Achievement.did == did, Achievement.day >= first, Achievement.day <= last)
    rows = session.execute(query.group_by(whose, month).order_by(month, whose).limit(MOST * MONTHS))
    return {(who, dt.date.fromisoformat(f"{text}-01")): int(amount) for who, text, amount in rows}


def targets(first, last, by, did):
    """(whose, first of the month) → the target in hundredths. Of a department that has a plan of its own that is the target, else those of its people
    together."""
    found = [(one.person if by == "owner" else one.department, one) for one in plans.planned([f"sales.{did}"], first, last) if one.category is None and one.product is None]
    return departments.aims_of(((whose, one.begins), one.person is None, one.figure * 100) for whose, one in found if whose is not None)


# --- a line --------------------------------------------------------------------------------------------------------------


def _line(show, name, numbers, span, did, fact, target, whose):
    """What stands in a line: each figure with the address of its records, and what is to be said of its target."""
    line = {"name": name, "cells": _cells(show, numbers, span, whose), "weight": numbers["weighted"] + numbers["won"], "target": None}
    if target is not None and span.month is not None:
        days = f"{span.first},{span.last}"
        achieved_url = figures.records(did, span.first, span.last, whose)
        plans_url = f"/core/plan?{urlencode([('span.any', 'month'), ('begins.between', days), *whose])}"
        line["target"] = {"aim": (show(target), plans_url), "fact": (show(fact), achieved_url), "lacking": show(max(0, target - fact)),
                          "said": cells.status(reach(target, fact, numbers)), "more": show(more) if (more := target - fact - numbers["pipeline"]) > 0 else ""}
    return line


def reach(target, fact, numbers):
    """Whether a target is within reach: by what is achieved, what is committed besides, what is probable, what is open at all."""
    probable = max(numbers["weighted"], numbers["history"])
    if fact >= target:
        return Status(_("Target reached"), "circle-check", "green")
    if fact + numbers["committed"] >= target:
        return Status(_("With what is committed"), "circle-check", "green")
    if fact + probable >= target:
        return Status(_("Probable"), "clock", "acc")
    if fact + numbers["pipeline"] >= target:
        return Status(_("Only if more is won than is probable"), "alert-triangle", "amber")
    return Status(_("Out of reach"), "alarm", "red")


def _cells(show, numbers, span, whose):
    days = ",".join(f"{day:%Y-%m-%d}" for day in (span.first, span.last) if day)
    when = lambda field: (
        (f"{field}.between", days) if span.first and span.last else (f"{field}.gte", days) if span.first else (f"{field}.lte", days) if span.last else (f"{field}.empty", "1"))
    opened = ("outcome.any", "open"), when("day"), *whose
    counted = *opened, ("forecast.any", "pipeline,best,committed")
    asked = {
        "number": counted, "pipeline": counted, "weighted": counted, "history": counted, "best": (*opened, ("forecast.any", "best,committed")),
        "committed": (*opened, ("forecast.any", "committed")), "won": (("outcome.any", "won"), when("day"), *whose)}
    return [(f"{numbers[name]:,}" if name == "number" else show(numbers[name]), f"{LIST}?{urlencode(args)}" if numbers[name] else "") for name, args in asked.items()]
