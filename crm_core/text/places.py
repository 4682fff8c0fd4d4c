"""Names of divisions: how people say them, and how they are written in English."""

from __future__ import annotations

import re
from functools import lru_cache

from crm_core.text.pinyin import spell
from crm_core.text.scripts import has_han
from crm_core.text.simple import plain

_NATIONS = (
    "朝鲜族|土家族|苗族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族|蒙古族|蒙古|柯尔克孜族|柯尔克孜|哈萨克族|"
    "哈萨克|维吾尔族|维吾尔|满族|瑶族|仫佬族|毛南族|黎族|畲族|仡佬族|水族|拉祜族|佤族|布朗族|纳西族|普米族|独龙族|怒族|撒拉族|土族|"
    "东乡族|保安族|裕固族|锡伯|塔吉克|达斡尔族|鄂温克族|鄂伦春|各族"
)
# What may stand after the name proper, longest first.
_KIND = re.compile(
    rf"(?:(?:{_NATIONS})*自治[区州县旗]|特别行政区|(?<=..)地区|(?<=..)新区|(?<=神农架)林区|(?<=..)矿区|[省市区县盟旗镇乡])$"
)
# Written otherwise than their pinyin; a whole name (大埔区) before a short one. Taiwan, Hong Kong and Macau have their own ways.
_WRITTEN = dict(pair.split("=") for pair in ["内蒙古=Inner Mongolia", "陕西=Shaanxi", "西藏=Tibet", "香港=Hong Kong", "澳门=Macau", "呼和浩特=Hohhot", "鄂尔多斯=Ordos", "呼伦贝尔=Hulunbuir", "巴彦淖尔=Bayannur", "乌兰察布=Ulanqab", "兴安盟=Hinggan", "科尔沁=Horqin", "鄂温克族自治旗=Evenki Autonomous Banner", "鄂伦春自治旗=Oroqen Autonomous Banner", "神农架林区=Shennongjia Forestry District", "锡林郭勒=Xilingol", "阿拉善=Alxa", "锡林浩特=Xilinhot", "二连浩特=Erenhot", "乌兰浩特=Ulanhot", "哈尔滨=Harbin", "齐齐哈尔=Qiqihar", "乌鲁木齐=Urumqi", "克拉玛依=Karamay", "吐鲁番=Turpan", "博尔塔拉=Bortala", "巴音郭楞=Bayingolin", "阿克苏=Aksu", "克孜勒苏=Kizilsu", "喀什=Kashgar", "和田=Hotan", "伊犁=Ili", "阿勒泰=Altay", "库尔勒=Korla", "库车=Kuqa", "霍尔果斯=Khorgos", "拉萨=Lhasa", "日喀则=Shigatse", "昌都=Chamdo", "林芝=Nyingchi", "那曲=Nagqu", "阿里地区=Ngari", "甘孜=Garze", "果洛=Golog", "格尔木=Golmud", "香格里拉=Shangri-La", "朗县=Nang County", "什邡=Shifang", "六合=Luhe", "长子=Zhangzi", "曾都=Zengdu", "台北=Taipei", "新北市=New Taipei", "高雄=Kaohsiung", "台中=Taichung", "基隆=Keelung", "新竹=Hsinchu", "嘉义=Chiayi", "彰化=Changhua", "屏东=Pingtung", "台东=Taitung", "花莲=Hualien", "金门=Kinmen", "香港岛=Hong Kong Island", "九龙=Kowloon", "新界=New Territories", "九龙城=Kowloon City", "油尖旺=Yau Tsim Mong", "深水埗=Sham Shui Po", "黄大仙=Wong Tai Sin", "观塘=Kwun Tong", "元朗=Yuen Long", "屯门=Tuen Mun", "荃湾=Tsuen Wan", "葵青=Kwai Tsing", "西贡=Sai Kung", "湾仔=Wan Chai", "大埔区=Tai Po District", "沙田区=Sha Tin District", "离岛区=Islands District", "离岛=Islands", "澳门半岛=Macau Peninsula"])
_ZONES = {
    "经济技术开发区": "Economic and Technological Development Zone", "高新技术产业开发区": "High-tech Development Zone",
    "高技术产业开发区": "High-tech Development Zone", "高新技术开发区": "High-tech Development Zone",
    "高新技术产业园区": "High-tech Industrial Park", "经济开发区": "Economic Development Zone", "开发区": "Development Zone",
    "现代产业园区": "Modern Industrial Park", "工业园区": "Industrial Park", "城乡一体化示范区": "Urban-rural Demonstration Zone",
    "示范区": "Demonstration Zone", "管理区": "Administrative Area", "高新区": "High-tech Zone",
}  # fmt: skip
_KINDS = {
    "自治县": "Autonomous County", "自治旗": "Autonomous Banner", "新区": "New Area", "矿区": "Mining District", "街道": "Subdistrict",
    "自治区": "", "特别行政区": "", "地区": "", "旗": "Banner", "区": "District", "县": "County", "镇": "Town", "乡": "Township",
}  # fmt: skip
_ZONE = re.compile(rf"(?:.+市)?(?:(?:河北|山西|内蒙古|吉林|河南)(?=..))?(.*?)({'|'.join(_ZONES)})$")
_KIND_WORD = re.compile(rf"(?<=..)({'|'.join(sorted(_KINDS, key=len, reverse=True))})$|(?<=.)([区县旗镇乡])$")
_SIDES = {"左": "Left", "右": "Right", "前": "Front", "中": "Middle", "后": "Rear"}
_BANNER = re.compile("(?:([左右])翼)?([左右前中后])旗$")
_ENDS = re.compile(
    rf"\b(?:{'|'.join(sorted({kind.lower().replace('-', ' ') for kind in (*_ZONES.values(), *_KINDS.values()) if kind}, key=len, reverse=True))}"
    "|province|city|prefecture|autonomous region|municipality|sheng|shi)$"
)  # fmt: skip


