"""What the publisher of the demo sells: its weekly and its books, advertisements by place and size, stands at fairs, special issues, with
price lists in two currencies. Ids are handed on: `make.made["products"]`, `["price_lists"]`, `["payment_terms"]`, by the keys below."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.money.api import Currency
from crm_core.features.products.models import Product, Unit
from crm_core.features.products.price_models import PaymentTerm
from crm_core.kernel.site import site

CATEGORIES = {
    "titles": ("出版物", "Publications", ""), "journals": ("期刊征订", "Subscriptions", "titles"), "books": ("年鉴与会刊", "Yearbooks and guides", "titles"),
    "ads": ("广告服务", "Advertising", ""), "journal_ads": ("期刊广告", "Advertisements in journals", "ads"), "other_ads": ("网络与户外", "Web and outdoor", "ads"),
    "fairs": ("会展服务", "Fairs", ""), "stands": ("展位", "Stands", "fairs"), "issues": ("专刊策划", "Special issues", "ads"),
}
# key: category, Chinese, English, code, kind, unit, price, tax, more
PRODUCTS: dict[str, tuple[str, str, str, str, str, str, int, int, dict[str, Any]]] = {
    "weekly_year": ("journals", "《糖酒快讯》全年", "Spirits Weekly, a year", "ZK-12", "subscription", "份", 360_00, 9_00, {"term": 12, "issues": 48, "copies": 1}),
    "weekly_half": ("journals", "《糖酒快讯》半年", "Spirits Weekly, half a year", "ZK-06", "subscription", "份", 190_00, 9_00, {"term": 6, "issues": 48, "copies": 1}),
    "weekly_24": ("journals", "《糖酒快讯》24 期", "Spirits Weekly, 24 issues", "ZK-24", "subscription", "份", 185_00, 9_00, {"term": 24, "term_unit": "issues", "issues": 48, "copies": 1}),
    "sheet_year": ("journals", "《信息简报》全年", "Information Sheet, a year", "JB-12", "subscription", "份", 1_200_00, 9_00,
                   {"term": 12, "issues": 24, "copies": 1, "renewal": "automatic"}),
    "yearbook": ("books", "《糖酒年鉴》", "Yearbook of Spirits and Sugar", "NJ-01", "goods", "本", 980_00, 9_00, {"cost": 310_00}),
    "fair_guide": ("books", "《春糖会会刊》", "Guide of the Spring Fair", "HK-01", "goods", "本", 120_00, 9_00, {"cost": 42_00}),
    "set": ("titles", "全年资讯套装", "A year of everything", "TZ-01", "goods", "份", 0, 9_00, {}),
    "inside": ("journal_ads", "周刊内页广告", "Inside advertisement", "GG-NY", "service", "版", 28_000_00, 6_00, {}),
    "cosponsor": ("journal_ads", "全刊协办（一年）", "Co-sponsor of the journal, a year", "GG-XB", "service", "年", 280_000_00, 6_00, {}),
    "column": ("journal_ads", "栏目协办（一年）", "Co-sponsor of a column, a year", "GG-LM", "service", "年", 96_000_00, 6_00, {}),
    "flyleaf": ("journal_ads", "扉页插页", "Flyleaf insert", "GG-FC", "service", "期", 32_000_00, 6_00, {}),
    "web": ("other_ads", "网站首页横幅（一月）", "Banner on the web site, a month", "GG-WZ", "service", "月", 8_000_00, 6_00, {}),
    "outdoor": ("other_ads", "春糖会户外广告牌", "Outdoor board at the Spring Fair", "GG-HW", "service", "天", 3_600_00, 6_00, {}),
    "guide_ad": ("journal_ads", "会刊整版广告", "Full page in the guide of the fair", "GG-HK", "service", "版", 16_000_00, 6_00, {}),
    "stand": ("stands", "春糖会标准展位", "Standard stand at the Spring Fair", "ZW-BZ", "service", "个", 9_800_00, 6_00, {}),
    "space": ("stands", "春糖会光地", "Raw space at the Spring Fair", "ZW-GD", "service", "平方米", 960_00, 6_00, {}),
    "special": ("issues", "企业专刊", "Special issue about a firm", "ZK-QY", "service", "期", 68_000_00, 6_00, {}),
    "digital": ("journals", "《糖酒快讯》电子刊", "Spirits Weekly, digital", "ZK-DZ", "subscription", "份", 198_00, 6_00, {"term": 12, "issues": 48, "life": "planned"}),
    "disc": ("books", "《糖酒年鉴》光盘版", "Yearbook on disc", "NJ-GP", "goods", "件", 480_00, 9_00, {"life": "phased_out"}),
}
SIZES = {"整版": 28_000_00, "1/2 版": 15_000_00, "1/4 版": 8_200_00, "1/8 版": 4_500_00, "题花": 1_800_00}
CHOICES: dict[str, tuple[tuple[tuple[str, str, str, str, int, int, bool], ...], tuple[tuple[str, str, str], ...]]] = {
    "flyleaf": (
        (("纸张", "Paper", "128 克铜版纸", "128 g coated", 0, 0, False), ("纸张", "Paper", "157 克铜版纸", "157 g coated", 1_800_00, 0, False),
         ("版式", "Layout", "单面", "One side", 0, 0, False), ("版式", "Layout", "双面", "Both sides", 0, 60_00, False),
         ("工艺", "Finish", "覆膜", "Laminated", 2_400_00, 0, True), ("工艺", "Finish", "烫金", "Gold stamping", 5_600_00, 0, True)),
        (("烫金", "needs", "157 克铜版纸"),)),
    "stand": (
        (("开口", "Open sides", "单开口", "One side open", 0, 0, False), ("开口", "Open sides", "双开口", "Two sides open", 0, 20_00, False),
         ("家具", "Furniture", "标准配置", "Standard", 0, 0, False), ("家具", "Furniture", "洽谈桌椅加一套", "A second table", 300_00, 0, False),
         ("楣板", "Fascia", "企业标准字", "In the firm's own letters", 260_00, 0, True)), ()),
    "special": (
        (("篇幅", "Length", "16 页", "16 pages", 0, 0, False), ("篇幅", "Length", "32 页", "32 pages", 38_000_00, 0, False),
         ("装订", "Binding", "骑马钉", "Stapled", 0, 0, False), ("装订", "Binding", "胶装", "Glued", 1_500_00, 0, False),
         ("采写", "Texts", "本社采写", "Written by us", 12_000_00, 0, True)),
        (("胶装", "needs", "32 页"), ("骑马钉", "excludes", "32 页"))),
}


def fill(make: Any) -> None:
    """As the house; nothing of it asks for customers."""
    registry, owner = site().registry, make.made["users"]["sunli"]
    categories = _categories(registry)
    units = {row.name: row.id for row in session.execute(sa.select(Unit.id, Unit.name))}
    products: dict[str, int] = {}
    rows = []
    for category, name, english, code, kind, unit, price, tax, more in PRODUCTS.values():
        rows.append({"name": name, "english": english, "code": code, "kind": kind, "category": categories[category], "unit": units.get(unit), "price": price or None,
                     "tax": tax, "owner": owner, **more})
    resource = registry.resource("core.product")
    products.update(zip(PRODUCTS, resource.write([_typed(resource, row) for row in rows]), strict=True))
    resource.write([{"id": products["set"], "parts": [{"part": products[key], "quantity": 1_000} for key in ("weekly_year", "sheet_year", "yearbook")]}])
    for key, (choices, rules) in CHOICES.items():
        resource.write([{"id": products[key], "choices": [
            {"option": zh, "option_english": en, "name": name, "english": english, "surcharge": more or None, "percent": percent or None, "optional": optional}
            for zh, en, name, english, more, percent, optional in choices],
            "combinations": [_typed(resource.line_resource("combinations"), {"given": a, "how": how, "other": b}) for a, how, b in rules]}])
    resource.write([{"id": products["inside"], "attributes": [{"name": "规格", "values": "，".join(SIZES)}, {"name": "颜色", "values": "彩色，黑白"}]}])
    resource.run("make_variants", [products["inside"]])
    products.update(_variants(resource, products["inside"]))
    make.made["products"] = products
    make.made["payment_terms"] = {row.name: row.id for row in session.execute(sa.select(PaymentTerm.id, PaymentTerm.name))}
    _currencies(registry, make)
    make.made["price_lists"] = _lists(registry, make, products, categories, owner)


def _typed(resource: Any, row: dict[str, Any]) -> dict[str, Any]:
    """With words as the fields have them."""
    return {name: resource.all_fields[name].load(value) if isinstance(value, str) else value for name, value in row.items()}


def _categories(registry: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, (name, english, above) in CATEGORIES.items():
        (found[key],) = registry.resource("core.product_category").write([{"name": name, "english": english, "parent": found.get(above)}])
    return found


def _variants(resource: Any, parent: int) -> dict[str, int]:
    """Sizes and colours with their prices: black and white for a fifth less. Keys: `inside 整版 彩色`."""
    found: dict[str, int] = {}
    rows = session.execute(sa.select(Product.id, Product.name).where(Product.parent_id == parent).order_by(Product.id)).all()
    changes = []
    for row in rows:
        size, _slash, colour = row.name.partition(" ")[2].rpartition(" / ")
        found[f"inside {size} {colour}"] = row.id
        changes.append({"id": row.id, "price": SIZES[size] * (5 if colour == "彩色" else 4) // 5})
    resource.write(changes)
    return found


def _currencies(registry: Any, make: Any) -> None:
    known = set(session.scalars(sa.select(Currency.code)))
    rates = {code: rate for code, rate in (("USD", 712_000_000), ("EUR", 805_000_000), ("JPY", 4_720_000)) if code not in known}
    registry.resource("core.currency").write([{"code": code} for code in rates])
    registry.resource("core.currency_rate").write([
        {"currency": code, "day": make.day(-days), "rate": rate + make.dice.randint(-rate // 400, rate // 400)}
        for code, rate in rates.items() for days in (730, 365, 180, 90, 30, 7)])


def _lists(registry: Any, make: Any, products: dict[str, int], categories: dict[str, int], owner: int) -> dict[str, int]:
    lists = {
        "quantity": {"name": "批量价", "english": "Quantities", "prices": [
            {"product": products["yearbook"], "from_quantity": 10_000, "discount": 5_00}, {"product": products["yearbook"], "from_quantity": 50_000, "discount": 12_00},
            {"category": categories["journals"], "from_quantity": 20_000, "discount": 8_00}, {"product": products["web"], "from_quantity": 3_000, "discount": 10_00}]},
        "key": {"name": "重点客户价", "english": "Key customers", "standing": "key", "payment_term": make.made["payment_terms"].get("月结 30 天"), "prices": [
            {"category": categories["ads"], "discount": 5_00}, {"product": products["stand"], "discount": 3_00}]},
        "early": {"name": "春糖会早鸟价", "english": "Early birds of the Spring Fair", "begins": make.day(-40), "ends": make.day(20), "prices": [
            {"category": categories["stands"], "discount": 10_00}, {"product": products["outdoor"], "allowance": 400_00, "from_quantity": 5_000}]},
        "abroad": {"name": "境外客户美元价", "english": "In dollars", "currency": "USD", "prices": [
            {"product": products["weekly_year"], "price": 98_00}, {"product": products["yearbook"], "price": 160_00}, {"product": products["stand"], "price": 1_680_00}]},
    }
    resource = registry.resource("core.price_list")
    return dict(zip(lists, resource.write([{**row, "owner": owner} for row in lists.values()]), strict=True))
