"""What plugins cost at the start: processor time until the first page, and memory, with none, one and several of them.

Each has a table, a resource, a menu entry and a tab, as `crm plugin new` writes it. Runs go in turns, so a busy machine slows
all alike; the least of each counts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.dist import Shelf

NUMBERS = (0, 1, 10)
CHILD = """
import json, os, resource
from crm_core.app import create_app, open_site
app = create_app(open_site())
answer = app.test_client().get("/sign-in")
assert answer.status_code in (200, 404), answer.status_code
used = resource.getrusage(resource.RUSAGE_SELF)
pss = next(int(line.split()[1]) for line in open("/proc/self/smaps_rollup") if line.startswith("Pss:"))
print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "mib": pss / 1024}))
"""


def measure(folder: Path, rounds: int, say: Any) -> dict[str, dict[str, float]]:
    """Plugins → seconds of processor time, MiB of a single process."""
    shutil.rmtree(folder, ignore_errors=True)
    shelves = {}
    for number in NUMBERS:
        home = folder / f"site-{number}"
        home.mkdir(parents=True, mode=0o700)
        shelf = shelves[number] = Shelf(folder / f"shelf-{number}", home)
        assert shelf.crm("init").returncode == 0
        names = [f"extra{n}" for n in range(number)]
        for name in names:
            shelf.put(name)
        if names:
            shelf.ready(*names)
        say(f"a site with {number} plugins")
    found: dict[int, list[dict[str, float]]] = {number: [] for number in NUMBERS}
    for _round in range(rounds):
        for number, shelf in shelves.items():
            done = subprocess.run([sys.executable, "-c", CHILD], env=shelf.environment, cwd=folder, capture_output=True, text=True, check=True)
            found[number].append(json.loads(done.stdout))
    shutil.rmtree(folder, ignore_errors=True)
    return {str(number): {key: min(one[key] for one in runs) for key in ("cpu", "mib")} for number, runs in found.items()}


def lines(result: dict[str, dict[str, float]]) -> list[str]:
    """The figures as lines of a table."""
    return ["", "| plugins | processor time to the first page | a single process |", "|---|---|---|",
            *(f"| {number} | {one['cpu']:.2f} s | {one['mib']:.0f} MiB |" for number, one in result.items())]
