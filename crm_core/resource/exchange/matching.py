"""Which column of a file goes to which field, how sure that is, and what a file seems to be of.

Three witnesses, in this order: a column's name is a field's own label; its name is another word for it; its cells look
so. Nothing is sure in a file that is plainly of another thing: then a person has to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from crm_core.resource.exchange import contents
from crm_core.resource.exchange.synonyms import meaning, numbered, plain
from crm_core.text.clean import fold
from crm_core.text.scripts import has_han

Reason = Literal["name", "synonym", "content"]
Certainty = Literal["sure", "look", "unknown"]
Thing = Literal["customers", "contacts", "opportunities", "divisions", "orders", "unknown"]


@dataclass(frozen=True)
class Target:
    """Something a column can go to: its name (``phone``, ``contact.mobile``), labels in all languages, further words
    for it, the kind of field (``phone``, ``choice``, ``ref`` …), and the words it takes where these are fixed, folded."""

    name: str
    labels: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    kind: str = ""
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """What was found for one column. ``look``: likely, a person should see it. ``unknown``: do not take it unasked,
    even where ``target`` names what it might be."""

    column: str
    target: str | None
    reason: Reason | None
    certainty: Certainty


Offer = tuple[int, str, Reason, Certainty]
"""A claim of a column to a target: its rank, the lower the better, and what it stands on."""


@dataclass
class _Column:
    """A column under way."""

    at: int
    name: str
    cells: list[str]
    meaning: str = ""
    person: bool = False
    number: int = 1  # of the person
    offers: list[Offer] = field(default_factory=list)


# Meaning → targets in order of preference, for customers (with perhaps a contact in the row) and for contacts.
_CUSTOMERS: dict[str, tuple[str, ...]] = {
    "company": ("name",), "person": ("contact.name",), "legal": ("legal_representative",), "code": ("code",),
    "foreign id": ("foreign_id",), "public id": ("public_id",), "phone": ("phone", "contact.phone"),
    "mobile": ("mobile", "contact.mobile"), "second phone": ("contact.phone", "mobile"), "fax": ("fax", "contact.fax"),
    "email": ("email", "contact.email"), "second email": ("contact.email",), "website": ("website",), "hours": ("opening_hours",),
    "region": ("region", "addresses.region"), "city": ("region",), "district": ("region",), "province": ("region",),
    "street": ("addresses.street", "address"), "postcode": ("postcode", "addresses.postcode"), "industry": ("industry",),
    "owner": ("owner",), "department": ("department",), "standing": ("standing",), "customer kind": ("customer_kind",),
    "source": ("source",), "ownership": ("ownership",), "business kind": ("business_kind",), "size": ("size",),
    "kind": ("kind",), "sex": ("contact.sex",), "salutation": ("contact.salutation",), "birth": ("contact.birth_date",),
    "position": ("contact.position",), "bio": ("contact.bio",), "purpose": ("addresses.purpose",), "note": ("note",),
}  # fmt: skip
_CONTACTS: dict[str, tuple[str, ...]] = {
    "company": ("customer",), "person": ("name",), "name": ("name",), "foreign id": ("foreign_id",),
    "public id": ("public_id",), "phone": ("phone",), "mobile": ("mobile",), "second phone": ("phone", "mobile"),
    "fax": ("fax",), "email": ("email",), "postcode": ("postcode",), "sex": ("sex",), "salutation": ("salutation",),
    "birth": ("birth_date",), "age": ("age_told",), "position": ("position",), "bio": ("bio",), "note": ("bio", "note"),
}  # fmt: skip
# Targets whose words must be found among what is there: good to look at how they come out.
_CHOSEN = frozenset({"choice", "choices", "enum", "ref", "user"})
_REGIONS = ("region", "city", "district", "province")
_OTHER: dict[str, str] = {"opportunity": "opportunities", "order": "orders", "division": "divisions"}
_LEAST = 0.6


def match_columns(header: Sequence[str], samples: Sequence[Sequence[str]], targets: Sequence[Target], of: str = "") -> list[Match]:
    """One match a column, in order; each target at most once. ``samples``: some rows of the file; ``of``: the resource, where
    it is none of customers or contacts only labels and synonyms count."""
    columns = _columns(header, samples)
    names = {target.name for target in targets}
    contacts = of == "core.contact" or (not of and "customer" in names)
    customers = of == "core.customer" or (not of and not contacts and bool(names & {"standing", "contact.name"}))
    expected: Thing = "contacts" if contacts else "customers" if customers else "unknown"
    thing = guess_thing(header, samples)
    by_company = any(column.meaning == "company" for column in columns)
    by_person = any(column.meaning in ("person", "first name", "last name") for column in columns)
    strange = expected != "unknown" and thing in ("opportunities", "divisions", "orders")
    strange |= contacts and thing == "customers" and not by_person
    for column in columns:
        _by_label(column, targets)
        if expected == "unknown":
            continue
        plainly = column.meaning
        if plainly == "name" and not contacts:
            # Beside a company's name, or in an address book, a bare "name" is a person's.
            plainly = "person" if by_company or thing == "contacts" else "company"
            column.offers = (
                [offer for offer in column.offers if offer[1] != "name"] if plainly == "person" else column.offers
            )
        _by_meaning(column, plainly, _CONTACTS if contacts else _CUSTOMERS, names)
    for column in columns:
        _other_words(column, targets)
    _persons_phone(columns, names)
    if expected != "unknown" and not strange:
        _by_content(columns, names, contacts, {target.name: target for target in targets})
    kinds = {target.name: target.kind for target in targets}
    return _settle(columns, kinds, strange)


def guess_thing(header: Sequence[str], samples: Sequence[Sequence[str]]) -> Thing:
    """What a file seems to hold; ``unknown`` when it could be anything."""
    columns = _columns(header, samples)
    meanings = [column.meaning for column in columns]
    if _divisions(columns):
        return "divisions"
    for sign, thing in _OTHER.items():
        if thing != "divisions" and meanings.count(sign) >= (2 if len(columns) > 3 else 1):
            return thing  # type: ignore[return-value]
    persons = sum(meanings.count(sign) for sign in ("person", "first name", "last name", "sex", "birth", "salutation"))
    persons += sum(1 for column in columns if column.person)
    firms = sum(meanings.count(sign) for sign in _FIRM)
    cells = [column.cells for column in columns if column.meaning in ("name", "company", "person", "")]
    looks_firm = any(contents.share(some, contents.is_company) >= 0.4 for some in cells)
    looks_person = any(contents.share(some, contents.is_person) >= _LEAST for some in cells)
    named = any(sign in meanings for sign in ("name", "company", "person", "first name"))
    if "company" in meanings or looks_firm or firms >= 2:
        own = {"first name", "last name", "sex", "birth", "salutation"} & set(meanings)
        if len(own) >= 2 and firms < 2:
            return "contacts"
        return "customers" if named or looks_firm else "unknown"
    if persons and (looks_person or persons >= 2 or "person" in meanings) and _reachable(meanings):
        return "contacts"
    if looks_person and _reachable(meanings):
        return "contacts"
    return "customers" if "name" in meanings and _reachable(meanings) else "unknown"


_FIRM = ("legal", "industry", "ownership", "business kind", "size", "employees", "standing", "customer kind", "tax")


def _reachable(meanings: Sequence[str]) -> bool:
    """Whether the file has a way to reach someone; lists without one are seldom of customers or contacts."""
    return any(sign in meanings for sign in ("phone", "mobile", "email", "street", "fax", "website", "im"))


def _divisions(columns: list[_Column]) -> bool:
    """Names of divisions beside their codes: nothing else has both."""
    meanings = [column.meaning for column in columns]
    names = [
        c for c in columns if c.meaning in ("name", *_REGIONS) and contents.share(c.cells, contents.is_region) >= 0.5
    ]
    codes = [c for c in columns if contents.share(c.cells, contents.is_division_code) >= 0.9]
    if meanings.count("division") >= 2 or ("division" in meanings and names):
        return True
    return bool(names and codes) and len(columns) <= 6 and not _reachable(meanings)


def _columns(header: Sequence[str], samples: Sequence[Sequence[str]]) -> list[_Column]:
    columns = []
    for at, name in enumerate(header):
        cells = [row[at].strip() for row in samples if at < len(row) and row[at].strip()]
        bare, number = numbered(name)
        said, person = meaning(bare)
        columns.append(_Column(at, name, cells, said, person, number))
    return columns


def _by_label(column: _Column, targets: Sequence[Target]) -> None:
    word = plain(column.name)
    for number, target in enumerate(targets):
        if any(plain(label) == word for label in target.labels) or plain(target.name) == word:
            column.offers.append((number, target.name, "name", "sure"))
        elif any(plain(synonym) == word for synonym in target.synonyms):
            column.offers.append((100 + number, target.name, "synonym", "sure"))


def _other_words(column: _Column, targets: Sequence[Target]) -> None:
    """A field whose words stand in code takes no others, whatever its label: 客户类型 may hold 老客户, 潜在 …"""
    cells = {fold(cell) for cell in column.cells}
    for target in targets:
        if target.words and len(cells & target.words) < len(cells) / 2:
            column.offers = [offer for offer in column.offers if offer[1] != target.name]


def _by_meaning(column: _Column, said: str, table: dict[str, tuple[str, ...]], names: set[str]) -> None:
    for place, name in enumerate(table.get(said, ())):
        if column.number > 1:
            name = f"contact{column.number}.{name.removeprefix('contact.')}"
        elif column.person and f"contact.{name}" in names:
            name = f"contact.{name}"
        if name in names:
            rank = 200 + place * 10 + (_REGIONS.index(said) if said in _REGIONS else 0)
            column.offers.append((rank, name, "synonym", "sure"))


def _persons_phone(columns: list[_Column], names: set[str]) -> None:
    """In a file with a column of persons a mobile number is the person's."""
    if "contact.mobile" not in names or not any(o[1] == "contact.name" for c in columns for o in c.offers):
        return
    for column in columns:
        if column.meaning == "mobile" and not column.person:
            column.offers = [(190, "contact.mobile", "synonym", "sure"), *column.offers]
            column.offers = [o for o in column.offers if not (o[1] == "mobile" and o[2] == "name")] + [
                (210, "mobile", "synonym", "sure")
            ]


