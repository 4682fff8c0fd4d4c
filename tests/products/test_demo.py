"""What the demo of the publisher sells, as sales' demo finds it."""

from __future__ import annotations

import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.products import demo
from crm_core.features.products.api import Ask, instalments, prices
from crm_core.features.products.models import Product
from crm_core.features.products.price_models import PaymentTerm
from crm_core.kernel import clock
from crm_core.kernel.demo import Make as Demo
from crm_core.testing.house import House, Person
from tests.products.conftest import Make


def test_the_publisher_sells_subscriptions_pages_stands_and_issues(shop: House, admin: Person, make: Make) -> None:
    key = make("core.customer", name="Key customer", standing="key")
    with shop.system(), writing():
        company = Demo(shop.site)
        company.made["users"] = {"sunli": admin.id}
        demo.fill(company)
    made, today = company.made["products"], company.today
    assert isinstance(made, dict) and len(made) == len(demo.PRODUCTS) + 10
    with shop.system():
        asks = [Ask(made["inside 1/2 版 彩色"]), Ask(made["inside 整版 黑白"]), Ask(made["stand"], choices={"开口": "双开口"}), Ask(made["yearbook"], quantity=50_000), Ask(made["set"])]
        house = [one.price for one in prices(asks, day=today)]
        his = [one.price for one in prices(asks, customer=key, day=today)]
        assert house == [15_000_00, 22_400_00, 10_584_00, 862_40, 2_540_00]
        assert his == [14_250_00, 21_280_00, 11_407_20, 862_40, 2_540_00], "the special list before the early birds' one"
        assert prices([Ask(made["weekly_year"])], currency="USD", day=today)[0].price == 98_00
        ends = session.scalars(sa.select(Product).where(Product.id == made["weekly_24"])).one().ends(today.replace(day=1))
        assert ends is not None and (ends - today).days > 140


def test_what_is_due_when(shop: House) -> None:
    with shop.system():
        terms = {t.english: t for t in session.scalars(sa.select(PaymentTerm))}
        day = clock.today().replace(day=5)
        advance = instalments(terms["30% in advance, the rest in 30 days"], 100_01, day, "CNY")
        assert [amount for _day, amount in advance] == [30_00, 70_01] and (advance[1][0] - day).days == 30
        (whole,) = instalments(terms["30 days from the end of the month"], 100_00, day, "CNY")
        assert whole[1] == 100_00 and 53 <= (whole[0] - day).days <= 56
        assert instalments(terms["In advance"], 5_00, day, "CNY") == [(day, 5_00)] == instalments(None, 5_00, day, "CNY")
        assert [amount for _day, amount in instalments(terms["30% in advance, the rest in 30 days"], 1_00, day, "JPY")] == [1_00]
