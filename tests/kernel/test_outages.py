"""R8: the database goes away in mid-work; the worker needs no restart, nothing acknowledged is lost, nothing is doubled."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from crm_core.data.session import writing
from crm_core.kernel.jobs import later
from crm_core.kernel.lease import Timing
from crm_core.kernel.models import JobRow
from crm_core.kernel.outages import is_full, is_outage, is_slow
from crm_core.kernel.site import Site
from crm_core.kernel.worker import Worker
from tests.kernel.toy import effect, effects, known
from tests.support.postgres import Cluster
from tests.support.server import until

BATCHES = 120
QUICK = Timing(lease=1.0, sweep=0.05, retry=0.05, crash=0.01)


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_postgresql_is_stopped_and_started_in_mid_work(site: Site, postgres: Cluster) -> None:
    postgres.admin(f'alter database "{site.engines.url.database}" set synchronous_commit = on')  # as servers have it
    site.engines.dispose()
    with site.work(known[1]), writing():
        later("toy.batches", {"count": BATCHES})
    acknowledged: list[str] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            name = f"mine {len(acknowledged)}"
            try:
                with site.work(known[2]), writing():
                    effect(name)
            except DBAPIError as error:
                assert is_outage(error), error
                stop.wait(0.02)
            else:
                acknowledged.append(name)

    worker = Worker(site, QUICK)
    threads = [threading.Thread(target=worker.run), threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for seen in (10, 60):
        until(lambda seen=seen: len(_batches(site)) >= seen and len(acknowledged) >= seen, "no work was done")
        with postgres.outage():
            pass
    until(lambda: _state(site) == "done", "the job did not come to its end")
    stop.set()
    worker.stop()
    for thread in threads:
        thread.join(60)
    assert _batches(site) == [f"batch {n}" for n in range(BATCHES)]
    assert set(acknowledged) <= {what for what, _who in effects(site)}


def _batches(site: Site) -> list[str]:
    try:
        return [what for what, _who in effects(site) if what.startswith("batch")]
    except DBAPIError:
        return []


def _state(site: Site) -> str:
    t = JobRow.__table__.c
    with site.engines.read.connect() as conn:
        return str(conn.execute(sa.select(t.state).where(t.name == "toy.batches")).scalar_one())


@pytest.mark.parametrize(("original", "outage", "full", "slow"), [
    ("database or disk is full", True, True, False),
    ("database is locked", True, False, False),
    ("disk I/O error", True, False, False),
    ("interrupted", False, False, True),
    ("no such column: x", False, False, False),
    ("UNIQUE constraint failed: t.x", False, False, False),
])
def test_what_is_nobodys_fault(original: str, outage: bool, full: bool, slow: bool) -> None:
    error = sa.exc.OperationalError("select", {}, Exception(original))
    assert (is_outage(error), is_full(error), is_slow(error)) == (outage, full, slow)
    assert not is_outage(ValueError(original)) and not is_full(ValueError(original))
