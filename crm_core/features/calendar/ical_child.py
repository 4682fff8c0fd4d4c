"""The process that reads an invitation: `python -m crm_core.features.calendar.ical_child`, the calendar on its input, JSON on its output.

Whoever can write to us can send anything, so it is read in a process with limits of its own, and only what is asked for comes back.
"""

import datetime as dt
import json
import resource
import sys
from typing import Any

LIMITS = ((resource.RLIMIT_AS, 512 * 2**20), (resource.RLIMIT_CPU, 10), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64))
ATTENDEES = 300
TEXT = 4_000
DAYS = 400  # of a series
LOOKED = 20_000  # times of a rule that are looked at
OFTEN = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def main() -> None:
    import icalendar  # noqa: F401  (its files are opened before the limits count)

    for what, most in LIMITS:
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    window, _line, raw = sys.stdin.buffer.read().partition(b"\n")
    first, last = window.decode("ascii").split()
    sys.stdout.write(json.dumps(read(raw, dt.date.fromisoformat(first), dt.date.fromisoformat(last))))
    sys.stdout.flush()


def read(raw: bytes, first: dt.date = dt.date.min, last: dt.date = dt.date.max) -> dict[str, Any] | None:
    """What the first event of a calendar says, of what repeats with its days from the first to the last of these; None for what is no
    invitation."""
    from icalendar import Calendar

    for calendar in Calendar.from_ical(raw, multiple=True):
        method = str(calendar.get("METHOD", "")).strip().upper()
        events = [one for one in calendar.walk("VEVENT") if one.get("UID")]
        if method in ("REQUEST", "REPLY", "CANCEL") and events:
            # Of a series and its exceptions the series is meant.
            event = next((one for one in events if one.get("RECURRENCE-ID") is None), events[0])
            mine = [one for one in events if str(one.get("UID")) == str(event.get("UID"))]
            return {"method": method, **_event(event), **_series(event, mine, first, last)}
    return None


def _series(event: Any, events: list[Any], first: dt.date, last: dt.date) -> dict[str, Any]:
    """Whether it repeats, and on which days; some of its days by themselves where only those are told of."""
    whole = event.get("RECURRENCE-ID") is None
    apart = [_day(one, slot) for one in events[:DAYS] if (slot := _moment(one, "RECURRENCE-ID")) is not None]
    repeats = whole and (event.get("RRULE") is not None or event.get("RDATE") is not None)
    if not repeats:
        return {"rule": None, "whole": whole, "days": apart}
    rule = event.get("RRULE")
    rule = rule[0] if isinstance(rule, list) else rule
    text = rule.to_ical().decode() if rule is not None else ""
    told = {one["slot"]: one for one in apart}
    found = []
    for slot, begins, ends in _times(event, text, first, last):
        found.append(told.pop(slot) if slot in told else {**_day(event, slot), "begins": begins, "ends": ends})
    return {"rule": text[:200] or "RDATE", "whole": True, "days": [*found, *told.values()]}


def _times(event: Any, text: str, first: dt.date, last: dt.date) -> list[tuple[str, str, str]]:
    """(when the rule has it, from, until) of each day, in UTC where the calendar says a zone."""
    from itertools import islice

    from dateutil.rrule import rruleset, rrulestr

    start = event["DTSTART"].dt
    length = _length(event, start)
    plain = not isinstance(start, dt.datetime)
    zone = None if plain else start.tzinfo

    def wall(one: Any) -> dt.datetime:
        if not isinstance(one, dt.datetime):
            return dt.datetime.combine(one, dt.time())
        return one.astimezone(zone).replace(tzinfo=None) if zone is not None and one.tzinfo is not None else one.replace(tzinfo=None)

    def told(one: dt.datetime) -> str:
        return one.date().isoformat() if plain else one.replace(tzinfo=zone).astimezone(dt.UTC).isoformat() if zone is not None else one.isoformat()

    found = rruleset()
    found.rdate(wall(start))
    pieces = dict(piece.split("=", 1) for piece in text.upper().split(";") if "=" in piece)
    if pieces.get("FREQ") in OFTEN and not pieces.keys() & {"BYHOUR", "BYMINUTE", "BYSECOND"}:
        until = event["RRULE"].get("UNTIL") if not isinstance(event["RRULE"], list) else event["RRULE"][0].get("UNTIL")
        if until:
            one = until[0] if isinstance(until, list) else until
            pieces["UNTIL"] = f"{wall(one) if isinstance(one, dt.datetime) else dt.datetime.combine(one, dt.time.max):%Y%m%dT%H%M%S}"
        found.rrule(rrulestr(";".join(f"{name}={value}" for name, value in pieces.items()), dtstart=wall(start)))
    for name, put in (("RDATE", found.rdate), ("EXDATE", found.exdate)):
        said = event.get(name)
        for group in said if isinstance(said, list) else [said] if said is not None else []:
            for one in group.dts[:1_000]:
                if isinstance(one.dt, dt.date):
                    put(wall(one.dt))
    times: list[tuple[str, str, str]] = []
    for one in islice(found, LOOKED):
        if one.date() > last or len(times) == DAYS:
            break
        if one.date() >= first:
            times.append((told(one), told(one), told(one + length) if plain or zone is None else (one.replace(tzinfo=zone).astimezone(dt.UTC) + length).isoformat()))
    return times


