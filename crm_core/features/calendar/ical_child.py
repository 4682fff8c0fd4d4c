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


def main() -> None:
    import icalendar  # noqa: F401  (its files are opened before the limits count)

    for what, most in LIMITS:
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
    sys.stdout.flush()


def read(raw: bytes) -> dict[str, Any] | None:
    """What the first event of a calendar says; None for what is no invitation."""
    from icalendar import Calendar

    for calendar in Calendar.from_ical(raw, multiple=True):
        method = str(calendar.get("METHOD", "")).strip().upper()
        events = [one for one in calendar.walk("VEVENT") if one.get("UID")]
        if method in ("REQUEST", "REPLY", "CANCEL") and events:
            # Of a series and its exceptions the series is meant.
            event = next((one for one in events if one.get("RECURRENCE-ID") is None), events[0])
            return {"method": method, **_event(event)}
    return None


def _event(event: Any) -> dict[str, Any]:
    begins = _moment(event, "DTSTART")
    ends = _moment(event, "DTEND")
    if ends is None and begins is not None:
        length = getattr(event.get("DURATION"), "dt", None)
        whole = len(begins) == 10
        length = length if isinstance(length, dt.timedelta) else dt.timedelta(days=1) if whole else dt.timedelta(hours=1)
        start = dt.datetime.fromisoformat(begins)
        ends = (start + length).date().isoformat() if whole else (start + length).isoformat()
    people = event.get("ATTENDEE", [])
    return {
        "uid": clean(event.get("UID"))[:255], "sequence": _number(event.get("SEQUENCE")), "title": clean(event.get("SUMMARY"))[:200], "place": clean(event.get("LOCATION"))[:255],
        "text": clean(event.get("DESCRIPTION"), lines=True)[:TEXT], "begins": begins, "ends": ends, "organizer": _address(event.get("ORGANIZER")),
        "attendees": [{"address": _address(one), "answer": str(one.params.get("PARTSTAT", "")).upper() if hasattr(one, "params") else ""}
                      for one in (people if isinstance(people, list) else [people])[:ATTENDEES]],
        "stamp": _moment(event, "DTSTAMP"), "repeats": event.get("RRULE") is not None or event.get("RDATE") is not None, "off": str(event.get("STATUS", "")).upper() == "CANCELLED",
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
