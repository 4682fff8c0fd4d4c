"""Which policy holds for whom on which day, and what is over its limit. No document is known here: who has one says what stands in it.

Of the policies of a kind that hold on the day of a document and fit, the one said most narrowly counts: for the product category itself before
the one above it and before all; then for the nearest department; then for a role. Of those alike the most generous, as roles add up.
"""

import datetime as dt
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.sdk import (
    Customer,
    OverLimit,
    Product,
    Refused,
    Settled,
    actor,
    amounts,
    approved,
    keep_words,
    language,
    money,
    say_number,
    session,
    site,
    standing_of,
    system_scope,
    today,
)
from crm_sales import _
from crm_sales.policies.models import Exceeded, Kind, Policy

EXCEED = "sales.exceed"  # the permission to go over limits by oneself


class Over(NamedTuple):
    """One thing that is over a limit: the policy, and the sentence."""

    policy: Any
    said: Any


class Given(NamedTuple):
    """What is given away in a line: its product and category, what it would come to by list and what it comes to, in hundredths of 10^-7 of the currency
    (exact: nothing is rounded), and what it is called. `known`: a list price says what it would come to."""

    product: int | None
    category: int | None
    listed: int
    asked: int
    what: str
    unit: int | None = None
    quantity: int = 0
    known: bool = True


# --- which policy ------------------------------------------------------------------------------------------------------


def holding(kind, day, model=Policy):
    """Those of a kind that hold on a day."""
    query = sa.select(model).where(model.deleted_at.is_(None), model.begins <= day, sa.or_(model.ends.is_(None), model.ends >= day)).order_by(model.id)
    with system_scope("policies") as db:
        return db.scalars(query.where(model.kind == kind) if kind is not None else query).all()


def fits(policy, standing, above=()):
    """How narrowly a policy is said for somebody (`standing`) and a category (`above`: it and those above it), the narrowest greatest; None: it is
    for others."""
    if policy.role_id is not None and policy.role_id not in standing.roles:
        return None
    if policy.place_id is not None and policy.place_id not in standing.departments:
        return None
    if policy.category_id is not None and policy.category_id not in above:
        return None
    return (
        len(above) - above.index(policy.category_id) if policy.category_id is not None else 0,
        len(standing.departments) - standing.departments.index(policy.place_id) if policy.place_id is not None else 0,
        policy.role_id is not None)


def narrowest(policies, standing, above=()):
    """Those said most narrowly of those that fit."""
    found = [(how, one) for one in policies if (how := fits(one, standing, above)) is not None]
    best = max((how for how, _one in found), default=None)
    return [one for how, one in found if how == best]


def above_of(categories):
    """Each of these product categories with those above it, the nearest first: {category: (itself, the one above …)}."""
    parents = parents_of("core.product_category") if any(categories) else {}
    return {one: chain_of(one, parents) for one in categories if one is not None}


def parents_of(name):
    """The one above each word of a tree."""
    table = site().registry.resource(name).table
    with system_scope("a tree of words") as db:
        return dict(db.execute(sa.select(table.c.id, table.c.parent_id).where(table.c.deleted_at.is_(None))).all())


def chain_of(one, parents):
    """A word of a tree with those above it, the nearest first. `parents`: word → the one above it."""
    found = []
    while one is not None and one not in found:
        found.append(one)
        one = parents.get(one)
    return tuple(found)


def regions_above(region):
    """A region with those above it, the nearest first: a few questions, one a level."""
    table, found = site().registry.resource("core.region").table, []
    with system_scope("regions") as db:
        while region is not None and region not in found and len(found) < 9:
            found.append(region)
            region = db.scalar(sa.select(table.c.parent_id).where(table.c.id == region))
    return tuple(found)


# --- what is over a limit ----------------------------------------------------------------------------------------------


