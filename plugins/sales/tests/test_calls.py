"""Tele-sales: who is put on a list, which question comes, what comes of a call."""

import datetime as dt
import re

import pytest
from crm_sales.calls import services
from crm_sales.calls.models import Call, CallEntry, CallQuestion, Turn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crm_core.sdk import Invalid, Refused, customers, session, tasks

LIST = "sales.call_list"


@pytest.fixture
def ann(as_user):
    return as_user("ann", {"core.customer.*": "own", "sales.*": "all", "core.task.*": "own", "core.note.*": "own"})


@pytest.fixture
def listed(house, make, ann):
    """A list with two customers on it; its id and theirs."""
    with house.system():
        script = house.resource("sales.call_script").write([{"name": "Fair", "opening": "Good morning", "questions": [
            {"number": 1, "question": "Do you exhibit?", "answers": "Yes > 3; No; Perhaps > 0"}, {"number": 2, "question": "Why not?"}, {"number": 3, "question": "How large a stand?", "answers": "9; 18; 36"}]}])[0]
    people = [make.customer(owner=ann, name=f"Lotus {n}", phone=f"010-6500100{n}") for n in (1, 2)]
    with ann.work():
        made = house.resource(LIST).write([{"name": "March", "script": script, "tries": 2}])[0]
        house.resource("core.customer").run("call_list", people, {"call_list": made})
    return made, people


def entries(house, call_list):
    with house.system():
        return session.scalars(select(CallEntry).where(CallEntry.call_list_id == call_list).order_by(CallEntry.id)).all()


def press(browser, page, text, **more):
    """Send the form of a page in which this button is, as a browser without scripts."""
    for form in re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL):
        for button, label in re.findall(r"(<button[^>]*>)(.*?)</button>", form, re.DOTALL):
            if re.sub(r"<[^>]+>", "", label).strip() == text:  # the words alone: tokens and icons are full of digits
                action = re.search(r'action="([^"]+)"', form).group(1)
                data = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
                data |= dict([(m.group(1), m.group(2))] if (m := re.search(r'name="([^"]+)" value="([^"]*)"', button)) else [])
                data.pop("csrf_token", None)
                answer = browser("POST", action, data={**data, **more})
                return answer if answer.status_code not in (302, 303) else browser("GET", answer.headers["Location"])
    raise AssertionError(f"no button {text}")


def test_nobody_is_put_on_a_list_twice_or_against_his_wish(house, listed, ann, make):
    made, people = listed
    never = make.customer(owner=ann, name="Silent", phone="010-65009999")
    with house.system():
        customers.refuse("core.customer", never, "phone")
    with ann.work():
        house.resource("core.customer").run("call_list", [*people, never], {"call_list": made})
    assert [one.customer_id for one in entries(house, made)] == people
    with ann.work(), pytest.raises(Refused):
        house.resource("core.customer").run("call_list", [never], {"call_list": made})
    with ann.work(), pytest.raises(Invalid):
        house.resource("core.customer").run("call_list", people, {})


def test_who_was_taken_off_a_list_can_be_put_on_again(house, listed, ann):
    made, people = listed
    with ann.work():
        house.resource("sales.call_entry").delete([entries(house, made)[0].id])
        house.resource("core.customer").run("call_list", people, {"call_list": made})
        assert sorted(session.scalars(select(CallEntry.customer_id))) == sorted(people)


def test_leads_are_put_on_a_list_too(house, ann):
    with ann.work():
        lead = house.resource("sales.lead").write([{"name": "Bamboo", "mobile": "13800138000"}])[0]
        house.resource("sales.lead").run("call_list", [lead], {"name": "New ones"})
        made = session.scalar(select(CallEntry.call_list_id).where(CallEntry.lead_id == lead))
    browser = ann.browser()
    page = press(browser, browser("GET", f"/sales/calls/{made}").text, "Next call").text
    assert "13800138000" in page
    press(browser, page, "Save, then stop", result="interested", note="Send the prices")
    with ann.work():
        from crm_sales.leads.models import Lead

        row = session.get(Lead, lead)
        assert ("Send the prices" in row.note, row.state.value) == (True, "working")


