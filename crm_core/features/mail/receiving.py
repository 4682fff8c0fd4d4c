"""Mail that comes in: each box is read by a job of its own, from where it was read last, and a mail lies in it once however often it is
met. Whose it is follows from its addresses; the news that a mail of ours was not delivered marks the address as bad.
"""

import datetime as dt
import io
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.customers.api import mark_channel
from crm_core.features.files import api as files
from crm_core.features.mail import addresses, filing, imap, mailings, outgoing
from crm_core.features.mail.events import MailReceived
from crm_core.features.mail.models import Box, Direction, Mail, MailAccount, Nature
from crm_core.features.mail.parsing import Bounce, Parsed, parse
from crm_core.features.mail.rows import free, note
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.jobs import Cancelled, LostLease, Running, Stopping, later
from crm_core.kernel.models import JobRow
from crm_core.kernel.outages import is_outage, is_slow
from crm_core.kernel.site import site
from crm_core.resource import sealed
from crm_core.resource.show import show_bytes
from crm_core.text.emails import email_key

log = logging.getLogger(__name__)
FETCH = "core.mail.fetch"
EVERY = 2  # minutes
_accounts, _mails, _users, _jobs = (table_of(model) for model in (MailAccount, Mail, User, JobRow))


def look(job: Running) -> None:
    """The job of every two minutes: one job for each box that is not being read just now."""
    query = sa.select(_accounts.c.id).outerjoin(_users, _users.c.id == _accounts.c.owner_id).where(
        _accounts.c.active, _accounts.c.imap_host.is_not(None), _accounts.c.deleted_at.is_(None),
        sa.or_(_users.c.active, _accounts.c.team_id.is_not(None))).order_by(_accounts.c.id)
    boxes = list(free(query).scalars())
    busy = {row.args.get("account") for row in current_work().session.execute(
        sa.select(_jobs.c.args).where(_jobs.c.name == FETCH, _jobs.c.state.in_(("queued", "running"))))}
    slot = int(clock.now().timestamp()) // (EVERY * 60)
    with job.finish():
        for one in boxes:
            if one not in busy:
                later(FETCH, {"account": one}, key=f"{FETCH}:{one}:{slot}", label=_("Mail comes in"))


def fetch(job: Running) -> None:
    """The job: read one box from where it was read last."""
    account = free(sa.select(_accounts).where(_accounts.c.id == job.args["account"], _accounts.c.deleted_at.is_(None), _accounts.c.imap_host.is_not(None))).one_or_none()
    if account is None:
        return
    try:
        with imap.opened(imap.server(account)) as inbox:
            said = _read(job, account, inbox)
    except imap.Failed as failed:
        said = str(failed)
    except sealed.Unopened:
        said = str(_("The password cannot be read; type it in again."))
    else:
        with job.write():
            note(_accounts, [account.id], received_at=clock.now(), receiving=said or None)
        return
    with job.write():
        note(_accounts, [account.id], receiving=said[:500])
        if not account.receiving:  # told once, when it begins
            _tell(account, said)


def _read(job: Running, account: Any, inbox: imap.Inbox) -> str:
    """Take what is new. What could not be taken, in words; "" when nothing is missing."""
    cursor = account.cursor or {}
    anew = bool(cursor) and cursor.get("validity") != inbox.validity
    after = 0 if anew else int(cursor.get("uid", 0))
    since = account.receive_from or clock.local(account.created_at).date()
    lost: list[str] = []
    left: list[str] = []
    found = inbox.uids(after, since)
    job.progress(0, len(found))
    for count, uid in enumerate(found, 1):
        size = inbox.size(uid)
        raw = inbox.fetch(uid, head=size > imap.LARGEST)
        if raw is not None:  # else somebody deleted it meanwhile
            parsed = parse(raw)
            if size > imap.LARGEST:
                parsed = replace(parsed, text=str(_("This mail is too large (%(size)s): it stays on the server.", size=show_bytes(size))), unread=True)
            if parsed.unread:
                lost.append(parsed.subject or str(uid))
            try:
                _take(job, account, inbox.validity, uid, parsed)
            except (Cancelled, LostLease, Stopping, OSError):
                raise
            except Exception as error:  # one mail that nobody foresaw must not keep all that follow away
                if is_outage(error) or is_slow(error):
                    raise
                log.exception("mail %s of box %s was not taken", uid, account.id)
                left.append(parsed.subject or str(uid))
                with job.write():
                    note(_accounts, [account.id], cursor={"validity": inbox.validity, "uid": uid})
                    if len(left) == 1:
                        _tell(account, _left(left))
        job.progress(count, len(found))
    if found == [] and anew:
        with job.write():
            note(_accounts, [account.id], cursor={"validity": inbox.validity, "uid": 0})
    said = []
    if anew:
        said.append(str(_("The server numbers its mails anew: all since %(day)s were looked through once more.", day=since.isoformat())))
    if left:
        said.append(_left(left))
    if lost:
        said.append(str(ngettext("Of %(n)s mail only the head was taken: %(titles)s", "Of %(n)s mails only the head was taken: %(titles)s", len(lost), titles=", ".join(lost)[:200])))
    return " ".join(said)[:500]


