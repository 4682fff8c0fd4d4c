"""R1 for imports: kill -9 of the process that writes or of the one that reads, at any moment, loses nothing and doubles nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Contact, Customer
from crm_core.kernel import runner
from crm_core.resource.changes import Change, History
from crm_core.resource.exchange import apart, running
from crm_core.resource.exchange.models import Import, ImportRow, State
from crm_core.resource.search import Document
from tests.exchange.test_apart import children
from tests.exchange.test_importing import hurry, small_batches
from tests.support.world import World

ROWS, KILLS = 1_000, 3
# The job's worker: as the only one there is it takes over what the last one left.
WORKER = """
import sys
from pathlib import Path
from crm_core.app import open_site
from crm_core.kernel import jobs, runner
from crm_core.kernel.config import Config
from crm_core.kernel.lease import USUAL, Timing
from crm_core.resource.exchange import apart, running
from tests.exchange.test_importing import hurry, small_batches
apart.SMALL = 0
running.Pace = small_batches(100)
site = open_site(config=Config(site=Path(sys.argv[2]), database=sys.argv[1], language="en"))
class World: pass
world = World(); world.site = site
jobs.claims.reap(site.engines, USUAL, all_running=True)
hurry(world)
print("ready", flush=True)
while runner.run_one(site):
    pass
print("over", flush=True)
"""


def file_of(folder: Path, note: str = "") -> Path:
    path = folder / "many.csv"
    lines = [f"第{n}号商贸有限公司,N-{n},028-8{n:07d},{'not a mail' if n % 10 == 0 else f'a{n}@b.cn'},李明{n},{note}\n" for n in range(ROWS)]
    path.write_text("公司名称,客户编号,电话,电子邮箱,联系人,备注\n" + "".join(lines), encoding="utf-8")
    return path


def begun(world: World, path: Path) -> int:
    with world.as_("root"):
        made = running.begin(world.site.registry.resource("core.customer"), path.name, path)
        running.start(made)
        return made.id


def whole(world: World, import_id: int) -> None:
    """Every good row once, with its contact, its history and its document; every bad one kept once."""
    with world.as_("root"):
        done = session.get_one(Import, import_id)
        good = ROWS * 9 // 10
        assert (done.state, done.new, done.refused, done.doubtful, done.updated, done.same) == (State.done, good, ROWS - good, 0, 0, 0)
        codes = session.scalars(sa.select(Customer.code).where(Customer.code.like("N-%"))).all()
        assert len(codes) == len(set(codes)) == good
        mine = sa.select(Customer.id).where(Customer.code.like("N-%"))
        assert session.scalar(sa.select(sa.func.count()).select_from(Contact).where(Contact.customer_id.in_(mine))) == good
        assert session.scalar(sa.select(sa.func.count()).select_from(ImportRow).where(ImportRow.import_id == import_id)) == ROWS - good
        assert session.get_one(Change, done.change_id).rows == 2 * good
        made = sa.select(History.resource, sa.func.count()).where(History.change_id == done.change_id, History.verb == "create")
        assert dict(session.execute(made.group_by(History.resource)).all()) == {"core.customer": good, "core.contact": good}
        known = sa.select(sa.func.count()).select_from(Document).where(Document.resource == "core.customer", Document.record_id.in_(mine))
        assert session.scalar(known) == good


def test_a_worker_killed_while_it_imports_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    import_id = begun(world, file_of(tmp_path))
    dice = random.Random(11)
    ended = False
    for n in range(KILLS + 1):
        worker = subprocess.Popen([sys.executable, "-c", WORKER, world.site.config.database, str(world.site.home)], text=True,
                                  stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
        if n < KILLS:
            time.sleep(dice.random() * 1.2)
            worker.send_signal(signal.SIGKILL)
        ended = "over" in worker.communicate()[0]
    assert ended
    whole(world, import_id)


def test_a_reader_killed_on_the_way_loses_nothing(world: World, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(apart, "SMALL", 0)
    monkeypatch.setattr(apart, "AHEAD", 1)  # so that the reader is still at it
    monkeypatch.setattr(running, "Pace", small_batches(100))
    import_id = begun(world, file_of(tmp_path, "长" * 1_000))
    keep, calls = running._keep, []

    def kill(*args: object) -> None:
        keep(*args)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) in (2, 5):
            os.kill(children()[0], signal.SIGKILL)

    monkeypatch.setattr(running, "_keep", kill)
    for _n in range(6):
        hurry(world)
        while runner.run_one(world.site):
            pass
    assert children() == [] and len(calls) >= ROWS / 100
    with world.as_("root"):
        done = session.get_one(Import, import_id)
        assert (done.state, done.new, done.refused) == (State.done, ROWS * 9 // 10, ROWS // 10)


def test_an_import_stopped_on_the_way_keeps_what_is_in_and_leaves_nobody_reading(world: World, tmp_path: Path, monkeypatch) -> None:
    from crm_core.data.session import writing
    from crm_core.kernel import jobs

    monkeypatch.setattr(apart, "SMALL", 0)
    monkeypatch.setattr(running, "Pace", small_batches(100))
    import_id = begun(world, file_of(tmp_path))
    keep, calls = running._keep, []

    def stop(db: object, *args: object) -> None:
        keep(db, *args)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 3:
            with writing():
                jobs.cancel(session.get_one(Import, import_id).job_id or 0)

    monkeypatch.setattr(running, "_keep", stop)
    while runner.run_one(world.site):
        pass
    assert children() == []
    with world.as_("root"):
        done = session.get_one(Import, import_id)
        assert (done.state, done.new + done.refused) == (State.stopped, 300)
