"""Calls, visits, mails, meetings and feedback: what a line says, when it stands, what counts as follow-up."""

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers import columns, notes
from crm_core.features.customers.kinds import KINDS, NoteKind
from crm_core.features.messages import services as messages
from crm_core.features.tasks import services as tasks
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Forbidden, Invalid, Missing
from crm_core.resource import timeline, undo
from crm_core.resource.changes import History
from tests.customers.office import Office
from tests.support.people import Company

CUSTOMER, CONTACT = "core.customer", "core.contact"
MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)


def lines(subject: str, row_id: int, kind: str = "") -> list[tuple[str, str | None]]:
    return [(e.kind, e.body) for e in timeline.of(subject, row_id, kind=kind) if e.kind != "created"]


@pytest.mark.parametrize("kind", list(NoteKind))
def test_every_kind_stands_on_the_time_line_under_its_filter(office: Office, kind: NoteKind) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        notes.add_note(CUSTOMER, customer, "It went well", kind=kind)
        assert (str(kind), "It went well") in lines(CUSTOMER, customer)
        assert (str(kind), "It went well") in lines(CUSTOMER, customer, next(group for group, some in timeline.KINDS.items() if kind in some))
        assert (str(kind), "It went well") not in lines(CUSTOMER, customer, "change")


def test_what_was_done_yesterday_stands_at_yesterday(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), clock.freeze(MONDAY):
        notes.add_note(CUSTOMER, customer, "Written today")
        notes.add_note(CUSTOMER, customer, "Called yesterday", kind="call", at=MONDAY - dt.timedelta(days=1))
        assert [body for _kind, body in lines(CUSTOMER, customer) if body] == ["Written today", "Called yesterday"]
        with pytest.raises(Invalid, match="future"):
            notes.add_note(CUSTOMER, customer, "Not yet", kind="visit", at=MONDAY + dt.timedelta(days=1))


def test_the_last_contact_is_when_it_happened(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), clock.freeze(MONDAY):
        notes.add_note(CUSTOMER, customer, "Long ago", kind="visit", at=MONDAY - dt.timedelta(days=40))
        assert "2026-10-14" in str(columns.last_contact([customer])[customer])


def test_a_call_with_a_contact_stands_on_both_time_lines(office: Office) -> None:
    customer = office.customer("chen")
    person = office.contact("chen", customer)
    with office.as_("chen"):
        notes.add_note(CONTACT, person, "He is back on Monday", kind="call", more={"minutes": 6})
        assert lines(CUSTOMER, customer, "talk") == lines(CONTACT, person, "talk") == [("call", "He is back on Monday")]
        (entry,) = timeline.of(CUSTOMER, customer, kind="talk")
        assert entry.data == {"minutes": 6, "with": [CONTACT, person]}


