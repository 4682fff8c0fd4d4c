"""Whether the database stays as it is: cheap for each request, whole on demand.

For each request it is enough to know what was sent to the engine that writes and whether anything was committed; the
whole is a digest over every row of every table but TRACES, in which a refusal notes who tried it and how often.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from crm_core.kernel.site import Site

TRACES = {"core_access", "core_printing", "core_security_event", "core_throttle"}
_TRACE = re.compile(rf"^(BEGIN|SET LOCAL|SELECT|INSERT INTO ({'|'.join(TRACES)}) )", re.IGNORECASE)


class Watch:
    """On PostgreSQL nothing is put back: only what should change nothing is tried there."""

    def __init__(self, site: Site) -> None:
        self.site, self.engine = site, site.engines.write
        self.sent: list[str] = []
        event.listen(self.engine, "before_cursor_execute", self._note)
        self.whole = self.digest()

    def _note(self, _conn: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        self.sent.append(sql)

    def touched(self) -> str:
        """The first statement by which the last request may have changed something; "" when it changed nothing."""
        sent, self.sent[:] = list(self.sent), []
        odd = [sql for sql in sent if not _TRACE.match(sql)]
        return odd[0][:120] if odd else ""

    def digest(self) -> str:
        """One word for everything that lies in the database."""
        found = hashlib.sha256()
        engine = sa.create_engine(self.engine.url)
        with engine.connect() as conn:
            for name in sorted(set(sa.inspect(conn).get_table_names()) - TRACES):
                rows = sa.text(f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{name}" t')
                found.update(f"{name} {conn.execute(rows).scalar()}".encode())
        engine.dispose()
        return found.hexdigest()

    def begin(self) -> None:
        """What stands there now is what it is compared with, and what `restore` puts back."""
        self.whole = self.digest()

    def restore(self) -> None:
        """The database as it was when the watch began; here, where nothing is put back, the watch begins anew."""
        self.begin()

    def close(self) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)


class SqliteWatch(Watch):
    """SQLite says whether anybody has committed, and a copy in memory puts everything back."""

    def __init__(self, site: Site) -> None:
        self.raw = sqlite3.connect(str(site.engines.url.database), isolation_level=None)
        self.raw.execute("pragma synchronous=off")
        self.kept = sqlite3.connect(":memory:")
        self.raw.execute("pragma wal_checkpoint(truncate)")
        self.raw.backup(self.kept)
        super().__init__(site)
        self.before = self._version()

    def _version(self) -> int:
        return int(self.raw.execute("pragma data_version").fetchone()[0])

    def touched(self) -> str:
        quiet = not self.sent
        odd = super().touched()
        before, self.before = self.before, self._version()
        if before == self.before:
            return ""
        return odd or ("something past the engine that writes" if quiet else "")

    def lines(self) -> Iterator[str]:
        """Every row, one after the other."""
        tables = self.raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (name,) in tables:
            if name not in TRACES:
                for row in self.raw.execute(f'SELECT * FROM "{name}"'):
                    yield f"{name} {row!r}"

    def digest(self) -> str:
        found = hashlib.sha256()
        for line in self.lines():
            found.update(line.encode())
        return found.hexdigest()

    def begin(self) -> None:
        super().begin()
        self.raw.backup(self.kept)
        self.before = self._version()

    def restore(self) -> None:
        self.kept.backup(self.raw)
        self.site.cache.clear()
        self.sent.clear()
        self.before = self._version()

    def close(self) -> None:
        super().close()
        self.raw.close()
        self.kept.close()


@contextmanager
def watched(site: Site) -> Iterator[Watch]:
    """`with watched(site) as watch:` on either engine."""
    watch = (SqliteWatch if site.engines.is_sqlite else Watch)(site)
    try:
        yield watch
    finally:
        watch.close()
