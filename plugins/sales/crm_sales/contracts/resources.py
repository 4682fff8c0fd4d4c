"""What people see of contracts."""

from sqlalchemy import select

from crm_core.sdk import (
    Action,
    Bilingual,
    DateField,
    Field,
    FileField,
    Lines,
    NoteField,
    PricedLines,
    Resource,
    Section,
    Settled,
    as_written,
    language,
    money,
    priced,
    session,
    writing,
)
from crm_sales import _
from crm_sales.contracts import paying, services
from crm_sales.contracts.models import (
    Clause,
    Contract,
    ContractClause,
    ContractItem,
    ContractMilestone,
    ContractParty,
    ContractPayment,
    State,
)
from crm_sales.opportunities.services import of_their_desk
from crm_sales.quotes.services import in_state

WHY = NoteField(name="reason", label=_("Reason"), required=True, length=2_000)


class Clauses(Bilingual):
    model = Clause
    label, singular = _("Clauses"), _("Clause")
    icon = "checklist"
    columns = "name", "english", "position"
    search = "name", "english", "text", "english_text"
    help = _("What stands in contracts again and again. A contract takes a copy: what is changed here changes no contract.")


class Contracts(Resource):
    model = Contract
    label, singular = _("Contracts"), _("Contract")
    icon = "file-text"
    columns = "number", "name", "customer", "total", "agreed", "state", "progress", "ends", "owner"
    filters = "state", "customer", "day", "begins", "ends", "signed_on", "total", "agreed", "amends", "renews", "owner"
    search = "number", "name"
    status = "state"
    limited = True
    subtitle = "customer", "total", "ends"
    importable = True
    calendar, gantt = "ends", ("begins", "ends")
    spans = "begins", "ends"
    lines = (
        priced(ContractItem),
        Lines("payments", ContractPayment, ("what", "share", "amount", "due", "milestone", "invoiced", "paid", "remaining"), _("Payment plan")),
        Lines("milestones", ContractMilestone, ("name", "day", "done"), _("Milestones")),
        Lines("parties", ContractParty, ("name", "role", "signatory"), _("Further parties")),
        Lines("clauses", ContractClause, ("clause", "title", "text"), _("Clauses")),
    )
    hidden_fields = ("team",)
    form = (
        Section(_("Contract"), ("number", "name", "customer", "contact", "opportunity", "quote", "day", "begins", "ends", "currency", "items", "net", "tax", "total")),
        Section(_("Payment and milestones"), ("payments", "milestones")),
        Section(_("Parties and clauses"), ("partner", "signatory", "parties", "clauses", "note")),
        Section(_("Owner"), ("owner", "department"), folded=True),
        Section(_("Course"), ("signed_on", "signed_file", "agreed", "paid", "reason", "amends", "renews", "order"), folded=True),
    )
    help = _("What was agreed with customers: items, when it is paid, what is done by when. Signed ones stay as they are; what changes is an amendment.")
    settled = (Settled("state", (State.draft,), _("This contract is no draft any more; it stays as it is. Make an amendment.")),)
    actions = (
        Action("sign", _("Signed"), services.sign, when=in_state(State.draft), icon="rubber-stamp", primary=True, order=10, bulk=False,
               fields=(FileField(name="file", label=_("Signed copy")), DateField(name="signed_on", label=_("Signed on"))), fit=services.so_far),
        Action("signed_copy", _("Signed copy"), services.signed_copy, when=in_state(State.draft, State.signed, State.done), icon="file-text", order=12, quiet=True,
               fit=services.who_signed,
               fields=(FileField(name="file", label=_("File"), required=True), DateField(name="signed_on", label=_("Signed on")),
                       Field(name="partner", label=_("Signs for the customer"), length=255), Field(name="signatory", label=_("Signs for us"), length=255))),
        Action("order", _("Make an order"), services.to_order, when=lambda c: c.state == State.signed and c.order_id is None, icon="shopping-cart", order=20, bulk=False, primary=True,
               makes="sales.order"),
        Action("renew", _("Renew"), services.renew, when=lambda c: c.amends_id is None and c.state in paying.ASKED, icon="refresh", order=30, bulk=False, makes="sales.contract"),
        Action("amend", _("Amend"), services.amend, when=in_state(State.signed), icon="pencil", order=31, bulk=False, quiet=True, makes="sales.contract"),
        Action("done", _("Fulfilled"), services.finish, when=in_state(State.signed), icon="flag", order=40, bulk=False),
        Action("cancel", _("End it"), services.cancel, when=in_state(*services.LIVE), icon="x", order=50, bulk=False, danger=True, fields=(WHY,)),
    )

    @property
    def label_field(self):
        return "number"

    def title(self, row):
        return f"{row.number or ''} {row.name or ''}"

    def write(self, rows, *, kind="save"):
        rows = list(rows)
        with writing():
            if ids := [row["id"] for row in rows if row.get("id")]:
                services.hold(ids)
            return super().write(rows, kind=kind)

    def derive(self, rows, before):
        of_their_desk(rows)

    def check(self, rows, before):
        faults = {}
        for i, row in enumerate(rows):
            if sum(one.get("share") or 0 for one in row.get("payments", ()) if one.get("amount") is None) > 100_00:
                faults[i] = {"payments": [_("The shares come to more than the whole.")]}
        return services.of_another_deal(rows, before) | faults

    def written(self, verb, ids, change):
        if verb != "delete":
            paying.lay(ids)  # a plan that was changed is paid by what came in so far


