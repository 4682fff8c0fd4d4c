"""E-mail addresses: read from what people paste, and the key by which two are the same."""

from __future__ import annotations

import re
from unicodedata import normalize

from crm_core.text.clean import clean_line
from crm_core.text.problems import InvalidText

_SIMPLE = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_NAMED = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>[\s;,]*")
# What RFC 5322 lets stand in a mailbox without quotes, and letters of other scripts (RFC 6531).
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_WIDE = str.maketrans({"＠": "@", "。": ".", "．": ".", "｡": "."})


def clean_email(text: str) -> str:
    """The address as it is stored: without ``mailto:``, name and brackets, its domain in lower case.

    Raises :class:`InvalidText` (``email_at``, ``email_name``, ``email_domain``, ``email_long``). ``""`` stays ``""``.
    """
    if len(text) < 200 and _SIMPLE.fullmatch(text) and text.find("@") <= 64:
        return text
    address = clean_line(text).translate(_WIDE)
    if named := _NAMED.fullmatch(address):
        address = named.group(1)
    address = address.removeprefix("mailto:").strip(" ;,；，")
    if not address:
        return ""
    if len(address) > 254:
        raise InvalidText("email_long")
    local, at, domain = address.rpartition("@")
    if not at or "@" in local:
        raise InvalidText("email_at")
    if not _LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise InvalidText("email_name")
    domain = normalize("NFKC", domain).lower().rstrip(".")
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise InvalidText("email_domain")
    return f"{local}@{domain}"


def email_key(text: str) -> str:
    """What is equal for equal addresses: no case, no width. Dots and ``+`` tags are left: only some hosts ignore them."""
    if text.isascii():
        return text.strip().lower()
    return normalize("NFKC", text.translate(_WIDE)).strip().casefold()
