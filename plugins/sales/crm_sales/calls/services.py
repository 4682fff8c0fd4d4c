"""The verbs of tele-sales: put somebody on a list, take the next line, ask along the script, note what came of a call."""

import datetime as dt
import re

from sqlalchemy import case, func, or_, select

from crm_core.sdk import (
    Bad,
    Customer,
    Field,
    Invalid,
    Refused,
    customers,
    my_id,
    now,
    owners_of,
    session,
    site,
    system_scope,
    tasks,
    today,
    worktime,
)
from crm_sales import _
from crm_sales.calls.models import Call, CallEntry, CallList, CallQuestion, Turn
from crm_sales.leads.models import Lead
from crm_sales.leads.models import State as LeadState

LIST, ENTRY, CALL = "sales.call_list", "sales.call_entry", "sales.call"
WORDS_OF_HIS = Field(name="answer", label=_("Answers"), length=500)  # what somebody says when no answers are given to choose from
HELD = dt.timedelta(minutes=30)  # so long a line is on somebody's screen
AGAIN = {"no_answer", "busy", "call_back"}  # results after which one calls again
NEVER, WRONG = "do_not_call", "wrong_number"
UNREACHED = {"no_answer", "busy", WRONG}
WORDS = {
    "sales.call_result": [
        ("interested", "Interested", "有意向", "circle-check", "green"), ("not_interested", "Not interested", "无意向"), ("call_back", "Wants to be called again", "约定再打", "phone", "amber"),
        ("no_answer", "No answer", "无人接听"), ("busy", "Engaged", "占线"), (WRONG, "Wrong number", "号码错误", "alert-triangle", "red"), (NEVER, "Does not want to be called", "拒绝来电", "x", "red")],
}


class Gone(Refused):
    """The line is not on the screen of who acts any more: he has sent it already, or a colleague has it."""


_BRANCH = re.compile(r"^(.*?)\s*(?:>|→|＞)\s*(\d+)$")


# --- scripts ---------------------------------------------------------------------------------------------------------------


def choices(text):
    """The answers of a question, with the number of the question each leads to (None: the next, 0: none): "Yes > 2; No"."""
    found = []
    for part in re.split(r"[;；]", text or ""):
        if part := part.strip():
            branch = _BRANCH.match(part)
            found.append((branch.group(1).strip(), int(branch.group(2))) if branch else (part, None))
    return found


def faults_of(questions):
    """What is wrong with the questions of a script, as sentences."""
    numbers = [one.get("number") for one in questions]
    said = [_("Question %(n)s is there twice.", n=one) for one in sorted({one for one in numbers if one is not None and numbers.count(one) > 1})]
    for one in questions:
        for answer, to in choices(one.get("answers")):
            if to and to not in numbers:
                said.append(_("“%(answer)s” leads to question %(n)s, which is not there.", answer=answer, n=to))
            elif to and to <= (one.get("number") or 0):
                said.append(_("“%(answer)s” leads back to question %(n)s: a script goes on to higher numbers.", answer=answer, n=to))
    return said


def questions_of(script_id):
    """The questions of a script, in their order; none without a script."""
    if script_id is None:
        return []
    return session.scalars(select(CallQuestion).where(CallQuestion.script_id == script_id, CallQuestion.deleted_at.is_(None)).order_by(CallQuestion.number).limit(200)).all()


def question_now(questions, answers):
    """The question that is to be asked after these answers; None at the end."""
    if not answers:
        return questions[0] if questions else None
    number, _question, answer = answers[-1]
    asked = next((one for one in questions if one.number == int(number)), None)
    to = next((to for words, to in choices(asked.answers if asked is not None else "") if words == answer), None)
    if to == 0:
        return None
    return next((one for one in questions if (one.number == to if to else one.number > int(number))), None)


# --- lists -----------------------------------------------------------------------------------------------------------------


def put_customers(resource, ids, call_list=None, name=None):
    """Onto a list: those who may be called and are not on it yet."""
    may = customers.may_reach_all("core.customer", ids, "phone")
    _put([{"customer_id": one} for one in ids if may[one].ok], "customer_id", call_list, name)


def put_leads(resource, ids, call_list=None, name=None):
    """Onto a list: those who did not ask not to be called."""
    silent = silent_leads(ids)
    _put([{"lead_id": one} for one in ids if one not in silent], "lead_id", call_list, name)


