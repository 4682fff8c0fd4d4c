"""What people see of territories, shares, achievements, expenses and commission."""

import sqlalchemy as sa

from crm_core.sdk import (
    Action,
    DateField,
    FileField,
    Lines,
    NoteField,
    Refused,
    Resource,
    Section,
    Settled,
    as_written,
    my_id,
    session,
    show_month,
    site,
    system_scope,
    today,
    with_deleted,
)
from crm_sales import _
from crm_sales.force import claims, commission, entered
from crm_sales.force.achieving import home_of
from crm_sales.force.commission_models import CommissionLine, CommissionPolicy, PayBasis, PayState, Statement, Tier
from crm_sales.force.models import Achievement, Claim, ClaimState, ForecastEntry, Share, Territory
from crm_sales.orders.models import Order
from crm_sales.policies import services as policies


def called_by_month(resource, row):
    """The title of what there is once a month for a person."""
    return show_month(row.month) if row.month else resource.singular


class Territories(Resource):
    model = Territory
    label, singular = _("Territories"), _("Territory")
    icon = "map-pin"
    columns = "name", "seller", "group", "regions", "industries", "sizes", "priority", "active"
    filters = "seller", "group", "priority", "active"
    search = ("name",)
    sorts = "name", "-updated_at"
    files = False
    beside = ((_("Try it, assign all"), "/sales/force/territories"),)
    help = _("Whose customers of which region, industry and size are. Assign by territory gives them to their salespeople.")


class Shares(Resource):
    model = Share
    label, singular = _("Shares"), _("Share of an order")
    icon = "users"
    columns = "person", "percent"
    search = ()
    files = False
    in_palette = False
    help = _("Who has a share in an order besides its owner, whose is the rest. Commission and achievements follow it.")

    @property
    def label_field(self):
        return "person"

    def title(self, row):
        return _("Share of an order")

    def check(self, rows, before):
        """A whole is a whole; and shares are said before the order is confirmed."""
        now = [as_written(row, before) for row in rows]
        orders = sorted({row["order_id"] for row in now if row.get("order_id")})
        seen = set(session.scalars(sa.select(Order.id).where(Order.id.in_(orders))))  # of others' orders nothing is told: the field says that there is none
        with system_scope("shares of orders") as db:
            states = dict(db.execute(sa.select(Order.id, Order.state).where(Order.id.in_(orders))).all())
            sums = {}
            for one in db.scalars(sa.select(Share).where(Share.order_id.in_(orders), Share.deleted_at.is_(None))):
                if one.id not in before:
                    sums[one.order_id] = sums.get(one.order_id, 0) + one.percent
        faults = {}
        for at, row in enumerate(now):
            order = row.get("order_id")
            if order not in seen and order != (before.get(row.get("id")) or {}).get("order_id"):
                continue  # the field says that there is no such order, and nothing else is told of it
            sums[order] = sums.get(order, 0) + (row.get("percent") or 0)
            if (row.get("percent") or 0) <= 0:
                faults[at] = {"percent": [_("A share is more than nothing.")]}
            elif sums[order] > 10_000:
                faults[at] = {"percent": [_("Shares are more than 100 % together.")]}
            elif str(states.get(order)) != "draft":
                faults[at] = {"percent": [_("The order is confirmed: its shares stay as they are.")]}
        return faults

    def written(self, verb, ids, change):
        """Nor do they go, or come back, after that, but with their order."""
        if verb == "create":
            return
        with system_scope("shares of orders") as db:
            orders = sa.select(Share.order_id).where(Share.id.in_(ids))
            if db.scalar(sa.select(Order.id).where(Order.id.in_(orders), Order.state.in_(("held", "confirmed", "done")), Order.deleted_at.is_(None)).limit(1)) is not None:
                raise Refused(_("The order is confirmed: its shares stay as they are."))
            query = sa.select(Share.order_id).where(Share.order_id.in_(orders), Share.deleted_at.is_(None)).group_by(Share.order_id)
            if verb != "delete" and db.scalar(query.having(sa.func.sum(Share.percent) > 10_000).limit(1)) is not None:
                raise Refused(_("Shares are more than 100 % together."))


class Achievements(Resource):
    model = Achievement
    label, singular = _("Achievements"), _("Achievement")
    icon = "trophy"
    columns = "day", "did", "document", "customer", "category", "product", "amount", "owner"
    filters = "did", "day", "customer", "category", "product", "order", "owner", "department", "amount"
    search = ("document",)
    search_names = ()
    sorts = "-day", "-updated_at"
    verbs = "read", "export"
    readonly = True
    files = False
    in_palette = False
    hidden_fields = "team", "source", "key"
    help = _("What each salesperson has of what was won, ordered, invoiced and received, without tax, in the currency of the house.")

    @property
    def label_field(self):
        return "document"


