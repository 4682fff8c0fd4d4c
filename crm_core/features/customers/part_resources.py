"""What hangs on a customer as resources: needs, products, profile, relations, former posts, blacklistings."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.features.customers.parts import Blacklisting, Need, Offering, Post, ProfileEntry, Relation
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.resource.changes import as_written
from crm_core.resource.resource import Resource
from crm_core.resource.show import say_date

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]


class _ByChoice(Resource):
    """Parts that are known by a choice of theirs."""

    in_palette = False
    choice = "kind"

    @property
    def label_field(self) -> str:
        return self.choice

    def word(self, value: Any) -> Any:
        return self.all_fields[self.choice].show(value)


class Needs(_ByChoice):
    model = Need
    label = _("Needs")
    singular = _("Need")
    icon = "target"
    columns = "kind", "wanted", "valid_from", "valid_until", "created_by", "customer"
    filters = "kind", "valid_from", "valid_until", "customer", "owner"
    search = ("wanted",)
    search_names = ()
    order = 31
    help = _("What customers want of us, from a day to a day. While a need is valid it shows wherever the customer shows.")

    def defaults(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        faults = {}
        for i, row in enumerate(rows):
            now = as_written(row, before)
            if now.get("valid_until") is not None and now.get("valid_from") is not None and now["valid_until"] < now["valid_from"]:
                faults[i] = {"valid_until": [_("This is before the first day.")]}
        return faults


class Offerings(Resource):
    model = Offering
    label = _("Their products")
    singular = _("Product or service")
    icon = "box"
    columns = "name", "category", "quote", "outline", "customer"
    filters = "category", "customer", "quote", "owner"
    search = "name", "outline"
    sorts = "-updated_at", "name"
    in_palette = False
    order = 32
    help = _("What our customers make, sell or do, what they ask for it and what it could mean for us.")


class ProfileEntries(_ByChoice):
    model = ProfileEntry
    label = _("Account profile")
    singular = _("Finding")
    icon = "file-search"
    columns = "topic", "text", "as_of", "source", "customer"
    filters = "topic", "as_of", "customer", "owner"
    search = "text", "source"
    search_names = ()
    choice = "topic"
    order = 33
    help = _("What is known of a customer’s strategy, strengths, markets and means: each finding with its day and its source.")

    def defaults(self) -> dict[str, Any]:
        return {"as_of": clock.today()}

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        today = clock.today()
        late = {i for i, row in enumerate(rows) if row.get("as_of") is not None and row["as_of"] > today}
        return {i: {"as_of": [_("This day lies in the future.")]} for i in late}


class Relations(_ByChoice):
    model = Relation
    label = _("Relations")
    singular = _("Relation")
    icon = "link"
    columns = "kind", "customer", "other", "note"
    filters = "kind", "customer", "other", "owner"
    unique = (("customer", "other", "kind"),)
    order = 34
    help = _("What firms are to each other: partner, competitor, supplier. Entered at one of them, shown at both.")

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        faults = {}
        for i, row in enumerate(rows):
            now = as_written(row, before)
            if now.get("customer_id") == now.get("other_id"):
                faults[i] = {"other": [_("A customer is nothing to itself.")]}
        return faults


class Posts(Resource):
    """Written by moving.py alone."""

    model = Post
    label = _("Former posts")
    singular = _("Former post")
    icon = "history"
    files = False
    columns = "ended_on", "started_on", "contact", "customer", "position"
    filters = "contact", "customer"
    readonly = True
    verbs = ("read", "print")
    in_palette = False
    order = 35

    @property
    def label_field(self) -> str:
        return "ended_on"

    def word(self, value: Any) -> Any:
        return _("until %(day)s", day=say_date(value)) if value is not None else ""


class Blacklistings(_ByChoice):
    """Written by blacklist.py alone."""

    model = Blacklisting
    label = _("Blacklist")
    singular = _("Blacklist entry")
    icon = "ban"
    files = False
    columns = "severity", "customer", "reason", "evidence", "until", "created_by", "created_at", "ended_on", "ended_why"
    filters = "severity", "until", "ended_on", "customer", "owner", "created_at"
    search = "reason", "evidence"
    search_names = ()
    readonly = True
    verbs = ("read", "print")
    choice = "severity"
    order = 36
    help = _("Who is or was on the blacklist: why, on what evidence, on whose word, until when.")


ALL: Sequence[type[Resource]] = (Needs, Offerings, ProfileEntries, Relations, Posts, Blacklistings)