def _day(event: Any, slot: str) -> dict[str, Any]:
    begins, ends = _moment(event, "DTSTART"), _ends(event)
    return {"slot": slot, "begins": begins, "ends": ends, "title": clean(event.get("SUMMARY"))[:200], "place": clean(event.get("LOCATION"))[:255],
            "text": clean(event.get("DESCRIPTION"), lines=True)[:TEXT], "off": str(event.get("STATUS", "")).upper() == "CANCELLED", "sequence": _number(event.get("SEQUENCE"))}


def _length(event: Any, start: Any) -> dt.timedelta:
    end = getattr(event.get("DTEND"), "dt", None)
    if end is not None and type(end) is type(start):
        return end - start  # type: ignore[no-any-return]
    length = getattr(event.get("DURATION"), "dt", None)
    return length if isinstance(length, dt.timedelta) else dt.timedelta(hours=1) if isinstance(start, dt.datetime) else dt.timedelta(days=1)


def _ends(event: Any) -> str | None:
    begins, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if ends is None and begins is not None:
        start = event["DTSTART"].dt
        end = start + _length(event, start)
        return (end.astimezone(dt.UTC) if isinstance(end, dt.datetime) and end.tzinfo is not None else end).isoformat()
    return ends


def _event(event: Any) -> dict[str, Any]:
    begins, ends = _moment(event, "DTSTART"), _ends(event)
    people = event.get("ATTENDEE", [])
    return {
        "uid": clean(event.get("UID"))[:255], "sequence": _number(event.get("SEQUENCE")), "title": clean(event.get("SUMMARY"))[:200], "place": clean(event.get("LOCATION"))[:255],
        "text": clean(event.get("DESCRIPTION"), lines=True)[:TEXT], "begins": begins, "ends": ends, "organizer": _address(event.get("ORGANIZER")),
        "attendees": [{"address": _address(one), "answer": str(one.params.get("PARTSTAT", "")).upper() if hasattr(one, "params") else ""}
                      for one in (people if isinstance(people, list) else [people])[:ATTENDEES]],
        "stamp": _moment(event, "DTSTAMP"), "off": str(event.get("STATUS", "")).upper() == "CANCELLED",
    }


def _moment(event: Any, name: str) -> str | None:
    """A date, a time in UTC, or one of no zone (of whoever reads it); None for what is none of these."""
    found = getattr(event.get(name), "dt", None)
    if isinstance(found, dt.datetime):
        return (found.astimezone(dt.UTC) if found.tzinfo is not None else found).isoformat()
    return found.isoformat() if isinstance(found, dt.date) else None


def _number(value: Any) -> int:
    try:
        return min(max(int(value), 0), 2**31 - 1)
    except (TypeError, ValueError):
        return 0


def _address(value: Any) -> str:
    said = clean(value)
    return said[7:].split("?")[0].strip()[:254] if said.lower().startswith("mailto:") else said[:254] if "@" in said else ""


def clean(value: Any, lines: bool = False) -> str:
    """Words without control characters, on one line unless it may have more."""
    text = str(value or "").encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\\n", "\n")
    text = "".join(c for c in text if c == "\n" or c.isprintable() or c in "\u200d\u3000\xa0")
    return text.strip() if lines else " ".join(text.split())


if __name__ == "__main__":
    main()