def silent_leads(ids):
    """Those of these leads that may not be called: they said so when they were called last, on whatever list, also one that was deleted since; or
    became a customer who may not be called; or are not there any more."""
    with system_scope("leads that do not want to be called") as db:
        leads = db.execute(select(Lead.id, Lead.customer_id).where(Lead.id.in_(ids), Lead.deleted_at.is_(None))).all()
        last = select(func.max(Call.id)).where(Call.lead_id.in_(ids)).group_by(Call.lead_id)
        never = set(db.scalars(select(Call.lead_id).where(Call.id.in_(last), Call.result == NEVER)))
    may = customers.may_reach_all("core.customer", [one.customer_id for one in leads if one.customer_id is not None], "phone")
    never |= {one.id for one in leads if one.customer_id is not None and not may[one.customer_id].ok}
    return never | set(ids) - {one.id for one in leads}


def _put(rows, column, call_list, name):
    if not rows:
        raise Refused(_("None of these has a number and may be called."))
    if call_list is None:
        if not name:
            raise Invalid({"name": [_("Choose a call list, or name a new one.")]})
        (call_list,) = site().registry.resource(LIST).write([{"name": name}])
    parent = site().registry.resource(LIST).get(call_list, "update")
    there = set(session.scalars(select(getattr(CallEntry, column)).where(CallEntry.call_list_id == call_list, getattr(CallEntry, column).in_([row[column] for row in rows]))))
    for row in rows:
        if row[column] not in there:
            session.add(CallEntry(call_list_id=call_list, **owners_of(parent), **row))
    session.flush()


def counts(call_list):
    """How many lines of a list wait, are due, are done."""
    due = or_(CallEntry.turn == Turn.waiting, (CallEntry.turn == Turn.again) & (CallEntry.next_day <= today()))
    row = session.execute(select(
        func.count(), func.count().filter(due), func.count().filter(CallEntry.turn == Turn.done), func.count().filter(CallEntry.turn == Turn.again),
    ).where(CallEntry.call_list_id == call_list)).one()
    return {"all": row[0], "due": row[1], "done": row[2], "again": row[3]}


def _stopped(entry):
    """The result with which a line ends without a call; None: it is called."""
    if entry.customer_id is None:
        return NEVER if silent_leads([entry.lead_id]) else None
    if customers.may_reach("core.customer", entry.customer_id, "phone").ok:
        return None
    with system_scope("whether there is a number at all") as db:
        row = db.get(Customer, entry.customer_id)
        return NEVER if row is not None and (row.phone or row.mobile) else WRONG


def take(call_list, but=None):
    """The next line for who acts: what he has on his screen, what was agreed for today, what waits, who was called today already. None when there is
    none. In a write transaction; two colleagues are given two lines. Who does not want to be called any more is passed over for good.
    `but`: not this line, which he has just been through."""
    me, moment = my_id(), now()
    free = or_(CallEntry.taken_at.is_(None), CallEntry.taken_at < moment - HELD, CallEntry.taken_id == me)
    due = or_(CallEntry.turn == Turn.waiting, (CallEntry.turn == Turn.again) & (CallEntry.next_day <= today()))
    called = select(Call.id).where(Call.entry_id == CallEntry.id, Call.day == today()).exists()
    place = case(((CallEntry.turn == Turn.again) & ~called, 0), (CallEntry.turn == Turn.waiting, 1), else_=2)
    query = select(CallEntry).where(CallEntry.call_list_id == call_list, CallEntry.id != (but or 0), free, due).order_by(
        (CallEntry.taken_id == me).desc().nulls_last(), place, CallEntry.id).limit(1).with_for_update(skip_locked=True)
    while (entry := session.scalar(query)) is not None and (why := _stopped(entry)):
        entry.turn, entry.result, entry.next_day, entry.taken_id, entry.taken_at, entry.answers = Turn.done, why, None, None, None, None
        session.flush()
        tasks.finish(f"sales.call:{entry.id}")
    if entry is None:
        return None
    if entry.taken_id != me:
        entry.answers = None
    entry.taken_id, entry.taken_at = me, moment
    session.flush()
    return entry.id


def mine(entry_id):
    """A line that is on the screen of who acts, to be changed. Raises Missing, Gone."""
    entry = site().registry.resource(ENTRY).get(entry_id, "update")
    if entry.turn == Turn.done or entry.taken_id != my_id():
        raise Gone(_("This call is not yours any more."))
    return entry


