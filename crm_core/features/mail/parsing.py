"""Mails taken apart in a process with limits (parse_child.py): what comes back is plain values, or that it could not be read."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from crm_core.kernel import child

SECONDS = 40


@dataclass(frozen=True)
class Bounce:
    """One address a mail of ours did not reach."""

    address: str
    status: str
    said: str
    message_id: str

    @property
    def for_good(self) -> bool:
        """Whether the address itself is what is wrong: no such user, no such host, closed. A full box, a refused text or a sender they
        do not like says nothing of the address."""
        status, said = self.status, self.said.casefold()
        if any(one in said for one in GONE):
            return not status.startswith("4")
        return status in CLOSED


CLOSED = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1"}
GONE = ("user unknown", "unknown user", "no such user", "unknown address", "does not exist", "doesn't exist", "no such recipient", "no such mailbox", "mailbox unavailable",
        "account is disabled", "user not found", "invalid recipient", "recipient not found", "address not found", "no longer available", "用户不存在", "用户名不存在")


@dataclass(frozen=True)
class Parsed:
    """What a mail says."""

    subject: str = ""
    sender: tuple[str, str] = ("", "")  # name, address
    receivers: tuple[tuple[str, str], ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    sent: float | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""  # safe
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    automatic: bool = False
    bounces: tuple[Bounce, ...] = ()
    unread: bool = False  # it could not be taken apart: the head is all there is


def parse(raw: bytes) -> Parsed:
    """A mail taken apart. Never raises for what stands in it."""
    found = _asked(raw)
    if found is None:  # it broke the process: its head alone may be good
        found = _asked(raw[:65_536].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0] + b"\r\n\r\n")
        return _made({**(found or {}), "odd": True, "text": "", "html": "", "files": [], "bounce": []})
    return _made(found)


def _asked(raw: bytes) -> dict[str, Any] | None:
    said = child.answer("crm_core.features.mail.parse_child", raw, SECONDS)
    try:
        found = json.loads(said) if said is not None else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _made(found: dict[str, Any]) -> Parsed:
    senders = found.get("from") or [["", ""]]
    return Parsed(
        found.get("subject", ""), (senders[0][0], senders[0][1]), tuple((n, a) for n, a in found.get("to", [])), tuple((n, a) for n, a in found.get("cc", [])),
        found.get("date"), found.get("message_id", ""), tuple(found.get("references", [])), found.get("text", ""), found.get("html", ""),
        tuple((one["name"], base64.b64decode(one["data"])) for one in found.get("files", [])), bool(found.get("automatic")),
        tuple(Bounce(**one) for one in found.get("bounce", [])), bool(found.get("odd")))
