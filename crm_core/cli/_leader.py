"""One generation of `crm serve`: everything imported once, then web and worker forked from it."""

import contextlib
import gc
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import SQLAlchemyError

from crm_core.app import create_app, open_site
from crm_core.cli._people import anybody
from crm_core.cli._supervisor import AGAIN, NOBODY, READY, REFUSED, die_with_parent, log, wait_for
from crm_core.data.migrate import NewerSchema, needs_upgrade
from crm_core.kernel.enabling import generation
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _, told
from crm_core.kernel.pace import bulk
from crm_core.kernel.plugins import PluginFault
from crm_core.kernel.site import Site
from crm_core.kernel.worker import Worker
from crm_core.web.watchdog import watch

FILES = 16_384
GRACE = 10  # seconds for requests in hand when the web workers end


class OneLine(logging.Formatter):
    """A message is one line without control characters, so that nobody's input forges another one (S21)."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        text = super().formatMessage(record)
        return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in text)


class Web(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our settings and the application that is already there."""

    def __init__(self, site: Site, app: Any, fd: int, ready: Callable[[], None]) -> None:
        self.site, self.app, self.fd, self.up = site, app, fd, ready
        super().__init__()

    def load_config(self) -> None:
        config = self.site.config
        for name, value in {
            "bind": f"fd://{self.fd}", "workers": config.workers, "threads": config.threads, "worker_class": "gthread",
            "worker_connections": max(1_000, config.threads * 10), "graceful_timeout": GRACE, "timeout": 60,
            "keepalive": 15, "control_socket_disable": True, "loglevel": "warning", "limit_request_line": 8_190,
            # Whom to believe is said in one place, by `proxies`
            "secure_scheme_headers": {}, "forwarded_allow_ips": "",
            "post_fork": lambda _arbiter, _worker: die_with_parent(),
            "post_worker_init": lambda _worker: self._begin(),
        }.items():
            self.cfg.set(name, value)
        if os.path.isdir("/dev/shm"):
            self.cfg.set("worker_tmp_dir", "/dev/shm")

    def _begin(self) -> None:
        watch(self.site, self.app.busy)
        self.up()

    def load(self) -> Any:
        return self.app


def prepare(site: Site) -> Any:
    """The application, when this site may be served. Raises CrmError with the command that cures what is wrong."""
    site.check_home()
    site.keys.derive("site")
    try:
        behind = needs_upgrade(site)
    except NewerSchema as error:
        raise CrmError(told(error)) from None
    if behind:
        raise CrmError(_("The database needs an upgrade first: crm db upgrade (%(packages)s)",
                         packages=list(behind)))
    return create_app(site)


def lead(fd: int, say: Callable[[bytes], None], with_worker: bool = True) -> int:
    """Be the leader: prepare, fork, restart what dies, until SIGTERM."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    try:
        with bulk():
            site = open_site()
            app = prepare(site)
        ready = READY if anybody(site) else NOBODY
        site.engines.dispose()  # nothing of the database is carried over a fork
    except PluginFault as fault:
        log(str(fault))
        say(AGAIN if fault.noted else REFUSED + " ".join(str(fault).split()).encode() + b"\n")
        return 1
    except (CrmError, ValueError, PermissionError) as error:
        say(REFUSED + " ".join(str(error).split()).encode() + b"\n")
        return 1
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # each live connection is a file
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, FILES) if most != resource.RLIM_INFINITY else FILES, most))
    gc.collect()
    gc.freeze()  # the collector never touches these pages again, so the children go on sharing them
    gc.set_threshold(10_000, 20, 20)  # a page makes thousands of objects and no rings: looking less often saves a twentieth
    hear, tell = os.pipe()
    children = {"web": lambda: _web(site, app, fd, tell)}
    if with_worker:
        children["worker"] = lambda: _worker(site)
    return _keep(children, site, hear, lambda: say(ready))


def _web(site: Site, app: Any, fd: int, tell: int) -> None:
    Web(site, app, fd, lambda: (os.write(tell, b"."), None)[1]).run()


def _worker(site: Site) -> None:
    worker = Worker(site)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.hold(wait=True)  # of the generation before, which is just ending
    worker.run()


def _keep(children: dict[str, Callable[[], None]], site: Site, hear: int, ready: Callable[[], None]) -> int:
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(1))
    workers, ours, looked = site.config.workers, _generation(site), time.monotonic()
    running = {_fork(work): name for name, work in children.items()}
    delay, up = 0.5, b""
    os.set_blocking(hear, False)
    while not ending:
        if len(up) < workers:
            try:
                up += os.read(hear, 100)
            except BlockingIOError:
                pass
            if len(up) >= workers:
                ready()
        for pid in list(running):
            if os.waitpid(pid, os.WNOHANG)[0] and not ending:
                name = running.pop(pid)
                if len(up) < workers:
                    return _end(running, 1)  # not even started: the supervisor decides
                log(_("“%(name)s” died; starting it anew in %(seconds)s s.", name=name, seconds=round(delay, 1)))
                time.sleep(delay)
                delay = min(delay * 2, 30.0)
                running[_fork(children[name])] = name
        time.sleep(0.02 if len(up) < workers else 0.25)
        if len(up) >= workers and time.monotonic() - looked >= 1:
            looked = time.monotonic()
            if (wanted := _generation(site)) > ours:  # plugins were switched: the next generation, once for each
                ours = wanted
                os.kill(os.getppid(), signal.SIGHUP)
    return _end(running, 0)


def _generation(site: Site) -> int:
    """Which set of plugins is to serve. No connection is kept: we may fork again. A database that is away changes nothing."""
    try:
        return generation(site)
    except SQLAlchemyError:
        return 0
    finally:
        site.engines.dispose()


def _end(running: dict[int, str], status: int) -> int:
    for pid in running:
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + GRACE + 12
    for pid in running:
        wait_for(pid, end - time.monotonic())
    return status


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with_parent()
        work()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(status)
