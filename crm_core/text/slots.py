"""Texts with slots, written by people: `{{ name }}`, `{{ name | upper }}`, `{% if name %} … {% else %} … {% end %}`.

A language of its own, so small that there is nothing to break out of: a slot names one of the words that were declared and
nothing else. No attribute, no index, no call, no arithmetic, no loop, no import. What is put into a slot is never read
again. Reading and filling take time in proportion to their length, and both lengths are bounded.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

LONGEST = 10_000  # characters of a text
FILLED = 200_000  # characters of what comes of it, where it is a letter
ON_LABEL = 5_000  # where it is a label or an envelope: more cannot be read there
VALUE = 4_000  # characters of what one slot takes
DEPTH = 8
Value: TypeAlias = "str | int | float | dt.date | None"
Node: TypeAlias = "str | Slot | Branch"

_MARK = re.compile(r"\{\{([^{}\n]{0,200})\}\}|\{%([^{}\n]{0,200})%\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
_IF, _ELSE, _END = ("if", "如果"), ("else", "否则"), ("end", "endif", "结束")
FILTERS = MappingProxyType({"upper": str.upper, "大写": str.upper, "lower": str.lower, "小写": str.lower})


class Fault(ValueError):
    """A text that says nothing: `code` tells why, `what` names the place, `line` the line it stands in (0: none in particular)."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code}: {what}")
        self.code, self.what, self.line = code, what[:60], 0


class Slot:
    """A declared word, perhaps in other letters."""

    __slots__ = ("filters", "name")

    def __init__(self, name: str, filters: tuple[str, ...]) -> None:
        self.name, self.filters = name, filters


class Branch:
    """What stands there if a word is filled, and what if not."""

    __slots__ = ("name", "no", "yes")

    def __init__(self, name: str) -> None:
        self.name = name
        self.yes: list[Node] = []
        self.no: list[Node] = []


def key(name: str) -> str:
    """By which a word is found: whatever its width, its case and the space around it."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def read(text: str, names: Mapping[str, str]) -> tuple[Node, ...]:
    """A text as it will be filled. `names`: what may be written → the word it means. Raises Fault."""
    if len(text) > LONGEST:
        raise Fault("long")
    known: dict[str, str] = {}
    for written, word in names.items():  # what is named first is meant
        known.setdefault(key(written), word)
    reader = _Reader(known)
    try:
        return reader.nodes(text)
    except Fault as fault:
        fault.line = text.count("\n", 0, reader.at) + 1
        raise


class _Reader:
    """Reads a text from its start to its end; `at` is where it stands, for who must say where something is wrong."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known, self.at = known, 0

    def nodes(self, text: str) -> tuple[Node, ...]:
        root: list[Node] = []
        open_in: list[tuple[Branch, list[Node], int]] = []
        here = root
        for mark in _MARK.finditer(text):
            self._words(text[self.at : mark.start()], here)
            self.at = mark.start()
            if mark[1] is not None:
                here.append(_slot(mark[1], self.known))
                self.at = mark.end()
                continue
            verb, _space, rest = mark[2].strip().partition(" ")
            if verb in _IF:
                if len(open_in) == DEPTH:
                    raise Fault("deep")
                branch = Branch(_known(rest, self.known))
                here.append(branch)
                open_in.append((branch, here, mark.start()))
                here = branch.yes
            elif verb in _ELSE and not rest.strip() and open_in and here is open_in[-1][0].yes:
                here = open_in[-1][0].no
            elif verb in _END and not rest.strip() and open_in:
                here = open_in.pop()[1]
            else:
                raise Fault("mark", mark[0])
            self.at = mark.end()
        self._words(text[self.at :], here)
        if open_in:
            self.at = open_in[-1][2]
            raise Fault("open", open_in[-1][0].name)
        return tuple(root)

    def _words(self, text: str, here: list[Node]) -> None:
        stray = _STRAY.search(text)
        if stray is not None:
            self.at += stray.start()
            raise Fault("stray", text[stray.start() : stray.start() + 30])
        if text:
            here.append(text)


def _known(name: str, known: Mapping[str, str]) -> str:
    found = known.get(key(name))
    if found is None:
        raise Fault("unknown", name.strip())
    return found


def _slot(inside: str, known: Mapping[str, str]) -> Slot:
    name, *filters = inside.split("|")
    wanted = tuple(f.strip() for f in filters)
    for one in wanted:
        if one not in FILTERS:
            raise Fault("filter", one)
    return Slot(_known(name, known), wanted)


def named(nodes: Iterable[Node]) -> set[str]:
    """The words a text asks for."""
    found: set[str] = set()
    for node in nodes:
        if not isinstance(node, str):
            found.add(node.name)
        if isinstance(node, Branch):
            found |= named(node.yes) | named(node.no)
    return found


def fill(nodes: tuple[Node, ...], values: Mapping[str, Value], most: int = FILLED) -> str:
    """The text with its slots filled. A line that held nothing but slots and came out empty is left out. Raises Fault when it grows
    too long, TypeError for a value that is no plain one."""
    words = {name: _plain(value) for name, value in values.items()}
    out = _Lines(most)
    _fill(nodes, words, out)
    return out.text()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if type(value) not in (str, int, float, dt.date):
        raise TypeError(f"{type(value).__name__} is no value of a slot")
    return str(value).replace("\r", "").replace("\x00", "")[:VALUE]


def _fill(nodes: tuple[Node, ...] | list[Node], words: Mapping[str, str], out: _Lines) -> None:
    for node in nodes:
        if isinstance(node, str):
            out.put(node)
        elif isinstance(node, Slot):
            word = words.get(node.name, "")
            for one in node.filters:
                word = FILTERS[one](word)
            out.put(word, slot=True)
        else:
            out.put("", slot=True)
            _fill(node.yes if words.get(node.name) else node.no, words, out)
            out.put("", slot=True)


class _Lines:
    """What comes out, line by line."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._done: list[str] = []
        self._line: list[str] = []
        self._slot = False
        self._size = 0

    def put(self, text: str, *, slot: bool = False) -> None:
        self._size += len(text)
        if self._size > self._most:
            raise Fault("grown")
        self._slot = self._slot or slot
        first, *others = text.split("\n")
        self._line.append(first)
        for other in others:
            self._end()
            self._slot = slot
            self._line = [other]

    def _end(self) -> None:
        line = "".join(self._line)
        if line.strip() or not self._slot:
            self._done.append(line)

    def text(self) -> str:
        self._end()
        return "\n".join(self._done)
