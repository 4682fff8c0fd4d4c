"""What people see of invoices and payments."""

import sqlalchemy as sa

from crm_core.sdk import (
    Action,
    BooleanField,
    DateField,
    EnumField,
    Field,
    Invalid,
    Lines,
    MoneyField,
    PricedLines,
    Refused,
    Resource,
    Section,
    Settled,
    amounts,
    as_written,
    money,
    priced,
    session,
    system_scope,
    today,
    writing,
)
from crm_sales import _
from crm_sales.contracts import paying
from crm_sales.contracts.services import name_the_first, of_another_currency
from crm_sales.orders.models import State as OrderState
from crm_sales.receivables import instalments, reminding, services, wording
from crm_sales.receivables.models import (
    WAYS,
    Allocation,
    Invoice,
    InvoiceItem,
    Payment,
    Reminder,
    ReminderText,
    State,
    Way,
)

REASON = Field(name="reason", label=_("Reason"), required=True, length=255)


class Invoices(Resource):
    model = Invoice
    label, singular = _("Invoices"), _("Invoice")
    icon = "file-invoice"
    columns = "number", "customer", "day", "due", "total", "remaining", "state", "owner"
    filters = "state", "customer", "day", "due", "total", "remaining", "written_on", "order", "contract", "instalment", "owner"
    search = "number", "title", "tax_number"
    search_names = ()
    sorts = "-updated_at", "due", "day", "customer"
    status = "state"
    subtitle = "customer", "due", "total"
    calendar = "due"
    timeline = True
    verbs = ("read", "create", "update", "delete", "export", "print", "assign")
    settled = (Settled("state", (State.draft,), _("An issued invoice stays as it is: make a credit note, or cancel it."), free=("due",), course=("state", "reason", "reminded", "written_on")),)
    lines = (priced(InvoiceItem),)
    form = (Section(_("Invoice"), ("customer", "contract", "title", "tax_number", "day", "due", "currency", "items")),)
    actions = (
        Action("issue", _("Issue"), services.issue, when=lambda one: one.state == State.draft, icon="send", primary=True),
        Action("pay", _("Record payment"), services.pay, when=lambda one: one.state == State.issued and one.remaining != 0, icon="cash", primary=True, bulk=False,
               fit=lambda rows: {"amount": {"default": abs(rows[0].remaining or 0) or None}}, fields=lambda _r: [
            DateField(name="day", label=_("Day"), default=today()), MoneyField(name="amount", label=_("Amount"), help=_("Left out: all that remains.")),
            EnumField(name="way", label=_("How it came"), members=Way, labels=WAYS, default=Way.bank), Field(name="reference", label=_("Bank reference"), length=60)]),
        Action("remind_by_mail", _("Remind by mail"), reminding.remind_by_mail, when=reminding.late_enough, icon="mail", order=52, whole=True, final=True),
        Action("remind", _("Reminded"), services.remind, when=lambda one: one.state == State.issued and one.remaining > 0 and one.due is not None and one.due < today(), icon="bell", quiet=True),
        Action("credit", _("Credit note"), services.credit, when=lambda one: one.state in services.OPEN and one.total > 0, icon="receipt", order=70, quiet=True, bulk=False,
               fields=(REASON, MoneyField(name="amount", label=_("Amount"), help=_("Left out: all that is left of the invoice.")))),
        Action("write_off", _("Write off"), services.write_off, when=lambda one: one.state == State.issued and one.remaining > 0, icon="ban", order=75, quiet=True, bulk=False,
               danger=True, fields=(REASON,)),
        Action("ask_again", _("Ask for it again"), services.ask_again, when=lambda one: one.state == State.lost, icon="arrow-back-up", order=76, quiet=True, bulk=False),
        Action("void", _("Void"), services.void,
               when=lambda one: one.state in services.OPEN and not one.paid and not one.credited and one.credits_id is None and one.written_on is None, icon="x", order=80,
               danger=True, bulk=False, fields=(REASON,)),
    )
    help = _("What customers are asked to pay, and credit notes, which are invoices below nothing. Those of an order are made on its page.")

    @property
    def label_field(self):
        return "number"

    def derive(self, rows, before):
        name_the_first(rows)

    def check(self, rows, before):
        return of_another_currency(rows, before)

    def held(self, ids):
        """What was issued stays, also when its making is undone: numbers have no gaps."""
        with system_scope("invoices that were issued") as db:
            return super().held(ids) | set(db.scalars(sa.select(Invoice.id).where(Invoice.id.in_(ids), Invoice.told)))

    def written(self, verb, ids, change):
        with system_scope("issued invoices stay") as db:
            query = sa.select(Invoice.number).where(Invoice.id.in_(ids), Invoice.told, Invoice.state == State.draft if verb != "delete" else sa.true())
            if verb != "create" and (number := db.scalar(query.limit(1))):
                raise Refused(_("Invoice %(number)s is issued: make a credit note, or cancel it.", number=number))
            asked = db.scalars(sa.select(Invoice.id).where(Invoice.id.in_(ids), Invoice.told)).all() if verb == "update" else ()
        if asked:
            services.settle(asked)


