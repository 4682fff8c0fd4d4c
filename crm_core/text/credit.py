"""The unified social credit code of a firm (GB 32100-2015): 18 signs, the last of which is worked out from the others."""

from __future__ import annotations

from unicodedata import normalize

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z
_LENGTH = 18


def clean_code(text: str) -> str:
    """As it is kept: half-width capitals without blanks and dashes."""
    return "".join(c for c in normalize("NFKC", text).upper() if c.isalnum())


def check_sign(code: str) -> str:
    """The last sign that the first seventeen ask for; ``""`` when one of them is no sign of such a code."""
    if len(code) < _LENGTH - 1 or any(c not in _SIGNS for c in code[: _LENGTH - 1]):
        return ""
    total = sum(_SIGNS.index(c) * 3**at for at, c in enumerate(code[: _LENGTH - 1]))
    return _SIGNS[-total % 31]


def problem(code: str) -> str:
    """What is wrong with a cleaned code: ``length``, ``sign``, ``check``; ``""`` when nothing is."""
    if len(code) != _LENGTH:
        return "length"
    if any(c not in _SIGNS for c in code):
        return "sign"
    return "" if check_sign(code) == code[-1] else "check"
