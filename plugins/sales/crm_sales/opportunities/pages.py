"""The forecast: what is expected of each month, by person or department, with ways to the records."""

import datetime as dt
from urllib.parse import urlencode

import flask
from sqlalchemy import case, func, select, text

from crm_core.sdk import Missing, access, session, site, today
from crm_sales import _
from crm_sales.opportunities.models import Forecast, Opportunity, Outcome

pages = flask.Blueprint("sales_opportunities", __name__)
LIST = "/sales/opportunity"
MONTHS = 6
MOST = 500  # rows of a page


@pages.get("/sales/forecast")
@access("sales.opportunity.read")
def forecast():
    resource = site().registry.resource("sales.opportunity")
    fields = resource.fields()
    if not {"worth", "weighted", "expected", "owner"} <= fields.keys():
        raise Missing(_("This page was not found."))
    by = "department" if flask.request.args.get("by") == "department" and "department" in fields else "owner"
    spans = list(_spans(today()))
    found = _ask(spans, by)
    names = fields[by].labels({who for who, _span in found if who is not None})
    show = fields["worth"].show
    months = []
    for key, label, first, last in spans:
        people = sorted(((who, numbers) for (who, span), numbers in found.items() if span == key), key=lambda one: -one[1]["weighted"] - one[1]["won"])
        if people:
            total = {name: sum(numbers[name] for _who, numbers in people) for name in people[0][1]}
            months.append({"label": label, "cells": _cells(show, total, first, last), "people": [
                {"name": names.get(who, _("Nobody")), "cells": _cells(show, numbers, first, last, (f"{by}.any", str(who)) if who is not None else (f"{by}.empty", "1"))}
                for who, numbers in people]})
    tabs = [("owner", _("By person")), *([("department", _("By department"))] if "department" in fields else [])]
    return flask.render_template("sales/forecast.html", months=months, by=by, tabs=tabs, list_url=LIST)


def _spans(day):
    """(key, words, first day, last day): what is overdue, this month and the next ones, what is later, what has no day."""
    first = day.replace(day=1)
    yield "past", _("Overdue"), None, first - dt.timedelta(days=1)
    for number in range(MONTHS):
        start = _month(first, number)
        yield f"m{number}", f"{start:%Y-%m}", start, _month(first, number + 1) - dt.timedelta(days=1)
    yield "later", _("Later"), _month(first, MONTHS), None
    yield "none", _("Without a day"), None, None


def _month(first, number):
    years, month = divmod(first.month - 1 + number, 12)
    return first.replace(year=first.year + years, month=month + 1)


def _ask(spans, by):
    """(whose, span) → its numbers, in one statement, as far as the reader may see the records. What was won counts in the month it was closed."""
    o, first = Opportunity, spans[1][2]
    day = case((o.outcome == Outcome.won, o.closed), else_=o.expected)
    span = case(
        (day.is_(None), "none"), *((day <= last, key) for key, _label, _first, last in spans if last is not None), else_="later").label("span")
    whose, is_open = getattr(o, f"{by}_id"), o.outcome == Outcome.open
    counted = is_open & (o.forecast != Forecast.omitted)

    def total(which, column=o.worth):
        return func.sum(case((which, column), else_=0))

    query = select(
        whose, span, func.sum(case((counted, 1), else_=0)).label("number"), total(counted).label("pipeline"), total(counted, o.weighted).label("weighted"),
        total(is_open & o.forecast.in_([Forecast.best, Forecast.committed])).label("best"), total(is_open & (o.forecast == Forecast.committed)).label("committed"),
        total(o.outcome == Outcome.won).label("won"),
    ).where(is_open | ((o.outcome == Outcome.won) & (o.closed >= first))).group_by(whose, text("span")).limit(MOST)
    return {(row[0], row[1]): {name: int(row._mapping[name] or 0) for name in ("number", "pipeline", "weighted", "best", "committed", "won")} for row in session.execute(query)}


def _cells(show, numbers, first, last, *whose):
    """What stands in a line, each figure with the address of its records."""
    days = ",".join(f"{day:%Y-%m-%d}" for day in (first, last) if day)
    when = lambda field: (
        (f"{field}.between", days) if first and last else (f"{field}.gte", days) if first else (f"{field}.lte", days) if last else (f"{field}.empty", "1"))
    opened = ("outcome.any", "open"), when("expected"), *whose
    counted = ("forecast.any", "pipeline,best,committed")
    asked = {
        "number": (*opened, counted), "pipeline": (*opened, counted), "weighted": (*opened, counted), "best": (*opened, ("forecast.any", "best,committed")),
        "committed": (*opened, ("forecast.any", "committed")), "won": (("outcome.any", "won"), when("closed"), *whose)}
    return [(f"{numbers[name]:,}" if name == "number" else show(numbers[name]), f"{LIST}?{urlencode(args)}" if numbers[name] else "") for name, args in asked.items()]
