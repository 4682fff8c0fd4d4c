"""Reminders by mail 催款: a customer is asked for what is late, in words that grow firmer, each time once.

An invoice is on level 1, 2 or 3 by how many days late it is (settings). The next level of an invoice is sent when it is that late and as many days
have passed since the one before as lie between the two; so nobody hears the last words first. Each level of an invoice is a row of Reminder, which is
unique: however often somebody or the job asks, the customer hears it once. One mail speaks of all that the customer owes and is late, in his language.
Who does not want mail of ours, or has no address that works, is not written to: he is reminded by letter (the print), or by phone.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from crm_core.sdk import (
    CompanySettings,
    Refused,
    User,
    customers,
    in_language,
    mail,
    money,
    my_id,
    notify,
    on_timeline,
    owners_of,
    session,
    site,
    system_scope,
    tasks,
    today,
)
from crm_sales import _
from crm_sales.orders.models import Order
from crm_sales.receivables import wording
from crm_sales.receivables.models import Invoice, Reminder, State
from crm_sales.receivables.services import hold, reminder_key
from crm_sales.settings import OrderSettings, Reminding

NAME = "sales.invoice"
MOST = 100  # customers of one act
LATE = Invoice.state == State.issued, Invoice.remaining > 0, Invoice.due.is_not(None)


def steps() -> list[int]:
    """How many days late an invoice is on each level, in rising order."""
    now = OrderSettings.now()
    return sorted({now.remind_first, now.remind_second, now.remind_third})


def late_enough(invoice) -> bool:
    """Whether an invoice is late enough for the first level."""
    return invoice.state == State.issued and invoice.remaining > 0 and invoice.due is not None and (today() - invoice.due).days >= steps()[0]


def levels(rows: Sequence, day: dt.date) -> dict[int, int]:
    """Invoice → the level that is to be sent of it now; left out is what was reminded of already, or is not late enough. One statement."""
    at, sent = steps(), {}
    with system_scope("what customers were reminded of") as db:
        for row in db.execute(sa.select(Reminder.invoice_id, Reminder.level, Reminder.day).where(Reminder.invoice_id.in_([one.id for one in rows])).order_by(Reminder.level)):
            sent[row.invoice_id] = (row.level, row.day)
    found = {}
    for one in rows:
        last, since = sent.get(one.id, (0, None))
        if last < len(at) and one.due is not None and (day - one.due).days >= at[last] and (since is None or (day - since).days >= at[last] - at[last - 1]):
            found[one.id] = last + 1
    return found


# --- by hand --------------------------------------------------------------------------------------------------------------


def remind_by_mail(_resource, ids: Sequence[int]):
    """Write to the customers of these invoices. Of several, those who cannot be written to are named to who asked; raises Refused where nobody can,
    or nothing is to be sent."""
    hold(ids)
    rows = session.scalars(sa.select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.due, Invoice.id).execution_options(populate_existing=True)).all()
    found, day = levels(rows, today()), today()
    of: dict[int, list] = {}
    for one in rows:
        if one.id in found:
            of.setdefault(one.customer_id, []).append(one)
    if not of:
        raise Refused(_("Of this the customer was reminded already; the next level comes when it is later."))
    if len(of) > MOST:
        raise Refused(_("At most %(n)s customers at once.", n=MOST))
    seen = site().registry.resource("core.customer")
    known, refused = seen.labels(of), []
    for customer, invoices in of.items():
        try:
            if customer not in known or not seen.sees(customer):
                raise Refused(_("You may not see this customer."))
            _send(customer, invoices, found, day, my_id())
        except Refused as no:
            if len(of) == 1:
                raise
            refused.append(f"{known.get(customer, '')}: {no.message}")
    if len(refused) == len(of):
        raise Refused(refused[0])
    if refused and (me := my_id()):
        notify([me], _("Not reminded by mail: %(who)s", who="; ".join(refused)[:800]), source=_("Sales"))


def _send(customer: int, invoices: Sequence, found, day: dt.date, sender: int | None):
    """One mail to a customer about these invoices, with all that is late; inside the write transaction, it leaves when that commits. Raises Refused."""
    about, reach = _receiver(customer, [one.order_id for one in invoices if one.order_id])
    level = max(found[one.id] for one in invoices)
    every = session.scalars(sa.select(Invoice).where(Invoice.customer_id == customer, *LATE, Invoice.due < day).order_by(Invoice.due, Invoice.id).limit(200)).all()
    with in_language({"zh": "zh", None: site().config.language}.get(reach.wishes.language, "en")):
        title, text = _letter(customer, about, level, every, day, invoices[0])
    made = mail.send(None, reach.to, title, text, about=about, sender_id=sender)
    for one in invoices:
        session.add(Reminder(invoice_id=one.id, level=found[one.id], day=day, days=(day - one.due).days, remaining=one.remaining, receiver=reach.to, mail_id=made, **owners_of(one)))
        one.reminded += 1
    session.flush()
    for one in invoices:
        on_timeline(_("reminded the customer by mail"), NAME, one.id, record=(NAME, one.id))
    tasks.finish_all([reminder_key(one.id, n) for one in invoices if one.asked for n in range(1, one.asked + 1)])


def _receiver(customer: int, orders: Sequence[int]):
    """Whom to write to: the contact of one of the orders, else the customer; and where. Raises Refused with the reason why not."""
    with system_scope("who ordered what is late") as db:
        contacts = db.scalars(sa.select(Order.contact_id).where(Order.id.in_(orders), Order.contact_id.is_not(None)).order_by(Order.id.desc())).all()
    why = _("The e-mail addresses are not for you to see.")
    for about in [*(("core.contact", one) for one in dict.fromkeys(contacts)), ("core.customer", customer)]:
        if "email" not in site().registry.resource(about[0]).fields():  # it would stand in the reminder
            continue
        reach = customers.may_reach(*about, "email")
        if reach.ok:
            return about, reach
        why = reach.why
    raise Refused(why)


def _letter(customer: int, about, level: int, rows: Sequence, day: dt.date, of) -> tuple[str, str]:
    """Subject and text of the mail, in the language that is spoken now: greeting, words of the level, what is owed, who wrote it."""
    with system_scope("names in a reminder") as db:
        name = site().registry.resource(about[0]).model.name
        called = db.scalar(sa.select(name).where(site().registry.resource(about[0]).model.id == about[1])) or ""
        by = db.execute(sa.select(User.name, User.phone).where(User.id == of.owner_id)).one_or_none() if of.owner_id else None
    sums: dict[str, int] = {}
    lines = []
    for one in rows:
        sums[one.currency] = sums.get(one.currency, 0) + one.remaining
        lines.append(_("%(number)s of %(day)s, due %(due)s, %(late)s days late: %(remaining)s %(currency)s", number=one.number, day=one.day.isoformat(), due=one.due.isoformat(),
                       late=(day - one.due).days, remaining=money.shown(one.remaining, one.currency), currency=one.currency))
    total = [_("In all: %(sum)s %(currency)s", sum=money.shown(sum_, currency), currency=currency) for currency, sum_ in sorted(sums.items())]
    company = CompanySettings.now(of.department_id)
    words = wording.of(level, wording.values(called, [one.number for one in rows], sums, max((day - one.due).days for one in rows), company.called(), day))
    bank = [_("Bank: %(bank)s, account %(account)s", bank=company.bank, account=company.bank_account)] if company.bank_account else []
    who = " · ".join(str(part) for part in ((by.name, by.phone) if by is not None else ()) if part)
    parts = [_("Dear %(name)s,", name=called), words.text, "\n".join(str(one) for one in (*lines, *total)), *bank,
             _("If you have paid in the meantime, please take this letter as settled."), "\n".join(str(one) for one in (company.called(), who) if one)]
    return words.title, "\n\n".join(str(part) for part in parts if part)


# --- by itself ------------------------------------------------------------------------------------------------------------


def remind_late(job):
    """The job of every morning, where the house wants it: whoever owes something that reached its next level is written to, or its owner has a task.
    A customer at a time, so that what is refused for one stops nobody else; who cannot be written to becomes a task too."""
    how, last = OrderSettings.now().reminding, 0
    while how != Reminding.off:
        day = today()
        with system_scope("customers who owe what is late") as db:
            found = db.scalars(sa.select(Invoice.customer_id).where(*LATE, Invoice.due <= day - dt.timedelta(days=steps()[0]), Invoice.deleted_at.is_(None), Invoice.customer_id > last)
                               .distinct().order_by(Invoice.customer_id).limit(200)).all()
        for customer in found:
            with job.write():
                _remind(customer, day, how)
        if len(found) < 200:
            return
        last = found[-1]


def _remind(customer: int, day: dt.date, how):
    ids = session.scalars(sa.select(Invoice.id).where(Invoice.customer_id == customer, *LATE, Invoice.deleted_at.is_(None)).order_by(Invoice.id).limit(500)).all()
    hold(ids)
    rows = session.scalars(sa.select(Invoice).where(Invoice.id.in_(ids), *LATE, Invoice.deleted_at.is_(None)).order_by(Invoice.due, Invoice.id).execution_options(populate_existing=True)).all()
    found = levels(rows, day)
    rows = [one for one in rows if one.id in found]
    why = ""
    if rows and how == Reminding.mail:
        try:
            with session.begin_nested():
                _send(customer, rows, found, day, rows[0].owner_id)
            return
        except Refused as no:
            why = no.message
    for one in rows:
        if one.asked < found[one.id] and one.owner_id is not None:
            words = _("Remind of invoice %(number)s, level %(level)s", number=one.number, level=found[one.id])
            tasks.give_by_rule(_("Sales"), reminder_key(one.id, found[one.id]), one.owner_id, words, text=why, due=day, about=(NAME, one.id), locked=False)
            session.execute(sa.update(Invoice).where(Invoice.id == one.id).values(asked=found[one.id]).execution_options(synchronize_session=False))