def given_away(items, stands=()):
    """What is given away in priced lines (rows with product_id, what, quantity, list_price, price and discount). `stands`: id of a line → the list price it is
    measured by in place of its own."""
    stands = dict(stands)
    ids = sorted({one.product_id for one in items if one.product_id is not None})
    with system_scope("categories of products") as db:
        categories = dict(db.execute(sa.select(Product.id, Product.category_id).where(Product.id.in_(ids))).all()) if ids else {}
    found = []
    for one in items:
        price = one.price or 0
        by = stands.get(one.id, one.list_price) if stands else one.list_price
        asked = one.quantity * price * (amounts.WHOLE - one.discount)
        listed = max(one.quantity * max(price, by or 0) * amounts.WHOLE, asked, 0)  # a line below nothing, by price or quantity, is let off as a whole
        found.append(Given(one.product_id, categories.get(one.product_id), listed, asked, one.what or "", one.unit_id, one.quantity, one.product_id is not None and bool(by)))
    return found


def over_discount(user_id, day, given, agreed=()):
    """Lines whose price is further below the list price than the seller may go, whether by a discount, by a lower price, or by a line below
    nothing, which counts for all of them alike. `agreed`: places of lines that were agreed to already."""
    policies = [one for one in holding(Kind.discount, day) if one.percent is not None]
    if not policies:
        return []
    standing, above, found = standing_of(user_id), above_of({one.category for one in given}), []
    full, rest = whole_of(given)
    for at, one in enumerate(given):
        mine = narrowest(policies, standing, above.get(one.category, ()))
        if not mine or at in agreed or one.listed <= 0 or full <= 0:
            continue
        limit = max(mine, key=lambda policy: policy.percent)
        if one.asked * rest * amounts.WHOLE < one.listed * full * (amounts.WHOLE - limit.percent):
            percent = -((one.asked * rest - one.listed * full) * amounts.WHOLE // (one.listed * full))  # rounded up: 10.001 % is not shown as 10
            found.append(Over(limit, _("“%(what)s” is %(percent)s %% below the list price, your limit is %(limit)s %% (%(policy)s)", what=one.what,
                                       percent=say_number(percent, 2), limit=say_number(limit.percent, 2), policy=limit.name)))
    return found


def whole_of(given):
    """What lines come to without those below nothing, and with them."""
    full = sum(one.asked for one in given if one.asked > 0)
    return full, full + sum(one.asked for one in given if one.asked < 0)


def over_allowance(user_id, day, given, currency):
    """What a document lets off altogether, in the currency of the house, against the limit."""
    policies = [one for one in holding(Kind.allowance, day) if one.amount is not None]
    mine = narrowest(policies, standing_of(user_id)) if policies else []
    if not mine:
        return []
    limit = max(mine, key=lambda policy: policy.amount)
    off = amounts.divide(sum(one.listed - one.asked for one in given), amounts.PIECE * amounts.WHOLE, money.rounding(), money.step(currency))
    worth = money.in_house(off, currency, day)
    if worth <= limit.amount:
        return []
    return [Over(limit, _("%(off)s is let off altogether, your limit is %(limit)s (%(policy)s)", off=money.say(worth), limit=money.say(limit.amount), policy=limit.name))]


def over_unlisted(user_id, day, given, currency, agreed=()):
    """Lines that no list price measures: in words of one's own, or of a product without a price. Who is limited in what he gives away could call anything so, at
    any price; so he has as much of them as a policy says, a share of the document or an amount, whichever lets more pass; without one, none. Lines below
    nothing are let off, and counted there. `agreed`: places of lines that were agreed to already."""
    mine = [(at, one) for at, one in enumerate(given) if one.asked > 0 and not one.known]
    what = next((one.what for at, one in mine if at not in agreed), None)
    if what is None:
        return []
    worth, whole = sum(one.asked for _at, one in mine), whole_of(given)[0]
    limits = narrowest(holding(Kind.unlisted, day), standing_of(user_id))
    if not limits:
        found = [one for one in limits_of(user_id, day, (Kind.discount, Kind.allowance)) if one.percent is None or one.percent < amounts.WHOLE]
        return [Over(one, _("“%(what)s” has no list price by which your limit could be measured (%(policy)s): choose a product", what=what, policy=one.name)) for one in found[:1]]
    if any(worth * amounts.WHOLE <= whole * (one.percent or 0) for one in limits):
        return []
    amount = money.in_house(amounts.divide(worth, amounts.PIECE * amounts.WHOLE, money.rounding(), money.step(currency)), currency, day)
    if any(amount <= (one.amount or 0) for one in limits):
        return []
    best = max(limits, key=lambda one: (one.percent or 0, one.amount or 0))
    return [Over(best, _("“%(what)s” and the like have no list price: %(amount)s, %(percent)s %% of the whole, your limit is %(limit)s (%(policy)s)", what=what,
                         amount=money.say(amount), percent=say_number(-(-worth * amounts.WHOLE // whole), 2), limit=said(best), policy=best.name))]


def over_place(user_id, day, customer_id):
    """Whether this customer's region and kind are among those the seller may sell to. A customer of whom the region is not known is not."""
    policies = {kind: [one for one in holding(kind, day) if (one.regions if kind == Kind.region else one.channels)] for kind in (Kind.region, Kind.channel)}
    if not any(policies.values()):
        return []
    standing, found = standing_of(user_id), []
    with system_scope("where a customer is") as db:
        where = db.execute(sa.select(Customer.region_id, Customer.customer_kind, Customer.name).where(Customer.id == customer_id)).one()
    if mine := narrowest(policies[Kind.region], standing):
        above = regions_above(where.region_id)
        if not any(set(one.regions) & set(above) for one in mine):
            found.append(Over(mine[0], _("“%(customer)s” is in no region you may sell to (%(policy)s)", customer=where.name, policy=mine[0].name)))
    mine = narrowest(policies[Kind.channel], standing)
    if mine and not any(where.customer_kind in one.channels for one in mine):
        found.append(Over(mine[0], _("“%(customer)s” is of no kind you may sell to (%(policy)s)", customer=where.name, policy=mine[0].name)))
    return found


def over_amount(kind, user_id, day, amount, expense=None):
    """An amount in the currency of the house against a limit: an expense claim (of this kind of expense), or commission to be paid."""
    policies = [one for one in holding(kind, day) if one.amount is not None and one.expense in (None, expense)]
    mine = narrowest([one for one in policies if one.expense == expense], standing_of(user_id)) or narrowest(policies, standing_of(user_id))
    if not mine:
        return []
    limit = max(mine, key=lambda policy: policy.amount)
    if amount <= limit.amount:
        return []
    return [Over(limit, _("%(amount)s is more than the limit of %(limit)s (%(policy)s)", amount=money.say(amount), limit=money.say(limit.amount), policy=limit.name))]


def limits_of(user_id, day, kinds=tuple(Kind)):
    """The limits that hold for somebody on a day, for him to read: policies by kind, the narrowest of each category."""
    standing, found = standing_of(user_id), []
    for kind in kinds:
        policies = holding(kind, day)
        for key in dict.fromkeys((one.category_id, one.expense) for one in policies):
            found += narrowest([one for one in policies if (one.category_id, one.expense) == key], standing, (key[0],) if key[0] is not None else ())
    return found


# --- let pass or not ---------------------------------------------------------------------------------------------------


def settle(subject, subject_id, document, user_id, department_id, day, over):
    """What is over a limit is let pass where all have agreed, or where who acts may go over limits; each is noted once. Else raises OverLimit
    with what, over which limit, and how to ask for it."""
    if not over:
        return
    agreed, who = approved() is not None, actor()
    if not agreed and who is not None and not who.can(EXCEED):  # the house itself (an import, a demo) is not asked, but noted too
        raise OverLimit(_("%(document)s: %(what)s. Ask somebody who may exceed this limit.",
                          document=document, what=("; " if language() == "en" else "；").join(str(one.said) for one in over)))
    with system_scope("what was let pass") as db:
        known = set(db.scalars(sa.select(Exceeded.policy_id).where(Exceeded.subject == subject, Exceeded.subject_id == subject_id)))
        rows = {one.policy.id: one for one in reversed(over) if one.policy.id not in known}
        site().registry.resource("sales.exceeded").write([{
            "what": keep_words(one.said), "policy": policy, "subject": subject, "subject_id": subject_id, "document": document, "day": day, "agreed": agreed,
            "owner": user_id, "department": department_id} for policy, one in rows.items()])


def let_pass(subject, subject_id):
    """The policies over whose limit a document was let pass."""
    with system_scope("what was let pass") as db:
        return set(db.scalars(sa.select(Exceeded.policy_id).where(Exceeded.subject == subject, Exceeded.subject_id == subject_id)))


# --- editions ----------------------------------------------------------------------------------------------------------


def next_edition(resource, row, begins, copied):
    """The same from a day on, to be changed until then; this one ends the day before. `copied`: the values taken over. Raises Refused."""
    if begins <= row.begins or (row.ends is not None and begins > row.ends + dt.timedelta(days=1)):
        raise Refused(_("A new edition begins after this one, and not later than the day after its last."))
    if begins < today():
        raise Refused(_("A new edition begins today or later: what was before keeps the policy of its day."))
    resource.write([{"id": row.id, "ends": begins - dt.timedelta(days=1)}])
    (made,) = resource.write([{**copied, "begins": begins, "ends": None}])
    new = session.get(resource.model, made)
    new.edition, new.follows_id = row.edition + 1, row.id


def next_begin(rows):
    """When a new edition of this begins, if nobody says otherwise: today, or after the one that has not begun."""
    return {"begins": {"default": max(today(), rows[0].begins + dt.timedelta(days=1)) if rows[0].begins else today()}}


HOLDS = _("It holds already, and what was done keeps the policy of its day. Make a new edition.")


# What has begun is not changed but by a new edition. `ended` says when it may end, and `keep` why it is not deleted.
BEGUN = Settled("begins", lambda day: day is None or day > today(), HOLDS, free=("name", "note", "ends"), goes=True)


def ended(rows, before):
    """Faults of rows of something dated: it ends after it begins, and what has begun is not ended in the past."""
    faults, day = {}, today()
    for at, row in enumerate(rows):
        old = before.get(row.get("id", 0), {})
        begins, ends = row.get("begins", old.get("begins")), row.get("ends", old.get("ends"))
        if begins is not None and ends is not None and ends < begins:
            if not (old and ends == begins - dt.timedelta(days=1)):
                faults[at] = {"ends": [_("It ends before it begins.")]}
        elif old and old["begins"] <= day and ends != old["ends"] and ends is not None and ends < day - dt.timedelta(days=1):
            faults[at] = {"ends": [HOLDS]}
    return faults


def keep(model, verb, ids):
    """What has begun is ended, not deleted. Raises Refused."""
    if verb == "delete":
        with system_scope("policies that have begun") as db:
            if db.scalar(sa.select(model.id).where(model.id.in_(ids), model.begins <= today()).limit(1)) is not None:
                raise Refused(_("It has held already, so it stays. Say until when it holds instead."))


def said(policy):
    """The limit of a policy in figures; "" where it is one of words."""
    if policy.percent is not None and policy.kind in (Kind.discount, Kind.unlisted):
        share = f"{say_number(policy.percent, 2)} %"
        return f"{share} / {money.say(policy.amount)}" if policy.amount is not None and policy.kind == Kind.unlisted else share
    return money.say(policy.amount) if policy.amount is not None else ""