class Claims(Resource):
    model = Claim
    label, singular = _("Expense claims"), _("Expense claim")
    icon = "receipt"
    columns = "number", "day", "kind", "amount", "currency", "customer", "state", "owner"
    filters = "kind", "day", "amount", "customer", "state", "owner", "department"
    search = "number", "what"
    search_names = ()
    status = "state"
    limited = True
    timeline = True
    form = (Section(_("Expense claim"), ("day", "kind", "amount", "currency", "customer", "what")), Section(_("What came of it"), ("number", "state", "answer"), folded=True))
    settled = (Settled("state", (ClaimState.draft, ClaimState.refused), _("It is claimed already and stays as it is."), fixed=("day", "kind", "amount", "currency", "customer")),)
    help = _("What was laid out, with its receipt. More than a policy allows needs approval.")
    actions = (
        Action("claim", _("Hand in"), claims.claim, when=lambda row: row.state in (ClaimState.draft, ClaimState.refused), icon="send", primary=True,
               fields=(FileField(name="receipt", label=_("Receipt")),)),
        Action("approve", _("Approve"), claims.approve, when=lambda row: row.state == ClaimState.claimed, icon="check", primary=True,
               fields=(NoteField(name="answer", label=_("Answer")),)),
        Action("refuse", _("Refuse"), claims.refuse, when=lambda row: row.state == ClaimState.claimed, icon="x", fields=(
            NoteField(name="answer", label=_("Answer"), required=True),)),
        Action("pay", _("Mark as paid out"), claims.pay, when=lambda row: row.state == ClaimState.approved, icon="cash", primary=True, confirm=_("Was the money paid out?")),
    )

    def defaults(self):
        return {"day": today()}

    def check(self, rows, before):
        return {at: {"amount": [_("An amount is more than nothing.")]} for at, row in enumerate(rows) if row.get("amount") is not None and row["amount"] <= 0}


COPIED = "name", "basis", "customers", "by", "role", "place", "category", "note"


def new_edition(policy, begins):
    resource = site().registry.resource("sales.commission_policy")
    fields = resource.all_fields
    tiers = session.execute(sa.select(Tier.above, Tier.percent).where(Tier.commission_policy_id == policy.id).order_by(Tier.above)).all()
    policies.next_edition(resource, policy, begins, {
        **{name: getattr(policy, fields[name].column) for name in COPIED}, "tiers": [{"above": one.above, "percent": one.percent} for one in tiers]})


class CommissionPolicies(Resource):
    model = CommissionPolicy
    label, singular = _("Commission policies"), _("Commission policy")
    icon = "coin"
    columns = "name", "basis", "customers", "by", "role", "place", "category", "begins", "ends", "edition"
    filters = "basis", "customers", "role", "place", "category", "begins", "ends"
    search = ("name",)
    sorts = "name", "-begins", "-updated_at"
    form = (
        Section(_("Policy"), ("name", "basis", "by", "begins", "ends", "tiers", "note")),
        Section(_("For whom and what"), ("customers", "role", "place", "category")),
        Section(_("Editions"), ("edition", "follows"), folded=True),
    )
    lines = (Lines("tiers", Tier, ("above", "percent"), _("Tiers"), first=True),)
    files = False
    settled = (policies.BEGUN,)
    help = _("How much commission there is of what. Each tier counts for what lies in it, as taxes do.")
    actions = (Action("new_edition", _("New edition"), new_edition, icon="copy", bulk=False, fields=("begins",), fit=policies.next_begin),)

    def defaults(self):
        return {"begins": today()}

    def check(self, rows, before):
        faults = policies.ended(rows, before)
        for at, row in enumerate(rows):
            tiers = row.get("tiers")
            if tiers is not None and len({one.get("above") or 0 for one in tiers}) < len(tiers):
                faults.setdefault(at, {})["tiers"] = [_("Two tiers begin at the same amount.")]
        return faults

    def written(self, verb, ids, change):
        policies.keep(CommissionPolicy, verb, ids)


class Statements(Resource):
    model = Statement
    label, singular = _("Commission statements"), _("Commission statement")
    icon = "file-spreadsheet"
    columns = "month", "owner", "commission", "fixed", "due", "state"
    filters = "month", "state", "owner", "department", "commission", "due"
    search = ("name",)
    search_names = ()
    sorts = "-month", "-updated_at"
    status = "state"
    verbs = "read", "export", "print"
    readonly = True
    files = False
    limited = True
    hidden_fields = "team", "key"
    lines = (Lines("items", CommissionLine, ("day", "document", "order", "customer", "base", "rate", "whole", "percent", "amount", "rule"), _("Lines")),)
    form = (Section(_("Statement"), ("name", "month", "owner", "commission", "fixed", "due", "state", "paid_on", "items")),)
    help = _("What somebody gets for a month, line by line: until it is closed, so far. Then it stays, and corrections go into the next one.")
    actions = (
        Action("close", _("Close the month"), commission.close, when=lambda row: row.state == PayState.open, icon="lock", primary=True,
               confirm=_("Close it? What comes later goes into the next month.")),
        Action("pay", _("Mark as paid out"), commission.pay, when=lambda row: row.state == PayState.closed, icon="cash", primary=True, confirm=_("Was the money paid out?")),
    )

    title = called_by_month


