"""Addresses that came from outside."""

import re
from urllib.parse import urlsplit

_LOCAL = re.compile(r"/(?![/\\])")


def safe_next(wanted: str | None, default: str = "/") -> str:
    """Where to go on, if it is a page of this site; browsers drop control characters and read `/\\` as `//` (T30)."""
    found = "".join(mark for mark in (wanted or "")[:2_000] if mark.isprintable()).strip()
    if not _LOCAL.match(found) or "\\" in found:
        return default
    try:
        parts = urlsplit(found)
    except ValueError:
        return default
    return found if not parts.scheme and not parts.netloc else default
