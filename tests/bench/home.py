"""The home page of somebody with 200,000 messages and 50,000 tasks, as the processor has it: no network, no server around it.

    python -m tests.bench.home [--rounds 50]
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.app import create_app, open_site
from crm_core.data.base import table_of
from crm_core.data.mixins import new_public_id
from crm_core.data.session import writing
from crm_core.data.wall import UNSCOPED
from crm_core.features.messages.models import Notice
from crm_core.features.people.services import accounts
from crm_core.features.tasks.models import State, Task
from crm_core.kernel import clock, words
from crm_core.kernel.config import Config
from crm_core.kernel.install import prepare
from crm_core.kernel.site import Site
from crm_core.web import session
from tests.bench.postgres import Postgres
from tests.bench.serving import ROOT

MESSAGES, TASKS = 200_000, 50_000


def fill(site: Site) -> int:
    """One person with all of it; every tenth message unread, every fifth task open. Returns his id."""
    tasks, now = table_of(Task), clock.now()
    with site.system("bench"), writing() as db:
        department = accounts.add_department("Readers")
        me = accounts.add("reader", "Reader", ["user"], department)
        db.flush()
        for start in range(0, MESSAGES, 20_000):
            db.execute(sa.insert(table_of(Notice)), [
                {"receiver_id": me, "text": words.keep(f"message {n}"), "source": words.keep("bench"), "at": now, "read_at": now if n % 10 else None}
                for n in range(start, start + 20_000)])
        for start in range(0, TASKS, 10_000):
            db.execute(sa.insert(tasks), [{
                "public_id": new_public_id(), "created_at": now, "updated_at": now, "title": f"task {n}", "due": now.date() + dt.timedelta(days=n % 200 - 100), "owner_id": me, "department_id": department,
                "state": State.done if n % 5 else State.open, "done_at": now - dt.timedelta(days=n % 60) if n % 5 else None,
            } for n in range(start, start + 10_000)], execution_options={UNSCOPED: "bench"})
        db.execute(sa.text("ANALYZE"))
    return me


def measure(site: Site, rounds: int) -> tuple[float, float]:
    """Milliseconds: the median, and what nineteen of twenty stay below."""
    me = fill(site)
    app = create_app(site)
    with site.system("bench") as work:
        stored = work.session.execute(sa.select(User.password_hash).where(User.id == me)).scalar_one()
        with app.test_request_context():
            cookie = session.begin(site, me, stored, stay=True)
    client = app.test_client(use_cookies=False)
    taken = []
    for n in range(rounds + 5):
        began = time.perf_counter()
        answer = client.get("/", headers={"Cookie": f"sid={cookie}", "Host": "127.0.0.1"})
        if n >= 5:
            taken.append((time.perf_counter() - began) * 1e3)
        assert answer.status_code == 200
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.home")
    parser.add_argument("--rounds", type=int, default=50)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Postgres(ROOT / "var" / "bench" / "postgresql") as server:
        for engine, url in (("sqlite", ""), ("postgresql", server.url("bench_home", anew=True))):
            home = Path(folder) / engine
            home.mkdir(mode=0o700)
            site = open_site(config=Config(site=home, database=url))
            prepare(site, backup=False)
            median, slow = measure(site, args.rounds)
            site.engines.dispose()
            print(f"{engine}: home with {MESSAGES:,} messages and {TASKS:,} tasks: {median:.1f} ms at the median, {slow:.1f} ms at the 95th percentile")


if __name__ == "__main__":
    main()
