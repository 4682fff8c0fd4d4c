"""Mail on its way out: queued with what it belongs to, handed to the server by the outbox, filed when the server has taken it.

Each mail has its Message-ID from the moment it is written. A mail that is handed over twice, because the worker was killed between the
server's answer and our note of it, is the same mail for every server and program that receives it.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.mail import addresses, building, filing, transport, wanted
from crm_core.features.mail.events import MailQueued
from crm_core.features.mail.models import CHANGEABLE, Box, Direction, Mail, MailAccount
from crm_core.features.mail.rows import free, note
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.errors import NotNow, Refused
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.outbox import AGAIN, TRIED
from crm_core.kernel.site import site
from crm_core.resource import sealed
from crm_core.text.emails import email_key

NAME = filing.MAIL
_mails = table_of(Mail)
DUE = 200  # of those whose hour has come, in one batch


def queue(ids: Sequence[int]) -> None:
    """Let these mails go out now; inside `writing()`."""
    note(_mails, ids, box=Box.outgoing, hold=False, fault=None)
    for one in ids:
        emit(MailQueued((one,)))


def release(row: Any) -> None:
    """The act: send what lies held back, now or at its hour. Raises Refused for what has gone already, and where one of its receivers
    wants no mail by now."""
    if row.box not in CHANGEABLE and row.box != Box.failed:
        raise Refused(_("This mail has been sent already."))
    if row.account_id is None:
        raise Refused(_("Choose a mail box to send it from."))
    said = wanted.unwanted(free(sa.select(_mails).where(_mails.c.id == row.id)).mappings().one())
    if said:
        raise Refused(said[0])
    settle([row.id], row.send_at if row.box != Box.scheduled else None)
    session.expire(row)


def settle(ids: Sequence[int], send_at: dt.datetime | None) -> None:
    """To the outbox now, or laid by until its hour."""
    if send_at is not None and send_at > clock.now():
        note(_mails, ids, box=Box.scheduled, hold=False)
    else:
        queue(ids)


def hold(row: Any) -> None:
    """Keep back what would go out later."""
    note(_mails, [row.id], box=Box.held, hold=True, send_at=None)
    session.expire(row)


def due(job: Running) -> None:
    """The job of every minute: what is to go out now."""
    query = sa.select(_mails).where(_mails.c.box == Box.scheduled, _mails.c.send_at <= clock.now(), _mails.c.deleted_at.is_(None)).order_by(_mails.c.send_at).limit(DUE)
    while True:
        with job.write():
            rows = free(query).all()
            refused = {row.id: "; ".join(map(str, said)) for row in rows if (said := wanted.unwanted(row._mapping))}  # who wanted it when it was written
            queue([row.id for row in rows if row.id not in refused])
            for row in rows:
                if row.id in refused:
                    note(_mails, [row.id], box=Box.failed, fault=refused[row.id][:500])
                    _tell(row, refused[row.id])
        if not rows:
            return
        job.progress(job.done + len(rows))


def deliver(event: MailQueued) -> None:
    """Listener outside of transactions, as the house: hand these mails to the server. Raises NotNow for what is tried again,
    for most of a day; then its writer is told."""
    for mail_id in event.ids:
        mail = session.scalar(sa.select(Mail).where(Mail.id == mail_id))
        if mail is None or mail.box != Box.outgoing:
            continue  # it was sent by an attempt before, or thrown away
        try:
            refused = _hand_over(mail)
        except transport.Undelivered as failed:
            over = failed.for_good or clock.now() - max(mail.updated_at, mail.send_at or mail.updated_at) > TRIED
            with writing():
                note(_mails, [mail_id], fault=failed.said[:500], **({"box": Box.failed} if over else {}))
                if over:
                    _tell(mail, failed.said)
            if not over:
                raise NotNow(failed.said, AGAIN) from None
            continue
        with writing():
            _sent(mail_id, refused)


def _hand_over(mail: Any) -> dict[str, str]:
    """Of receivers that are refused, what the server said. Raises Undelivered."""
    account = session.scalar(sa.select(MailAccount).where(MailAccount.id == mail.account_id)) if mail.account_id else None
    if account is None and (mail.account_id or not site().config.smtp_host):
        raise transport.Undelivered(str(_("The mail box is not there any more.")), for_good=True)
    try:
        server = transport.Server.of(account) if account is not None else transport.Server.of_house(site().config)
    except sealed.Unopened:
        raise transport.Undelivered(str(_("The password of the mail box cannot be read; type it in again.")), for_good=True) from None
    sender = addresses.Addressee(account.address, account.name) if account is not None else addresses.first(mail.sender)
    assert sender is not None, "a mail of the house says its sender"
    try:
        message = building.build(mail, sender, mail.text or "", automatic=account is None)
    except building.TooLarge:
        raise transport.Undelivered(str(_("Its files are larger than mail servers take.")), for_good=True) from None
    everybody = [one.address for one in (*addresses.kept(mail.receivers), *addresses.kept(mail.copies))]
    return transport.send(server, message, sender.address, everybody)


def _sent(mail_id: int, refused: dict[str, str]) -> None:
    """It has left: say so, and file it on whose it is."""
    said = "; ".join(f"{address}: {why}" for address, why in refused.items())
    note(_mails, [mail_id], box=Box.sent, sent_at=clock.now(), fault=said[:500] or None)
    mail = free(sa.select(_mails).where(_mails.c.id == mail_id)).one()
    if refused:
        _tell(mail, said)
    whose = filed_on(mail)
    if whose:
        note(_mails, [mail_id], customer_id=whose[0].customer, contact_id=whose[0].contact)
        if not mail.confidential:
            filing.file(mail, Direction.sent, whose)


def filed_on(mail: Any) -> list[filing.Known]:
    """The customers a mail that goes out belongs to: what it is about first, then whose the addresses are."""
    about = filing.customer_of(mail.subject, mail.subject_id)
    everybody = [one.address for one in (*addresses.kept(mail.receivers), *addresses.kept(mail.copies))]
    by_address = filing.known(everybody)
    found = [by_address[email_key(one)] for one in everybody if email_key(one) in by_address]
    if about is not None:  # of several who share an address, the one it was written to
        found = [about, *(one for one in found if one.customer != about.customer)]
    return found


def came_back(mail: Any, said: str) -> None:
    """A mail that had left was returned by a server further on."""
    note(_mails, [mail.id], box=Box.failed, fault=said[:500])
    _tell(mail, said)


def _tell(mail: Any, said: str) -> None:
    """Who wrote it hears that it did not arrive."""
    who = mail.created_by_id or mail.owner_id
    if who is not None:
        notify([who], _("could not be delivered: “%(title)s” (%(why)s)", title=mail.title, why=said[:200]), about=(NAME, mail.id), source=_("Mail"))
