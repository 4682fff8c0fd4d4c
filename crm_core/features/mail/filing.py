"""Whose mail it is: addresses to customers and contacts, and the copies that are filed on customers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope
from crm_core.features.customers.api import Contact, Customer
from crm_core.features.files import api as files
from crm_core.features.mail.models import Direction, Letter, Mail
from crm_core.features.mail.rows import free
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import changes, removal, timeline, twinkeys, twins
from crm_core.resource.changes import unscoped
from crm_core.text.emails import email_key

MAIL, LETTER, CUSTOMER, CONTACT = "core.mail", "core.letter", "core.customer", "core.contact"
KIND = "letter"  # of the lines on time lines
SHOWN = 600  # characters of a mail on a time line
_customers, _contacts, _letters = (table_of(model) for model in (Customer, Contact, Letter))


@dataclass(frozen=True)
class Known:
    """A customer, or a contact of one, with this address."""

    customer: int
    contact: int | None = None

    @property
    def about(self) -> tuple[str, int]:
        return (CONTACT, self.contact) if self.contact is not None else (CUSTOMER, self.customer)


def known(addresses: Iterable[str]) -> dict[str, Known]:
    """Whom these addresses belong to, by their key, whatever anybody's rights; a contact before his customer, of several the oldest. An
    address that stands with several customers means the one whose contact bears it; none of them when that says nothing."""
    return {key: some[0] for key, some in _bearers(addresses).items()}


def everybody(address: str) -> list[tuple[str, int]]:
    """All contacts and customers with an address."""
    return [(CONTACT, one.contact) if one.contact is not None else (CUSTOMER, one.customer) for some in _bearers([address]).values() for one in some]


def _bearers(addresses: Iterable[str]) -> dict[str, list[Known]]:
    wanted = {email_key(one) for one in addresses if one}
    found: dict[str, list[Known]] = {}
    if not wanted:
        return found
    for table, name in ((_contacts, CONTACT), (_customers, CUSTOMER)):
        ids = twins.candidates(site().registry.resource(name), _keys(name, wanted))
        if not ids:
            continue
        columns = (table.c.id, table.c.email, table.c.customer_id if name == CONTACT else table.c.id.label("customer_id"))
        for row in free(sa.select(*columns).where(table.c.id.in_(ids), table.c.deleted_at.is_(None)).order_by(table.c.id)):
            if (key := email_key(row.email or "")) in wanted:
                found.setdefault(key, []).append(Known(row.customer_id, row.id if name == CONTACT else None))
    return found


def _keys(name: str, wanted: Iterable[str]) -> list[str]:
    resource = site().registry.resource(name)
    return [token for one in sorted(wanted) for token in twinkeys.keys(resource, {"email": one})]


def customer_of(subject: str | None, subject_id: int | None) -> Known | None:
    """The customer behind what a mail is about."""
    if subject == CUSTOMER and subject_id:
        return Known(subject_id)
    if subject == CONTACT and subject_id:
        row = free(sa.select(_contacts.c.customer_id).where(_contacts.c.id == subject_id)).one_or_none()
        return Known(row.customer_id, subject_id) if row is not None else None
    return None


def file(mail: Any, direction: Direction, whose: Sequence[Known], *, again: bool = False) -> list[int]:
    """The copies of a mail for these customers, inside `writing()`; the same mail is filed on a customer once, however many boxes it
    came to. `again`: copies that were taken off come back. Ids of the copies that were made, or came back."""
    wanted = {one.customer: one for one in reversed(whose)}
    there = free(sa.select(_letters.c.id, _letters.c.customer_id, _letters.c.deleted_at).where(
        _letters.c.customer_id.in_(list(wanted)), _letters.c.message_id == mail.message_id)).all() if mail.message_id else []
    fresh = [one for customer, one in sorted(wanted.items()) if customer not in {row.customer_id for row in there}]
    gone = [row.id for row in there if row.deleted_at is not None] if again else []
    if not fresh and not gone:
        return []
    with system_scope("a mail is filed on its customers"), changes.change("mail", resource=LETTER) as change:
        back = removal.restore_rows(site().registry.resource(LETTER), gone, change) if gone else []
        made = site().registry.resource(LETTER).write([{
            "customer": one.customer, "contact": one.contact, "title": mail.title, "direction": direction, "sender": mail.sender,
            "receivers": mail.receivers, "copies": mail.copies, "text": mail.text, "written_at": mail.sent_at,
            "author": mail.created_by_id if direction is Direction.sent else None,
        } for one in fresh], kind="mail")
        free(sa.update(_letters).where(_letters.c.id.in_(made)).values(message_id=mail.message_id, thread=mail.thread, html=mail.html))
        files.copy(MAIL, mail.id, [*back, *made], to=LETTER)
    return [*back, *map(int, made)]


def file_many(letters: Sequence[Mapping[str, Any]]) -> None:
    """Copies of what went to many, each on its customer, in a few statements however many; inside `writing()`."""
    with system_scope("mails to many are filed on their customers"), changes.change("mail", resource=LETTER):
        made = site().registry.resource(LETTER).write([
            {"direction": Direction.sent, **{name: value for name, value in one.items() if name != "message_id"}} for one in letters], kind="mail")
        current_work().session.connection().execute(
            sa.update(_letters).where(_letters.c.id == sa.bindparam("row")).values(message_id=sa.bindparam("mine"), thread=sa.bindparam("mine")),
            [{"row": row_id, "mine": one["message_id"]} for row_id, one in zip(made, letters, strict=True)], execution_options=unscoped("copies filed on customers"))


def withdraw(mail: Any) -> None:
    """Take the copies of a mail off its customers again. Raises Refused where another box files it there too."""
    if not mail.message_id:
        return
    mails = table_of(Mail)
    rows = free(sa.select(_letters.c.id, _letters.c.customer_id).where(_letters.c.message_id == mail.message_id, _letters.c.deleted_at.is_(None))).all()
    others = free(sa.select(mails.c.id).where(
        mails.c.message_id == mail.message_id, mails.c.account_id != mail.account_id, sa.not_(mails.c.confidential), mails.c.deleted_at.is_(None),
        mails.c.customer_id.in_([row.customer_id for row in rows]))).first()
    if others is not None:
        raise Refused(_("It came to a colleague's box too, which files it on the customer: it stays there."))
    if rows:
        with system_scope("a mail is kept private"):
            site().registry.resource(LETTER).delete([row.id for row in rows])


def written(verb: str, ids: Sequence[int]) -> None:
    """Keep the lines on time lines true to the copies: on the customer and on the contact."""
    entry = timeline.Entry
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        if verb in ("create", "restore"):
            rows = free(sa.select(_letters).where(_letters.c.id.in_(some)).order_by(_letters.c.id)).all()
            timeline.add_all([line for row in rows for line in _lines(row)])
        elif verb == "delete":
            current_work().session.execute(sa.delete(entry).where(entry.record == LETTER, entry.record_id.in_(some)))


def _lines(row: Any) -> list[dict[str, Any]]:
    places = [(CUSTOMER, row.customer_id), *([(CONTACT, row.contact_id)] if row.contact_id is not None else [])]
    text = (row.text or "").strip()
    return [
        {"subject": subject, "subject_id": subject_id, "at": row.written_at, "kind": KIND, "title": row.title,
         "body": (text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…") or None, "actor_id": row.author_id, "record": LETTER, "record_id": row.id,
         "data": {"direction": str(row.direction), "sender": row.sender, "receivers": row.receivers}}
        for subject, subject_id in places
    ]


def thread_of(references: Sequence[str], account_id: int | None) -> str | None:
    """The conversation in a box that a mail with these references belongs to."""
    if not references:
        return None
    mails = table_of(Mail)
    found = free(sa.select(mails.c.thread).where(mails.c.message_id.in_(references), mails.c.account_id == account_id, mails.c.thread.is_not(None))
                  .order_by(mails.c.id.desc()).limit(1)).scalar()
    return str(found) if found else None
