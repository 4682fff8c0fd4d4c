"""The page of a message: whom it came from, the conversation it belongs to, who has read it; and how lists say how one stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.session import session
from crm_core.features.messages import sending
from crm_core.features.messages.models import Box, Kind, Message
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource.show import full_moment, show_date, show_moment
from crm_core.web import cells, render, urls
from crm_core.web.viewmodels import Act, Entry, LinesTable, Number, PhoneAct, RecordPage, Status, Timeline, TimelineDay

columns: list[Callable[[Sequence[int]], tuple[Any, Mapping[int, Any]] | None]] = []
"""Slot: what features say of the copies of a message one has sent: a head, and words by copy; None where there is nothing."""
LONGEST = 50  # messages of a conversation on one page
NEW = "/core/message/new"


def state(row: Any, read: tuple[int, int] = (0, 0)) -> Status | None:
    """How a copy stands; `read`: by how many of how many, of one that was sent."""
    if row.box == Box.held:
        return Status(_("Held back"), "clock", "amber")
    if row.box == Box.sent:
        return Status(_("%(n)s of %(all)s read", n=read[0], all=read[1]), "checks" if read[0] == read[1] else "check", "green" if read[0] == read[1] else "")
    if sending.awaits(row):
        return Status(_("To acknowledge"), "alert-triangle", "red")
    if row.read_at is None:
        return Status(_("Unread"), "mail", "acc")
    return Status(_("Acknowledged"), "checks", "green") if row.acknowledged_at else Status(_("Read"), "check")


def load_state(ids: Sequence[int]) -> Mapping[int, Any]:
    """The list's computed column: one statement, another one where there are some that one has sent."""
    columns = Message.id, Message.box, Message.kind, Message.read_at, Message.acknowledged_at
    rows = session.execute(sa.select(*columns).where(Message.id.in_(ids))).all()
    read = sending.read_by([row.id for row in rows if row.box == Box.sent])
    return {row.id: cells.status(state(row, read.get(row.id, (0, 0)))) for row in rows}


def dress(row: Any, page: RecordPage) -> RecordPage:
    """The page of a copy, by five statements at most."""
    mine = list(session.scalars(
        sa.select(Message).where(Message.owner_id == row.owner_id, Message.thread_id == row.thread_id, Message.thread_id.is_not(None))
        .order_by(Message.id.desc()).limit(LONGEST)))
    copies = sending.copies(row.id) if row.box == Box.sent else []
    names = render.user_names({one.sender_id for one in mine} | {row.sender_id})
    numbers = [_from(row, names)]
    if row.subject and row.subject_id:
        target = site().registry.resources.get(row.subject)
        label = target.name_of(row.subject_id) if target is not None else ""
        if label:
            numbers.append(Number(_("About"), label, url=urls.of_name(site().registry, row.subject, row.subject_id)))
    read = sum(1 for one in copies if one.read_at)
    if row.box != Box.held:
        page = _settled(page, _acts(row, names))
    return replace(
        page, status=state(row, (read, len(copies))), numbers=tuple(numbers),
        lines=(*page.lines, *([_readers(row, copies)] if copies else ())), timeline=_conversation(mine, names) if len(mine) > 1 else page.timeline,
        seen_url=f"/notices/message/{row.id}/read" if row.box == Box.received and row.read_at is None else "",
    )


def _settled(page: RecordPage, acts: tuple[Act, ...]) -> RecordPage:
    """What has been sent is answered, not edited."""
    first, rest = (acts[0], acts[1:]) if acts and acts[0].icon == "corner-up-left" else (None, acts)
    own = page.primary if page.primary is not None and page.primary.icon != "pencil" else None
    phone = tuple(PhoneAct(first.label, first.icon, first.url, main=True) if one.icon == "pencil" and first is not None else one
                  for one in page.phone if one.icon != "pencil" or first is not None)
    return replace(
        page, primary=own or first, acts=(*page.acts, *((first,) if own and first else ()), *rest), more=tuple(one for one in page.more if one.icon != "pencil"),
        groups=tuple(replace(group, edit_url="") for group in page.groups), phone=phone, sheet=(*page.sheet, *rest))


def _from(row: Any, names: Mapping[int, str]) -> Number:
    if row.source:
        return Number(_("Sender"), _("System · %(source)s", source=words.read(row.source)))
    name = names.get(row.sender_id, "")
    return Number(_("Sender"), name, person=render.person(name, row.sender_id))


def _acts(row: Any, names: Mapping[int, str]) -> tuple[Act, ...]:
    title = row.title if row.title.startswith(("Re: ", "回复：")) else _("Re: %(title)s", title=row.title)
    about = [("subject", sending.NAME), ("subject_id", str(row.id))]
    others = [one for one in (row.sender_id, *(row.people or ())) if one is not None and one != actor().user_id]
    found = []
    if row.sender_id is not None:
        first = others[:1] if row.box == Box.received else others
        found.append(Act(_("Reply"), urls.address(NEW, [("people", ",".join(map(str, first))), ("title", str(title)), *about]), "corner-up-left", key="R"))
        if len(set(others)) > 1 and row.box == Box.received:
            found.append(Act(_("Reply to all"), urls.address(NEW, [("people", ",".join(map(str, dict.fromkeys(others)))), ("title", str(title)), *about]), "corner-up-left-double"))
    if site().registry.resource("core.task").may("create"):
        found.append(Act(_("Save as task"), urls.address("/core/task/new", [("title", row.title), ("text", (row.text or "")[:1_000]), *about]), "checkbox"))
    return tuple(found)


def _readers(row: Any, copies: Sequence[Any]) -> LinesTable:
    """Who has it, and since when he knows it."""
    def when(moment: Any) -> Any:
        return show_moment(moment, short=True) if moment is not None else ""

    announced = row.kind == Kind.announcement
    more = [found for load in columns if (found := load([one.id for one in copies])) is not None]
    heads = (_("Receiver"), _("Read"), *((_("Acknowledged"),) if announced else ()), *(head for head, _said in more))
    rows = tuple((one.name, when(one.read_at), *((when(one.acknowledged_at),) if announced else ()), *(said.get(one.id, "") for _head, said in more)) for one in copies)
    return LinesTable(ngettext("%(n)s receiver", "%(n)s receivers", len(copies)), heads, rows)


def _conversation(rows: Sequence[Any], names: Mapping[int, str]) -> Timeline:
    days = []
    for day, found in groupby(rows, key=lambda one: clock.local(one.sent_at or one.created_at).date()):
        entries = tuple(Entry(
            Markup("<b>{}</b>").format(names.get(one.sender_id, "")) + Markup(' <a class="lnk" href="{}">{}</a>').format(
                urls.of_name(site().registry, sending.NAME, one.id), one.title),
            f"{clock.local(one.sent_at or one.created_at):%H:%M}", "mail", moment=(one.sent_at or one.created_at).isoformat(),
            full=full_moment(one.sent_at or one.created_at), body=one.text or "") for one in found)
        days.append(TimelineDay(show_date(day), entries))
    return Timeline(tuple(days), title=_("Conversation"))
