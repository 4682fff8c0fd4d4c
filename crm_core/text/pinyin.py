"""How Chinese is spelled in Latin letters, for search by sound and for sorting.

Tables made by ``tools/build_text.py`` (which says their format), read at first use: the usual reading of each
character, the words that are read otherwise (银行, 重庆), and surnames, which have readings of their own (单 is
shan) and tell where a family name of two characters ends. No tones; ü is v, as on every Chinese keyboard.
"""

from __future__ import annotations

import array
import re
import sys
from functools import cache
from operator import add
from typing import NamedTuple
from unicodedata import normalize

from crm_core.text.clean import fold
from crm_core.text.scripts import HAN, sound_run
from crm_core.text.tables import read_bytes, read_pairs

SORT_LENGTH = 80
FIRST, LAST = 0x3007, 0x9FFF
LONGEST_WORD = 4
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RUNS = re.compile(f"([{HAN}]+)|([^\\W_{HAN}]+)")
# Latin letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


class Readings(dict[str, str]):
    """character → usual reading; filled as characters are asked for, so that it holds only those in use."""

    def __init__(self, combinations: list[str], index: array.array[int]) -> None:
        super().__init__()
        self.syllables = [text.partition(",")[0] for text in combinations]
        self.index = index

    def __missing__(self, character: str) -> str:
        if len(character) != 1 or not FIRST <= ord(character) <= LAST:
            raise KeyError(character)
        number = self.index[ord(character) - FIRST]
        if number == 0:
            raise KeyError(character)
        self[character] = said = self.syllables[number]
        return said

    def usual(self, character: str) -> str:
        """The reading, or ``""`` for a character without one."""
        try:
            return self[character]
        except KeyError:
            return ""


