"""How much two names of firms, or two persons, look like one: a figure from 0 to 1.

From :data:`LIKELY` on they are taken for one, from :data:`SHOWN` on they are shown to somebody who is about to enter a
second; what lies between is doubtful and a person decides. Rules, not training: each says something one would say to a
colleague (another city, another branch, 一厂 is not 二厂).
"""

from __future__ import annotations

from itertools import pairwise

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from crm_core.text import trades
from crm_core.text.clean import fold
from crm_core.text.firms import Firm, parse
from crm_core.text.pinyin import spell
from crm_core.text.scripts import has_han, not_word
from crm_core.text.simple import plain

LIKELY = 0.8
SHOWN = 0.6
SURE = 0.95

# Characters that firms are fond of: two that differ by one of these sound alike and are two firms (华新, 华鑫, 华信).
_FOND = frozenset("鑫信新兴欣馨昕盛晟升生胜圣源元园圆缘恒衡亨达大丰峰锋枫宏鸿弘泓红洪泰太祥翔瑞锐睿嘉佳家华宇誉裕禹博康德利力立隆润凯顺龙金锦晋建健明铭福富辉晖汇惠慧亿益毅怡诚成城程远")
# Characters that tell one from another of a row: numbers, sides, sizes.
_ROW = frozenset("零一二三四五六七八九十百千甲乙丙丁东南西北中前后左右上下内外大小老新abcdefghijklmnopqrstuvwxyz0123456789")


def firms(one: str, other: str) -> float:
    """How much two names look like those of one firm."""
    if fold(one) == fold(other):
        return 0.5 if parse(one).person else 1.0
    return of_firms(parse(one), parse(other))


def of_firms(a: Firm, b: Firm) -> float:
    """:func:`firms` of names taken apart."""
    if a.person and b.person:
        return 0.5 if a.trade == b.trade else 0.0
    if a.whole == b.whole:
        return 1.0
    score = _trade(a, b)
    if score < 0.4:
        return score
    lines = _lines(a, b)
    if a.branch != b.branch or _numbers(a, b):
        return min(score, 0.4)
    if _apart(a.places, b.places):
        return min(score * lines, 0.5)
    alike = score * lines
    both = bool(a.form and b.form)
    if both and a.form != b.form:
        alike = min(alike, 0.78)  # 集团有限公司 and 有限公司 of one trade name: mother and daughter, often
    missing = (not a.places) != (not b.places)
    if missing and lines < 1:
        alike *= 0.9
    elif not a.places and not b.places and not (both or lines == 1):
        alike *= 0.95
    return round(min(alike, 0.98), 3)


def persons(one: str, other: str) -> float:
    """How much two names of persons look like one; that they are equal proves little, there are many of one name."""
    a, b = not_word.sub("", plain(one)), not_word.sub("", plain(other))
    if not a or not b:
        return 0.0
    if a == b:
        return 0.5
    if has_han(a) and has_han(b):
        return 0.4 if spell(a, name=True) == spell(b, name=True) else 0.0
    if has_han(a) != has_han(b):
        han, latin = (a, b) if has_han(a) else (b, a)
        said = spell(han, name=True)
        return 0.45 if latin in ("".join(said), "".join([*said[1:], said[0]])) else 0.0
    return 0.4 if ratio(a, b) >= 92 else 0.0


def _trade(a: Firm, b: Firm) -> float:
    """How much the trade names are one."""
    if a.latin or b.latin:
        return _latin(a, b)
    x, y = a.trade, b.trade
    if x == y:
        return 1.0
    body = _body(a, b)
    if a.sound == b.sound:
        pairs = [(c, d) for c, d in zip(x, y, strict=False) if c != d]
        fond = len(x) <= 2 and any(c in _FOND and d in _FOND for c, d in pairs)
        return 0.79 if fond else max(0.9 if len(x) > 2 else 0.86, body)
    if body:
        return body
    short, long = sorted((x, y), key=len)
    if long.startswith(short) and len(short) >= 4:
        return 0.86
    size = len(long)
    step = OSA.distance(x, y)
    if step == 1 and not _in_row(x, y):
        if len(x) == len(y):
            if sorted(x) == sorted(y):  # 瑞华 for 华瑞
                return 0.78 if size < 3 else 0.9
            # 利冀门窗, 利稻门窗: of four characters two may be what they deal in.
            return 0.5 if size < 3 else 0.7 if size < 5 else 0.82
        # One character more: written twice, or left out.
        twice = any(c == d and long[:at] + long[at + 1 :] == short for at, (c, d) in enumerate(pairwise(long)))
        return 0.9 if twice else 0.6 if size < 4 else 0.84
    near = ratio(x, y) / 100
    if near >= 0.85 and size >= 5 and not _in_row(x, y):
        return 0.82
    return min(near, 0.55)


def _body(a: Firm, b: Firm) -> float:
    """One has a trade name whose words for what it deals in the other has written wrongly, so that they were not known: 甘源唐业,
    科枝. 0 when it is not so."""
    short, long = (a, b) if len(a.trade) <= len(b.trade) else (b, a)
    if len(short.trade) >= 2 and long.trade.startswith(short.trade) and len(short.trade) < len(long.trade):
        tail = long.trade[len(short.trade) :]
        for known, meaning in trades.MEANING.items():
            if meaning in short.lines and len(tail) >= 2 and not known.isascii() and OSA.distance(known, tail, score_cutoff=1) <= 1:
                return 0.9
        # 有限公词, 有限公: what was to be the legal form.
        if any(OSA.distance(end, tail, score_cutoff=1) <= 1 for end in _ENDS if len(end) >= 3):
            return 0.9
    return 0.0


_ENDS = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "集团公司")


def _latin(a: Firm, b: Firm) -> float:
    x, y = "".join(a.sound), "".join(b.sound)
    if x == y:
        return 1.0 if a.latin and b.latin else 0.95 if len(a.sound if b.latin else b.sound) > 1 else 0.7
    if _digits(x) != _digits(y):
        return 0.3
    near = ratio(x, y) / 100
    if min(len(x), len(y)) >= 6 and (near >= 0.9 or OSA.distance(x, y) == 1):
        return 0.86
    return min(near, 0.55)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _numbers(a: Firm, b: Firm) -> bool:
    """Whether numbers tell them apart."""
    return set(a.numbers) != set(b.numbers)


def _in_row(x: str, y: str) -> bool:
    """Whether what differs are only numbers, sides or letters: 华东, 华北."""
    differ = set(x) ^ set(y)
    return bool(differ) and differ <= _ROW


def _lines(a: Firm, b: Firm) -> float:
    """How well what they deal in goes together."""
    x, y = set(a.lines), set(b.lines)
    if x == y:
        return 1.0
    size = max(len(a.trade), len(b.trade)) if not (a.latin or b.latin) else 3
    if not x or not y:
        only = x or y
        if only <= trades.WEAK:
            return 0.9
        return 0.92 if size >= 3 else 0.82 if a.places and b.places else 0.72
    strong_x, strong_y = x - trades.WEAK, y - trades.WEAK
    if strong_x == strong_y:
        return 0.9
    if strong_x & strong_y:
        return 0.85
    return 0.6 if not strong_x or not strong_y else 0.45


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the places are two: neither lies within the other."""
    if not one or not other:
        return False
    x, y = _stem(one[-1]), _stem(other[-1])
    return not (x.startswith(y) or y.startswith(x))


def _stem(code: str) -> str:
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
