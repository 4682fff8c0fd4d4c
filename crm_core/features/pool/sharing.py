"""Sharing a customer for a time: whom with, until when, who is told, and the panel that says so on its page."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Share, TeamMember
from crm_core.data.session import session, writing
from crm_core.features.messages.api import notify
from crm_core.features.pool import rules
from crm_core.features.pool.services import locked, pool_of
from crm_core.features.tasks.api import asking
from crm_core.kernel import actors, clock
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource import acts, shares
from crm_core.resource.kept import Ask, kept
from crm_core.resource.merging import Merge, RecordsMerged
from crm_core.resource.shares import Shared
from crm_core.resource.show import say_date
from crm_core.resource.undo import ChangeUndone
from crm_core.web import facts, urls
from crm_core.web.viewmodels import Act, PanelRow, PanelView, Status

FULL = "core.customer"
DAYS = 30  # where no pool says it


def share(
    resource: Any, ids: Sequence[int], why: str, colleague: int | None = None, team: int | None = None, until: dt.date | None = None,
    writes: bool | None = None,
) -> None:
    """Share customers with a colleague or a team; without a day for as long as the rules of their pool say."""
    if (colleague is None) == (team is None):
        raise Invalid({"colleague": [_("Choose a colleague or a team.")]})
    if until is not None and until < clock.today():
        raise Invalid({"until": [_("This day has passed.")]})
    with writing():
        if colleague is not None:
            _can(resource, colleague, bool(writes))
            if colleague in session.scalars(sa.select(resource.model.owner_id).where(resource.model.id.in_(ids))).all():
                raise Refused(_("Nobody need share with who holds the customer."))
        by_day: dict[dt.date, list[int]] = {}
        for row_id, days in days_of(ids).items():
            by_day.setdefault(until or clock.today() + dt.timedelta(days=days), []).append(row_id)
        for day, rows in by_day.items():
            shares.put(resource, rows, until=day, why=why, user_id=colleague, team_id=team, writes=bool(writes))
            _tell(resource, rows, [colleague] if colleague is not None else _members(team), day, why)


def unshare(resource: Any, ids: Sequence[int], colleague: int | None = None, team: int | None = None) -> None:
    """Share customers no longer, with one or with anybody; who saw them till now hears of it."""
    before = shares.of(resource.name, ids, live=True)
    shares.take(resource, ids, colleague, team)
    after = shares.of(resource.name, ids, live=True)
    names = resource.labels(ids)
    for row_id, found in before.items():
        for one in found:
            if one not in after.get(row_id, []) and one.user_id is not None:
                notify([one.user_id], _("shares “%(name)s” no longer with you", name=names.get(row_id, "")), path=urls.of_list(resource))


def give(name: str, row_id: int, user_id: int, how: asking.How, until: dt.date | None) -> bool:
    """What a colleague asked for is shared with him or handed over, by the rights of who agrees; of a contact it is its customer."""
    registry = site().registry
    if name == "core.contact":
        name, row_id = FULL, registry.resource(name).get(row_id).customer_id
    if name != FULL:
        return False
    why = str(_("You asked for it."))
    if how is asking.How.hand_over:
        registry.resource(FULL).run("hand_over", [row_id], {"owner": user_id, "why": why})
    else:
        registry.resource(FULL).run("share", [row_id], {"colleague": user_id, "until": until, "writes": how is asking.How.change, "why": why})
    return True


def claimable(resource: Any, ids: Sequence[int]) -> set[int]:
    """Which of these customers, known in brief, lie in a pool that the acting person may claim from."""
    brief = resource.brief_resource
    if resource.name != FULL or not ids or brief is None or not brief.may("claim"):
        return set()
    house, who = rules.house(), actor()
    mine = [pool.id for pool in house.pools.values() if pool.may_claim(who, house.path(who.department_id))]
    model = brief.model
    return set(session.scalars(sa.select(model.id).where(model.id.in_(ids), model.owner_id.is_(None), model.pool_id.in_(mine)))) if mine else set()


def days_of(ids: Sequence[int]) -> dict[int, int]:
    """How many days each of these customers is shared for when nobody says otherwise."""
    pools = rules.house().pools
    return {row["id"]: pool.share_days if (pool := pools.get(pool_of(row) or 0)) is not None else DAYS for row in locked(ids)}


def _can(resource: Any, user_id: int, writes: bool) -> None:
    """A share lengthens somebody's reach; who may not do it with any customer is not given it by that. Raises Refused."""
    try:
        who = actors.load(site(), user_id)
    except actors.ActorGone:
        who = None
    if who is None or not who.can(f"{resource.name}.read") or (writes and not who.can(f"{resource.name}.update")):
        raise Refused(_("The roles of this colleague do not let him do that with any customer."))


