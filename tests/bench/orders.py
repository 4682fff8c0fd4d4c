"""Lists of very many orders, the page of one, the board of 5,000 open opportunities, and confirming an order of fifty lines:
`python -m tests.bench.orders [--orders 100000] [--rounds 20]`. Milliseconds of the processor (medians): the whole page, all its statements
by themselves, and the bare statements that find the same rows; on SQLite, without network or server."""

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
from crm_core.testing.statements import sent

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


def statements_of(house: House, call: Callable[[], object]) -> list[tuple[str, Any]]:
    """What a page asks of the database, to be asked again by itself."""
    values: list[Any] = []
    call()  # what is asked once in a while, as who is signed in
    with sent(house.site.engines.read, values) as statements:
        call()
    return list(zip(statements, values, strict=True))


def by_itself(house: House, rounds: int, asked: list[tuple[str, Any]]) -> float:
    """These statements, without anything around them."""
    with house.site.engines.read.connect() as conn:
        cursor = conn.connection.cursor()
        return median(rounds, lambda _n: [cursor.execute(statement, parameters).fetchall() for statement, parameters in asked])


def measure(house: House, count: int, rounds: int) -> dict[str, Any]:
    boss, ann = house.person("boss", roles=["administrator"]), house.person("ann", roles=["user"])
    began = time.perf_counter()
    customers = fill(house, ann, count)
    chances(house, customers, ann)
    found: dict[str, Any] = {"orders": count, "filled, s": round(time.perf_counter() - began, 1)}
    everybody, own = boss.browser(), ann.browser()
    names = "customer.name, owner.name FROM sales_order AS o JOIN core_customer AS customer ON customer.id = o.customer_id LEFT JOIN core_user AS owner ON owner.id = o.owner_id"
    newest = f"SELECT o.*, {names} WHERE o.deleted_at IS NULL {{}} ORDER BY o.updated_at DESC, o.id DESC LIMIT 51"
    counted = "SELECT count(*) FROM (SELECT 1 FROM sales_order WHERE deleted_at IS NULL AND {} LIMIT 1001)"
    middle = count // 2
    pages: dict[str, tuple[str, list[str]]] = {  # address, and the least that must be asked for what it shows
        "list, newest": ("/sales/order", [newest.format("")]),
        "list, confirmed": ("/sales/order?state.any=confirmed", [newest.format("AND state = 'confirmed'"), counted.format("state = 'confirmed'")]),
        "list, of a customer": (f"/sales/order?customer.any={customers[7]}", [newest.format(f"AND o.customer_id = {customers[7]}"), counted.format(f"customer_id = {customers[7]}")]),
        "page": (f"/sales/order/{middle}", [
            f"SELECT o.*, {names} WHERE o.id = {middle}", f"SELECT * FROM sales_order_item WHERE order_id = {middle} ORDER BY id",
            f"SELECT line.*, u.name FROM core_timeline AS line LEFT JOIN core_user AS u ON u.id = line.actor_id WHERE subject = 'sales.order' AND subject_id = {middle} ORDER BY at DESC, line.id DESC LIMIT 20"]),
        "board of opportunities": ("/sales/opportunity?outcome.any=open&look=board", [
            "SELECT stage_id, count(*), sum(worth) FROM sales_opportunity WHERE deleted_at IS NULL AND outcome = 'open' GROUP BY stage_id",
            *(f"SELECT o.*, customer.name FROM sales_opportunity AS o JOIN core_customer AS customer ON customer.id = o.customer_id WHERE o.deleted_at IS NULL AND outcome = 'open' AND stage_id = {stage} ORDER BY o.updated_at DESC, o.id DESC LIMIT 50" for stage in stages(house))]),
    }
    for name, (path, bare) in pages.items():
        found[name] = {
            "page": median(rounds, lambda _n, path=path: everybody("GET", path).get_data()), "page of somebody with a twentieth": median(rounds, lambda _n, path=path: own("GET", path).get_data()),
            "its statements": by_itself(house, rounds, statements_of(house, lambda path=path: everybody("GET", path).get_data())), "bare": by_itself(house, rounds, [(one, ()) for one in bare]),
        }
    orders = house.resource("sales.order")
    with boss.work():
        drafts = orders.write([{"customer": customers[n], "items": [{"what": f"Item {k}", "quantity": 1000, "price": 100_00, "rate": 1300} for k in range(LINES)]} for n in range(rounds + 2)])

    def confirm(n: int) -> None:
        with boss.work():
            orders.run("confirm", [drafts[n]])

    found[f"confirm {LINES} lines"] = median(rounds, confirm)
    return found


def stages(house: House) -> list[int]:
    with house.site.system("bench") as work:
        return list(work.session.scalars(sa.text("SELECT id FROM sales_stage ORDER BY id")))


def chances(house: House, customers: list[int], owner: Any) -> None:
    """5,000 open opportunities in all stages."""
    places = stages(house)
    with house.system():
        house.resource("sales.opportunity").write([
            {"name": f"商机{n}", "customer": customers[n % CUSTOMERS], "stage": places[n % (len(places) - 2)], "amount": 1_000_00 + n, "owner": owner.id, "department": owner.department} for n in range(5_000)])
        with writing() as db:
            db.execute(sa.text("ANALYZE"))


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
