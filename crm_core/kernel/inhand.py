"""What is in hand: a name belongs to one piece of work at a time, among all threads and processes of a site, and the others
are told at once instead of waiting. The operating system lets go when a process dies; nothing has to be tidied up.

On PostgreSQL the server keeps the names (several machines may work on it), on SQLite a file beside the database.
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from crm_core.data.session import Session


class Names:
    """Names in hand on this machine. Locks of a file are a process's, so the threads of one keep a set besides."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._held: set[int] = set()
        self._process, self._handle = 0, -1

    @contextmanager
    def take(self, name: str) -> Iterator[bool]:
        """Whether the name is ours while the block runs."""
        place = number(name)
        mine = self._take(place)
        try:
            yield mine
        finally:
            if mine:
                with self._lock:
                    fcntl.lockf(self._file(), fcntl.LOCK_UN, 1, place)
                    self._held.discard(place)

    def _take(self, place: int) -> bool:
        with self._lock:
            handle = self._file()
            if place in self._held:
                return False
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except OSError:
                return False
            self._held.add(place)
            return True

    def _file(self) -> int:
        """One handle a process: closing a second one would let go of everything. A child begins with nothing in hand."""
        if self._process != os.getpid():
            self._held.clear()
            self._process, self._handle = os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._handle


def taken_on_server(session: Session, name: str) -> bool:
    """PostgreSQL: the name is this transaction's until its end; False when it is another's."""
    return bool(session.execute(sa.select(sa.func.pg_try_advisory_xact_lock(number(name)))).scalar_one())


def number(name: str) -> int:
    """The place of a name: 62 bits of its digest."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 2
