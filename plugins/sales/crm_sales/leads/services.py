"""The verbs of leads: score, give out, take from the pool and give back, convert, disqualify."""

import datetime as dt
from email.utils import parseaddr

from sqlalchemy import func, select

from crm_core.sdk import (
    Contact,
    Invalid,
    Refused,
    User,
    actor,
    customers,
    emit,
    notify,
    session,
    site,
    system_scope,
    today,
)
from crm_sales import _, ngettext
from crm_sales.api import LeadsArrived
from crm_sales.leads.models import How, Lead, LeadReceiver, LeadRule, ScoreRule, State
from crm_sales.settings import LeadSettings

NAME = "sales.lead"
OPEN = (State.new, State.working)
# Leads that do not want to be called: the area of calls knows (it comes later, so it says so itself).
unwilling = []


# --- score -----------------------------------------------------------------------------------------------------------------


def score_rules():
    """The rules of points, in their order."""
    return session.scalars(select(ScoreRule).where(ScoreRule.deleted_at.is_(None)).order_by(ScoreRule.id).limit(200)).all()


def score(resource, row, rules):
    """The points of a lead, as it will stand: each rule whose fields are all filled in, with its words where it has some."""
    total = 0
    for rule in rules:
        fields = [resource.all_fields[name] for name in rule.fields or () if name in resource.all_fields]
        values = [row.get(field.column) for field in fields]
        if not fields or any(value in (None, "", []) for value in values):
            continue
        wanted = {word.strip().casefold() for word in (rule.words or "").replace("，", ",").replace("、", ",").split(",") if word.strip()}
        if not wanted or any(str(field.show(value)).casefold() in wanted for field, value in zip(fields, values, strict=True)):
            total += rule.points
    return total


def score_anew(job):
    """After a rule of points changed: all open leads."""
    resource, last = site().registry.resource(NAME), 0
    while True:
        with job.write(), system_scope("points of leads") as db:
            rules = score_rules()
            rows = db.scalars(select(Lead).where(Lead.id > last, Lead.state.in_(OPEN), Lead.deleted_at.is_(None)).order_by(Lead.id).limit(500)).all()
            for row in rows:
                found = score(resource, {column.key: getattr(row, column.key) for column in resource.table.columns}, rules)
                if row.score != found:
                    row.score = found
            db.flush()
        if len(rows) < 500:
            return
        last = rows[-1].id


# --- who gets them ---------------------------------------------------------------------------------------------------------


def arrived(ids):
    """Tell of leads nobody has: other packages may give them to somebody, then the rules do."""
    with system_scope("leads that came in") as db:
        found = tuple(db.scalars(select(Lead.id).where(Lead.id.in_(ids), Lead.owner_id.is_(None), Lead.state == State.new, Lead.deleted_at.is_(None))))
    if found:
        emit(LeadsArrived(found))


def on_arrival(event):
    """The last to hear of them, inside the transaction: what nobody has taken is given out by the rules."""
    give_out(event.ids)


def distribute(resource, ids):
    """Give leads out by the rules, whoever has them now."""
    if not give_out(ids, again=True):
        raise Refused(_("No rule says who gets these leads."))


