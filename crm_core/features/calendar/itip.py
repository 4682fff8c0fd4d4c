"""Invitations as calendars send them to each other (iTIP, RFC 5546): written here, and read in a process of its own (ical_child.py)."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from crm_core.features.calendar import rhythm
from crm_core.features.calendar.models import Answer
from crm_core.features.mail.api import Addressee
from crm_core.kernel import child, clock
from crm_core.text.contentlines import escaped, line, moment

REQUEST, REPLY, CANCEL = "REQUEST", "REPLY", "CANCEL"
LARGEST = 512 * 1024
LOOKED = 3  # calendars of a mail
SECONDS = 10  # for each
WORDS = {Answer.asked: "NEEDS-ACTION", Answer.accepted: "ACCEPTED", Answer.tentative: "TENTATIVE", Answer.declined: "DECLINED"}
ANSWERS = {word: answer for answer, word in WORDS.items()}


@dataclass(frozen=True)
class Said:
    """What a calendar that came by mail says. Times without a zone are of whoever reads them."""

    method: str
    uid: str
    sequence: int
    title: str
    place: str
    text: str
    begins: str | None
    ends: str | None
    organizer: str
    attendees: tuple[tuple[str, str], ...]
    stamp: dt.datetime | None
    rule: str | None  # of a series
    whole: bool  # all of it, not some of its days
    days: tuple["Day", ...]  # of a series, or of which it tells
    off: bool

    def times(self) -> tuple[dt.datetime, dt.datetime] | None:
        """From when until when, in UTC, of days the midnights of the acting person's zone; None for what is no time."""
        return _times(self.begins, self.ends)


@dataclass(frozen=True)
class Day:
    """One day of a series: when its rule has it, and what it is."""

    slot: str
    begins: str | None
    ends: str | None
    title: str
    place: str
    text: str
    off: bool
    sequence: int

    def at(self) -> dt.datetime | None:
        """When its rule has it, in UTC."""
        return _moment(self.slot)

    def times(self) -> tuple[dt.datetime, dt.datetime] | None:
        return _times(self.begins, self.ends)


def _moment(text: str | None) -> dt.datetime | None:
    try:
        one = dt.datetime.fromisoformat(text or "")
        return (one if one.tzinfo is not None else one.replace(tzinfo=clock.zone())).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _times(since: str | None, until: str | None) -> tuple[dt.datetime, dt.datetime] | None:
    begins, ends = _moment(since), _moment(until)
    if begins is None or ends is None:
        return None
    return (begins, ends) if dt.timedelta() < ends - begins <= dt.timedelta(days=366) and 1990 <= begins.year <= 2099 else None


@dataclass(frozen=True)
class Event:
    """What stands in a calendar that is sent: an appointment, a series, or a day of one. `guests`: address and answer; `zone`: of what
    repeats, whose clock it goes by; `rule` its RFC 5545 rule, `without` the days it lacks; `slot`: of a day, when the rule has it."""

    title: str
    begins: dt.datetime
    ends: dt.datetime
    guests: Sequence[tuple[str, Answer]]
    place: str = ""
    text: str = ""
    zone: str = ""
    rule: str = ""
    without: Sequence[dt.datetime] = ()
    slot: dt.datetime | None = None


def calendar(method: str, row: Any, organizer: Addressee, guests: Sequence[tuple[str, Answer]], place: str = "", *, slot: dt.datetime | None = None) -> bytes:
    """An appointment as the body of an invitation, of its answer, or of its being called off. `guests`: address and answer; `slot`: of
    one day of a series, when its rule has it."""
    return written(method, row.uid, row.sequence, organizer, [Event(row.title, row.begins, row.ends, guests, place, row.text or "", slot=slot)])


def written(method: str, uid: str, sequence: int, organizer: Addressee, events: Sequence[Event]) -> bytes:
    """A calendar as it is sent; with a series and those of its days that are otherwise."""
    found = [line("BEGIN", "VCALENDAR"), line("VERSION", "2.0"), line("PRODID", "-//Tangram CRM//EN"), line("METHOD", method)]
    found += [_zone(one.zone, one.begins) for one in events if one.rule]
    for one in events:
        found += _event(method, uid, sequence, organizer, one)
    return "".join([*found, line("END", "VCALENDAR")]).encode()


