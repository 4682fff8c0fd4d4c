"""The parent of `crm serve`: binds the socket, starts a generation of processes, and can start the next one beside it.

    supervisor            lean; imports no application, so each generation sees the code and plugins of its own start
    └─ leader             one a generation: imports everything once, freezes it, forks the two below and restarts them
       ├─ web             gunicorn's arbiter with its workers, on the supervisor's socket
       └─ worker          jobs and deliveries

SIGHUP starts a new generation on the same socket; when it is ready the old one is drained, when it is not the old one
goes on serving. SIGTERM drains. A parent that dies takes its children along.
"""

import ctypes
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm_core.kernel.i18n import _

READY, NOBODY, REFUSED, AGAIN = b"ready\n", b"ready, nobody there yet\n", b"refused ", b"again\n"
RETRIES = 20  # starts in a row, each without one plugin more
START_SECONDS = 60.0  # so long may a generation take to become ready
DRAIN_SECONDS = 30.0  # so long may an old one take to end


@dataclass
class Generation:
    """A running leader and the pipe on which it says how its start went."""

    pid: int
    pipe: int
    said: bytes = b""

    def hear(self, seconds: float) -> str | None:
        """Wait for its word: "" when it is ready, a sentence when it refused or died, None when the time is up."""
        end = time.monotonic() + seconds
        while not self.said.endswith(b"\n"):
            ready, _w, _x = select.select([self.pipe], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return None
            got = os.read(self.pipe, 4096)
            if not got:
                return self.said.decode(errors="replace") or str(_("The start failed; see above."))
            self.said += got
        if self.said in (READY, NOBODY):
            return ""
        return self.said.removeprefix(REFUSED).decode(errors="replace").strip()


class Supervisor:
    """Keeps one generation alive; `lead(fd, say)` is what a leader does and must end only when told to. `faulty()`: whether a
    leader that died was just loading a plugin."""

    def __init__(self, listener: socket.socket, lead: Callable[[int, Callable[[bytes], None]], int],
                 faulty: Callable[[], bool] = lambda: False) -> None:
        self.listener, self.lead, self.faulty = listener, lead, faulty
        self.current: Generation | None = None
        self.old: list[Generation] = []
        self._signals: list[int] = []
        self._wake = os.pipe()

    def run(self, started: Callable[[bool], None]) -> str:
        """Serve until SIGTERM or SIGINT; `started(nobody is there yet)` is called when the first generation is ready.
        Returns why the first start was refused, or an empty text after a good end."""
        self._listen()
        first, refusal = self._begin()
        if first is None:
            return refusal
        self.current = first
        if not self._ending:
            started(first.said == NOBODY)
        delay = 0.5
        while not self._ending:
            self._wait(1.0)
            if signal.SIGHUP in self._signals:
                self._signals.remove(signal.SIGHUP)
                self.renew()
            self._reap()
            if self.current is None and not self._ending:  # the leader died: another one, not in a hurry
                log(_("The serving process died; starting it anew in %(seconds)s s.", seconds=round(delay, 1)))
                self._wait(delay)
                delay = min(delay * 2, 30.0)
                self.renew()
        self._finish([g for g in (self.current, *self.old) if g is not None])
        return ""

    def start(self) -> Generation:
        """Fork a leader. It has the socket and one end of a pipe."""
        hear, say = os.pipe()
        pid = os.fork()
        if pid:
            os.close(say)
            return Generation(pid, hear)
        status = 1
        try:
            os.close(hear)
            os.setpgid(0, 0)  # Ctrl-C is for the supervisor, which then ends us in order
            die_with_parent()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            status = self.lead(self.listener.fileno(), lambda word: (os.write(say, word), None)[1])
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _begin(self) -> tuple[Generation | None, str]:
        """A generation that is ready, or why there is none. One that failed by a plugin's fault is followed by another:
        the plugin has been noted, or left its name behind as it took the process along."""
        refusal: str | None = ""
        for _try in range(RETRIES):
            made = self.start()
            refusal = made.hear(START_SECONDS)
            if refusal == "":
                return made, ""
            self._finish([made])
            if refusal != AGAIN.decode().strip() and not (made.said == b"" and self.faulty()):
                break
        return None, refusal or str(_("It did not become ready in time."))

    def renew(self) -> bool:
        """Start another generation; drain the present one when it is ready, keep it when it is not."""
        made, refusal = self._begin()
        if made is None:
            log(_("The new generation was not taken: %(why)s", why=refusal))
            return False
        if self.current is not None:
            os.kill(self.current.pid, signal.SIGTERM)
            self.old.append(self.current)
        self.current = made
        return True

    @property
    def _ending(self) -> bool:
        return signal.SIGTERM in self._signals or signal.SIGINT in self._signals

    def _listen(self) -> None:
        os.set_blocking(self._wake[1], False)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda found, _frame: self._signals.append(found))
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _wait(self, seconds: float) -> None:
        if select.select([self._wake[0]], [], [], seconds)[0]:
            os.read(self._wake[0], 4096)

    def _reap(self) -> None:
        for found in [g for g in (self.current, *self.old) if g is not None]:
            if os.waitpid(found.pid, os.WNOHANG)[0]:
                os.close(found.pipe)
                if found is self.current:
                    self.current = None
                else:
                    self.old.remove(found)

    def _finish(self, generations: list[Generation]) -> None:
        for found in generations:
            os.kill(found.pid, signal.SIGTERM)
        end = time.monotonic() + DRAIN_SECONDS
        for found in generations:
            wait_for(found.pid, end - time.monotonic())
            os.close(found.pipe)


def wait_for(pid: int, seconds: float) -> int:
    """Wait for a child to end, then kill it. Its exit status."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def bind(host: str, port: int) -> socket.socket:
    """The listening socket. Raises OSError with a plain sentence when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def die_with_parent() -> None:
    """On Linux a child whose parent was killed gets SIGTERM, so nobody is left holding socket or lock."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def log(sentence: Any) -> None:
    print(f"crm: {sentence}", file=sys.stderr, flush=True)
