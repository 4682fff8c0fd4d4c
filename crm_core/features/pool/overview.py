"""What pages say of holders and pools: days left, the past holders of a customer, who holds how many, the brief of an activity."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session, system_scope
from crm_core.features.customers.api import Customer, holding
from crm_core.features.pool import rules, sharing
from crm_core.features.pool.models import Holding
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource import timeline
from crm_core.resource.kept import Ask, kept
from crm_core.resource.show import say_date, show_date, show_moment
from crm_core.web import cells, render, urls
from crm_core.web.viewmodels import Act, Number, PanelRow, PanelView, Status

FULL, BRIEF = "core.customer", "core.customer.brief"
SHOWN = 5
SOON = 7
ACTS = {
    "claim": _("claimed"), "give": _("assigned from the pool"), "hand_over": _("handed over"), "return": _("returned to the pool"), "expired": _("went back by itself"),
    "assign": _("assigned"), "undo": _("taken back"),
}
KINDS = {
    "note": _("Notes"), "call": _("Calls"), "visit": _("Visits"), "mail": _("Mails"), "meeting": _("Meetings"), "feedback": _("Feedback"), "dealing": _("Deals"),
}


def any_for_me() -> bool:
    """Whether there is a pool the acting person may claim from or manages."""
    who, house = actor(), rules.house()
    path = house.path(who.department_id)
    return any(pool.may_claim(who, path) for pool in house.pools.values())


def remaining(row: Any) -> int | None:
    """Days until the first of the pool's clocks takes a customer back; None: never by itself."""
    pool = rules.house().pools.get(row.pool_id or 0)
    if pool is None or row.owner_id is None or (row.protected_until is not None and row.protected_until >= clock.today()):
        return None
    found = [n for n in (holding.days_left(row.followed_at, pool.return_after), holding.days_left(row.dealt_at, pool.deal_after)) if n is not None]
    return max(min(found), 0) if found else None


def told(days: int) -> Status:
    label = ngettext("%(n)s day left", "%(n)s days left", days)
    return Status(label, "alarm", "red") if days <= 3 else Status(label, "hourglass-low", "amber") if days <= SOON else Status(label)


def days_left(ids: Sequence[int]) -> Mapping[int, Any]:
    """The list's computed column."""
    columns = (Customer.id, Customer.owner_id, Customer.pool_id, Customer.protected_until, Customer.followed_at, Customer.dealt_at)
    found = {}
    for row in session.execute(sa.select(*columns).where(Customer.id.in_(ids))):
        days = remaining(row)
        if days is not None:
            found[row.id] = cells.status(told(days))
        elif row.owner_id is not None and row.protected_until is not None and row.protected_until >= clock.today():
            found[row.id] = cells.status(Status(_("Protected"), "shield-lock", "green"))
    return found


# --- the page of a customer ---------------------------------------------------------------------------------------------


def queries(row: Any) -> dict[str, Ask]:
    return {"holders": Ask(_holders(), {"row": row.id}), **sharing.queries(row)}


@kept
def _holders() -> sa.Select[Any, Any]:
    return (
        sa.select(Holding.id, Holding.kind).where(Holding.subject == FULL, Holding.subject_id == sa.bindparam("row", type_=sa.BigInteger()))
        .order_by(Holding.id.desc()).limit(SHOWN + 1)
    )


