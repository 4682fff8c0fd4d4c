"""Pairs of firms' names of which it is known whether they mean one firm; the rules stand in docs/duplicates.md.

The same pairs for the same seed. ``measure`` says how well the comparing does on them, or on any others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import NamedTuple

from crm_core.text import alike
from crm_core.text.divisions import regions
from crm_core.text.pinyin import spell, table
from crm_core.text.places import english_name, short_name
from crm_core.text.tables import read_pairs

CHARACTERS = (
    "华天海中金银东方恒信达盛瑞德康源泰和平安宏远通利丰祥云龙凤江山河川林森木石玉明光辉星月阳春秋梅兰竹菊松柏青绿红蓝紫白雪雨露风雷电火炎"
    "水泉溪湖洋波涛浩瀚宇宙乾坤永久长青万千百亿富贵荣昌隆兴旺吉庆福禄寿喜乐欢欣悦诚义仁礼智勇毅坚强健美佳优良精益求新创立正大博爱慧思睿"
    "敏捷卓越凌峰鹏飞翔跃腾骏驰路桥梁城都京沪苏杭甘粤桂琼黔滇蜀秦晋鲁冀豫湘赣闽浙皖鄂顶味鲜香甜果园田禾稻麦谷"
)
TRADES = (
    "科技", "贸易", "商贸", "食品", "酒业", "糖业", "信息技术", "网络科技", "机械", "建筑工程", "装饰工程", "物流", "医疗器械", "生物科技", "环保科技",
    "文化传媒", "广告", "教育咨询", "服饰", "家具", "包装", "印刷", "化工", "电子", "五金制品", "塑料制品", "农业科技", "餐饮管理", "酒店管理", "物业管理",
    "珠宝", "光电", "汽车销售", "新能源", "人力资源", "旅游", "宠物用品", "陶瓷", "门窗", "乐器", "茶业", "水产", "饲料", "种业", "矿业", "劳务", "会展服务",
)
ENGLISH = {
    "科技": "Technology", "贸易": "Trading", "食品": "Food", "酒业": "Wine", "糖业": "Sugar", "机械": "Machinery", "物流": "Logistics", "广告": "Advertising",
    "家具": "Furniture", "包装": "Packaging", "化工": "Chemical", "电子": "Electronics", "医疗器械": "Medical", "旅游": "Travel", "新能源": "Energy",
}
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
LIKE = {"未": "末", "天": "夭", "土": "士", "人": "入", "日": "曰", "己": "已", "千": "干", "大": "太", "王": "玉", "目": "日"}


class Pair(NamedTuple):
    """Two names, whether they are one firm, and the rule that made them."""

    one: str
    other: str
    same: bool
    rule: str


class Name(NamedTuple):
    """A name by its parts."""

    province: str
    city: str
    trade: str
    line: str
    form: str

    def __str__(self) -> str:
        return f"{self.city}{self.trade}{self.line}{self.form}"


class Dice:
    """Draws names and pairs."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        every = {r.code: r for r in regions()}
        self.cities = [(short_name(every[r.code[:2] + "0000"].name), short_name(r.name)) for r in every.values() if r.level == 2 and r.code[:2] < "70"]
        self.old = {new[0]: old for old, new in read_pairs("simplified.tsv").items() if ord(old) < 0xA000}
        reading = table().reading
        self.sounds: dict[str, list[str]] = {}
        for point in range(0x4E00, 0x9FA6):
            char = chr(point)
            try:
                char.encode("gb2312")
            except UnicodeEncodeError:
                continue
            self.sounds.setdefault(reading.usual(char), []).append(char)

    def name(self) -> Name:
        province, city = self.dice.choice(self.cities)
        size = self.dice.choices((2, 3, 4), (5, 2, 3))[0]
        return Name(province, city, "".join(self.dice.sample(CHARACTERS, size)), self.dice.choice(TRADES), self.dice.choice(FORMS))

    # --- one firm written in two ways ---------------------------------------------------------------------------------

    def form_changed(self, n: Name) -> str:
        return str(n._replace(form=self.dice.choice([f for f in set(FORMS) if f != n.form])))

    def without_form(self, n: Name) -> str:
        return str(n._replace(form=""))

    def without_place(self, n: Name) -> str:
        return str(n._replace(city=""))

    def short(self, n: Name) -> str:
        return f"{n.trade}{n.line}"

    def wider_place(self, n: Name) -> str:
        return f"{n.province}{self.dice.choice(('', '省')) if n.province not in ('北京', '上海', '天津', '重庆') else ''}{n}"

    def place_in_brackets(self, n: Name) -> str:
        mark = self.dice.choice(("（{}）", "({})"))
        return f"{n.trade}{mark.format(n.city)}{n.line}{n.form}" if self.dice.random() < 0.5 else f"{n.trade}{n.line}{mark.format(n.city)}{n.form}"

    def traditional(self, n: Name) -> str:
        return "".join(self.old.get(c, c) for c in str(n))

    def width(self, n: Name) -> str:
        text = f"{n.city}{n.trade}{n.line}({n.city}){n.form}" if self.dice.random() < 0.3 else f" {n.city} {n.trade}{n.line}{n.form}　"
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    def head_office(self, n: Name) -> str:
        return f"{n}{self.dice.choice(('总部', '（总部）', '(本部)', '总公司'))}" if n.form else f"{n}总部"

    def homophone(self, n: Name) -> str:
        at = self.dice.randrange(len(n.trade))
        other = [c for c in self.sounds[table().reading.usual(n.trade[at])] if c != n.trade[at]]
        return str(n._replace(trade=n.trade[:at] + self.dice.choice(other) + n.trade[at + 1 :])) if other else str(n._replace(form=""))

    def slip(self, n: Name) -> str:
        """A slip of the finger anywhere behind the place: a character left out, written twice, or changed with its neighbour."""
        text, start = str(n), len(n.city) + (0 if len(n.trade) > 2 else len(n.trade))
        at = self.dice.randrange(start, len(text) - 1)
        kind = self.dice.randrange(3)
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            return text[: at + 1] + text[at:]
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def pinyin(self, n: Name) -> str:
        words = [english_name(n.city), "".join(spell(n.trade)), "".join(spell(n.line)), "Co., Ltd."]
        return " ".join(w if "." in w else w.capitalize() for w in words)

    def english(self, n: Name) -> str:
        line = ENGLISH.get(n.line)
        if line is None:
            return self.pinyin(n)
        words = ["".join(spell(n.trade)).capitalize(), line, self.dice.choice(("Co., Ltd.", "Co. Ltd", "Limited", "Inc."))]
        return " ".join([english_name(n.city), *words] if self.dice.random() < 0.6 else words)

    # --- two firms ----------------------------------------------------------------------------------------------------

    def other_trade(self, n: Name) -> str:
        while (other := self.name().trade) == n.trade or "".join(spell(other)) == "".join(spell(n.trade)):
            pass
        return str(n._replace(trade=other))

    def one_character(self, n: Name) -> str:
        """Another trade name of the same length that shares all characters but one, not its sound."""
        at = self.dice.randrange(len(n.trade))
        if len(n.trade) > 3:
            return self.other_trade(n)
        while (char := self.dice.choice(CHARACTERS)) in n.trade or spell(char) == spell(n.trade[at]):
            pass
        return str(n._replace(trade=n.trade[:at] + char + n.trade[at + 1 :]))

    def other_city(self, n: Name) -> str:
        while (place := self.dice.choice(self.cities))[1] == n.city:
            pass
        return str(n._replace(province=place[0], city=place[1]))

    def other_line(self, n: Name) -> str:
        apart = {"科技", "信息技术", "网络科技", "生物科技", "环保科技", "农业科技"}, {"贸易", "商贸"}, {"建筑工程", "装饰工程"}, {"文化传媒", "广告"}, {"餐饮管理", "酒店管理", "物业管理"}
        group = next((g for g in apart if n.line in g), {n.line})
        return str(n._replace(line=self.dice.choice([t for t in TRADES if t not in group])))

    def branch(self, n: Name) -> str:
        return f"{n}{self.dice.choice(self.cities)[1]}{self.dice.choice(('分公司', '分公司', '办事处'))}"

    def two_branches(self, n: Name) -> tuple[str, str]:
        one, other = self.dice.sample(self.cities, 2)
        return f"{n}{one[1]}分公司", f"{n}{other[1]}分公司"

    def numbered(self, n: Name) -> tuple[str, str]:
        one, other = self.dice.sample("一二三四五六七八", 2)
        kind = self.dice.choice(("第{}机床厂", "第{}建筑工程有限公司", "第{}人民医院", "{0}厂".replace("{0}", n.trade + "{}")))
        return n.city + kind.format(one), n.city + kind.format(other)

    def mother(self, n: Name) -> tuple[str, str]:
        return str(n._replace(form="集团有限公司")), str(n._replace(form="有限公司"))


