"""Lines of vCard and iCalendar: a name, parameters, a value; escaped, and folded after 75 octets."""

from __future__ import annotations

import datetime as dt


def escaped(text: str) -> str:
    """A text as a value; line breaks become ``\\n``."""
    for mark, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(mark, instead)
    return "".join(c for c in text if c >= " " or c == "\t")


def line(name: str, value: str) -> str:
    """One line with its end. Long ones are folded, never inside a character."""
    whole, found, size = f"{name}:{value}", [], 0
    part: list[str] = []
    for char in whole:
        width = len(char.encode("utf-8"))
        if size + width > 74:
            found.append("".join(part))
            part, size = [" "], 1
        part.append(char)
        size += width
    return "\r\n".join([*found, "".join(part)]) + "\r\n"


def day(when: dt.date) -> str:
    return when.strftime("%Y%m%d")


def moment(when: dt.datetime) -> str:
    return when.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