def give_out(ids, again=False):
    """Give leads to the colleagues of the first rule that fits each; how many found somebody. Rules are locked, so that two at a time take turns too."""
    done = 0
    with system_scope("leads are given out by rules") as db:
        rules = db.scalars(select(LeadRule).where(LeadRule.active, LeadRule.deleted_at.is_(None)).order_by(LeadRule.position, LeadRule.id).limit(200).with_for_update()).all()
        people = {}
        for rule_id, user_id in db.execute(
                select(LeadReceiver.rule_id, LeadReceiver.user_id).join(User, User.id == LeadReceiver.user_id).where(User.active, User.deleted_at.is_(None), LeadReceiver.deleted_at.is_(None)).order_by(LeadReceiver.id)):
            people.setdefault(rule_id, []).append(user_id)
        places = {rule.id: (_within("core.region", rule.region_id), _within("core.industry", rule.industry_id)) for rule in rules}
        everybody = {one for found in people.values() for one in found}
        loads = dict.fromkeys(everybody, 0) | dict(db.execute(
            select(Lead.owner_id, func.count()).where(Lead.owner_id.in_(everybody), Lead.state.in_(OPEN), Lead.deleted_at.is_(None)).group_by(Lead.owner_id)).all())
        homes = dict(db.execute(select(User.id, User.department_id).where(User.id.in_(everybody))).all())
        for lead in db.scalars(select(Lead).where(Lead.id.in_(ids), Lead.state.in_(OPEN), Lead.deleted_at.is_(None)).order_by(Lead.id).with_for_update()):
            if lead.owner_id is not None and not again:
                continue
            rule = next((one for one in rules if people.get(one.id) and _fits(one, lead, *places[one.id])), None)
            if rule is None:
                continue
            chosen = _next(rule, people[rule.id], loads)
            loads[chosen] += 1
            rule.last_id, lead.owner_id, lead.department_id, lead.given_on = chosen, chosen, homes[chosen], today()
            done += 1
        db.flush()
    return done


def _within(name, place):
    """A place or trade and all within it; none: any."""
    return set(site().registry.resource(name).below([place])) if place is not None else None


def _fits(rule, lead, regions, industries):
    return (regions is None or lead.region_id in regions) and (industries is None or lead.industry_id in industries) and rule.source in (None, lead.source)


def _next(rule, people, loads):
    """Whose turn it is: the one after the last, or who has the fewest open leads, the first of equals."""
    if rule.how == How.load:
        return min(people, key=lambda one: (loads[one], people.index(one)))
    at = people.index(rule.last_id) + 1 if rule.last_id in people else 0
    return people[at % len(people)]


def claim(resource, ids):
    """Take leads out of the pool. Raises Refused when a colleague was faster, or one has enough of them."""
    who = actor()
    most = LeadSettings.now().most
    with system_scope("leads out of the pool") as db:
        db.execute(select(User.id).where(User.id == who.user_id).with_for_update())
        rows = db.scalars(select(Lead).where(Lead.id.in_(ids), Lead.deleted_at.is_(None)).order_by(Lead.id).with_for_update()).all()
        for row in rows:
            if row.owner_id is not None or row.state not in OPEN:
                raise Refused(_("“%(name)s” was taken meanwhile.", name=row.name))
        if most and db.scalar(select(func.count()).select_from(Lead).where(Lead.owner_id == who.user_id, Lead.state.in_(OPEN), Lead.deleted_at.is_(None))) + len(rows) > most:
            raise Refused(ngettext("You may have %(n)s open lead at most.", "You may have %(n)s open leads at most.", most))
        for row in rows:
            row.owner_id, row.department_id, row.given_on = who.user_id, who.department_id, today()
        db.flush()


def give_back(row):
    """Back to the pool, for whoever wants it."""
    row.owner_id, row.team_id, row.state, row.given_on = None, None, State.new, None
    session.flush()


def go_back(job):
    """Each night: leads their owners did not take up in time go back to the pool."""
    days = LeadSettings.now().days
    with job.finish():
        if not days:
            return
        rows = session.scalars(select(Lead).where(
            Lead.state == State.new, Lead.owner_id.is_not(None), Lead.deleted_at.is_(None), Lead.given_on < today() - dt.timedelta(days=days)).limit(2_000)).all()
        told = {}
        for row in rows:
            told.setdefault(row.owner_id, []).append(row.name)
            row.owner_id, row.team_id, row.given_on = None, None, None
        session.flush()
        for owner, names in told.items():
            notify([owner], _("Leads nobody took up went back to the pool: %(names)s", names="、".join(names[:5])), source=_("Sales"))


# --- acts ------------------------------------------------------------------------------------------------------------------


def work(row):
    """Somebody sees to it."""
    row.state = State.working


def disqualify(row, reason, why=None):
    """It leads nowhere."""
    row.state, row.reason = State.disqualified, reason
    if why:
        row.note = f"{row.note}\n{why}" if row.note else why


