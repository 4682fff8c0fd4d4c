"""1,000 open browsers with a live connection each: what they cost while nothing happens, and how soon a message reaches all of
them and one alone.

    python -m tests.bench.live [--browsers 1000] [--idle 30] [--rounds 10]
"""

from __future__ import annotations

import argparse
import selectors
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.access.actor import epoch_of
from crm_core.access.models import SessionRow, User
from crm_core.app import open_site
from crm_core.data.base import table_of
from crm_core.data.mixins import new_public_id
from crm_core.data.session import writing
from crm_core.data.wall import UNSCOPED
from crm_core.features.messages.api import notify
from crm_core.features.people.services import accounts
from crm_core.kernel import clock
from crm_core.kernel.config import Config
from crm_core.kernel.install import prepare
from crm_core.kernel.keys import digest
from crm_core.kernel.site import Site
from tests.bench.serving import Crm, cpu, pss


def people(site: Site, count: int) -> list[tuple[int, str]]:
    """So many people who are signed in: (id, secret)."""
    users, sessions = table_of(User), table_of(SessionRow)
    with site.system("bench"), writing() as db:
        first = accounts.add("reader0", "Reader", ["user"], accounts.add_department("Readers"))
        db.flush()
        row = dict(db.connection().execute(sa.select(users).where(users.c.id == first), execution_options={UNSCOPED: "bench"}).mappings().one())
        ids = [first + n for n in range(count)]
        rows = [{**row, "id": i, "owner_id": i, "login": f"reader{n}", "login_key": f"reader{n}", "public_id": new_public_id()} for n, i in enumerate(ids)]
        rows = [{name: value for name, value in one.items() if name in users.c} for one in rows]
        db.execute(sa.insert(users), rows[1:])
        now = clock.now()
        secrets = [f"secret-of-reader-number-{n:06}" for n in range(count)]
        db.execute(sa.insert(sessions), [{"digest": digest(secret), "user_id": user, "epoch": epoch_of(row["password_hash"], True), "made_at": now,
                                          "seen_at": now, "proved_at": now, "data": {}} for user, secret in zip(ids, secrets, strict=True)])
    return list(zip(ids, secrets, strict=True))


class Browsers:
    """The other ends, read by one thread: when each heard its last news."""

    def __init__(self, port: int, secrets: list[str]) -> None:
        self.selector, self.heard, self.lock = selectors.DefaultSelector(), {}, threading.Lock()
        for n, secret in enumerate(secrets):
            one = socket.create_connection(("127.0.0.1", port), timeout=30)
            one.sendall(f"GET /notices/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sid={secret}\r\n\r\n".encode())
            head = one.recv(4096)
            assert head.startswith(b"HTTP/1.1 200"), head
            one.setblocking(False)
            self.selector.register(one, selectors.EVENT_READ, n)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            for key, _events in self.selector.select(1):
                text = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if not text:  # the end of the measurement, or somebody who never hears it
                    self.selector.unregister(key.fileobj)
                if b"event: news" in text:
                    with self.lock:
                        self.heard.setdefault(key.data, time.monotonic())

    def wait(self, count: int) -> list[float]:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with self.lock:
                if len(self.heard) >= count:
                    found, self.heard = sorted(self.heard.values()), {}
                    return found
            time.sleep(0.005)
        raise SystemExit(f"only {len(self.heard)} of {count} heard it")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--browsers", type=int, default=1000)
    parser.add_argument("--idle", type=float, default=30)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--database", default="")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = open_site(config=Config(site=Path(folder), database=args.database))
        Path(folder).chmod(0o700)
        prepare(site, backup=False)
        everybody = people(site, args.browsers)
        with Crm(site, everybody[0][1], first="/") as server:
            before = [pss(pid) for pid in server.workers]
            browsers = Browsers(server.port, [secret for _id, secret in everybody])
            time.sleep(3)
            began, used = time.monotonic(), sum(cpu(pid) for pid in server.workers)
            time.sleep(args.idle)
            idle = (sum(cpu(pid) for pid in server.workers) - used) / (time.monotonic() - began)
            print(f"{args.browsers} idle browsers: {idle:.1%} of one core; web workers {sum(before):.0f} -> {sum(map(pss, server.workers)):.0f} MiB")
            report("one is told", [told(site, browsers, everybody[:1]) for _ in range(args.rounds)])
            report("all are told", [told(site, browsers, everybody) for _ in range(args.rounds)])


def told(site: Site, browsers: Browsers, whom: list[tuple[int, str]]) -> list[float]:
    time.sleep(1.37)
    with site.system("bench"):
        notify([user for user, _secret in whom], "The meeting begins at ten", source="bench")
    began = time.monotonic()
    return [at - began for at in browsers.wait(len(whom))]


def report(what: str, rounds: list[Any]) -> None:
    every = sorted(at for one in rounds for at in one)
    print(f"{what}: median {statistics.median(every):.2f} s, p95 {every[int(len(every) * 0.95) - 1]:.2f} s, last {every[-1]:.2f} s")


if __name__ == "__main__":
    main()
