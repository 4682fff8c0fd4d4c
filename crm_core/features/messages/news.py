"""What live connections look for: notices that have been written since the last look, whoever wrote them, each as its reader
has it in his bell. The texts go over the connection, so that a message to everybody is not asked for by everybody at once."""

import json
import time
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.wall import UNSCOPED
from crm_core.features.messages import telling, views
from crm_core.features.messages.models import Notice
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import in_language
from crm_core.kernel.site import site

_table, _people, _senders = table_of(Notice), table_of(User), table_of(User).alias("senders")
LATE = 60.0  # seconds a transaction may take from its number to its end: numbers are not committed in their order
MOST = 5  # of one person at once; the bell has the rest
SPREAD = 10  # thousandths of a second for each reader, over which they ask for pages that show the same news


class News:
    """Called about twice a second by one thread: one statement on the primary key, over the last minute; another one when
    somebody who is here has news."""

    def __init__(self) -> None:
        self.floor: int | None = None
        self.known: set[int] = set()
        self.marks: deque[tuple[float, int]] = deque()

    def __call__(self, conn: sa.Connection, here: Collection[int]) -> Mapping[int, str]:
        """What to tell whom of those who are here: {person: JSON}."""
        if self.floor is None:
            self.floor = conn.execute(sa.select(sa.func.max(_table.c.id))).scalar() or 0
        rows = conn.execute(sa.select(_table.c.id, _table.c.receiver_id).where(_table.c.id > self.floor).order_by(_table.c.id.desc())).all()
        fresh = [number for number, receiver in rows if number not in self.known and receiver in here]
        self.known = {number for number, _receiver in rows}
        self._rise(rows[0][0] if rows else self.floor)
        return told_by(conn, fresh) if fresh else {}

    def _rise(self, highest: int) -> None:
        now = time.monotonic()
        self.marks.append((now, highest))
        while self.marks[0][0] < now - LATE:
            self.floor = max(self.floor or 0, self.marks.popleft()[1])


def told_by(conn: sa.Connection, ids: Collection[int]) -> dict[int, str]:
    """These notices for their readers, each in his language, the newest first. `quiet`: milliseconds for which its reader wants no
    browser to call him."""
    query = (
        sa.select(_table.c.id, _table.c.receiver_id, _table.c.text, _table.c.source, _table.c.urgent, _senders.c.name, _people.c.language)
        .join(_people, _people.c.id == _table.c.receiver_id).outerjoin(_senders, _senders.c.id == _table.c.sender_id)
        .where(bulk.among(_table.c.id, ids), _table.c.read_at.is_(None)).order_by(_table.c.id.desc())
    )
    rows = conn.execute(query, execution_options={UNSCOPED: "names beside the notices of live connections"}).all()
    alone, now = telling.left_alone(conn, {row.receiver_id for row in rows if not row.urgent}), clock.now()
    drawn: dict[tuple[str, ...], tuple[str, str]] = {}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    count: dict[int, int] = defaultdict(int)
    for row in rows:
        count[row.receiver_id] += 1
        if count[row.receiver_id] > MOST:
            continue
        language = row.language or site().config.language
        key = (language, row.name or "", json.dumps(row.source), json.dumps(row.text))
        if key not in drawn:
            with in_language(language):
                drawn[key] = str(views.title(row.name or "", words.read(row.source))), str(words.read(row.text))
        title, text = drawn[key]
        wait = {"quiet": round((alone[row.receiver_id] - now).total_seconds() * 1_000)} if row.receiver_id in alone and not row.urgent else {}
        found[row.receiver_id].append({"id": row.id, "title": title, "text": text, "open": views.open_url(row.id), **wait})
    spread = SPREAD * (len(found) - 1)
    return {user: json.dumps({"news": news, "count": count[user], "spread": spread}) for user, news in found.items()}
