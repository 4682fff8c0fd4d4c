"""What the demo's customers had of the publisher in two years: subscriptions each year, advertisements and stands now and then."""

import datetime as dt
from typing import Any

from crm_core.features.customers.dealings import record_dealing

CUSTOMERS = 40  # besides the one that is shown
WARES = (("订阅", "周刊", 36_000, 365), ("广告", "周刊,封底广告", 480_000, 91), ("展位", "春糖会展位", 320_000, 365), ("订阅", "年鉴", 98_000, 365))


def fill(make: Any) -> None:
    """Each his own wares, at his own pace; the last one of some lies longer back than they are used to."""
    dice = make.dice
    for customer in dict.fromkeys([make.made["showcase"], *make.made["customers"][:CUSTOMERS]]):
        kind, products, price, gap = dice.choice(WARES)
        day = make.day(-730 + dice.randint(0, 60))
        while day < make.day(-dice.randint(1, 150)):
            record_dealing(customer, source="core", key=f"demo/{customer}/{day}", kind=kind, day=day, products=products,
                           amount=price * dice.randint(8, 14) // 10, number=f"DD-{day:%y%m%d}-{customer}", state="已完成")
            day += dt.timedelta(days=max(20, gap // dice.randint(1, 3) + dice.randint(-9, 9)))
