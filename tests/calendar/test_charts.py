"""A list as bars, and sums of the time that was spent."""

import datetime as dt
from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from crm_core.data.session import writing
from crm_core.features.calendar import timesheet
from crm_core.features.calendar.models import Appointment
from crm_core.features.tasks import services as tasks
from crm_core.resource import gantts, listing
from tests.calendar.conftest import DAY, at, plan
from tests.customers.office import Office


def test_a_list_as_bars_has_what_touches_its_days(office: Office) -> None:
    inside = plan(office)
    before = plan(office, begins=9, ends=10)
    with office.as_("chen"):
        appointments = office.resource("appointment")
        appointments.write([{"id": before, "begins": at(9, day=dt.date(2026, 9, 1)), "ends": at(9, day=dt.date(2026, 11, 2))}])
        query = listing.parse(appointments, [("owner.me", "1")])
        by = gantts.dates_of(appointments)
        assert by is not None
        assert gantts.build(query, by, dt.date(2026, 12, 1), dt.date(2026, 12, 31)).bars == ((inside, DAY, DAY),)
        found = gantts.build(query, by, dt.date(2026, 11, 1), dt.date(2026, 12, 31)).bars
        assert found == ((before, dt.date(2026, 9, 1), dt.date(2026, 11, 2)), (inside, DAY, DAY))
        appointments.write([{"id": before, "begins": at(9, day=dt.date(2026, 12, 9)), "ends": at(10, day=dt.date(2026, 12, 9))}])
    with office.site.system("tests"), writing() as db:
        db.execute(sa.update(Appointment.__table__).where(Appointment.__table__.c.id == before).values(ends=at(10, day=dt.date(2026, 11, 2))))
    with office.as_("chen"):
        found = gantts.build(query, by, dt.date(2026, 12, 1), dt.date(2026, 12, 31)).bars
        assert (before, dt.date(2026, 12, 9), dt.date(2026, 12, 9)) in found, "an end that was passed when it was entered hides nothing"
    office.hide("seller", "core.appointment", "ends")
    with office.as_("chen"):
        assert gantts.dates_of(office.resource("appointment")) is None


def test_a_list_of_all_days_is_a_list(office: Office) -> None:
    with office.as_("chen"):
        all_tasks = office.resource("task")
        all_tasks.run("done", [tasks.give("Work")])
        for days, count in (("2026-01-01..9999-12-31", 1), ("0001-01-01..9999-12-31", 1), ("0001-01-01..2026-01-01", 0)):
            assert listing.count(listing.parse(all_tasks, [("done_at.within", days)]))[0] == count


def test_a_sum_of_time_counts_what_is_not_shown_and_any_days_are_days(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timesheet, "MOST", 1)
    with office.as_("chen"):
        for minutes, who in ((90, "第一家公司"), (30, "第二家公司")):
            customer = office.resource("customer").write([{"name": who}])[0]
            office.resource("task").run("done", [tasks.give("Work", about=("core.customer", customer))], {"spent": minutes})
        for days in ({}, {"first": "0001-01-01", "last": "9999-12-31"}):
            page = timesheet.page(timesheet.asked(MultiDict({"by": "customer", **days})))
            assert ([one.label for one in page.bars], page.total, str(page.note)) == (["第一家公司"], "2 h", "Shown: the 1 with the most time; the sum at the top counts all.")


def test_time_is_summed_up_by_person_and_customer_with_the_tasks_behind(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        all_tasks = office.resource("task")
        for minutes, about in ((90, ("core.customer", customer)), (30, None)):
            all_tasks.run("done", [tasks.give("Work", about=about)], {"spent": minutes})
        by_person = timesheet.page(timesheet.asked(MultiDict({"by": "person", "period": "this-month"})))
        by_customer = timesheet.page(timesheet.asked(MultiDict({"by": "customer"})))
        assert [(one.label, one.figures) for one in by_person.bars] == [("陈晓燕", ("2 h", "2"))]
        assert [(one.label, one.figures) for one in by_customer.bars] == [("四川云岭春酒业有限公司", ("1 h 30 min", "1"))]
        for page, count in ((by_person, 2), (by_customer, 1)):
            assert listing.count(listing.parse(all_tasks, parse_qsl(page.bars[0].url.partition("?")[2])))[0] == count, "the records behind"
        assert timesheet.panel(customer).count == "1 h 30 min"
    with office.as_("wang"):
        assert timesheet.page(timesheet.asked(MultiDict({}))).bars == ()
    office.hide("seller", "core.task", "spent")
    with office.as_("chen"):
        assert timesheet.page(timesheet.asked(MultiDict({}))).bars == (), "who does not see the field sees no sums of it"
