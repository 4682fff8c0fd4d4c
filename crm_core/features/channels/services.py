"""Sending by a channel: asked for in a transaction, told to the service after it, through the outbox."""

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa

from crm_core.access.rights import made
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.channels.models import PURPOSE, Channel
from crm_core.kernel import declare
from crm_core.kernel.errors import CrmError, Missing, NotNow, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import sealed

NAME = "core.channel"
LONGEST = 2_000  # characters of a message; what a service takes less of is cut by its adapter
_channels = table_of(Channel)


@dataclass(frozen=True)
class ChannelMessage(Event):
    """A message is to go out by a channel: `ids` is its id."""

    label: ClassVar[Any] = _("A message is to go out by a channel")
    ids: tuple[int, ...]
    to: str
    text: str

    @property
    def key(self) -> str:
        """Each message goes for itself: one that a service refuses holds up no other."""
        mark = hashlib.sha256(f"{self.to} {self.text}".encode()).hexdigest()[:16]
        return f"{type(self).__name__}:{self.ids[0]}:{mark}"


class Found(NamedTuple):
    """A channel of the house."""

    id: int
    name: str
    kind: str
    for_people: bool
    active: bool


def usable(*, phones: bool = False, people: bool = False) -> list[Found]:
    """The channels that are switched on, by name: of all, those that reach a phone number, or those everybody may have his notices
    sent by. Kept in the process until somebody changes one."""
    return [one for one in _all(phones) if one.active and (not people or one.for_people)]


def there(*, phones: bool = False) -> bool:
    """Whether this house has set up any channel, or one that reaches phones, switched on or not."""
    return bool(_all(phones))


def _all(phones: bool) -> list[Found]:
    kinds = site().registry.channels
    return [one for one in made(("channels",), _load) if one.kind in kinds and (not phones or kinds[one.kind].needs_receiver)]


def _load() -> list[Found]:
    c = _channels.c
    query = sa.select(c.id, c.name, c.kind, c.for_people, c.active).where(c.deleted_at.is_(None)).order_by(c.name_key, c.id)
    return [Found(*row) for row in current_work().session.execute(query)]


def choices() -> list[tuple[int, str]]:
    """The channels that are switched on: (id, name)."""
    return [(one.id, one.name) for one in usable()]


def send(channel: int | str, to: str, text: Any) -> None:
    """Send a text by a channel (its id or name) once the running write transaction has committed; joins `writing()`.

        send("Sales group", "", _("%(name)s has signed.", name=customer.name))
        send(sms, "+8613800138000", "Your table is ready.")

    `to`: whom it is for, as the service knows him: a phone number for SMS; for a group chat the numbers of members to be named,
    separated by commas, "all", or "". The service is tried five times, then the delivery is parked. Raises Missing for a channel
    that is not there, Refused for one that is switched off, or without anybody to send to where that is needed.
    """
    which = _channels.c.id == channel if isinstance(channel, int) else _channels.c.name == channel
    row = session.execute(sa.select(_channels.c.id, _channels.c.active, _channels.c.kind).where(which, _channels.c.deleted_at.is_(None))).one_or_none()
    if row is None:
        raise Missing(_("There is no such channel."))
    service = service_of(row.kind)
    if not row.active:
        raise Refused(OFF)
    if service.needs_receiver and not to.strip():
        raise Refused(_("Say to whom this is to be sent."))
    with writing():
        emit(ChannelMessage((row.id,), to.strip()[:500], str(text)[:LONGEST]))


OFF = _("This channel is switched off.")


def service_of(kind: str) -> declare.Channel:
    """The service of a channel. Raises Missing where no package that is on has it."""
    found = site().registry.channels.get(kind)
    if found is None:
        raise Missing(_("No module that is on speaks with this service."))
    return found


def deliver(event: ChannelMessage) -> None:
    """Listener, outside of a transaction: hand a message to its service. Raises CrmError where it was not taken."""
    hand_over(event.ids[0], event.to, event.text)


def hand_over(channel: int, to: str, text: str) -> None:
    """Speak with the service of a channel, outside of transactions. Raises CrmError where it did not take the message."""
    row = current_work().session.execute(sa.select(_channels).where(_channels.c.id == channel)).one_or_none()
    if row is None or row.deleted_at is not None or not row.active:
        raise Refused(OFF)
    try:
        account = declare.ChannelAccount(sealed.open_(PURPOSE, row.url), sealed.open_(PURPOSE, row.secret), row.body or "")
    except sealed.Unopened:
        raise Refused(_("Its address was kept with another key of this site: enter it again.")) from None
    current_work().end_reading()
    service_of(row.kind).send(account, to, text)


def by_hand(row: Any, to: str | None, text: str) -> None:
    """Act: a message by hand."""
    send(row.id, to or "", text)


class Busy(NotNow):
    """The service takes no more messages for now; what it said, without address or secret."""


class NotTaken(CrmError):
    """The service did not take the message; what it said, without address or secret. `for_good`: it will not take it later either."""

    status = 502

    def __init__(self, message: Any, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good
