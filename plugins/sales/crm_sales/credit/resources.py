"""What people see of credit."""

from crm_core.sdk import Action, EnumField, Field, MoneyField, Resource, read_words, site
from crm_sales import _
from crm_sales.credit import services
from crm_sales.credit.models import GRADES, Credit, Grade, Stop
from crm_sales.orders.models import State


class Credits(Resource):
    model = Credit
    label, singular = _("Credit"), _("Credit of a customer")
    icon = "gauge"
    columns = "customer", "grade", "limit", "days", "proposed", "proposed_limit", "late", "turnover"
    filters = "grade", "proposed", "customer", "limit", "late", "proposed_on"
    search = ()
    readonly = True
    verbs = ("read", "export", "print")
    status = "grade"
    files = False
    in_palette = False
    actions = (
        Action("take", _("Take the proposal"), services.take_proposals, icon="check", primary=True, whole=True,
               when=lambda one: one.proposed is not None and (one.grade, one.limit, one.days) != (one.proposed, one.proposed_limit, one.proposed_days)),
    )
    help = _("Grade, limit and days to pay of customers, as they are set and as they are proposed from how the customer paid. Set on the customer’s page, or by taking the proposal.")

    @property
    def label_field(self):
        return "grade"

    def example(self, make, owner):
        return self.write([{"customer": make("core.customer", owner=owner), "grade": Grade.b, "limit": 1_000_00, "days": 30}])[0]

    def title(self, row):
        return self.registry.resource("core.customer").name_of(row.customer_id)


class Stops(Resource):
    model = Stop
    label, singular = _("Stopped orders"), _("Stopped order")
    icon = "hand-stop"
    columns = "order", "words", "owed", "limit", "outcome", "day"
    filters = "outcome", "order", "day"
    search = ()
    search_names = ()
    readonly = True
    verbs = ("read", "export", "print")
    status = "outcome"
    entry = (("outcome.any", "waiting"),)
    files = False
    in_palette = False
    help = _("Orders of customers who owe more than they may: stopped until somebody releases them, or confirmed in spite of a warning.")

    @property
    def label_field(self):
        return "words"

    def word(self, value):
        return str(read_words(value))


CUSTOMER_ACTIONS = (
    Action("set_credit", _("Set credit"), services.set_credit, on="core.customer", icon="gauge", order=65, quiet=True, fit=services.as_set, fields=lambda _r: [
        EnumField(name="grade", label=_("Grade"), members=Grade, labels=GRADES, required=True), MoneyField(name="limit", label=_("Limit")),
        site().registry.resource("sales.credit").all_fields["days"], Field(name="why", label=_("Reason"), length=255)]),
)
ORDER_ACTIONS = (
    Action("release", _("Release"), services.release, on="sales.order", icon="lock-open", order=51, whole=True, primary=True, when=lambda order: order.state == State.held,
           fields=(Field(name="why", label=_("Reason"), length=255),)),
)
