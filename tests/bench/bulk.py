"""One long piece of work in a process of its own, `python -m tests.bench.bulk WHAT HOME URL FILE`: an import, an export, or a
person who saves meanwhile. It prints what it saw of itself as JSON; its memory is read from outside (exchange.py)."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.access.actor import load_actor
from crm_core.access.models import User
from crm_core.app import open_site
from crm_core.data.session import session
from crm_core.kernel import runner
from crm_core.kernel.config import Config
from crm_core.kernel.site import Site
from crm_core.resource import listing
from crm_core.resource.exchange import export, running
from crm_core.resource.exchange.models import Import
from tests.bench import rows

BETWEEN = 0.05  # seconds between what a person saves


def actor(site: Site) -> Any:
    with site.system("bench") as work:
        return load_actor(site, work.session, work.session.scalar(sa.select(User.id).where(User.login == "user1")) or 0)


def take_in(site: Site, file: Path) -> dict[str, Any]:
    """Take the file in, run its job, then what follows it: the search index."""
    who = actor(site)
    with site.work(who):
        row = running.begin(site.registry.resource("core.customer"), file.name, file)
        running.start(row)
        import_id = row.id
    before, began = cpu(), time.monotonic()
    runner.run_one(site)
    ended, used = time.monotonic(), cpu() - before
    runner.drain(site)
    with site.work(who):
        done = session.get_one(Import, import_id)
        counts = {name: getattr(done, name) for name in running.COUNTS}
    assert done.state.value == "done", done.state
    return {"began": began, "seconds": ended - began, "cpu": used, "search": time.monotonic() - ended, "rows": sum(counts.values()), **counts}


def write_out(site: Site, _file: Path) -> dict[str, Any]:
    """All customers as CSV, to nowhere, with the columns that the floor writes."""
    who = actor(site)
    with site.work(who):
        customers = site.registry.resource("core.customer")
        columns = [name for name, field in customers.fields().items() if field.column in rows.NAMES]
        planned = export.plan(customers, listing.parse(customers, []), columns=columns)
    before, began, size = cpu(), time.monotonic(), 0
    for piece in export.stream(site, who, planned):
        size += len(piece)
    return {"began": began, "seconds": time.monotonic() - began, "cpu": cpu() - before, "rows": planned.rows, "bytes": size}


def save(site: Site, stop: Path) -> dict[str, Any]:
    """A person who saves a small record, again and again until the file `stop` is there."""
    customers, who, took = site.registry.resource("core.customer"), actor(site), list[float]()
    while not stop.exists():
        began = time.perf_counter()
        with site.work(who):
            customers.write([{"name": f"People's customer {len(took)}", "phone": f"028-{80000000 + len(took)}"}])
        took.append((time.perf_counter() - began) * 1_000)
        time.sleep(BETWEEN)
    took.sort()
    return {"writes": len(took), **{f"p{n}": took[min(len(took) - 1, len(took) * n // 100)] for n in (50, 90, 99)}, "longest": took[-1]}


def cpu() -> float:
    """Processor time of this process and of its children that have ended."""
    found = os.times()
    return found.user + found.system + found.children_user + found.children_system


WORK = {"import": take_in, "export": write_out, "save": save}


def main() -> None:
    what, home, url, file = sys.argv[1:]
    print(json.dumps(WORK[what](open_site(config=Config(site=Path(home), database=url, language="zh_Hans_CN")), Path(file))))


if __name__ == "__main__":
    main()