def test_one_call_after_the_other_without_scripts(house, listed, ann, today):
    made, people = listed
    browser = ann.browser()
    page = press(browser, browser("GET", f"/sales/calls/{made}").text, "Next call").text
    assert "Lotus 1" in page and "Good morning" in page and "Do you exhibit?" in page
    page = press(browser, page, "Yes").text
    assert "How large a stand?" in page and "Why not?" not in page
    page = press(browser, page, "18").text
    assert "The script ends here" in page
    bad = press(browser, page, "Save, next call", result="")
    assert bad.status_code == 422
    page = press(browser, page, "Save, next call", result="interested", note="Wants an offer").text
    assert "Lotus 2" in page
    page = press(browser, page, "Save, next call", result="call_back", next_day=f"{today + dt.timedelta(days=2):%Y-%m-%d}").text
    assert "later day" in page
    first, second = entries(house, made)
    assert (first.turn, first.calls, second.turn, second.next_day) == (Turn.done, 1, Turn.again, today + dt.timedelta(days=2))
    with ann.work():
        call = session.scalars(select(Call).order_by(Call.id)).first()
        assert (call.customer_id, call.result, call.by_id, call.reached) == (people[0], "interested", ann.id, True)
        assert "How large a stand? 18" in call.note and "Wants an offer" in call.note
        bodies = [one.body for one in session.scalars(select(house.resource("core.note").model))]
        assert any("Wants an offer" in body for body in bodies)
        task = session.scalar(select(tasks.Task).where(tasks.Task.source_key == f"sales.call:{second.id}"))
        assert (task.due, task.owner_id) == (today + dt.timedelta(days=2), ann.id)


def call(house, who, made, result, **more):
    from crm_core.sdk import writing

    with who.work(), writing():
        entry = services.take(made)
        services.finish(entry, result, **more)
    return entry


def test_who_does_not_answer_is_called_so_often_and_no_more(house, listed, ann, today):
    made, _people = listed
    one = call(house, ann, made, "no_answer")
    other = call(house, ann, made, "no_answer")
    assert one != other
    found = entries(house, made)
    assert [entry.turn for entry in found] == [Turn.again, Turn.again]
    assert all(entry.next_day > today for entry in found)
    with house.system():
        from crm_core.sdk import writing

        with writing():
            for row in session.scalars(select(CallEntry)):
                row.next_day = today
    call(house, ann, made, "no_answer")
    assert sorted(entry.turn.value for entry in entries(house, made)) == ["again", "done"]


def test_two_callers_have_two_lines(house, listed, ann, as_user):
    from crm_core.sdk import writing

    bob = as_user("bob", {"core.customer.*": "all", "sales.*": "all", "core.task.*": "own"})
    made, _people = listed
    got = []
    for who in (ann, bob, ann):
        with who.work(), writing():
            got.append(services.take(made))
    assert got[0] == got[2] != got[1]
    with bob.work(), writing(), pytest.raises(Refused):
        services.finish(got[0], "interested")


def test_a_result_that_is_sent_twice_is_one_call(house, listed, ann):
    from crm_core.sdk import writing

    made, _people = listed
    entry = call(house, ann, made, "interested")
    with ann.work(), writing(), pytest.raises(Refused):
        services.finish(entry, "interested")
    with house.system():
        assert len(session.scalars(select(Call)).all()) == 1


def test_who_does_not_want_to_be_called_is_not(house, listed, ann):
    made, people = listed
    call(house, ann, made, "do_not_call")
    with ann.work():
        assert not customers.may_reach("core.customer", people[0], "phone").ok


def test_a_wish_said_since_is_kept_when_the_next_is_taken(house, listed, ann):
    from crm_core.sdk import writing

    made, people = listed
    with house.system():
        customers.refuse("core.customer", people[0], "phone")
    with ann.work(), writing():
        assert services.take(made) == entries(house, made)[1].id
    passed = entries(house, made)[0]
    assert (passed.turn, passed.result, passed.calls) == (Turn.done, "do_not_call", 0)


def test_a_lead_that_does_not_want_to_be_called_is_put_on_no_list(house, ann):
    from crm_core.sdk import writing

    with ann.work():
        leads = house.resource("sales.lead")
        one, other = leads.write([{"name": "Bamboo", "mobile": "13800138000"}, {"name": "Reed", "mobile": "13800138001"}])
        leads.run("call_list", [one, other], {"name": "Second"})
        second = session.scalar(select(CallEntry.call_list_id).where(CallEntry.lead_id == one))
        leads.run("call_list", [one], {"name": "First"})
        first = session.scalar(select(CallEntry.call_list_id).where(CallEntry.lead_id == one).order_by(CallEntry.id.desc()))
    call(house, ann, first, "do_not_call")
    with ann.work(), pytest.raises(Refused):
        leads.run("call_list", [one], {"name": "Third"})
    with ann.work(), writing():
        assert session.get(CallEntry, services.take(second)).lead_id == other
    with ann.work():
        leads.run("convert", [one], {"deal": False})
        assert not customers.may_reach("core.customer", session.get(leads.model, one).customer_id, "phone").ok


