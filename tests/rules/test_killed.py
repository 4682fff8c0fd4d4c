"""kill -9 while a rule looks at everybody, a portion at a time, and while it acts: nobody is left out, nobody has it twice."""

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crm_core.features.rules import timing
from crm_core.features.rules.active import Kept
from crm_core.kernel import clock
from tests.customers.office import Office
from tests.rules.rules import row_of, rule, runs, task, tasks

MANY = 130

# One process that knows the program has a child for each death; a child goes on where the one before it was killed.
NURSERY = """
import datetime as dt, os, signal, sys
from contextlib import contextmanager
from pathlib import Path
import sqlalchemy as sa
from crm_core.app import open_site
from crm_core.data.session import writing
from crm_core.features.rules import engine, running, timing
from crm_core.kernel import clock
from crm_core.kernel.config import Config
url, home, now = sys.argv[1], Path(sys.argv[2]), dt.datetime.fromisoformat(sys.argv[3])
site = open_site(config=Config(site=home, database=url, language="en"))
site.engines.dispose()  # each child has connections of its own
timing.PORTION = 50

class Job:
    done = 0
    def __init__(self):
        self.site = site
    @contextmanager
    def write(self):
        with site.system("nursery") as work, writing():
            yield work.session
    def check(self):
        pass
    def progress(self, done, total=None):
        self.done = done

def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

def nth(owner, name, count, after):
    real, calls = getattr(owner, name), []
    def run(*args, **more):
        calls.append(1)
        if len(calls) == count and not after:
            die()
        found = real(*args, **more)
        if len(calls) == count and after:
            die()
        return found
    setattr(owner, name, run)

def commits(count):
    seen = []
    def commit(_conn):
        seen.append(1)
        if len(seen) == count:
            die()
    sa.event.listen(site.engines.write, "commit", commit)

LOOKS = [lambda: nth(engine, "put", 1, True), lambda: commits(1), lambda: nth(timing, "_look", 2, False), lambda: nth(engine, "put", 2, True)]
ACTS = [lambda: nth(running, "_one", 7, True), lambda: commits(1), lambda: nth(running, "_take", 2, False), lambda: nth(running, "_note", 20, True)]

def child(do):
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    with clock.freeze(now):
        do()
    os._exit(0)

def look():
    with site.system("nursery"):
        rules = timing.by_days()
    timing.by_days = lambda: rules
    timing.run(Job())

def act():
    running.run(Job())

def dies(step, then):
    step()
    then()

assert {child(lambda: dies(step, look)) for step in LOOKS} == {signal.SIGKILL}, "each of them dies looking"
print("half", flush=True)
assert child(look) == 0
assert {child(lambda: dies(step, act)) for step in ACTS} == {signal.SIGKILL}, "each of them dies acting"
assert [child(act), child(look), child(act)] == [0, 0, 0]
"""


def test_killed_anywhere_a_rule_about_everybody_is_for_each_of_them_once(office: Office) -> None:
    now = dt.datetime(2026, 11, 27, 4, tzinfo=dt.UTC)
    with clock.freeze(now - dt.timedelta(days=1)):
        made = rule(office, trigger="core.schedule", asked={"often": "daily", "hour": "09:00"}, steps=[task("Look at {name}")])
        with office.as_("chen"):
            office.resource("customer").write([{"name": f"公司{number:03}有限公司"} for number in range(MANY)])
    told = subprocess.run(
        [sys.executable, "-c", NURSERY, office.site.config.database, str(office.site.home), now.isoformat()],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, text=True, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr
    found = runs(office, made)
    assert len(found) == len({run.subject_id for run in found}) == MANY and {run.state for run in found} == {"done"}
    assert Counter(title for title, _owner in tasks(office)) == Counter(f"Look at 公司{number:03}有限公司" for number in range(MANY))
    row = row_of(office, made)
    assert (row.looked_on, row.looking_on, row.looked_id) == (dt.date(2026, 11, 27), None, 0)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 100])
def test_a_record_that_is_due_for_several_occasions_is_not_cut_in_two(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    every = [(1, "a"), (1, "b"), (1, "c"), (2, "a"), (3, "a"), (3, "b"), (4, "a")]

    def due(_rule: Any, _day: Any, _since: Any, most: int | None = None, after: int = 0, last: int | None = None) -> list[tuple[int, str]]:
        return [pair for pair in every if pair[0] > after and (last is None or pair[0] <= last)][:most]

    monkeypatch.setattr(timing, "due", due)
    rule = Kept(1, "r", "core.customer", "core.schedule", {}, None, [], False, 0, 1, 1, None, dt.date(2026, 11, 27))
    got: list[list[tuple[int, str]]] = []
    while True:
        portion = timing.due_now(rule, most)
        assert portion is not None
        _day, pairs, at = portion
        got.append(pairs)
        if at is None:
            break
        rule = replace(rule, looked_id=at)
    assert [pair for pairs in got for pair in pairs] == every
    ids = [{pair[0] for pair in pairs} for pairs in got]
    assert sum(map(len, ids)) == 4, "each record stands in one portion"
