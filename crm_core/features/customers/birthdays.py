"""Birthdays of one's contacts in one's calendar (resource/feeds.py), for who may know them; the reading is noted."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Contact
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import sensitive
from crm_core.resource.feeds import Date
from crm_core.web import urls

MOST = 1_000


def mine(first: dt.date | None = None, last: dt.date | None = None) -> Iterator[Date]:
    """The next birthday of each contact of the acting person's own customers."""
    contacts = site().registry.resource("core.contact")
    fields = {name: field for name, field in contacts.fields().items() if name == "birth_date"}
    if not fields or not contacts.may("read"):
        return
    query = sa.select(Contact).where(Contact.owner_id == actor().user_id, Contact.next_birthday.is_not(None), Contact.invalid.is_(False))
    if first is not None:
        query = query.where(Contact.next_birthday.between(first, last))
    rows = session.scalars(query.order_by(Contact.next_birthday).limit(MOST)).all()
    sensitive.read(contacts, fields, rows, "feed")
    for row in rows:
        if row.next_birthday is not None:
            yield Date(f"birthday-{row.public_id}", row.next_birthday, str(_("Birthday: %(name)s", name=row.name)), url=urls.of_record(contacts, row.id))
