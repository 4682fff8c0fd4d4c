"""A list of very many orders, the page of one, and confirming one of fifty lines: `python -m tests.bench.orders [--orders 100000] [--rounds 20]`.
Milliseconds of the processor (medians) beside the bare statements that find the same rows; on SQLite, without network or server."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import Model
from crm_core.data.mixins import new_public_ids
from crm_core.data.session import writing
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import clock
from crm_core.testing.house import House

CUSTOMERS, AT_ONCE, LINES = 1_000, 20_000, 50


def fill(house: House, owner: Any, count: int) -> list[int]:
    """So many orders of two lines each, a twentieth of them the person's own. Returns his customers."""
    orders, items = (Model.metadata.tables[name] for name in ("sales_order", "sales_order_item"))
    now, free = clock.now(), {UNSCOPED: "bench"}
    with house.system():
        made = house.resource("core.customer").write([{"name": f"客户{n}有限公司", "owner": owner.id, "department": owner.department} for n in range(CUSTOMERS)])
    states = ("draft", "confirmed", "done", "done", "done", "cancelled")
    with house.system(), writing() as db:
        for start in range(0, count, AT_ONCE):
            part = range(start + 1, min(count, start + AT_ONCE) + 1)
            stamps = {"created_at": now, "version": 1}
            mine = [{"owner_id": owner.id if n % 20 == 0 else 1, "department_id": owner.department} for n in part]
            keys = new_public_ids(3 * len(part))
            db.execute(sa.insert(orders), [{
                **stamps, **who, "id": n, "public_id": keys.pop(), "number": f"SO-2024-{n:07}", "customer_id": made[n % CUSTOMERS], "currency": "CNY", "net": 900_00, "tax": 100_00, "total": 1_000_00,
                "updated_at": now - dt.timedelta(minutes=count - n), "day": now.date() - dt.timedelta(days=(count - n) % 700), "state": states[n % 6], "told": states[n % 6], "rate": 10**8, "worth": 1_000_00,
                "delivered": 100_00 if n % 6 > 1 else 0, "invoiced": 0, "paid": 0} for n, who in zip(part, mine, strict=True)], execution_options=free)
            db.execute(sa.insert(items), [{
                **stamps, **who, "public_id": keys.pop(), "updated_at": now, "order_id": n, "what": "内页整版广告", "quantity": 1000, "price": 500_00, "discount": 0, "rate": 1300, "net": 450_00, "tax": 50_00,
                "amount": 500_00, "sort": "plain", "delivered": 0} for n, who in zip(part, mine, strict=True) for _twice in range(2)], execution_options=free)
        db.execute(sa.text("ANALYZE"))
    return list(made)


def median(rounds: int, call: Callable[[int], object]) -> float:
    """Milliseconds of the processor, after two that do not count: others are at work on this machine too."""
    taken = []
    for n in range(rounds + 2):
        began = time.process_time()
        call(n)
        if n >= 2:
            taken.append((time.process_time() - began) * 1e3)
    return round(statistics.median(taken), 2)


def measure(house: House, count: int, rounds: int) -> dict[str, Any]:
    boss, ann = house.person("boss", roles=["administrator"]), house.person("ann", roles=["user"])
    began = time.perf_counter()
    customers = fill(house, ann, count)
    found: dict[str, Any] = {"orders": count, "filled, s": round(time.perf_counter() - began, 1)}
    everybody, own = boss.browser(), ann.browser()
    bare = {
        "newest": "SELECT * FROM sales_order WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 51",
        "confirmed": "SELECT * FROM sales_order WHERE deleted_at IS NULL AND state = 'confirmed' ORDER BY updated_at DESC, id DESC LIMIT 51",
        "of a customer": f"SELECT * FROM sales_order WHERE deleted_at IS NULL AND customer_id = {customers[7]} ORDER BY updated_at DESC, id DESC LIMIT 51",
    }
    asked = {"newest": "/sales/order", "confirmed": "/sales/order?state.any=confirmed", "of a customer": f"/sales/order?customer.any={customers[7]}"}
    for name, path in asked.items():
        with house.site.engines.read.connect() as conn:
            found[f"list, {name}, bare SQL"] = median(rounds, lambda _n, name=name, conn=conn: conn.execute(sa.text(bare[name]), execution_options={UNSCOPED: "bench"}).all())
        found[f"list, {name}"] = median(rounds, lambda _n, path=path: everybody("GET", path).get_data())
        found[f"list, {name}, of one's own"] = median(rounds, lambda _n, path=path: own("GET", path).get_data())
    found["page"] = median(rounds, lambda n: everybody("GET", f"/sales/order/{count // 2 + n}").get_data())
    orders = house.resource("sales.order")
    with boss.work():
        drafts = orders.write([{"customer": customers[n], "items": [{"what": f"Item {k}", "quantity": 1000, "price": 100_00, "rate": 1300} for k in range(LINES)]} for n in range(rounds + 2)])

    def confirm(n: int) -> None:
        with boss.work():
            orders.run("confirm", [drafts[n]])

    found[f"confirm {LINES} lines"] = median(rounds, confirm)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.orders")
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "site", ["sales"])
        print(json.dumps(measure(house, args.orders, args.rounds), indent=1, ensure_ascii=False))
        house.close()


if __name__ == "__main__":
    main()
