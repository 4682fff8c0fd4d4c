"""Writes that may be refused half-way, and then leave nothing behind.

A savepoint is what is made for it. On SQLite it costs as much as the writes themselves when they are thousands: every page
is copied before it is changed. So a large set may be written without one; when it is refused after something was written,
`Redo` says that the whole transaction must go, and its batch be done anew with savepoints.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crm_core.data.session import Session


class Redo(Exception):
    """Something was written before it was refused: roll back, and begin again carefully."""


@contextmanager
def attempt(session: Session, refused: type[Exception], *, careful: bool) -> Iterator[None]:
    """What is `refused` inside leaves nothing behind. Not `careful`: without a savepoint where those are dear; raises Redo.
    Whatever else is raised is expected to end the transaction."""
    if careful or session.connection().dialect.name != "sqlite":
        with session.begin_nested():
            yield
        return
    session.flush()
    raw: Any = session.connection().connection.driver_connection
    before = raw.total_changes
    try:
        yield
    except refused as error:
        if raw.total_changes != before or session.new or session.dirty or session.deleted:
            raise Redo from error
        raise
