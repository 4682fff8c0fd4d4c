"""Rules by days: each occasion once, at its hour on the owner's clock, whatever the clocks do."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_core.access.models import User
from crm_core.data.session import writing
from crm_core.features.rules import festivals, triggers, views
from crm_core.kernel import clock
from tests.customers.office import Office
from tests.rules.rules import row_of, rule, runs, settle, task, tasks, tick

NEAR = {"field": "due", "days": "3", "side": "before", "hour": "09:00"}
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


TERM = {"field": "title", "op": "starts", "value": "Term"}


def a_term(office: Office, day: dt.date) -> int:
    with office.as_("chen"):
        return int(office.resource("task").write([{"title": "Term of a contract", "due": day}])[0])


def at(office: Office, moment: dt.datetime) -> None:
    with clock.freeze(moment.astimezone(dt.UTC)):
        tick(office)


def test_a_date_that_comes_near_reminds_until_it_is_dealt_with(office: Office) -> None:
    """The scene: a term ends, and each week a task is given until somebody moves the date."""
    start = dt.datetime(2026, 11, 2, 8, tzinfo=SHANGHAI)
    with clock.freeze(start.astimezone(dt.UTC)):
        rule(office, trigger="core.near", asked={**NEAR, "days": "30", "again": "7"}, only=TERM, of="core.task", steps=[task("Renew: {name}", must="1")])
        term = a_term(office, dt.date(2026, 12, 10))
    for day in range(20):
        at(office, start + dt.timedelta(days=day, hours=2))
    renewals = [title for title, _owner in tasks(office) if title == "Renew: Term of a contract"]
    assert len(renewals) == 2, "30 days before, which is 10 November, and a week later"
    with office.as_("chen"):
        office.resource("task").write([{"id": term, "due": dt.date(2027, 12, 10)}])
    for day in range(20, 40):
        at(office, start + dt.timedelta(days=day, hours=2))
    assert [title for title, _owner in tasks(office) if title.startswith("Renew")] == renewals


def test_the_hour_is_the_owners_and_a_day_is_looked_at_once(office: Office) -> None:
    day = dt.datetime(2026, 11, 6, 8, 55, tzinfo=SHANGHAI)
    with clock.freeze((day - dt.timedelta(days=3)).astimezone(dt.UTC)):
        made = rule(office, trigger="core.near", asked=NEAR, only=TERM, of="core.task", steps=[task("Renew")])
        a_term(office, dt.date(2026, 11, 9))
    at(office, day)
    assert not runs(office, made)
    for minutes in (6, 20, 400):
        at(office, day + dt.timedelta(minutes=minutes))
    assert len(runs(office, made)) == 1


@pytest.mark.parametrize("spring", [True, False])
def test_summer_time_moves_nothing(office: Office, spring: bool) -> None:
    """On the nights when clocks change in Berlin an hour that is missing or comes twice is done once."""
    with office.site.system("tests"):
        from crm_core.access.models import User
        from crm_core.data.session import writing

        with writing() as db:
            db.get(User, office.people["chen"]).timezone = "Europe/Berlin"  # type: ignore[union-attr]
    office.changed()
    night = dt.datetime(2026, 3, 29, tzinfo=BERLIN) if spring else dt.datetime(2026, 10, 25, tzinfo=BERLIN)
    with clock.freeze((night - dt.timedelta(days=2)).astimezone(dt.UTC)):
        made = rule(office, trigger="core.schedule", asked={"often": "daily", "hour": "02:30"}, steps=[task()])
        office.customer("chen")
    base = night.astimezone(dt.UTC) - dt.timedelta(days=1)
    for quarter in range(3 * 24):
        at(office, base + dt.timedelta(hours=quarter))
    assert len({run.occasion for run in runs(office, made)}) == len(runs(office, made)) == 4, "the day before yesterday is made up for"


def test_each_rule_goes_by_the_day_and_hour_of_its_owner(office: Office) -> None:
    """The same moment is three days on the earth at once: a term is near when it is near where the rule's owner is."""
    zones = {"chen": "Pacific/Kiritimati", "li": "Asia/Kathmandu", "sun": "Pacific/Pago_Pago"}  # +14:00, +05:45, −11:00
    with office.site.system("tests"), writing() as db:
        for login, zone in zones.items():
            db.get(User, office.people[login]).timezone = zone  # type: ignore[union-attr]
    office.changed()
    term = dt.date(2026, 11, 12)
    with clock.freeze(dt.datetime(2026, 11, 5, tzinfo=dt.UTC)):
        made = {login: rule(office, login, trigger="core.near", asked={**NEAR, "days": "1"}, only=TERM, of="core.task", steps=[task("Renew")]) for login in zones}
        for login in zones:
            with office.as_(login):
                office.resource("task").write([{"title": f"Term of {login}", "due": term, "owner": office.people[login]}])
    first: dict[str, dt.datetime] = {}
    moment = dt.datetime(2026, 11, 9, tzinfo=dt.UTC)
    while len(first) < len(zones) and moment < dt.datetime(2026, 11, 13, tzinfo=dt.UTC):
        with clock.freeze(moment):
            tick(office)
        for login, number in made.items():
            if login not in first and runs(office, number):
                first[login] = moment
        moment += dt.timedelta(hours=1)
    wanted = {login: dt.datetime(2026, 11, 11, 9, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC) for login, zone in zones.items()}
    for login, at_last in first.items():
        assert wanted[login] <= at_last < wanted[login] + dt.timedelta(hours=1), login
    assert set(first) == set(zones) and len(set(first.values())) == 3


