"""Where letters to customers and contacts go: which address, to whom of the firm, and who gets none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers import blacklist, reach
from crm_core.features.customers.models import Address, Contact, Customer, Kind, Position, Region
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import choices, sensitive
from crm_core.resource.post import FIRM, MAIN, NO_ADDRESS, TO, Post
from crm_core.text.postal import HOME, Recipient

# Of several addresses the first that is there; a letter goes where people sit.
ORDER = ("office", None, "registered", "other", "delivery", "factory", "invoice", "home")
WISHES = ("wish_channels", "wish_never", "wish_times", "wish_language", "wish_topics")
COLUMNS = ("id", "name", "region_id", "postcode", "country", "kind", "invalid", "bad_channels", *WISHES)
PERSON = ("id", "customer_id", "name", "salutation", "sex", "position_id", "main", "invalid", "bad_channels", *WISHES)
INVALID, BAD, NEVER, LISTED = _("no longer valid"), _("post has come back"), _("wants no letters"), _("on the blacklist")


def _rows(resource: Any, wanted: sa.ColumnElement[bool], names: Iterable[str]) -> list[Any]:
    model = resource.model
    query = resource.visible("print").with_only_columns(*(getattr(model, name) for name in names))
    return list(session.execute(query.where(wanted)))


class CustomerPost:
    """Customers: to the main contact, to all, or to the firm."""

    rules: Mapping[str, Any] = TO

    def collect(self, resource: Any, ids: Sequence[int], to: str) -> Post:
        post = Post()
        for start in range(0, len(ids), 400):
            _Letters(ids[start : start + 400]).write(post, ids[start : start + 400], to)
        return post


class ContactPost:
    """Contacts: each at the address of his firm."""

    rules: Mapping[str, Any] = {}

    def collect(self, resource: Any, ids: Sequence[int], _to: str) -> Post:
        post = Post()
        for start in range(0, len(ids), 400):
            part = ids[start : start + 400]
            people = {row.id: row for row in _rows(resource, Contact.id.in_(part), PERSON)}
            letters = _Letters(list({row.customer_id for row in people.values()}), people.values())
            for row_id in part:
                person = people.get(row_id)
                if person is None:
                    continue
                customer = letters.customers.get(person.customer_id)
                if customer is None:
                    post.leave(NO_ADDRESS, person.name)
                else:
                    letters.one(post, customer, person, person.id)
        return post


class _Letters:
    """What is needed to write to some customers, by a handful of questions."""

    def __init__(self, ids: Sequence[int], people: Iterable[Any] | None = None) -> None:
        registry = site().registry
        customers, contacts = registry.resource("core.customer"), registry.resource("core.contact")
        self.shown, self.of_person = set(customers.fields()), contacts.fields()
        line = customers.line_resource("addresses").fields()
        self.customers = {row.id: row for row in _rows(customers, Customer.id.in_(ids), COLUMNS)}
        self.people = list(people) if people is not None else _rows(contacts, Contact.customer_id.in_(ids), PERSON) if contacts.may("print") else []
        noted = {name: self.of_person[name] for name in ("name", "salutation", "sex", "position") if name in self.of_person}
        sensitive.read(contacts, noted, self.people, "print")
        found: dict[int, list[Any]] = {}
        if "street" in line:
            query = sa.select(Address.customer_id, Address.purpose, Address.region_id, Address.street, Address.postcode)
            for row in session.execute(query.where(Address.customer_id.in_(list(self.customers))).order_by(Address.id)):
                found.setdefault(row.customer_id, []).append(row)
        self.places = {i: min(rows, key=lambda r: ORDER.index(r.purpose) if r.purpose in ORDER else len(ORDER)) for i, rows in found.items()}
        self.listed = blacklist.of_all(self.customers)
        wanted = {r.region_id for r in self.places.values()} | {r.region_id for r in self.customers.values()}
        self.regions = {r.id: (r.full_name, r.full_english) for r in session.execute(sa.select(Region.id, Region.full_name, Region.full_english).where(Region.id.in_(wanted - {None})))}
        posts = {r.position_id for r in self.people} - {None}
        self.positions = {r.id: (r.name, r.english) for r in session.execute(sa.select(Position.id, Position.name, Position.english).where(Position.id.in_(posts)))}

    def write(self, post: Post, ids: Sequence[int], to: str) -> None:
        by_firm: dict[int, list[Any]] = {}
        for person in sorted(self.people, key=lambda r: (not r.main, r.id)):
            by_firm.setdefault(person.customer_id, []).append(person)
        for row_id in ids:
            customer = self.customers.get(row_id)
            if customer is None:
                continue
            people = by_firm.get(row_id, [])
            if to == MAIN:
                people = [p for p in people if p.main][:1]
            if to == FIRM or not people:
                self.one(post, customer, None)
            else:
                for person in people:
                    self.one(post, customer, person)

    def one(self, post: Post, customer: Any, person: Any, row_id: int = 0) -> None:
        """A letter to the firm or to a person there, or why there is none; of which record it is, when not the customer's."""
        name = f"{customer.name} · {person.name}" if person is not None else customer.name
        why = self._why_not(customer, person)
        place = self.places.get(customer.id)
        if why or place is None:
            post.leave(why or NO_ADDRESS, name)
            return
        country = (customer.country if "country" in self.shown else None) or HOME
        zh, en = self.regions.get(place.region_id or customer.region_id, ("", ""))
        firm = customer.name if customer.kind is Kind.company or person is not None else ""
        post.found.append(Recipient(
            firm=firm, name=self._known(person, "name") if person is not None else "" if firm else customer.name, title=self._title(person),
            position=self.positions.get(self._known(person, "position", "position_id"), ("", "")) if person is not None else ("", ""), region=zh if country == HOME else en or zh,
            street=place.street, postcode=place.postcode or (customer.postcode if "postcode" in self.shown else "") or "", country=_country(country), row_id=row_id or customer.id))

    def _known(self, person: Any, name: str, column: str = "") -> Any:
        return getattr(person, column or name) if name in self.of_person else ""

    def _title(self, person: Any) -> tuple[str, str]:
        """The form of address: his own, else by his sex."""
        if person is None:
            return "", ""
        code = self._known(person, "salutation") or {"male": "mr", "female": "ms"}.get(self._known(person, "sex") or "", "")
        word = choices.words("core.salutation").get(code)
        return (word.zh, word.en) if word is not None else ("", "")

    def _why_not(self, customer: Any, person: Any) -> Any:
        one = person if person is not None else customer
        listed = self.listed.get(customer.id)
        if customer.invalid or one.invalid:
            return INVALID
        if listed is not None and listed.refuses:
            return LISTED
        if any(reach.LETTER in (row.bad_channels or {}) for row in (customer, one)):
            return BAD
        wishes = reach.own(one)
        if wishes == reach.Wishes() or person is None:
            wishes = reach.own(customer)
        return NEVER if reach.LETTER in wishes.never else ""


def _country(code: str) -> str:
    """What the post abroad reads, behind what ours reads; nothing within the house's own country."""
    word = choices.words("core.country").get(code)
    if code == HOME:
        return ""
    return f"{word.zh} {word.en.upper()}" if word is not None else code


CUSTOMER, CONTACT = CustomerPost(), ContactPost()
