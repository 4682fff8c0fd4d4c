"""The arithmetic of series: RFC 5545 rules on the wall clock of whoever planned them, so that ten o'clock stays ten o'clock in summer
and in winter. An hour that a spring night lacks is the one after it, one that an autumn night has twice is the first."""

import datetime as dt
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from crm_core.features.tasks.api import repeats

LOOKED = 20_000  # times of a rule that are looked at, however often it is said to repeat


def wall(moment: dt.datetime, zone: str) -> dt.datetime:
    """A moment on the wall clock of a zone, without zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def parts(rule: str) -> dict[str, str]:
    return dict(one.split("=", 1) for one in rule.split(";"))


def whole(found: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in found.items())


def slots(rule: str, start: dt.datetime, zone: str, until: dt.date, *, after: dt.date | None = None) -> list[dt.datetime]:
    """The moments (UTC) of a rule that begins at `start` (wall clock), until a day and only after another one, both by the wall clock."""
    found = parts(rule)
    if "UNTIL" in found:  # a day: its last moment
        found["UNTIL"] += "T235959"
    end = dt.datetime.combine(until, dt.time.max)
    times = []
    for one in islice(rrulestr(whole(found), dtstart=start), LOOKED):
        if one > end:
            break
        if after is None or one.date() > after:
            times.append(one.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC))
    return times


def ended(rule: str, last: dt.date) -> str:
    """The rule with this as its last day."""
    found = parts(rule)
    found.pop("COUNT", None)
    return whole({**found, "UNTIL": f"{last:%Y%m%d}"})


def later(rule: str, gone: int) -> str:
    """The rule for what is left after so many of its times."""
    found = parts(rule)
    return whole({**found, "COUNT": str(max(1, int(found["COUNT"]) - gone))}) if "COUNT" in found else rule


def shifted(rule: str, old: dt.date, new: dt.date) -> str:
    """The same rhythm for a series of which the time of one day is moved to another day: Tuesdays become Wednesdays."""
    days, found = (new - old).days, parts(rule)
    if not days:
        return rule
    how, every = found["FREQ"], int(found.get("INTERVAL", "1"))
    if how == "WEEKLY":
        found["BYDAY"] = ",".join(repeats.DAYS[n] for n in sorted((repeats.DAYS.index(one) + days) % 7 for one in found["BYDAY"].split(",")))
    elif how != "DAILY":
        kind = repeats.How.yearly if how == "YEARLY" else repeats.How.weekday if "BYDAY" in found else repeats.How.monthly
        found = parts(repeats.rule(kind, new, every)) | {name: found[name] for name in ("UNTIL", "COUNT") if name in found}
    if "UNTIL" in found:
        found["UNTIL"] = f"{dt.datetime.strptime(found['UNTIL'], '%Y%m%d') + dt.timedelta(days=days):%Y%m%d}"
    return whole(found)


def base(rule: str, start: dt.datetime) -> dt.datetime:
    """From where a rule is counted so that the month (or year) of `start` is its first, whatever the day."""
    how = parts(rule)["FREQ"]
    return start.replace(day=1) if how == "MONTHLY" else start.replace(month=1, day=1) if how == "YEARLY" else start
