"""Calls to other systems: the only place that speaks HTTP outwards (a lint holds this).

One connection to exactly the address that was judged, no proxy of the environment, no cookies, no compression; five seconds to
connect, thirty in all, five megabytes back. A redirect is followed only where the caller says so, and judged like a first call.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urljoin

from crm_core import __version__
from crm_core.data.session import has_work, in_writing
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.outbound.addresses import (
    MAIL_PORTS,
    AddressRefused,
    Ip,
    Target,
    allowed_private,
    mail_server,
    read,
    resolve,
)
from crm_core.kernel.site import site

_MOVED = {301, 302, 303, 307, 308}
_PLAIN_VALUE = frozenset(map(chr, range(32, 127))) | {"\t"}


@dataclass(frozen=True)
class Limits:
    """How long and how much, seconds and bytes."""

    connect: float = 5.0
    total: float = 30.0
    body: int = 5 * 1024 * 1024


USUAL = Limits()


class CallFailed(CrmError):
    """There was no answer that could be used. Says how far it came, never what was sent."""

    status = 502


@dataclass(frozen=True)
class Answer:
    """What came back: names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def call(method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None, redirects: int = 0,
         limits: Limits = USUAL) -> Answer:
    """Call an address and read what it answers, whatever its status. Raises AddressRefused where it may not be called, CallFailed
    where there was no whole answer in time; inside a write transaction RuntimeError, another system may take its time."""
    if has_work() and in_writing():
        raise RuntimeError("a call outside inside writing(): everybody would wait for the other system")
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if any(not set(text) <= _PLAIN_VALUE for pair in given.items() for text in pair):
        raise CallFailed(_("A header has letters that cannot be sent."))
    until = time.monotonic() + limits.total
    target, private = read(url), allowed_private(site().config.private_hosts)
    for left in range(redirects, -1, -1):
        answer = _once(method, target, body, given, until, limits, private)
        if answer.status not in _MOVED or "location" not in answer.headers or left == 0:
            return answer
        moved = read(urljoin(f"{target.scheme}://{target.authority}{target.path}", answer.headers["location"]))
        if target.scheme == "https" and moved.scheme == "http":
            raise AddressRefused(_("The address leads on to one without encryption."))
        if moved.authority != target.authority or moved.scheme != target.scheme:
            given = {name: value for name, value in given.items() if name not in ("authorization", "cookie")}
        if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
            method, body = "GET", None
        target = moved
    raise AssertionError("not reached")


def dial(host: str, port: int, seconds: float) -> socket.socket:
    """A connection to a mail server that somebody typed, past the same guard; the house's own (`smtp_host`) may lie within it, at its own
    port and those for mail. Raises AddressRefused, OSError."""
    config = site().config
    target, until = mail_server(host, port), time.monotonic() + seconds
    private = (*allowed_private(config.private_hosts), *([config.smtp_host.lower()] if config.smtp_host and port in (config.smtp_port, *MAIL_PORTS) else ()))
    made = _connected(target, resolve(target, seconds, private), until)
    made.settimeout(seconds)
    return made


def _once(method: str, target: Target, body: bytes | None, headers: Mapping[str, str], until: float, limits: Limits, private: tuple[str, ...]) -> Answer:
    connected_by = min(until, time.monotonic() + limits.connect)
    places = resolve(target, connected_by - time.monotonic(), private)
    sock: Any = None
    try:
        sock = _connected(target, places, connected_by)
        link = http.client.HTTPConnection(target.authority)
        link.sock = _Timed(sock, until)
        link.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"host": target.authority, "user-agent": f"TangramCRM/{__version__}", "connection": "close", **headers,
                            **({"content-length": str(len(body))} if body is not None else {})}.items():
            link.putheader(name, value)
        link.endheaders(body)
        got = link.getresponse()
        size = got.headers.get("content-length", "")
        if size.isdigit() and int(size) > limits.body:
            raise CallFailed(_("The answer is too large."))
        found = got.read(limits.body + 1)
        if len(found) > limits.body:
            raise CallFailed(_("The answer is too large."))
        return Answer(got.status, {name.lower(): value for name, value in got.headers.items()}, found)
    except TimeoutError:
        raise CallFailed(_("There was no whole answer in time.")) from None
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: what the other side sent is no HTTP
        raise CallFailed(_("The other system could not be reached (%(why)s).", why=type(error).__name__)) from None
    finally:
        if sock is not None:
            sock.close()


def _connected(target: Target, places: list[Ip], until: float) -> socket.socket:
    """A connection to the first of these places that takes one; names are not asked for again. Raises OSError."""
    failed: OSError = TimeoutError()
    for ip in places:
        left = until - time.monotonic()
        if left <= 0:
            break
        plain = socket.socket(socket.AF_INET6 if ip.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        try:
            plain.settimeout(left)
            plain.connect((str(ip), target.port))
            if target.scheme != "https":
                return plain
            plain.settimeout(max(0.01, until - time.monotonic()))
            return _tls().wrap_socket(plain, server_hostname=target.host)
        except OSError as error:
            failed = error
            plain.close()
    raise failed


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Timed:
    """A socket for http.client on which nothing takes longer than until a moment, however slowly it drips."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.sock, self.until = sock, until

    def _hurry(self) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)

    def sendall(self, data: Any) -> None:
        self._hurry()
        self.sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        """http.client closes it as soon as it has the head of the last answer; what is read then still comes by it. Who opened the
        socket closes it."""


class _Reading(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self.timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.timed._hurry()
        return self.timed.sock.recv_into(buffer)