class InvoiceItems(PricedLines):
    model = InvoiceItem
    label, singular = _("Invoice items"), _("Invoice item")

    def derive(self, rows, before):
        """Lines of shares keep their amounts; only those written by hand are worked out."""
        super().derive([row for row in rows if not as_written(row, before).get("fixed")], before)

    def follow_head(self, rows, before):
        super().follow_head([row for row in rows if not as_written(row, before).get("fixed")], before)

    def held(self, ids):
        with system_scope("invoices that were issued") as db:
            return super().held(ids) | set(db.scalars(sa.select(InvoiceItem.id).join(Invoice, Invoice.id == InvoiceItem.invoice_id).where(InvoiceItem.id.in_(ids), Invoice.told)))


class Reminders(Resource):
    model = Reminder
    label, singular = _("Reminders by mail"), _("Reminder by mail")
    icon = "mail"
    columns = "day", "invoice", "level", "days", "remaining", "receiver"
    filters = "invoice", "day", "level"
    search = ("receiver",)
    search_names = ()
    sorts = ("-day",)
    verbs = ("read", "export")
    readonly = True
    help = _("Of which invoices customers were reminded by mail: each level once.")

    @property
    def label_field(self):
        return "level"

    def example(self, make, owner):
        invoice = make("sales.invoice", owner=owner, items=[{"what": "Test", "quantity": 1000, "price": 100_00}])
        with writing() as db:
            one = db.get(Invoice, invoice)
            made = Reminder(invoice_id=invoice, level=1, day=today(), days=7, remaining=100_00, receiver="x@example.com", owner_id=one.owner_id, department_id=one.department_id, team_id=one.team_id)
            db.add(made)
            db.flush()
            return made.id

    def held(self, ids):
        """A mail that has left is not taken back."""
        return set(ids)


class ReminderTexts(Resource):
    model = ReminderText
    label, singular = _("Wording of reminders"), _("Wording of a reminder")
    icon = "mail"
    columns = "level", "language", "title", "text"
    filters = "level", "language"
    search = "title", "text"
    search_names = ()
    sorts = ("-updated_at",)
    files = in_palette = False
    unique = (("level", "language"),)
    help = _("What reminders say by level and language, before they list what is owed. Where nothing stands here, the usual words are said.")

    @property
    def label_field(self):
        return "level"

    def title(self, row):
        return str(row)

    def example(self, make, owner):
        """There is one of each level and language, so another is the one that is there."""
        return session.scalar(sa.select(ReminderText.id).where(ReminderText.deleted_at.is_(None)).order_by(ReminderText.id).limit(1))

    def check(self, rows, before):
        faults = {}
        for at, row in enumerate(rows):
            if found := {name: [fault] for name in ("title", "text") if (fault := wording.wrong(row.get(name) or ""))}:
                faults[at] = found
        return faults