def dress(row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
    """Days left beside the owner, the pool and protection as marks, the claim, and who held it before."""
    fields = site().registry.resource(FULL).fields()
    marks, numbers, more = list(page.marks), list(page.numbers), list(page.more)
    pool = rules.house().pools.get(row.pool_id or 0)
    if row.owner_id is None and pool is not None:
        marks.insert(0, Status(_("In the pool “%(name)s”", name=pool.name), "ripple", "acc"))
        if site().registry.resource(BRIEF).may("claim") and pool.may_claim(actor(), rules.house().path(actor().department_id)):
            more.insert(0, Act(_("Claim"), urls.of_act(site().registry.resource(BRIEF), row.id, "do/claim"), "user-plus", "post"))
    elif row.protected_until is not None and row.protected_until >= clock.today():
        marks.insert(0, Status(_("Protected until %(day)s", day=say_date(row.protected_until)), "shield-lock", "green"))
    days = remaining(row)
    if days is not None and numbers and {"owner", "pool"} <= fields.keys():
        state = told(days)
        numbers[0] = replace(numbers[0], remark=state.label, remark_icon=state.icon, remark_colour=state.colour)
    ids = [i for i, _kind in found.get("holders", ())]
    shown, panels = sharing.panel(row, found)
    side = (*page.side, *(panels if page.body == "panorama" else ()), *([_past(ids, page)] if ids and page.body == "panorama" and "owner" in fields else []))
    return replace(page, marks=(*shown, *marks), numbers=tuple(numbers), more=tuple(more), side=side)


def _past(ids: Sequence[int], _page: Any) -> PanelView:
    rows = list(session.scalars(sa.select(Holding).where(Holding.id.in_(ids[:SHOWN])).order_by(Holding.id.desc())))
    names = render.user_names({i for r in rows for i in (r.before_id, r.after_id, r.by_id)})
    pools = rules.house().pools

    def who(user_id: int | None, pool_id: int | None) -> str:
        pool = pools.get(pool_id or 0)
        return names.get(user_id, "?") if user_id is not None else str(pool.name if pool is not None else _("nobody"))

    drawn = tuple(
        PanelRow(
            f"{who(r.before_id, r.pool_id)} → {who(r.after_id, r.pool_id)}",
            " · ".join(str(part) for part in (ACTS.get(r.kind, _("changed")), names.get(r.by_id) if r.by_id not in (None, r.before_id, r.after_id) else None, r.why) if part),
            figure=show_moment(r.at, short=True),
        )
        for r in rows
    )
    return PanelView(_("Who held it"), "users", f"{SHOWN}+" if len(ids) > SHOWN else len(ids), drawn)


def dress_brief(row: Any, page: Any) -> Any:
    """How much the house does there: how many of each kind and when last, never what was said."""
    pool = rules.house().pools.get(getattr(row, "pool_id", None) or 0)
    marks = list(page.marks)
    if row.owner_id is None and pool is not None:
        marks.append(Status(_("In the pool “%(name)s”", name=pool.name), "ripple", "acc"))
    entry = timeline.Entry
    kinds = [*timeline.FOLLOW_UP, *timeline.DEALS]
    query = sa.select(entry.kind, sa.func.count(), sa.func.max(entry.at)).where(
        entry.subject == FULL, entry.subject_id == row.id, entry.kind.in_(kinds)).group_by(entry.kind)
    with system_scope("brief of what the house does") as db:
        counts = {kind: (n, at) for kind, n, at in db.execute(query)}
    last = max((at for _n, at in counts.values()), default=None)
    numbers = [Number(_("Last activity"), show_date(clock.local(last).date()) if last is not None else _("none yet"))]
    numbers += [Number(label, str(counts[kind][0]), _("last %(day)s", day=say_date(clock.local(counts[kind][1]).date()))) for kind, label in KINDS.items() if kind in counts]
    return replace(page, marks=tuple(marks), numbers=tuple(numbers[:6]))


# --- who holds how many -------------------------------------------------------------------------------------------------


def held(rows: Any) -> sa.Select[Any]:
    """Customers by who holds them, the most first."""
    number = sa.func.count().label("count")
    return sa.select(rows.c.owner_id, number).where(rows.c.owner_id.is_not(None)).group_by(rows.c.owner_id).order_by(number.desc(), rows.c.owner_id)


def returning(rows: Any) -> sa.Select[Any]:
    """Customers that go back within seven days unless something happens, by who holds them."""
    soon, parts = clock.now() + dt.timedelta(days=SOON), []
    for pool in rules.house().pools.values():
        for column, days in (("followed_at", pool.return_after), ("dealt_at", pool.deal_after)):
            if days:
                parts.append(sa.and_(rows.c.pool_id == pool.id, rows.c[column] <= soon - dt.timedelta(days=days)))
    number = sa.func.count().label("count")
    open_to = sa.or_(rows.c.protected_until.is_(None), rows.c.protected_until < clock.today())
    return (
        sa.select(rows.c.owner_id, number).where(rows.c.owner_id.is_not(None), open_to, sa.or_(*parts) if parts else sa.false())
        .group_by(rows.c.owner_id).order_by(number.desc(), rows.c.owner_id)
    )
