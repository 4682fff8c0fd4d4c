"""Notes: on whose time line they stand, who is told, who may change them."""

import datetime as dt

import pytest

from crm_core.features.customers import columns, notes
from crm_core.features.messages import services as messages
from crm_core.features.tasks import services as tasks
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Conflict, Forbidden, Invalid, Missing
from crm_core.resource import timeline
from tests.customers.office import Office

MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)
CUSTOMER, CONTACT = "core.customer", "core.contact"


def bodies(office: Office, login: str, subject: str, row_id: int) -> list[str | None]:
    with office.as_(login):
        return [e.body for e in timeline.of(subject, row_id, kind="note")]


def test_a_note_stands_on_the_time_line(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        notes.add_note(CUSTOMER, customer, "  Stand confirmed.\r\nContract by Wednesday. ")
    assert bodies(office, "chen", CUSTOMER, customer) == ["Stand confirmed.\nContract by Wednesday."]


def test_a_note_on_a_contact_stands_on_the_customers_time_line_too(office: Office) -> None:
    customer = office.customer("chen")
    person = office.contact("chen", customer)
    with office.as_("chen"):
        notes.add_note(CONTACT, person, "Likes tea")
    assert bodies(office, "chen", CONTACT, person) == ["Likes tea"]
    assert bodies(office, "chen", CUSTOMER, customer) == ["Likes tea"]


def test_the_mentioned_is_told_only_when_he_may_read_the_record(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        done = notes.add_note(CUSTOMER, customer, "@孙立 please look, @李娜 too", mentions=[office.people["sun"], office.people["li"]])
    assert done.untold == ("李娜",)
    with office.as_("sun"):
        (told,) = messages.newest()
        assert str(words.read(told.text)) == "mentioned you at 四川云岭春酒业有限公司"
        assert (told.subject, told.subject_id) == (CUSTOMER, customer)
    with office.as_("li"):  # she sees it in brief, which is not enough
        assert messages.newest() == []


def test_a_picked_name_that_was_taken_out_of_the_text_is_no_mention(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        done = notes.add_note(CUSTOMER, customer, "nothing for anybody", mentions=[office.people["sun"], office.people["li"], 10**9])
    assert done.untold == ()
    with office.as_("sun"):
        assert messages.newest() == []


def test_the_next_step_makes_a_task(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), clock.freeze(MONDAY):
        done = notes.add_note(CUSTOMER, customer, "Again in three weeks", next_day=clock.today() + dt.timedelta(weeks=3))
        (task,) = tasks.waiting(5)
    assert task.id == done.task
    assert (task.title, task.due) == ("Follow up: Again in three weeks", dt.date(2026, 12, 14))
    assert (task.subject, task.subject_id) == (CUSTOMER, customer)


def test_the_list_says_the_earliest_open_step_and_how_it_stands(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), clock.freeze(MONDAY):
        for title, days in (("Send the contract", 9), ("Call about the stand", -2), ("Visit", 0)):
            tasks.give(title, due=clock.today() + dt.timedelta(days=days), about=(CUSTOMER, customer))
        assert str(columns.next_step([customer])[customer]).startswith('<span class="step red" title="2 days late">')
        assert "Call about the stand" in str(columns.next_step([customer])[customer])
    with office.as_("sun"):
        assert columns.next_step([customer + 1]) == {}


@pytest.mark.parametrize("login", ["wang", "li"])
def test_who_may_not_change_the_record_writes_no_note(office: Office, login: str) -> None:
    customer = office.customer("chen")
    person = office.contact("chen", customer)
    with office.as_(login):
        for subject, row_id in ((CUSTOMER, customer), (CONTACT, person), (CUSTOMER, 10**9)):
            with pytest.raises(Missing):
                notes.add_note(subject, row_id, "mine now")
    assert bodies(office, "chen", CUSTOMER, customer) == []


def test_an_empty_or_broken_or_endless_text_is_refused(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        for text in ("", " \n ", "a\0b", "x" * (notes.LONGEST + 1)):
            with pytest.raises(Invalid):
                notes.add_note(CUSTOMER, customer, text)


def test_one_changes_and_deletes_ones_own_note_alone(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        note = notes.add_note(CUSTOMER, customer, "first").id
    with office.as_("sun"):  # he may change the customer, but not what she wrote
        with pytest.raises(Forbidden):
            notes.edit_note(note, "never said that")
        with pytest.raises(Forbidden):
            notes.delete_note(note)
    with office.as_("wang"), pytest.raises(Missing):
        notes.edit_note(note, "whose note?")
    with office.as_("chen"):
        notes.edit_note(note, "second @孙立", mentions=[office.people["sun"]])
    assert bodies(office, "chen", CUSTOMER, customer) == ["second @孙立"]
    with office.as_("sun"):
        assert len(messages.newest()) == 1
    with office.as_("chen"):
        notes.edit_note(note, "third @孙立")
        with pytest.raises(Conflict):
            notes.edit_note(note, "late", version=1)
    with office.as_("sun"):
        assert len(messages.newest()) == 1  # told once
    with office.as_("chen"):
        notes.delete_note(note)
    assert bodies(office, "chen", CUSTOMER, customer) == []


def test_a_customer_given_away_takes_his_notes_along(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        note = notes.add_note(CUSTOMER, customer, "kept").id
    with office.as_("sun"):
        office.resource("customer").write([{"id": customer, "owner": office.people["li"]}])
    with office.as_("li"):
        found = office.resource("note").get(note)
        assert (found.owner_id, found.department_id) == (office.people["li"], office.departments["会展部"])
    with office.as_("chen"), pytest.raises(Missing):
        office.resource("note").get(note)
    with office.as_("chen"), pytest.raises(Missing):  # her own words, but no longer her customer
        notes.edit_note(note, "mine")


def test_nobody_writes_notes_past_the_service(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("sun"), pytest.raises(Forbidden):
        office.resource("note").write([{"customer": customer, "body": "x", "subject": CUSTOMER, "subject_id": customer}])
