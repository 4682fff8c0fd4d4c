"""What a request may bring: hosts, sizes, numbers of fields, JSON without traps, keys within 64 bits (T23, T25, T26)."""

import io
import re
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from typing import IO, Any

import flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import BaseConverter, ValidationError

from crm_core.kernel.config import LOOPBACK, Config
from crm_core.text import strict_json

BODY = 2 * 1024 * 1024
FIELDS = 2_000
INT64 = 2**63 - 1


class _Parser(FormDataParser):
    """Werkzeug counts the parts of multipart bodies only; urlencoded ones are counted here."""

    def _parse_urlencoded(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]) -> Any:
        body = stream.read()
        stream.read(1)  # a body without a length was cut at the limit: this raises then
        if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(io.BytesIO(body), mimetype, content_length, options)


class Request(flask.Request):
    """Our request: limits on forms of every kind."""

    form_data_parser_class = _Parser


def _up_to(largest: str) -> str:
    """The pattern of whole numbers from 1 to `largest`: shorter ones, and those that fall below it at some digit."""
    below = [
        f"{largest[:at]}[{1 if at == 0 else 0}-{int(digit) - 1}][0-9]{{{len(largest) - at - 1}}}"
        for at, digit in enumerate(largest) if int(digit) > (1 if at == 0 else 0)
    ]
    return "|".join([f"[1-9][0-9]{{0,{len(largest) - 2}}}", *below, largest])


class IdConverter(BaseConverter):
    """`<int:id>`: a key, 1 … 2⁶³−1, written one way only. Anything else is an address that does not exist.

    The pattern itself ends at 2⁶³−1: what only the conversion refuses, Werkzeug answers with 405 where other methods
    have the same address.
    """

    regex = f"(?:{_up_to(str(INT64))})"

    def to_python(self, value: str) -> int:
        found = int(value)
        if found > INT64:
            raise ValidationError
        return found

    def to_url(self, value: Any) -> str:
        return str(int(value))


class Json(DefaultJSONProvider):
    """JSON that cannot hurt: bounded depth, no doubled members, no NaN, no number or text the database cannot keep."""

    sort_keys = False
    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return strict_json.loads(s)


class Hosts:
    """The names this site answers to; a request with another Host is refused before anything else looks at it."""

    def __init__(self, names: Iterable[str]) -> None:
        wanted = {n.strip().lower() for n in names if n.strip()}
        self.names = frozenset(n for n in wanted if not n.startswith("."))
        self.suffixes = tuple(sorted(n for n in wanted if n.startswith(".")))

    def trusts(self, host: str | None) -> bool:
        found = _HOST.fullmatch((host or "").lower())
        return found is not None and (found[1] in self.names or bool(self.suffixes and found[1].endswith(self.suffixes)))


_HOST = re.compile(r"([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)


class HostGuard:
    """WSGI middleware: a bare 400 for a Host that is not ours; nothing of the request has been read then (T23)."""

    def __init__(self, app: Callable[..., Iterable[bytes]], hosts: Hosts) -> None:
        self.app, self.hosts = app, hosts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.hosts.trusts(environ.get("HTTP_HOST")):
            return self.app(environ, start_response)
        body = b"This site has another name. Its administrator can add this one as trusted_hosts.\n"
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]


def hosts_of(config: Config) -> Hosts:
    """From the configuration; a site that listens on all addresses of a machine answers to all of its names (a trial)."""
    names = {_bracket(config.host)} if config.host else set()
    if config.base_url:
        names.add(config.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2])
        names = {re.sub(r":\d+$", "", n) for n in names}
    if config.host in LOOPBACK or config.plain_http:
        names |= {_bracket(n) for n in LOOPBACK}
    if config.host in ("0.0.0.0", "::", ""):
        names |= {_bracket(n) for n in own_names()}
    return Hosts({*names, *config.trusted_hosts.split(",")})


def _bracket(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def own_names() -> set[str]:
    """Names and addresses of this machine, without asking anybody outside."""
    name = socket.gethostname()
    found = {name, f"{name}.local"}
    try:
        found |= {str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(name, None)}
    except OSError:
        pass  # a machine that cannot look itself up still has its interfaces
    return found | _interfaces()


def _interfaces() -> set[str]:
    if not sys.platform.startswith("linux"):
        return set()
    import fcntl

    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _number, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe.fileno(), 0x8915, struct.pack("256s", name.encode()[:15]))  # SIOCGIFADDR
            except OSError:
                continue  # an interface without an IPv4 address
            found.add(socket.inet_ntoa(answer[20:24]))
    return found
