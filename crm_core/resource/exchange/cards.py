"""Records as vCards: 3.0, which every phone and mail program reads, 2.1 for old telephones, 4.0 with numbers as they are dialled from
anywhere. What a field becomes follows from its name and kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.resource.fields import Field
from crm_core.resource.references import RefField
from crm_core.text.calling import e164
from crm_core.text.contentlines import escaped, line
from crm_core.text.names import split_person
from crm_core.text.phones import split_phones

_PHONES = {"mobile": ("CELL",), "phone": ("WORK", "VOICE"), "fax": ("FAX",)}


class VCards:
    """One card a record: names, numbers, mail, firm, position, address, web site, birthday, remark."""

    version = "3.0"

    def __init__(self, export: Any) -> None:
        self.fields: Mapping[str, Field] = export.fields
        self.label = export.resource.label_field
        self.person = bool(export.resource.all_fields[self.label].info.get("person"))

    def head(self) -> bytes:
        return b""

    def page(self, rows: Sequence[Any]) -> bytes:
        columns = list(zip(*rows, strict=True))
        shown: dict[str, Sequence[Any]] = {}
        for (name, field), values in zip(self.fields.items(), columns[2:], strict=True):
            if isinstance(field, RefField):
                labels = field.labels([v for v in values if v is not None])
                shown[name] = [labels.get(v, "") for v in values]
            else:
                shown[name] = values
        return "".join(self._card(columns[1][at], {n: v[at] for n, v in shown.items()}) for at in range(len(rows))).encode()

    def tail(self, reason: str) -> bytes:
        return b""

    def _card(self, uid: str, row: Mapping[str, Any]) -> str:
        def text(name: str) -> str:
            return str(row.get(name) or "")

        name = text(self.label)
        family, given = split_person(name) if self.person else ("", "")
        found = [line("BEGIN", "VCARD"), line("VERSION", self.version), self.line("UID", uid)]
        found += [line("KIND", "individual" if self.person else "org")] if self.version == "4.0" else []
        found += [self.line("FN", name), self.line("N", family, given, "", "", "")]
        firm = text("customer") if self.person else name
        found += [self.line("ORG", firm)] if firm else []
        found += [self.line("TITLE", text("position"))] if row.get("position") else []
        for field, kinds in _PHONES.items():
            found += [self.phone(kinds, number, text("country") or "CN") for number in split_phones(text(field))]
        found += [self.line(self.typed("EMAIL", "INTERNET"), text("email"))] if row.get("email") else []
        if row.get("region") or row.get("postcode"):
            found.append(self.line(self.typed("ADR", "WORK"), "", "", "", "", text("region"), text("postcode"), ""))
        found += [self.line("URL", text("website"))] if row.get("website") else []
        if row.get("birth_date"):
            day = row["birth_date"].isoformat()
            found.append(line("BDAY", day.replace("-", "") if self.version == "4.0" else day))
        note = text("note") or text("bio")
        return "".join([*found, *([self.line("NOTE", note)] if note else []), line("END", "VCARD")])

    def typed(self, name: str, *kinds: str) -> str:
        return f"{name};TYPE={','.join(kinds)}"

    def phone(self, kinds: Sequence[str], number: str, country: str) -> str:
        return self.line(self.typed("TEL", *kinds), number)

    def line(self, name: str, *parts: str) -> str:
        """A property; its parts stand between semicolons."""
        return line(name, ";".join(map(escaped, parts)))


class OldCards(VCards):
    """2.1: types without a name, words of other letters in quoted-printable."""

    version = "2.1"

    def typed(self, name: str, *kinds: str) -> str:
        return ";".join((name, *kinds))

    def line(self, name: str, *parts: str) -> str:
        if all(part.isascii() and part.isprintable() and not set(part) & set(";\\=") for part in parts):
            return f"{name}:{';'.join(parts)}\r\n"
        return _soft(f"{name};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{';'.join(map(_quoted, parts))}") + "\r\n"


class NewCards(VCards):
    """4.0: numbers as addresses."""

    version = "4.0"

    def typed(self, name: str, *kinds: str) -> str:
        known = [kind.lower() for kind in kinds if kind != "INTERNET"]
        return f'{name};TYPE="{",".join(known)}"' if len(known) > 1 else f"{name};TYPE={known[0]}" if known else name

    def phone(self, kinds: Sequence[str], number: str, country: str) -> str:
        known = e164(number, country)
        if not known or not number.replace(" ", "").lstrip("+").replace("-", "").isdigit():  # a remark or an extension stays
            return super().phone(kinds, number, country)
        return line(f"{self.typed('TEL', *kinds)};VALUE=uri", f"tel:{known}")


def _quoted(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return "".join(chr(byte) if 33 <= byte <= 126 and byte not in b"=;\\" else f"={byte:02X}" for byte in lines.encode())


def _soft(text: str) -> str:
    """Quoted-printable in lines of 72, never broken within a sign."""
    found, part = [], ""
    at = 0
    while at < len(text):
        step = text[at : at + 3] if text[at] == "=" else text[at]
        if len(part) + len(step) > 72:
            found.append(part + "=")
            part = ""
        part += step
        at += len(step)
    return "\r\n".join([*found, part])
