"""Which errors are nobody's fault: the database is away, busy or too slow, or the disk is full (D20)."""

import errno

from sqlalchemy import exc

_AWAY = ("database is locked", "database table is locked", "disk i/o error", "unable to open database file", "readonly database")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_outage(error: BaseException) -> bool:
    """Whether the database was away, busy or full: not the fault of what was running, so it does not count."""
    if isinstance(error, exc.TimeoutError):  # no connection was free in time
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    if error.connection_invalidated or is_full(error):
        return True
    state = _state(error)
    if state:
        return state[:2] in ("08", "53", "58") or state in ("57P01", "57P02", "57P03", "40001", "40P01", "25006")
    text, kind = str(error.orig).lower(), type(error.orig).__name__
    if any(part in text for part in _AWAY):
        return True
    return kind in ("OperationalError", "InterfaceError") and ("connection" in text or "server closed" in text)


def is_full(error: BaseException) -> bool:
    """Whether there is no room left, in the database's place or in ours."""
    if isinstance(error, exc.DBAPIError):
        return _state(error) == "53100" or "database or disk is full" in str(error.orig)
    return isinstance(error, OSError) and error.errno in _FULL


def is_slow(error: BaseException) -> bool:
    """Whether a statement or a lock took longer than anybody waits."""
    return isinstance(error, exc.DBAPIError) and (_state(error) in ("55P03", "57014") or "interrupted" in str(error.orig))


def _state(error: exc.DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
