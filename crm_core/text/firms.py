"""The name of a firm taken apart: 广西崇左|甘源|糖业|集团有限公司 is place, trade name, what it deals in, and form.

Only what two spellings of one firm may do without is told apart; nothing is looked up, nothing stored. The trade name is
what is left, so it is never empty.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from crm_core.text import trades
from crm_core.text.divisions import regions
from crm_core.text.names import split_person
from crm_core.text.pinyin import spell, table
from crm_core.text.places import english_keys, english_name, short_name
from crm_core.text.scripts import has_han, not_word
from crm_core.text.simple import plain

_FORM = re.compile(
    "(?:(?:集团)?(?:控股)?(?:集团)?(?:股份)?(?:有限)?(?:责任)?(?:总)?公司|集团(?:控股)?|\\((?:有限合伙|普通合伙|特殊普通合伙|个人独资)\\)|个体工商户|有限合伙|股份制?|有限责任|有限)+$"
)
_ENDINGS = ("有限责任公司", "股份有限公司", "有限公司")
_INNER_FORM = re.compile("(?:集团)?(?:股份)?有限(?:责任)?公司|总公司")
_BRANCH = re.compile("(?<=公司|银行|酒店|超市|药房|餐饮|保险|集团|证券|商场|书店|.院)(.{0,18}?)(分公司|子公司|办事处|分店|分行|支行|支公司|营业部|营业厅|事业部|分厂|分校|分院|代表处|项目部|门店)$")
_SHOP = re.compile("(.{2,8}?)(分公司|办事处|分店|分行|支行|支公司|代表处)$")
_HEAD = re.compile("(?:总部|本部|总店|总行|总院|总厂|总公司|总社)$")
_BRACKETS = re.compile(r"[(【\[《]([^)】\]》]*)[)】\]》]?")
_NOTE = re.compile("^(?:原|曾用名|已|筹|暂|注销|停业|新|旧|老|重复|作废|客户|供应商|总部|本部|总店|简称|又名)")
_NO_NAME = frozenset(("中国", "中华", "国家", "第一", "第二", "第三", "人民", "华东", "华北", "华南", "东方", "国营", "全国"))
_COUNT = "零一二三四五六七八九十百甲乙丙丁"
_NUMBER = re.compile(f"第?([{_COUNT}0-9]+)(?=分?厂|店|院|中学|小学|高中|初中|建|局|处|队|所|工程|医院|机床|幼儿园|分公司|公司|部|号|车间|制药|棉纺|人民|附属|中|研究|航务|冶)")
_DIGITS = re.compile("[0-9]+")
_LATIN_FORM = frozenset("co company corp corporation inc incorporated ltd limited llc llp lp plc gmbh ag kg sa sas sarl srl spa bv nv ab oy pty pte sdn bhd kk holding holdings group the and of china prc youxian gongsi youxiangongsi gufen zeren youxianzeren youxianzerengongsi gufenyouxiangongsi jituan jituanyouxiangongsi gs yxgs".split())  # noqa: SIM905
_GROUP = frozenset(("group", "holding", "holdings", "jituan", "jituanyouxiangongsi"))
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_WORD = re.compile("[a-z0-9]+")


class Firm(NamedTuple):
    """A name taken apart. ``places``: codes of the divisions it names, from wide to narrow; ``trade``: what tells it from
    others; ``sound``: that in pinyin, a syllable each; ``lines``: meanings of what it deals in, in order; ``form``:
    ``""``, ``firm`` or ``group``; ``branch``: of which branch it is the name; ``numbers``: 第二, 三厂; ``person``: perhaps
    no firm but somebody."""

    whole: str
    places: tuple[str, ...]
    trade: str
    sound: tuple[str, ...]
    lines: tuple[str, ...]
    form: str
    branch: str
    numbers: tuple[str, ...]
    person: bool
    latin: bool

    @property
    def province(self) -> str:
        return self.places[0][:2] if self.places else ""

    @property
    def line(self) -> str:
        """The one thing it deals in by which it is looked for."""
        return next((line for line in self.lines if line not in trades.WEAK), self.lines[0] if self.lines else "")


@lru_cache(maxsize=20_000)
def parse(name: str) -> Firm:
    """Take a name apart."""
    text = plain(name)
    return _chinese(text) if has_han(text) else _latin(text)


def _chinese(text: str) -> Firm:
    whole = not_word.sub("", text)
    while text and text[-1].isascii() and (cut := re.sub(r"[\s,.(]*\b(?:co|ltd|inc|corp|limited|company|group|llc)\b[\s,.)]*$", "", text)) != text and has_han(cut):
        text = cut
    said: list[str] = []
    branch = form = ""
    if "(" in text or "【" in text or "[" in text or "《" in text:
        text, said, branch, form = _brackets(text)
    text = not_word.sub("", text) or whole
    if found := _BRANCH.search(text) or _SHOP.search(text):
        head = text[: found.start(1)]
        if not _BRANCH.search(text) and not _INNER_FORM.search(text):
            # 天地科技北京分公司: the place before the word is the branch's, what stands before that is the firm.
            at = next((n for n in (4, 3, 2) if len(text) > len(found[2]) + n + 1 and text[: -len(found[2])][-n:] in _places()), 0)
            head = text[: -len(found[2]) - at]
            branch = branch or text[len(head) :]
        else:
            branch = branch or text[found.start(1) :]
        text = head or text
        branch = _branch_key(branch)
    if len(text) > 4:
        text = _HEAD.sub("", text) or text
    text, ending = _form(text)
    form = "group" if form == "group" or "集团" in ending or "控股" in ending else "firm" if ending else ""
    inner = _INNER_FORM.search(text)
    if inner and 2 <= inner.start() and len(text) > inner.end():
        text = text[: inner.start()] + text[inner.end() :]
    rest, places = _without_places(text)
    for one in said:
        places = _joined(places, one)
    numbers = tuple(_plain_number(n) for n in (*_NUMBER.findall(rest), *_DIGITS.findall(rest)))
    trade, lines = _lines(rest)
    sound = tuple(spell(trade))
    person = not lines and not form and not places and not branch and _like_person(whole)
    return Firm(whole, places, trade, sound, lines, form, branch, tuple(dict.fromkeys(numbers)), person, False)


def _form(text: str) -> tuple[str, str]:
    """A name without its legal form, and the form, also where one character of it was written wrongly: 有限公词, 有公司."""
    if not _FORM.search(text) or text[-5:-2] == "限公公" or not text.endswith(_ENDINGS):
        for ending in _ENDINGS:
            size = next((n for n in (len(ending), len(ending) - 1, len(ending) + 1) if len(text) > n + 1 and _slipped(text[-n:], ending)), 0)
            if size:
                text = text[:-size] + ending
                break
    ends = _FORM.search(text)
    return (text[: ends.start()], ends[0]) if ends and ends.start() > 0 else (text, "")


def _slipped(tail: str, ending: str) -> bool:
    return tail != ending and tail[0] in ending[:2] and OSA.distance(tail, ending, score_cutoff=1) == 1


def _brackets(text: str) -> tuple[str, list[str], str, str]:
    """A name without what stands in brackets; the places, the branch and the form that stood there."""
    places: list[str] = []
    branch = form = ""
    for match in _BRACKETS.finditer(text):
        inner = not_word.sub("", match[1])
        if inner in _places():
            places.append(_places()[inner][0])
            text = text.replace(match[0], "", 1)
        elif inner in ("集团", "控股"):
            form = "group"
            text = text.replace(match[0], "", 1)
        elif _SHOP.search(inner) or inner.endswith(("店", "分公司", "支行")):
            branch = _branch_key(inner)
            text = text.replace(match[0], "", 1)
        elif not inner or _NOTE.match(inner) or inner.endswith(("合伙", "独资")):
            text = text.replace(match[0], "", 1)
    return text, places, branch, form


def _branch_key(text: str) -> str:
    """Equal for one branch: its place as people say it, without the kind of branch where there is a place."""
    for ending in ("分公司", "子公司", "支公司", "办事处", "代表处", "分店", "门店"):
        if text.endswith(ending) and len(text) > len(ending):
            bare = text.removesuffix(ending)
            return short_name(bare) + ("" if ending in ("分公司", "子公司", "支公司") else ending)
    return text


def _without_places(text: str) -> tuple[str, tuple[str, ...]]:
    """What follows the names of places in front, and their codes. Each lies within the one before."""
    known, rest = _places(), text.removeprefix("中华人民共和国") or text
    found: tuple[str, ...] = ()
    for _ in range(3):
        for size in range(min(_longest().get(rest[:2], 0), len(rest) - 2), 1, -1):
            inside = [code for code in known.get(rest[:size], ()) if not found or code.startswith(_stem(found[-1]))]
            if inside:
                found, rest = (*found, inside[0]), rest[size:]
                break
        else:
            break
    if found and rest in trades.MEANING:
        # 长兴科技: nothing would be left that tells it from its like.
        return text[len(text) - len(rest) - _sizes(text, rest, found[-1]) :], found[:-1]
    return rest, found


def _sizes(text: str, rest: str, last: str) -> int:
    before = text[: len(text) - len(rest)]
    return next((n for n in range(2, len(before) + 1) if last in _places().get(before[-n:], ())), 0)


def _stem(code: str) -> str:
    """How the codes of what lies within a division begin."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _joined(places: tuple[str, ...], code: str) -> tuple[str, ...]:
    if any(one.startswith(_stem(code)) for one in places):
        return places
    if places and code.startswith(_stem(places[-1])):
        return (*places, code)
    return places or (code,)


