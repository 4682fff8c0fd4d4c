"""Runs one job: takes it, gives it its actor, hands in how it went. The loop around it is worker.py."""

import logging
from typing import Any

from crm_core.kernel import actors, jobs
from crm_core.kernel.actors import ActorGone
from crm_core.kernel.claims import PARKED, LostLease, in_words
from crm_core.kernel.clock import now
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Cancelled, Running, Stopping
from crm_core.kernel.lease import USUAL, Timing, describe, new_owner
from crm_core.kernel.outages import is_outage
from crm_core.kernel.site import Site
from crm_core.kernel.words import keep_line

log = logging.getLogger("crm.jobs")


def run_one(site: Site, owner: str | None = None, timing: Timing = USUAL,
            live: dict[int, Running] | None = None) -> bool:
    """Take the next due job and run it to its end. False when there is none. Whatever it raises ends in its row."""
    row = jobs.claims.take(site.engines, owner or new_owner(), timing)
    if row is None:
        return False
    try:
        _run(site, row, timing, live if live is not None else {})
    except LostLease:
        log.warning("job %s %s was given to another worker", row.id, row.name)
    except Cancelled:
        jobs.claims.settle(site.engines, row, state="cancelled", ended_at=now())
    except Stopping:
        jobs.claims.give_back(site.engines, row, 0)
    except ActorGone as error:
        jobs.claims.settle(site.engines, row, state=PARKED, error=in_words(error))
    except (Exception, SystemExit) as error:  # the worker outlives what it runs
        log.warning("job %s %s: %s", row.id, row.name, describe(error), exc_info=not is_outage(error))
        if is_outage(error):
            jobs.claims.give_back(site.engines, row, timing.retry)
        else:
            jobs.claims.fail(site.engines, row, error, timing)
    return True


def _run(site: Site, row: Any, timing: Timing, live: dict[int, Running]) -> None:
    job = site.registry.jobs.get(row.name)
    if job is None:
        jobs.claims.settle(site.engines, row, state=PARKED, error=keep_line(_("No module that is on has the job “%(name)s”.", name=row.name)))
        return
    person = None if row.actor_id is None else actors.load(site, row.actor_id)
    running = Running(site, row, person, timing)
    live[row.id] = running
    try:
        with site.work(person, system=None if person is not None else f"job {row.name}") as work:
            work.background = True
            try:
                running.check()
                job.run(running)
                if not running.finished:
                    with running.finish():
                        pass
            except CrmError as error:  # the business says no, and each reader has it in his language: asking again would not help
                jobs.claims.settle(site.engines, row, state="failed", error=in_words(error), ended_at=now())
    finally:
        del live[row.id]


def drain(site: Site, limit: int = 10_000) -> int:
    """Run every job that is due now, in this thread (tests, `crm worker --once`). How many were run."""
    for count in range(limit):
        if not run_one(site):
            return count
    return limit
