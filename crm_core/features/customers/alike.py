"""What beside its own fields tells that a customer or a contact is here already: a contact with the number, mail address or name
that is typed, an address with the same street and number, a contact of the same name at a firm like his."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.approvals.api import WAITING
from crm_core.features.customers.models import Address, Contact
from crm_core.kernel.site import actor, site
from crm_core.resource import twinkeys, twins
from crm_core.resource.changes import unscoped
from crm_core.text.pinyin import person_key
from crm_core.text.places import street_key

MOST = 40  # addresses and contacts that are looked at
PERSONS = "legal_representative", "general_manager", "sales_head", "publicity_head"  # of a firm, often its contacts too
_contact, _address = table_of(Contact), table_of(Address)


def beside(given: Mapping[str, Any], streets: list[str], near: Collection[int]) -> dict[int, list[twins.Reason]]:
    """Ids of customers, whatever anybody's rights, and why: four statements at most. `near`: those found by their own fields."""
    found: dict[int, dict[str, twins.Reason]] = {}

    def say(customer: int, what: str, field: str) -> None:
        found.setdefault(customer, {}).setdefault(what, twins.Reason(what, field))

    contacts = site().registry.resource("core.contact")
    seen = contacts.fields().keys() if contacts.may("read") else set()  # whom they are hidden from is not told what they have
    # Nobody is told of a contact that waits for review but its author.
    there = _contact.c.deleted_at.is_(None), sa.or_(_contact.c.review.is_(None), _contact.c.review.not_in(WAITING), _contact.c.created_by_id == actor().user_id)
    named = {person_key(str(given[name])): name for name in (*PERSONS, "name") if given.get(name)}
    numbers = {name: str(given[name]) for name in ("phone", "mobile", "email") if given.get(name)}
    if numbers:
        field = next(iter(numbers)) if seen >= numbers.keys() else ""
        for customer, name_key in _ask(sa.select(_contact.c.customer_id, _contact.c.name_key).where(
                bulk.among(_contact.c.id, twins.candidates(contacts, twinkeys.keys(contacts, numbers))), *there)):
            say(customer, "both" if name_key in named else "contact", field)
    if near and named:
        for customer, name_key in _ask(sa.select(_contact.c.customer_id, _contact.c.name_key).distinct().where(
                bulk.among(_contact.c.customer_id, near), _contact.c.name_key.in_(named), *there).limit(MOST)):
            if "both" not in found.get(customer, ()):
                say(customer, "namesake", named[name_key] if "name" in seen else "")
    if wanted := sorted({key for street in streets if (key := street_key(street))}):
        for (customer,) in _ask(sa.select(_address.c.customer_id).distinct().where(
                _address.c.street_key.in_(wanted), _address.c.deleted_at.is_(None)).limit(MOST)):
            say(customer, "address", "addresses")
    return {customer: list(reasons.values()) for customer, reasons in found.items()}


def elsewhere(given: Mapping[str, Any]) -> dict[int, list[twins.Reason]]:
    """Ids of contacts called like this at customers that look like the one chosen, if the actor knows that one: a few statements."""
    firm, customers = given.get("customer"), site().registry.resource("core.customer")
    if not (isinstance(firm, int) and given.get("name") and customers.labels([firm]) and (row := twins.values(customers, [firm]).get(firm))):
        return {}
    near = [one.id for one in twins.matches(customers, row, without=firm)]
    return {row.id: [twins.Reason("firm_alike", "customer")] for row in _ask(sa.select(_contact.c.id).where(
        bulk.among(_contact.c.customer_id, near), _contact.c.name_key == person_key(str(given["name"])), _contact.c.deleted_at.is_(None)).limit(MOST))}


def _ask(query: Any) -> Any:
    return current_work().session.connection().execute(query, execution_options=unscoped("duplicates"))
