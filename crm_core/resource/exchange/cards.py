"""Records as vCards 3.0, which every phone and mail program reads; what a field becomes follows from its name and kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.resource.fields import Field
from crm_core.resource.references import RefField
from crm_core.text.contentlines import escaped, line
from crm_core.text.names import split_person
from crm_core.text.phones import split_phones

_PHONES = {"mobile": "CELL", "phone": "WORK,VOICE", "fax": "FAX"}


class VCards:
    """One card a record: names, numbers, mail, firm, position, address, web site, birthday, remark."""

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
            return escaped(str(row.get(name) or ""))

        name = str(row.get(self.label) or "")
        family, given = split_person(name) if self.person else ("", "")
        found = [line("BEGIN", "VCARD"), line("VERSION", "3.0"), line("UID", uid), line("FN", escaped(name)),
                 line("N", f"{escaped(family)};{escaped(given)};;;")]
        firm = text("customer") if self.person else escaped(name)
        found += [line("ORG", firm)] if firm else []
        found += [line("TITLE", text("position"))] if row.get("position") else []
        for field, kind in _PHONES.items():
            found += [line(f"TEL;TYPE={kind}", escaped(number)) for number in split_phones(str(row.get(field) or ""))]
        found += [line("EMAIL;TYPE=INTERNET", text("email"))] if row.get("email") else []
        if row.get("region") or row.get("postcode"):
            found.append(line("ADR;TYPE=WORK", f";;;;{text('region')};{text('postcode')};"))
        found += [line("URL", text("website"))] if row.get("website") else []
        if row.get("birth_date"):
            found.append(line("BDAY", row["birth_date"].isoformat()))
        note = text("note") or text("bio")
        return "".join([*found, *([line("NOTE", note)] if note else []), line("END", "VCARD")])
