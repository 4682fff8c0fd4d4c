"""Phone numbers as people write them: a key to compare and find them by, what is wrong, a form to read.

No library of all countries: mainland numbers are known well, foreign ones by their country code only.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from crm_core.text.problems import Problem

_NOT_DIGIT = re.compile(r"\D+")
# 转 8012, ext. 12, 分机12, x12, #12: an extension is no part of the number called.
_EXTENSION = re.compile(
    r"(?:\s*(?:ext(?:ension|n)?\.?|分机号?|内线|转|轉|x|#|;ext=|,)\s*[:：.]?\s*\d{1,6}\s*)$", re.IGNORECASE
)
_USUAL = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[1-9][0-9]{6,7}|[2-9][0-9]{6,7}|[48]00-?[0-9]{3}-?[0-9]{4}")
_DASHED = re.compile(r"[-‐‑–—/]\s*\d{1,5}\s*$")  # an extension as many write it: 010-65529988-8012
# How mainland mobile and 400 numbers are grouped, whole or with digits too few or too many; others group 1300 123 456.
_OUR_GROUPS = re.compile(r"(?:\+?(?:00)?86[\s-]*)?(?:\d+|(?:1\d\d|[48]00)[\s-]\d+(?:[\s-]\d+)?)")
_MARKS = re.compile(r"[\d\s()\[\]+\-‐‑‒–—―−~./·*_]")
_SPLIT = re.compile(r"[;；、，|\n]|(?<=\d)\s*[/,]\s*(?=[\d+(])|\s{2,}|(?<=\d{7})\s+(?=[\d+(]{3})")
_LIKE_DIGITS = re.compile(r"(?<=\d)[OoIl]+|[OoIl]+(?=\d)")  # 86I2: letters that look like the digits they stand among
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"[48]00\d{7}")
_DIGITS = str.maketrans("OoIl", "0011")
_BIG_AREA = re.compile(r"0(?:10|2\d)")
# The countries whose people write a 0 before the area code at home (and not after +NN).
_TRUNK_ZERO = {"86", "81", "82", "44", "49", "33", "61", "91", "84", "60", "886"}


def phone_key(text: str, default_country: str = "86") -> str:
    """Digits that are equal for equal numbers: the own country's code goes, its area codes stay, a foreign number
    begins with ``00`` and its country. Of several numbers in one text the first. ``""`` when there is no digit.

    ``+86 (0)10-6552 9988 转 12`` → ``01065529988``, ``+1 919-676-9515`` → ``0019196769515``.
    """
    digits = text.replace("-", "")
    if digits.isdigit() and digits.isascii() and 7 <= len(digits) <= 12 and not digits.startswith("00"):
        return digits
    return _key(_first(text), default_country)


def stored_key(text: str | None) -> str | None:
    """:func:`phone_key` as a column of 40 characters keeps it; ``None`` when there is nothing to compare."""
    return (phone_key(text)[:40] or None) if text else None


def split_phones(text: str) -> list[str]:
    """The several numbers that people put into one cell, as written."""
    text = normalize("NFKC", text)
    return [part.strip() for part in _SPLIT.split(text) if part and any(c.isdigit() for c in part)]


def check_phone(text: str, country: str = "86") -> Problem | None:
    """What is wrong with a number, for the message beside its field; ``None`` when it may stand.

    Only certain faults are told: letters, a mainland mobile number of other than 11 digits, too short, too long.
    """
    number = _EXTENSION.sub("", normalize("NFKC", text).strip())
    if odd := _MARKS.sub("", number):
        return Problem("phone_letters", {"found": odd[:20]})
    digits = _NOT_DIGIT.sub("", number)
    foreign = _foreign(number, digits, country)
    if len(digits) > (17 if foreign else 15):
        return Problem("phone_long")
    if foreign:
        return Problem("phone_short") if len(digits) < 8 else None
    if country != "86":
        return Problem("phone_short") if len(digits) < 3 else None
    digits = _key(number, country)
    expected = 0
    if digits[:1] == "1" and len(digits) >= 7 and digits[1:2] in "3456789":
        expected = 11
    elif digits[:3] in ("400", "800") and len(digits) > 8:
        expected = 10
    elif digits[:1] == "0" and len(digits) > 12:
        return Problem("phone_long")
    elif len(digits) < 3 or (digits[:1] == "0" and len(digits) < 10):
        return Problem("phone_short")
    if expected and len(digits) < expected:
        return Problem("phone_missing", {"expected": expected, "count": expected - len(digits)})
    if expected and len(digits) > expected:
        return Problem("phone_extra", {"expected": expected, "count": len(digits) - expected})
    return None


def sure_problem(text: str) -> Problem | None:
    """What is wrong for certain with what stands in a box for phones: several numbers, remarks, extensions and the habits of
    other countries may stand. ``None`` where one cannot be sure.

    ``1380013800`` → 1 of 11 digits missing; ``0852-86I2 3307`` → “I”; ``13800138000 (王总)``, ``010-65529988-8012``, ``95588``, ``1300 123 456`` → None.
    """
    if _USUAL.fullmatch(text):  # most of them, and an import has a million
        return None
    for number in split_phones(text) or [text]:
        problem = check_phone(number)
        if problem is not None and problem.code == "phone_letters" and with_digits(number):
            return problem
        if problem is None or problem.code == "phone_letters" or check_phone(_DASHED.sub("", number)) is None:
            continue
        digits = _NOT_DIGIT.sub("", number)
        if problem.code == "phone_short" and len(digits) >= 3:
            continue
        if problem.code in ("phone_missing", "phone_extra") and not _OUR_GROUPS.fullmatch(normalize("NFKC", number).strip()):
            continue
        return problem
    return None


def with_digits(number: str) -> str:
    """What a number with letters for digits was meant to be: ``0852-8612 3307`` for ``0852-86I2 3307``; ``""`` when it has none
    or is no number even then."""
    meant = _LIKE_DIGITS.sub(lambda found: found.group().translate(_DIGITS), number)
    sure = meant != number and len(_NOT_DIGIT.sub("", meant)) >= 7 and check_phone(meant) is None
    return meant if sure else ""


def show_phone(text: str, country: str = "86") -> str:
    """The number in groups that can be read aloud: ``138 0013 8000``, ``010-6552 9988``; others as written."""
    number = normalize("NFKC", text).strip()
    extension = _EXTENSION.search(number)
    digits = _key(number[: extension.start()] if extension else number, country)
    tail = f" {number[extension.start() :].strip()}" if extension else ""
    if country != "86" or _MARKS.sub("", number[: extension.start()] if extension else number):
        return number
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}{tail}"
    if _SERVICE.fullmatch(digits):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}{tail}"
    if digits.startswith("0") and not digits.startswith("00") and 10 <= len(digits) <= 12:
        area = 3 if _BIG_AREA.match(digits) else 4
        local = digits[area:]
        return f"{digits[:area]}-{local[:-4]} {local[-4:]}{tail}"
    return number


def _first(text: str) -> str:
    """The first number of a cell, without its extension."""
    text = normalize("NFKC", text)
    if _SPLIT.search(text):
        text = next((part for part in _SPLIT.split(text) if part and any(c.isdigit() for c in part)), "")
    return _EXTENSION.sub("", text.strip())


def _foreign(number: str, digits: str, country: str) -> bool:
    if number.startswith("+"):
        return not digits.startswith(country)
    return digits.startswith("00") and not digits[2:].startswith(country)


def _key(number: str, country: str) -> str:
    digits = _NOT_DIGIT.sub("", number)
    if number.startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if not digits.startswith(country):
            return "00" + digits if digits else ""
        digits = digits[len(country) :]
    elif country == "86" and len(digits) == 13 and digits.startswith("86") and _MOBILE.fullmatch(digits, 2):
        return digits[2:]
    else:
        return digits
    if country not in _TRUNK_ZERO or digits.startswith("0") or len(digits) < (9 if country == "86" else 7):
        return digits
    if country == "86" and (_SERVICE.fullmatch(digits) or (digits[0] == "1" and digits[1] != "0")):
        return digits  # only Beijing's area code begins with 1
    return "0" + digits
