"""Importing customers: a row is known again by equal normalised name and one equal phone, mail or region; a contact and
an address may stand in the same row."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.features.customers.models import Contact, Customer, Region
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource.changes import unscoped
from crm_core.resource.exchange.importing import Importer, Item, Outcome, Target, chunks
from crm_core.text import companies, divisions, phones

CONTACT = ("name", "salutation", "sex", "birth_date", "position", "phone", "mobile", "fax", "email", "bio")


class VocabularyMixin:
    """Regions are found by their full or short names; an ambiguous one is refused and never guessed."""

    def resolve_reference(self, target: Target, wanted: set[Any]) -> Mapping[Any, Any]:
        found = dict(super().resolve_reference(target, wanted))  # type: ignore[misc]
        rest = [w for w in wanted if w not in found and isinstance(w, str)]
        if rest and getattr(target.field, "target", "") == "core.region":
            found.update(_regions(rest))
        return found


def _regions(texts: list[str]) -> dict[str, int]:
    codes: dict[str, str] = {}
    for text in texts:
        candidates = divisions.find_region(text)
        if len(candidates) == 1:
            codes[text] = candidates[0].code
    if not codes:
        return {}
    rows = current_work().session.execute(sa.select(Region.code, Region.id).where(Region.code.in_(set(codes.values()))))
    ids = {r[0]: r[1] for r in rows}
    return {text: ids[code] for text, code in codes.items() if code in ids}


class CustomersImporter(VocabularyMixin, Importer):
    """Customers with, perhaps, one contact and one address a row."""

    @classmethod
    def all_targets(cls, resource: Any) -> list[Target]:
        found = super().all_targets(resource)
        contacts = site().registry.resource("core.contact")
        if contacts.may("create"):
            fields = contacts.fields(writing=True)
            found += [
                Target(f"contact.{n}", _("Contact: %(what)s", what=fields[n].label), fields[n], group="contact") for n in CONTACT if n in fields
            ]
        return found

    def alike(self, items: list[Item]) -> None:
        """Equal normalised name and one equal phone, mail or region: the same. Equal name alone: doubtful."""
        keys: dict[str, list[Item]] = {}
        for item in items:
            key = companies.company_key(item.groups.get("", {}).get("name") or "")[:200]
            if key:
                keys.setdefault(key, []).append(item)
        hits: dict[str, list[Any]] = {}
        table = Customer.__table__
        columns = [table.c[c] for c in ("match_key", "id", "phone_key", "mobile_key", "email", "region_id", "owner_id", "department_id", "team_id", "name")]
        session, who = current_work().session, actor()
        for part in chunks(sorted(keys), 800):
            query = sa.select(*columns).where(table.c.match_key.in_(part), table.c.deleted_at.is_(None)).limit(5_000)
            for row in session.execute(query, execution_options=unscoped("import: known again")):
                hits.setdefault(row.match_key, []).append(row)
        brief = who.scope("core.customer.brief", "read")
        may = who.scope("core.customer", "update")
        for key, group in keys.items():
            for item in group:
                visible = [r for r in hits.get(key, ()) if brief.holds(r)]
                sure = [r for r in visible if self._same(item, r)]
                if len(sure) == 1:
                    if may.holds(sure[0]):
                        item.row_id = sure[0].id
                    else:
                        item.faults.append(["", str(_("This customer is there and held by a colleague."))])
                elif visible:
                    item.doubt = (str(_("There is a customer named “%(name)s”; nothing else is equal.", name=visible[0].name)), visible[0].id)
            self._inside(group)

    def _inside(self, group: list[Item]) -> None:
        """Two new rows of one batch that mean the same firm: the first is written, the others are doubtful."""
        first: Item | None = None
        for item in group:
            if item.row_id is not None or item.faults or item.doubt is not None:
                continue
            if first is None:
                first = item
            elif item.foreign_id and first.foreign_id and item.foreign_id != first.foreign_id:
                continue
            else:
                item.doubt = (str(_("Row %(line)s of this file has the same name.", line=first.line)), None)

    @staticmethod
    def _same(item: Item, row: Any) -> bool:
        values = item.groups.get("", {})
        numbers = {phones.phone_key(values[c])[:40] for c in ("phone", "mobile") if values.get(c)}
        if numbers & {row.phone_key, row.mobile_key} - {None, ""}:
            return True
        if values.get("email") and row.email and values["email"].casefold() == row.email.casefold():
            return True
        return bool(values.get("region")) and values["region"] == row.region_id

    def row(self, item: Item) -> dict[str, Any]:
        values = super().row(item)
        if not values.get("name") and item.row_id is None and (person := item.groups.get("contact", {}).get("name")):
            values["name"], values["kind"] = person, self.resource.all_fields["kind"].load("person")
        return values

    def follow(self, items: list[Item], outcome: Outcome) -> None:
        """The contacts of the rows: known again by name at their customer, else new."""
        wanted = [(i, i.groups["contact"]) for i in items if i.groups.get("contact", {}).get("name") and i.row_id]
        if not wanted:
            return
        session = current_work().session
        have: dict[tuple[int, str], int] = {}
        for part in chunks([i.row_id for i, _v in wanted], 800):
            query = sa.select(Contact.customer_id, Contact.name, Contact.id).where(Contact.customer_id.in_(part))
            have.update({(r[0], r[1]): r[2] for r in session.execute(query)})
        rows: dict[tuple[int, str], dict[str, Any]] = {}
        for item, values in wanted:
            assert item.row_id is not None
            key = (item.row_id, values["name"])
            row = {**values, "customer": item.row_id}
            if key in have:
                row["id"] = have[key]
            rows[key] = row
        site().registry.resource("core.contact").write(list(rows.values()), kind="import")


class ContactsImporter(VocabularyMixin, Importer):
    """Contacts: known again by name at their customer, or by name and mobile."""

    def alike(self, items: list[Item]) -> None:
        wanted = {(v["customer"], v["name"]): i for i in items if (v := i.groups.get("", {})).get("customer") and v.get("name")}
        customers = sorted({c for c, _n in wanted if isinstance(c, int)})
        for part in chunks(customers, 800):
            query = sa.select(Contact.customer_id, Contact.name, Contact.id, Contact.version).where(Contact.customer_id.in_(part))
            for row in current_work().session.execute(query):
                item = wanted.get((row.customer_id, row.name))
                if item is not None:
                    item.row_id = row.id
