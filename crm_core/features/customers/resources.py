"""Customers and contacts as resources, with the vocabularies they use."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.features.customers import (
    ages,
    alike,
    blacklist,
    completeness,
    days,
    holding,
    hours,
    needs,
    notelines,
    notes,
    panorama,
    places,
    post,
    reach,
    related,
)
from crm_core.features.customers.importer import ContactsImporter, CustomersImporter
from crm_core.features.customers.models import Address, Contact, Customer, Note
from crm_core.features.customers.moving import MOVE
from crm_core.features.customers.tags import TagsField
from crm_core.features.customers.tags import acts as tag_acts
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, listed
from crm_core.resource import shares, twins
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import DateField
from crm_core.resource.kept import Ask
from crm_core.resource.merging import MERGE
from crm_core.resource.places import Place
from crm_core.resource.resource import Lines, Resource, Section
from crm_core.text import credit

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]

assert hours  # the kind of field for opening hours is registered by its import

CODE_FAULTS = {
    "length": _("A credit code has 18 characters."), "sign": _("A credit code has digits and capitals without I, O, S, V and Z."),
    "check": _("The last character of this credit code does not fit the others; one of them is wrong."),
}


class Customers(Resource):
    model = Customer
    label = _("Customers")
    singular = _("Customer")
    overview = _("360 view")
    icon = "building"
    mergeable = True
    timeline = True
    importable = True
    columns = "name", "standing", "needs", "industry", "region", "owner", "phone", "last_contact", "next_step"
    filters = (
        "standing", "owner", "department", "shared_with", "region", "industry", "tags", "customer_kind", "source", "kind", "size", "ownership",
        "business_kind", "wants", "blacklist", "completeness", "parent", "group", "country", "credit", "trade_position", "capital_band",
        "headcount_band", "founded_on", "pool", "followed_at", "protected_until", "founded_week", "standing_since", "invalid", "credit_code", "collected_by", "created_at", "updated_at",
        "name", "phone", "email",
    )
    virtual = (
        TagsField(name="tags", label=_("Tags"), target="core.tag", about="core.customer"),
        *shares.fields("core.customer"),
        needs.WantsField(name="wants", column="id", label=_("Wants now"), list_name=needs.LIST),
        related.GroupField(name="group", column="id", label=_("Group"), target="core.customer"),
        days.ThisWeekField(name="founded_week", column="id", label=_("Anniversary this week"), kept_in="next_founding"),
    )
    actions = (*tag_acts(), MERGE, *blacklist.ACTS)
    search = "name", "code", "phone", "mobile", "email", "legal_representative", "website", "credit_code"
    duplicates = "name", "phone", "mobile", "email", "credit_code", "region"
    duplicate_lines = ("addresses-street",)
    duplicate_hints = alike.PERSONS
    sorts = "-updated_at", "name"
    status = "standing"
    unique = (("code",),)
    subtitle = "industry", "region", "phone", "website"
    brief = "name", "standing", "industry", "region", "owner", "blacklist", "pool"
    place = Place(region="region", country="country")
    importer = CustomersImporter
    addressed = post.CUSTOMER
    lines = (Lines("addresses", Address, ("purpose", "region", "street", "postcode"), _("Addresses"), first=True),)
    order = 10
    help = _("Companies and persons we deal with or want to: who they are, who looks after them, what was said and what comes next.")
    form = (
        Section(_("Key facts"), ("name", "kind", "standing", "source", "code", "customer_kind", "parent", "owner", "department")),
        Section(_("Address and phone"), ("country", "region", "postcode", "phone", "mobile", "fax", "email", "website", "latitude", "longitude", "opening_hours", "addresses")),
        Section(_("Trade"), ("industry", "business_kind", "ownership", "size", "credit", "trade_position", "business_scope"), folded=True),
        Section(_("Firm"), (
            "legal_representative", "general_manager", "sales_head", "publicity_head", "credit_code", "founded_on", "capital_band", "headcount_band",
            "assets", "liabilities", "profile",
        ), folded=True),
        Section(_("Wishes"), ("wish_channels", "wish_never", "wish_times", "wish_language", "wish_topics"), folded=True),
        Section(_("More facts"), (
            "note", "collected_by", "invalid", "invalid_reason", "standing_since", "blacklist", "blacklist_until", "completeness",
        ), folded=True),
    )

    def write(self, rows: Rows, *, kind: str = "save") -> list[int]:
        """The region of an address that says it clearly is filled in; one that may be several is asked for."""
        places.settle(rows, asks=kind != "import")
        return super().write(rows, kind=kind)

    def derive(self, rows: Rows, before: Before) -> None:
        today = clock.today()
        for row in rows:
            if row.get("credit_code"):
                row["credit_code"] = credit.clean_code(row["credit_code"]) or None
            if "standing" in row and row["standing"] != before.get(row.get("id", 0), {}).get("standing"):
                row["standing_since"] = today
        reach.derive(rows, before)
        days.derive_customers(rows, today)
        completeness.derive(rows, before)
        holding.derive(rows, before)

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {i: {"parent": found} for i, found in related.check(rows, before).items()}
        today = clock.today()
        for i, row in enumerate(rows):
            code, old = row.get("credit_code"), before.get(row.get("id", 0), {})
            if code and code != old.get("credit_code") and (wrong := credit.problem(code)):
                faults.setdefault(i, {})["credit_code"] = [CODE_FAULTS[wrong]]
            if row.get("founded_on") is not None and row["founded_on"] > today:
                faults.setdefault(i, {})["founded_on"] = [_("This day lies in the future.")]
        return faults

    def remarks(self, ids: Sequence[int]) -> dict[int, Any]:
        """What pickers and the search say of a customer besides: what he wants now, and that he is on the blacklist."""
        found = {i: [needs.look(kind).label for kind in kinds] for i, kinds in needs.active(ids).items()}
        for i in blacklist.of_all(ids):
            found.setdefault(i, []).append(_("Blacklist"))
        return {i: listed(map(str, said)) for i, said in found.items()}

    def alike_beside(self, given: Mapping[str, Any], lines: twins.Lines, near: Collection[int]) -> dict[int, list[Any]]:
        return alike.beside(given, [line.get("street", "") for line in lines.get("addresses", ()) if not line.get("remove")], near)

    def page_queries(self, row: Any) -> dict[str, Ask]:
        return {**panorama.customer_queries(self, row), **holding.queries(row)}

    def dress(self, row: Any, page: Any, found: panorama.Found) -> Any:
        return holding.dress(row, panorama.dress_customer(self, row, page, found), found)

    def dress_brief(self, row: Any, page: Any) -> Any:
        return holding.dress_brief(row, page)


class Contacts(Resource):
    model = Contact
    label = _("Contacts")
    singular = _("Contact")
    icon = "address-book"
    mergeable = True
    timeline = True
    importable = True
    columns = "name", "customer", "position", "mobile", "phone", "email", "updated_at"
    filters = (
        "customer", "position", "sex", "tags", "main", "invalid", "roles", "family_role", "birthday_week", "wedding_week", "next_birthday", "birth_date",
        "schooling", "household", "character", "income", "ethnicity", "wish_channels", "wish_topics", "group", "collected_by", "owner", "department",
        "created_at", "updated_at",
    )
    virtual = (
        TagsField(name="tags", label=_("Tags"), target="core.tag", about="core.contact"),
        days.ThisWeekField(name="birthday_week", column="id", label=_("Birthday this week"), kept_in="next_birthday"),
        days.ThisWeekField(name="wedding_week", column="id", label=_("Wedding day this week"), kept_in="next_wedding", sensitive=True),
        DateField(name="next_birthday", column="next_birthday", label=_("Next birthday"), sensitive=True),
        related.GroupField(name="group", column="customer_id", label=_("Group"), target="core.customer"),
    )
    actions = (*tag_acts(), MERGE, MOVE)
    search = "name", "mobile", "phone", "email"
    duplicates = "name", "mobile", "phone", "email", "customer"
    sorts = "-updated_at", "name"
    calendar = "next_birthday"
    subtitle = "customer", "position", "mobile", "email"
    importer = ContactsImporter
    addressed = post.CONTACT
    order = 20
    help = _("The people at our customers: how to reach them and what they are like.")
    form = (
        Section(_("Key facts"), ("name", "customer", "salutation", "position", "mobile", "phone", "email", "main", "roles")),
        Section(_("About the person"), ("sex", "birth_date", "lunar_birthday", "age_told", "age_told_on", "family_role", "post_since", "bio"), folded=True),
        Section(_("Private"), (
            "wedding_date", "ethnicity", "schooling", "major", "home_address", "private_phone", "household", "income", "character", "hobbies", "habits",
            "social_ties", "cv",
        ), folded=True),
        Section(_("Appraisal"), ("honesty", "reliability", "drive", "insight", "leadership", "skill", "health"), folded=True),
        Section(_("Wishes"), ("wish_channels", "wish_never", "wish_times", "wish_language", "wish_topics"), folded=True),
        Section(_("More facts"), ("fax", "postcode", "note", "collected_by", "invalid", "invalid_reason"), folded=True),
    )

    def derive(self, rows: Rows, before: Before) -> None:
        today = clock.today()
        ages.derive(rows, before, today)
        days.derive_contacts(rows, before, today)
        reach.derive(rows, before)

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        """A contact that came or went, or was reviewed, counts for how complete his customer is."""
        if verb != "update" or current_work().info.get("verb"):
            table = self.table
            query = sa.select(table.c.customer_id).where(table.c.id.in_(ids)).distinct()
            completeness.again(list(current_work().session.execute(query, execution_options=unscoped("completeness")).scalars()))

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        today = clock.today()
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            for name in ("birth_date", "age_told_on", "wedding_date", "post_since"):
                day = row.get(name)
                if day is not None and day > today:
                    faults.setdefault(i, {})[name] = [_("This day lies in the future.")]
                elif name == "birth_date" and day is not None and day.year < today.year - 150:
                    faults.setdefault(i, {})[name] = [_("Nobody is as old as that.")]
        return faults

    def alike_beside(self, given: Mapping[str, Any], lines: twins.Lines, near: Collection[int]) -> dict[int, list[Any]]:
        return alike.elsewhere(given)

    def page_queries(self, row: Any) -> dict[str, Ask]:
        return panorama.queries(self, row)

    def dress(self, row: Any, page: Any, found: panorama.Found) -> Any:
        return panorama.dress_contact(self, row, page, found)


class Notes(Resource):
    """What was written and done, read by everybody who may read the customer; written by features/customers/notes.py alone."""

    model = Note
    label = _("Follow-ups")
    singular = _("Note")
    icon = "note"
    columns = "body", "kind", "customer", "created_by", "happened_at"
    filters = "kind", "happened_at", "created_by", "customer", "owner", "department", "topic", "weight", "handling", "product", "created_at"
    search = ("body",)
    search_names = ()
    sorts = ("-happened_at",)
    readonly = True
    verbs = ("read", "print", "export")
    takes_fields = True  # those of the progress form
    hidden_fields = "subject", "subject_id"
    order = 30
    help = _("Everything that was written down about customers: notes, calls, mails, visits, meetings and feedback, newest first.")

    @property
    def label_field(self) -> str:
        return "body"

    def word(self, value: Any) -> Any:
        return str(value or "").partition("\n")[0][:80]

    def derive(self, rows: Rows, before: Before) -> None:
        for row in rows:
            if row.get("id") not in before:
                row.setdefault("happened_at", row.get("created_at") or clock.now())

    def may_hold(self, row_id: int) -> None:
        """Pictures are put on an entry by who wrote it."""
        notes.own(row_id)

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        notelines.written(verb, ids)
