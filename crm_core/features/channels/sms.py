"""SMS to customers: asked of a record as an act, filed on its customer, handed to the service by the outbox as long as he still wants it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope, writing
from crm_core.features.channels import services
from crm_core.features.channels.fields import ChannelField
from crm_core.features.channels.models import Sms, State
from crm_core.features.customers.api import may_reach
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError, Forbidden, Missing, NotNow, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.outbox import AGAIN, TRIED
from crm_core.kernel.site import my_id, site
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import Field, NoteField

NAME, CUSTOMER, CONTACT = "core.sms", "core.customer", "core.contact"
SHORT = 60  # characters of a text in lists
_sms = table_of(Sms)
TEXT = NoteField(name="text", column="", label=_("Text"), required=True, length=services.LONGEST)
WAY = ChannelField(name="channel", column="", label=_("Message channel"), phones=True, help=_("Empty: the first one that reaches phones."))


@dataclass(frozen=True)
class SmsQueued(Event):
    """An SMS to a customer is to go out."""

    label: ClassVar[Any] = _("An SMS is to go out")
    ids: tuple[int, ...]


def offered() -> bool:
    """Whether this house can send SMS at all."""
    return bool(services.usable(phones=True))


def fields(_resource: Any) -> tuple[Field, ...]:
    """What the act asks; which channel only where there are several."""
    return (TEXT, WAY) if len(services.usable(phones=True)) > 1 else (TEXT,)


def act(row: Any, text: str, channel: str | None = None) -> None:
    """Act on a customer or contact: write to him. Raises Refused with the reason where he may not be written to this way."""
    subject = CONTACT if hasattr(row, "customer_id") else CUSTOMER
    if "mobile" not in site().registry.resource(subject).fields():
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Send an SMS")))
    send_to(subject, row.id, text, channel=int(channel) if channel else None)


def send_to(subject: str, row_id: int, text: Any, *, channel: int | None = None) -> int:
    """Write an SMS to a customer or contact (`"core.customer"` or `"core.contact"`, its id); it is filed on the customer and leaves
    when the running write transaction has committed. `channel`: the id of one that reaches phones, None for the first there is. Returns
    the id of what is filed. Raises Missing for who is not there, Refused where he may not be written to this way, or where no channel is on.
    """
    way = next((one for one in services.usable(phones=True) if channel in (None, one.id)), None)
    if way is None:
        raise Refused(_("There is no channel for SMS that is switched on."))
    with writing(), system_scope("an SMS is filed"):
        row = site().registry.resource(subject).system_row(row_id)
        if row is None:
            raise Missing(_("This record was not found."))
        reach = may_reach(subject, row_id, "sms")
        if not reach.ok:
            raise Refused(_("%(who)s: %(why)s", who=site().registry.resource(subject).title(row), why=reach.why))
        said = str(text).strip()[: services.LONGEST]
        first = " ".join(said.split())
        (made,) = site().registry.resource(NAME).write([{
            "customer": row.customer_id if subject == CONTACT else row.id, "contact": row.id if subject == CONTACT else None,
            "title": first if len(first) <= SHORT else f"{first[:SHORT].rstrip()}…", "text": said, "author": my_id()}], kind="sms")
        _note(made, channel_id=way.id)
        emit(SmsQueued((int(made),)))
        return int(made)


def deliver(event: SmsQueued) -> None:
    """Listener, outside of transactions, as the house. Raises NotNow for what is tried again, for most of a day;
    then its writer is told."""
    row = current_work().session.execute(sa.select(_sms).where(_sms.c.id == event.ids[0]), execution_options=unscoped("an SMS leaves")).one_or_none()
    if row is None or row.state != State.waiting or row.deleted_at is not None:
        return  # an attempt before has settled it
    about = (CONTACT, row.contact_id) if row.contact_id is not None else (CUSTOMER, row.customer_id)
    reach = may_reach(*about, "sms")
    if not reach.ok:
        _failed(row, str(reach.why))
        return
    try:
        services.hand_over(row.channel_id, reach.to, row.text)
    except CrmError as bad:
        if getattr(bad, "for_good", False) or clock.now() - row.created_at > TRIED:
            _failed(row, str(bad))
            return
        with writing():
            _note(row.id, fault=str(bad)[:500])
        raise NotNow(str(bad), getattr(bad, "seconds", AGAIN)) from None
    with writing():
        _note(row.id, state=State.sent, sent_at=clock.now(), fault=None)


def _failed(row: Any, why: str) -> None:
    """Say so where it is filed, and to who wrote it."""
    with writing():
        _note(row.id, state=State.failed, fault=why[:500])
        if row.author_id is not None:
            notify([row.author_id], _("could not be sent: “%(title)s” (%(why)s)", title=row.title, why=why[:200]), about=(NAME, row.id), source=_("SMS"))


def _note(sms_id: int, **values: Any) -> None:
    current_work().session.flush()
    current_work().session.connection().execute(sa.update(_sms).where(_sms.c.id == sms_id).values(**values), execution_options=unscoped("how an SMS fares"))
