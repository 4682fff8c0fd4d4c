"""Tasks that come again, are reminded of, have a checklist and take time."""

import datetime as dt

import pytest

from crm_core.data.session import writing
from crm_core.features.messages import services as messages
from crm_core.features.tasks import reminding, repeats, series, services
from crm_core.features.tasks.repeats import How
from crm_core.features.tasks.times import parse_minutes, say_minutes
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import in_language
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from tests.customers.office import Office

MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)  # 09:12 in Shanghai
DAY = dt.timedelta(days=1)


def job(office: Office, name: str, at: dt.datetime) -> None:
    with clock.freeze(at):
        with office.site.system("tests"), writing():
            later(name)
        drain(office.site)


def days(rule: str, start: dt.date, most: int = 6) -> list[str]:
    found: list[dt.date] = [start]
    while len(found) < most and (day := series.after(rule, start, found[-1])) is not None:
        found.append(day)
    return [f"{day:%y-%m-%d}" for day in found]


@pytest.mark.parametrize("how, due, more, expected, english, chinese", [
    (How.daily, "2026-11-23", {}, "26-11-23 26-11-24 26-11-25", "every day", "每天"),
    (How.daily, "2026-11-23", {"every": 3, "count": 2}, "26-11-23 26-11-26", "every 3 days, 2 times in all", "每 3 天，共 2 次"),
    (How.weekly, "2026-11-23", {}, "26-11-23 26-11-30 26-12-07", "every week on Mon", "每周一"),
    (How.weekly, "2026-11-23", {"days": "MO,TH", "every": 2}, "26-11-23 26-11-26 26-12-07 26-12-10", "every 2 weeks on Mon, Thu", "每 2 周的周一、周四"),
    (How.monthly, "2026-12-31", {}, "26-12-31 27-01-31 27-02-28 27-03-31", "every month on its last day", "每月最后一天"),
    (How.monthly, "2026-12-30", {}, "26-12-30 27-01-30 27-02-28 27-03-30", "every month on day 30", "每月 30 日"),
    (How.monthly, "2026-11-05", {"until": dt.date(2027, 1, 4)}, "26-11-05 26-12-05", "every month on day 5, until 2027-01-04", "每月 5 日，至 2027-01-04 止"),
    (How.yearly, "2028-02-29", {}, "28-02-29 29-02-28 30-02-28 31-02-28 32-02-29", "every year on 02-29", "每年 02-29"),
])
def test_a_series_goes_on_by_its_days_and_is_said_in_both_languages(how: How, due: str, more: dict[str, object], expected: str, english: str, chinese: str) -> None:
    rule = repeats.rule(how, dt.date.fromisoformat(due), **more)  # type: ignore[arg-type]
    wanted = expected.split()
    assert days(rule, dt.date.fromisoformat(due), len(wanted) + ("COUNT" in rule or "UNTIL" in rule)) == wanted
    for language, said in (("en", english), ("zh_Hans_CN", chinese)):
        with in_language(language):
            assert repeats.say(rule) == said


