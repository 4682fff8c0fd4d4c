"""A throw-away PostgreSQL for tests: made in a temporary folder, reached by a socket, gone at the end."""

import contextlib
import functools
import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


@functools.cache
def binaries() -> Path | None:
    """The folder of PostgreSQL's programs, the newest found; None when it is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: float(p.split("/")[-2]))
    if found:
        return Path(found[-1])
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server; yields the URL of its `postgres` database. It refuses to run as root, so root lends it to `postgres`."""
    home = binaries()
    if home is None:
        raise RuntimeError("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="crm-pg-"))
    as_user: dict[str, object] = {}
    if os.getuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    data = folder / "data"

    def run(*command: str) -> None:
        done = subprocess.run(  # type: ignore[call-overload]
            command, check=False, cwd=folder, capture_output=True, text=True, **as_user)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    run(str(home / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    settings = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
    run(str(home / "pg_ctl"), "-D", str(data), "-w", "-s", "-l", str(folder / "log"),
        "-o", f"-k {folder} {settings} -c shared_buffers=32MB", "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run(str(home / "pg_ctl"), "-D", str(data), "-w", "-s", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