def test_a_kind_keeps_only_what_it_asks(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        made = notes.add_note(CUSTOMER, customer, "x", kind="mail", more={"place": "Hall 3", "weight": "urgent", "owner_id": 1})
        row = office.resource("note").get(made.id)
        assert (row.place, row.weight, row.owner_id) == (None, None, office.people["chen"])


def test_an_entry_is_changed_by_its_writer_keeps_its_history_and_says_so(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        made = notes.add_note(CUSTOMER, customer, "6 minutes", kind="call", more={"minutes": 6})
        notes.edit_note(made.id, "9 minutes", more={"minutes": 9})
        (entry,) = timeline.of(CUSTOMER, customer, kind="talk")
        assert (entry.body, entry.data) == ("9 minutes", {"minutes": 9, "edited": True})
        (old,) = [h.old for h in history(made.id) if h.old and "body" in h.old]
        assert (old["body"], old["minutes"]) == ("6 minutes", 6)
        taken = notes.delete_note(made.id)
        assert timeline.of(CUSTOMER, customer, kind="talk") == []
        assert undo.ask(taken).done == 1
        assert lines(CUSTOMER, customer, "talk") == [("call", "9 minutes")]


def history(note_id: int) -> list[History]:
    return list(session.scalars(sa.select(History).where(History.resource == "core.note", History.row_id == note_id)))


def test_feedback_makes_a_task_and_is_seen_to_by_a_colleague_who_may_change_the_customer(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        made = notes.add_note(CUSTOMER, customer, "Colour off in issue 46", kind="feedback", more={"topic": "complaint", "weight": "urgent", "product": "Weekly"})
        (task,) = tasks.waiting(5)
        assert (task.id, task.title, task.subject_id) == (made.task, "See to feedback: Colour off in issue 46", customer)
        version = office.resource("note").get(made.id).version
    with office.as_("li"), pytest.raises(Missing):
        notes.handle(made.id, {"handling": "done"})
    with office.as_("sun"):
        with pytest.raises(Forbidden):
            notes.edit_note(made.id, "not his words")
        notes.handle(made.id, {"handling": "done", "result": "Reprinted"}, version=version)
    with office.as_("chen"):
        (entry,) = timeline.of(CUSTOMER, customer, kind="feedback")
        assert {k: entry.data[k] for k in ("topic", "weight", "product", "handling", "result")} == {
            "topic": "complaint", "weight": "urgent", "product": "Weekly", "handling": "done", "result": "Reprinted"}
        assert "settled your feedback on 四川云岭春酒业有限公司" in [str(words.read(n.text)) for n in messages.newest()]


def test_feedback_for_a_colleague_is_his_task(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("sun"):
        notes.add_note(CUSTOMER, customer, "Wants a list of prices", kind="feedback", receiver=office.people["chen"], next_day=dt.date(2026, 12, 1))
    with office.as_("chen"):
        assert [(t.title, t.due) for t in tasks.waiting(5)] == [("See to feedback: Wants a list of prices", dt.date(2026, 12, 1))]


def test_follow_up_is_what_was_said_or_done_and_not_a_task_nor_a_look(office: Office) -> None:
    customer = office.customer("chen")

    def followed() -> int:
        return int(session.scalar(sa.select(sa.func.count()).select_from(timeline.Entry).where(timeline.follow_up(), timeline.Entry.subject_id == customer)) or 0)

    with office.as_("chen"):
        office.resource("customer").write([{"id": customer, "phone": "010-65529988"}])
        tasks.give("Call them", about=(CUSTOMER, customer))
        assert followed() == 0
        for kind in KINDS:
            notes.add_note(CUSTOMER, customer, "said", kind=kind)
        assert followed() == len(KINDS)


def test_a_visit_with_its_next_step_is_written_from_the_page(company: Company) -> None:
    with company.as_("lina"):
        customer = company.site.registry.resource(CUSTOMER).write([{"name": "四川云岭春酒业有限公司"}])[0]
        person = company.site.registry.resource(CONTACT).write([{"name": "罗建国", "customer": customer, "main": True}])[0]
    lina = company.client("lina")
    assert 'data-write="V"' in lina.get(f"/core/customer/{customer}").text
    said = {"kind": "visit", "text": "Saw the new hall", "contact": str(person), "place": "Yibin", "minutes": "45", "at": "yesterday 15:00", "next": "in three weeks"}
    answer = lina.post(f"/core/customer/{customer}/note", data=said)
    assert answer.status_code == 303
    page = lina.get(f"/core/customer/{customer}?kind=visit").text
    assert "visited <b>罗建国</b>" in page and "45 minutes" in page and "Yibin" in page and ">15:00</time>" in page
    with company.as_("lina"):
        assert [t.subject_id for t in tasks.waiting(5)] == [person]
    for wrong in ({"minutes": "many"}, {"at": "tomorrow"}, {"kind": "dance"}, {"contact": "999999"}):
        assert lina.post(f"/core/customer/{customer}/note", data={**said, **wrong}).status_code in (400, 404, 422)
    with company.as_("lina"):
        assert len(timeline.of(CUSTOMER, customer, kind="visit")) == 1


def test_the_contact_of_another_firm_is_not_taken(company: Company) -> None:
    with company.as_("lina"):
        mine, other = company.site.registry.resource(CUSTOMER).write([{"name": "四川云岭春酒业有限公司"}, {"name": "Another firm"}])
        person = company.site.registry.resource(CONTACT).write([{"name": "罗建国", "customer": other}])[0]
    company.client("lina").post(f"/core/customer/{mine}/note", data={"kind": "call", "text": "Hello", "contact": str(person)})
    with company.as_("lina"):
        assert timeline.of(CONTACT, person, kind="talk") == []
        assert len(timeline.of(CUSTOMER, mine, kind="talk")) == 1


def test_feedback_is_handled_on_its_page(company: Company) -> None:
    with company.as_("lina"):
        customer = company.site.registry.resource(CUSTOMER).write([{"name": "四川云岭春酒业有限公司"}])[0]
    lina = company.client("lina")
    lina.post(f"/core/customer/{customer}/note", data={"kind": "feedback", "text": "Colour off", "topic": "complaint", "weight": "urgent"})
    with company.as_("lina"):
        (entry,) = timeline.of(CUSTOMER, customer, kind="feedback")
    form = lina.get(f"/core/note/{entry.record_id}/handle")
    assert "Colour off" in form.text
    assert lina.post(f"/core/note/{entry.record_id}/handle", data={"handling": "zzz"}).status_code == 422
    assert lina.post(f"/core/note/{entry.record_id}/handle", data={"handling": "done", "result": "Sent anew"}).status_code == 303
    page = lina.get(f"/core/customer/{customer}").text
    assert "Settled" in page and "Result: Sent anew" in page and "Complaint" in page