@pytest.mark.parametrize("rule, start, expected", [
    ("FREQ=WEEKLY;UNTIL=20110707;BYDAY=TH", "2011-06-16", "11-06-16 11-06-23 11-06-30 11-07-07"),
    ("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "2026-10-25", "26-10-25 27-10-31 28-10-29"),
    ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", "26-01-31 26-03-31 26-05-31"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "2026-10-30", "26-10-30 26-11-30 26-12-31"),
])
def test_rules_as_other_calendars_write_them(rule: str, start: str, expected: str) -> None:
    """The last day of summer time, months without the day, the last working day."""
    assert days(rule, dt.date.fromisoformat(start), len(expected.split())) == expected.split()


def test_the_next_task_is_made_once_when_this_is_done_or_its_day_comes(office: Office) -> None:
    tasks = office.resource("task")

    def dues() -> list[tuple[str, bool]]:
        with office.as_("chen"):
            return sorted((str(row.due), row.done_at is not None) for row in (tasks.get(i) for i in office.resource("task").by_name(["Count"]).values()) if row) or [
                (str(t.due), False) for t in services.waiting(9)]

    with office.as_("chen"), clock.freeze(MONDAY):
        (first,) = tasks.write([{"title": "Count", "due": dt.date(2026, 11, 23), "remind": 60, "due_time": "16:00", "items": [{"text": "hall", "done": True}, {"text": "cellar"}]}])
        with pytest.raises(Invalid):
            tasks.run("repeat", [services.give("some day")], {"how": How.daily})
        tasks.run("repeat", [first], {"how": How.daily})
        assert tasks.get(first).next_on == dt.date(2026, 11, 24)
        tasks.run("done", [first])
        tasks.run("reopen", [first])
        tasks.run("done", [first])  # no second one
        (second,) = [t for t in services.waiting(9) if t.title == "Count"]
        assert (second.due, second.due_time, second.repeat, second.follows_id) == (dt.date(2026, 11, 24), "16:00", "FREQ=DAILY", first)
        from crm_core.web.edit import lines_of

        assert [(line.text, line.done) for line in lines_of(tasks, tasks.lines[0], second.id)] == [("hall", False), ("cellar", False)]
    job(office, series.NAME, MONDAY + DAY)  # the second's day has come, and the third's has not
    job(office, series.NAME, MONDAY + DAY)
    assert len(dues()) == 2  # Count of the 24th, and "some day"
    for _twice in range(2):
        job(office, series.NAME, MONDAY + 3 * DAY)
    with office.as_("chen"):
        assert sorted(str(t.due) for t in services.waiting(9) if t.due) == ["2026-11-24", "2026-11-25", "2026-11-26"]
    with office.as_("chen"), clock.freeze(MONDAY + 3 * DAY):
        last = max((t for t in services.waiting(9) if t.due), key=lambda t: t.due or dt.date.min)
        tasks.run("repeat", [last.id], {"how": How.never})
    job(office, series.NAME, MONDAY + 9 * DAY)
    assert len(dues()) == 4


@pytest.mark.parametrize("zone, day, at", [
    ("Asia/Shanghai", "2026-11-25", "2026-11-25T06:00:00+00:00"),
    ("Europe/Berlin", "2026-10-24", "2026-10-24T12:00:00+00:00"),  # the last day of summer time
    ("Europe/Berlin", "2026-10-26", "2026-10-26T13:00:00+00:00"),
])
def test_a_reminder_comes_by_the_wall_clock_of_who_has_the_task(office: Office, zone: str, day: str, at: str) -> None:
    """At 16:00, two hours before."""
    with clock.freeze(dt.datetime(2026, 10, 1, tzinfo=dt.UTC)), office.as_("chen"), clock.in_zone(zone):
        (number,) = office.resource("task").write([{"title": "Call", "due": dt.date.fromisoformat(day), "due_time": "16:00", "remind": 120}])
        assert office.resource("task").get(number).remind_at == dt.datetime.fromisoformat(at)


def test_a_reminder_comes_once_and_again_when_the_day_is_moved(office: Office) -> None:
    tasks = office.resource("task")
    with office.as_("chen"), clock.freeze(MONDAY):
        (number,) = tasks.write([{"title": "Call them", "due": dt.date(2026, 11, 23), "due_time": "16:00", "remind": 60}])
        (done,) = tasks.write([{"title": "Done before", "due": dt.date(2026, 11, 23), "due_time": "16:00", "remind": 60}])
        tasks.run("done", [done])

    def told(at: dt.datetime) -> list[str]:
        job(office, reminding.NAME, at)
        with office.as_("chen"):
            return [str(words.read(n.text)) for n in messages.newest()]

    assert told(MONDAY + dt.timedelta(hours=5, minutes=40)) == []
    for _twice in range(2):
        assert told(MONDAY + dt.timedelta(hours=6)) == ["Due 2026-11-23 16:00: Call them"]
    with office.as_("chen"), clock.freeze(MONDAY + DAY):
        tasks.write([{"id": number, "due": dt.date(2026, 11, 25)}])
    assert told(MONDAY + 3 * DAY)[0] == "Due 2026-11-25 16:00: Call them"


@pytest.mark.parametrize("text, minutes, said", [
    ("45", 45, "45 min"), ("1 h 30 min", 90, "1 h 30 min"), ("1:30", 90, "1 h 30 min"), ("1.5h", 90, "1 h 30 min"), ("2 days", 2880, "2 days"),
    ("半小时", 30, "30 min"), ("1小时20分钟", 80, "1 h 20 min"), ("3 天", 4320, "3 days"), ("１周", 10080, "7 days"), ("0", 0, "0 min"),
])
def test_minutes_as_people_write_them(text: str, minutes: int, said: str) -> None:
    assert parse_minutes(text) == minutes
    for language in ("en", "zh_Hans_CN"):
        with in_language(language):
            assert parse_minutes(say_minutes(minutes)) == minutes
    with in_language("en"):
        assert say_minutes(minutes) == said


@pytest.mark.parametrize("text", ["", "soon", "-5", "1 x", "h", "99:99"])
def test_what_is_no_stretch_of_time(text: str) -> None:
    with pytest.raises(ValueError):
        parse_minutes(text)


def test_time_spent_adds_up_and_the_list_says_how_much_of_the_checklist_is_done(office: Office) -> None:
    from crm_core.features.tasks import views

    tasks = office.resource("task")
    with office.as_("chen"):
        (number,) = tasks.write([{"title": "Stand", "spent": 30, "items": [{"text": "size", "done": True}, {"text": "price"}]}])
        tasks.run("done", [number], {"spent": 60})
        assert tasks.get(number).spent == 90
        assert views.load_checklist([number]) == {number: "1/2"}
