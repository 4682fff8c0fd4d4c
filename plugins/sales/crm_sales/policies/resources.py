"""What people see of policies."""

from crm_core.sdk import Action, Resource, Section, as_written, today
from crm_sales import _
from crm_sales.policies import services
from crm_sales.policies.models import Exceeded, Policy

COPIED = "name", "kind", "role", "place", "category", "expense", "percent", "amount", "regions", "channels", "note"


def new_edition(policy, begins):
    resource = Policies.of()
    fields = resource.all_fields
    services.next_edition(resource, policy, begins, {name: getattr(policy, fields[name].column) for name in COPIED})


class Policies(Resource):
    model = Policy
    label, singular = _("Policies"), _("Policy")
    icon = "adjustments"
    columns = "name", "kind", "percent", "amount", "role", "place", "category", "begins", "ends", "edition"
    filters = "kind", "role", "place", "category", "begins", "ends"
    search = ("name",)
    sorts = "name", "-begins", "-updated_at"
    form = (
        Section(_("Policy"), ("name", "kind", "percent", "amount", "regions", "channels", "begins", "ends", "note")),
        Section(_("For whom and what"), ("role", "place", "category", "expense")),
        Section(_("Editions"), ("edition", "follows"), folded=True),
    )
    shown_if = {
        "percent": ("kind", "discount", "unlisted"), "amount": ("kind", "allowance", "unlisted", "expense", "commission"), "regions": ("kind", "region"), "channels": ("kind", "channel"),
        "category": ("kind", "discount"), "expense": ("kind", "expense")}
    files = False
    settled = (services.BEGUN,)
    help = _("Limits of what salespeople may do by themselves: enforced when a quote is sent, an order confirmed, an expense claimed, commission paid.")
    actions = (Action("new_edition", _("New edition"), new_edition, icon="copy", bulk=False, fields=("begins",), fit=services.next_begin),)

    @classmethod
    def of(cls):
        from crm_core.sdk import site

        return site().registry.resource(cls.name)

    def defaults(self):
        return {"begins": today()}

    def derive(self, rows, before):
        for row in rows:
            if str(as_written(row, before).get("kind")) not in ("discount", "unlisted"):
                row["percent"] = None

    def check(self, rows, before):
        faults = services.ended(rows, before)
        for at, row in enumerate(rows):
            now = as_written(row, before)
            needed = {"discount": "percent", "unlisted": "percent", "region": "regions", "channel": "channels"}.get(str(now.get("kind")), "amount")
            if at not in faults and not (now.get(needed) or (now.get(needed) == 0 and needed in ("percent", "amount"))):
                faults[at] = {needed: [_("This is required.")]}
        return faults

    def written(self, verb, ids, change):
        services.keep(Policy, verb, ids)


class Exceptions(Resource):
    model = Exceeded
    label, singular = _("Limits exceeded"), _("Limit exceeded")
    icon = "alert-triangle"
    columns = "day", "document", "what", "policy", "agreed", "owner"
    filters = "day", "policy", "agreed", "owner", "department"
    search = ("document",)
    search_names = ()
    sorts = "-day", "-updated_at"
    verbs = "read", "export"
    readonly = True
    files = False
    hidden_fields = "team", "subject", "subject_id"
    help = _("What went over a limit of a policy and was let pass, by right or because others agreed.")
