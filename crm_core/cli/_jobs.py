"""Waiting for a job at the command line: run here, or by the worker that holds the site, with a progress bar."""

import sys
import threading
from typing import Any

import click
import sqlalchemy as sa

from crm_core.kernel.i18n import _
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import Site
from crm_core.kernel.worker import Worker, WorkerRunning

ENDED = ("done", "failed", "cancelled", "parked")


def follow(site: Site, job_id: int, *, bar: bool) -> Any:
    """The job's row at its end. Interrupted (Ctrl-C), the job stays queued and a worker goes on with it."""
    worker: Worker | None = Worker(site)
    try:
        worker.hold()  # type: ignore[union-attr]
    except WorkerRunning:
        worker = None
    thread = threading.Thread(target=worker.run, daemon=True) if worker is not None else None
    if thread is not None:
        thread.start()
    try:
        return _watch(site, job_id, bar and sys.stderr.isatty())
    finally:
        if worker is not None and thread is not None:
            worker.stop()
            thread.join(20)


def _watch(site: Site, job_id: int, bar: bool) -> Any:
    pause = threading.Event()
    shown: Any = None
    done = 0
    while True:
        with site.system("progress of a job") as work:
            row = work.session.execute(sa.select(JobRow).where(JobRow.id == job_id)).scalar_one()
        if bar and row.total and shown is None:
            shown = click.progressbar(length=row.total, label=str(_("Rows")), file=sys.stderr)
            shown.__enter__()
        if shown is not None and row.done > done:
            shown.update(row.done - done)
            done = row.done
        if row.state in ENDED:
            if shown is not None:
                shown.__exit__(None, None, None)
            return row
        pause.wait(0.2)
