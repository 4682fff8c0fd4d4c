"""Plans: what they count, how they are broken down, agreed and summed up; the journal and who reads it."""

import datetime as dt
from collections.abc import Iterator

import pytest

from crm_core.access.models import Department
from crm_core.data.session import session, writing
from crm_core.features.customers.api import NoteKind, add_note
from crm_core.features.messages import services as messages
from crm_core.features.plans import diary, services, views
from crm_core.features.plans.models import Journal, Plan, PlanLine, Span, Stage
from crm_core.features.tasks import services as tasks
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Invalid, Missing, Refused
from tests.customers.office import Office

TODAY = dt.date(2026, 11, 25)
NOW = dt.datetime(2026, 11, 25, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[None]:
    with clock.freeze(NOW):
        yield


@pytest.fixture
def office(office: Office) -> Office:
    """Sellers plan and write their own."""
    for permission in ("core.plan.*", "core.journal.*"):
        office.grant("seller", permission, "own")
    return office


def headed(office: Office) -> None:
    """孙立 heads the marketing centre."""
    with office.site.system("tests"), writing():
        session.get_one(Department, office.departments["营销中心"]).owner_id = office.people["sun"]
    office.changed()


def plan(office: Office, who: str = "chen", **more: object) -> int:
    with office.as_(who):
        return int(office.resource("plan").write([{
            "title": "November", "span": "month", "begins": TODAY, "items": [
                {"metric": "core.visits", "target": 4}, {"metric": "core.tasks", "target": 2}, {"metric": "own", "what": "pages", "target": 10, "fact": 5}], **more}])[0])


def visit(office: Office, who: str, customer: int, kind: NoteKind = NoteKind.visit, day: dt.date = TODAY) -> None:
    with office.as_(who):
        add_note("core.customer", customer, "They are interested", kind=kind, at=dt.datetime.combine(day, dt.time(2), tzinfo=dt.UTC))


def counted(office: Office, number: int, who: str = "chen") -> list[int | None]:
    with office.as_(who):
        one = session.get_one(Plan, number)
        items = services.lines_of([number])
        found = services.facts([one], items)
        return [found[line.id] for line in items[number]]


def told(office: Office, login: str) -> str:
    with office.as_(login):
        found = messages.newest()
        return str(words.read(found[0].text)) if found else ""


@pytest.mark.parametrize(("span", "first", "last"), [
    (Span.year, dt.date(2026, 1, 1), dt.date(2026, 12, 31)), (Span.month, dt.date(2026, 11, 1), dt.date(2026, 11, 30)),
    (Span.week, dt.date(2026, 11, 23), dt.date(2026, 11, 29))])
def test_a_plan_reaches_over_the_whole_of_its_time(span: Span, first: dt.date, last: dt.date) -> None:
    assert services.days_of(span, TODAY) == (first, last)
    parts = services.parts_of(span, first, last) if span != Span.week else []
    assert len(parts) == {Span.year: 12, Span.month: 5, Span.week: 0}[span]


def test_weeks_of_the_months_of_a_year_are_each_there_once() -> None:
    mondays = [week[0] for month in services.parts_of(Span.year, dt.date(2026, 1, 1), dt.date(2026, 12, 31)) for week in services.parts_of(Span.month, *month)]
    assert len(mondays) == len(set(mondays)) == 52


@pytest.mark.parametrize(("target", "count"), [(10, 3), (2, 5), (12, 12), (1, 1)])
def test_shares_are_together_what_was_planned(target: int, count: int) -> None:
    found = services.shares(target, count)
    assert sum(found) == target and len(found) == count and max(found) - min(found) <= 1


def test_facts_are_the_records_of_its_person_and_time_and_lead_to_them(office: Office) -> None:
    customer = office.customer("chen", "云岭春")
    number = plan(office)
    assert counted(office, number) == [0, 0, 5]
    visit(office, "chen", customer)
    visit(office, "chen", customer, NoteKind.call)
    visit(office, "chen", customer, day=dt.date(2026, 10, 31))
    with office.as_("chen"):
        office.resource("task").run("done", [tasks.give("Call")])
    assert counted(office, number) == [1, 1, 5]
    with office.as_("chen"):
        line = services.lines_of([number])[number][0]
        url = views.metrics.url_of(services.wanted(session.get_one(Plan, number), line))
    assert url.startswith("/core/note?") and "kind.any=visit" in url and "2026-11-01" in url


def test_a_department_plan_counts_everybody_in_it(office: Office) -> None:
    for who in ("chen", "wang", "li"):
        visit(office, who, office.customer(who, f"of {who}"))
    number = plan(office, "sun", everybody=True, department=office.departments["营销中心"])
    assert counted(office, number, "sun")[0] == 2


def test_progress_of_a_list_costs_the_same_for_any_number_of_plans(office: Office) -> None:
    ids = [plan(office)]
    with office.as_("chen"):
        views.load_progress(ids)
        _found, few = office.count(lambda: views.load_progress(ids))
    ids += [plan(office) for _n in range(4)]
    with office.as_("chen"):
        found, many = office.count(lambda: views.load_progress(ids))
    assert many == few and len(found) == 5


def test_a_year_is_broken_down_once_into_its_months(office: Office) -> None:
    number = plan(office, span="year", items=[{"metric": "core.visits", "target": 25}])
    with office.as_("chen"):
        office.resource("plan").run("divide", [number])
        parts = session.query(Plan).where(Plan.above_id == number).order_by(Plan.begins).all()
        items = services.lines_of([one.id for one in parts])
        assert [one.begins.month for one in parts] == list(range(1, 13))
        assert sum(items[one.id][0].target for one in parts) == 25
        with pytest.raises(Refused):
            office.resource("plan").run("divide", [number])
        with pytest.raises(Invalid):
            office.resource("plan").write([{"title": "Another year", "span": "month", "begins": dt.date(2027, 3, 1), "above": number}])


def test_a_plan_is_submitted_agreed_to_summed_up_and_then_stays(office: Office) -> None:
    headed(office)
    customer, plans = office.customer("chen", "云岭春"), office.resource("plan")
    visit(office, "chen", customer)
    number = plan(office)
    with office.as_("chen"):
        plans.run("submit", [number])
        with pytest.raises((Missing, Refused)):
            plans.run("agree", [number])
    assert told(office, "sun") == "submitted a plan: November"
    with office.as_("sun"):
        plans.run("send_back", [number], {"remark": "More visits, please"})
    assert told(office, "chen") == "sent your plan back: November"
    with office.as_("chen"):
        plans.run("submit", [number])
    with office.as_("sun"):
        plans.run("agree", [number], {"remark": "Good"})
    with office.as_("chen"):
        plans.run("sum_up", [number], {"summary": "Nearly"})
        one = session.get_one(Plan, number)
        assert (one.stage, one.remark, one.summary) == (Stage.summed_up, "Good", "Nearly")
        assert [line.fact for line in services.lines_of([number])[number]] == [1, 0, 5]
        for more in ({"title": "Another"}, {"items": [{"id": services.lines_of([number])[number][0].id, "target": 1}]}):
            with pytest.raises(Invalid):
                plans.write([{"id": number, **more}])
    visit(office, "chen", customer)
    assert counted(office, number)[0] == 1  # as it was


def test_who_has_no_superior_agrees_with_himself_and_an_empty_plan_is_not_submitted(office: Office) -> None:
    with office.as_("chen"):
        (empty,) = office.resource("plan").write([{"title": "Nothing", "span": "week", "begins": TODAY}])
        with pytest.raises(Refused):
            office.resource("plan").run("submit", [empty])
        number = plan(office)
        office.resource("plan").run("submit", [number])
        assert session.get_one(Plan, number).stage == Stage.agreed


def test_nobody_sees_the_plans_and_days_of_another_department(office: Office) -> None:
    number = plan(office)
    with office.as_("chen"):
        written = diary.write(TODAY, "My words")
    with office.as_("li"):
        assert session.get(Plan, number) is None and session.get(Journal, written) is None and services.lines_of([number]) == {}
        with pytest.raises(Missing):
            office.resource("journal").get(written)


def test_a_day_says_what_its_records_say(office: Office) -> None:
    customer = office.customer("chen", "云岭春")
    visit(office, "chen", customer)
    visit(office, "chen", customer, NoteKind.call, dt.date(2026, 11, 24))
    with office.as_("chen"):
        found = diary.entries(office.people["chen"], TODAY)
        assert [one.body for one in found if one.body] == ["They are interested"]
        (row,) = diary.by_customer(TODAY)
        assert (row.name, row.holder, row.done) == ("云岭春", office.people["chen"], {"visit": 1})
        assert list(diary.last_visits([customer])) == [customer]
    with office.as_("li"):
        assert diary.entries(office.people["chen"], TODAY) == () and diary.by_customer(TODAY) == []


def test_a_day_whose_entry_was_deleted_is_written_anew(office: Office) -> None:
    with office.as_("chen"):
        first = diary.write(TODAY, "My words")
        office.resource("journal").delete([first])
        again = diary.write(TODAY, "Other words")
        assert again != first and office.resource("journal").get(again).text == "Other words"


def test_the_superior_reads_and_remarks_and_changed_words_are_unread_again(office: Office) -> None:
    headed(office)
    with office.as_("chen"):
        number = diary.write(TODAY, "first")
        assert diary.write(TODAY, "second") == number
        diary.read(number)  # her own
        assert session.get_one(Journal, number).read_at is None
    with office.as_("sun"):
        assert session.scalars(*diary.unread()).all() == [number]
        diary.read(number)
        assert session.scalars(*diary.unread()).all() == []
        office.resource("journal").run("remark", [number], {"remark": "Well done"})
        with pytest.raises((Invalid, Missing)):
            office.resource("journal").write([{"id": number, "text": "not mine"}])
    assert told(office, "chen") == "remarked on your journal of 2026-11-25"
    with office.as_("chen"):
        diary.write(TODAY, "third")
        assert session.get_one(Journal, number).read_at is None
        with pytest.raises(Invalid):
            diary.write(TODAY + dt.timedelta(days=1), "tomorrow")


def test_lines_carry_the_owner_of_their_plan(office: Office) -> None:
    number = plan(office)
    with office.as_("chen"):
        assert {line.owner_id for line in session.query(PlanLine).where(PlanLine.plan_id == number)} == {office.people["chen"]}
