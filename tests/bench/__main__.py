"""`python -m tests.bench --size 1000000 [--engine sqlite|postgresql] [--rounds 30]`: measure and print."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from crm_core.app import create_app, open_site
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.config import Config
from crm_core.kernel.install import prepare
from crm_core.kernel.site import Site
from tests.bench import data

ROOT = Path(__file__).parent.parent.parent
HOME = ROOT / "var" / "bench"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def site_of(engine: str, size: int, url: str) -> Site:
    """The filled site of an engine, made when it is not there."""
    home = HOME / f"{engine}-{size}"
    done = home / "filled"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, mode=0o700)
        site = open_site(config=Config(site=home, database=url, language="zh_Hans_CN"))
        prepare(site, backup=False)
        say(f"filling {engine} with {size:,} customers")
        began = time.monotonic()
        data.fill(site, size, say)
        done.write_text(f"{time.monotonic() - began:.0f} s\n", encoding="utf-8")
        site.engines.dispose()
    return open_site(config=Config(site=home, database=url, language="zh_Hans_CN"))


def cookies(site: Site) -> dict[str, str]:
    """A signed-in cookie for each actor."""
    from crm_core.access.models import User
    from crm_core.web import session

    app = create_app(site)
    found = {}
    for name, (number, _home, _scope) in data.ACTORS.items():
        with site.system("bench") as work:
            stored = work.session.execute(sa.select(User.password_hash).where(User.id == number)).scalar_one()
            with app.test_request_context():
                found[name] = session.begin(site, number, stored, stay=False)
    site.engines.dispose()
    return found


class Server:
    """`crm serve` on this site, two workers, measured over real HTTP by one kept connection."""

    def __init__(self, site: Site, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = {**os.environ, "CRM_SITE": str(site.home), "PORT": str(self.port), "CRM_DATABASE": url, "CRM_WORKERS": "2"}
        began = time.monotonic()
        self.process = subprocess.Popen([sys.executable, "-c", "from crm_core.cli import main; main()", "serve"], env=env,
                                        cwd=ROOT, stdout=subprocess.DEVNULL)
        while True:
            try:
                self.get("/ready", "")
                break
            except OSError:
                if time.monotonic() - began > 60:
                    raise
                time.sleep(0.01)
        self.start = time.monotonic() - began
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def get(self, path: str, cookie: str) -> tuple[int, bytes]:
        if not hasattr(self, "connection"):
            once = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            once.request("GET", path)
            answer = once.getresponse()
            return answer.status, answer.read()
        self.connection.request("GET", quote(path, safe="/?=&%.~-_"), headers={"Cookie": f"sid={cookie}"})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def memory(self) -> dict[str, float]:
        """Pss in MiB of each process below the server, by what it runs."""
        found: dict[str, float] = {}
        for pid in _below(self.process.pid):
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                found[str(pid)] = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
            except (OSError, StopIteration):
                continue
        return found

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def _below(pid: int) -> list[int]:
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found += _below(int(path.parent.name))
        except (OSError, IndexError, ValueError):
            continue
    return found


def timed(server: Server, path: str, cookie: str, rounds: int) -> dict[str, float]:
    """p50 and p95 in milliseconds of a page, after three unmeasured ones."""
    took = []
    for n in range(rounds + 3):
        began = time.perf_counter()
        status, _body = server.get(path, cookie)
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        if n >= 3:
            took.append((time.perf_counter() - began) * 1_000)
    took.sort()
    return {"p50": statistics.median(took), "p95": took[int(len(took) * 0.95) - 1]}


def deep(server: Server, cookie: str, pages: int) -> str:
    """The address of a page far down the list, by following "next"."""
    path = "/core/customer"
    for _n in range(pages):
        _status, body = server.get(path, cookie)
        mark = body.decode().rfind('rel="next"')
        text = body.decode()[max(0, mark - 600) : mark + 600] if mark > 0 else ""
        links = [part.split('"')[0] for part in text.split('href="')[1:] if "after=" in part.split('"')[0]]
        if not links:
            break
        path = links[-1].replace("&amp;", "&")
    return path


def floor(site: Site, rounds: int) -> dict[str, float]:
    """The same work by plain SQL in this process: what physics asks of a list, a filter and a record, in milliseconds."""
    queries = {
        "list of 50": "SELECT * FROM core_customer WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 50",
        "filter owner + standing": "SELECT * FROM core_customer WHERE deleted_at IS NULL AND owner_id = 7 AND standing = 'key' "
                                   "ORDER BY updated_at DESC, id DESC LIMIT 50",
        "record page": "SELECT * FROM core_customer WHERE id = 1000",
    }
    found = {}
    with site.engines.read.connect().execution_options(**{UNSCOPED: "bench"}) as conn:
        for name, sql in queries.items():
            took = []
            for _n in range(rounds):
                began = time.perf_counter()
                conn.exec_driver_sql(sql).all()
                took.append((time.perf_counter() - began) * 1_000)
            found[name] = statistics.median(took)
    return found


PAGES = {
    "list of 50": "/core/customer", "filter owner + standing": "/core/customer?owner.any=7&standing.any=key",
    "search 2 characters": "/core/customer?q=恒源", "search 3 characters": "/core/customer?q=云岭春", "search common word": "/core/customer?q=有限",
    "search Latin fragment": "/core/customer?q=uantum", "contacts": "/core/contact", "home": "/",
}


def measure(engine: str, size: int, url: str, rounds: int) -> dict[str, Any]:
    site = site_of(engine, size, url)
    signed = cookies(site)
    result: dict[str, Any] = {"engine": engine, "size": size, "pages": {}, "floor": floor(site, rounds)}
    site.engines.dispose()
    server = Server(site, url)
    try:
        result["start"] = server.start
        result["idle"] = server.memory()
        for actor, cookie in signed.items():
            for name, path in PAGES.items():
                result["pages"][f"{name} · {actor}"] = timed(server, path, cookie, rounds)
                say(f"{engine} {name} · {actor}: {result['pages'][f'{name} · {actor}']['p50']:.1f} ms")
        far = deep(server, signed["all"], 20 if size < 100_000 else 100)
        result["pages"]["next page, deep · all"] = timed(server, far, signed["all"], rounds)
        record = 1_000 - 1_000 % 200  # of the owner with 5,000
        result["pages"]["record page · own"] = timed(server, f"/core/customer/{record}", signed["own"], rounds)
        result["loaded"] = server.memory()
    finally:
        server.stop()
    return result


def table(results: list[dict[str, Any]]) -> str:
    lines = ["| page · actor | " + " | ".join(f"{r['engine']} {r['size']:,}" for r in results) + " |", "|---|" + "---|" * len(results)]
    for name in results[0]["pages"]:
        cells = [f"{r['pages'][name]['p50']:.1f} / {r['pages'][name]['p95']:.1f}" if name in r["pages"] else "–" for r in results]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for name in results[0]["floor"]:
        lines.append(f"| *plain SQL: {name}* | " + " | ".join(f"{r['floor'][name]:.2f}" for r in results) + " |")
    lines.append("| start to ready, s | " + " | ".join(f"{r['start']:.1f}" for r in results) + " |")
    lines.append("| largest process after load, MiB Pss | " + " | ".join(f"{max(r['loaded'].values(), default=0):.0f}" for r in results) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--database", default="", help="URL of an empty PostgreSQL database")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    results = []
    if args.engine in (None, "sqlite"):
        results.append(measure("sqlite", args.size, "", args.rounds))
    if args.engine == "postgresql" or (args.engine is None and args.database):
        results.append(measure("postgresql", args.size, args.database, args.rounds))
    print(json.dumps(results, indent=1) if args.json else table(results))


if __name__ == "__main__":
    main()
