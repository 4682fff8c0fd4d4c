"""Cards (vCard 2.1, 3.0, 4.0) of phones and mail programs, as a table of one row a card.

A reader of our own, line by line and without recursion: cards come from strangers, and nested or endless ones break
the parsers there are. What real programs do is forgiven (properties in any order and case, quoted-printable without
folding, raw GBK, escapes that are none); what is cut off is refused.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.resource.exchange.table import Row, Table, make_table
from crm_core.text.names import person_display, split_person
from crm_core.text.phones import phone_key
from crm_core.text.scripts import has_han

HEADER = (
    "name", "family name", "given name", "company", "company department", "position", "mobile", "phone", "phone 2", "fax", "email",
    "email 2", "street", "city", "region", "postcode", "country", "website", "birthday", "sex", "im", "note",
)  # fmt: skip
MOST_LINES = 5_000
LONGEST_LINE = 200_000
DEEPEST = 5
_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "X-PHOTO"})
_HEAD = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):', re.ASCII)
_PARAM = re.compile(r';((?:"[^"]*"|[^";])*)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SEMICOLON = re.compile(r"(?<!\\)((?:\\\\)*);")
_LINES = re.compile(r"\s*[\r\n]+\s*")
_BIRTH = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?", re.ASCII)
_SEX = {"m": "male", "f": "female"}

Property = tuple[str, frozenset[str], str, str]
"""Name, types in capitals, charset of quoted-printable or ``""``, raw value."""


def open_cards(path: Path, encoding: str) -> Table:
    """The cards of a file, with only those columns that any card fills. Raises ``vcard``, ``vcard_deep``."""
    used = [False] * len(HEADER)
    for _, cells in _cards(path, encoding):
        for at, cell in enumerate(cells):
            if cell:
                used[at] = True
    keep = [at for at, is_used in enumerate(used) if is_used]
    if not keep:
        raise UnreadableFile("no_rows")
    return make_table("vcard", encoding, "", partial(_source, path, encoding, keep))


def _source(path: Path, encoding: str, keep: list[int]) -> Iterator[Row]:
    yield 1, [HEADER[at] for at in keep]
    for line, cells in _cards(path, encoding):
        yield line, [cells[at] for at in keep]


def _cards(path: Path, encoding: str) -> Iterator[Row]:
    start, depth = 0, 0
    card: list[Property] = []
    with path.open(encoding=encoding, newline=None) as stream:
        for number, text in _logical(stream.readline):
            head = _HEAD.match(text)
            if head is None:
                continue  # what is left of a line that a program broke without folding
            name = head.group(1).upper()
            value = text[head.end() :]
            if name == "BEGIN" and value.strip().upper() == "VCARD":
                if depth and not (card and card[-1][0] == "AGENT" and not card[-1][3].strip()):
                    raise UnreadableFile("vcard", line=start, reason="END:VCARD")
                depth += 1
                if depth > DEEPEST:
                    raise UnreadableFile("vcard_deep", line=start)
                if depth == 1:
                    start, card = number, []
            elif name == "END" and value.strip().upper() == "VCARD":
                depth = max(depth - 1, 0)
                if depth == 0 and start:
                    yield start, _row(card)
                    start, card = 0, []
            elif depth == 1:
                types, charset = _params(head.group(2))
                card.append((name, types, charset, value))
                if len(card) > MOST_LINES:
                    raise UnreadableFile("vcard", line=start, reason=f"> {MOST_LINES}")
    if depth:
        raise UnreadableFile("vcard", line=start, reason="END:VCARD")


def _logical(readline: Callable[[int], str]) -> Iterator[tuple[int, str]]:
    """Lines put together again: a space in front continues, and in quoted-printable a ``=`` at the end.

    Pictures and keys are dropped as they come by.
    """
    number, at, size = 0, 0, 0
    parts: list[str] = []
    quoted = binary = within = False
    while line := readline(LONGEST_LINE):
        number += not within
        ended = line.endswith("\n")
        line = line.rstrip("\r\n")
        if within:
            if not binary:
                parts.append(line)
        elif parts and quoted and parts[-1].endswith("="):
            parts[-1] = parts[-1][:-1]
            parts.append(line.lstrip(" \t"))
        elif parts and line[:1] in (" ", "\t"):
            if not binary:
                parts.append(line[1:])
        else:
            if parts:
                yield at, "".join(parts)
            head = line.partition(":")[0].upper()
            binary = head.partition(";")[0].rpartition(".")[2] in _BINARY
            quoted = not binary and "QUOTED-PRINTABLE" in head
            at, size, parts = number, 0, [line if not binary else head + ":"]
        within = not ended
        size += 0 if binary else len(line)
        if size > LONGEST_LINE:
            raise UnreadableFile("cell_long", line=at, most=LONGEST_LINE)
    if parts:
        yield at, "".join(parts)


def _params(text: str) -> tuple[frozenset[str], str]:
    """The types of a property in capitals (``PREF`` first among them), and its charset when quoted-printable."""
    types: set[str] = set()
    charset, quoted = "utf-8", False
    for param in _PARAM.findall(text):
        key, equals, value = param.partition("=")
        key, value = key.strip().upper(), value.strip().strip('"')
        if not equals:
            key, value = "TYPE", key
        if key == "TYPE":
            types.update(value.upper().split(","))
        elif key == "PREF":
            types.add("PREF")
        elif key == "CHARSET":
            charset = value
        if "QUOTED-PRINTABLE" in value.upper():
            quoted = True
    return frozenset(types), charset if quoted else ""


def _parts(raw: str, charset: str) -> list[str]:
    """The components of a value, unescaped."""
    if charset:
        return [_quoted(part, charset).strip() for part in raw.split(";")]
    marked = _SEMICOLON.sub("\\1\0", raw)
    return [_plain(part) for part in marked.split("\0")]


def _whole(raw: str, charset: str) -> str:
    return _quoted(raw, charset).strip() if charset else _plain(raw)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match.group(1) in "nN" else match.group(1), text).strip()


def _quoted(text: str, charset: str) -> str:
    data = quopri.decodestring(text.encode("utf-8", "surrogateescape"))
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            return data.decode(encoding).replace("\0", "").replace("\r\n", "\n")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _row(card: list[Property]) -> list[str]:
    row = dict.fromkeys(HEADER, "")
    found: dict[str, list[tuple[frozenset[str], str, str]]] = {}
    for name, types, charset, raw in card:
        found.setdefault(name, []).append((types, raw, charset))
    for values in found.values():
        values.sort(key=lambda value: "PREF" not in value[0])
    _fill_name(row, found)
    for types, raw, charset in found.get("TEL", []):
        _fill_phone(row, types, _whole(raw, charset))
    for _, raw, charset in found.get("EMAIL", []):
        address = re.sub("^mailto:", "", _whole(raw, charset), flags=re.IGNORECASE)
        _put(row, address, "email", "email 2")
    _fill_address(row, found.get("ADR", []))
    for name, column in (("TITLE", "position"), ("ROLE", "position"), ("URL", "website"), ("NOTE", "note")):
        for _, raw, charset in found.get(name, [])[:1]:
            row[column] = row[column] or _whole(raw, charset)
    for name in ("IMPP", "X-QQ", "X-WECHAT", "X-WEIXIN"):
        for _, raw, charset in found.get(name, []):
            _put(row, f"{name.removeprefix('X-')}: {_whole(raw, charset)}", "im")
    for _, raw, charset in found.get("GENDER", [])[:1]:
        row["sex"] = _SEX.get(_parts(raw, charset)[0].lower(), "")
    for _, raw, charset in found.get("BDAY", [])[:1]:
        _fill_birthday(row, _whole(raw, charset))
    return [row[column] for column in HEADER]


def _fill_name(row: dict[str, str], found: dict[str, list[tuple[frozenset[str], str, str]]]) -> None:
    full = next((_whole(raw, charset) for _, raw, charset in found.get("FN", [])), "")
    parts = next((_parts(raw, charset) for _, raw, charset in found.get("N", [])), [])
    family, given = (*parts, "", "")[:2]
    if middle := "".join(parts[2:3]):
        given = f"{given} {middle}".strip()
    company = next((_parts(raw, charset) for _, raw, charset in found.get("ORG", [])), [])
    row["company"], row["company department"] = "".join(company[:1]), " ".join(company[1:]).strip()
    if not family and not given and full and full != row["company"]:
        family, given = split_person(full)
    elif given and not family and has_han(given):
        family, given = split_person(given)  # telephones put the whole name into one box
    row["family name"], row["given name"] = family, given
    if has_han(family) and has_han(given) and sorted(full.replace(" ", "")) == sorted(family + given):
        full = ""  # 伟 张: put together by a program that knows no Chinese
    row["name"] = full or person_display(family, given, "en") or row["company"]


def _fill_phone(row: dict[str, str], types: frozenset[str], number: str) -> None:
    number = re.sub("^tel:", "", number, flags=re.IGNORECASE).replace(";ext=", " ext. ")
    key = phone_key(number)
    if "FAX" in types:
        _put(row, number, "fax")
    elif types & {"CELL", "MOBILE", "IPHONE"} or (not row["mobile"] and len(key) == 11 and key[0] == "1"):
        _put(row, number, "mobile", "phone 2")
    else:
        _put(row, number, "phone", "phone 2")


def _fill_address(row: dict[str, str], values: list[tuple[frozenset[str], str, str]]) -> None:
    """The address at work, else the first."""
    for _, raw, charset in sorted(values, key=lambda value: "WORK" not in value[0])[:1]:
        box, extra, street, city, region, postcode, country = (*_parts(raw, charset), *[""] * 7)[:7]
        row["street"] = ", ".join(part for part in (street, extra, box) if part)
        row["city"], row["region"], row["postcode"], row["country"] = city, region, postcode, country
        for column in ("street", "city", "region", "postcode", "country"):
            row[column] = _LINES.sub(", ", row[column])


def _fill_birthday(row: dict[str, str], text: str) -> None:
    match = _BIRTH.fullmatch(text)
    if match and match[1] != "1604":  # the year in which iPhones keep a birthday without one
        row["birthday"] = "-".join(match.groups())
    elif text:
        day = "-".join(match.groups()[1:]) if match else text
        row["note"] = f"{row['note']}\nBDAY: {day}".strip()


def _put(row: dict[str, str], value: str, *columns: str) -> None:
    """Into the first empty column, else behind what stands in the last one; nothing twice."""
    if not value or any(row[column] == value for column in columns):
        return
    column = next((column for column in columns if not row[column]), columns[-1])
    row[column] = f"{row[column]}; {value}" if row[column] else value
