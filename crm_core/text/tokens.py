"""One stream of search tokens for both engines, and the question that finds it.

What is indexed (``unicode61 … tokenchars '_~'`` in FTS5, a text array in PostgreSQL), of folded text:

===================  ==========================================================
``北京`` ``京``      Chinese, Japanese, Korean: each pair of neighbours, and the last character of a run
``tangram``          a Latin word or number as a whole, found by its beginning
``~tan`` ``~ang``    and each three letters of it, found inside
``bjtd`` ``~bjt``    the initials of a name in pinyin, like a word
``_bei`` ``_bei_jing``  the syllables of a name in pinyin, alone and in pairs
===================  ==========================================================

Others add tokens such as ``o_7`` for who may see a record; no text and no question can make one of those, because
``_`` never is inside a word. Nothing that stands in a text within its first 400 tokens is missed; a hit may be
too much (all pairs there, but not in a row), so :meth:`Query.verify` looks at its text unless the question is
``exact``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import add

from crm_core.text.clean import fold
from crm_core.text.phones import phone_key
from crm_core.text.pinyin import pieces, spell
from crm_core.text.question import Query, parse
from crm_core.text.scripts import ascii_word, cjk_run, has_han, word_run

__all__ = ["Query", "document", "query"]

LIMIT = 400
LONGEST_WORD = 48


def document(
    texts: Iterable[str], names: Iterable[str] = (), phones: Iterable[str] = (), limit: int = LIMIT
) -> list[str]:
    """The tokens of one record: names (also by sound), phone numbers (by digits, however written), other texts.

    Names and phones come first, so that a long note never pushes them out. At most ``limit`` tokens, none twice.
    """
    tokens: list[str] = []
    for name in names:
        if name:
            tokens += _of_name(name)
    for phone in phones:
        if phone and (digits := phone_key(phone)):
            _add_word(tokens, digits)
    for text in texts:
        if text:
            _add(tokens, fold(text[: limit * 8]))
    once = list(dict.fromkeys(tokens))
    return once if len(once) <= limit else once[:limit]


@lru_cache(64)
def _of_name(name: str) -> list[str]:
    """The tokens of a name; a record is often indexed twice in a row, whole and in brief."""
    tokens: list[str] = []
    folded = fold(name)
    _add(tokens, folded)
    if has_han(folded):
        _add_sounds(tokens, folded)
    return tokens


def query(text: str) -> Query | None:
    """The question for what a person typed; ``None`` when there is nothing in it to look for."""
    return parse(text)


def _add(tokens: list[str], folded: str) -> None:
    if not folded.isascii():
        for run in cjk_run.findall(folded):
            tokens += map(add, run, run[1:])
            tokens.append(run[-1])
        words = word_run.findall(folded)
    else:
        words = ascii_word.findall(folded)
    for word in words:
        if len(word) > 2:
            _add_word(tokens, word)
        else:
            tokens.append(word)


def _add_word(tokens: list[str], word: str) -> None:
    tokens.append(word[:LONGEST_WORD])
    tokens += ["~" + word[at : at + 3] for at in range(len(word) - 2)]


def _add_sounds(tokens: list[str], name: str) -> None:
    """Initials and syllables; of a short name also in the reading of a person's, which begins with a surname."""
    said = spell(name)
    if len(said) == len(name):
        _add_syllables(tokens, name, said, "".join([syllable[0] for syllable in said]))
        if len(name) <= 6 and (as_person := spell(name, name=True)) != said:
            _add_syllables(tokens, name, as_person, "".join([syllable[0] for syllable in as_person]))
        return
    # Latin words and numbers stand whole among the initials (3m中国 is 3mzg) and part the syllables.
    group: list[str] = []
    letters: list[str] = []
    for piece, sound in pieces(name, name=False):
        letters.append(sound[0] if len(piece) == 1 else sound)
        if len(piece) == 1 and not piece.isascii():
            group.append(sound)
        else:
            _add_syllables(tokens, "", group, "")
            group = []
    _add_syllables(tokens, name, group, "".join(letters))


def _add_syllables(tokens: list[str], name: str, said: list[str], letters: str) -> None:
    if len(letters) > 1:
        _add_word(tokens, letters)
    if name.endswith("公司"):
        said = said[: -_legal_form(name)]
    marked = ["_" + syllable for syllable in said]
    tokens += marked
    tokens += map(add, marked, marked[1:])


def _legal_form(name: str) -> int:
    """How long the end of a company's name is that nobody types by its sound."""
    size = 4 if name.endswith("责任公司") else 2
    for word in ("有限", "股份"):
        if name.endswith(word, 0, -size):
            size += 2
    return size