class CommissionLines(Resource):
    model = CommissionLine
    label, singular = _("Commission lines"), _("Commission line")
    icon = "list"
    columns = "day", "earner", "document", "customer", "basis", "base", "rate", "percent", "amount", "rule"
    filters = "day", "basis", "customer", "category", "policy", "order", "seller", "statement", "amount"
    search = ("document",)
    search_names = ()
    sorts = ("-updated_at",)
    verbs = "read", "export"
    readonly = True
    files = False
    in_palette = False
    hidden_fields = "team", "source", "key"

    @property
    def label_field(self):
        return "document"


class PayBases(Resource):
    model = PayBasis
    label, singular = _("Pay basis"), _("Pay basis")
    icon = "credit-card"
    columns = "owner", "begins", "ends", "fixed"
    filters = "owner", "department", "begins", "ends"
    search = ()
    sorts = ("-begins", "-updated_at")
    files = False
    in_palette = False
    help = _("What somebody gets each month besides commission; statements that are not closed follow it.")
    actions = (
        Action("statements", _("Make the statements of a month"), commission.statements_of_month, icon="file-pencil", whole=True, fields=(
            DateField(name="month", label=_("Month"), help=_("Any day of it."), required=True),)),
    )

    @property
    def label_field(self):
        return "begins"

    def defaults(self):
        return {"begins": today().replace(day=1)}

    def written(self, verb, ids, change):
        with system_scope("statements that are open follow the pay basis") as db, with_deleted():
            owners = db.scalars(sa.select(PayBasis.owner_id).where(PayBasis.id.in_(ids)).distinct()).all()
        commission.pay_changed(owners)


class ForecastEntries(Resource):
    model = ForecastEntry
    label, singular = _("Entered forecasts"), _("Forecast of a month")
    icon = "chart-line"
    columns = "month", "owner", "said_on", "committed", "best", "note", "corrected", "won", "sure", "probable", "possible"
    filters = "month", "owner", "department", "corrected", "said_on", "committed", "best"
    search = "name", "note"
    search_names = ()
    sorts = "-month", "-updated_at"
    verbs = "read", "create", "export"
    files = False
    in_palette = False
    hidden_fields = "team", "department"
    form = (Section(_("Forecast of a month"), ("month", "owner", "committed", "best", "note")), Section(_("How it stood then"), ("name", "said_on", "corrected", "won", "sure", "probable", "possible"), folded=True))
    beside = ((_("Forecast"), "/sales/forecast"), (_("Month by month"), entered.PAGE))
    help = _("What salespeople say a month will bring, and what their superiors make of it. The last word counts; what was said before stays.")

    title = called_by_month

    def defaults(self):
        return {"month": today().replace(day=1)}

    def derive(self, rows, before):
        now, me = today(), my_id()
        rows = [row for row in rows if row.get("id") is None]
        for row in rows:
            if row.get("month") is not None:
                row["month"] = row["month"].replace(day=1)
            if row.get("owner_id") is not None:  # it lies where he works, whoever corrects it
                row["department_id"] = home_of(row["owner_id"])
            row |= {"name": f"{row['month']:%Y-%m}" if row.get("month") else "", "said_on": row.get("said_on") or now, "corrected": me is not None and row.get("owner_id") != me}
        months = sorted({row["month"] for row in rows if row.get("month") is not None})
        if months:
            sums = entered.computed(months[0], entered.first_of(months[-1], 1), {row.get("owner_id") for row in rows} - {None})
            for row in rows:
                row |= sums.get((row.get("owner_id"), row.get("month")), entered.Computed())._asdict()

    def check(self, rows, before):
        faults, now = {}, today().replace(day=1)
        for at, row in enumerate(rows):
            if row.get("id") is not None:
                faults[at] = {"month": [_("What was said stays: say it again, and the last word counts.")]}
            elif row.get("owner_id") is None:
                faults[at] = {"owner": [_("A forecast is somebody’s.")]}
            elif row.get("month") is not None and row["month"] < now and my_id() is not None:
                faults[at] = {"month": [_("This month is over: what was forecast of it stays as it is.")]}
            elif (row.get("committed") or 0) < 0:
                faults[at] = {"committed": [_("An amount is not less than nothing.")]}
            elif None not in (row.get("best"), row.get("committed")) and row["best"] < row["committed"]:
                faults[at] = {"best": [_("The best case holds what is committed: it is not less.")]}
        return faults
