"""Names of companies: the key by which two spellings are taken for the same, and what remains of a name."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from crm_core.text.divisions import regions
from crm_core.text.places import short_name
from crm_core.text.scripts import has_han, not_word
from crm_core.text.simple import plain

_LEGAL = re.compile("(?:股份)?有限(?:责任)?(?:总)?公司|有限合伙|普通合伙|特殊普通合伙|有限(?=[(（])")
_LEGAL_END = re.compile("(?:控股|集团|股份|有限|责任|总公司|公司|个体工商户)+$")
_LATIN_FORMS = frozenset(
    "co company corp corporation inc incorporated ltd limited llc llp lp plc gmbh ag kg se sa sas sarl srl spa bv nv ab as "  # noqa: SIM905
    "oy aps pty pte sdn bhd kk holding holdings group the and".split()
)
_LATIN_END = re.compile(rf"[\s,.(]*\b(?:{'|'.join(sorted(_LATIN_FORMS))})\b[\s,.)]*$")
_BRACKETS = re.compile(r"[(（【\[]([^)）】\]]*)[)）】\]]")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
# What so many firms of a place are called that the place is all that tells them apart.
_COMMON = re.compile(
    "(?:科技|技术|信息|网络|软件|电子|电气|电力|电信|通信|能源|石油|石化|化工|燃气|热力|自来水|水务|公交|地铁|轨道|交通|运输|物流|"
    "航空|机场|铁路|建设|建筑|建工|工程|设计|装饰|路桥|城建|开发|置业|地产|房地产|投资|资产|管理|控股|金融|证券|保险|银行|农村|商业|"
    "信托|贸易|商贸|进出口|实业|工贸|工业|制造|机械|设备|材料|钢铁|有色|矿业|农业|粮油|食品|饮料|酿酒|酒业|烟草|医药|药业|医疗|"
    "健康|生物|环保|文化|传媒|传播|广告|出版|教育|咨询|服务|发展|旅游|酒店|餐饮|大学|学院|师范|理工|医院|中心|第[一二三四五六七八九十]|"
    "人民|中医|妇幼|保健|中学|小学|集团|企业|经济|国际|对外|合作|联合|供销|百货|和|与)+"
)


class Places(NamedTuple):
    """Names of places, and by their first two characters how long they may be, longest first."""

    names: frozenset[str]
    sizes: dict[str, list[int]]


def company_key(name: str) -> str:
    """Equal for names that mean the same firm: without legal form, place in front, brackets, marks, width, case and
    traditional characters.

    北京天地科技有限公司, 天地科技(北京)股份有限公司 and 天地科技 have one key; the place stays where it is all that
    tells (北京银行, 上海科技有限公司). The key alone is no proof: ask for an equal phone, mail or region too.
    """
    text = plain(name)
    if not has_han(text):
        return _latin(text)
    return _chinese(text)[0]


def match_key(name: str | None) -> str:
    """:func:`company_key` as a column of 200 characters keeps it."""
    return company_key(name)[:200] if name else ""


def company_core(name: str) -> str:
    """What people call the firm, to take a letter of: 天地科技 for 北京天地科技有限公司, ``rhombus`` for The Rhombus
    Group."""
    text = plain(name)
    return _chinese(text)[1] if has_han(text) else _latin_core(text)


def _latin(text: str) -> str:
    return not_word.sub("", _latin_core(text)) or not_word.sub("", text)


def _latin_core(text: str) -> str:
    core = text.removeprefix("the ").replace("&", " and ")
    if "." in core:
        core = _DOTTED.sub(lambda match: match.group().replace(".", ""), core)
    core = _latin_tail(core)
    return text if core in _LATIN_FORMS else core


def _latin_tail(text: str) -> str:
    while (shorter := _LATIN_END.sub("", text)) != text and not_word.sub("", shorter):
        text = shorter
    return text


def _chinese(text: str) -> tuple[str, str]:
    """The key, and what people say."""
    if text[-1].isascii():
        text = _latin_tail(text)
    place = ""
    if "(" in text or "【" in text or "[" in text:
        text, place = _without_place(text)
    whole = text if text.isalnum() else not_word.sub("", text)
    core = _LEGAL_END.sub("", whole)
    if "公司" in core:
        core = _LEGAL.sub("", core)  # of a branch: …有限公司北京分公司
    core = core or whole
    rest, places = core, _places()
    for _ in range(3):
        if rest[:2] not in places.sizes:
            break
        size = next((n for n in places.sizes[rest[:2]] if rest[:n] in places.names and n < len(rest)), 0)
        rest = rest[size:] if size else rest
    if rest is core and not place:
        return core, core
    if len(_COMMON.sub("", rest)) > 1:
        return rest, rest
    # Nothing else tells it from its like: 北京银行, 科技(上海)有限公司.
    return (place if rest is core else "") + core, core


def _without_place(text: str) -> tuple[str, str]:
    """Take a place in brackets out of a name; the name and the place."""
    for match in _BRACKETS.finditer(text):
        inner = not_word.sub("", match.group(1))
        if inner in _places().names:
            return text[: match.start()] + text[match.end() :], inner
    return text, ""


@cache
def _places() -> Places:
    """Names of provinces and cities, with and without their kind."""
    names = {"中国", "中华", "大中华区"}
    for region in regions():
        if region.level < 3:
            short = short_name(region.name)
            names |= {region.name, short, short + "省", short + "市"}
    sizes: dict[str, set[int]] = {}
    for name in names:
        sizes.setdefault(name[:2], set()).add(len(name))
    return Places(frozenset(names), {start: sorted(found, reverse=True) for start, found in sizes.items()})
