"""Names of persons: family and given name, how to show them, and the letters of a picture without a picture."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from crm_core.text.clean import clean_line
from crm_core.text.companies import company_core, company_key
from crm_core.text.pinyin import table
from crm_core.text.scripts import has_han, word_run

__all__ = ["PersonName", "avatar_text", "company_key", "person_display", "split_person"]

_TITLE_AFTER = re.compile(
    r"(?:先生|女士|小姐|太太|夫人|同志|老师|经理|总经理|董事长|总裁|总监|主任|主管|部长|处长|科长|局长|院长|校长|教授|博士|医生|律师|工程师)$"
)
_ASIDE = re.compile(r"(?<=\S)\s*[(（【][^)）】]*[)）】]\s*$")
_TITLE_BEFORE = re.compile(r"^(?:mr|mrs|ms|miss|mx|dr|prof|sir|herr|frau)\b\.?\s+", re.IGNORECASE)
_LATIN_AFTER = re.compile(r",?\s+(?:jr|sr|ii|iii|iv|phd|md|mba|esq)\.?$", re.IGNORECASE)
_PARTICLES = frozenset({"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "la", "le", "bin", "al"})


class PersonName(NamedTuple):
    """A person's name in its two parts; either may be empty."""

    family: str
    given: str


def split_person(full: str) -> PersonName:
    """The two parts of a name as written: 欧阳|修, 张|伟, Dartmouth|Greg. What cannot be told is all given name.

    A form of address around the name (王先生, Mr. Smith) is left out.
    """
    name = _ASIDE.sub("", clean_line(full))
    if has_han(name):
        return _split_chinese(name)
    name = _LATIN_AFTER.sub("", _TITLE_BEFORE.sub("", name))
    if "," in name:
        family, _, given = name.partition(",")
        return PersonName(family.strip(), given.strip())
    words = name.split(" ")
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in _PARTICLES:
        at -= 1  # Ludwig van Beethoven
    return PersonName(" ".join(words[at:]) if at > 0 else "", " ".join(words[:at]) if at > 0 else name)


def _split_chinese(name: str) -> PersonName:
    parts = name.split(" ")
    if len(parts) == 2 and all(has_han(part) for part in parts):
        return PersonName(*parts)  # 张 伟: the writer has told
    name = "".join(parts)
    bare = _TITLE_AFTER.sub("", name)
    if len(bare) == 1 and len(name) > 1:
        return PersonName(bare, "")  # 王先生
    name = bare or name
    if "·" in name or "•" in name or len(name) < 2 or not all(map(has_han, name)):
        return PersonName("", name)
    surnames = table().surnames
    size = next((n for n in (4, 2) if n < len(name) <= n + 2 and name[:n] in surnames), 0)
    if size == 0 and len(name) <= 4:
        # Four characters may be two surnames (范徐丽泰); only the person can tell.
        size = 1
    return PersonName(name[:size], name[size:])


def person_display(family: str, given: str, locale: str = "zh_Hans_CN") -> str:
    """The name in the order of its script and the reader's language: 张伟 always, ``Greg Dartmouth`` in English,
    ``Dartmouth Greg`` in Chinese (family name first)."""
    if not family or not given:
        return family or given
    if has_han(family) or has_han(given):
        return family + given if has_han(family) and has_han(given) else f"{family} {given}"
    return f"{family} {given}" if locale[:2] in ("zh", "ja", "ko", "hu", "vi") else f"{given} {family}"


@lru_cache(maxsize=4_096)  # a list shows the same few people again and again
def avatar_text(name: str, company: bool = False) -> str:
    """What stands in the round picture of a person (the last character of a Chinese given name, two Latin initials)
    or the square one of a company (the first character of what people call it, after the place). Never empty."""
    name = clean_line(name)
    if not has_han(name):
        words: list[str] = word_run.findall(company_core(name) if company else _TITLE_BEFORE.sub("", name))
        if not words:
            return name[:1] or "?"
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
    if company or len(name) > 6:
        return next((c for c in company_core(name) if c.isalnum()), name[0]).upper()
    family, given = split_person(name)
    return next((c for c in reversed(given or family or name) if c.isalnum()), name[0])
