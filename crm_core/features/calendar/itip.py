"""Invitations as calendars send them to each other (iTIP, RFC 5546): written here, and read in a process of its own (ical_child.py)."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
    repeats: bool
    off: bool

    def times(self) -> tuple[dt.datetime, dt.datetime] | None:
        """From when until when, in UTC, of days the midnights of the acting person's zone; None for what is no time."""
        found = []
        for text in (self.begins, self.ends):
            try:
                one = dt.datetime.fromisoformat(text or "")
                found.append((one if one.tzinfo is not None else one.replace(tzinfo=clock.zone())).astimezone(dt.UTC))
            except (ValueError, OverflowError):
                return None
        begins, ends = found
        return (begins, ends) if dt.timedelta() < ends - begins <= dt.timedelta(days=366) and 1990 <= begins.year <= 2099 else None


def calendar(method: str, row: Any, organizer: Addressee, guests: Sequence[tuple[str, Answer]], place: str = "") -> bytes:
    """An appointment as the body of an invitation, of its answer, or of its being called off. `guests`: address and answer."""
    begins, ends = row.begins, row.ends
    found = [
        line("BEGIN", "VCALENDAR"), line("VERSION", "2.0"), line("PRODID", "-//Tangram CRM//EN"), line("METHOD", method),
        line("BEGIN", "VEVENT"), line("UID", escaped(row.uid)), line("DTSTAMP", moment(clock.now())), line("SEQUENCE", str(row.sequence)),
        line("DTSTART", moment(begins)), line("DTEND", moment(ends)), line("SUMMARY", escaped(row.title)),
        *([line("LOCATION", escaped(place))] if place else ()), *([line("DESCRIPTION", escaped(row.text))] if row.text and method == REQUEST else ()),
        line(f"ORGANIZER{_named(organizer.name)}", f"mailto:{_bare(organizer.address)}")]
    for address, answer in guests:
        asks = ";ROLE=REQ-PARTICIPANT;RSVP=TRUE" if method == REQUEST else ""
        found.append(line(f"ATTENDEE{asks};PARTSTAT={WORDS[answer]}", f"mailto:{_bare(address)}"))
    found += [line("STATUS", "CANCELLED" if method == CANCEL else "CONFIRMED"), line("END", "VEVENT"), line("END", "VCALENDAR")]
    return "".join(found).encode()


def _named(name: str) -> str:
    """A name as a parameter; it can hold no quote (RFC 5545 3.2)."""
    kept = "".join(c for c in name if c.isprintable() and c != '"')
    return f';CN="{kept}"' if kept else ""


def _bare(address: str) -> str:
    return "".join(c for c in address if c.isprintable() and not c.isspace())


def read(raw: bytes) -> Said | None:
    """What a calendar says; None for what is no invitation, answer or end of one. Never raises for what stands in it."""
    if len(raw) > LARGEST:
        return None
    told = child.answer("crm_core.features.calendar.ical_child", raw, SECONDS)
    try:
        found = json.loads(told) if told is not None else None
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    stamp = dt.datetime.fromisoformat(found["stamp"]) if found["stamp"] and len(found["stamp"]) > 10 else None
    attendees = tuple((one["address"], one["answer"]) for one in found.pop("attendees"))
    return Said(**{**found, "attendees": attendees, "stamp": stamp.replace(tzinfo=stamp.tzinfo or dt.UTC) if stamp is not None else None})
