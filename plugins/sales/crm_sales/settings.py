"""What administrators decide about sales."""

import enum

from crm_core.sdk import Setting, Settings
from crm_sales import _


class DealSettings(Settings):
    name = "deals"
    label = _("Opportunities")
    departments = False
    callback_days: int = Setting(14, _("Call back so many days after a deal"), _("The owner gets a task: is the customer satisfied? It ends the sale."), minimum=0, maximum=365)
    probability_by_history: bool = Setting(False, _("Win probability by history"), _(
        "Of a stage in which at least ten opportunities were that closed within a year: the share of them that was won, instead of what stands at the stage."))


class QuoteSettings(Settings):
    name = "sales.quotes"
    label = _("Quotes and contracts")
    valid_days: int = Setting(30, _("A quote is valid for so many days"), minimum=1, maximum=3_650)
    public: bool = Setting(True, _("Customers read and accept quotes by a link"))
    terms: str = Setting("", _("Payment terms of new quotes"), length=500)
    signed_file: bool = Setting(True, _("A contract is signed when its signed paper is among its files"))
    warn_days: int = Setting(60, _("Days before its end that a contract puts a task on its owner"), minimum=1, maximum=730)


class Reminding(enum.StrEnum):
    """What happens by itself when an invoice reaches the next level of reminding."""

    off = "off"
    task = "task"
    mail = "mail"


REMINDING = {"off": _("Nothing: people remind"), "task": _("Its owner has a task"), "mail": _("The customer is sent a mail")}


class OrderSettings(Settings):
    name = "orders"
    label = _("Orders and money")
    pages = ((_("Wording of reminders"), "/sales/reminder_text", "mail"),)
    reviews: bool = Setting(True, _("Advertisements run only after contract and finance review"))
    renewal_days: int = Setting(30, _("So many days before its end a subscription is a task of its owner’s"), minimum=1, maximum=180)
    days: int = Setting(30, _("Days to pay, where a customer has no term of his own"), minimum=0, maximum=365)
    instalments: bool = Setting(False, _("An instalment of a contract that is due is a task of its owner’s, until it is invoiced"))
    first: int = Setting(1, _("Owner is told of an unpaid invoice after so many days"), minimum=1, maximum=365)
    second: int = Setting(15, _("and again after"), minimum=1, maximum=365)
    third: int = Setting(30, _("and a third time after"), minimum=1, maximum=365)
    reminding: Reminding = Setting(Reminding.off, _("Reminders of late invoices"), labels=REMINDING)
    remind_first: int = Setting(7, _("First reminder after so many days late"), minimum=1, maximum=365)
    remind_second: int = Setting(14, _("Second reminder after"), minimum=1, maximum=365)
    remind_third: int = Setting(30, _("Last reminder after"), minimum=1, maximum=365)
    remind_within: int = Setting(7, _("Days to pay that reminders give"), minimum=1, maximum=60)


class Over(enum.StrEnum):
    """What is done with an order of a customer who owes too much."""

    warn = "warn"
    ask = "ask"
    refuse = "refuse"


OVER = {"warn": _("Warn: whoever confirms says why"), "ask": _("Stop it until it is released"), "refuse": _("Refuse")}


class CreditSettings(Settings):
    name = "credit"
    label = _("Credit")
    a_days: int = Setting(0, _("Grade A: on average at most so many days late"), minimum=0, maximum=3650)
    b_days: int = Setting(10, _("Grade B: at most"), minimum=0, maximum=3650)
    c_days: int = Setting(30, _("Grade C: at most"), minimum=0, maximum=3650)
    d_days: int = Setting(60, _("Grade D: at most; E is later than that"), minimum=0, maximum=3650)
    least: int = Setting(3, _("Invoices needed for grade A or B; with fewer it is C at best"), minimum=1, maximum=100)
    a_months: int = Setting(3, _("Limit of grade A, in months of turnover"), minimum=0, maximum=36)
    b_months: int = Setting(2, _("Limit of grade B, in months of turnover"), minimum=0, maximum=36)
    c_months: int = Setting(1, _("Limit of grade C, in months of turnover"), minimum=0, maximum=36)
    d_months: int = Setting(0, _("Limit of grade D, in months of turnover"), minimum=0, maximum=36)
    a_term: int = Setting(60, _("Days to pay of grade A"), minimum=0, maximum=365)
    b_term: int = Setting(45, _("Days to pay of grade B"), minimum=0, maximum=365)
    c_term: int = Setting(30, _("Days to pay of grade C"), minimum=0, maximum=365)
    d_term: int = Setting(15, _("Days to pay of grade D"), minimum=0, maximum=365)
    a: Over = Setting(Over.warn, _("Grade A owes more than its limit"), labels=OVER)
    b: Over = Setting(Over.warn, _("Grade B owes more than its limit"), labels=OVER)
    c: Over = Setting(Over.ask, _("Grade C owes more than its limit"), labels=OVER)
    d: Over = Setting(Over.ask, _("Grade D owes more than its limit"), labels=OVER)
    e: Over = Setting(Over.refuse, _("Grade E owes more than its limit"), labels=OVER)
    overdue: int = Setting(30, _("An invoice so many days late counts as over the limit"), minimum=1, maximum=365)
    trouble: int = Setting(30, _("Who pays so many days late on average is proposed as troubled"), minimum=1, maximum=3650)


class LeadSettings(Settings):
    name = "leads"
    label = _("Leads")
    days: int = Setting(0, _("Take up within so many days"), _("A lead its owner has not taken up by then goes back to the pool. 0: never."), minimum=0, maximum=365)
    most: int = Setting(0, _("Open leads of one person"), _("Nobody takes more than that out of the pool. 0: as many as he likes."), minimum=0, maximum=10_000)


class Counts(enum.StrEnum):
    """What a target is of."""

    won = "won"
    ordered = "ordered"
    invoiced = "invoiced"
    received = "received"


COUNTS = {"won": _("Won"), "ordered": _("Orders"), "invoiced": _("Invoices"), "received": _("Money received")}


class ForceSettings(Settings):
    """Salespeople."""

    label = _("Salespeople")
    name = "force"
    receipts: bool = Setting(True, _("An expense claim needs its receipt as a file"))
    targets: Counts = Setting(Counts.won, _("Targets are of"), _("What the forecast and the targets of the year show first."), labels=COUNTS)


class PartnerSettings(Settings):
    """Partners."""

    label = _("Partners")
    name = "partners"
    protects: int = Setting(90, _("A deal of a partner is protected for so many days"), minimum=1, maximum=730)
