"""Provinces, cities and districts of China: their codes, and which of them an address or a word means.

Nothing is guessed: 朝阳区 is in Beijing and in Changchun, so both are given and a person chooses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from crm_core.text.pinyin import spell
from crm_core.text.places import english_keys, english_name, short_name
from crm_core.text.scripts import has_han
from crm_core.text.tables import read_bytes

_SUFFIXES = ("地区", "新区", "省", "市", "州", "区", "县", "盟", "旗", "镇", "乡")
_STREETS = tuple("路街道巷")
_PREFIX = re.compile("^(?:中华人民共和国|中国)?[\\s,，、:：/·\\-—>]*")
_BETWEEN = re.compile("[\\s,，、:：/·\\-—>]*")
_ENGLISH = {"hongkong": "810000", "macao": "820000", "neimongol": "150000"}
_COUNTRY = {"china", "prchina", "prc"}


class Region(NamedTuple):
    """A division: six digits, two each for province, city, district; ``level`` 1 to 3; ``dial``: 010, 0755 or ``""``;
    ``parent``: the code above it, ``""`` for a province."""

    code: str
    name: str
    level: int
    parent: str
    dial: str


class Divisions:
    """The table with its indexes; :func:`divisions` gives the built one."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        self.regions: dict[str, Region] = {}
        self._full: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        self._longest: dict[str, int] = {}
        self._by_sound: dict[str, list[str]] | None = None
        for code, name, dial in sorted(rows):
            level = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
            above = code[:4] + "00" if level == 3 and code[:4] + "00" in self.regions else code[:2] + "0000"
            self.regions[code] = Region(code, name, level, "" if level == 1 else above, dial)
            if level == 2 and name == self.regions[above].name:
                continue  # 北京市 as a city of 北京市: the province stands for both
            self._full.setdefault(name, []).append(code)
            short = short_name(name)
            self._short.setdefault(short, []).append(code)
            self._longest[name[:2]] = max(self._longest.get(name[:2], 0), len(name) + 2)

    def path(self, code: str) -> list[Region]:
        """From the province down to this division, without 北京市 twice; empty for an unknown code."""
        found: list[Region] = []
        while code:
            region = self.regions.get(code)
            if region is None:
                break
            if found and found[0].name == region.name and region.level == 1 and found[0].level == 2:
                found.pop(0)
            found.insert(0, region)
            code = region.parent
        return found

    def find(self, text: str) -> list[Region]:
        """The divisions that a name or the beginning of an address means, each as deep as it tells.

        One: it is that. Several: it may be each of them. None: it begins with no division.
        """
        text = normalize("NFKC", text[:120])
        if not has_han(text):
            return self._english(text)
        at = _end(_PREFIX, text, 0)
        found, at = self._first(text, at)
        while found and at < len(text):
            deeper, end = self._next(text, _end(_BETWEEN, text, at), found)
            if not deeper:
                break
            found, at = deeper, end
        return [self.regions[code] for code in found]

    def _first(self, text: str, at: int) -> tuple[list[str], int]:
        """What the text begins with, and where that ends."""
        rest = text[at:].rstrip()
        for size in range(min(self._longest.get(rest[:2], 0), len(rest)), 1, -1):
            codes = self._full.get(rest[:size], [])
            short = self._short.get(rest[:size], [])
            if size < len(rest):
                # 朝阳 alone may be the district; before more text a short name is a province's or a city's, and
                # not that of a street (南京路).
                short = [code for code in short if code.endswith("00") and rest[size] not in _STREETS]
            if codes:
                return list(dict.fromkeys([*codes, *short])), at + size
            if short:
                return short, at + size + _suffix(rest[size:])
        return [], at

    def _next(self, text: str, at: int, above: list[str]) -> tuple[list[str], int]:
        """What follows below what was found."""
        rest = text[at:]
        heads = tuple({_head(code) for code in above})
        for size in range(min(self._longest.get(rest[:2], 0), len(rest)), 1, -1):
            word = rest[:size]
            codes = self._below(self._full.get(word, []), heads, above)
            if not codes and not rest.startswith(_STREETS, size):
                # With the kind it has now or had then: 新津县 is 新津区 today.
                codes = self._below(self._short.get(word, []), heads, above)
                size += _suffix(rest[size:]) if codes else 0
            if not codes and size > 2:
                # 柳州地区忻城县: it belongs to another city of the province now.
                moved = self._below(self._full.get(word, []), tuple({code[:2] for code in above}), above)
                codes = moved if len(moved) == 1 and not moved[0].endswith("00") else []
            if codes:
                return codes, at + size
        return [], at

    @staticmethod
    def _below(codes: list[str], heads: tuple[str, ...], above: list[str]) -> list[str]:
        return [code for code in codes if code.startswith(heads) and code not in above]

    def _english(self, text: str) -> list[Region]:
        """Sichuan, Xi'an, or the whole way up: Cuiping District, Yibin, Sichuan."""
        known = self._sounds()
        words = [keys for part in re.split("[,;/>|]", text) if (keys := english_keys(part))[0] and keys[0] not in _COUNTRY]
        among = [known.get(keys[0]) or known.get(keys[1], []) for keys in words]
        if len(words) < 2:
            return [self.regions[code] for codes in among for code in codes if code.endswith("00")]
        ways = {code: [region.code for region in self.path(code)] for codes in among for code in codes}
        fit = {code: way for code, way in ways.items() if len(way) >= len(words) and all(any(one in way for one in codes) for codes in among)}
        return [self.regions[code] for code, way in sorted(fit.items()) if len(way) == min(map(len, fit.values()))]

    def _sounds(self) -> dict[str, list[str]]:
        """Divisions by their pinyin and by their English names."""
        if self._by_sound is None:
            found = {key: [code] for key, code in _ENGLISH.items() if code in self.regions}
            for short, codes in self._short.items():
                for code in codes:
                    for key in {*english_keys(english_name(self.regions[code].name)), "".join(spell(short))}:
                        if code not in found.setdefault(key, []):
                            found[key].append(code)
            self._by_sound = found
        return self._by_sound


@cache
def divisions() -> Divisions:
    """The built table, read once in a process."""
    return Divisions((code, name, dial) for code, name, dial in json.loads(read_bytes("divisions.json")))


def regions() -> Iterator[Region]:
    """All divisions by code, each after the one above it: to fill a table with."""
    return iter(divisions().regions.values())


def region_path(code: str) -> list[Region]:
    """From the province down to the division with this code; empty for an unknown one."""
    return divisions().path(code)


def find_region(text: str) -> list[Region]:
    """What a name or an address means; see :meth:`Divisions.find`."""
    return divisions().find(text)


@lru_cache(maxsize=4096)
def place_words(full: str) -> str:
    """A place as a list says it: 四川 · 宜宾 for 四川省宜宾市翠屏区, Yibin, Sichuan for
    Cuiping District, Yibin, Sichuan. What is no single division stays as it is."""
    found = find_region(full)
    if len(found) != 1:
        return full
    if not has_han(full):
        return ", ".join(full.split(", ")[-2:])
    return " · ".join(short_name(region.name) for region in region_path(found[0].code)[:2])


def _suffix(rest: str) -> int:
    """How long the kind of division is with which the rest of a text begins."""
    return next((len(suffix) for suffix in _SUFFIXES if rest.startswith(suffix)), 0)


def _head(code: str) -> str:
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
