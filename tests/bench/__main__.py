"""`make bench`: measure the product beside the raw floor, one after the other, and print a table.

    python -m tests.bench [--size 1000000] [--engine sqlite|postgresql] [--rounds 20] [--only list,search] [--json FILE]

The sites are kept under var/bench. Of a large site each page is asked of the same site with 10,000 customers as well.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from crm_core.app import open_site
from crm_core.kernel.config import Config
from crm_core.kernel.install import prepare
from crm_core.kernel.site import Site
from tests.bench import data, exchange, measure, plugins, report, work
from tests.bench.postgres import Postgres
from tests.bench.serving import ROOT, Crm, Raw

HOME = ROOT / "var" / "bench"
SMALL = 10_000


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def site_of(engine: str, size: int, url: str) -> Site:
    """The filled site of an engine, made when it is not there."""
    home = HOME / f"{engine}-{size}"
    config = Config(site=home, database=url, language="zh_Hans_CN")
    done = home / "filled"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, mode=0o700)
        site = open_site(config=config)
        prepare(site, backup=False)
        say(f"{engine}: filling a site with {size:,} customers")
        began = time.monotonic()
        data.fill(site, size, say)
        done.write_text(f"{time.monotonic() - began:.0f} s\n", encoding="utf-8")
        say(f"{engine}: {size:,} customers in {done.read_text().strip()}")
        site.engines.dispose()
    site = open_site(config=config)
    if prepare(site, backup=False).applied:
        say(f"{engine}: the schema is newer than the site; remove {home} to fill it anew")
    return site


@contextmanager
def databases(engine: str) -> Iterator[Any]:
    """Where the databases of an engine are: a function from a name to the URL of a database, which is emptied if it is not
    one of a filled site; and the first process of their server."""
    if engine == "sqlite":
        yield (lambda name: ""), 0
        return
    with Postgres(HOME / "postgresql") as server:
        yield (lambda name: server.url(f"bench_{name}", anew=not (HOME / f"postgresql-{name}" / "filled").exists())), server.pid


def run(engine: str, args: argparse.Namespace) -> dict[str, Any]:
    result: dict[str, Any] = {"engine": engine, "size": args.size, "load": [os.getloadavg()[0]]}
    with databases(engine) as (url, database):
        if args.only != "exchange":
            result |= served(engine, args, url, database)
        if not args.only or "exchange" in args.only:
            result["exchange"] = exchange.measure(url, HOME / "exchange", args.size == SMALL, say)
    result["load"].append(os.getloadavg()[0])
    return result


def served(engine: str, args: argparse.Namespace, url: Any, database: int) -> dict[str, Any]:
    """What needs the filled sites: pages, searches, start, memory."""
    result: dict[str, Any] = {}
    with ExitStack() as stack:
        site = site_of(engine, args.size, url(args.size))
        small = site_of(engine, SMALL, url(SMALL)) if args.size != SMALL else None
        people = work.people(site)
        site.engines.dispose()
        if not args.only:
            result["missed"] = list(measure.exactness(site, say))
        if not args.only or "start" in args.only:
            result["start"] = measure.starts(site, people[0], 3 if args.size == SMALL else 5)
            result["single"] = measure.single(site, people)
        crm = stack.enter_context(Crm(site, people[0].cookie))
        result["idle"] = measure.memory(crm)
        raw = stack.enter_context(Raw(site))
        few = None
        if small is not None:
            few = work.people(small)
            small.engines.dispose()
        other = stack.enter_context(Crm(small, few[0].cookie)) if small is not None and few is not None else None
        result["pages"] = measure.pages(crm, raw, other, people, few, args, database, say)
        if not args.only or "crowd" in args.only:
            result["crowd"] = measure.crowds(crm, raw, people, 1.5 if args.size == SMALL else 4)
        result["after load"] = measure.memory(crm)
        measure.clean(site)
        if not args.only or "sweep" in args.only:
            result["sweep"] = measure.sweep(site)
        site.engines.dispose()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], help="one of the two; both without it")
    parser.add_argument("--rounds", type=int, default=0, help="how often each page is asked (10 of a small site, else 20)")
    parser.add_argument("--only", default="", help="only pieces whose names hold one of these words, separated by commas")
    parser.add_argument("--json", type=Path, help="keep every figure in this file")
    args = parser.parse_args()
    args.rounds = args.rounds or (10 if args.size <= SMALL else 20)
    results = []
    for engine in [] if args.only == "plugins" else [args.engine] if args.engine else ["sqlite", "postgresql"]:
        results.append(run(engine, args))
        if args.json:
            args.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(report.table(results))
    if not args.only or "plugins" in args.only:
        print("\n".join(plugins.lines(plugins.measure(HOME / "plugins", 3 if args.size == SMALL else 5, say))))


if __name__ == "__main__":
    main()
