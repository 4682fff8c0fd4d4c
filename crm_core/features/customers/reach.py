"""Whether and how a customer or contact can be reached: channels that proved bad, and how he wants to hear from us.

Whoever learns that an address or number does not work calls `mark_channel`; whoever is about to send or call asks `may_reach`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session, system_scope, writing
from crm_core.features.customers import blacklist
from crm_core.kernel import clock
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import change

CHANNELS = ("mobile", "phone", "email", "fax", "private_phone")  # columns that hold an address or number
# What a channel of the list core.channel is sent to; others (visit, letter, WeChat) need no column.
SENT_TO: Mapping[str, tuple[str, ...]] = {"email": ("email",), "phone": ("mobile", "phone"), "sms": ("mobile",), "fax": ("fax",)}
LETTER = "letter"  # post: to an address, which is a line of its own
_BY_ITSELF = "all"  # the mark that no channel was left: what made a record invalid by itself takes that back by itself


@dataclass(frozen=True)
class Wishes:
    """How somebody wants to hear from us: channels in order of preference, those he refuses, times, language, topics."""

    channels: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    language: str | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reach:
    """The answer to a sender: whether he may, to which address or number, and else why not."""

    ok: bool
    to: str = ""
    why: Any = ""
    wishes: Wishes = Wishes()


def mark_channel(subject: str, row_id: int, kind: str, reason: str, *, value: str | None = None) -> bool:
    """Mark a channel (`email`, `mobile`, `phone`, `fax`, `private_phone`, or `letter`: post came back) of a customer or contact as bad. With `value`, only when
    that is still what stands there: a bounce of an old address says nothing of the new one. When no channel is left the record
    is marked as no longer valid, with the reason; it is never deleted. Whether anything was marked. Raises Missing.
    """
    if kind not in (*CHANNELS, LETTER):
        raise ValueError(f"{kind}: a channel is one of {', '.join((*CHANNELS, LETTER))}")
    with writing(), change("mark", resource=subject):
        row = site().registry.resource(subject).get(row_id, "update")
        now = kind if kind == LETTER else getattr(row, kind, None)
        if not now or (value is not None and value.strip().casefold() != now.casefold()):
            return False
        bad = {**(row.bad_channels or {}), kind: {"reason": reason[:200], "on": clock.today().isoformat()}}
        row.bad_channels = bad
        known = [name for name in CHANNELS if getattr(row, name, None)]
        if known and not row.invalid and all(name in bad for name in known):
            row.bad_channels = {**bad, _BY_ITSELF: {"on": clock.today().isoformat()}}
            row.invalid, row.invalid_reason = True, reason[:255]
        session.flush()
        return True


def derive(rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """A channel that is corrected is good again, and with it what was invalid for want of one."""
    for row in rows:
        old = before.get(row.get("id", 0))
        if not old or not old.get("bad_channels") or "bad_channels" in row:
            continue
        bad = {k: v for k, v in old["bad_channels"].items() if (k not in row or row[k] == old[k]) and not (k == LETTER and "addresses" in row)}
        fresh = any(name in row and row[name] and row[name] != old[name] for name in CHANNELS)
        if _BY_ITSELF in bad and fresh:
            del bad[_BY_ITSELF]
            if old["invalid"] and "invalid" not in row:
                row["invalid"], row["invalid_reason"] = False, None
        if bad != old["bad_channels"]:
            row["bad_channels"] = bad


def marks(row: Any) -> list[tuple[str, str]]:
    """The bad channels of a loaded record: (column, reason)."""
    return [(kind, said.get("reason", "")) for kind, said in (row.bad_channels or {}).items() if kind in (*CHANNELS, LETTER)]


def wishes(subject: str, row_id: int) -> Wishes:
    """How a customer or contact wants to hear from us; a contact without wishes of his own has his customer's."""
    with system_scope("wishes of who is written to"):
        row = site().registry.resource(subject).system_row(row_id)
        if row is None:
            raise Missing(_("This record was not found."))
        return _wishes(row)