def _members(team: int | None) -> list[int]:
    return list(session.scalars(sa.select(TeamMember.user_id).where(TeamMember.team_id == team)))


def _tell(resource: Any, ids: Sequence[int], receivers: Sequence[int | None], day: dt.date, why: str) -> None:
    if len(ids) == 1:
        name = resource.labels(ids).get(ids[0], "")
        notify(receivers, _("shares “%(name)s” with you until %(day)s: %(why)s", name=name, day=day.isoformat(), why=why), about=(resource.name, ids[0]))
    else:
        text = ngettext("shares %(n)s customer with you until %(day)s: %(why)s", "shares %(n)s customers with you until %(day)s: %(why)s", len(ids), day=day.isoformat(), why=why)
        notify(receivers, text, path=urls.of_list(resource, [("shared_with.me", "1")]))


def merged(event: RecordsMerged) -> None:
    """Listener: what one record was shared with, now the other is."""
    resource = site().registry.resource(event.resource)
    if shares.of(resource.name, event.ids):
        shares.follow(resource, event.ids[:1])


def parted(event: ChangeUndone) -> None:
    """Listener: two records that were one go each with their own shares again."""
    for name, kept_id, gone_id in session.execute(sa.select(Merge.resource, Merge.kept_id, Merge.gone_id).where(Merge.change_id.in_(event.ids))).all():
        resource = site().registry.resources.get(name)
        if resource is not None and shares.of(name, [kept_id, gone_id]):
            shares.follow(resource, [kept_id, gone_id])


# --- the page of a customer ---------------------------------------------------------------------------------------------


def queries(row: Any) -> dict[str, Ask]:
    return {"shares": Ask(_shares(), {"row": row.id, "today": clock.today()})}


@kept
def _shares() -> sa.Select[Any, Any]:
    return sa.select(Share.id, sa.literal("")).where(
        Share.subject == FULL, Share.subject_id == sa.bindparam("row", type_=sa.BigInteger()), Share.until >= sa.bindparam("today", type_=sa.Date())).limit(1)


def panel(row: Any, found: Mapping[str, list[tuple[int, str]]]) -> tuple[tuple[Status, ...], tuple[PanelView, ...]]:
    """What a page says of the shares of a customer: a mark for whom it is shared with, and the panel with all of them."""
    resource, who = site().registry.resource(FULL), actor()
    may = resource.may("share") and facts.his(resource, row, "share")
    some = shares.of(FULL, [row.id], live=True).get(row.id, []) if found.get("shares") else []
    if not some:
        return (), ()
    names = shares.called(some)
    mine = [one for one in some if one.user_id == who.user_id or one.team_id in who.teams]
    marks = (Status(_("Shared with you until %(day)s", day=say_date(dt.date.fromisoformat(max(one.until for one in mine)))), "users", "acc"),) if mine else ()
    takes = resource.may("unshare") and acts.allows(resource, "unshare", row)
    rows = tuple(PanelRow(names[one], _said(one), acts=(_end(resource, row.id, one, names[one]),) if takes else ()) for one in some)
    add = Act(_("Share"), urls.of_act(resource, row.id, "do/share"), "plus", dialog=True) if may else None
    return marks, (PanelView(_("Shared with"), "users", len(rows), rows, add=add),)


def _said(one: Shared) -> str:
    what = _("may change it until %(day)s", day=say_date(dt.date.fromisoformat(one.until))) if one.writes else _("until %(day)s", day=say_date(dt.date.fromisoformat(one.until)))
    return " · ".join(str(part) for part in (what, one.why) if part)


def _end(resource: Any, row_id: int, one: Shared, name: str) -> Act:
    to = ("colleague", str(one.user_id)) if one.user_id is not None else ("team", str(one.team_id))
    return Act(_("Stop sharing with %(name)s", name=name), urls.of_act(resource, row_id, "do/unshare"), "x", "post", fields=(to,))