def answer(entry_id, number, words):
    """Keep an answer of the running call; the same question answered again takes back what followed it."""
    entry = mine(entry_id)
    questions = questions_of(session.scalar(select(CallList.script_id).where(CallList.id == entry.call_list_id)))
    asked = next((one for one in questions if one.number == number), None)
    if asked is None:
        raise Refused(_("There is no such question."))
    words = _clean(WORDS_OF_HIS, words, 500)
    before = [one for one in entry.answers or [] if int(one[0]) < number]
    entry.answers = [*before, [str(number), asked.question, words]]
    entry.taken_at = now()
    session.flush()


def _clean(field, text, most):
    """What was typed, as it is kept. Raises Invalid."""
    try:
        return field.parse((text or "").strip()[:most]) or ""
    except Bad as bad:
        raise Invalid({field.name: [bad.message]}) from None


def finish(entry_id, result, note=None, next_day=None):
    """What came of the call: kept as a call, on the customer as a note, and, where one is to call again, as a task. Sent twice, it is one."""
    if not result:
        raise Invalid({"result": [_("Say what came of the call.")]})
    entry, note = mine(entry_id), _clean(site().registry.resource(CALL).all_fields["note"], note, 4_000)
    call_list = session.get(CallList, entry.call_list_id)
    entry.calls, entry.result = entry.calls + 1, result
    wanted = result in AGAIN or next_day is not None
    if wanted and (next_day is not None or result == "call_back" or entry.calls < call_list.tries):
        entry.turn, entry.next_day = Turn.again, max(next_day or worktime.shift(today(), 1), today())
    else:
        entry.turn, entry.next_day = Turn.done, None
    said = "\n".join([*(f"{question} {answer}" for _number, question, answer in entry.answers or []), *([note] if note else [])])
    session.add(Call(
        call_list_id=entry.call_list_id, entry_id=entry.id, customer_id=entry.customer_id, lead_id=entry.lead_id, day=today(), by_id=my_id(), result=result,
        reached=result not in UNREACHED, note=said or None, **owners_of(entry)))
    entry.taken_id, entry.taken_at, entry.answers = None, None, None
    session.flush()
    _follow(entry, call_list, result, said)


def _follow(entry, call_list, result, said):
    about = ("core.customer", entry.customer_id) if entry.customer_id is not None else ("sales.lead", entry.lead_id)
    target = site().registry.resource(about[0])
    words = site().registry.resource(ENTRY).all_fields["result"].show(result)
    if entry.customer_id is not None and target.sees(entry.customer_id, "update"):
        customers.add_note("core.customer", entry.customer_id, f"{call_list.name}: {words}\n{said}".strip(), kind="call")
    if entry.customer_id is not None and result == NEVER:
        customers.refuse("core.customer", entry.customer_id, "phone")
    if entry.lead_id is not None:
        with system_scope("what was said to a lead") as db:
            lead = db.get(Lead, entry.lead_id)
            line = f"{today()} {words} {said}".strip()
            if lead is not None and lead.state in (LeadState.new, LeadState.working):
                lead.note = f"{lead.note}\n{line}" if lead.note else line
                lead.state = LeadState.working if result not in UNREACHED else lead.state
                db.flush()
    key = f"sales.call:{entry.id}"
    tasks.finish(key)
    if entry.turn == Turn.again:
        name = target.name_of(about[1])
        tasks.give_by_rule(_("Sales"), key, my_id(), _("Call again: %(name)s", name=name), due=entry.next_day, about=about, locked=False)


def person(entry):
    """Whom a line is about, as far as the reader may know: name, phone numbers, address of his page."""
    if entry.customer_id is not None:
        row = session.get(Customer, entry.customer_id)
        resource, url = site().registry.resource("core.customer"), f"/core/customer/{entry.customer_id}"
    else:
        row = session.get(Lead, entry.lead_id) if entry.lead_id is not None else None
        resource, url = site().registry.resource("sales.lead"), f"/sales/lead/{entry.lead_id}"
    if row is None:
        known = resource.name_of(entry.customer_id or entry.lead_id)
        return {"name": known or _("hidden"), "numbers": [], "url": url if known else "", "facts": []}
    shown = resource.fields()
    numbers = [(shown[name].label, getattr(row, name)) for name in ("phone", "mobile") if name in shown and getattr(row, name)]
    facts = [(shown[name].label, shown[name].show(getattr(row, shown[name].column))) for name in ("contact", "title", "interest", "industry", "region", "standing") if name in shown]
    return {"name": resource.title(row), "numbers": numbers, "url": url, "facts": [one for one in facts if one[1]]}
