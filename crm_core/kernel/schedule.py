"""Schedules: "every 5 minutes", "every hour", "every day at 08:00". A slot is a key, so however many ask, it runs once.

After a night without power only the newest slot is made up for; while the last one still runs, the next one waits.
"""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.kernel import clock, jobs
from crm_core.kernel.claims import QUEUED, RUNNING
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import Site

_EVERY = re.compile(
    r"every (?:(?P<n>[1-9]\d{0,3}) )?(?P<unit>minute|hour)s?|every day at (?P<h>[01]\d|2[0-3]):(?P<m>[0-5]\d)")
_table = table_of(JobRow)


@dataclass(frozen=True)
class Schedule:
    """When a job is due: every so many seconds, or each day at a time on the site's wall clock."""

    seconds: int = 0
    at: dt.time | None = None

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Raises ValueError for a text that is none of the three forms."""
        found = _EVERY.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"no schedule: {text!r}; say “every 5 minutes”, “every 2 hours” or “every day at 08:00”")
        if found["unit"]:
            return cls(seconds=int(found["n"] or 1) * (60 if found["unit"] == "minute" else 3600))
        return cls(at=dt.time(int(found["h"]), int(found["m"])))

    def slot(self, moment: dt.datetime, zone: ZoneInfo) -> str:
        """The newest slot at or before `moment`, as a text that names it."""
        if self.at is None:
            start = int(moment.timestamp()) // self.seconds * self.seconds
            return dt.datetime.fromtimestamp(start, dt.UTC).strftime("%Y-%m-%dT%H:%MZ")
        local = moment.astimezone(zone)
        # By instants: a time that the clock change leaves out comes an hour later, one that it repeats counts once.
        due = dt.datetime.combine(local.date(), self.at, zone)
        if due.astimezone(dt.UTC) > moment:
            due = dt.datetime.combine(local.date() - dt.timedelta(days=1), self.at, zone)
        return due.strftime("%Y-%m-%dT%H:%M")


class Scheduler:
    """Puts due slots of a site's scheduled jobs into the queue. Cheap between slots: it remembers what is there."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.zone = ZoneInfo(site.config.timezone)
        self.schedules = {job.name: Schedule.parse(job.every) for job in site.registry.jobs.values() if job.every}
        self._seen: dict[str, str] = {}

    def run(self) -> int:
        """Make the rows of all slots that are due and not there yet. How many were made."""
        moment = clock.now()
        due = {name: slot for name, schedule in self.schedules.items()
               if self._seen.get(name) != (slot := schedule.slot(moment, self.zone))}
        made = 0
        for name, slot in due.items():
            key = f"{name}@{slot}"
            if self._waits(name, key):
                continue
            with self.site.engines.write.begin() as conn:
                made += jobs.insert(conn, {
                    "name": name, "args": {}, "key": key, "label": "", "run_at": moment, "made_at": moment}) is not None
            self._seen[name] = slot
        return made

    def _waits(self, name: str, key: str) -> bool:
        """Whether the slot is there already, or an earlier one is still at work."""
        t = _table.c
        with self.site.engines.read.connect() as conn:
            if conn.execute(sa.select(t.id).where(t.key == key)).first() is not None:
                self._seen[name] = key.partition("@")[2]
                return True
            busy = sa.select(t.id).where(t.name == name, t.key.startswith(f"{name}@", autoescape=True),
                                         t.state.in_([QUEUED, RUNNING])).limit(1)
            return conn.execute(busy).first() is not None
