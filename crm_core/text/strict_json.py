"""JSON as a server reads it: what the standard leaves open or a parser lets pass is refused (no NaN, no name twice, no
broken characters, no numbers beyond 64 bits, no bottomless nesting), so nothing odd reaches a field or a database."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

__all__ = ["InvalidJson", "loads"]

DEPTH = 32
LARGEST = 2**63 - 1

# A string, closed or not, or a bracket. Possessive, and an unclosed string ends the text: linear whatever comes.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_BROKEN = re.compile("[\ud800-\udfff\0]")


class InvalidJson(ValueError):
    """The document cannot be taken. `code`: encoding, syntax, depth, number, constant, twice or character."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def loads(document: bytes | str, *, depth: int = DEPTH) -> Any:
    """The value of a JSON document in UTF-8. Raises InvalidJson; nothing else, whatever the bytes."""
    try:
        text = document if isinstance(document, str) else document.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidJson("encoding", "the document is not UTF-8") from None
    _check_depth(text, depth)
    try:
        found = json.loads(
            text, parse_constant=_constant, parse_int=_integer, parse_float=_float, object_pairs_hook=_object
        )
    except InvalidJson:
        raise
    except ValueError as error:
        raise InvalidJson("syntax", str(error)) from None
    _check_words(found)
    return found


def _check_depth(text: str, limit: int) -> None:
    """Before parsing, because the parser recurses. Brackets inside of strings do not count."""
    depth = 0
    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece[0] == '"':
            continue
        depth += 1 if piece in "[{" else -1
        if depth > limit:
            raise InvalidJson("depth", f"more than {limit} levels")


def _constant(word: str) -> NoReturn:
    raise InvalidJson("constant", f"{word} is no JSON")


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(found := int(digits)) > LARGEST:
        raise InvalidJson("number", "a number is beyond 64 bits")
    return found


def _float(digits: str) -> float:
    found = float(digits)
    if len(digits) > 40 or found in (float("inf"), float("-inf")):
        raise InvalidJson("number", "a number is too large or too long")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        double = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise InvalidJson("twice", f"“{double[:60]}” is there twice")
    return found


def _check_words(value: Any) -> None:
    """Broken surrogates and NUL can be written as escapes, so they show only after parsing."""
    if isinstance(value, str):
        if (not value.isascii() or "\0" in value) and _BROKEN.search(value):
            raise InvalidJson("character", "a text has a NUL or half a character in it")
    elif isinstance(value, list):
        for item in value:
            _check_words(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_words(name)
            _check_words(item)
