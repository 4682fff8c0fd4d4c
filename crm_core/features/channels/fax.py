"""Fax by a gateway of mail: a number is an address there. What leaves is a mail with a PDF through a mail box; what comes is a mail from the
gateway, filed on whose number stands in it.
"""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.base import table_of
from crm_core.data.session import system_scope
from crm_core.document import pdf
from crm_core.features.channels.sms import CONTACT, CUSTOMER
from crm_core.features.customers.api import Contact, Customer, may_reach
from crm_core.features.mail import api as mail
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.site import site
from crm_core.resource.fields import Field, NoteField
from crm_core.resource.settings import Setting, Settings
from crm_core.resource.show import show_date
from crm_core.text.emails import clean_email
from crm_core.text.phones import phone_key

JOB = "core.fax.send"
PLACE = "{number}"
LAST = 7  # digits by which customers are looked for; then the numbers are compared
MOST = 50  # customers whose numbers end alike
_DIGITS = re.compile(r"\+?[\d][\d\s()./-]{4,}\d")
FIELDS = (
    Field(name="title", column="", label=_("Subject"), required=True, length=200),
    NoteField(name="text", column="", label=_("Text"), required=True, length=20_000),
)
STYLE = "body { font-size: 14px; line-height: 1.5 } h1 { font-size: 20px } .said { white-space: pre-wrap }"


class FaxSettings(Settings):
    label = _("Fax")
    name = "fax"
    order = 40
    departments = False
    gateway: str = Setting("", _("Address at the gateway"), _("The number stands in the place of {number}: {number}@fax.example.com. Empty: no fax."), length=200)  # type: ignore[assignment]

    @classmethod
    def check(cls, values: Mapping[str, Any]) -> None:
        """An address with a place for the number, or nothing. Raises Invalid."""
        said = (values.get("gateway") or "").strip()
        if said and (said.count(PLACE) != 1 or not _good(said.replace(PLACE, "1"))):
            raise Invalid({"gateway": [_("An e-mail address with {number} in it is expected.")]})


def _good(address: str) -> bool:
    try:
        return bool(clean_email(address))
    except ValueError:
        return False


def offered() -> bool:
    """Whether this house has a gateway."""
    return PLACE in FaxSettings.now().gateway


def act(row: Any, title: str, text: str) -> None:
    """Act on a customer or contact: write him a fax. Raises Refused with the reason where he may not be written to this way."""
    subject = CONTACT if hasattr(row, "customer_id") else CUSTOMER
    resource = site().registry.resource(subject)
    if "fax" not in resource.fields():
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Send a fax")))
    reach = may_reach(subject, row.id, "fax")
    if not reach.ok:
        raise Refused(_("%(who)s: %(why)s", who=resource.title(row), why=reach.why))
    later(JOB, {"subject": subject, "id": row.id, "title": title, "text": text})


def run(job: Running) -> None:
    """Draw it, then hand it to the mail box: one mail, however often this is begun. Raises Refused where he does not want it by now."""
    subject, row_id, title = job.args["subject"], int(job.args["id"]), str(job.args["title"])
    reach = may_reach(subject, row_id, "fax")
    if not reach.ok:
        raise Refused(reach.why)
    page = Markup('<p>{}</p><h1>{}</h1><div class="said">{}</div>').format(show_date(clock.today()), title, job.args["text"])
    drawn = pdf(page, title=title, css=STYLE)
    with job.finish():
        mail.send(None, address_of(reach.to), title, title, about=(subject, row_id), attached=[(f"{_('Fax')}.pdf", drawn)])


def address_of(number: str) -> str:
    """Where the gateway takes a fax to this number: digits, and + for the abroad. Raises Refused without a gateway."""
    gateway = FaxSettings.now().gateway.strip()
    digits = phone_key(number)
    if PLACE not in gateway:
        raise Refused(_("This house has no gateway for fax."))
    if not digits:
        raise Invalid({"fax": [_("This is no number.")]})
    return gateway.replace(PLACE, f"+{digits[2:]}" if digits.startswith("00") else digits)


# --- what comes in -----------------------------------------------------------------------------------------------------


def received(event: mail.MailReceived) -> None:
    """Listener: file mails of the gateway by the number in them; what stands with several customers, or none, stays where it lies."""
    gateway = FaxSettings.now().gateway.strip().lower()
    if PLACE not in gateway:
        return
    wanted = [one for one, nature in zip(event.ids, event.natures, strict=True) if nature != "bounce"]
    for head in mail.heads(wanted):
        number = number_in(gateway, head.sender, head.title)
        found = holders(number) if number else []
        if len(found) == 1:
            mail.file(head.id, found[0])


def number_in(gateway: str, sender: str, title: str) -> str:
    """Whose fax a mail is, by the key of his number: from the address where that carries it, else from the subject; "" for a mail that
    is not the gateway's."""
    address, (before, after) = sender.lower(), gateway.split(PLACE)
    if hit := re.fullmatch(rf"{re.escape(before)}(\+?\d{{5,20}}){re.escape(after)}", address):
        return phone_key(hit[1])
    if address.rpartition("@")[2] != gateway.rpartition("@")[2]:
        return ""
    found = _DIGITS.search(title)
    return phone_key(found[0]) if found else ""


def holders(number: str) -> list[tuple[str, int]]:
    """The customers with this fax number, each by the contact who bears it where there is one; as the house."""
    found: dict[int, tuple[str, int]] = {}
    with system_scope("whose fax it is") as db:
        for name, model in ((CONTACT, Contact), (CUSTOMER, Customer)):
            c = table_of(model).c
            plain: Any = c.fax
            for mark in ("-", " ", "(", ")", "."):
                plain = sa.func.replace(plain, mark, "")
            owner = c.customer_id if name == CONTACT else c.id
            query = sa.select(c.id, owner.label("customer"), c.fax).where(c.fax.is_not(None), c.deleted_at.is_(None), plain.like(f"%{number[-LAST:]}%")).order_by(c.id).limit(MOST)
            for row in db.execute(query):
                if phone_key(row.fax) == number:
                    found.setdefault(row.customer, (name, row.id))
    return list(found.values())
