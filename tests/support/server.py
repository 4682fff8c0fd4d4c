"""A running `crm serve`, and its family of processes."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from crm_core.cli import main; main()")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait for something another process does; `what` is said when it does not happen."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Server:
    """A running `crm serve`."""

    def __init__(self, home: Path, *arguments: str, command: Sequence[str] = COMMAND, **environment: str) -> None:
        self.port, self.home = free_port(), home
        self.log = (home.parent / "serve.log").open("w+")
        # A command of the tree finds it by PYTHONPATH; an installed one finds itself, far from the tree.
        place = {"PYTHONPATH": str(ROOT)} if command is COMMAND else {}
        self.process = subprocess.Popen(
            [*command, "serve", *arguments], cwd=ROOT if place else home, stdout=self.log, stderr=self.log, text=True,
            env={**os.environ, **place, "CRM_SITE": str(home), "PORT": str(self.port), "LANG": "C", "CRM_WORKERS": "2", **environment})

    def started(self) -> Server:
        """Wait until it says its address; fails with what it said instead."""
        until(lambda: "runs at" in self.said() or self.process.poll() is not None, "it did not start")
        assert self.process.poll() is None, self.said()
        return self

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        self.log.close()

    def said(self) -> str:
        return (self.home.parent / "serve.log").read_text()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=20) as answer:
            return int(answer.status)

    def family(self) -> dict[int, int]:
        """Every process below ours: pid and parent."""
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(path.parent.name)] = int(fields[1])
        found: dict[int, int] = {}
        todo = [self.process.pid]
        while todo:
            parent = todo.pop()
            below = [pid for pid, above in parents.items() if above == parent]
            found |= dict.fromkeys(below, parent)
            todo += below
        return found

    def leader(self) -> int:
        """The process that leads; 0 when there is none, or while one generation follows another and both serve."""
        leaders = [pid for pid, parent in self.family().items() if parent == self.process.pid]
        return leaders[0] if len(leaders) == 1 else 0

    def follows(self, old: int) -> bool:
        """Whether another generation than that of the leader `old` serves, and it alone."""
        return self.leader() not in (0, old)

    def crew(self) -> set[int]:
        leader = self.leader()
        return {pid for pid, parent in self.family().items() if parent == leader}


class Guest:
    """Somebody with a browser of few means: cookies, forms, pages as text."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar)).open

    def get(self, path: str, language: str = "en") -> str:
        """The page; raises HTTPError for anything but a good answer."""
        return self._send(urllib.request.Request(self.address + path, headers={"Accept-Language": language}))

    def post(self, path: str, form: str, **values: str) -> str:
        """Send a form with the token of the page `form`."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(form))
        assert token is not None
        data = urllib.parse.urlencode({"csrf_token": token[1], **values}).encode()
        return self._send(urllib.request.Request(self.address + path, data, {"Origin": self.address}))

    def sign_in(self, name: str, password: str) -> str:
        return self.post("/sign-in", "/sign-in", name=name, password=password)

    def _send(self, request: urllib.request.Request) -> str:
        with self._open(request, timeout=30) as answer:
            return str(answer.read().decode())