def _lines(text: str) -> tuple[str, tuple[str, ...]]:
    """The trade name and what is dealt in: known words from the end on, as long as two characters are left."""
    found: list[str] = []
    rest = text
    while len(rest) > 2:
        size = next((n for n in range(min(trades.LONGEST, len(rest) - 1), 0, -1) if rest[-n:] in trades.MEANING and (n > 1 or len(rest) > 3)), 0)
        if not size or len(rest) - size < 2:
            break
        found.insert(0, trades.MEANING[rest[-size:]])
        rest = rest[:-size]
    if rest in _NO_NAME:
        return text, ()  # 中国石化: all of it is the name
    return rest, tuple(dict.fromkeys(found))


def _latin(text: str) -> Firm:
    whole = not_word.sub("", text)
    text = _DOTTED.sub(lambda match: match.group().replace(".", ""), text.replace("&", " and ").replace("'", "").replace("’", ""))
    every = _WORD.findall(text) or [whole or text]
    words = [word for word in every if word not in _LATIN_FORM]
    form = ("group" if _GROUP & set(every) else "firm") if len(words) < len([w for w in every if w not in ("the", "and", "of", "china")]) else ""
    words = words or every
    places: tuple[str, ...] = ()
    known = _english_places()
    while len(words) > 1:
        if words[0] in known and (not places or known[words[0]].startswith(_stem(places[-1]))):
            places, words = (*places, *filter(None, (known[words[0]],))), words[1:]
        elif len(words) > 2 and words[0] + words[1] in known:
            places, words = (*places, *filter(None, (known[words[0] + words[1]],))), words[2:]
        elif words[-1] in known and words[-1] not in trades.MEANING:
            places, words = _joined(places, known[words[-1]]) if known[words[-1]] else places, words[:-1]
        else:
            break
    sounds = _sound_lines()
    lines: list[str] = []
    while len(words) > 1:
        if words[-1] in trades.MEANING or words[-1] in sounds:
            lines.insert(0, trades.MEANING.get(words[-1]) or sounds[words[-1]])
            words = words[:-1]
        elif len(words) > 2 and (both := words[-2] + words[-1]) in sounds:
            lines.insert(0, sounds[both])
            words = words[:-2]
        else:
            break
    trade = "".join(words)
    numbers = tuple(_DIGITS.findall(trade))
    return Firm(whole, places, trade, (trade,), tuple(dict.fromkeys(lines)), form, "", numbers, False, True)


