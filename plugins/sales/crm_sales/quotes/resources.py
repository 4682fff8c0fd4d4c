"""What people see of quotes."""

from sqlalchemy import select

from crm_core.sdk import (
    Action,
    Field,
    NoteField,
    PercentField,
    PricedLines,
    Product,
    Resource,
    Section,
    Settled,
    amounts,
    as_written,
    money,
    priced,
    session,
    today,
)
from crm_sales import _, repricing
from crm_sales.opportunities.services import of_their_desk
from crm_sales.quotes import services
from crm_sales.quotes.models import Quote, QuoteItem, State

NAMED = Field(name="signer", label=_("Accepted by"), required=True)
WHY = NoteField(name="reason", label=_("Reason"), required=True, length=2_000)


class Quotes(Resource):
    model = Quote
    label, singular = _("Quotes"), _("Quote")
    icon = "file-text"
    columns = "number", "name", "customer", "total", "state", "until", "owner"
    filters = "state", "latest", "customer", "opportunity", "day", "until", "sent_at", "total", "owner"
    search = "number", "name"
    status = "state"
    subtitle = "customer", "total", "until"
    limited = True
    importable = True
    calendar = "until"
    lines = (priced(QuoteItem),)
    hidden_fields = ("team",)
    form = (
        Section(_("Quote"), ("number", "name", "customer", "contact", "opportunity", "day", "until", "currency", "items", "net", "tax", "total", "margin")),
        Section(_("Terms"), ("terms", "note")),
        Section(_("Owner"), ("owner", "department"), folded=True),
        Section(_("Answer"), ("sent_at", "answered_at", "signer", "signer_address", "reason", "order", "contract", "edition", "latest", "first"), folded=True),
    )
    help = _("What customers are offered. Only drafts are changed: of what was sent, a new version is made.")
    settled = (Settled("state", (State.draft,), _("This quote has been sent; it stays as it is. Make a new version of it.")),)
    actions = (
        Action("send", _("Send"), services.send, when=services.in_state(State.draft), icon="send", primary=True, order=10,
               confirm=_("Offer this quote? It cannot be changed afterwards; a new version can be made.")),
        Action("accept", _("Accepted"), services.accept, when=services.in_state(State.sent), icon="check", primary=True, order=20, bulk=False, fields=(NAMED,)),
        Action("decline", _("Declined"), services.decline, when=services.in_state(State.sent), icon="x", order=21, bulk=False, fields=(WHY,)),
        Action("order", _("Make an order"), services.to_order, when=services.may_become("order_id"), icon="shopping-cart", order=30, bulk=False, primary=True, makes="sales.order"),
        Action("contract", _("Make a contract"), services.to_contract, when=services.may_become("contract_id"), icon="file-text", order=31, bulk=False, makes="sales.contract"),
        Action("reduce", _("Discount on the whole"), services.reduce, when=services.in_state(State.draft), icon="tag", order=40, bulk=False, quiet=True,
               fields=(PercentField(name="percent", label=_("Discount"), required=True),)),
        Action("take_prices", _("Take today's prices"), repricing.take("sales.quote"), when=services.in_state(State.draft), icon="refresh", order=39, bulk=False),
        Action("new_version", _("New version"), services.new_version, when=services.may_replace, icon="copy", order=41, bulk=False, makes="sales.quote"),
        Action("withdraw", _("Withdraw the customer's link"), services.withdraw, when=lambda quote: bool(quote.link), icon="eye-off", order=50, bulk=False, quiet=True),
        Action("new_link", _("New link for the customer"), services.new_link, when=services.in_state(State.sent, State.accepted), icon="link", order=51, bulk=False, quiet=True),
    )

    @property
    def label_field(self):
        return "number"

    def defaults(self):
        return services.beginning()

    def title(self, row):
        return f"{row.number or ''} {row.name or ''}"

    def derive(self, rows, before):
        of_their_desk(rows)


class QuoteItems(PricedLines):
    model = QuoteItem
    label, singular = _("Quote items"), _("Quote item")

    def derive(self, rows, before):
        """What is left of a line when its product has been paid for, as far as its cost is known, in the currency of the quote."""
        super().derive(rows, before)
        now = [as_written(row, before) for row in rows]
        ids = sorted({line["product_id"] for line in now if line.get("product_id")})
        costs = {row.id: row.cost for row in session.execute(select(Product.id, Product.cost).where(Product.id.in_(ids)))} if ids else {}
        currencies = self.currencies(now) if ids else {}
        rates = {code: rate for (code, _day), rate in money.rates({(code, today()) for code in currencies.values()}).items()}
        for row, line in zip(rows, now, strict=True):
            cost, code = costs.get(line.get("product_id")), currencies.get(line.get("quote_id"), "")
            row["margin"] = None
            if line.get("product_id") is None:
                row["margin"] = min(line["net"], 0) or None  # an allowance comes off what is earned; of other words the cost is not known
            elif cost is not None and code in rates:
                own = amounts.divide(cost * (line.get("quantity") or 0) * 10**8, 1_000 * rates[code], money.rounding(), money.step(code))
                row["margin"] = line["net"] - own
