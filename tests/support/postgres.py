"""A PostgreSQL of the tests' own: one cluster a test process, one database a test that asks, gone at the end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

ROLE = "crm"  # an ordinary role, as an administrator would make it: no superuser


class NoPostgres(Exception):
    """There is no server to start here; the message says why."""


def binaries() -> Path:
    """The folder of `initdb` and `postgres`, newest first."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    found = versions[0] if versions else shutil.which("initdb")
    if not found:
        raise NoPostgres("no PostgreSQL server (apt-get install postgresql)")
    return Path(found).parent


def _version(initdb: Path) -> int:
    return int(re.sub(r"\D", "", initdb.parts[-3]) or 0)


def _die_with_parent() -> None:
    """Linux: a killed test run leaves no server behind. SIGQUIT is PostgreSQL's immediate stop."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def sweep() -> None:
    """Remove what killed test runs have left behind; it may lie in memory."""
    for left in Path(tempfile.gettempdir()).glob("crm-pg-[0-9]*-*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists() and Path("/proc/self").exists():
            shutil.rmtree(left, ignore_errors=True)


class Cluster:
    """A running server on 127.0.0.1. No durability: it lives as long as the test process."""

    def __init__(self) -> None:
        self.bin = binaries()
        # PostgreSQL refuses to run as root; pytest's own temporary folders cannot be entered by another user.
        self.user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if _is_root() else {}
        sweep()
        self.home = Path(tempfile.mkdtemp(prefix=f"crm-pg-{os.getpid()}-"))
        if self.user:
            person = pwd.getpwnam("postgres")
            os.chown(self.home, person.pw_uid, person.pw_gid)
        self._numbers = count(1)
        self._copied = ""
        self.port = 0
        self._server: subprocess.Popen[bytes] | None = None
        try:
            self._make()
            self._start()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ROLE}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """The URL of a new database: empty, or a copy of the one at the URL `template` (nobody connected)."""
        name = f"crm_{next(self._numbers)}"
        self.admin(f'create database {name} owner {ROLE} template "{template.rpartition("/")[2]}" {self._copied}')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database and cut whoever is still connected."""
        self.admin(f'drop database if exists "{url.rpartition("/")[2]}" with (force)')

    def admin(self, statement: str) -> None:
        """Run one statement as the server's own administrator."""
        import psycopg

        with psycopg.connect(self._admin_dsn(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _server_version(self) -> int:
        """As PostgreSQL says it: 150004."""
        import psycopg

        with psycopg.connect(self._admin_dsn()) as connection:
            return connection.info.server_version

    @contextlib.contextmanager
    def outage(self) -> Iterator[None]:
        """The server is gone at once, as by `pg_ctl -m immediate`, and back at the same address afterwards."""
        self.admin("checkpoint")  # so that coming back is a matter of moments
        self._halt()
        try:
            yield
        finally:
            self._launch()
            if not self._ready():
                raise RuntimeError(f"PostgreSQL did not come back: {(self.home / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        self._halt()
        shutil.rmtree(self.home, ignore_errors=True)

    def _halt(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(30)

    def _admin_dsn(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres connect_timeout=10"

    def _make(self) -> None:
        done = subprocess.run(
            [
                self.bin / "initdb",
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "-D",
                self.home / "data",
            ],
            capture_output=True,
            text=True,
            cwd=self.home,
            check=False,
            **self.user,
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr[-2000:]}")

    def _start(self) -> None:
        for _ in range(5):  # somebody may take the free port between our look and the server's start
            self.port = _free_port()
            self._launch()
            if self._ready():
                self.admin(f"create role {ROLE} login")
                # From PostgreSQL 15 on copies go page by page through the log unless it is told otherwise: twice the work.
                self._copied = "strategy file_copy" if self._server_version() >= 15_00_00 else ""
                return
        raise RuntimeError(f"PostgreSQL did not start: {(self.home / 'log').read_text()[-2000:]}")

    def _launch(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.home),
            "max_connections": "60",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "64MB",
            "autovacuum": "off",
            "log_min_messages": "warning",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.home / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self.bin / "postgres", "-D", self.home / "data", "-p", str(self.port), *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  (the child execs at once)
                **self.user,
            )

    def _ready(self) -> bool:
        import psycopg

        end = time.monotonic() + 60
        while self._server is not None and self._server.poll() is None and time.monotonic() < end:
            try:
                psycopg.connect(self._admin_dsn()).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