SAME = ("form_changed", "without_form", "without_place", "short", "wider_place", "place_in_brackets", "traditional", "width", "head_office", "homophone", "slip", "pinyin", "english")
TWO = ("other_trade", "other_trade", "one_character", "other_city", "other_line", "branch", "two_branches", "numbered", "mother")


def pairs(seed: int, count: int = 10_000) -> list[Pair]:
    """So many pairs, half of them one firm."""
    dice = Dice(seed)
    found = []
    for at in range(count):
        rule = (SAME if at % 2 else TWO)[at // 2 % len(SAME if at % 2 else TWO)]
        name = dice.name()
        made = getattr(dice, rule)(name)
        one, other = made if isinstance(made, tuple) else (str(name), made)
        found.append(Pair(one, other, bool(at % 2), rule))
    return found


class Measure(NamedTuple):
    """How the comparing does: right among those it calls one firm, found among those that are one, and its faults."""

    precision: float
    recall: float
    faults: list[tuple[Pair, float]]


def measure(given: Iterable[Pair], score: Callable[[str, str], float] = alike.firms) -> Measure:
    """Compare each pair."""
    hit = wrong = missed = 0
    faults = []
    for pair in given:
        figure = score(pair.one, pair.other)
        said = figure >= alike.LIKELY
        hit += said and pair.same
        wrong += said and not pair.same
        missed += pair.same and not said
        if said != pair.same:
            faults.append((pair, figure))
    return Measure(hit / max(1, hit + wrong), hit / max(1, hit + missed), faults)
