"""The one edge for text: whatever comes from a form, a file, JSON or a mail passes here before it is stored.

Stored text is NFC, without NUL, broken surrogates and control characters; a line has single spaces and no line
break. Folding (NFKC and case) is only for keys and search: it makes ``①`` to ``1`` and is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import is_normalized, normalize

from crm_core.text.problems import InvalidText

__all__ = ["InvalidText", "are_clean", "clean_line", "clean_lines", "clean_text", "fold"]

# A letter with more accents than any script needs: slow to normalise and it paints over its neighbours.
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{17}")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Control characters other than white space, the byte order mark, and what Unicode keeps as "not a character".
_CONTROL = re.compile("[\x01-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb\ufffe\uffff]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_EDGE = re.compile("[^\\S\n]+(?=\n)")


def clean_line(text: str) -> str:
    """One line as it is stored: NFC, single spaces, nothing invisible that breaks things.

    Line breaks and tabs become a space, control characters go. Raises :class:`InvalidText` (``nul``,
    ``surrogate``, ``marks``) for what only damaged or hostile sources send.
    """
    if text.isascii():
        if text.isprintable():
            if "  " not in text and text[:1] != " " and text[-1:] != " ":
                return text
            return " ".join(text.split())
    elif text.isprintable() and not _MARKS.search(text):
        if not is_normalized("NFC", text):
            text = normalize("NFC", text)
        if " " not in text:
            return text
        return " ".join(text.split())
    return " ".join(_repair(text).split())


def are_clean(texts: Sequence[str]) -> bool:
    """Whether :func:`clean_line` would leave all of these as they are. Quick, and may say no where it would."""
    whole = "".join(texts)
    if not whole.isprintable():
        return False
    if " " in whole and ("  " in whole or any(text[:1] == " " or text[-1:] == " " for text in texts)):
        return False
    return whole.isascii() or (not _MARKS.search(whole) and is_normalized("NFC", whole))


def clean_lines(texts: Sequence[str]) -> list[str]:
    """:func:`clean_line` of many; ``""`` for the damaged ones."""
    if are_clean(texts):
        return list(texts)
    found = []
    for text in texts:
        try:
            found.append(clean_line(text))
        except InvalidText:
            found.append("")
    return found


def clean_text(text: str) -> str:
    """Several lines as they are stored: like :func:`clean_line`, but line breaks (as ``\\n``), tabs and inner
    spaces stay. Empty lines at both ends and spaces at the end of lines go."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = _BREAK.sub("\n", _repair(text))
    return _EDGE.sub("", text).strip()


def _repair(text: str) -> str:
    """The slow way: refuse what is damaged, drop what is invisible, compose."""
    if "\0" in text:
        raise InvalidText("nul")
    if _SURROGATE.search(text):
        raise InvalidText("surrogate")
    if _MARKS.search(text):
        raise InvalidText("marks")
    text = _CONTROL.sub("", text)
    return text if text.isascii() else normalize("NFC", text)


def fold(text: str) -> str:
    """The form for comparing: NFKC, no case, single spaces. Folding twice changes nothing."""
    if text.isascii():
        text = text.lower()
    else:
        text = normalize("NFKC", text).casefold()
        if not text.isascii():
            text = normalize("NFKC", text)
    if " " in text or not text.isprintable():
        return " ".join(text.split())
    return text