def _like_person(text: str) -> bool:
    return 2 <= len(text) <= 4 and all(map(has_han, text)) and (text[0] in _surnames() or text[:2] in table().surnames) and bool(split_person(text).given)


def _plain_number(text: str) -> str:
    return {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10"}.get(text, text)


@cache
def _surnames() -> frozenset[str]:
    return frozenset(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊"
        "秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    )


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """Names of divisions, with and without their kind, wide ones first → codes. Districts only where the name says so, counties
    and cities of their own also as people say them."""
    found: dict[str, dict[str, None]] = {}
    for region in sorted(regions(), key=lambda one: one.level):
        short = short_name(region.name)
        forms = {plain(region.name)}
        if region.level < 3 or region.name.endswith(("市", "县")):
            forms |= {short, short + "市", *((short + "省",) if region.level == 1 else ())}
        for form in forms:
            if len(form) > 1:
                found.setdefault(form, {})[region.code] = None
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def _longest() -> dict[str, int]:
    sizes: dict[str, int] = {}
    for name in _places():
        sizes[name[:2]] = max(sizes.get(name[:2], 0), len(name))
    return sizes


@cache
def _english_places() -> dict[str, str]:
    """English names of provinces and cities → code; ``""`` where several are written so (Yichun, Fuzhou, Taizhou)."""
    found: dict[str, str] = {}
    for region in regions():
        if region.level < 3:
            key = english_keys(english_name(region.name))[1]
            known = found.get(key)
            found[key] = region.code if known is None or known.startswith(_stem(region.code)) or region.code.startswith(_stem(known)) else ""
    return {name: code for name, code in found.items() if len(name) > 2}


@cache
def _sound_lines() -> dict[str, str]:
    return trades.by_sound()