class ContractItems(PricedLines):
    model = ContractItem
    label, singular = _("Contract items"), _("Contract item")
    agreed = "quote_id", "amends_id", "renews_id"


class ContractPayments(Resource):
    model = ContractPayment
    label, singular = _("Instalments"), _("Instalment")
    icon = "cash"
    columns = "what", "contract", "amount", "due", "milestone", "invoiced", "invoices", "paid", "remaining", "late"
    filters = "contract", "due", "amount", "invoiced", "paid", "remaining"
    search = ("what",)
    search_names = ()
    sorts = "due", "-updated_at"
    verbs = ("read", "export")
    help = _("Which part of a contract is to be paid when. What was paid of it follows from the money received on the invoices of the contract and its orders, the instalment due first first.")

    @property
    def label_field(self):
        return "what"

    def derive(self, rows, before):
        """A share is worked out as an amount, of what the items come to by now."""
        now = [as_written(row, before) for row in rows]
        heads = {line["contract_id"] for line in now if line.get("share") is not None}
        known = {row.id: row for row in session.execute(select(Contract.id, Contract.total, Contract.currency).where(Contract.id.in_(heads)))} if heads else {}
        for head, contract in known.items():
            places = [n for n, line in enumerate(now) if line["contract_id"] == head]
            pairs = [(now[n].get("share"), rows[n].get("amount", now[n].get("amount")) if now[n].get("share") is None else None) for n in places]
            for n, amount in zip(places, services.instalments(contract.total, pairs, money.step(contract.currency)), strict=True):
                rows[n]["amount"] = amount


class ContractMilestones(Resource):
    model = ContractMilestone
    label, singular = _("Milestones"), _("Milestone")
    icon = "flag"
    columns = "name", "contract", "day", "done", "done_by"
    filters = "contract", "day", "done"
    search = ("name",)
    search_names = ()
    sorts = "day", "-updated_at"
    verbs = ("read", "export")
    actions = (Action("reach", _("Done"), services.reach, when=lambda one: one.done is None, icon="check",
                      fields=(DateField(name="done", label=_("Done on"), help=_("Empty: today.")),)),)


class ContractClauses(Resource):
    model = ContractClause
    label, singular = _("Clauses of contracts"), _("Clause of a contract")
    columns = "title", "contract", "clause"
    search = ()
    verbs = ("read",)

    @property
    def label_field(self):
        return "title"

    def derive(self, rows, before):
        """A clause that is chosen brings its words along, in the language of who writes."""
        now = [as_written(row, before) for row in rows]
        ids = {line["clause_id"] for line in now if line.get("clause_id") and not (line.get("text") and line.get("title"))}
        library = {one.id: one for one in session.scalars(select(Clause).where(Clause.id.in_(ids)))} if ids else {}
        for row, line in zip(rows, now, strict=True):
            clause = library.get(line.get("clause_id"))
            if clause is not None:
                english = language() == "en"
                row["title"] = line.get("title") or (clause.english if english and clause.english else clause.name)
                row["text"] = line.get("text") or (clause.english_text if english and clause.english_text else clause.text)
