"""kill -9 at each step of a sending: no row without its bytes, nothing that was answered lost, and sent again nothing is there twice."""

import io
import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.features.files import services, store
from crm_core.features.files.models import Attachment, Content
from tests.customers.office import Office
from tests.files.test_files import age, on_disk, sweep

# One process that knows the program has a child for each step; the child is the one that is killed.
NURSERY = """
import io, os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from crm_core.access.actor import load_actor
from crm_core.app import open_site
from crm_core.features.files import services, store
from crm_core.kernel.config import Config
url, home, user, customer, file = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])

def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

def after(owner, name):
    real = getattr(owner, name)
    def run(*args, **more):
        real(*args, **more)
        die()
    setattr(owner, name, run)

site = open_site(config=Config(site=home, database=url, language="en"))
with site.system("nursery") as work:
    actor = load_actor(site, work.session, user)
site.engines.dispose()  # each child has connections of its own

STEPS = {
    "before the bytes are forced to disk": lambda: setattr(os, "fsync", die),
    "before they have their name": lambda: setattr(Path, "replace", die),
    "when they have it": lambda: after(Path, "replace"),
    "when all is on the disk": lambda: after(store, "keep"),
    "when the rows are written": lambda: after(services, "_version"),
    "before they are committed": lambda: sa.event.listen(site.engines.write, "commit", die),
    "before the answer": lambda: after(services, "put"),
}
def child(do):
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    with site.work(actor):
        do()
    os._exit(0)

def put(step):
    return services.put("core.customer", customer, step + ".txt", io.BytesIO(b"bytes"), key=step)

def dies(step):
    STEPS[step]()
    put(step)

def again():
    for step in STEPS:
        found = put(step)
        number, _change = services.put_version(file, "version.txt", io.BytesIO(step.encode()), key="v" + step)
        print(step, found.id, found.again, number, sep="\t", flush=True)

assert {child(lambda: dies(step)) for step in STEPS} == {signal.SIGKILL}
assert [child(again), child(again)] == [0, 0]
"""


def test_whatever_step_it_dies_at_nothing_is_lost_and_nothing_there_twice(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        file = services.put("core.customer", customer, "first.txt", io.BytesIO(b"first")).id
    told = subprocess.run(
        [sys.executable, "-c", NURSERY, office.site.config.database, str(office.site.home), str(office.people["chen"]), str(customer), str(file)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, text=True, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr
    said = [line.split("\t") for line in told.stdout.splitlines()]
    first, second = said[:7], said[7:]
    assert [line[2] for line in first] == ["False"] * 6 + ["True"], "what was there before its answer is known again, and nothing else"
    assert [line[1::2] for line in first] == [line[1::2] for line in second] and {line[2] for line in second} == {"True"}
    steps = [line[0] for line in first]
    with office.as_("chen") as work:
        names = list(work.session.scalars(sa.select(Attachment.name).where(Attachment.subject_id == customer).order_by(Attachment.id)))
        assert sorted(names) == sorted(["first.txt", *(f"{step}.txt" for step in steps)])
        rows = work.session.connection().execute(sa.select(table_of(Content))).all()
        assert len(rows) == 1 + 2 * len(steps) and [v.number for v in services.versions(file)] == list(range(len(steps) + 1, 0, -1))
        assert store.sizes([row.path for row in rows]) == {row.path: row.size for row in rows}
    age(office)
    sweep(office)
    assert len(on_disk(office)) == len(rows), "of those that died on the way nothing stays"
