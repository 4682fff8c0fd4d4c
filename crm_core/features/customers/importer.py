"""Importing customers: a row is known again by equal normalised name and one equal phone, mail or region; contacts, an address and
tags may stand in the same row, and rows of one customer below each other bring one contact each."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.access.scope import Scope
from crm_core.data import bulk
from crm_core.data.session import current_work
from crm_core.features.customers import holding, tags
from crm_core.features.customers.models import Contact, Customer
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import derived
from crm_core.resource.changes import History, unscoped
from crm_core.resource.exchange import refresh
from crm_core.resource.exchange.importing import Importer, Item, Target
from crm_core.resource.exchange.items import reason
from crm_core.resource.fields import NoteField
from crm_core.text.clean import clean_line

_SEVERAL = re.compile("[;；,，、|\n]")
MOST = 100  # customers of one name that are compared
CONTACTS = 5  # that a row may have
GROUPS = ("contact", *(f"contact{n}" for n in range(2, CONTACTS + 1)))
CONTACT = ("name", "salutation", "sex", "birth_date", "position", "phone", "mobile", "fax", "email", "bio")


class CustomersImporter(Importer):
    """Customers with, perhaps, contacts, one address and tags a row."""

    @classmethod
    def all_targets(cls, resource: Any) -> list[Target]:
        found = super().all_targets(resource)
        contacts = site().registry.resource("core.contact")
        if contacts.may("create"):
            fields = contacts.fields(writing=True)
            for number, group in enumerate(GROUPS, 1):
                found += [Target(f"{group}.{n}", _contact_label(number, fields[n].label), fields[n], group=group) for n in CONTACT if n in fields]
        if resource.may("update") and "tag" in {act.name for act in resource.actions}:
            found.append(Target("tags.names", _("Tags"), NoteField(name="names", column="", label=_("Tags")), group="tags"))
        return found

    def tables(self) -> dict[str, sa.Table]:
        return {**super().tables(), **dict.fromkeys(GROUPS, Contact.__table__)}

    def pools(self) -> Mapping[int, str]:
        """Public pools that the acting person may import into."""
        return holding.pools()

    def alike(self, items: list[Item]) -> None:
        """Equal normalised name and one equal number, mail, code or region: the same. Equal name alone: doubtful."""
        who = actor()
        brief, whole, may = who.scope("core.customer.brief", "read"), who.scope("core.customer", "read"), who.scope("core.customer", "update")
        known = {True: self.resource.fields().keys(), False: self.resource.brief_resource.fields().keys()}
        hits = _named({_name_key(item) for item in items}, brief, {*whole.asks, *may.asks})
        for item in items if hits else ():
            visible = hits.get(_name_key(item), ())
            sure = [r for r in visible if _same(item, r, known[whole.holds(r)])]
            if not sure and any(group in item.groups for group in GROUPS):
                sure = _made_here([r for r in visible if not _differ(item, r)])
            if len(sure) == 1 and may.holds(sure[0]):
                item.row_id = sure[0].id
            elif len(sure) == 1:
                item.faults.append(reason(_("This customer is there and held by a colleague.")))
            elif visible:
                item.doubt = (str(_("There is a customer named “%(name)s”; nothing else is equal.", name=visible[0].name)), visible[0].id)

    def keys(self, item: Item) -> list[tuple[Any, ...]]:
        name = _name_key(item)
        return [*super().keys(item), ("name", name)] if name else super().keys(item)

    def again(self, item: Item, first: Item, kind: str) -> None:
        """Two new rows of one batch with the same name: the same firm when a number or the region is, else doubtful; two ids
        of the other system are two firms."""
        if kind != "name" or item.twin is not None:
            super().again(item, first, kind)
        elif item.foreign_id and first.foreign_id and item.foreign_id != first.foreign_id:
            return
        elif _same(item, _Marks(first)) or (any(group in item.groups for group in GROUPS) and not _differ(item, _Marks(first))):
            super().again(item, first, kind)
        else:
            item.doubt = (str(_("Row %(line)s of this file has the same name.", line=first.line)), None)

    def row(self, item: Item) -> dict[str, Any]:
        values = super().row(item)
        if not values.get("name") and item.row_id is None and (person := item.groups.get("contact", {}).get("name")):
            return {**values, "name": person, "kind": self.resource.all_fields["kind"].load("person")}
        return values

    def follow(self, items: list[Item]) -> None:
        """The contacts of the rows: known again by name at their customer, else new; then tags, and the pool."""
        said = {target.group for name in self.mapping.values() if (target := self.targets.get(name)) is not None}
        groups = [g for g in GROUPS if g in said]
        wanted = {(at, g): i for at, i in enumerate(items) if i.row_id for g in groups if i.groups.get(g, {}).get("name")} if groups else {}
        if wanted:
            self._contacts(wanted)
        self._tags(items)
        if self.options.pool and (made := [i.row_id for i in items if i.row_id and i.made]):
            holding.into_pool(sorted(set(made)), int(self.options.pool))

    def _tags(self, items: list[Item]) -> None:
        said: dict[str, dict[int, int]] = {}
        for at, item in enumerate(items):
            if item.row_id and "tags" in item.groups:
                for name in _SEVERAL.split(item.groups["tags"]["names"]):
                    said.setdefault(clean_line(name), {})[at] = item.row_id
        for name, rows in said.items():
            try:
                tags.put(self.resource, sorted(set(rows.values())), [name] if name else [])
            except Invalid as bad:
                raise Invalid(bad.fields, bad.message, rows={at: {"tags.names": [bad.message]} for at in rows}) from None

    def _contacts(self, wanted: Mapping[tuple[int, str], Item]) -> None:
        query = sa.select(Contact.customer_id, Contact.name, Contact.id).where(
            bulk.among(Contact.customer_id, {i.row_id for i in wanted.values()}))
        have = {(r[0], r[1]): r[2] for r in current_work().session.execute(query)}
        rows: dict[Any, dict[str, Any]] = {}
        places: dict[Any, tuple[int, str]] = {}
        for (at, group), item in wanted.items():
            values = item.groups[group]
            key = (item.row_id, values["name"])
            row = rows.setdefault(key, {"customer": item.row_id, **({"id": have[key]} if key in have else {})})
            row.update(values)
            places[key] = at, group
        contacts = site().registry.resource("core.contact")
        if self.options.existing == "refresh":
            refresh.keep_own(contacts, list(rows.values()))
        try:
            contacts.write(list(rows.values()), kind="import")
        except Invalid as bad:
            at_place = list(places.values())
            raise Invalid(bad.fields, bad.message, rows={
                at_place[n][0]: {f"{at_place[n][1]}.{name}": messages for name, messages in found.items()}
                for n, found in bad.details.get("rows", {0: bad.fields}).items()
            }) from None


def _contact_label(number: int, what: Any) -> Any:
    return _("Contact: %(what)s", what=what) if number == 1 else _("Contact %(n)s: %(what)s", n=number, what=what)


def _made_here(rows: list[Any]) -> list[Any]:
    """Those of these customers that this import has made: rows of one customer stand together in the file."""
    change = current_work().info.get("change")
    if not rows or not change:
        return []
    made = set(current_work().session.scalars(sa.select(History.row_id).where(
        History.change_id == change, History.resource == "core.customer", History.verb == "create", bulk.among(History.row_id, [r.id for r in rows]))))
    return [row for row in rows if row.id in made]


def _named(keys: set[str], scope: Scope, asks: set[str]) -> dict[str, list[Any]]:
    """Customers of a scope by the key of their name, with the columns `asks`; of one name as many as anybody would look at."""
    table = Customer.__table__
    names = ("match_key", "id", "code", "phone_key", "mobile_key", "email", "region_id", "name")
    columns = [table.c[c] for c in (*names, *(asks - {*names}))]
    number = sa.func.row_number().over(partition_by=table.c.match_key, order_by=table.c.id).label("number")
    wanted = bulk.among(table.c.match_key, keys - {""}, sa.Text), table.c.deleted_at.is_(None), scope.clause(table)
    found = sa.select(number, *columns).where(*wanted).subquery()
    query = sa.select(found).where(found.c.number <= MOST).order_by(found.c.number)
    hits: dict[str, list[Any]] = {}
    for row in current_work().session.execute(query, execution_options=unscoped("import: known again")):
        hits.setdefault(row.match_key, []).append(row)
    return hits


class _Marks:
    """What of a row of the file is compared, named as in the table."""

    def __init__(self, item: Item) -> None:
        values, table = item.groups[""], Customer.__table__
        self.phone_key, self.mobile_key = (derived.value(table, f"{c}_key", values.get(c)) for c in ("phone", "mobile"))
        self.email, self.region_id, self.code = values.get("email"), values.get("region"), values.get("code")


def _name_key(item: Item) -> str:
    return str(derived.value(Customer.__table__, "match_key", item.groups[""].get("name")))


def _same(item: Item, row: Any, known: Collection[str] = ("phone", "mobile", "email", "code", "region")) -> bool:
    """Whether a row of the file and a customer of the same name have a number, the mail, the code or the region in common:
    of those fields of the customer that the actor may see (`known`), or a file of guesses would tell him the others."""
    mine = _Marks(item)
    numbers = {getattr(row, f"{name}_key") for name in ("phone", "mobile") if name in known}
    if {mine.phone_key, mine.mobile_key} & numbers - {None, ""}:
        return True
    if "email" in known and mine.email and row.email and mine.email.casefold() == row.email.casefold():
        return True
    pairs = ("code", mine.code, row.code), ("region", mine.region_id, row.region_id)
    return any(name in known and value and value == theirs for name, value, theirs in pairs)


def _differ(item: Item, row: Any) -> bool:
    """Whether something a row of the file says of its customer is told otherwise of this one."""
    mine = _Marks(item)
    names = ("phone_key", "mobile_key", "email", "region_id", "code")
    return any((a := getattr(mine, n)) and (b := getattr(row, n)) and (a.casefold() != b.casefold() if n == "email" else a != b) for n in names)


class ContactsImporter(Importer):
    """Contacts: known again by name at their customer."""

    def alike(self, items: list[Item]) -> None:
        customers = {i.groups[""].get("customer") for i in items} - {None}
        if not customers:
            return
        query = sa.select(Contact.customer_id, Contact.name, Contact.id).where(bulk.among(Contact.customer_id, customers))
        have = {(r[0], r[1]): r[2] for r in current_work().session.execute(query)}
        for item in items:
            item.row_id = have.get((item.groups[""].get("customer"), item.groups[""].get("name")))

    def keys(self, item: Item) -> list[tuple[Any, ...]]:
        customer, name = item.groups[""].get("customer"), item.groups[""].get("name")
        return [*super().keys(item), ("name", customer, name)] if customer and name else super().keys(item)
