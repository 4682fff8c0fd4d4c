"""What deliveries and jobs share: the database's clock, owners, back-off, and errors in words."""

import datetime as dt
import os
import random
import secrets
import socket
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from crm_core.data.columns import UtcDateTime
from crm_core.kernel import clock

MAX_FAILURES = 5  # the fifth fault of its own parks a row
MAX_CRASHES = 6  # the sixth time its worker died with it in hand


@dataclass(frozen=True)
class Timing:
    """How patient the workers are, in seconds."""

    lease: float = 20.0  # a worker that is silent this long has lost what it holds
    sweep: float = 1.0  # how often tables are looked at without being told
    retry: float = 5.0  # first wait after a failure; doubles
    crash: float = 0.5  # first wait after a crash; doubles, times a random number


USUAL = Timing()


def db_now(dialect: sa.Dialect) -> sa.ColumnElement[dt.datetime]:
    """Now by the database's clock where several hosts share it (PostgreSQL), by ours where there is one (SQLite).

    `clock_timestamp()`, not `now()`: the latter stands still within a transaction. A frozen clock wins (tests).
    """
    if dialect.name == "postgresql" and not clock.frozen():
        return sa.func.clock_timestamp(type_=UtcDateTime())
    return sa.literal(clock.now(), UtcDateTime())


def in_seconds(dialect: sa.Dialect, seconds: float) -> sa.ColumnElement[dt.datetime]:
    """That many seconds from now, by the same clock."""
    if dialect.name == "postgresql" and not clock.frozen():
        return sa.type_coerce(sa.func.clock_timestamp() + dt.timedelta(seconds=seconds), UtcDateTime())
    return sa.literal(clock.now() + dt.timedelta(seconds=seconds), UtcDateTime())


def new_owner() -> str:
    """A name for this process that no other has; made after the fork."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(6)}"


def retry_wait(timing: Timing, failures: int) -> float:
    """How long to wait after the n-th failure: doubling, at most ten minutes, ±20 % so that a crowd spreads."""
    return float(min(600.0, timing.retry * 2 ** (failures - 1)) * random.uniform(0.8, 1.2))


def crash_wait(timing: Timing, crashes: int) -> float:
    """How long to wait after the n-th crash: random from zero, so that an innocent row does not come back together with
    the one that kills its worker (jobs.md, "Cohort")."""
    return random.uniform(0, min(60.0, timing.crash * 2**crashes))


def describe(error: BaseException) -> str:
    """An error for a page that people read: what and where, without the values that were on their way (S21)."""
    if isinstance(error, DBAPIError):
        primary = getattr(getattr(error.orig, "diag", None), "message_primary", None)
        return f"{type(error).__name__}: {primary or error.orig}"[:500]
    text = str(error)
    return (f"{type(error).__name__}: {text}" if text else type(error).__name__)[:500]
