"""What the machine itself does on schedule."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.kernel.clock import now
from crm_core.kernel.declare import Job
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.models import JobRow, OutboxRow
from crm_core.kernel.pace import Pace

DELIVERIES_KEPT = 7  # days after they were made
PARKED_KEPT = 90
JOBS_KEPT = 90


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("core.tidy", tidy, every="every day at 03:30", label=_("Tidy up finished jobs and deliveries"))]


def tidy(job: Running) -> None:
    """Remove finished deliveries and jobs of long ago; parked deliveries after a quarter, counted in the result."""
    rows, ran = table_of(OutboxRow).c, table_of(JobRow).c
    done = _remove(job, OutboxRow, [rows.state == "done", rows.made_at < _ago(DELIVERIES_KEPT)])
    parked = _remove(job, OutboxRow, [rows.state.in_(["parked", "dormant"]), rows.made_at < _ago(PARKED_KEPT)])
    ended = [ran.state.in_(["done", "failed", "parked", "cancelled"]), ran.made_at < _ago(JOBS_KEPT), ran.id != job.id]
    job.result |= {"deliveries": done, "parked": parked, "jobs": _remove(job, JobRow, ended)}
    if job.site.engines.is_sqlite:
        with job.site.engines.write.connect() as conn:
            conn.exec_driver_sql("pragma optimize")


def _remove(job: Running, model: type[OutboxRow] | type[JobRow], where: Iterable[sa.ColumnElement[bool]]) -> int:
    table, pace, count = table_of(model), Pace(job), 0
    while True:
        with pace.write() as session:
            some = sa.select(table.c.id).where(*where).order_by(table.c.id).limit(pace.size)
            gone = session.connection().execute(sa.delete(table).where(table.c.id.in_(some)))
            count += gone.rowcount
        if not gone.rowcount:
            return count


def _ago(days: int) -> dt.datetime:
    return now() - dt.timedelta(days=days)
