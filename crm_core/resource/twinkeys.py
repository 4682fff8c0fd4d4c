"""Keys under which two records that may be one are found: tokens in their search documents, so they follow every way a record
changes, and both engines look them up alike.

A resource says by which of its fields (`duplicates = "name", "phone", "email"`); what a field means for that follows from its
kind: digits of a phone, a mail address, a person's name, a firm's name, else a number that is one's own (a credit code).
"""

import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from crm_core.resource.references import RefField
from crm_core.text import firms
from crm_core.text.phones import phone_key, split_phones
from crm_core.text.pinyin import spell
from crm_core.text.simple import plain

_ODD = re.compile("[^0-9a-z]+")
SHORTEST_PHONE = 7  # digits: an extension is nobody's
SHORTEST_CODE = 6


def role(resource: Any, name: str) -> str:
    """What a field of `duplicates` means: phone, mail, ref, person, firm or code."""
    field = resource.all_fields[name]
    if field.kind in ("phone", "email"):
        return "phone" if field.kind == "phone" else "mail"
    if isinstance(field, RefField):
        return "ref"
    if field.info.get("person"):
        return "person"
    return "firm" if name == resource.label_field else "code"


def roles(resource: Any) -> dict[str, str]:
    """Field → what it means."""
    found: dict[str, str] | None = resource.__dict__.get("_twin_roles")
    if found is None:
        found = resource.__dict__["_twin_roles"] = {name: role(resource, name) for name in resource.duplicates}
    return found


def columns(resource: Any) -> set[str]:
    """The columns the keys are made of."""
    return {resource.all_fields[name].column for name in resource.duplicates}


def tokens(resource: Any, fields: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """The keys of a record: `row` has its columns, `fields` are all of the resource's."""
    return keys(resource, {name: row.get(fields[name].column) for name in resource.duplicates})


def keys(resource: Any, values: Mapping[str, Any]) -> list[str]:
    """The keys of values (field → value), as they stand in a document."""
    found: dict[str, None] = {}
    for name, what in roles(resource).items():
        value = values.get(name)
        if value in (None, ""):
            continue
        if what == "firm":
            found.update(dict.fromkeys(of_firm(str(value))))
        elif what == "person":
            near = next((values.get(other) for other, kind in roles(resource).items() if kind == "ref" and values.get(other)), None)
            if near is not None:
                found[f"kn_{_ascii(''.join(spell(plain(str(value)), name=True)))}_{near}"] = None
        elif what == "phone":
            found.update({f"kp_{digits}": None for digits in numbers(str(value))})
        elif what == "mail":
            found[f"km_{_ODD.sub('_', str(value).casefold())[:60]}"] = None
        elif what == "code" and len(code := code_key(str(value))) >= SHORTEST_CODE:
            found[f"kc_{code[:40]}"] = None
    return list(found)


@lru_cache(6_000)  # a batch of an import asks when it looks for others, and again when it goes into the index
def of_firm(name: str) -> tuple[str, ...]:
    """Of a firm's name: its trade name by sound, alone, with its province, with what it deals in; of a longer one also its end, so
    that a slip in the beginning is found."""
    firm = firms.parse(name)
    said = [_ascii(one) for one in firm.sound]
    whole = "".join(said)
    if not whole:
        return ()
    head, place, line = "".join(said[:2]) if not firm.latin else whole, firm.province, firm.line
    if firm.latin or len(said) == 1:
        head = whole
    found = [f"kv_{whole[:60]}"]
    if place:
        found.append(f"kh_{head[:40]}_{place}")
        if len(said) > 2:
            found.append(f"ki_{''.join(said[-2:])[:40]}_{place}")
    if line:
        found.append(f"ku_{head[:40]}_{line.strip('-')}")
    return tuple(found)


@lru_cache(20_000)  # a sweep compares a record with dozens of others
def numbers(text: str) -> tuple[str, ...]:
    """The numbers in a box for phones, by their digits; too short ones are nobody's own."""
    return tuple(digits[:40] for one in split_phones(text) or [text] if len(digits := phone_key(one)) >= SHORTEST_PHONE)


def code_key(text: str) -> str:
    return _ODD.sub("", plain(text))


def _ascii(text: str) -> str:
    plain_text = _ODD.sub("", text)
    return plain_text if plain_text or not text else f"z{zlib.crc32(text.encode()):08x}"
