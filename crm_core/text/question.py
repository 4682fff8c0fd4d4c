"""What a person typed into a search box, as a question to the token stream of :mod:`crm_core.text.tokens`.

Words are separated by spaces and all must be there. A word is Chinese of two characters or more: its pairs; one
character, or one or two Latin letters: a beginning; three letters or digits and more: each three of them, or the
syllables of a name that they may spell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import add

from crm_core.text.clean import fold
from crm_core.text.pinyin import pieces
from crm_core.text.scripts import any_run, has_han, not_word
from crm_core.text.syllables import ways

LONGEST = 120
MOST_WORDS = 10
MOST_ANY = 12

Token = tuple[str, bool]
"""A token, and whether it is only a beginning."""
Group = tuple[Token, ...]
"""Any of these tokens."""
Way = tuple[Group, ...]
"""All of these groups: one way in which a word may be there."""

Quote = Callable[[str, bool], str]

_COUNTRY = re.compile(r"(?:\+|00)86[\s-]*(?=\d)")
_NUMBER = re.compile(r"[\d+()./-]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the question and the ways in which it is found."""

    text: str
    ways: tuple[Way, ...]

    @property
    def exact(self) -> bool:
        """Whether every hit of the index is a true one."""
        return all(len(way) == 1 for way in self.ways)


@dataclass(frozen=True, slots=True)
class Query:
    """A question: all words. :meth:`fts5` and :meth:`pg` say it to the two engines."""

    words: tuple[Word, ...]

    @property
    def tokens(self) -> list[Token]:
        """(token, is a beginning) of the plain way of each word, in order."""
        return [token for word in self.words for group in word.ways[0] for token in group[:1]]

    @property
    def exact(self) -> bool:
        """Whether hits need no :meth:`verify` (and may be counted in the index)."""
        return all(word.exact for word in self.words)

    def fts5(self, extra_any: Sequence[str] | None = None, kind: str = "") -> str:
        """The string for ``MATCH``. ``extra_any``: tokens of which one must be there (who may see the record);
        an empty list of them is an error, never "no limit". ``kind``: what every token of the sought records begins with."""
        return self._say(_fts5_token, " AND ", " OR ", extra_any, kind)

    def pg(self, extra_any: Sequence[str] | None = None, kind: str = "") -> str:
        """The text to cast to ``tsquery``; ``extra_any`` and ``kind`` as for :meth:`fts5`."""
        return self._say(_pg_token, " & ", " | ", extra_any, kind)

    def verify(self, text: str) -> bool:
        """Whether a hit is a true one, looking at its text (all that was indexed of it, in any order)."""
        folded = fold(text)
        squashed = ""
        for word in self.words:
            if word.text in folded:
                continue
            if _NUMBER.fullmatch(word.text):
                # 138-0013 is found in 13800138000 and the other way round.
                squashed = squashed or not_word.sub("", folded)
                if not_word.sub("", word.text) in squashed:
                    continue
            if not (word.text.isascii() and has_han(folded) and _sounds(folded, word.text.replace("'", ""))):
                return False
        return True

    def _say(self, token: Quote, both: str, either: str, extra_any: Sequence[str] | None, kind: str) -> str:
        parts = []
        for word in self.words:
            said = [_join([_join([token(kind + one, short) for one, short in any_], either) for any_ in way], both) for way in word.ways]
            parts.append(_join(said, either))
        if extra_any is not None:
            if not extra_any:
                raise ValueError("extra_any is empty: nobody may see anything, so there is no question to ask")
            parts.append(_join([token(kind + extra, False) for extra in extra_any], either))
        return both.join(parts)


def parse(text: str) -> Query | None:
    """The question for what a person typed; ``None`` when there is nothing in it to look for."""
    text = fold(text[:LONGEST])
    if country := _COUNTRY.match(text):
        text = text[country.end() :]  # +86 138… is kept without its country
    words = [Word(word, found) for word in text.split()[:MOST_WORDS] if (found := _ways(word))]
    return Query(tuple(words)) if words else None


def _ways(word: str) -> tuple[Way, ...]:
    plain = _plain(word)
    found = [plain] if plain else []
    letters = word.replace("'", "")
    if letters.isascii() and letters.isalpha():
        found += _syllables(letters)
    elif _NUMBER.fullmatch(word) and len(digits := not_word.sub("", word)) > 2 and digits != word:
        found.append(_inside(digits))
    return tuple(dict.fromkeys(found))


def _plain(word: str) -> Way:
    """The tokens that are there whenever the word stands in a text as it is typed."""
    groups: list[Group] = []
    fallback: list[Group] = []
    for match in any_run.finditer(word):
        run = match.group()
        at_end = match.end() == len(word)
        if match.group(1) is not None:
            if len(run) > 1:
                groups += [((pair, False),) for pair in map(add, run, run[1:])]
            else:
                # Before a Latin letter or a mark it is the last of its run, and as such a token of its own.
                groups.append(((run, at_end),))
        elif len(run) > 2:
            groups += _inside(run)
        elif at_end or match.start() > 0:
            # In the middle it is a whole word, at the end perhaps the beginning of one.
            groups.append(((run, at_end),))
        else:
            # At the start of "ab公司" it may be the end of a longer word, which no token tells: the rest decides.
            fallback.append(((run, True),))
    return tuple(dict.fromkeys(groups or fallback))


def _inside(run: str) -> Way:
    return tuple(dict.fromkeys((("~" + run[at : at + 3], False),) for at in range(len(run) - 2)))


def _syllables(letters: str) -> list[Way]:
    """The ways to find letters as pinyin of a name."""
    if len(letters) < 2:
        return []
    found: list[Way] = []
    for done, last in ways(letters):
        if len(letters) == 2 and letters not in last:
            continue  # two letters are mostly initials; as a syllable only when complete
        if not done:
            found.append((tuple(("_" + syllable, False) for syllable in (last if len(letters) > 2 else (letters,))),))
            continue
        marked = ["_" + syllable for syllable in done]
        whole: list[Group] = [((pair, False),) for pair in map(add, marked, marked[1:])]
        if len(last) > MOST_ANY:
            beginning = letters[sum(map(len, done)) :]
            found.append((*whole, ((f"{marked[-1]}_{beginning}", True),)))
        else:
            found.append((*whole, tuple((f"{marked[-1]}_{syllable}", False) for syllable in last)))
    return found


def _sounds(folded: str, letters: str) -> bool:
    """Whether the Chinese of a text sounds like this: initials, or syllables from the start of one."""
    for chunk in folded.split():
        if not has_han(chunk):
            continue
        for name in (False, True):
            read = pieces(chunk, name)
            if letters in "".join([said[0] if len(piece) == 1 else said for piece, said in read]):
                return True
            sounds = [said for _, said in read]
            if any("".join(sounds[at : at + len(letters)]).startswith(letters) for at in range(len(sounds))):
                return True
    return False


def _join(parts: list[str], word: str) -> str:
    return parts[0] if len(parts) == 1 else "(" + word.join(parts) + ")"


def _fts5_token(token: str, beginning: bool) -> str:
    quoted = '"' + token.replace('"', '""') + '"'
    return quoted + "*" if beginning else quoted


def _pg_token(token: str, beginning: bool) -> str:
    quoted = "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
    return quoted + ":*" if beginning else quoted