def test_clocks_that_jump_do_nothing_twice_and_do_not_stop_for_ever(office: Office) -> None:
    base = dt.datetime(2026, 11, 2, 10, tzinfo=SHANGHAI)
    with clock.freeze(base.astimezone(dt.UTC)):
        made = rule(office, trigger="core.schedule", asked={"often": "daily", "hour": "09:00"}, steps=[task()])
        office.customer("chen")
    dice = random.Random(5)
    for jump in (0, 1, 400, 2, 1, 3, -3, 5, *(dice.randint(0, 6) for _ in range(6)), 7, 8):
        at(office, base + dt.timedelta(days=jump))
    found = [run.occasion for run in runs(office, made)]
    assert len(found) == len(set(found)), "nothing twice"
    assert {f"{(base + dt.timedelta(days=n)).date()}" for n in (7, 8, 400)} <= set(found), "and it goes on after a jump back"


def test_what_was_missed_is_made_up_for_and_free_days_wait(office: Office) -> None:
    base = dt.datetime(2026, 11, 2, 10, tzinfo=SHANGHAI)  # a Monday
    with clock.freeze(base.astimezone(dt.UTC)):
        made = rule(office, trigger="core.yearly", asked={"field": "next_founding", "hour": "09:00", "days": "0", "worked": "1"}, steps=[task()])
        office.customer("chen", "甲有限公司", founded_on=dt.date(2001, 11, 7))  # a Saturday
        office.customer("chen", "乙有限公司", founded_on=dt.date(2001, 11, 20))
    at(office, base)
    at(office, base + dt.timedelta(days=5))
    assert not runs(office, made), "nobody works on Saturday"


def test_lunar_and_solar_festivals_fall_where_the_calendar_says() -> None:
    known = {"spring": [(2026, 2, 17), (2027, 2, 6)], "eve": [(2026, 2, 16), (2027, 2, 5)], "autumn": [(2026, 9, 25)], "dragon": [(2026, 6, 19)], "national": [(2026, 10, 1)]}
    for name, days in known.items():
        hits = [day for n in range(730) if (day := festivals.ALL[name].on(dt.date(2026, 1, 1) + dt.timedelta(days=n)))]
        assert {dt.date(*one) for one in days} <= set(hits) and len(hits) in (2, 1), (name, hits)


def test_a_festival_is_for_everybody_once(office: Office) -> None:
    eve = dt.datetime(2027, 2, 3, 10, tzinfo=SHANGHAI)
    with clock.freeze((eve - dt.timedelta(days=1)).astimezone(dt.UTC)):
        made = rule(office, trigger="core.festival", asked={"festival": "spring", "days": "3", "hour": "09:00"}, steps=[task("新春贺卡：{name}")])
        office.customer("chen", "甲有限公司")
        office.customer("chen", "乙有限公司")
    for day in range(-1, 4):
        at(office, eve + dt.timedelta(days=day))
    assert sorted(title for title, _owner in tasks(office)) == ["新春贺卡：乙有限公司", "新春贺卡：甲有限公司"]
    assert {run.occasion for run in runs(office, made)} == {"spring 2027-02-06"}


def test_silence_reminds_again_and_ends_with_the_next_word(office: Office) -> None:
    base = dt.datetime(2026, 11, 2, 10, tzinfo=SHANGHAI)
    with clock.freeze(base.astimezone(dt.UTC)):
        made = rule(office, trigger="core.silent", asked={"days": "10", "hour": "09:00", "again": "5"}, steps=[task()])
        office.customer("chen")
        settle(office)
    for day in range(21):
        at(office, base + dt.timedelta(days=day))
    assert len(runs(office, made)) == 3, "after 10, 15 and 20 days"
    assert row_of(office, made).looked_on == (base + dt.timedelta(days=20)).date()


def test_a_schedule_is_the_rule_of_rfc_5545() -> None:
    assert triggers.rrule_of({"often": "weekly", "on": "MO,TH", "day": None}) == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert triggers.rrule_of({"often": "monthly", "on": None, "day": 31}) == "FREQ=MONTHLY;BYMONTHDAY=-1"
    assert triggers.rrule_of({"often": "monthly", "on": None, "day": 30}) == "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"


def test_a_need_begins_rules_when_it_is_noted_and_before_it_ends(office: Office) -> None:
    start = dt.datetime(2026, 11, 2, 8, tzinfo=SHANGHAI)
    with clock.freeze(start.astimezone(dt.UTC)):
        assert "core.need" in {one.name for one in _offered(office)}
        rule(office, of="core.need", only={"field": "kind", "op": "any", "value": "fair"}, steps=[task("Offer a stand")])
        rule(office, trigger="core.near", asked={**NEAR, "field": "valid_until"}, of="core.need", steps=[task("Ask again")])
        customer = office.customer("chen")
        with office.as_("chen"):
            for kind in ("fair", "advertising"):
                office.resource("need").write([{"customer": customer, "kind": kind, "valid_from": dt.date(2026, 11, 1), "valid_until": dt.date(2026, 11, 9)}])
        settle(office)
    assert [title for title, _owner in tasks(office)] == ["Offer a stand"]
    for day in range(10):
        at(office, start + dt.timedelta(days=day, hours=2))
    assert sorted(title for title, _owner in tasks(office)) == ["Ask again", "Ask again", "Offer a stand"]


def _offered(office: Office) -> list[Any]:
    with office.as_("chen"):
        return views.subjects_of()
