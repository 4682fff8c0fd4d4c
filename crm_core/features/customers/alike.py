"""What beside its own fields tells that a customer is here already: a contact with the number or mail address that is typed, an
address with the same street and number."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.customers.models import Address, Contact
from crm_core.kernel.site import site
from crm_core.resource import twinkeys, twins
from crm_core.resource.changes import unscoped
from crm_core.text.places import street_key

MOST = 40  # addresses that are looked at
_contact, _address = table_of(Contact), table_of(Address)


def beside(given: Mapping[str, Any], streets: list[str]) -> dict[int, list[twins.Reason]]:
    """Ids of customers, whatever anybody's rights, and why: three statements at most."""
    found: dict[int, list[twins.Reason]] = {}
    numbers = {name: str(given[name]) for name in ("phone", "mobile", "email") if given.get(name)}
    if numbers:
        contacts = site().registry.resource("core.contact")
        keys = twinkeys.keys(contacts, numbers)
        first = next(iter(numbers))
        for customer in _ask(sa.select(_contact.c.customer_id).distinct().where(
                bulk.among(_contact.c.id, twins.candidates(contacts, keys)), _contact.c.deleted_at.is_(None))):
            found.setdefault(customer, []).append(twins.Reason("contact", first))
    if wanted := sorted({key for street in streets if (key := street_key(street))}):
        for customer in _ask(sa.select(_address.c.customer_id).distinct().where(
                _address.c.street_key.in_(wanted), _address.c.deleted_at.is_(None)).limit(MOST)):
            found.setdefault(customer, []).append(twins.Reason("address", "addresses"))
    return found


def _ask(query: Any) -> Any:
    return current_work().session.connection().execute(query, execution_options=unscoped("duplicates")).scalars()
