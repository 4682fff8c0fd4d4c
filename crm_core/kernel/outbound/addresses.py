"""Which addresses this house calls: those of the internet, and private hosts that `crm.toml` names.

Somebody who may write an address somewhere (a webhook, a calendar) must not reach through us what stands behind the firewall.
So a name is resolved once, every answer has to be allowed, and the connection goes to what was resolved (http.py): a second
answer of the name server is never asked for. Whatever cannot be read, resolved or judged is refused.
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST = 2_000
_PLAIN = re.compile(r"[!-~]+")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_QUAD = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# What is no place of its own in the internet: other ways to write IPv4 addresses in IPv6 (compatible, NAT64, Teredo and the rest
# of 2001::/23, 6to4), what was meant for one site, and the anycast relay of 6to4.
_TUNNELS = tuple(map(ipaddress.ip_network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10", "192.88.99.0/24")))


class AddressRefused(CrmError):
    """This address is not called. Says why without telling what stands there."""

    status = 422


_NO_ADDRESS = _("This is no address that can be called: https://host/path, without name and password.")
_NOT_THERE = _("This address is not called: only hosts in the internet are, and private ones that crm.toml names (private_hosts).")
_NO_NAME = _("The name of this host cannot be resolved.")


@dataclass(frozen=True)
class Target:
    """An address taken apart: what is called and by which name."""

    scheme: str
    host: str  # ASCII, lower case, no brackets
    port: int
    path: str  # with its query

    @property
    def authority(self) -> str:
        """What stands in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _ports.get(self.scheme) else f"{host}:{self.port}"


_ports = {"http": 80, "https": 443}
MAIL_PORTS = (25, 465, 587, 110, 143, 993, 995)


def read(url: str) -> Target:
    """An address as it is called. Raises AddressRefused for anything but plain http and https addresses."""
    plain = _ascii(url) if len(url) <= LONGEST else ""
    if not _PLAIN.fullmatch(plain) or "\\" in plain:
        raise AddressRefused(_NO_ADDRESS)
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError:
        raise AddressRefused(_NO_ADDRESS) from None
    if parts.scheme not in _ports or not parts.netloc or "@" in parts.netloc or not parts.hostname or port == 0:
        raise AddressRefused(_NO_ADDRESS)
    host = _host(parts.hostname, bracketed=parts.netloc.startswith("["))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or _ports[parts.scheme], path)


def _ascii(url: str) -> str:
    """Other letters in the host become what the domain name system knows (which makes ① a 1: judged afterwards), elsewhere
    they are refused. Raises AddressRefused."""
    if url.isascii():
        return url
    head, mark, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    try:
        return head + mark + rest[:end].encode("idna").decode("ascii") + rest[end:].encode("ascii").decode()
    except UnicodeError:
        raise AddressRefused(_NO_ADDRESS) from None


def _host(host: str, *, bracketed: bool) -> str:
    """A host in the one spelling it has. Numbers in other notations (`127.1`, `0x7f.1`, `2130706433`) mean addresses to some
    resolvers and names to others: they are no hosts."""
    host = host.lower()
    if bracketed:
        if "%" in host:
            raise AddressRefused(_NO_ADDRESS)
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise AddressRefused(_NO_ADDRESS) from None
    if _QUAD.fullmatch(host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise AddressRefused(_NO_ADDRESS) from None
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)) or _NUMBER.fullmatch(labels[-1]):
        raise AddressRefused(_NO_ADDRESS)
    return host.removesuffix(".")


def mail_server(host: str, port: int) -> Target:
    """A mail server that somebody typed. Raises AddressRefused for what is no host."""
    plain = _ascii(f"mail://{host.strip()}").removeprefix("mail://")
    if not _PLAIN.fullmatch(plain) or not 0 < port < 65536:
        raise AddressRefused(_NO_ADDRESS)
    bracketed = plain.startswith("[") and plain.endswith("]")
    return Target("mail", _host(plain[1:-1] if bracketed else plain, bracketed=bracketed or ":" in plain), port, "")


Resolver = Callable[[str, int], Sequence[str]]


def system_resolver(host: str, port: int) -> list[str]:
    """All addresses of a name, as the machine resolves it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


resolver: list[Resolver] = [system_resolver]  # tests put another one here


def resolve(target: Target, seconds: float, private: Sequence[str] = ()) -> list[Ip]:
    """Where a target is, every place of it allowed. `private`: hosts (`erp.example`, `10.0.0.5:8080`) that may lie within the
    house. Raises AddressRefused: not allowed, not resolved, or not within `seconds`."""
    named = _named(target, private)
    if not named and target.port < 1024 and target.port not in (MAIL_PORTS if target.scheme == "mail" else _ports.values()):
        raise AddressRefused(_NOT_THERE)
    try:
        found = [ipaddress.ip_address(target.host)]
    except ValueError:
        found = [_address(text) for text in _asked(target, seconds)]
    allowed = within if named else outside
    if not found or not all(map(allowed, found)):
        raise AddressRefused(_NOT_THERE if found else _NO_NAME)
    return list(dict.fromkeys(found))


def allowed_private(text: str) -> tuple[str, ...]:
    """The private hosts that the configuration names."""
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def plausible(url: str, private: str) -> None:
    """What can be said of an address without asking a name server, for forms: raises AddressRefused for what is never called."""
    target = read(url)
    if target.host.rpartition(".")[2] == "localhost" and not _named(target, allowed_private(private)):
        raise AddressRefused(_NOT_THERE)
    with suppress(ValueError):
        ip = ipaddress.ip_address(target.host)
        if not (within if _named(target, allowed_private(private)) else outside)(ip):
            raise AddressRefused(_NOT_THERE)


def _named(target: Target, private: Sequence[str]) -> bool:
    return target.host in private or f"{target.host}:{target.port}" in private or target.authority in private


def _address(text: str) -> Ip:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise AddressRefused(_NOT_THERE) from None


def _asked(target: Target, seconds: float) -> Sequence[str]:
    """The look-up in a thread of its own: the system's resolver knows no deadline."""
    answers: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver[0](target.host, target.port))
        except Exception:  # noqa: BLE001  whatever a resolver raises, there is no address
            answers.put(None)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answers.get(timeout=max(0.01, seconds))
    except queue.Empty:
        found = None
    if found is None:
        raise AddressRefused(_NO_NAME)
    return found


def outside(ip: Ip) -> bool:
    """Whether an address is a place of its own in the internet."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return outside(ip.ipv4_mapped)
        if ip.scope_id is not None:
            return False
    tunnel = any(ip in net for net in _TUNNELS if net.version == ip.version)
    return ip.is_global and not (tunnel or ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def within(ip: Ip) -> bool:
    """Whether a named host may have this address: any in the internet, the private ones and this machine; never those of
    machines' own services (169.254/16) or of many at once."""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return within(ip.ipv4_mapped)
    private = ip.is_private or ip.is_loopback
    return outside(ip) or (private and not (ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved or getattr(ip, "scope_id", None)))
