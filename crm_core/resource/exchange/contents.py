"""What the cells of a column look like, when its name does not tell or must be doubted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from crm_core.text.divisions import find_region, region_path
from crm_core.text.names import split_person
from crm_core.text.phones import phone_key
from crm_core.text.scripts import has_han

_EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]+\.[A-Za-z一-鿿]{2,}")
_URL = re.compile(r"(?:https?://\S+|www\.\S+\.\S+)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[T\s].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_PHONE = re.compile(r"[+(（]?\d[\d\s()（）+\-—–./]{5,24}(?:\s*(?:转|ext\.?|x)\s*\d{1,6})?", re.IGNORECASE)
_COMPANY_ZH = re.compile(
    "(?:公司|集团|厂|商行|商店|商场|超市|事务所|研究院|研究所|设计院|医院|银行|学校|大学|学院|中学|小学|酒店|宾馆|饭店|合作社|经营部|门市部|工作室|"
    "中心|协会|学会|委员会|管理局|分行|支行|酒业|药业|实业|株式会社)(?:[(（].*[)）])?$"
)
_COMPANY_EN = re.compile(
    r"\b(?:inc|ltd|llc|llp|plc|corp|corporation|co|company|gmbh|ag|sa|bv|limited|group|holdings|bank|university)\b\.?$",
    re.IGNORECASE,
)
_RECORD_ID = re.compile(
    r"[0-9a-zA-Z]{15}(?:[0-9a-zA-Z]{3})?|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,32}"
)
_DIVISION_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")


def is_email(cell: str) -> bool:
    return _EMAIL.fullmatch(cell) is not None


def is_url(cell: str) -> bool:
    return _URL.fullmatch(cell) is not None


def is_date(cell: str) -> bool:
    return _DATE.fullmatch(cell) is not None


def is_mobile(cell: str) -> bool:
    key = phone_key(cell) if _PHONE.fullmatch(cell) else ""
    return len(key) == 11 and key[0] == "1" and key[1] in "3456789"


def is_phone(cell: str) -> bool:
    """A number with an area code, a foreign or a mobile one; not any row of digits."""
    if not _PHONE.fullmatch(cell) or is_date(cell):
        return False
    return (
        is_mobile(cell)
        or (len(phone_key(cell)) >= 9 and any(c in cell for c in "-+() （）"))
        or cell[0] == "0"
        and 10 <= len(cell) <= 12
    )


def is_company(cell: str) -> bool:
    return (_COMPANY_ZH if has_han(cell) else _COMPANY_EN).search(cell) is not None


def is_person(cell: str) -> bool:
    """A Chinese name with a surname of the common ones; Latin names look like anything."""
    cell = cell.replace(" ", "")
    if not 2 <= len(cell) <= 4 or not all(map(has_han, cell)) or is_company(cell) or find_region(cell):
        return False
    family = split_person(cell).family
    return len(family) == 2 or family in _SURNAMES


def is_region(cell: str) -> bool:
    """The name of a division and nothing behind it."""
    found = find_region(cell)
    if not found:
        return False
    return cell.isascii() or len(cell) <= sum(len(region.name) for region in region_path(found[0].code)) + 2


def is_address(cell: str) -> bool:
    """Begins with a division and goes on."""
    return has_han(cell) and len(cell) > 6 and bool(find_region(cell)) and not is_region(cell)


def is_record_id(cell: str) -> bool:
    """The key of a record in another system, as Salesforce and others write it."""
    return _RECORD_ID.fullmatch(cell) is not None and any(map(str.isdigit, cell))


def is_division_code(cell: str) -> bool:
    return _DIVISION_CODE.fullmatch(cell) is not None


def share(cells: Iterable[str], looks: Callable[[str], bool]) -> float:
    """How many of the filled cells look so, from 0 to 1; 0 when none is filled."""
    filled = [cell for cell in (cell.strip() for cell in cells) if cell]
    return sum(map(looks, filled)) / len(filled) if filled else 0.0


_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱"
    "秦江史顾侯邵孟龙万段漕钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌"
    "费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸"
    "冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺陳張劉趙黃吳孫馬羅鄭謝韓"
    "馮蕭鄧許蘇盧蔣賈葉閻鍾譚鄒陸龍萬湯錢賴龔龐蘭魯葦畢聶叢莊顏嚴蘆費歐華關簡連鳳"
)
