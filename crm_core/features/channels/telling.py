"""Notices by the channel their receiver chose: every minute, what he has not read, in one message, told once."""

from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.session import system_scope
from crm_core.features.channels import services
from crm_core.features.messages import api as messages
from crm_core.kernel import words
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.i18n import _, in_language, ngettext
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import actor, site

NAME = "core.channels.tell"
MOST = 8  # notices in one message; the rest is a number


def run(job: Running) -> None:
    Pace(job).drain(_tell)


def _tell(most: int) -> int:
    """One batch: handed to the outbox and noted as told in one transaction."""
    found = messages.telling.waiting(most)
    open_to = {one.id for one in services.usable(people=True)}
    for one in found:
        if one.channel_id not in open_to:
            continue  # gone, off, or not for notices any more: they stand in his list
        with in_language(one.language):
            try:
                services.send(one.channel_id, one.phone, text_of(one))
            except (Missing, Refused):
                continue  # he has no number any more
    messages.telling.tell(found)
    return sum(len(one.lines) for one in found)


def text_of(one: Any) -> str:
    """What somebody is told, in the language that is spoken now."""
    lines = [f"{messages.title(line.sender, line.source)}: {words.read(line.text)}" for line in one.lines[:MOST]]
    if len(one.lines) > MOST:
        lines.append(str(ngettext("and %(n)s more", "and %(n)s more", len(one.lines) - MOST)))
    return "\n".join([*lines, f"{site().config.url.rstrip('/')}/notices"])


def ways() -> list[tuple[int, str, Any]]:
    """The channels the acting person may choose, and why one does not reach him."""
    kinds, phone = site().registry.channels, None
    found: list[tuple[int, str, Any]] = []
    for one in services.usable(people=True):
        why: Any = ""
        if kinds[one.kind].needs_receiver:
            phone = _my_phone() if phone is None else phone
            why = "" if phone else _("Your account has no phone number: enter it under My account.")
        found.append((one.id, one.name, why))
    return found


def _my_phone() -> str:
    with system_scope("own account") as db:
        return db.scalar(sa.select(User.phone).where(User.id == actor().user_id)) or ""
