"""No test talks to anything but this machine: a connection elsewhere raises in the test that tried it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

LOCAL_NAMES = {"localhost", "ip6-localhost", socket.gethostname()}


class OutsideNetwork(OSError):
    """A test tried to reach a host that is not this machine."""


def is_local(host: object) -> bool:
    """Whether `host` (name or address, bytes or str) means this machine; the empty name and None do."""
    text = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host or "")
    if text in LOCAL_NAMES or not text:
        return True
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _checked(address: Any) -> None:
    if isinstance(address, tuple) and not is_local(address[0]):
        raise OutsideNetwork(f"a test may only talk to this machine, not to {address[0]}")


def forbid_outside() -> None:
    """Guard `connect` and name look-ups of this process, once."""
    if getattr(socket.socket, "crm_guarded", False):
        return
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _checked(address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _checked(address)
        return connect_ex(self, address)

    def guarded_lookup(host: Any, *rest: Any, **named: Any) -> Any:
        if not is_local(host):
            raise OutsideNetwork(f"a test may only talk to this machine, not look up {host}")
        return lookup(host, *rest, **named)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = guarded_lookup
    socket.socket.crm_guarded = True  # type: ignore[attr-defined]