class Payments(Resource):
    model = Payment
    label, singular = _("Payments received"), _("Payment received")
    icon = "cash"
    columns = "number", "customer", "day", "amount", "unallocated", "way", "owner"
    subtitle = "customer", "amount", "unallocated"
    filters = "customer", "day", "amount", "unallocated", "way", "reference", "returned", "owner"
    search = "number", "reference"
    search_names = ()
    sorts = "-updated_at", "day", "customer"
    calendar = "day"
    verbs = ("read", "create", "update", "export", "import", "print", "assign")
    importable = True
    unique = (("customer", "reference"),)
    settled = (Settled("day", (), _("A payment stays as it is: take it back and record it anew."), free=("note", "reference", "way"),
                       course=("allocations", "unallocated", "returned", "reason"), goes=True),)
    lines = (Lines("allocations", Allocation, ("invoice", "amount"), _("For invoices"), repeats=True),)
    form = (Section(_("Payment received"), ("customer", "day", "currency", "amount", "way", "reference", "note", "allocations")),)
    actions = (
        Action("allocate", _("Count for open invoices"), services.allocate, when=lambda one: one.returned is None and one.unallocated > 0, icon="checks", primary=True),
        Action("take_back", _("Take back"), services.take_back, when=lambda one: one.returned is None, icon="arrow-back-up", order=80, danger=True, fields=(REASON,)),
    )
    help = _("Money that came, and for which invoices. The same bank reference of a customer is taken once.")

    def defaults(self):
        return {"day": today()}

    def derive(self, rows, before):
        how, step = money.rounding(), None
        for row in rows:
            if row.get("id") is None and row.get("amount") is not None and row.get("day") is not None:
                step = step or money.step(self._house())
                try:
                    row["rate"] = money.rate(row.get("currency") or self._house(), row["day"])
                except Refused as no:
                    raise Invalid({"currency": [no.message]}) from None
                row["worth"], row["unallocated"] = amounts.convert(row["amount"], row["rate"], how, step), row["amount"]

    @staticmethod
    def _house():
        return next(iter(money.in_use()))

    def check(self, rows, before):
        invoices, faults = set(), {}
        for at, row in enumerate(rows):
            old = before.get(row.get("id", 0))
            if old is None and row.get("amount") == 0:
                faults[at] = {"amount": [_("An amount is another one than nothing.")]}
            if old is None:
                invoices |= {line["invoice"] for line in row.get("allocations") or () if line.get("invoice")}
        services.hold(invoices)  # before anything refers to them
        known = services.payable(invoices)
        for at, row in enumerate(rows):
            if row.get("id") is None and at not in faults:
                for line in row.get("allocations") or ():
                    if known.get(line.get("invoice")) not in (None, (row.get("customer_id"), row.get("currency") or self._house())):
                        faults[at] = {"allocations": [_("An invoice is another customer’s, or in another currency.")]}
                    elif line.get("invoice") not in known:
                        faults[at] = {"allocations": [_("An invoice is not issued.")]}
        return faults

    def written(self, verb, ids, change):
        if verb == "update":
            services.settle([], ids)


class Allocations(Resource):
    model = Allocation
    label, singular = _("Money for invoices"), _("Money for an invoice")
    columns = "payment", "invoice", "amount", "gain", "returned"
    filters = "payment", "invoice"
    search = ()
    verbs = ("read",)

    @property
    def label_field(self):
        return "amount"

    def example(self, make, owner):
        invoice = make("sales.invoice", owner=owner, items=[{"what": "Test", "quantity": 1000, "price": 100_00}])
        invoices = self.registry.resource("sales.invoice")
        invoices.run("issue", [invoice])
        invoices.run("pay", [invoice])
        return session.scalar(sa.select(Allocation.id).where(Allocation.invoice_id == invoice))

    def written(self, verb, ids, change):
        services.allocated(ids)


TITLES = (
    Field(name="title", label=_("Invoice title"), help=_("Left out: the customer's name."), length=255),
    Field(name="tax_number", label=_("Tax number"), help=_("Left out: the customer's credit code."), length=60))
CONTRACT_ACTIONS = (
    Action("invoice", _("Invoice this instalment"), instalments.invoice, on="sales.contract_payment", when=lambda one: not one.invoiced and (one.remaining or 0) > 0, icon="file-invoice",
           primary=True, whole=True, fields=lambda _r: [DateField(name="day", label=_("Day"), default=today()), *TITLES]),
    Action("invoice_due", _("Invoice what is due"), instalments.invoice_due, on="sales.contract", when=lambda one: one.state in paying.ASKED, icon="file-invoice", order=22,
           whole=True, fields=lambda _r: [DateField(name="day", label=_("Day"), default=today()), *TITLES]),
)
ORDER_ACTIONS = (
    Action("invoice", _("Make an invoice"), services.invoice, on="sales.order", when=lambda o: o.state in (OrderState.confirmed, OrderState.done, *((OrderState.cancelled,) if o.delivered else ())) and o.invoiced < o.total,
           icon="file-invoice", primary=True, order=55, whole=True, makes="sales.invoice", fields=lambda _r: [
               DateField(name="day", label=_("Day"), default=today()), BooleanField(name="ahead", label=_("Also what has not gone out yet")), *TITLES]),
    Action("credit_returns", _("Credit what came back"), services.credit_returns, on="sales.order", when=lambda o: o.invoiced > 0 and o.state != OrderState.draft, icon="receipt",
           order=72, quiet=True, whole=True, makes="sales.invoice", fields=(Field(name="reason", label=_("Reason"), length=255),)),
)
