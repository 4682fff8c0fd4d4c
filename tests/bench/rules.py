"""What rules cost an import, `python -m tests.bench.rules [ROWS]`: the same file without rules and with a hundred of them on customers,
judged to the end. Each in a fresh site; processor time of the import and of what follows it in the same process."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from crm_core.access.actor import load_actor
from crm_core.data.session import acting_as
from crm_core.features.rules import services
from crm_core.kernel import outbox, runner
from tests.bench import rows
from tests.bench.bulk import cpu, take_in
from tests.bench.exchange import _empty

RULES = 100


def one(home: Path, file: Path, rules: int) -> dict[str, Any]:
    site = _empty(home, lambda name: f"sqlite:///{home / name / 'crm.db'}", f"rules-{rules}")
    with site.system("bench") as work, acting_as(load_actor(site, work.session, 1)):
        for number in range(rules):
            services.save({"name": f"rule {number}", "resource": "core.customer", "trigger": "core.created", "asked": {}, "playbook": False, "held_out": 0,
                           "only": {"all": [{"field": "name", "op": "contains", "value": f"无此名{number}"}, {"field": "standing", "op": "any", "value": ["key"]}]},
                           "steps": [{"do": "core.task", "with": {"title": "Call {name}"}}]}, on=True)
    found = take_in(site, file)
    before, began = cpu(), time.monotonic()
    while outbox.drain(site) + runner.drain(site):
        pass
    found |= {"judged cpu": cpu() - before, "judged seconds": time.monotonic() - began}
    site.engines.dispose()
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file = home / "customers.csv"
        rows.write_file(file, count)
        none, many = (one(home, file, rules) for rules in (0, RULES))
        judged = many["judged cpu"] - none["judged cpu"]
        print(json.dumps({"rows": count, "rules": RULES, "import, s of processor": [round(run["cpu"], 2) for run in (none, many)], "rules judged, s of processor": round(judged, 2),
                          "longer by judging, %": round(100 * judged / none["cpu"], 1), "longer in all, %": round(100 * (judged + many["cpu"] - none["cpu"]) / none["cpu"], 1), "import, s": [round(run["seconds"], 1) for run in (none, many)]}))
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
