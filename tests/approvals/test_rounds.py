"""Answers count once: neither those of an earlier round, nor twice those of one person; and who has answered is not reminded."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.approvals import running, stepping, waitpages, watching
from crm_core.features.approvals.stepping import place
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Refused
from tests.approvals.flowing import draw, history, state, step, waits_for
from tests.approvals.test_flows import answer, hand_in, tasks_of
from tests.customers.office import Office


@pytest.mark.parametrize("how", ["by its author", "to the step before"])
def test_what_was_said_in_an_earlier_round_does_not_count_again(office: Office, how: str) -> None:
    draw(office, step(office, "wang", "li", "sun", need="some", k=2), step(office, "sun"))
    customer = office.customer("chen")
    number = hand_in(office, customer)
    answer(office, "wang", number)
    answer(office, "li", number)
    if how == "by its author":
        answer(office, "sun", number, "send_back", "not so")
        with office.as_("chen"):
            office.resource("customer").write([{"id": customer, "note": "another thing"}])
            running.again(number)
    else:
        answer(office, "sun", number, "send_back", "once more", 1)
    answer(office, "wang", number, "refuse")
    assert waits_for(office, number) == {"li", "sun"}
    answer(office, "li", number)
    assert waits_for(office, number) == {"sun"}
    answer(office, "sun", number)
    assert waits_for(office, number) == {"sun"} and len(tasks_of(office, "sun")) == 1
    assert history(office, number)[-1] == ("agree", "sun", "")
    answer(office, "sun", number)
    assert state(office, number) == "agreed"


def test_nobody_answers_twice_by_what_others_hand_on_to_him(office: Office) -> None:
    draw(office, step(office, "wang", "li", need="all"))
    number = hand_in(office, office.customer("chen"))
    answer(office, "wang", number)
    with pytest.raises(Invalid):
        answer(office, "li", number, "hand_on", office.people["wang"], "why")
    assert waits_for(office, number) == {"li"}


def test_who_is_asked_besides_takes_nobody_s_place(office: Office) -> None:
    draw(office, step(office, "wang", "li", need="some", k=2), step(office, "sun"))
    number = hand_in(office, office.customer("chen"))
    answer(office, "wang", number, "add", office.people["sun"], "")
    answer(office, "wang", number)
    answer(office, "sun", number)
    assert waits_for(office, number) == {"li"}, "both of them, whoever was added"
    answer(office, "li", number)
    assert waits_for(office, number) == {"sun"}


def test_who_answers_while_the_clock_waits_is_not_reminded(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(office, step(office, "wang", days=1))
    first, second = hand_in(office, office.customer("chen")), hand_in(office, office.customer("chen", "成都天府曲酒厂"))
    read = watching._open

    def and_then_he_answers(*which: object) -> list[object]:
        found = read(*which)  # type: ignore[arg-type]
        session.connection().execute(sa.update(place).where(place.c.approval_id == first).values(state="agreed"))
        return found

    monkeypatch.setattr(watching, "_open", and_then_he_answers)
    with office.site.system("tests") as work, writing():
        work.session.execute(sa.update(place).values(due=clock.today() - dt.timedelta(days=1)))
        watching._late(50)
    assert "chase" not in [one[0] for one in history(office, first)]
    assert "chase" in [one[0] for one in history(office, second)]


def test_what_became_of_a_record_is_for_who_sees_it(office: Office) -> None:
    """While it is undecided who is asked reads its title; afterwards a record that is called another thing by now, and is somebody else's,
    is hidden from him and from who handed it in."""
    office.revoke("seller", "core.customer.brief.read")
    draw(office, step(office, "wang"))
    firm = office.customer("chen", "旧名字")
    number = hand_in(office, firm)

    def titled(login: str) -> str:
        with office.as_(login):
            return stepping.title_of(stepping.one(number))

    assert titled("wang") == titled("chen") == "旧名字", "the control: while it waits it has its name, for who may not read it as well"
    with office.as_("chen"):
        running.withdraw(number)
    assert titled("chen") == "旧名字"
    with office.as_("sun"):
        office.resource("customer").write([{"id": firm, "owner": office.people["li"], "name": "新名字"}])
    assert titled("sun") == titled("li") == "新名字"
    assert titled("wang") == titled("chen") == "hidden record"
    with office.as_("wang"), pytest.raises(Refused) as refused:
        running.agree(number)
    assert "新名字" not in str(refused.value)
    with office.as_("sun"):
        office.resource("customer").delete([firm])
    assert titled("li") == "新名字", "in the recycle bin it is still his to know"
    assert titled("chen") == "hidden record"


def test_what_waits_of_a_plugin_that_sleeps_stops_no_reminder_of_others(office: Office) -> None:
    draw(office, step(office, "wang", days=1))
    number = hand_in(office, office.customer("chen"))
    with office.site.system("tests"), writing() as db:
        first = db.execute(sa.select(place).where(place.c.approval_id == number)).one()
        asked = db.execute(sa.select(stepping.approval).where(stepping.approval.c.id == number)).mappings().one()
        asleep = db.execute(sa.insert(stepping.approval).values({k: v for k, v in asked.items() if k != "id"} | {"subject": "fairs.visit"}).returning(stepping.approval.c.id)).scalar_one()
        db.execute(sa.insert(place).values({k: v for k, v in first._mapping.items() if k != "id"} | {"approval_id": asleep}))
    with clock.freeze(clock.now() + dt.timedelta(days=9)), office.site.system("tests"), writing():
        assert watching._late(10) == 1
    with office.site.system("tests"):
        chased = dict(session.connection().execute(sa.select(place.c.approval_id, place.c.chased_at)).all())
        assert chased[number] is not None and chased[asleep] is None, "it waits until its plugin wakes"
        assert stepping.title_of(stepping.one(asleep)).startswith("#")
    with office.as_("wang"):
        assert [one.id for one in session.connection().execute(waitpages.mine())] == [number], "nor is it counted, where it is not listed"


def test_what_was_sent_back_is_handed_in_again_by_who_may_still_change_it(office: Office) -> None:
    """Else it would lock what is somebody else's by now. He takes it back, and its holder goes on."""
    draw(office, step(office, "wang"))
    firm = office.customer("chen", "旧名字")
    number = hand_in(office, firm)
    answer(office, "wang", number, "send_back", "not so")
    with office.as_("sun"):
        office.resource("customer").write([{"id": firm, "owner": office.people["li"]}])
    with office.as_("chen"), pytest.raises(Refused, match="not yours any more"):
        running.again(number)
    assert state(office, number) == "returned"
    with office.as_("sun"):
        office.resource("customer").write([{"id": firm, "owner": office.people["chen"]}])
    with office.as_("chen"):
        running.again(number)
    assert waits_for(office, number) == {"wang"}, "the control: as long as it is his"
    answer(office, "wang", number, "send_back", "not so")
    with office.as_("sun"):
        office.resource("customer").write([{"id": firm, "owner": office.people["li"]}])
    with office.as_("chen"):
        running.withdraw(number)
    with office.as_("li"):
        office.resource("customer").write([{"id": firm, "name": "李的"}])
