"""The two servers that are measured, each with two workers: `crm serve` on a site, and the raw floor under gunicorn."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from crm_core.kernel.site import Site
from tests.bench.client import Client

ROOT = Path(__file__).parent.parent.parent
WORKERS = 2
THREADS = 8


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A started server. `start`: seconds from the process's start to its first page."""

    depth = 0  # how far below the first process the web workers are

    def __init__(self, words: list[str], env: dict[str, str], first: str, cookie: str = "") -> None:
        self.port = int(env["PORT"])
        began = time.monotonic()
        self.process = subprocess.Popen(words, env={**os.environ, **env}, cwd=ROOT, stdout=subprocess.DEVNULL)
        while True:
            try:
                if Client(self.port, cookie).get(first)[0] == 200:
                    break
            except OSError:
                pass
            if time.monotonic() - began > 60 or self.process.poll() is not None:
                self.stop()
                raise SystemExit(f"{words} does not serve {first}")
            time.sleep(0.005)
        self.start = time.monotonic() - began
        self.start_cpu = sum(cpu(pid) for pid, _depth in below(self.process.pid))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def workers(self) -> list[int]:
        found = [pid for pid, depth in below(self.process.pid) if depth == self.depth]
        assert len(found) == WORKERS, found
        return found

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)


class Crm(Server):
    depth = 3  # supervisor, leader, web

    def __init__(self, site: Site, cookie: str, first: str = "/core/customer") -> None:
        port = free_port()
        env = {"CRM_SITE": str(site.home), "CRM_DATABASE": site.config.database, "PORT": str(port), "HOST": "127.0.0.1", "CRM_WORKERS": str(WORKERS)}
        super().__init__([sys.executable, "-c", "from crm_core.cli import main; main()", "serve"], env, first, cookie)


class Raw(Server):
    depth = 1

    def __init__(self, site: Site) -> None:
        port = free_port()
        words = [sys.executable, "-m", "gunicorn", "-w", str(WORKERS), "-k", "gthread", "--threads", str(THREADS), "--keep-alive", "15",
                 "--log-level", "warning", "--no-control-socket", "-b", f"127.0.0.1:{port}", "tests.bench.raw:app"]
        super().__init__(words, {"BENCH_DATABASE": site.engines.url.render_as_string(hide_password=False), "PORT": str(port)}, "/list")


def below(pid: int, depth: int = 0) -> list[tuple[int, int]]:
    """The process and those it started, each with how far below it stands."""
    found = [(pid, depth)]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                found += below(int(child), depth + 1)
        except OSError:
            continue
    return found


def cpu(pid: int) -> float:
    """Seconds of processor time a process has used, all its threads; what has ended meanwhile is left out."""
    total = 0
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError, IndexError):
                total += int(path.read_text().split()[0])
    return total / 1e9


def pss(pid: int) -> float:
    """MiB of memory, shared pages by their share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
