"""The PDF of a quote of twenty lines in Chinese, as its customer takes it along: `python -m tests.bench.paper [--rounds 9]`. Seconds from the request to the
last byte, the first and the median of the following, and how much of it the processor of server and drawing process worked; on SQLite, without network."""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from crm_core.data.session import session
from crm_core.testing.clients import Browser
from crm_core.testing.house import House

LINES, FIGURE = 20, 1.5  # seconds
WORDS = ("内页整版广告", "春糖会标准展位（九平方米）", "《糖酒年鉴》精装", "网站首页横幅", "企业专刊：选题、采写与排版", "行业报告订阅", "全刊协办", "扉页插页")


def offered(house: House) -> str:
    """The public address of a quote that was sent."""
    from crm_sales.quotes import services

    quotes = house.resource("sales.quote")
    with house.system():
        (customer,) = house.resource("core.customer").write([{"name": "四川云岭春酒业股份有限公司"}])
        items = [{"what": f"{WORDS[n % len(WORDS)]}第 {n + 1} 期，彩色，含设计与校对", "quantity": (n + 1) * 1_000, "price": 12_800_00 + n * 150_50, "discount": n % 3 * 500, "rate": 600} for n in range(LINES)]
        (made,) = quotes.write([{"name": "年度广告投放", "customer": customer, "items": items, "terms": "合同签订后七日内付百分之三十，刊出后三十日内付清余款。", "note": "以上价格含税，制作周期十个工作日。"}])
        quotes.run("send", [made])
        return f"/sales/quotes/{services.token_of(session.get(quotes.model, made))}/pdf"


def used() -> float:
    """Seconds that the processor worked for this process and those that drew."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def measure(house: House, rounds: int) -> dict[str, Any]:
    path, anybody = offered(house), Browser(house.app)
    taken, worked, size = [], [], 0
    for _n in range(rounds + 1):
        began, before = time.perf_counter(), used()
        answer = anybody("GET", path)
        size = len(answer.get_data())
        taken.append(time.perf_counter() - began)
        worked.append(used() - before)
        assert answer.status_code == 200 and answer.get_data()[:5] == b"%PDF-", answer.status_code
    return {"lines": LINES, "at most, s": FIGURE, "first, s": round(taken[0], 2), "following, s": round(statistics.median(taken[1:]), 2), "slowest, s": round(max(taken), 2),
            "processor, s": round(statistics.median(worked[1:]), 2), "bytes": size}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.paper")
    parser.add_argument("--rounds", type=int, default=9)
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "site", ["sales"])
        print(json.dumps(measure(house, parser.parse_args().rounds), indent=1, ensure_ascii=False))
        house.close()


if __name__ == "__main__":
    main()
