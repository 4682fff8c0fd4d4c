"""The figures of salespeople by month: what they achieved, meant to, and did; each as far as the acting person may see it."""

import datetime as dt
from typing import NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa

from crm_core.sdk import instant, plans, session, site, system_scope, today, with_deleted
from crm_sales import _
from crm_sales.force.commission_models import CommissionLine
from crm_sales.force.models import Achievement, Did
from crm_sales.months import last_of

KINDS = ("visit", "call", "meeting")
MOST = 200  # people on a page


class Row(NamedTuple):
    """A person's figures: amounts in hundredths of the house's currency, the target too; `reached` in per cent."""

    person: int
    name: str
    target: int
    did: dict[str, int]
    kinds: dict[str, int]
    reached: int | None


def month_of(text):
    """The month that is asked for ("2026-11"), else this one: its first and last day."""
    try:
        first = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today().replace(day=1)
    return first, last_of(first)


def ranking(first, last, metric):
    """Everybody who achieved, planned or did anything from one day to another, who has the most of what the target is of first: four questions."""
    rows = session.execute(sa.select(Achievement.owner_id, Achievement.did, sa.func.sum(Achievement.amount)).where(
        Achievement.day >= first, Achievement.day <= last, Achievement.owner_id.is_not(None)).group_by(Achievement.owner_id, Achievement.did).order_by(Achievement.owner_id).limit(4 * MOST))
    did, aimed = {}, metric.partition(".")[2]
    for person, what, amount in rows:
        did.setdefault(person, {})[str(what)] = int(amount)
    wanted = {person: target * 100 for (person, _month, _metric), target in plans.targets([metric], first, last).items()}
    kinds = activity(first, last)
    names = names_of({*did, *wanted, *kinds})
    found = [Row(one, names[one], wanted.get(one, 0), did.get(one, {}), kinds.get(one, {}), _reached(did.get(one, {}).get(aimed, 0), wanted.get(one, 0)))
             for one in names]
    return sorted(found, key=lambda row: (*(-row.did.get(what, 0) for what in (aimed, *reversed(Did))), -sum(row.kinds.values()), row.name))[:MOST]


def together(rows, aimed):
    """The line of all of them; None where there are not several."""
    if len(rows) < 2:
        return None
    sums = lambda name: {key: sum(getattr(row, name).get(key, 0) for row in rows) for key in {key for row in rows for key in getattr(row, name)}}
    target, did = sum(row.target for row in rows), sums("did")
    return Row(0, str(_("All together")), target, did, sums("kinds"), _reached(did.get(str(aimed), 0), target))


def activity(first, last):
    """Visits, calls and meetings noted by each person."""
    resource = site().registry.resource("core.note")
    if not resource.may("read"):
        return {}
    note, found = resource.model, {}
    began, ended = instant(first), instant(last + dt.timedelta(days=1))
    query = sa.select(note.created_by_id, note.kind, sa.func.count()).where(
        note.happened_at >= began, note.happened_at < ended, note.kind.in_(KINDS), note.created_by_id.is_not(None)).group_by(note.created_by_id, note.kind)
    for person, kind, number in session.execute(query.order_by(note.created_by_id).limit(3 * MOST)):
        found.setdefault(person, {})[str(kind)] = number
    return found


def records(did, first, last, where=()):
    """The address of what was achieved of a kind in these days; `where`: more pairs of the query."""
    return f"/sales/achievement?{urlencode([('did.any', str(did)), ('day.between', f'{first},{last}'), *where])}"


def names_of(people):
    """Names of these people; who has left is named too."""
    user = site().registry.resource("core.user").model
    with system_scope("names of colleagues") as db, with_deleted():
        return dict(db.execute(sa.select(user.id, user.name).where(user.id.in_(sorted(people)))).all()) if people else {}


def earners(ids):
    """Whose statement each of these lines of commission stands in: several have a share of one document."""
    whose = dict(session.execute(sa.select(CommissionLine.id, CommissionLine.owner_id).where(CommissionLine.id.in_(ids))).all())
    names = names_of({one for one in whose.values() if one is not None})
    return {line: names.get(owner) for line, owner in whose.items()}


def _reached(fact, target):
    return round(100 * fact / target) if target else None
