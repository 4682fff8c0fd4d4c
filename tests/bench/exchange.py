"""Import and export. Each is a job's work in a process of its own, whose memory is read from outside; beside it stands the
floor, the same columns and indexes by plain executemany and a plain csv.writer over a cursor, before and after it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_core.access.models import Scope
from crm_core.app import open_site
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.config import Config
from crm_core.kernel.install import prepare
from crm_core.kernel.site import Site
from tests.bench import rows, serving
from tests.bench.bulk import cpu

ROWS, FEW = 200_000, 20_000  # of the file: the growth of memory is read in its second half
SETTLED = 5.0  # seconds after which somebody saves at his usual pace

Urls = Callable[[str], str]


def measure(urls: Urls, home: Path, few: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Import alone, a smaller one into what it made, export; import while somebody saves; each pair on a site of its own."""
    count = FEW if few else ROWS
    home.mkdir(parents=True, exist_ok=True)
    file = home / f"customers-{count}.csv"
    if not file.exists():
        rows.write_file(file, count)
    found: dict[str, Any] = {"floor": [], "export floor": []}
    for name in ("alone", "with people"):
        floor(found, _empty(home, urls, "floor"), count)
        site = _empty(home, urls, "import")
        if name == "alone":
            found[name] = Run("import", site, file).result()
            more = home / "more.csv"
            rows.write_file(more, count // 10, seed=2)
            found["full"] = Run("import", site, more).result()  # each row is compared with those that are there
            say(f"import into a full house: {pace(found['full']):,.0f} rows a second, {found['full']['cpu'] / found['full']['rows'] * 1e6:,.0f} µs of processor a row")
            found["export"] = Run("export", site, file).result()
        else:
            stop = home / "stop"
            stop.unlink(missing_ok=True)
            person = Run("save", site, stop)
            time.sleep(SETTLED)
            found[name] = Run("import", site, file).result()
            stop.touch()
            found["saves"] = person.result()
        shutil.rmtree(site.home)
        say(f"import {name}: {pace(found[name]):,.0f} rows a second, floor {pace(found['floor'][-1]):,.0f}")
    return found


def pace(run: dict[str, Any]) -> float:
    return float(run["rows"] / run["seconds"])


def _empty(home: Path, urls: Urls, name: str) -> Site:
    """An empty site with five users in five departments; the first may do everything."""
    folder = home / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    site = open_site(config=Config(site=folder, database=urls(name), language="zh_Hans_CN"))
    prepare(site, backup=False)
    with site.system("bench"):
        registry = site.registry
        homes = registry.resource("core.department").write([{"name": f"D{n}", "code": f"D{n}"} for n in range(1, 6)])
        (role,) = registry.resource("core.role").write([{"code": "bench", "name": "Bench", "grants": [{"permission": "*", "scope": Scope.all}]}])
        registry.resource("core.user").write(
            [{"login": f"user{n}", "name": f"陈晓{n}", "department": at, "roles": [{"role": role}]} for n, at in enumerate(homes, 1)])
    site.engines.dispose()
    return site


class Run:
    """The work in its process, and the memory it has together with its children."""

    def __init__(self, what: str, site: Site, file: Path) -> None:
        words = [sys.executable, "-m", "tests.bench.bulk", what, str(site.home), site.config.database, str(file)]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=serving.ROOT)
        self.seen: list[tuple[float, float]] = []  # when, MiB
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        while self.process.poll() is None:
            self.seen.append((time.monotonic(), sum(_pss(pid) for pid, _depth in serving.below(self.process.pid))))
            time.sleep(0.1)

    def result(self) -> dict[str, Any]:
        """What it printed; `memory`: the most it had while at it; `growth`: of its second half over its first."""
        text, _ = self.process.communicate()
        if self.process.returncode:
            raise SystemExit(self.process.returncode)
        self._watcher.join()
        found: dict[str, Any] = json.loads(text)
        if "began" in found:
            began, half = found.pop("began"), found["seconds"] / 2
            first, second = ([size for at, size in self.seen if began + n * half <= at < began + (n + 1) * half] or [0.0] for n in (0, 1))
            found |= {"memory": max(first + second), "growth": max(second) - max(first), "above": max(first + second) - first[0]}
        return found


def _pss(pid: int) -> float:
    try:
        return serving.pss(pid)
    except (OSError, StopIteration, ValueError):  # it has ended
        return 0.0


def floor(found: dict[str, Any], site: Site, count: int) -> None:
    """The floor of both, on one empty site."""
    found["floor"].append(_insert(site, count))
    found["export floor"].append(_read(site))
    site.engines.dispose()
    shutil.rmtree(site.home)


def _insert(site: Site, count: int) -> dict[str, float]:
    """Plain executemany of finished rows, a commit for each 2,000."""
    mark = "?" if site.engines.is_sqlite else "%s"
    sql = f"INSERT INTO core_customer ({', '.join(rows.NAMES)}) VALUES ({', '.join([mark] * len(rows.NAMES))})"
    took = used = 0.0
    for batch in rows.finished(count):
        began, before = time.perf_counter(), cpu()
        with site.engines.write.connect().execution_options(**{UNSCOPED: "bench"}) as conn, conn.begin():
            conn.exec_driver_sql(sql, batch)
        took, used = took + time.perf_counter() - began, used + cpu() - before
    return {"seconds": took, "cpu": used, "rows": count}


def _read(site: Site) -> dict[str, float]:
    """A plain csv.writer over a cursor."""
    began, before, count = time.perf_counter(), cpu(), 0
    names = ", ".join(n for n in rows.NAMES if not n.endswith("_key"))
    with site.engines.write.connect().execution_options(**{UNSCOPED: "bench"}) as conn, Path(os.devnull).open("w", encoding="utf-8") as out:
        found = conn.execution_options(stream_results=True).exec_driver_sql(f"SELECT {names} FROM core_customer WHERE deleted_at IS NULL ORDER BY id")
        writer = csv.writer(out)
        for part in found.partitions(rows.BATCH):
            writer.writerows(part)
            count += len(part)
    return {"seconds": time.perf_counter() - began, "cpu": cpu() - before, "rows": count}
