"""Real SMTP and IMAP servers inside the tests, and boxes that use them."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import select
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.customers.office import Office
from tests.support.needs import lacks

IMAP_PASSWORD = "imap-secret"
LOGIN, PASSWORD = b"chen@example.com", b"open sesame"


@dataclass
class Sink:
    """A mail server's inside: keeps what comes, refuses what it is told to."""

    port: int = 0
    mails: list[Message] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)  # receiver → answer
    down: str = ""  # the answer to every mail
    room: int = 0  # mails that are taken before that answer
    barred: str = ""  # the answer to whom a mail is from

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.barred:
            return self.barred
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.down and len(self.mails) >= self.room:
            return self.down
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.envelopes.append(envelope)
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signs_in(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
    return AuthResult(success=(given.login, given.password) in ((LOGIN, PASSWORD), (b"chen", IMAP_PASSWORD.encode())), handled=False)


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[Sink]:
    """One server for all tests of this process."""
    port = free_port()
    sink = Sink(port)
    server = Controller(sink, hostname="127.0.0.1", port=port, authenticator=signs_in, auth_require_tls=False, auth_required=False)
    server.start()
    yield sink
    server.stop()


@pytest.fixture
def sink(smtp_server: Sink) -> Sink:
    smtp_server.mails, smtp_server.envelopes, smtp_server.refusing, smtp_server.down = [], [], {}, ""
    smtp_server.room, smtp_server.barred = 0, ""
    return smtp_server


def box(office: Office, sink: Sink, who: str = "chen", **more: Any) -> int:
    """A mail box of this person that sends through the sink."""
    values = {"name": "陈晓燕", "address": f"{who}@example.com", "smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none",
              "signature": "Tel. 028-1234", **more}
    with office.as_(who):
        return int(office.resource("mail_account").write([values])[0])


class Post:
    """A Dovecot of our own in a folder: real IMAP, boxes of files."""

    def __init__(self, home: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.home, self.port, self.process = home, port, process
        self._count = 0

    def box(self, name: str) -> Path:
        return self.home / "mail" / name

    def drop(self, name: str, raw: bytes) -> None:
        """A mail arrives in somebody's box."""
        self._count += 1
        new = self.box(name) / "new"
        for folder in ("cur", "new", "tmp"):
            (self.box(name) / folder).mkdir(parents=True, exist_ok=True)
        half = self.box(name) / "tmp" / f"{self._count:05d}.test"
        half.write_bytes(raw.replace(b"\r\n", b"\n"))
        above = (self.home / "mail").stat()
        for one in (self.box(name), *self.box(name).rglob("*")):
            os.chown(one, above.st_uid, above.st_gid)
        half.replace(new / half.name)

    def empty(self, name: str) -> None:
        """As if the server had been set up anew: the box is gone, and what comes is numbered anew. The server would take the second of
        the clock for its UIDVALIDITY, which may be the old one."""
        self._count += 1
        shutil.rmtree(self.box(name), ignore_errors=True)
        self.box(name).mkdir()
        (self.box(name) / "dovecot-uidlist").write_text(f"3 V{1_000_000 + self._count} N1\n")


CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@pytest.fixture(scope="session")
def post_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """One IMAP server for all tests of this process."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        lacks("IMAP tests", "no server (apt-get install dovecot-imapd)")
    home = Path(tempfile.mkdtemp(prefix="post"))  # short: sockets have names of at most 107 characters
    port, me = free_port(), pwd.getpwuid(os.getuid())
    # One who is root lets the server run as nobody in particular, as it insists on.
    user = "nobody" if me.pw_uid == 0 else me.pw_name
    owner = pwd.getpwnam(user)
    group = grp.getgrgid(owner.pw_gid).gr_name
    for name in ("run", "state", "mail"):
        (home / name).mkdir()
        os.chown(home / name, owner.pw_uid, owner.pw_gid)
    (home / "dovecot.conf").write_text(CONFIG.format(
        home=home, port=port, password=IMAP_PASSWORD, user=user, group=group, uid=owner.pw_uid, gid=owner.pw_gid), "utf-8")
    home.chmod(0o755)
    process = subprocess.Popen([program, "-F", "-c", str(home / "dovecot.conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for _again in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as conn:
            if conn.recv(100).startswith(b"* OK"):
                break
        if process.poll() is not None:
            break
        select.select([], [], [], 0.05)
    else:
        process.terminate()
    if process.poll() is not None:
        pytest.fail(f"dovecot does not run: {(process.stdout.read() if process.stdout else b'').decode()} {(home / 'dovecot.log').read_text() if (home / 'dovecot.log').exists() else ''}")
    yield Post(home, port, process)
    process.terminate()
    process.wait(10)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def post(post_office: Post) -> Iterator[Post]:
    """The server with empty boxes."""
    yield post_office
    for one in list((post_office.home / "mail").iterdir()):
        shutil.rmtree(one, ignore_errors=True)
