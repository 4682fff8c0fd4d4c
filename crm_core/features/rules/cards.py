"""What goes to customers by itself: mails, greeting cards, and what fits them, each of it once."""

from collections.abc import Mapping
from typing import Any

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.data.upsert import upsert
from crm_core.features.customers.api import may_reach
from crm_core.features.mail import api as mail
from crm_core.features.rules.kinds import PickField
from crm_core.features.rules.models import GivenOffer
from crm_core.kernel import clock
from crm_core.kernel.declare import Offered, RuleAction
from crm_core.kernel.errors import Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.site import offered, site
from crm_core.resource.fields import Field, NoteField

HELD = _("{name} stands for the record's name, {owner} for who looks after it, and so on.")
MOST = 50  # how many of what fits a package is asked for: what was offered already is passed over
BENEATH = (("with", _("Something that fits")), ("without", _("Nothing")))
_given = table_of(GivenOffer)


def _to(step: Any) -> Any:
    """The record's own address as far as it may be written to, else why not. Raises Forbidden."""
    resource = site().registry.resource("core.mail")
    if not resource.may("create"):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    if "email" not in step.resource.fields():  # the address would stand among what the rule's owner sent
        raise Forbidden(_("You may not do this: %(what)s.", what=step.resource.all_fields["email"].label))
    return may_reach(step.about[0], step.about[1], "email")


def _send(step: Any, found: Any, title: str, text: str) -> str:
    said = step.fill(title)[:200]
    mail.send(None, found.to, said, text, about=step.about)
    return str(said)


def _none(step: Any, found: Any) -> Any:
    return _("no mail to “%(name)s”: %(why)s", name=step.resource.title(step.record), why=found.why)


def _mail(step: Any, title: str, text: str) -> Any:
    """To the record's own address, as far as it may be written to; from the box of the rule's owner."""
    found = _to(step)
    return _("sent the mail “%(title)s”", title=_send(step, found, title, step.fill(text))) if found.ok else _none(step, found)


def _card(step: Any, title: str, text: str, fitting: str, before: str | None) -> Any:
    """A greeting, and beneath it what fits, where something does that was not offered yet."""
    found = _to(step)
    if not found.ok:
        return _none(step, found)
    one = take(step) if fitting == "with" else None
    if one is None:
        return _("sent the card “%(title)s”", title=_send(step, found, title, step.fill(text)))
    said = _send(step, found, title, f"{step.fill(text)}\n\n{_block(step, one, before)}")
    return _("sent the card “%(title)s” with “%(offer)s”", title=said, offer=one.name)


def _offer(step: Any, title: str, text: str) -> Any:
    found = _to(step)
    if not found.ok:
        return _none(step, found)
    one = take(step)
    if one is None:
        return _("nothing fits “%(name)s” that was not offered already", name=step.resource.title(step.record))
    said = _send(step, found, title, _block(step, one, text))
    return _("offered “%(offer)s” in the mail “%(title)s”", title=said, offer=one.name)


def _block(step: Any, one: Offered, before: str | None) -> str:
    return "\n".join(str(part) for part in (step.fill(before), one.name, one.text, one.url) if part)


def fitting(customer: int) -> list[Offered]:
    """What fits a customer, of all packages that have something; the best of each first."""
    return [one for source in offered(site().registry.offers.values()) for one in source.fits(customer, MOST)]


def take(step: Any) -> Offered | None:
    """The best that fits whom a step is about and was not offered to him; it is noted as offered in the running transaction."""
    customer = step.record.customer_id if step.resource.name == "core.contact" else step.id
    found, conn = fitting(customer), current_work().session.connection()
    for one in found:
        row = {"subject": step.about[0], "subject_id": step.about[1], "offer": one.key[:160], "at": clock.now()}
        done = conn.execute(upsert(_given, conn.dialect.name).values(row).on_conflict_do_nothing(index_elements=["subject", "subject_id", "offer"]).returning(_given.c.id)).first()
        if done is not None:
            return one
    return None


def _title(default: Any = None) -> Field:
    return Field(name="title", column="", label=_("Title"), required=True, length=200, help=HELD, default=str(default) if default else None)


def _card_fields(_resource: Any) -> list[Field]:
    return [
        _title(_("Happy birthday, {name}!")),
        NoteField(name="text", column="", label=_("Text"), required=True, default=str(_("Dear {name},\n\nall of us wish you a happy birthday and a good year."))),
        PickField(name="fitting", column="", label=_("Beneath it"), pairs=BENEATH, required=True, default="with", help=_("The best of what can be offered, if anything fits that was not offered already.")),
        NoteField(name="before", column="", label=_("Before it"), default=str(_("This could be something for you:")), help=_("Left out where nothing fits.")),
    ]


def _offer_fields(_resource: Any) -> list[Field]:
    return [_title(_("Something for you, {name}")),
            NoteField(name="text", column="", label=_("Text"), required=True, default=str(_("Dear {name},\n\nthis could be something for you:")), help=_("What fits stands beneath it; where nothing does, no mail is sent."))]


def _written_to(resource: Any) -> bool:
    return resource.name in ("core.customer", "core.contact")


def _say_card(shown: Mapping[str, str]) -> Any:
    if shown.get("fitting") == str(BENEATH[0][1]):
        return _("send it the card “%(title)s” with something that fits", title=shown["title"])
    return _("send it the card “%(title)s”", title=shown["title"])


OWN = [
    RuleAction("core.mail", _("Send a mail"), _mail, lambda s: _("send it the mail “%(title)s”", title=s["title"]), (
        _title(), NoteField(name="text", column="", label=_("Text"), required=True)), on=_written_to, icon="mail", order=25),
    RuleAction("core.card", _("Send a greeting card"), _card, _say_card, _card_fields, on=_written_to, icon="gift", order=26),
    RuleAction("core.offer", _("Offer something that fits"), _offer, lambda s: _("write to it “%(title)s” with something that fits", title=s["title"]), _offer_fields, on=_written_to, icon="shopping-cart", order=27),
]
