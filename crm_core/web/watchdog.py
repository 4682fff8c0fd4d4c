"""A request that never ends: a loop in somebody's code would hold a thread, and a processor, until the next start.

What counts is the processor time of the request's thread, so slow clients, databases and sleeps are nobody's loop. The process
says where it turned, notes the plugin whose code it was, lets the other requests end and goes; the server starts another.
"""

import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crm_core.kernel.calling import faulted
from crm_core.kernel.site import Site

log = logging.getLogger("crm.watchdog")
LIMIT = 20.0  # seconds of processor time in one request
EVERY = 5.0
GRACE = 10.0


class Busy:
    """The requests in hand: thread → processor time it had used when the request began, and the endpoint."""

    def __init__(self) -> None:
        self.begun: dict[int, tuple[float, str]] = {}

    def begin(self, endpoint: str) -> None:
        self.begun[threading.get_ident()] = (time.thread_time(), endpoint)

    def end(self) -> None:
        self.begun.pop(threading.get_ident(), None)

    def stuck(self, limit: float = LIMIT) -> list[tuple[int, str]]:
        """Threads whose request has used more than `limit`, with its endpoint."""
        found = []
        for thread, (began, endpoint) in list(self.begun.items()):
            if time.clock_gettime(time.pthread_getcpuclockid(thread)) - began > limit:
                found.append((thread, endpoint))
        return found


def watch(site: Site, busy: Busy, leave: Callable[[], None] | None = None, *, every: float = EVERY, limit: float = LIMIT) -> threading.Thread:
    """Look at the requests of this process from now on, in a thread of its own."""

    def look() -> None:
        while True:
            time.sleep(every)
            if stuck := busy.stuck(limit):
                for thread, endpoint in stuck:
                    blame(site, thread, endpoint)
                (leave or _leave)()
                return

    thread = threading.Thread(target=look, name="watchdog", daemon=True)
    thread.start()
    return thread


def blame(site: Site, thread: int, endpoint: str) -> str:
    """Say where a thread is; the name of the plugin whose code it runs, or ""."""
    frame = sys._current_frames().get(thread)
    trace = "".join(traceback.format_stack(frame)) if frame is not None else ""
    log.error("a request to %s does not end; this process is replaced\n%s", endpoint, trace)
    name = _owner(site, frame)
    if name:
        try:
            with site.engines.write.begin() as conn:
                conn.execute(faulted(name, trace))
        except sa.exc.OperationalError:
            log.warning("the fault of %s could not be noted", name)
    return name


def _owner(site: Site, frame: Any) -> str:
    modules = {p.module: p.name for p in site.registry.packages if p.name != "core"}
    while frame is not None:
        root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if root in modules:
            return modules[root]
        frame = frame.f_back
    return ""


def _leave() -> None:
    """End this process: new requests go to others at once, those in hand have a while."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