def reopen(row):
    """It goes on after all."""
    row.state, row.reason = State.working, None


def convert(row, customer=None, deal=True, opportunity=None):
    """Make a customer with his contact of it, or add to one there is, and an opportunity where wanted. The lead keeps what was made."""
    registry = site().registry
    if row.state not in OPEN:
        raise Refused(_("“%(name)s” is not open.", name=row.name))
    row.state, row.converted_on = State.converted, today()
    session.flush()
    if customer is None:
        (customer,) = registry.resource("core.customer").write([_given(registry.resource("core.customer"), {
            "name": row.name, "phone": row.phone, "mobile": row.mobile if not row.contact else None, "email": row.email if not row.contact else None, "website": row.website,
            "region": row.region_id, "industry": row.industry_id, "size": row.size, "source": row.source, "note": row.note})])
    if any(row.id in silent([row.id]) for silent in unwilling):
        customers.refuse("core.customer", customer, "phone")
    contact = None
    if row.contact:
        contact = _known_contact(customer, row) or registry.resource("core.contact").write([_given(registry.resource("core.contact"), {
            "customer": customer, "name": row.contact, "title": row.title, "phone": row.phone, "mobile": row.mobile, "email": row.email})])[0]
    made = None
    if deal:
        values = {"name": opportunity or row.interest or row.name, "customer": customer, "contact": contact, "amount": row.amount, "source": row.source, "note": row.interest}
        (made,) = registry.resource("sales.opportunity").write([_given(registry.resource("sales.opportunity"), values)])
    row.customer_id, row.made_contact_id, row.opportunity_id = customer, contact, made
    session.flush()


def _given(resource, values):
    """What there is to say, in fields who acts may write."""
    fields = resource.fields(writing=True)
    return {name: value for name, value in values.items() if name in fields and value not in (None, "")}


def _known_contact(customer, row):
    """A contact of this customer with the same name: he is not made twice."""
    return session.scalar(select(Contact.id).where(Contact.customer_id == customer, Contact.name == row.contact).limit(1))


# --- out of a mail ---------------------------------------------------------------------------------------------------------


def of_mail(sender, title, text, source=None):
    """Note down who wrote a mail as a lead; the id. A lead that is open already and has this address is told of it instead."""
    name, address = split_sender(sender)
    if not address:
        raise Invalid(None, _("This mail does not say who wrote it."))
    there = session.scalar(select(Lead).where(func.lower(Lead.email) == address.lower(), Lead.state.in_(OPEN), Lead.deleted_at.is_(None)).limit(1))
    said = f"{title}\n{text or ''}".strip()[:10_000]
    if there is not None:
        there.note = f"{there.note}\n\n{said}" if there.note else said
        session.flush()
        return there.id
    (made,) = site().registry.resource(NAME).write([{
        "name": (name or address)[:200], "contact": name or None, "email": address, "interest": str(title)[:255], "note": said, **({"source": source} if source else {})}])
    return made


def split_sender(text):
    """("Li Na", "li@example.com") of "Li Na <li@example.com>"."""
    name, address = parseaddr(text or "")
    return name, address if "@" in address else ""


WORDS = {
    "sales.lead_reason": [
        ("no_need", "No need", "没有需求"), ("no_money", "No money", "没有预算"), ("unreachable", "Cannot be reached", "联系不上"), ("wrong_data", "Wrong data", "信息不实"),
        ("twice", "Known already", "重复"), ("competitor", "Belongs to a competitor", "属于竞争对手")],
}


def put_rules():
    """The points every house begins with; what is there is left as people made it."""
    if session.scalar(select(ScoreRule.id).limit(1)) is not None:
        return
    site().registry.resource("sales.score_rule").write([
        {"name": name, "fields": fields, "points": points} for name, fields, points in (
            ("有电话", ["phone"], 10), ("有手机", ["mobile"], 15), ("有电子邮件", ["email"], 10), ("有联系人及职务", ["contact", "title"], 15), ("有意向", ["interest"], 20), ("有金额", ["amount"], 20))])
