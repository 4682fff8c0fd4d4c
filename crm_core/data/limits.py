"""A time limit on one statement: what people ask freely may not hold a connection for half a minute."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm_core.data.engine import STATEMENT_SECONDS

SECONDS = 3.0
_STEPS = 20_000  # of SQLite's machine between two looks at the clock: about a millisecond

_TIMEOUT = "SELECT set_config('statement_timeout', %s, true)"


class TooLong(Exception):
    """The statement was stopped; the transaction goes on as if it had not been asked."""


@contextmanager
def limited(conn: sa.Connection, seconds: float | None = None) -> Iterator[None]:
    """Stop the statement inside when it takes longer. Raises TooLong."""
    raw: Any = conn.connection.driver_connection
    within = _sqlite if conn.dialect.name == "sqlite" else _postgres
    with within(raw, SECONDS if seconds is None else seconds):
        yield


@contextmanager
def _sqlite(raw: Any, seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except sa.exc.OperationalError as error:
        if "interrupted" in str(error.orig):
            raise TooLong from None
        raise
    finally:
        raw.set_progress_handler(None, 0)


@contextmanager
def _postgres(raw: Any, seconds: float) -> Iterator[None]:
    try:
        with raw.transaction():  # a savepoint where one runs already
            raw.execute(_TIMEOUT, [str(int(seconds * 1000))])
            yield
            raw.execute(_TIMEOUT, [str(STATEMENT_SECONDS * 1000)])
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != "57014":
            raise
        raise TooLong from None
