"""A PostgreSQL server for the bench: one cluster kept under var/bench, durable as in a company, on a free port while it is used."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tests.support.postgres import ROLE, _die_with_parent, _free_port, _is_root, binaries

# A small server's settings; fsync stays on.
SETTINGS = {
    "shared_buffers": "512MB", "effective_cache_size": "4GB", "maintenance_work_mem": "256MB", "max_connections": "80",
    "max_wal_size": "4GB", "checkpoint_timeout": "15min", "random_page_cost": "1.1",
}


class Postgres:
    """`with Postgres(folder) as server: server.url("core")`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.bin = binaries()
        self.user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if _is_root() else {}
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if not (self.home / "data" / "PG_VERSION").exists():
            self._make()
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.home), **SETTINGS}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        (self.home / "data" / "postmaster.pid").unlink(missing_ok=True)
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.home / "data", "-p", str(self.port), *words], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=self.home, preexec_fn=_die_with_parent, **self.user)  # noqa: PLW1509
        self._wait()
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # fast stop
            self._process.wait(120)

    def url(self, database: str, *, anew: bool = False) -> str:
        """The URL of a database, made when it is not there; `anew`: whatever it held is thrown away."""
        import psycopg

        with psycopg.connect(self._admin(), autocommit=True) as conn:
            if anew:
                conn.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)".encode())
            if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
                conn.execute(f"CREATE DATABASE {database} OWNER {ROLE} TEMPLATE template0".encode())
        return f"postgresql+psycopg://{ROLE}@127.0.0.1:{self.port}/{database}"

    def _admin(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres connect_timeout=10"

    def _make(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        if self.user:
            person = pwd.getpwnam("postgres")
            os.chown(self.home, person.pw_uid, person.pw_gid)
        subprocess.run([self.bin / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
                        "-D", self.home / "data"], capture_output=True, cwd=self.home, check=True, **self.user)

    def _wait(self) -> None:
        import psycopg

        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                with psycopg.connect(self._admin(), autocommit=True) as conn:
                    if conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone() is None:
                        conn.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start; see {self.home / 'log'}")
