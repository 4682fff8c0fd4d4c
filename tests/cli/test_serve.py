"""`crm serve` as a whole: starts, restarts what dies, changes generations without a pause, ends in order, refuses."""

import os
import re
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

import pytest
import sqlalchemy as sa

from crm_core.access.actor import epoch_of
from crm_core.access.models import SessionRow
from crm_core.data.session import writing
from crm_core.features.messages.api import notify
from crm_core.features.people.services import accounts
from crm_core.kernel import clock
from crm_core.kernel.config import Config
from crm_core.kernel.jobs import later
from crm_core.kernel.keys import digest
from crm_core.kernel.site import Site
from tests.support.server import Server, until


@pytest.fixture
def server(sqlite_template: Path, tmp_path: Path) -> Iterator[Server]:
    home = tmp_path / "site"
    home.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, home / "crm.db")
    found = Server(home)
    yield found
    found.end()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_life_of_a_server(server: Server) -> None:
    assert server.started().address in server.said()
    assert server.get("/ready") == 200 and len(server.crew()) == 2

    # A job asked for by another process is run by its worker, without anybody waiting for the next look.
    site = Site(Config(site=server.home), _registry())
    with site.system("test"), writing():
        later("core.tidy")
    until(lambda: _states(site) == {"done"}, "no worker ran the job")

    # What dies comes back: first the web, then the job worker.
    for _ in range(2):
        before = server.crew()
        victim = min(before) if _ == 0 else max(before)
        os.kill(victim, signal.SIGKILL)
        until(lambda victim=victim: victim not in server.crew() and len(server.crew()) == 2, "it did not come back")
        until(lambda: _answers(server), "it does not answer again")

    # Two browsers hear of news wherever it was written; whose session ends is cut off, and hears nothing before that.
    ann, bob = (_signed_in(site, name) for name in ("ann", "bob"))
    with Ear(server.port, ann.secret) as hers, Ear(server.port, bob.secret) as his, Ear(server.port, "s" * 40) as nobody:
        assert hers.said.startswith("HTTP/1.1 200") and nobody.said.startswith("HTTP/1.1 303")
        assert "text/event-stream" in hers.said and "no-store" in hers.said and "Content-Security-Policy" in hers.said
        _tell(site, [ann.id], "only she")
        until(lambda: "only she" in hers.hear(), "she was not told")
        assert "only she" not in his.hear()
        with site.engines.write.begin() as conn:
            conn.execute(sa.delete(SessionRow).where(SessionRow.user_id == ann.id))
        _tell(site, [ann.id, bob.id], "both of them")
        until(lambda: "both of them" in his.hear(), "he was not told")
        until(lambda: hers.hear() and hers.over, "her connection outlived her session")
        assert "both of them" not in hers.said

    # A new generation on the same socket: no request fails meanwhile, and the old one is gone afterwards.
    old, failures, stop = server.leader(), [], threading.Event()

    def visit() -> None:
        while not stop.is_set():
            if not _answers(server):
                failures.append(time.monotonic())

    visitor = threading.Thread(target=visit)
    visitor.start()
    with Ear(server.port, bob.secret) as his:
        server.process.send_signal(signal.SIGHUP)
        until(lambda: old not in server.family() and len(server.crew()) == 2, "the old generation did not go")
        until(lambda: his.hear() and his.over, "its live connections stayed open")
    stop.set()
    visitor.join()
    assert failures == [] and server.get("/ready") == 200

    # A generation that cannot start leaves the present one serving.
    present = server.leader()
    (server.home / "crm.toml").write_text("nonsense = 1\n")
    server.process.send_signal(signal.SIGHUP)
    until(lambda: "new generation was not taken" in server.said(), "the refusal was not said")
    assert server.leader() == present and server.get("/ready") == 200
    (server.home / "crm.toml").unlink()

    # A killed leader is replaced.
    os.kill(present, signal.SIGKILL)
    until(lambda: server.follows(present) and _answers(server), "no new leader")

    # SIGTERM ends all of it, after what is in hand: half a form was sent, the other half comes when the end has begun.
    family = set(server.family())
    form = b"name=ann&password=wrong"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as guest:
        guest.sendall(b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nExpect: 100-continue\r\n"
                      b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(form))
        assert guest.recv(1000).startswith(b"HTTP/1.1 100")
        guest.sendall(form[:5])
        crew = server.crew()
        server.process.send_signal(signal.SIGTERM)
        until(lambda: len(server.crew()) < len(crew), "the end did not begin")
        guest.sendall(form[5:])
        assert b"HTTP/1.1 403" in b"".join(iter(lambda: guest.recv(4096), b""))  # no token of a form: refused, but answered
    assert server.process.wait(60) == 0, server.said()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), "somebody was left behind")


