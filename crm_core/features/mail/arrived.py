"""Mails that customers wrote to us, by the copies that are filed on them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.mail import addresses
from crm_core.features.mail.models import Box, Letter, Mail, MailAccount, Nature
from crm_core.kernel.site import actor, site
from crm_core.resource.changes import unscoped
from crm_core.text.emails import email_key

_mails, _letters, _accounts = table_of(Mail), table_of(Letter), table_of(MailAccount)


@dataclass(frozen=True)
class Arrived:
    """A mail from a customer: the copy that is filed on him, and on which contact."""

    letter: int
    customer: int
    contact: int | None
    title: str


def of(mails: Sequence[int]) -> list[Arrived]:
    """Of these mails in boxes, those that a customer wrote and that are filed on him; neither automatic answers, nor what one of us
    wrote from elsewhere."""
    return _found(_mails.c.id.in_(mails))


def since(moment: dt.datetime, most: int) -> list[Arrived]:
    """The newest that came since a moment, the newest first; without subjects for who may not read any."""
    found = _found(_mails.c.created_at >= moment, most=most)
    return found if _reads_subjects() else [replace(one, title="") for one in found]


def seen(letter: int) -> str | None:
    """The subject of a filed mail as the acting person sees it, "" where he sees the mail alone; None where he does not see it."""
    if not site().registry.resource("core.letter").may("read") or actor() is None:
        return None
    title = current_work().session.scalars(sa.select(Letter.title).where(Letter.id == letter)).first()
    return title if title is None or _reads_subjects() else ""


def _reads_subjects() -> bool:
    return "title" in site().registry.resource("core.letter").fields()


def _found(*where: Any, most: int | None = None) -> list[Arrived]:
    query = (
        sa.select(_letters.c.id, _letters.c.customer_id, _letters.c.contact_id, _letters.c.title, _mails.c.sender, _mails.c.id.label("mail"))
        .join(_mails, sa.and_(_mails.c.message_id == _letters.c.message_id, _mails.c.customer_id == _letters.c.customer_id))
        .where(_mails.c.box == Box.received, _mails.c.nature == Nature.written, _mails.c.deleted_at.is_(None), _letters.c.deleted_at.is_(None), *where)
        .order_by(_mails.c.id.desc()).limit(most)
    )
    conn, free = current_work().session.connection(), unscoped("who wrote to us; what a reader learns of it is asked anew")
    rows = conn.execute(query, execution_options=free).all()
    ours = {email_key(one) for one in conn.execute(sa.select(_accounts.c.address), execution_options=free).scalars()} if rows else set()
    found: dict[int, Arrived] = {}
    for row in rows:
        sender = addresses.first(row.sender)
        if sender is None or email_key(sender.address) not in ours:
            found.setdefault(row.id, Arrived(row.id, row.customer_id, row.contact_id, row.title))
    return list(found.values())
