"""What people see of tele-sales."""

from sqlalchemy import case, func, select

from crm_core.sdk import Action, Field, Lines, RefField, Report, Resource
from crm_sales import _
from crm_sales.calls import services
from crm_sales.calls.models import Call, CallEntry, CallList, CallQuestion, CallScript


class CallScripts(Resource):
    model = CallScript
    label, singular = _("Call scripts"), _("Call script")
    icon = "file-text"
    columns = "name", "opening"
    search = ("name",)
    sorts = ("-updated_at",)
    files = False
    in_palette = False
    lines = (Lines("questions", CallQuestion, ("number", "question", "answers"), _("Questions"), first=True),)
    help = _("Questions with their answers; an answer may lead to another question than the next one.")

    def check(self, rows, before):
        found = {at: services.faults_of(row["questions"]) for at, row in enumerate(rows) if row.get("questions")}
        return {at: {"questions": said} for at, said in found.items() if said}


class CallLists(Resource):
    model = CallList
    label, singular = _("Call lists"), _("Call list")
    icon = "headset"
    columns = "name", "script", "until", "owner", "team"
    filters = "script", "until", "owner", "department", "team"
    search = ("name",)
    sorts = "-updated_at", "name"
    hidden_fields = ()
    help = _("Put customers or leads on a list from their own lists, then call one after the other. Colleagues of a team share a list that is the team's.")


class CallEntries(Resource):
    model = CallEntry
    label, singular = _("Lines of call lists"), _("Line of a call list")
    icon = "phone"
    columns = "customer", "lead", "turn", "result", "calls", "next_day"
    filters = "call_list", "customer", "lead", "turn", "result", "calls", "next_day"
    sorts = ("-updated_at",)
    status = "turn"
    board = "turn"
    verbs = ("read", "update", "delete", "export")
    files = False
    in_palette = False

    @property
    def label_field(self):
        return "customer"

    def title(self, row):
        return services.person(row)["name"]


class Calls(Resource):
    model = Call
    label, singular = _("Calls made"), _("Call made")
    icon = "phone"
    columns = "day", "customer", "lead", "result", "by", "note"
    filters = "call_list", "customer", "lead", "result", "reached", "day", "by"
    sorts = "-updated_at", "day"
    verbs = ("read", "export")
    files = False
    in_palette = False

    @property
    def label_field(self):
        return "day"


def _by(column):
    def ask(rows):
        reached, good = (func.sum(case((which, 1), else_=0)) for which in (rows.c.reached, rows.c.result == "interested"))
        return select(rows.c[column], func.count().label("calls"), reached.label("spoken"), good.label("interested")).group_by(rows.c[column]).order_by(func.count().desc(), rows.c[column])

    return ask


HEADS = {"calls": _("Calls"), "spoken": _("Reached"), "interested": _("Interested")}
REPORTS = [
    Report("call_results", _("Calls by result"), of=Calls, query=_by("result"), order=40, icon="phone", heads=HEADS),
    Report("calls_by_person", _("Calls by person"), of=Calls, query=_by("by_id"), order=41, icon="phone", heads=HEADS),
    Report("calls_by_list", _("Calls by list"), of=Calls, query=_by("call_list_id"), order=42, icon="phone", heads=HEADS),
]
FIELDS = [
    RefField(name="call_list", label=_("Call list"), target="sales.call_list"),
    Field(name="name", label=_("Or a new one"), length=200)]
ACTIONS = [
    Action("call_list", _("Put on a call list"), services.put_customers, on="core.customer", icon="headset", whole=True, quiet=True, order=70, fields=FIELDS),
    Action("call_list", _("Put on a call list"), services.put_leads, on="sales.lead", icon="headset", whole=True, quiet=True, order=70, fields=FIELDS),
]