def _event(method: str, uid: str, sequence: int, organizer: Addressee, one: Event) -> list[str]:
    when = [line("DTSTART", moment(one.begins)), line("DTEND", moment(one.ends))]
    if one.rule:
        when = [line(f"DTSTART;TZID={one.zone}", _wall(one.begins, one.zone)), line(f"DTEND;TZID={one.zone}", _wall(one.ends, one.zone)), line("RRULE", _rule(one.rule, one.zone)),
                *(line(f"EXDATE;TZID={one.zone}", _wall(at, one.zone)) for at in one.without)]
    found = [
        line("BEGIN", "VEVENT"), line("UID", escaped(uid)), line("DTSTAMP", moment(clock.now())), line("SEQUENCE", str(sequence)),
        *([line("RECURRENCE-ID", moment(one.slot))] if one.slot is not None else ()), *when, line("SUMMARY", escaped(one.title)),
        *([line("LOCATION", escaped(one.place))] if one.place else ()), *([line("DESCRIPTION", escaped(one.text))] if one.text and method == REQUEST else ()),
        line(f"ORGANIZER{_named(organizer.name)}", f"mailto:{_bare(organizer.address)}")]
    for address, answer in one.guests:
        asks = ";ROLE=REQ-PARTICIPANT;RSVP=TRUE" if method == REQUEST else ""
        found.append(line(f"ATTENDEE{asks};PARTSTAT={WORDS[answer]}", f"mailto:{_bare(address)}"))
    return [*found, line("STATUS", "CANCELLED" if method == CANCEL else "CONFIRMED"), line("END", "VEVENT")]


def _wall(when: dt.datetime, zone: str) -> str:
    return f"{rhythm.wall(when, zone):%Y%m%dT%H%M%S}"


def _rule(rule: str, zone: str) -> str:
    """A rule ends at a moment in UTC where it begins in a zone (RFC 5545 3.3.10); ours by a day."""
    found = rhythm.parts(rule)
    if "UNTIL" in found:
        last = dt.datetime.strptime(found["UNTIL"], "%Y%m%d").replace(hour=23, minute=59, second=59, tzinfo=ZoneInfo(zone))
        found["UNTIL"] = moment(last)
    return rhythm.whole(found)


def _zone(zone: str, begins: dt.datetime) -> str:
    """The offsets of a zone, some years on, as a calendar that names it must say."""
    from icalendar import Timezone

    made = Timezone.from_tzid(zone, first_date=begins.date() - dt.timedelta(days=366), last_date=begins.date() + dt.timedelta(days=3_660))
    made.pop("COMMENT", None)
    return bytes(made.to_ical()).decode()


def _named(name: str) -> str:
    """A name as a parameter; it can hold no quote (RFC 5545 3.2)."""
    kept = "".join(c for c in name if c.isprintable() and c != '"')
    return f';CN="{kept}"' if kept else ""


def _bare(address: str) -> str:
    return "".join(c for c in address if c.isprintable() and not c.isspace())


def read(raw: bytes, first: dt.date | None = None, last: dt.date | None = None) -> Said | None:
    """What a calendar says; None for what is no invitation, answer or end of one. Never raises for what stands in it. Of what repeats the
    days from `first` to `last` (a year from now)."""
    if len(raw) > LARGEST:
        return None
    first = first or clock.today() - dt.timedelta(days=1)
    last = last or clock.today() + dt.timedelta(days=366)
    told = child.answer("crm_core.features.calendar.ical_child", f"{first.isoformat()} {last.isoformat()}\n".encode() + raw, SECONDS)
    try:
        found = json.loads(told) if told is not None else None
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    stamp = dt.datetime.fromisoformat(found["stamp"]) if found["stamp"] and len(found["stamp"]) > 10 else None
    attendees = tuple((one["address"], one["answer"]) for one in found.pop("attendees"))
    days = tuple(Day(**one) for one in found.pop("days"))
    return Said(**{**found, "days": days, "attendees": attendees, "stamp": stamp.replace(tzinfo=stamp.tzinfo or dt.UTC) if stamp is not None else None})
