"""Pages of boxes, mails and filed copies: the text, the conversation, what can be done next; and the lines on time lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import flask
import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.session import session
from crm_core.features.mail import accounts, addresses, choosing, filing
from crm_core.features.mail.models import CHANGEABLE, Box, Direction, Letter, Mail
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import acts as doing
from crm_core.resource.show import full_moment, show_date, show_moment
from crm_core.text.emails import email_key
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.viewmodels import (
    Act,
    Entry,
    FactGroup,
    Note,
    Number,
    PanelView,
    PhoneAct,
    RecordPage,
    Timeline,
    TimelineDay,
)

NEW = "/core/mail/new"
LONGEST = 50  # mails of a conversation on one page


@dataclass(frozen=True)
class Answered:
    """What a new mail needs of the one it answers."""

    about: tuple[str | None, int | None]
    thread: str | None
    references: str
    message_id: str | None
    sender: str | None
    text: str | None
    sent_at: Any
    created_at: Any

    @classmethod
    def of(cls, row: Any) -> "Answered":
        if isinstance(row, Letter):
            about: tuple[str | None, int | None] = (filing.CONTACT, row.contact_id) if row.contact_id else (filing.CUSTOMER, row.customer_id)
            return cls(about, row.thread, "", row.message_id, row.sender, row.text, row.written_at, row.created_at)
        return cls((row.subject, row.subject_id), row.thread, row.references or "", row.message_id, row.sender, row.text, row.sent_at, row.created_at)


def offer(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """On the page of a customer or contact: write to him, where the reader has a box."""
    if resource.name not in (filing.CUSTOMER, filing.CONTACT) or not getattr(row, "email", None) or not doing.allows(resource, "update", row):
        return page
    if "email" not in resource.fields() or actor() is None or actor().token is not None or not accounts.usable():
        return page
    act = Act(_("Write mail"), urls.address(NEW, [("receivers", str(addresses.Addressee(row.email, addresses.one_line(resource.title(row)))),),
                                                 ("subject", resource.name), ("subject_id", str(row.id)),
                                                 ("back", urls.of_record(resource, row.id))]), "mail")
    return replace(page, more=(act, *page.more), sheet=(act, *page.sheet) if page.sheet else ())


def from_template() -> dict[str, str]:
    """Title and text of a new mail that a link wants from a template, filled with the record it is written about."""
    if not flask.has_request_context() or not (given := flask.request.args.get("template", "")):
        return {}
    found = choosing.filled(whole(given) or 0, flask.request.args)
    return {"title": found[0], "text": found[1]} if found is not None else {}


def dress_account(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """How the servers answered when last asked, and a button to ask them."""
    if not doing.allows(resource, "update", row):
        return page
    test = Act(_("Test"), f"/core/mail_account/{row.id}/test", "plug-connected-x", "post")
    note = None
    if row.tested_at is not None:
        good = row.sending == str(_("Works"))
        note = Note(_("Sending: %(said)s", said=row.sending or ""), show_moment(row.tested_at), "green" if good else "red", "check" if good else "alert-triangle")
    if row.imap_host and row.receiving:
        note = Note(_("Receiving: %(said)s", said=row.receiving), note.title if note is not None else "", "amber", "alert-triangle")
    elif row.imap_host and row.received_at is not None and (note is None or note.colour == "green"):
        note = Note(_("Last looked for mail: %(when)s", when=show_moment(row.received_at)), note.title if note is not None else "", "green", "check")
    return replace(page, acts=(test, *page.acts), note=note or page.note)


def dress_mail(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """A mail with its conversation."""
    mine = list(session.scalars(
        sa.select(Mail).where(Mail.thread == row.thread, Mail.account_id == row.account_id, Mail.thread.is_not(None)).order_by(Mail.id.desc()).limit(LONGEST)))
    numbers = [Number(_("Sender"), row.sender or ""), Number(_("Receivers"), row.receivers), *([Number(_("Copy to"), row.copies)] if row.copies else [])]
    target = _about(row.subject, row.subject_id) or _about(filing.CUSTOMER, row.customer_id)
    if target is not None:
        numbers.append(Number(_("About"), target[0], url=target[1]))
    note = Note(_("What went wrong"), row.fault, "red" if row.box == Box.failed else "amber", "alert-triangle") if row.fault else page.note
    page = replace(page, groups=_with_box(row, page.groups), numbers=tuple(numbers), note=note, first=(*_drawn(row.html), *page.first),
                   seen_url=f"/core/mail/{row.id}/read" if row.box == Box.received and row.read_at is None else "")
    if row.box in CHANGEABLE:
        return page
    own = {email_key(one.address) for one in accounts.usable()}
    page = _settled(page, _acts(filing.MAIL, row, answered=row.box == Box.received, own=own))
    return replace(page, timeline=_conversation(filing.MAIL, mine)) if len(mine) > 1 else page


def _with_box(row: Any, groups: tuple[FactGroup, ...]) -> tuple[FactGroup, ...]:
    """Who reads a mail of his or his team's knows the box it lies in by name, whether or not he may look at the box (its servers, its signature)."""
    if not any(one.name == "account" and one.hidden for group in groups for one in group.facts) or (box := accounts.facts(row.account_id)) is None:
        return groups
    return tuple(replace(group, facts=tuple(replace(one, value=box.name) if one.name == "account" else one for one in group.facts)) for group in groups)