def _by_content(columns: list[_Column], names: set[str], contacts: bool, targets: dict[str, Target]) -> None:
    person = "name" if contacts else "contact.name"
    company = "customer" if contacts else "name"
    looks: tuple[tuple[str, Callable[[str], bool], tuple[str, ...]], ...] = (
        ("email", contents.is_email, ("email", "contact.email")),
        ("url", contents.is_url, ("website",)),
        ("mobile", contents.is_mobile, ("mobile", "contact.mobile")),
        ("phone", contents.is_phone, ("phone", "contact.phone")),
        ("company", contents.is_company, (company,)),
        ("person", contents.is_person, (person,)),
        ("region", contents.is_region, ("region",)),
        ("address", contents.is_address, ("addresses.street",)),
    )
    for column in columns:
        _doubt(column)
        if column.offers or column.meaning or len(column.cells) < 2:
            continue
        for place, (_, is_so, wanted) in enumerate(looks):
            if contents.share(column.cells, is_so) >= _LEAST:
                column.offers += [(300 + place, name, "content", "look") for name in wanted if name in names][:1]
                break


def _doubt(column: _Column) -> None:
    """Take back what the name promises and the cells deny: keys of another system for an owner, US cities for a
    division of China, one key for all rows."""
    kept: list[Offer] = []
    for offer in column.offers:
        _, target, reason, _ = offer
        short = target.rpartition(".")[2]
        if target in ("owner", "department") and contents.share(column.cells, contents.is_record_id) > 0.5:
            continue
        if short == "region" and contents.share(column.cells, contents.is_region) < 0.5:
            if reason == "name" and contents.share(column.cells, has_han) >= 0.5:
                kept.append((offer[0], target, reason, "look"))  # perhaps regions of one's own
            continue
        if target == "foreign_id" and len(set(column.cells)) < len(column.cells):
            continue
        if short == "email" and column.cells and contents.share(column.cells, contents.is_email) < 0.3:
            continue
        if (
            short in ("phone", "mobile", "fax")
            and reason != "name"
            and contents.share(column.cells, _digits) < 0.3 < len(column.cells)
        ):
            continue
        kept.append(offer)
    column.offers = kept


def _digits(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _settle(columns: list[_Column], kinds: dict[str, str], strange: bool) -> list[Match]:
    """Give each target to the column with the best claim to it, and each column what is left of its claims."""
    claims = sorted(
        (rank, column.at, name, reason, sure) for column in columns for rank, name, reason, sure in column.offers
    )
    taken: set[str] = set()
    given: dict[int, Match] = {}
    for _, at, name, reason, certainty in claims:
        if at in given or name in taken:
            continue
        if reason == "synonym" and kinds.get(name) in _CHOSEN:
            certainty = "look"
        given[at] = Match(columns[at].name, name, reason, "unknown" if strange else certainty)
        taken.add(name)
    return [given.get(column.at, Match(column.name, None, None, "unknown")) for column in columns]
