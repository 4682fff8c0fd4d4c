"""What other features may use of mail."""

import contextlib
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope, writing
from crm_core.features.files import api as files
from crm_core.features.mail import accounts, addresses, filing, outgoing
from crm_core.features.mail.addresses import Addressee
from crm_core.features.mail.addresses import first as first_address
from crm_core.features.mail.arrived import of as arrived
from crm_core.features.mail.arrived import seen as subject_seen
from crm_core.features.mail.arrived import since as arrived_since
from crm_core.features.mail.events import MailFiled, MailQueued, MailReceived
from crm_core.features.mail.filing import MAIL
from crm_core.features.mail.models import Box, Direction, Letter, Mail
from crm_core.features.mail.rows import note
from crm_core.features.mail.wanted import unwanted
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource.changes import unscoped

__all__ = [
    "MAIL",
    "Addressee",
    "Head",
    "Letter",
    "Mail",
    "MailFiled",
    "MailQueued",
    "MailReceived",
    "arrived",
    "arrived_since",
    "box",
    "draft",
    "facts",
    "file",
    "first_address",
    "heads",
    "keep_private",
    "send",
    "sender_of",
    "subject_seen",
    "unwanted",
]


def send(account: int | None, to: str | Sequence[str], subject: str, text: str, *, about: tuple[str, int] | None = None,
         sender_id: int | None = None, attached: Sequence[tuple[str, bytes]] = (), confidential: bool = False) -> int:
    """Write a mail and let it go out; inside `writing()` it leaves when that commits. Returns its id; it is filed on `about`
    (`("core.customer", 7)` or a contact) when the server has taken it.

    `account`: the box it goes through. None: that of `sender_id` (else of who acts), else the house's own mail. Who may be written to
    by mail at all is asked by the caller (`customers.api.may_reach`, `unwanted`). `attached`: files, name and content. `confidential`: it is
    filed on nobody. Raises Refused where there is no box, Invalid for wrong addresses.
    """
    who = sender_id or my_id()
    found = accounts.facts(account) if account is not None else accounts.of_person(who) if who else None
    if found is None and (account is not None or not accounts.house()):
        raise Refused(_("There is no mail box to send from."))
    values = {
        "account": found.id if found is not None else None, "receivers": to if isinstance(to, str) else addresses.joined([addresses.Addressee(one) for one in to]),
        "title": subject[:200], "text": text, "hold": bool(attached), "confidential": confidential,
        "owner": (found.owner_id if found.team_id is None else None) if found is not None else who, "team": found.team_id if found is not None else None,
        **({"sender": accounts.house()} if found is None else {}),
        **({"subject": about[0], "subject_id": about[1]} if about else {}),
    }
    with writing(), system_scope("a mail of the house"):
        made = int(site().registry.resource(filing.MAIL).write([values], kind="mail")[0])
        for name, content in attached:
            files.put(filing.MAIL, made, name, io.BytesIO(content))
        if attached:
            outgoing.queue([made])
        return made


def draft(to: str, subject: str, text: str, *, about: tuple[str, int] | None = None, attached: Sequence[tuple[str, bytes]] = ()) -> int:
    """A mail of who acts, held back until he has read it and sends it, from his box if he has one; its id. `about` and `attached` as for
    `send`; so is what it raises."""
    mine = accounts.of_person(my_id() or 0)
    with writing():
        made = int(site().registry.resource(filing.MAIL).write([{
            "account": mine.id if mine is not None else None, "receivers": to, "title": subject[:200], "text": text, "hold": True,
            **({"subject": about[0], "subject_id": about[1]} if about else {}),
        }], kind="mail")[0])
        for name, content in attached:
            files.put(filing.MAIL, made, name, io.BytesIO(content))
    return made


class Head(NamedTuple):
    """What stands at the top of a mail that came in."""

    id: int
    sender: str
    title: str


def heads(ids: Sequence[int]) -> list[Head]:
    """Of these mails that came in, whatever anybody's rights: the address of the sender and the subject. For listeners of `MailReceived`."""
    c = table_of(Mail).c
    rows = current_work().session.execute(
        sa.select(c.id, c.sender, c.title).where(c.id.in_(list(ids)), c.box == Box.received, c.deleted_at.is_(None)).order_by(c.id),
        execution_options=unscoped("what came in"))
    return [Head(row.id, sender.address if (sender := addresses.first(row.sender)) is not None else "", row.title) for row in rows]


def lately(ids: Sequence[int], since: dt.datetime) -> tuple[int, ...]:
    """Those of these mails that came in since a moment."""
    c = table_of(Mail).c
    query = sa.select(c.id).where(c.id.in_(list(ids)), c.created_at >= since, c.deleted_at.is_(None)).order_by(c.id)
    return tuple(current_work().session.execute(query, execution_options=unscoped("when a mail came in")).scalars())


def file(mail_id: int, about: tuple[str, int]) -> None:
    """File a mail that came in on a customer or contact, as the house. Raises Missing where one of them is not there."""
    whose, table = filing.customer_of(*about), table_of(Mail)
    with writing(), system_scope("a mail is filed by what stands in it") as db:
        mail = db.execute(sa.select(table).where(table.c.id == mail_id, table.c.deleted_at.is_(None))).one_or_none()
        if whose is None or mail is None:
            raise Missing(_("This record was not found."))
        db.execute(sa.update(table).where(table.c.id == mail_id).values(customer_id=whose.customer, contact_id=whose.contact))
        if not mail.confidential:
            filing.file(mail, Direction.received, [whose])
            emit(MailFiled((mail_id,)))


def sender_of(user_id: int) -> tuple[int | None, Addressee]:
    """The box somebody's mail leaves by and the address it bears: his own, else the house's (no box). Raises Refused where there is neither."""
    found = accounts.of_person(user_id)
    if found is None and not accounts.house():
        raise Refused(_("There is no mail box to send from."))
    return (None, Addressee(accounts.house())) if found is None else (found.id, Addressee(found.address, found.name))


def facts(mail_id: int) -> Any:
    """Of a mail, whatever anybody's rights: who wrote it, to whom, in whose box it lies (`own`: that box's address; `team_id`: of a box that a team shares); None when it is gone."""
    mails = table_of(Mail)
    boxes = accounts.table
    columns = (mails.c.id, mails.c.sender, mails.c.receivers, mails.c.account_id, mails.c.owner_id, mails.c.team_id, mails.c.title, boxes.c.address.label("own"))
    query = sa.select(*columns).join(boxes, boxes.c.id == mails.c.account_id).where(mails.c.id == mail_id, mails.c.deleted_at.is_(None))
    with system_scope("a mail with an invitation") as db:
        return db.execute(query).one_or_none()


def keep_private(mail_id: int) -> None:
    """Take a mail off its customers' files, inside `writing()`; where it came to a colleague's box too it stays."""
    row = site().registry.resource(filing.MAIL).system_row(mail_id)
    if row is not None:
        note(table_of(Mail), [mail_id], confidential=True)
        with contextlib.suppress(Refused):
            filing.withdraw(row)


def box(account_id: int) -> Any:
    """A mail box, whatever anybody's rights; None when it is gone."""
    return accounts.facts(account_id)
