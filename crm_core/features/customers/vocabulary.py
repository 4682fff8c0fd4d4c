"""The words every site begins with: lists of choices, industries, positions, regions."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.ids import reserve_ids
from crm_core.data.mixins import new_public_id
from crm_core.data.session import current_work
from crm_core.features.customers import completeness, lists
from crm_core.features.customers.models import Industry, Position, Region
from crm_core.kernel import clock
from crm_core.kernel.site import site
from crm_core.resource import search
from crm_core.resource.choices import put_words
from crm_core.text.divisions import region_path, regions
from crm_core.text.pinyin import sort_key
from crm_core.text.places import english_name

LISTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "core.standing": (
        ("potential", "Potential", "潜在", "circle-dashed", ""),
        ("customer", "Customer", "客户", "circle-check", "green"),
        ("key", "Key", "重点", "star-f", "amber"),
        ("lost", "Lost", "流失", "circle-minus", ""),
        ("competitor", "Competitor", "竞争对手", "swords", "red"),
        ("partner", "Partner", "合作伙伴", "heart-handshake", "teal"),
    ),
    "core.customer_kind": (
        ("old", "Long-standing customer", "老客户"), ("target", "Target customer", "目标客户"), ("potential", "Potential", "潜在"),
        ("partner", "Partner", "合作伙伴"), ("blacklist", "Blacklisted", "黑名单"), ("competitor", "Competitor", "竞争对手"),
    ),
    "core.ownership": (
        ("private", "Private", "民营"), ("state", "State-owned", "国有"), ("collective", "Collective", "集体"),
        ("joint", "Joint venture", "合资"), ("foreign", "Foreign", "外资"), ("sole", "Sole proprietor", "个体"),
        ("other", "Other", "其他"),
    ),
    "core.business_kind": (
        ("maker", "Maker", "生产企业"), ("trader", "Trader", "贸易企业"), ("service", "Service firm", "服务企业"), ("other", "Other", "其他"),
    ),
    "core.size": (("large", "Large", "大型"), ("medium", "Medium", "中型"), ("small", "Small", "小型")),
    "core.source": (
        ("fair", "Trade fair", "糖酒会"), ("referral", "Referral", "客户介绍"), ("visit", "Visit", "走访"), ("phone", "Phone call", "来电"),
        ("website", "Web site", "网站"), ("letter", "Letter or mail", "来信"), ("media", "Media", "媒体"),
        ("purchased", "Bought data", "购买数据"), ("other", "Other", "其他"),
    ),
    "core.salutation": (
        ("mr", "Mr", "先生"), ("ms", "Ms", "女士"), ("teacher", "Teacher", "老师"), ("dr", "Dr", "博士"), ("professor", "Professor", "教授"),
    ),
    "core.sex": (("male", "Male", "男"), ("female", "Female", "女")),
    "core.address_purpose": (
        ("office", "Office", "办公"), ("registered", "Registered seat", "注册地"), ("factory", "Factory", "厂址"),
        ("delivery", "Delivery", "收货"), ("invoice", "Invoices", "收票"), ("home", "Home", "住址"), ("other", "Other", "其他"),
    ),
    "core.feedback_topic": (
        ("complaint", "Complaint", "投诉"), ("wish", "Wish", "需求"), ("advice", "Suggestion", "建议"), ("question", "Question", "咨询"),
        ("praise", "Praise", "表扬"), ("other", "Other", "其他"),
    ),
    "core.feedback_weight": (("normal", "Normal", "一般"), ("important", "Important", "重要"), ("urgent", "Urgent", "紧急")),
    "core.feedback_handling": (
        ("open", "Open", "待处理", "circle-dashed", "amber"), ("doing", "In hand", "处理中", "progress", "acc"),
        ("done", "Settled", "已处理", "circle-check", "green"), ("declined", "Not followed", "不予处理", "circle-minus", ""),
    ),
}

# Code, Chinese, English, sub-industries: the trades of food, sugar, wine and spirits, then everybody else.
INDUSTRIES: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("A", "酒类", "Alcoholic drinks", (
        ("A1", "白酒", "Baijiu"), ("A2", "葡萄酒", "Wine"), ("A3", "黄酒", "Yellow rice wine"), ("A4", "啤酒", "Beer"),
        ("A5", "果露酒", "Fruit wine and liqueur"), ("A6", "洋酒", "Imported spirits"), ("A7", "保健酒", "Tonic wine"))),
    ("B", "糖业", "Sugar", (
        ("B1", "制糖", "Sugar refining"), ("B2", "食糖贸易", "Sugar trade"), ("B3", "糖果巧克力", "Confectionery and chocolate"),
        ("B4", "淀粉糖与甜味剂", "Starch sugar and sweeteners"))),
    ("C", "饮料", "Soft drinks", (
        ("C1", "饮用水", "Drinking water"), ("C2", "果汁", "Juice"), ("C3", "茶饮料", "Tea drinks"), ("C4", "乳饮料", "Milk drinks"),
        ("C5", "功能饮料", "Functional drinks"))),
    ("D", "食品", "Food", (
        ("D1", "休闲食品", "Snacks"), ("D2", "烘焙", "Bakery"), ("D3", "调味品", "Seasonings"), ("D4", "乳制品", "Dairy"),
        ("D5", "肉制品", "Meat products"), ("D6", "罐头", "Canned food"), ("D7", "粮油", "Grain and oil"),
        ("D8", "茶叶", "Tea"), ("D9", "保健食品", "Health food"))),
    ("E", "包装与机械", "Packaging and machinery", (
        ("E1", "包装材料", "Packaging material"), ("E2", "酿酒设备", "Brewing equipment"), ("E3", "食品机械", "Food machinery"),
        ("E4", "玻璃与陶瓷容器", "Glass and ceramic containers"), ("E5", "印刷与标签", "Printing and labels"))),
    ("F", "配料与添加剂", "Ingredients and additives", (
        ("F1", "酒曲与酵母", "Koji and yeast"), ("F2", "香精香料", "Flavours and fragrances"), ("F3", "食品添加剂", "Food additives"))),
    ("G", "流通", "Trade and retail", (
        ("G1", "批发代理", "Wholesale and agency"), ("G2", "烟酒专卖店", "Tobacco and liquor shops"), ("G3", "商超连锁", "Supermarkets and chains"),
        ("G4", "电子商务", "E-commerce"), ("G5", "餐饮酒店", "Catering and hotels"), ("G6", "进出口贸易", "Import and export"))),
    ("H", "服务", "Services", (
        ("H1", "广告传媒", "Advertising and media"), ("H2", "会展", "Fairs and exhibitions"), ("H3", "营销策划", "Marketing consulting"),
        ("H4", "物流仓储", "Logistics and storage"), ("H5", "咨询与检测", "Consulting and testing"), ("H6", "金融", "Finance"),
        ("H7", "软件与信息技术", "Software and IT"))),
    ("I", "其他制造业", "Other manufacturing", (
        ("I1", "机械电子", "Machinery and electronics"), ("I2", "化工医药", "Chemicals and pharmaceuticals"), ("I3", "纺织服装", "Textiles and clothing"),
        ("I4", "建材家居", "Building material and home"))),
    ("J", "农业", "Agriculture", (("J1", "种植", "Crops"), ("J2", "养殖", "Livestock"), ("J3", "农资", "Farm supplies"))),
    ("K", "政府与机构", "Government and institutions", (
        ("K1", "政府部门", "Government"), ("K2", "行业协会", "Trade associations"), ("K3", "教育科研", "Education and research"), ("K4", "媒体", "Press"))),
    ("Z", "其他", "Other", ()),
)

POSITIONS = (
    ("董事长", "Chairman"), ("总经理", "General manager"), ("副总经理", "Deputy general manager"), ("销售负责人", "Head of sales"),
    ("营销负责人", "Head of marketing"), ("市场负责人", "Head of market development"), ("宣传负责人", "Head of publicity"),
    ("品牌经理", "Brand manager"), ("采购负责人", "Head of purchasing"), ("总工程师", "Chief engineer"), ("财务负责人", "Head of finance"),
    ("人力资源负责人", "Head of HR"), ("办公室主任", "Office manager"), ("区域经理", "Regional manager"), ("业务员", "Salesperson"),
    ("联络人", "Liaison"), ("秘书", "Secretary"), ("职员", "Staff"),
)


def install() -> None:
    """Put in what is missing; what people have renamed, retired or added stays as it is."""
    for name, rows in {**LISTS, **lists.LISTS, "core.country": lists.countries()}.items():
        put_words(name, rows)
    completeness.install()
    put_regions()
    put_industries()
    if not _known(Position, "name"):
        _insert(Position, "core.position", [{"name": zh, "english": en, "name_key": sort_key(zh)} for zh, en in POSITIONS])


def put_regions() -> None:
    """Provinces, cities and districts, level by level, so that each finds the one above it."""
    have = _known(Region, "code")
    for level in (1, 2, 3):
        rows = []
        for found in regions():
            if found.level != level or found.code in have or _double(found):
                continue
            path = region_path(found.code)
            english = [english_name(r.name) for r in reversed(path)]
            above = found.parent if found.parent in have else found.parent[:2] + "0000"
            dial = next((r.dial for r in reversed(path) if r.dial), "") or _city_dial(found.code)
            rows.append({
                "code": found.code, "name": found.name, "name_key": sort_key(found.name), "english": english[0], "full_english": ", ".join(english), "dialling_code": dial or None,
                "full_name": "".join(r.name for r in path), "parent_id": have.get(above) if found.parent else None,
            })
        have.update(_insert(Region, "core.region", rows, key="code"))


def _double(found: Any) -> bool:
    """北京市 as a city of 北京市: the province stands for both, its districts hang on it."""
    path = region_path(found.code)
    return found.level == 2 and len(path) == 1


def _city_dial(code: str) -> str:
    """The dialling code of a municipality stands at its city, which is the province here."""
    from crm_core.text.divisions import divisions

    city = divisions().regions.get(code[:2] + "0100") if code[:2] in ("11", "12", "31", "50") else None
    return city.dial if city is not None else ""


def put_industries() -> None:
    have = _known(Industry, "code")
    above = [
        {"code": code, "name": zh, "english": en, "name_key": sort_key(zh), "parent_id": None}
        for code, zh, en, _below in INDUSTRIES if code not in have
    ]
    have.update(_insert(Industry, "core.industry", above, key="code"))
    _insert(Industry, "core.industry", [
        {"code": code, "name": zh, "english": en, "name_key": sort_key(zh), "parent_id": have.get(parent)}
        for parent, _zh, _en, below in INDUSTRIES for code, zh, en in below if code not in have
    ])


def _known(model: Any, column: str) -> dict[str, int]:
    """What is there already, in the recycle bin too: what somebody threw away does not come back by an upgrade."""
    table = table_of(model)
    rows = current_work().session.execute(sa.select(table.c[column], table.c.id).where(table.c[column].is_not(None)))
    return {row[0]: row[1] for row in rows}


def _insert(model: Any, resource: str, rows: list[dict[str, Any]], key: str = "name") -> dict[str, int]:
    """One statement for all rows, then their search documents."""
    if not rows:
        return {}
    table, now = table_of(model), clock.now()
    ids = reserve_ids(table, len(rows))
    values = [
        {**row, "id": row_id, "public_id": new_public_id(), "version": 1, "created_at": now, "updated_at": now}
        for row, row_id in zip(rows, ids, strict=True)
    ]
    current_work().session.execute(sa.insert(table), values)
    search.index(site().registry.resource(resource), ids)
    return {value[key]: value["id"] for value in values}
