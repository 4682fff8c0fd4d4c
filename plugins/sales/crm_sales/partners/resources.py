"""What people see of partners."""

from crm_core.sdk import (
    Action,
    FileField,
    Lines,
    MoneyField,
    NoteField,
    Resource,
    Section,
    Settled,
    as_written,
    owned_as,
    today,
)
from crm_sales import _
from crm_sales.partners import services
from crm_sales.partners.models import Deal, DealState, Fund, FundUse, Partner, Spending, UseState

_ANSWER = NoteField(name="answer", label=_("Answer"))
_NEEDED = NoteField(name="answer", label=_("Answer"), required=True)


class Partners(Resource):
    model = Partner
    label, singular = _("Partners"), _("Partner")
    icon = "heart-handshake"
    columns = "name", "customer", "level", "region", "since", "until", "owner"
    filters = "level", "region", "customer", "since", "until", "owner", "department"
    search = ("name",)
    sorts = "name", "-updated_at"
    help = _("Customers who sell for us, with the deals they register and the funds that help them.")


class Deals(Resource):
    model = Deal
    label, singular = _("Partners' deals"), _("Partner's deal")
    icon = "shield-check"
    columns = "name", "partner", "customer", "amount", "day", "protected_until", "state", "owner"
    filters = "state", "partner", "customer", "day", "protected_until", "amount", "owner"
    search = ("name",)
    sorts = "name", "-updated_at"
    status = "state"
    settled = (Settled("state", (DealState.asked,), _("This deal is decided already."), fixed=("customer", "partner"), goes=True),)
    help = _("A partner registers a deal first; accepted, it is protected from other partners for a while.")
    actions = (
        Action("accept", _("Accept"), services.accept, when=lambda row: row.state == DealState.asked, icon="shield-check", primary=True),
        Action("refuse", _("Refuse"), services.refuse, when=lambda row: row.state == DealState.asked, icon="x", fields=(_NEEDED,)),
        Action("won", _("Won"), services.won, when=lambda row: row.state == DealState.accepted, icon="trophy"),
        Action("lost", _("Lost"), services.lost, when=lambda row: row.state == DealState.accepted, icon="x", quiet=True),
    )

    def defaults(self):
        return {"day": today()}


class Funds(Resource):
    model = Fund
    label, singular = _("Market development funds"), _("Market development fund")
    icon = "gift"
    columns = "name", "partner", "begins", "ends", "amount", "approved", "settled"
    filters = "partner", "begins", "ends", "amount", "owner", "department"
    search = ("name",)
    sorts = "name", "-updated_at"
    spans = "begins", "ends"
    help = _("What a partner may have for marketing in a period: never more is approved than there is.")

    def whose(self, rows):
        """Who sets up a fund for a partner of somebody else's gives it to him, unless another is named: he asks for the money."""
        return owned_as(Partner, {at: row.get("partner_id") for at, row in enumerate(rows)})

    def check(self, rows, before):
        faults = {}
        for at, row in enumerate(rows):
            now = as_written(row, before)
            if (now.get("amount") or 0) < (now.get("approved") or 0):
                faults[at] = {"amount": [_("More than this is approved already.")]}
        return faults


class FundUses(Resource):
    model = FundUse
    label, singular = _("Fund requests"), _("Fund request")
    icon = "coin"
    columns = "number", "name", "fund", "asked", "approved", "spent", "settled", "state", "owner"
    filters = "state", "fund", "asked", "approved", "owner", "department"
    search = "number", "name"
    status = "state"
    form = (Section(_("Request"), ("name", "fund", "asked", "note", "items")), Section(_("What came of it"), ("number", "approved", "spent", "settled", "state", "answer"), folded=True))
    lines = (Lines("items", Spending, ("day", "what", "amount"), _("Spent")),)
    settled = (
        Settled("state", (UseState.draft, UseState.refused), _("It is requested already and stays as it is."), fixed=("asked", "fund")),
        Settled("state", [one for one in UseState if one != UseState.settled], _("It is settled and stays as it is."), fixed=("items",)),
    )
    help = _("Requested, approved, spent with evidence as files, settled.")
    actions = (
        Action("ask", _("Request"), services.ask, when=lambda row: row.state in (UseState.draft, UseState.refused), icon="send", primary=True),
        Action("approve", _("Approve"), services.approve, when=lambda row: row.state == UseState.asked, icon="check", primary=True, bulk=False,
               fields=(MoneyField(name="amount", label=_("Amount"), help=_("Left out: all that was requested.")), _ANSWER),
               fit=lambda rows: {"amount": {"default": rows[0].asked}}),
        Action("refuse", _("Refuse"), services.refuse_use, when=lambda row: row.state == UseState.asked, icon="x", fields=(_NEEDED,)),
        Action("settle", _("Settle"), services.settle, when=lambda row: row.state == UseState.approved, icon="cash", primary=True, confirm=_("Settle what was spent? What is left goes back to the fund."),
               fields=(FileField(name="evidence", label=_("Evidence")),)),
        Action("give_up", _("Give up"), services.give_up, when=lambda row: row.state == UseState.approved, icon="arrow-back-up", quiet=True),
    )

    def check(self, rows, before):
        return {at: {"asked": [_("An amount is more than nothing.")]} for at, row in enumerate(rows) if row.get("asked") is not None and row["asked"] <= 0}

    def written(self, verb, ids, change):
        if verb != "create":
            services.counted(ids, verb)
