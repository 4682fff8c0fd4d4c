"""What people see of leads."""

from dataclasses import replace

from crm_core.sdk import (
    Action,
    BooleanField,
    Field,
    Lines,
    RefField,
    Resource,
    Section,
    Settled,
    as_written,
    later,
    today,
)
from crm_sales import _
from crm_sales.leads import services
from crm_sales.leads.models import Lead, LeadForm, LeadReceiver, LeadRule, ScoreRule, State
from crm_sales.leads.services import OPEN


def is_open(row):
    return row.state in OPEN


class Leads(Resource):
    model = Lead
    label, singular = _("Leads"), _("Lead")
    icon = "bulb"
    columns = "name", "contact", "mobile", "source", "interest", "score", "state", "owner"
    filters = "state", "score", "source", "region", "industry", "size", "amount", "next_day", "given_on", "converted_on", "reason", "form", "customer", "owner", "department", "created_at"
    search = "name", "contact", "phone", "mobile", "email", "interest"
    search_names = "name", "contact"
    sorts = "-updated_at", "-score", "name", "next_day"
    status = "state"
    subtitle = "contact", "mobile", "interest", "amount", "customer", "opportunity"
    calendar = "next_day"
    entry = (("state.any", "new,working"),)
    beside = ((_("Lead pool"), "/sales/lead.brief?owner.empty=1"),)
    brief = "name", "state", "source", "interest", "region", "industry", "score", "owner"
    duplicates = "name", "phone", "mobile", "email"
    mergeable = True
    importable = True
    timeline = True
    told = ("state", "owner_id")
    known_by = ()
    settled = (Settled("state", [one for one in State if one != State.converted], _("This lead was converted: it stays as it was. Go on with its customer."), goes=True),)
    form = (
        Section(_("Lead"), ("name", "contact", "title", "phone", "mobile", "email", "website")),
        Section(_("What it is about"), ("interest", "amount", "source", "region", "industry", "size", "next_day", "note")),
        Section(_("What came of it"), ("state", "score", "given_on", "reason", "customer", "made_contact", "opportunity", "converted_on", "form"), folded=True),
    )
    help = _("Who might become a customer. A lead is given to a colleague or lies in the pool; when it proves good it is converted into a customer with an opportunity.")
    actions = (
        Action("work", _("Take up"), services.work, when=lambda row: row.state == State.new and row.owner_id is not None, icon="player-play", order=5),
        Action("convert", _("Convert"), services.convert, when=is_open, icon="user-plus", order=6, primary=True, bulk=False, makes="sales.opportunity",
               fit=lambda rows: {"opportunity": {"default": rows[0].interest}}, fields=lambda resource: [
            RefField(name="customer", label=_("Customer that is there already"), target="core.customer", help=_("Empty: a new customer is made, with the contact.")),
            BooleanField(name="deal", label=_("Make an opportunity"), default=True),
            Field(name="opportunity", label=_("Name of the opportunity"), length=200, help=_("Empty: what he is interested in."))]),
        Action("disqualify", _("Disqualify"), services.disqualify, when=is_open, icon="x", order=7, fields=lambda resource: [
            replace(resource.all_fields["reason"], required=True, readonly=False), Field(name="why", label=_("In words"), length=500)]),
        Action("reopen", _("Reopen"), services.reopen, when=lambda row: row.state == State.disqualified, icon="arrow-back-up", order=8, quiet=True),
        Action("give_back", _("Return to the pool"), services.give_back, when=lambda row: is_open(row) and row.owner_id is not None, icon="ripple", order=20, quiet=True),
        Action("distribute", _("Give out by rules"), services.distribute, when=is_open, icon="users", order=21, whole=True, quiet=True),
    )

    def derive(self, rows, before):
        rules = services.score_rules()
        for row in rows:
            now, old = as_written(row, before), before.get(row.get("id", 0))
            row["score"] = services.score(self, now, rules)
            if old is None or "owner_id" in row and row["owner_id"] != old["owner_id"]:
                row["given_on"] = today() if now.get("owner_id") is not None else None

    def written(self, verb, ids, change):
        if verb == "create":
            services.arrived(ids)


class LeadRules(Resource):
    model = LeadRule
    label, singular = _("Rules for leads"), _("Rule for leads")
    icon = "users"
    columns = "name", "position", "region", "industry", "source", "how", "active"
    search = ("name",)
    sorts = ("position",)
    files = False
    in_palette = False
    lines = (Lines("receivers", LeadReceiver, ("user",), _("Colleagues")),)
    help = _("Leads nobody has are given to the colleagues of the first rule that fits.")


class ScoreRules(Resource):
    model = ScoreRule
    label, singular = _("Points for leads"), _("Rule of points")
    icon = "star"
    columns = "name", "fields", "words", "points"
    search = ("name",)
    sorts = ("-updated_at",)
    files = False
    in_palette = False

    def written(self, verb, ids, change):
        later("sales.score")


class LeadForms(Resource):
    model = LeadForm
    label, singular = _("Forms on the web"), _("Form on the web")
    icon = "world"
    columns = "name", "heading", "source", "active"
    search = ("name",)
    sorts = ("-updated_at",)
    files = False
    in_palette = False
    help = _("Each form has an address of its own that may be put on a web site. Who fills it in becomes a lead.")