def dress_letter(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """A filed copy with what else was written in the same matter."""
    rows = list(session.scalars(sa.select(Letter).where(Letter.customer_id == row.customer_id, Letter.thread == row.thread).order_by(Letter.id.desc()).limit(LONGEST)))
    mine = accounts.usable() if actor() is not None else []
    made = _acts(filing.LETTER, row, answered=row.direction == Direction.received, own={email_key(one.address) for one in mine}) if mine else ()
    return replace(_settled(page, made), first=(*_drawn(row.html), *page.first), timeline=_conversation(filing.LETTER, rows) if len(rows) > 1 else page.timeline)


def _drawn(page: str | None) -> tuple[PanelView, ...]:
    """A mail that was written with tables and bold letters, as far as it is safe (parse_child.py): no picture of it is fetched."""
    if not page or "<" not in page:
        return ()
    return (PanelView(_("As it was written"), "mail-opened", html=Markup('<div class="mail-html">{}</div>').format(Markup(page)), foot=_("Pictures and scripts of mails are not loaded.")),)


def _about(subject: str | None, subject_id: int | None) -> tuple[str, str] | None:
    target = site().registry.resources.get(subject) if subject else None
    label = target.name_of(subject_id) if target is not None else ""
    return (label, urls.of_name(site().registry, subject, subject_id)) if label and subject and subject_id else None


def _acts(name: str, row: Any, *, answered: bool, own: set[str]) -> tuple[Act, ...]:
    """Answer it, answer all, make a task of it."""
    others = [one for one in (*addresses.kept(row.receivers), *addresses.kept(row.copies)) if email_key(one.address) not in own]
    first = addresses.first(row.sender) if answered else None
    to = [first] if first is not None else others
    title = row.title if row.title.casefold().startswith(("re:", "回复:", "回复：", "答复:", "答复：")) else str(_("Re: %(title)s", title=row.title))[:200]
    about = [("subject", name), ("subject_id", str(row.id))]
    found = [Act(_("Reply"), urls.address(NEW, [("receivers", addresses.joined(to[:20])), ("title", title), *about]), "corner-up-left", key="R")] if to else []
    if answered and others:
        everybody = addresses.joined([*to, *others][:20])
        found.append(Act(_("Reply to all"), urls.address(NEW, [("receivers", everybody), ("title", title), *about]), "corner-up-left-double"))
    if site().registry.resource("core.task").may("create"):
        found.append(Act(_("Save as task"), urls.address("/core/task/new", [("title", row.title), ("text", (row.text or "")[:300]), *about]), "checkbox"))
    return tuple(found)


def _settled(page: RecordPage, acts: tuple[Act, ...]) -> RecordPage:
    """What has been sent or has come is answered, not edited; its text stands in the conversation."""
    first, rest = (acts[0], acts[1:]) if acts and acts[0].icon == "corner-up-left" else (None, acts)
    own = page.primary if page.primary is not None and page.primary.icon != "pencil" else None
    phone = tuple(PhoneAct(first.label, first.icon, first.url, main=True) if one.icon == "pencil" and first is not None else one
                  for one in page.phone if one.icon != "pencil" or first is not None)
    groups = tuple(replace(group, edit_url="") for group in page.groups)
    return replace(
        page, primary=own or first, acts=(*page.acts, *((first,) if own and first else ()), *rest), more=tuple(one for one in page.more if one.icon != "pencil"),
        groups=groups, phone=phone, sheet=(*page.sheet, *rest))


def _conversation(name: str, rows: Sequence[Any]) -> Timeline:
    days = []

    def when(one: Any) -> Any:
        return getattr(one, "written_at", None) or getattr(one, "sent_at", None) or one.created_at

    for day, found in groupby(sorted(rows, key=lambda one: (when(one), one.id), reverse=True), key=lambda one: clock.local(when(one)).date()):
        entries = tuple(Entry(
            Markup("<b>{}</b> ").format(one.sender or "") + Markup('<a class="lnk" href="{}">{}</a>').format(urls.of_name(site().registry, name, one.id), one.title),
            f"{clock.local(when(one)):%H:%M}", "mail", moment=when(one).isoformat(), full=full_moment(when(one)), body=one.text or "") for one in found)
        days.append(TimelineDay(show_date(day), entries))
    return Timeline(tuple(days), title=_("Conversation"))


def line(resource: Any, entry: Any, names: Mapping[str, Mapping[int, str]]) -> Mapping[str, Any]:
    """How a filed mail is drawn on a time line."""
    data = entry.data or {}
    link = Markup('<a class="lnk" href="{}">{}</a>').format(urls.of_name(site().registry, filing.LETTER, entry.record_id), entry.title or "")
    if data.get("direction") == Direction.received:
        who = addresses.first(data.get("sender"))
        said: Any = Markup("<b>{}</b> {} {}").format((who.name or who.address) if who else data.get("sender") or "", _("wrote by mail:"), link)
        return {"sentence": said, "icon": "mail", "colour": "acc"}
    someone = names.get("core.user", {}).get(entry.actor_id or 0) or _("The system")
    return {"sentence": Markup("<b>{}</b> {} {}").format(someone, _("sent a mail:"), link), "icon": "send", "colour": ""}