def _wishes(row: Any) -> Wishes:
    found = own(row)
    if found == Wishes() and hasattr(row, "customer_id"):
        above = site().registry.resource("core.customer").system_row(row.customer_id)
        found = own(above) if above is not None else found
    return found


def own(row: Any) -> Wishes:
    """The wishes that stand at a customer or contact himself."""

    def codes(value: Sequence[str] | None) -> tuple[str, ...]:
        return tuple(value or ())

    return Wishes(codes(row.wish_channels), codes(row.wish_never), codes(row.wish_times), row.wish_language, codes(row.wish_topics))


def may_reach(subject: str, row_id: int, channel: str, *, topic: str = "") -> Reach:
    """Whether a sender may use this channel (a code of the list core.channel) for this topic, and where to."""
    return may_reach_all(subject, [row_id], channel, topic=topic)[row_id]


def may_reach_all(subject: str, ids: Sequence[int], channel: str, *, topic: str = "") -> dict[int, Reach]:
    """The same for many, by three statements."""
    with system_scope("whether a sender may send"):
        table = site().registry.resource(subject).table
        rows = {row.id: row for row in session.execute(sa.select(table).where(table.c.id.in_(list(ids)), table.c.deleted_at.is_(None)))}
        firms: dict[int, Any] = {}
        if subject != "core.customer" and rows:
            firm = site().registry.resource("core.customer").table
            firms = {row.id: row for row in session.execute(sa.select(firm).where(firm.c.id.in_({row.customer_id for row in rows.values()})))}
        listed = blacklist.of_all({row.id if subject == "core.customer" else row.customer_id for row in rows.values()})
        gone = Reach(False, why=_("This record was not found."))
        return {row_id: _reach(rows[row_id], firms.get(getattr(rows[row_id], "customer_id", 0)), listed, channel, topic) if row_id in rows else gone for row_id in ids}


def _reach(row: Any, above: Any, listed: Mapping[int, Any], channel: str, topic: str) -> Reach:
    wanted = own(row)
    if wanted == Wishes() and above is not None:
        wanted = own(above)
    if row.invalid:
        return Reach(False, why=_("This record is marked as no longer valid."), wishes=wanted)
    entry = listed.get(above.id if above is not None else row.id)
    if entry is not None and entry.refuses:
        return Reach(False, why=entry.words, wishes=wanted)
    if channel in wanted.never:
        return Reach(False, why=_("Does not want to hear from us this way."), wishes=wanted)
    if topic and wanted.topics and topic not in wanted.topics:
        return Reach(False, why=_("Wants to hear of other topics only."), wishes=wanted)
    if channel == LETTER and LETTER in (row.bad_channels or {}):
        return Reach(False, why=_("Post to this address has come back."), wishes=wanted)
    columns = SENT_TO.get(channel)
    if columns is None:
        return Reach(True, wishes=wanted)
    known = [(c, getattr(row, c, None)) for c in columns if getattr(row, c, None)]
    good = [value for c, value in known if c not in (row.bad_channels or {})]
    if good:
        return Reach(True, str(good[0]), wishes=wanted)
    why = _("This address or number has proved bad.") if known else _("There is no address or number for it.")
    return Reach(False, why=why, wishes=wanted)


def refuse(subject: str, row_id: int, channel: str) -> bool:
    """He does not want to hear from us by this channel any more; whether that is new. What he wants besides stays, also where it stood
    with his customer so far. As the house: he has said it himself."""
    with writing(), system_scope("a wish of who is written to"), change("wish", resource=subject):
        resource = site().registry.resource(subject)
        row = resource.system_row(row_id)
        if row is None or row.deleted_at is not None or channel in (found := _wishes(row)).never:
            return False
        resource.write([{
            "id": row.id, "wish_channels": [one for one in found.channels if one != channel], "wish_never": [*found.never, channel], "wish_times": list(found.times),
            "wish_language": found.language, "wish_topics": list(found.topics)}], kind="wish")
        return True
