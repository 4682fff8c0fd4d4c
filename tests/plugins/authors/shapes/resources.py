"""What people see."""

from crm_visits import _
from crm_visits.models import Item, Quote, Remark, State, Unit

from crm_core.sdk import Action, Lines, Resource


class Units(Resource):
    model = Unit
    label, singular = _("Units"), _("Unit")
    menu = "words"
    columns = "name", "code"
    search = ("name",)
    unique = (("code",),)


def send(quote):
    quote.state = State.sent


class Quotes(Resource):
    model = Quote
    label, singular = _("Quotes"), _("Quote")
    menu = "customers"
    columns = "code", "name", "customer", "state", "total"
    filters = "state", "customer", "owner"
    search = "name", "code"
    importable = True
    timeline = True
    brief = "name", "state"
    lines = (Lines("items", Item, ("name", "unit", "amount", "price"), _("Items")),)
    actions = [Action("send", _("Send"), send, when=lambda q: q.state == State.draft)]

    def derive(self, rows, before):
        for row in rows:
            row.setdefault("total", 0)


class Remarks(Resource):
    model = Remark
    label, singular = _("Remarks"), _("Remark")
    columns = "name", "quote"
