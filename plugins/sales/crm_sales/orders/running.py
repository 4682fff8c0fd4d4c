"""Advertisements that run: the plan of an advertisement from its days, in one step, and what became of each run, in one click."""

import datetime as dt
import enum

import sqlalchemy as sa

from crm_core.sdk import (
    Refused,
    owners_of,
    periods,
    session,
    site,
    system_scope,
    today,
)
from crm_sales import _
from crm_sales.orders.models import Advert, Fate, OrderItem, Run, Sort
from crm_sales.orders.services import lock

MOST = 400  # runs of one plan


class Every(enum.StrEnum):
    """How often an advertisement appears."""

    day = "day"
    week = "week"
    half = "half"
    month = "month"


EVERY = {"day": _("Every day"), "week": _("Every week"), "half": _("Twice a month"), "month": _("Every month")}


def days_of(begins: dt.date, ends: dt.date, every: Every) -> list[dt.date]:
    """The days from the first to the last on which something appears, in order; no more than MOST and one."""
    found: list[dt.date] = []
    for n in range(MOST + 1):
        if every in (Every.day, Every.week):
            day = begins + dt.timedelta(days=n * (7 if every == Every.week else 1))
        elif every == Every.half:
            day = periods.shift(begins, n // 2, "month") + dt.timedelta(days=15 * (n % 2))
        else:
            day = periods.shift(begins, n, "month")
        if day > ends:
            break
        found.append(day)
    return found


def plan(advert, every: Every, first: int | None = None):
    """The runs of an advertisement from its first to its last day, numbered from issue `first`. Days that are planned already stay as they are, so
    that asking again adds nothing twice."""
    session.execute(sa.select(Advert.id).where(Advert.id == advert.id).with_for_update(key_share=True))
    if advert.begins is None or advert.ends is None:
        raise Refused(_("Say first from when until when “%(name)s” runs.", name=advert.name))
    days = days_of(advert.begins, advert.ends, every)
    if len(days) > MOST:
        raise Refused(_("At most %(n)s runs at once.", n=MOST))
    have = set(session.scalars(sa.select(Run.day).where(Run.advert_id == advert.id, Run.deleted_at.is_(None))))
    made = [Run(advert_id=advert.id, day=day, issue=str(_("Issue %(n)s", n=first + n)) if first is not None else day.isoformat(), **owners_of(advert))
            for n, day in enumerate(days) if day not in have]
    if not made:
        raise Refused(_("All of this is planned already."))
    session.add_all(made)
    session.flush()


def needs_plan(order_id: int) -> bool:
    """Whether something of an order runs on days and has no advertisement yet, or an advertisement of it no plan. One statement."""
    items = sa.select(sa.func.count()).select_from(OrderItem).where(OrderItem.order_id == order_id, OrderItem.deleted_at.is_(None), OrderItem.sort == Sort.advert)
    adverts = sa.select(sa.func.count()).select_from(Advert).where(Advert.order_id == order_id, Advert.deleted_at.is_(None))
    runs = sa.select(Run.id).where(Run.advert_id == Advert.id, Run.deleted_at.is_(None))
    with system_scope("what of an order runs, and what of it is planned") as db:
        found = db.execute(sa.select(items.scalar_subquery().label("items"), adverts.scalar_subquery().label("adverts"), adverts.where(~runs.exists()).scalar_subquery().label("open"))).one()
    return found.items > 0 and (found.items > found.adverts or found.open > 0)


def runs_on_days(order_id: int) -> bool:
    """Whether something of an order runs on days, or an advertisement is of it. One statement."""
    items = sa.select(OrderItem.id).where(OrderItem.order_id == order_id, OrderItem.deleted_at.is_(None), OrderItem.sort == Sort.advert)
    adverts = sa.select(Advert.id).where(Advert.order_id == order_id, Advert.deleted_at.is_(None))
    with system_scope("whether anything of an order runs") as db:
        return bool(db.scalar(sa.select(sa.or_(items.exists(), adverts.exists()))))


def plan_order(order, every: Every, first: int | None = None):
    """Each item of an order that runs on days has its advertisement, and each of those without a plan gets one."""
    lock([order.id])
    known = list(session.scalars(sa.select(Advert.item_id).where(Advert.order_id == order.id, Advert.deleted_at.is_(None))))
    items = session.scalars(sa.select(OrderItem).where(OrderItem.order_id == order.id, OrderItem.sort == Sort.advert, OrderItem.deleted_at.is_(None)).order_by(OrderItem.id)).all()
    new = [{"order": order.id, "item": one.id, "name": one.what, "begins": one.begins, "ends": one.ends or one.begins} for one in items if one.id not in known]
    if new := new[known.count(None):]:  # one that was written by hand stands for an item without saying for which
        site().registry.resource("sales.advert").write(new)
    planned = sa.select(Run.advert_id).where(Run.advert_id == Advert.id, Run.deleted_at.is_(None))
    waiting = session.scalars(sa.select(Advert).where(Advert.order_id == order.id, Advert.deleted_at.is_(None), ~planned.exists()).order_by(Advert.id)).all()
    if not waiting:
        raise Refused(_("All of this is planned already."))
    for one in waiting:
        plan(one, every, first)


def appeared(run):
    """It has appeared; where, stands in its plan, unless more is written into the advertisement."""
    if run.fate == Fate.done:
        return
    if run.day > today():
        raise Refused(_("It runs on %(day)s: it cannot have appeared yet.", day=run.day))
    run.evidence = run.evidence or ", ".join(part for part in (run.issue, session.scalar(sa.select(Advert.place).where(Advert.id == run.advert_id))) if part)[:255] or run.day.isoformat()
    run.fate = Fate.done


def missed(run):
    run.fate = Fate.missed


def again(run):
    """What was marked by mistake is planned."""
    run.fate = Fate.planned