def _left(titles: Sequence[str]) -> str:
    return str(ngettext("%(n)s mail could not be taken in and stays on the server: %(titles)s", "%(n)s mails could not be taken in and stay on the server: %(titles)s",
                        len(titles), titles=", ".join(titles)[:200]))


def _tell(account: Any, why: str) -> None:
    if account.owner_id is not None:
        notify([account.owner_id], _("cannot be read: %(box)s (%(why)s)", box=account.address, why=why[:200]), about=("core.mail_account", account.id), source=_("Mail"))


def _take(job: Running, account: Any, validity: int, uid: int, parsed: Parsed) -> None:
    """One mail: its row, files, what it means, where it is filed, and how far the box has been read, in one transaction."""
    with files.brought([(name, io.BytesIO(data)) for name, data in parsed.files]) as (brought, refused), job.write():
        note(_accounts, [account.id], cursor={"validity": validity, "uid": uid})
        message_id = (parsed.message_id or f"<none.{validity}.{uid}@{account.address.rpartition('@')[2]}>")[:255]
        there = free(sa.select(_mails.c.id).where(_mails.c.account_id == account.id, _mails.c.message_id == message_id, _mails.c.box == Box.received)).first()
        if there is not None:
            return
        if refused:
            lost = _("Files that were not taken: %(names)s", names=refused)
            parsed = replace(parsed, text=f"{parsed.text}\n\n[{lost}]")
        _put(account, parsed, message_id, brought)


def _put(account: Any, parsed: Parsed, message_id: str, brought: Sequence[files.Brought]) -> None:
    nature = Nature.bounce if parsed.bounces else Nature.automatic if parsed.automatic else Nature.written
    name, address = parsed.sender
    whose = _whose(account, parsed) if nature is not Nature.bounce else []
    sent = _moment(parsed.sent)
    (made,) = site().registry.resource(filing.MAIL).write([{
        "account": account.id, "receivers": _joined(parsed.receivers) or account.address, "copies": _joined(parsed.copies) or None,
        "title": parsed.subject[:200] or str(_("(no subject)")), "text": parsed.text or None, "hold": False, "box": Box.received, "nature": nature,
        "sender": str(addresses.Addressee(address, addresses.one_line(name)))[:400], "sent_at": sent,
        "customer": whose[0].customer if whose else None, "contact": whose[0].contact if whose else None,
        "owner": None if account.team_id else account.owner_id, "team": account.team_id,
    }], kind="mail")
    thread = filing.thread_of(parsed.references, account.id) or (parsed.references[0] if parsed.references else message_id)
    free(sa.update(_mails).where(_mails.c.id == made).values(
        message_id=message_id, thread=thread[:255], references=" ".join(parsed.references) or None, html=parsed.html or None))
    files.hang(filing.MAIL, made, brought)
    if whose:
        mail = free(sa.select(_mails).where(_mails.c.id == made)).one()
        filing.file(mail, Direction.received, whose)
    for one in parsed.bounces:
        _returned(account, one)
    emit(MailReceived((made,), (whose[0].customer if whose else 0,), (str(nature),)))


def _whose(account: Any, parsed: Parsed) -> list[filing.Known]:
    """The customers a mail belongs to: whose address its sender has; of one that we sent from elsewhere, its receivers."""
    own = email_key(account.address)
    sender = parsed.sender[1]
    asked = [sender] if email_key(sender) != own else [address for _name, address in (*parsed.receivers, *parsed.copies)]
    found = filing.known(asked)
    return [found[email_key(one)] for one in dict.fromkeys(asked) if email_key(one) in found]


def _returned(account: Any, bounce: Bounce) -> None:
    """A mail of ours came back: the address is marked where it is what is wrong, the mail says so, its writer hears of it. Anybody can
    write what looks like one: it counts only for a mail that this box, or the house, sent, and marks only whom that was sent to."""
    if mailings.returned(account, bounce):
        return
    said = " ".join(part for part in (bounce.status, bounce.said) if part)
    mail = free(sa.select(_mails).where(_mails.c.message_id == bounce.message_id, sa.or_(_mails.c.account_id == account.id, _mails.c.account_id.is_(None)), _mails.c.box.in_((Box.sent, Box.failed)))).first() if bounce.message_id else None
    if mail is None:
        return
    to = {email_key(one.address) for one in (*addresses.kept(mail.receivers), *addresses.kept(mail.copies))}
    if bounce.for_good and email_key(bounce.address) in to:
        for subject, row_id in filing.everybody(bounce.address):
            mark_channel(subject, row_id, "email", str(_("Mail came back: %(said)s", said=said))[:200], value=bounce.address)
    outgoing.came_back(mail, f"{bounce.address}: {said}")


def _joined(pairs: Sequence[tuple[str, str]]) -> str:
    return addresses.joined([addresses.Addressee(address, addresses.one_line(name)) for name, address in pairs])


def _moment(stamp: float | None) -> dt.datetime:
    """When it was written, as far as that can be believed."""
    now = clock.now()
    try:
        found = dt.datetime.fromtimestamp(stamp, dt.UTC) if stamp is not None else now
    except (OverflowError, ValueError, OSError):
        return now
    return found if dt.datetime(1990, 1, 1, tzinfo=dt.UTC) < found <= now else now
