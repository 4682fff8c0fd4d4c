"""What it costs to reckon the value of customers, `python -m tests.bench.value [CUSTOMERS [DEALINGS EACH [postgresql]]]`: the nightly job over all of
them, first on an empty table, then a day later, and one customer after a dealing. In a fresh site; processor time and memory of the process."""

from __future__ import annotations

import datetime as dt
import json
import random
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.app import open_site
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.mixins import new_public_ids
from crm_core.data.session import writing
from crm_core.features.customers.dealings import Deal, Dealing, record_dealings
from crm_core.features.customers.models import Customer
from crm_core.features.dealings.models import CustomerValue
from crm_core.features.dealings.reckoning import NAME
from crm_core.kernel import clock, outbox, runner
from crm_core.kernel.declare import Package
from crm_core.kernel.jobs import later
from crm_core.kernel.manifest import Manifest
from tests.bench.bulk import cpu
from tests.bench.exchange import _empty
from tests.bench.postgres import Postgres

BATCH = 5_000
SELLS = Package("seller", "Seller", "1.0", "tests.dealings", manifest=Manifest("seller", "Seller", "1.0", requires=("core>=0.1",), uses=("dealings",)))


def fill(site: Any, customers: int, each: int) -> None:
    """Customers with dealings at paces and sums of their own over three years; every fifth has stopped."""
    dice, today, now = random.Random(5), clock.today(), clock.now()
    stamps = {"version": 1, "created_at": now, "updated_at": now}
    with site.system("bench") as found:
        homes = found.session.execute(sa.select(User.id, User.department_id).where(User.login.startswith("user")).order_by(User.id)).all()

    def home(customer: int) -> dict[str, int]:
        return dict(zip(("owner_id", "department_id"), homes[customer % len(homes)], strict=True))

    for start in range(0, customers, BATCH):
        ids = range(start + 1, min(start + BATCH, customers) + 1)
        told = []
        for customer in ids:
            gap, amount, last = dice.choice((7, 30, 30, 60, 90, 180)), dice.randint(100, 500_000), dice.choice((5, 10, 20, 40, 400))
            for n in range(dice.randint(1, 2 * each - 1)):
                told.append({**stamps, "public_id": "", "customer_id": customer, "kind": "Order", "day": today - dt.timedelta(days=last + n * gap + dice.randint(0, 3)), "amount": amount * dice.randint(5, 15) // 10,
                             "cost": amount // 2 if customer % 2 else None, "source": "seller", "source_key": f"{customer}/{n}", "product_id": None, **home(customer)})
        for row, name in zip(told, new_public_ids(len(told)), strict=True):
            row["public_id"] = name
        with site.system("bench"), writing():
            bulk.insert(table_of(Customer), [{**stamps, "id": one, "public_id": f"{one:032}", "name": f"客户{one}", "name_key": f"{one}", "match_key": f"{one}", "kind": "company", "standing": "potential", "country": "CN", "completeness": 0,
                                              "wish_channels": [], "wish_never": [], "wish_times": [], "wish_topics": [], "bad_channels": {}, "invalid": False, **home(one)} for one in ids])
            bulk.insert(table_of(Dealing), told)


def served(pid: int) -> float:
    """Processor time of a database server so far, all its processes together; 0 without one."""
    def used(one: str, fields: int) -> float:
        try:
            words = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it is gone
            return 0.0
        return sum(map(int, words[11 : 11 + fields])) / 100 if one == str(pid) or words[1] == str(pid) else 0.0

    return used(str(pid), 4) + sum(used(one.name, 2) for one in Path("/proc").iterdir() if one.name.isdigit() and one.name != str(pid)) if pid else 0.0


def work(site: Any, server: int = 0) -> dict[str, float]:
    """The job, worked off here; `server`: the process of a database server, whose time is told beside."""
    with site.system("bench"), writing():
        later(NAME, {})
    before, others, began = cpu(), served(server), time.monotonic()
    while outbox.drain(site) + runner.drain(site):
        pass
    told = {"seconds": round(time.monotonic() - began, 1), "cpu": round(cpu() - before, 1)}
    return told | ({"cpu of the server": round(served(server) - others, 1)} if server else {})


def main() -> None:
    customers, each = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 20_000), (2, 10)))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        home.chmod(0o755)
        server = stack.enter_context(Postgres(home / "pg")) if "postgresql" in sys.argv else None
        made = _empty(home, (lambda name: server.url(name, anew=True)) if server else (lambda name: f"sqlite:///{home / name / 'crm.db'}"), "value")
        site = open_site(config=made.config, plugins=(SELLS,))
        fill(site, customers, each)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with site.system("bench") as found:
            count = found.session.scalar(sa.select(sa.func.count()).select_from(Dealing))
        first = work(site, server.pid if server else 0)
        with clock.freeze(clock.now() + dt.timedelta(days=1)):
            second = work(site, server.pid if server else 0)
        began = time.monotonic()
        with site.system("bench"):
            record_dealings("seller", [Deal(customer=7, key="new", kind="Order", day=clock.today(), amount=100)])
        while outbox.drain(site):
            pass
        with site.system("bench") as found:
            rows = found.session.scalar(sa.select(sa.func.count()).select_from(CustomerValue))
            stages = {str(stage): n for stage, n in found.session.execute(sa.select(CustomerValue.stage, sa.func.count()).group_by(CustomerValue.stage))}
        print(json.dumps({"customers": customers, "dealings": count, "rows": rows, "stages": stages, "first": first, "a day later": second, "one dealing, s": round(time.monotonic() - began, 2),
                          "memory before, MiB": memory // 1024, "memory after, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
        site.engines.dispose()


if __name__ == "__main__":
    main()
