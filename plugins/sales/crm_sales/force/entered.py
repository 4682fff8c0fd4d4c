"""The forecast people enter, beside what follows from their opportunities, and afterwards beside what came of it. All of it among what the reader may
see. Six statements at most, however many people and months there are."""

import datetime as dt
from typing import Any, NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa

from crm_core.sdk import actor, may, my_id, session, site, system_scope
from crm_sales.force import forecast
from crm_sales.force.models import ForecastEntry
from crm_sales.months import first_of, last_of, month_of
from crm_sales.opportunities.models import Forecast, OpportunityShare, Outcome
from crm_sales.settings import Counts

NAME, LIST, PAGE = "sales.forecast_entry", "/sales/forecast_entry", "/sales/forecast/entered"
AHEAD, BACK = 4, 6  # months that can be forecast on the page, and that are looked back at
MOST = 4_000


class Computed(NamedTuple):
    """What a month brings by what is known of opportunities, each with what is won in it already; hundredths of the house's currency."""

    won: int = 0
    sure: int = 0
    probable: int = 0
    possible: int = 0


class Said(NamedTuple):
    """What somebody said: his first and his last word, his superior's last; None: nothing yet."""

    first: Any = None
    last: Any = None
    corrected: Any = None

    @property
    def counts(self):
        """What the house goes by: the last word, whoever's it is."""
        there = [one for one in (self.last, self.corrected) if one is not None]
        return max(there, key=lambda one: one.id) if there else None


def computed(first, last, people=None):
    """(person, first of the month) → `Computed`, of the shares of opportunities the acting person may see."""
    s, month = OpportunityShare, month_of(OpportunityShare.day)
    is_open, won = s.outcome == Outcome.open, s.outcome == Outcome.won
    total = lambda which, column=s.worth: sa.func.coalesce(sa.func.sum(sa.case((which, column), else_=0)), 0)
    sure, best = (is_open & s.forecast.in_(of) for of in ([Forecast.committed], [Forecast.committed, Forecast.best]))
    query = sa.select(s.owner_id, month, total(won), total(sure), total(is_open & (s.forecast != Forecast.omitted), s.weighted), total(best)).where(
        s.day >= first, s.day <= last, s.owner_id.is_not(None), sa.or_(is_open, won))
    if people is not None:
        query = query.where(s.owner_id.in_(people))
    rows = session.execute(query.group_by(s.owner_id, month).order_by(month.desc(), s.owner_id).limit(MOST))
    return {(who, dt.date.fromisoformat(f"{text}-01")): Computed(int(had), *(int(had) + int(one) for one in more)) for who, text, had, *more in rows}


def said(first, last):
    """(person, first of the month) → `Said`."""
    e = ForecastEntry
    key = e.owner_id, e.month, e.corrected
    ends = sa.select(sa.func.min(e.id).label("first"), sa.func.max(e.id).label("last")).where(e.month >= first, e.month <= last).group_by(*key).subquery()
    query = sa.select(e).where(e.month >= first, e.month <= last, sa.or_(e.id.in_(sa.select(ends.c.first)), e.id.in_(sa.select(ends.c.last)))).order_by(e.id.desc()).limit(MOST)
    found = {}
    for one in reversed(session.scalars(query).all()):
        had = found.get((one.owner_id, one.month), Said())
        found[one.owner_id, one.month] = had._replace(corrected=one) if one.corrected else had._replace(first=had.first or one, last=one)
    return found


def may_enter(people):
    """Of whose months who acts may say what they bring: his own, and of those below him."""
    user = site().registry.resource("core.user").model
    if not people or not may(f"{NAME}.create"):
        return set()
    with system_scope("where colleagues stand") as db:
        homes = db.execute(sa.select(user.id, user.department_id).where(user.id.in_(sorted(people)))).all()
    reach = actor().scope(NAME, "create")
    return {one.id for one in homes if reach.holds({"owner_id": one.id, "department_id": one.department_id, "team_id": None})}


def months(day):
    """The months to come, and those that are over, each with its lines: by person, and all together."""
    now = first_of(day)
    start, end = first_of(now, -BACK), first_of(now, AHEAD) - dt.timedelta(days=1)
    sums, words = computed(start, end), said(start, end)
    aims = _aims(now, end)
    me, people = my_id(), {who for who, _month in (*sums, *words, *aims)}
    allowed = may_enter(people | ({me} - {None}))
    people |= allowed & {me}
    names = site().registry.resource("sales.opportunity_share").fields()["owner"].labels(people)
    ahead, over = [], []
    for month in (first_of(now, number) for number in range(-BACK, AHEAD)):
        there = {who for who in people if (who, month) in sums or (who, month) in words or (who, month) in aims or (month >= now and who == me)}
        lines = [_line(who, names.get(who, ""), month, sums.get((who, month), Computed()), words.get((who, month), Said()), aims.get((who, month)), who in allowed, who == me) for who in there]
        lines.sort(key=lambda one: (not one["own"], -one["counts"], str(one["name"])))
        if month >= now:
            ahead.append({"month": month, "people": lines, **_together(lines)})
        elif any(one["said"].first or one["said"].corrected for one in lines):
            over.append({"month": month, "people": [one for one in lines if one["said"].first or one["said"].corrected]})
    return ahead, over[::-1]


def _aims(first, last):
    """(person, first of the month) → the target of what is won."""
    return {(whose, month): aim.people for (whose, month), aim in forecast.targets(first, last, "owner", Counts.won).items()}


def _line(who, name, month, sums, words, aim, may, own):
    counts = words.counts
    value = counts.committed if counts is not None else sums.sure
    shares = lambda outcome: f"{forecast.LIST}?{urlencode([('outcome.any', outcome), ('day.between', f'{month},{last_of(month)}'), ('owner.any', who)])}"
    entry = [("month", month), ("committed", amount(counts.committed if counts else sums.sure)), ("best", amount(max(counts.best, counts.committed) if counts else max(sums.possible, sums.sure)))]
    return {"who": who, "name": name, "computed": sums, "said": words, "counts": value, "best": counts.best if counts is not None else sums.possible, "aim": aim, "own": own,
            "lacking": max(0, aim - value) if aim is not None else None, "won_url": shares("won"), "open_url": shares("open"),
            "list": f"{LIST}?{urlencode([('month.between', f'{month},{month}'), ('owner.any', who)])}",
            "enter": f"{LIST}/new?{urlencode([*entry, *([] if own else [('owner', who)]), ('back', PAGE)])}" if may else "",
            "off": round(100 * (sums.won - words.first.committed) / words.first.committed) if words.first is not None and words.first.committed else None}


def amount(value):
    """As it is typed into a form."""
    return f"{value // 100}.{value % 100:02}" if value % 100 else f"{value // 100}"


def _together(lines):
    aims = [one["aim"] for one in lines if one["aim"] is not None]
    return {"computed": Computed(*(sum(numbers) for numbers in zip(*(one["computed"] for one in lines), strict=True))) if lines else Computed(),
            "counts": sum(one["counts"] for one in lines), "best": sum(one["best"] for one in lines), "aim": sum(aims) if aims else None}
