"""Numbers and amounts as people type them; exact, never through a float.

Which mark is the decimal one is decided by the language where the text alone does not tell, and refused where
even then it could be a thousand times more: ``1.234`` in English is one and a bit, ``1.234,50`` is refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from unicodedata import normalize

from crm_core.text.problems import InvalidText

MOST_DIGITS = 18
INT64 = 2**63 - 1
_PLAIN = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?", re.ASCII)
# As other programs write large amounts: 6.0E7.
_SCIENTIFIC = re.compile(r"-?\d(?:\.\d{1,17})?[eE][+-]?\d{1,2}", re.ASCII)
_CURRENCY = re.compile(r"(?:CNY|RMB|USD|EUR|GBP|JPY|HKD|TWD|SGD|人民币|美元|欧元|港币|港元|日元)", re.IGNORECASE)
_SCALES = {"万亿": 12, "亿": 8, "億": 8, "千万": 7, "百万": 6, "万": 4, "萬": 4, "千": 3}
_SCALE = re.compile("(万亿|千万|百万|亿|億|万|萬|千)$")
# Languages that write 1.234,50; all others, Chinese and English too, write 1,234.50.
_COMMA_DECIMAL = frozenset(
    "de fr es it pt ru uk pl nl cs sk da nb nn no sv fi tr el hu ro bg sr hr sl lt lv et vi id ca is".split()  # noqa: SIM905
)
_SPACES = re.compile("(?<=\\d)[\\s\u00a0\u202f'’](?=\\d{3}(?!\\d))")


def whole(text: str, most: int = INT64) -> int | None:
    """The number from 0 to `most` that plain digits say; None for any other text ("²" and "٣" are digits to Python as well)."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else most + 1
    return found if found <= most else None


def parse_decimal(text: str, locale: str = "zh_Hans_CN") -> Decimal:
    """``1,234.5``, full-width digits, ``3.5万``, ``(12)`` for minus twelve, ``12%`` as 12; of any exact size up to
    18 digits. Raises :class:`InvalidText` (``number``, ``number_mark``, ``number_long``)."""
    if _PLAIN.fullmatch(text) and ("." not in text or not _comma_decimal(locale)):
        return Decimal(text)
    if _SCIENTIFIC.fullmatch(text.strip()):
        return _bounded(Decimal(text.strip()))
    number, negative, zeros = _strip(text)
    value = Decimal(_plain(number, locale)).scaleb(zeros)
    return _bounded(-value if negative and value else value)


def parse_money(text: str, locale: str = "zh_Hans_CN", decimals: int = 2) -> int:
    """An amount in the currency's smallest unit: ``¥1,234.50`` is 123450, ``3.5万元`` is 3500000.

    ``decimals``: those of the currency (0 for JPY). More decimal places than that are refused
    (``number_decimals``), except zeros; other errors as for :func:`parse_decimal`.
    """
    value = parse_decimal(text, locale).scaleb(decimals)
    whole = int(value)
    if whole != value:
        raise InvalidText("number_decimals", count=decimals)
    if abs(whole) >= 10**MOST_DIGITS:
        raise InvalidText("number_long")  # 64 bits hold it, sums of a few thousand too
    return whole


def _bounded(value: Decimal) -> Decimal:
    if value.adjusted() >= MOST_DIGITS or value.adjusted() < -MOST_DIGITS:
        raise InvalidText("number_long")
    return value


def _strip(text: str) -> tuple[str, bool, int]:
    """The digits and their marks alone, whether negative, and how many zeros a 万 or 亿 adds."""
    text = normalize("NFKC", text[:80]).strip().replace("−", "-").replace("，", ",").replace("。", ".")
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1]
    text = _CURRENCY.sub("", text).strip()
    text = text.removesuffix("%")
    for _ in range(2):  # -¥5 and ¥-5
        if text[:1] in ("-", "+"):
            negative ^= text[0] == "-"
            text = text[1:].lstrip()
        text = text.lstrip("¥$€£₩₹ ")
    if text.endswith("-") and not negative:
        text, negative = text[:-1], True  # 12-, as bookkeeping programs print it
    text = text.rstrip("¥$€£₩₹ ")
    for unit in ("元整", "元", "圆", "块"):
        text = text.removesuffix(unit)
    text = text.rstrip()
    zeros = 0
    if scale := _SCALE.search(text):
        zeros = _SCALES[scale.group()]
        text = text[: scale.start()].rstrip()
    return text, negative, zeros


def _plain(number: str, locale: str) -> str:
    """Digits with at most one point, from digits with marks."""
    number = _SPACES.sub("", number)
    if not number or not all(c in "0123456789.," for c in number) or not any(c.isdigit() for c in number):
        raise InvalidText("number")
    if sum(c.isdigit() for c in number) > 28:
        raise InvalidText("number_long")
    decimal, group = (",", ".") if _comma_decimal(locale) else (".", ",")
    if group == "." and "," not in number and number.count(".") == 1 and len(number.partition(".")[2]) != 3:
        return number  # as programs write it: it cannot be a thousand
    if number.count(decimal) > 1 or (group in number and not _grouped(number, decimal, group)):
        raise InvalidText("number_mark", example=f"1{group}234{decimal}50")
    return number.replace(group, "").replace(decimal, ".")


def _grouped(number: str, decimal: str, group: str) -> bool:
    """Whether the thousands are where they belong: 1,234,567.8 and, as Chinese banks print it, 12,3456.78."""
    whole = number.partition(decimal)[0]
    if group in number.partition(decimal)[2]:
        return False
    first, *rest = whole.split(group)
    size = len(rest[0]) if rest else 3
    return 1 <= len(first) <= size and size in (3, 4) and all(len(part) == size for part in rest)


@lru_cache(maxsize=256)
def _comma_decimal(locale: str) -> bool:
    return re.split("[_-]", locale)[0].lower() in _COMMA_DECIMAL