class Places(dict[str, str]):
    """character → its part of a sort key: usual reading and place in GB 2312, whose common characters stand by
    sound and tone, then the rare ones by code."""

    def __init__(self, readings: Readings) -> None:
        super().__init__()
        self.readings = readings

    def __missing__(self, character: str) -> str:
        said = self.readings[character]
        # The first sign after a syllable is a digit, so that shan stands before shang.
        try:
            high, low = character.encode("gb2312")
            place = (high - 0xA1) * 94 + low - 0xA1
        except UnicodeEncodeError:
            place = 8 * 1296 + (ord(character) - FIRST) // 25
        self[character] = part = said + _DIGITS[place // 1296] + _DIGITS[place // 36 % 36] + _DIGITS[place % 36]
        return part


class Table(NamedTuple):
    """All that is known of sounds; ``starts``: the first two characters of the words read otherwise; ``unusual``: the
    surnames whose characters are read otherwise."""

    reading: Readings
    place: Places
    words: dict[str, list[str]]
    starts: frozenset[str]
    surnames: dict[str, list[str]]
    unusual: frozenset[str]
    syllables: frozenset[str]


@cache
def table() -> Table:
    """The tables, read once in a process (about 2 ms)."""
    head, _, body = read_bytes("pinyin.bin").partition(b"\n")
    index = array.array("H")
    index.frombytes(body)
    if sys.byteorder == "big":
        index.byteswap()
    reading = Readings(head.decode("ascii").split(" "), index)
    words, surnames = read_pairs("words.tsv"), read_pairs("surnames.tsv")
    syllables = {*reading.syllables[1:], *(said for word in (*words.values(), *surnames.values()) for said in word)}
    starts = frozenset(word[:2] for word in words)
    unusual = frozenset(name for name, said in surnames.items() if said != [reading.usual(c) for c in name])
    return Table(reading, Places(reading), words, starts, surnames, unusual, frozenset(syllables))


def spell(text: str, name: bool = False) -> list[str]:
    """The syllables of the Chinese in a text and its Latin words and numbers, in order and lower-case.

    ``spell("重庆ABC银行")`` is ``["chong", "qing", "abc", "yin", "hang"]``. With ``name=True`` the beginning is read
    as a surname. A character without a known reading is left out.
    """
    known = table()
    if name and text[:1] not in known.unusual and text[:2] not in known.unusual:
        name = False
    if not name and known.starts.isdisjoint(map(add, text, text[1:])):
        try:  # the common case, one look-up a character
            return list(map(known.reading.__getitem__, text))
        except KeyError:
            pass
    return [said for _, said in pieces(text, name)]


def initials(text: str, name: bool = False) -> str:
    """The first letters: ``zsdl`` for 中山电力. Of a Latin word the first letter, of a number all digits."""
    return "".join([said if said.isdigit() else said[0] for said in spell(text, name)])


def sort_key(text: str, name: bool = False) -> str:
    """An ASCII key of at most 80 characters, for a column to sort by (in the ``C`` collation).

    Chinese stands by syllable, then tone, the same characters together; Latin words stand among the syllables
    by their letters; numbers come first, other scripts last.
    """
    if text.isascii():
        return " ".join(sound_run.findall(text.lower()))[:SORT_LENGTH]
    known = table()
    folded = fold(text[:SORT_LENGTH])
    if name and folded[:1] not in known.unusual and folded[:2] not in known.unusual:
        name = False
    if not name and known.starts.isdisjoint(map(add, folded, folded[1:])):
        return _usual_key(folded, known)
    parts = []
    for piece, said in pieces(folded, name):
        usual = known.reading.usual(piece)
        if not usual:
            parts.append(f" {_ascii(said)} ")
        elif usual == said:
            parts.append(known.place[piece])
        else:
            parts.append(said + "9zz")  # in an unusual reading its place says nothing: last in the syllable
    return " ".join("".join(parts).split())[:SORT_LENGTH]


def person_key(text: str) -> str:
    """:func:`sort_key` of a person's name, which begins with a surname."""
    return sort_key(text, name=True)


def _usual_key(folded: str, known: Table) -> str:
    """The key of a text without words that are read otherwise: one look-up a character."""
    place = known.place
    try:
        return "".join(map(place.__getitem__, folded))[:SORT_LENGTH]
    except KeyError:
        pass
    parts = []
    for chinese, word in _RUNS.findall(folded):
        if word:
            parts.append(f" {_ascii(word)} ")
            continue
        try:
            parts += list(map(place.__getitem__, chinese))
        except KeyError:
            parts += [place[c] for c in chinese if known.reading.usual(c)]
    return " ".join("".join(parts).split())[:SORT_LENGTH]


def pieces(text: str, name: bool = False) -> list[tuple[str, str]]:
    """The text as (character or Latin word, how it is said); what :func:`spell` and :func:`sort_key` are made of."""
    reading, _, words, starts, surnames, _, _ = table()
    found: list[tuple[str, str]] = []
    at, end = 0, len(text)
    if name and text[:2] not in starts:
        for size in (4, 2, 1):
            if size < end <= size + 4 and (said_as := surnames.get(text[:size])):
                found += zip(text[:size], said_as, strict=True)
                at = size
                break
    while at < end:
        pair = text[at : at + 2]
        if pair in starts:
            size = next((n for n in range(LONGEST_WORD, 1, -1) if text[at : at + n] in words), 0)
            if size:
                found += zip(text[at : at + size], words[text[at : at + size]], strict=True)
                at += size
                continue
        try:
            found.append((pair[0], reading[pair[0]]))
            at += 1
        except KeyError:
            if word := sound_run.match(text, at):
                found.append((word.group(), fold(word.group())))
                at = word.end()
            else:
                at += 1
    return found


def _ascii(word: str) -> str:
    """A Latin word without accents; another script as code numbers behind a tilde, so that it stands last."""
    letters = word if word.isascii() else normalize("NFKD", word).translate(_LETTERS)
    return "".join(c if c.isascii() else "" if not c.isalnum() else f"~{ord(c):05x}" for c in letters)