def test_who_is_to_be_called_again_today_comes_after_the_others(house, listed, ann, today):
    made, _people = listed
    browser = ann.browser()
    page = press(browser, browser("GET", f"/sales/calls/{made}").text, "Next call").text
    page = press(browser, page, "Save, next call", result="call_back", next_day=f"{today:%Y-%m-%d}").text
    assert "Lotus 2" in page and "Lotus 1" not in page
    page = press(browser, page, "Save, next call", result="call_back", next_day=f"{today:%Y-%m-%d}").text
    assert "Lotus 1" in page
    again = press(browser, page, "Save, next call", result="interested").text
    assert "Lotus 2" in again
    again = press(browser, again, "Save, next call", result="call_back", next_day=f"{today:%Y-%m-%d}").text  # the only one that is left: not at once
    assert "Lotus 2" not in again and "Next call" in again


def test_back_and_pressing_twice_lead_on(house, listed, ann):
    made, _people = listed
    browser = ann.browser()
    page = press(browser, browser("GET", f"/sales/calls/{made}").text, "Next call").text
    first = entries(house, made)[0].id
    assert press(browser, page, "Save, next call", result="interested", note="a\0b").status_code == 422
    assert press(browser, page, "Save, next call", result="interested").status_code == 200
    assert "Lotus 2" in press(browser, page, "Save, next call", result="interested").text  # twice
    assert press(browser, page, "Save, then stop", result="interested").status_code == 200
    back = browser("GET", f"/sales/calls/{made}?entry={first}")
    assert back.status_code == 200 and "Next call" in back.text
    assert press(browser, page, "Yes").status_code == 200
    with house.system():
        assert len(session.scalars(select(Call)).all()) == 1


def test_a_script_that_leads_nowhere_is_refused(house):
    with house.system(), pytest.raises(Invalid):
        house.resource("sales.call_script").write([{"name": "Bad", "questions": [{"number": 1, "question": "Well?", "answers": "Yes > 7"}]}])
    with house.system(), pytest.raises(Invalid):
        house.resource("sales.call_script").write([{"name": "Bad", "questions": [{"number": 1, "question": "Well?"}, {"number": 2, "question": "And?", "answers": "Yes > 1"}]}])


def test_how_answers_lead_on_stands_above_the_questions_and_a_fault_beside_them(as_user):
    browser = as_user("max", roles=["sales-manager"]).browser()
    page = browser("GET", "/sales/call_script/new").text
    assert "Answers: Such as: Yes &gt; 2; No &gt; 5" in page
    said = browser("POST", "/sales/call_script/new", {"name": "Fair", "questions-0-number": "1", "questions-0-question": "Coming?", "questions-0-answers": "Yes > 3"})
    assert said.status_code == 422 and 'data-focus="f-questions">Questions</a>' in said.text and said.text.count("leads to question 3, which is not there.") == 2


def test_reports_count_calls(house, listed, ann):
    from crm_core.testing.doing import reporting

    made, _people = listed
    call(house, ann, made, "interested")
    call(house, ann, made, "busy")
    with ann.work():
        for name in ("call_results", "calls_by_person", "calls_by_list"):
            answer = reporting.answer(next(one for one in reporting.reports() if one.name.endswith(name)))
            assert sum(line.numbers[0] for line in answer.lines) == 2


TARGETS = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=3), min_size=1, max_size=8)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(TARGETS, st.lists(st.integers(0, 2), min_size=9, max_size=9))
def test_a_script_without_faults_always_ends(targets, picks):
    lines = [{"number": at, "question": f"Q{at}", "answers": "; ".join(f"A{n} > {n}" if n is not None else "on" for n in to)} for at, to in enumerate(targets, 1)]
    if services.faults_of(lines):
        return
    questions = [CallQuestion(number=one["number"], question=one["question"], answers=one["answers"]) for one in lines]
    said = []
    for pick in picks:
        asked = services.question_now(questions, said)
        if asked is None:
            return
        options = [words for words, _to in services.choices(asked.answers)]
        said.append([str(asked.number), asked.question, options[pick % len(options)] if options else "words"])
    raise AssertionError("it goes round and round")