class Person(NamedTuple):
    id: int
    secret: str


def _signed_in(site: Site, name: str) -> Person:
    """Somebody with a session, as signing in makes one."""
    with site.system("test"), writing() as db:
        person = accounts.add(name, name, ["user"], accounts.add_department(f"Department of {name}"))
        now, secret = clock.now(), f"secret-of-the-browser-of-{name}"
        db.add(SessionRow(digest=digest(secret), user_id=person, epoch=epoch_of(None, True), made_at=now, seen_at=now, proved_at=now, data={}))
    return Person(person, secret)


def _tell(site: Site, whom: list[int], text: str) -> None:
    with site.system("test"):
        notify(whom, text, source="test")


class Ear:
    """A browser with a live connection."""

    def __init__(self, port: int, secret: str) -> None:
        self.socket, self.said, self.over = socket.create_connection(("127.0.0.1", port), timeout=30), "", False
        self.socket.sendall(f"GET /notices/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sid={secret}\r\n\r\n".encode())
        until(lambda: "\r\n\r\n" in self.hear(), "no answer")

    def hear(self) -> str:
        """All that was said until now."""
        self.socket.settimeout(0.01)
        try:
            more = self.socket.recv(65_536)
            self.over = not more
            self.said += more.decode()
        except TimeoutError:
            pass
        return self.said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()


def test_what_may_not_be_served_is_refused_with_the_cure(sqlite_template: Path, tmp_path: Path) -> None:
    home = tmp_path / "site"
    home.mkdir(mode=0o700)

    def refuse(pattern: str, **environment: str) -> None:
        server = Server(home, **environment)
        try:
            assert server.process.wait(60) == 1
        finally:
            server.end()
        assert re.search(pattern, server.said()), server.said()

    refuse("upgrade first: crm db upgrade")
    shutil.copyfile(sqlite_template, home / "crm.db")
    refuse("Debugging is on", CRM_DEBUG="1", HOST="0.0.0.0")
    home.chmod(0o755)
    refuse("chmod 700")
    home.chmod(0o700)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refuse("cannot be had", PORT=str(taken.getsockname()[1]))


def _registry() -> object:
    from crm_core.app import open_site

    return open_site().registry


def _states(site: Site) -> set[str]:
    from crm_core.kernel.models import JobRow

    with site.engines.read.connect() as conn:
        rows = conn.execute(sa.select(JobRow.__table__.c.state).where(JobRow.__table__.c.name == "core.tidy"))
        return {str(state) for state in rows.scalars()}


def _answers(server: Server) -> bool:
    try:
        return server.get("/live") == 200
    except OSError:
        return False


def test_a_line_of_the_log_stays_one_line() -> None:
    import logging

    from crm_core.cli._leader import OneLine

    evil = ("x\nWARNING all is well\x1b[2J",)
    record = logging.LogRecord("crm", logging.WARNING, __file__, 1, "sign-in of %s", evil, None)
    assert OneLine("%(message)s").format(record) == r"sign-in of x\nWARNING all is well\x1b[2J"