def short_name(name: str) -> str:
    """How people say it: 内蒙古 for 内蒙古自治区, 延边 for 延边朝鲜族自治州, 深圳 for 深圳市; 东区 stays."""
    if name.startswith("内蒙古"):
        return "内蒙古"
    short = _KIND.sub("", name)
    return short if len(short) > 1 else name


@lru_cache(maxsize=8192)
def english_name(name: str) -> str:
    """Sichuan for 四川省, Xi'an for 西安市, Wuhou District for 武侯区; what is not Chinese stays as it is."""
    if not has_han(name):
        return name
    if name in _WRITTEN:
        return _WRITTEN[name]
    if side := _BANNER.search(name):
        return " ".join([_proper(name[: side.start()]), *(_SIDES[part] for part in side.groups() if part), "Banner"])
    if zone := _ZONE.match(name):
        return f"{_proper(zone[1])} {_ZONES[zone[2]]}".strip()
    kind = _KIND_WORD.search(name)
    return f"{_proper(short_name(name))} {_KINDS[kind[1] or kind[2]] if kind else ''}".strip()


def english_keys(text: str) -> tuple[str, str]:
    """The letters by which an English name is found again, and those without the kind: ``yibincity``, ``yibin``."""
    word = " ".join(re.findall("[a-z]+", text.lower().replace("ü", "v").replace("'", "").replace("’", "")))
    return word.replace(" ", ""), _ENDS.sub("", word).replace(" ", "")


def _proper(name: str) -> str:
    """Pinyin as a name: one word, with the apostrophe that tells Xi'an from Xian."""
    if name in _WRITTEN:
        return _WRITTEN[name]
    said = [part.replace("v", "ü") for part in spell(name)]
    return "".join(f"'{part}" if at and part[0] in "aeo" else part for at, part in enumerate(said)).capitalize()


_WHERE = re.compile(r"^(?:\w{2,7}?(?:省|自治区))?(?:\w{2,6}?市)?")
_SIGNS = re.compile(r"[\W_]+")
SHORTEST_STREET = 5


def street_key(text: str | None) -> str | None:
    """What two ways of writing one address have in common: width, case, traditional characters, spaces, signs, and the province and
    city in front do not count. Without a house number an address is nobody's own."""
    said = _WHERE.sub("", _SIGNS.sub("", plain(text or "")))
    return said[:80] if len(said) >= SHORTEST_STREET and any(map(str.isdigit, said)) else None
