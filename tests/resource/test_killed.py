"""kill -9 in the middle of a write leaves nothing half: rows, history, search, time line, series and outbox stand or fall together."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.firm import Firm

CHILD = """
import sys
from pathlib import Path
from tests.support.firm import open_firm
firm = open_firm(sys.argv[1], Path(sys.argv[2]))
acknowledged = open(sys.argv[3], "a")
while True:
    with firm.as_user("uma"):
        ids = firm.things.write([{"name": f"n{i}", "note": "words to find", "lines": [{"text": "a"}, {"text": "b"}]} for i in range(20)])
        acknowledged.write(f"{ids[0]} {ids[-1]}\\n"); acknowledged.flush()
        firm.things.write([{"id": ids[0], "name": "changed", "lines": []}])
        firm.things.delete(ids[1:3])
"""
KILLS = 5


def test_a_killed_writer_leaves_nothing_half(firm: Firm, tmp_path: Path) -> None:
    told = tmp_path / "acknowledged"
    told.touch()
    dice = random.Random(7)
    for _ in range(KILLS):
        size = told.stat().st_size
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, firm.site.config.database, str(firm.site.home), str(told)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        end = time.monotonic() + 60
        while told.stat().st_size == size and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(dice.random() * 0.3)
        child.send_signal(signal.SIGKILL)
        child.wait()
        whole(firm)
    ranges = [line.split() for line in told.read_text().splitlines() if len(line.split()) == 2]
    assert len(ranges) >= KILLS
    for first, last in ranges:  # what was said to be saved is there
        assert firm.one("SELECT count(*) AS n FROM bare_thing WHERE id BETWEEN :a AND :b", a=int(first), b=int(last)) == 20


def whole(firm: Firm) -> None:
    things = firm.one("SELECT count(*) AS n FROM bare_thing")
    assert things % 20 == 0
    assert firm.one("SELECT count(*) AS n FROM bare_line") == 2 * things
    assert firm.one("SELECT count(*) AS n FROM core_history WHERE resource = 'bare.thing' AND verb = 'create'") == things
    assert firm.one("SELECT count(*) AS n FROM core_timeline WHERE kind = 'created'") == things
    living = firm.one("SELECT count(*) AS n FROM bare_thing WHERE deleted_at IS NULL")
    assert firm.one("SELECT count(*) AS n FROM core_search WHERE resource = 'bare.thing'") == living
    numbers = [r["number"] for r in firm.sql("SELECT number FROM bare_thing ORDER BY number")]
    assert numbers == [f"BT-{n:04}" for n in range(1, things + 1)]
    assert firm.one("SELECT count(*) AS n FROM core_change WHERE rows = 0") == 0
    orphans = "SELECT count(*) AS n FROM bare_line WHERE (deleted_at IS NULL) <> (deleted_change_id IS NULL)"
    assert firm.one(orphans) == 0
