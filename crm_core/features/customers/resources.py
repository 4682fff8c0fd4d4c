"""Customers and contacts as resources, with the vocabularies they use."""

from collections.abc import Mapping
from typing import Any

from crm_core.features.customers.importer import ContactsImporter, CustomersImporter
from crm_core.features.customers.models import Address, Contact, Customer, Industry, Position, Region, Tag
from crm_core.kernel.i18n import _
from crm_core.resource.resource import Lines, Resource, Section
from crm_core.text import names, phones


class Customers(Resource):
    model = Customer
    label = _("Customers")
    singular = _("Customer")
    icon = "building"
    columns = "name", "standing", "industry", "region", "owner", "phone", "updated_at"
    filters = (
        "standing", "owner", "department", "region", "industry", "customer_kind", "source", "kind", "size", "ownership",
        "business_kind", "created_at", "updated_at", "name", "phone", "email",
    )
    search = "name", "code", "phone", "mobile", "email", "legal_representative", "website"
    sorts = "-updated_at", "name"
    status = "standing"
    importable = True
    importer = CustomersImporter
    brief = "name", "standing", "region", "owner"
    lines = (Lines("addresses", Address, ("purpose", "region", "street", "postcode"), _("Addresses")),)
    timeline = True
    form = (
        Section(_("Key facts"), ("name", "kind", "standing", "source", "code", "customer_kind", "owner", "department")),
        Section(_("Address and phone"), ("region", "postcode", "phone", "mobile", "fax", "email", "website", "addresses")),
        Section(_("Trade"), ("industry", "business_kind", "ownership", "size", "legal_representative"), folded=True),
        Section(_("More facts"), ("note",), folded=True),
    )

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        for row in rows:
            if "name" in row:
                row["match_key"] = names.company_key(row["name"] or "")[:200]
            for column in ("phone", "mobile"):
                if column in row:
                    row[f"{column}_key"] = phones.phone_key(row[column])[:40] if row[column] else None


class Contacts(Resource):
    model = Contact
    label = _("Contacts")
    singular = _("Contact")
    icon = "address-book"
    columns = "name", "customer", "position", "mobile", "phone", "email", "updated_at"
    filters = "customer", "position", "sex", "main", "invalid", "owner", "department", "updated_at"
    search = "name", "mobile", "phone", "email"
    sorts = "-updated_at", "name"
    timeline = True
    importable = True
    importer = ContactsImporter

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        for row in rows:
            for column in ("phone", "mobile"):
                if column in row:
                    row[f"{column}_key"] = phones.phone_key(row[column])[:40] if row[column] else None


class Regions(Resource):
    model = Region
    label = _("Regions")
    singular = _("Region")
    icon = "map-pin"
    columns = "name", "full_name", "code", "parent", "dialling_code", "postcode"
    search = "name", "code"
    sorts = "name", "-updated_at"
    filters = ("parent",)


class Industries(Resource):
    model = Industry
    label = _("Industries")
    singular = _("Industry")
    icon = "building-factory-2"
    columns = "name", "code", "parent"
    search = "name", "code"
    sorts = "name", "-updated_at"
    filters = ("parent",)


class Positions(Resource):
    model = Position
    label = _("Positions")
    singular = _("Position")
    icon = "id-badge-2"
    columns = ("name",)
    search = ("name",)
    sorts = "name", "-updated_at"


class Tags(Resource):
    model = Tag
    label = _("Tags")
    singular = _("Tag")
    icon = "tag"
    columns = ("name",)
    search = ("name",)
    sorts = "name", "-updated_at"
