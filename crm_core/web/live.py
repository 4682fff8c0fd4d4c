"""Live connections: one a browser, over which it hears what is new for its person (docs/design/0013).

A view that begins one answers `begin()`. The WSGI server's thread writes the head and goes back to its work; the socket is
handed to one thread of this process, which holds all of them, looks into the database twice a second for all of them
together, and closes those whose session is over. So an idle browser costs a socket, no thread and no statement.
"""

import contextlib
import logging
import os
import resource
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import flask
import sqlalchemy as sa

from crm_core.kernel.site import Site
from crm_core.web import session
from crm_core.web.requests import me

log = logging.getLogger("crm.live")
KEY = "crm.live"
LOOK = 0.5  # seconds between two looks for something new
CHECK = 10.0  # and between two looks whether all sessions go on
BEAT = 20.0  # a line without meaning, so that nobody between takes the connection for dead
EACH = 12  # connections of one person; the oldest goes
T = TypeVar("T")
# What is new for whom of these people: {user id: text to send}. Made by a feature (menu.slots.news), one for each process.
Look = Callable[[sa.Connection, Collection[int]], Mapping[int, str]]


@dataclass(eq=False)
class Stream:
    """One open connection."""

    socket: socket.socket
    user_id: int
    session_id: int


class Hub:
    """All live connections of this process, held by one thread that begins with the first of them."""

    def __init__(self, site: Site, look: Look) -> None:
        self.site, self.look = site, look
        self.streams: dict[int, list[Stream]] = {}  # by person
        self.coming: deque[Stream] = deque()
        self.selector: selectors.BaseSelector | None = None
        self.held = 0
        self.until = 0.0  # it looks as long as there is somebody, and a while longer
        self._lock = threading.Lock()

    def full(self) -> bool:
        """Whether half of the files this process may open are live connections: the rest is for pages."""
        return self.held + len(self.coming) >= resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2

    def expect(self) -> None:
        """Somebody is about to come: what is written from this moment on is his news, what lay there before is not."""
        with self._lock:
            now = time.monotonic()
            if now > self.until:
                self._ask(lambda conn: self.look(conn, ()))
            self.until = now + CHECK
            if self.selector is None:
                self.selector = selectors.DefaultSelector()
                threading.Thread(target=self._run, args=(self.selector,), name="live", daemon=True).start()

    def take(self, stream: Stream) -> None:
        """From any thread: hold this one from now on."""
        self.coming.append(stream)

    def _run(self, selector: selectors.BaseSelector) -> None:
        looked = checked = beaten = time.monotonic()
        while True:
            for key, _events in selector.select(max(0.01, looked + LOOK - time.monotonic())):
                self._drop(key.data)  # nobody says anything on it: what can be read is its end
            now = time.monotonic()
            if now - looked < LOOK:
                continue
            looked = now
            self._adopt(selector)
            try:
                if now - checked >= CHECK:
                    checked = now
                    self._check(self.streams)
                self.wake(self._news(now))
            except sa.exc.SQLAlchemyError:
                log.warning("the database did not answer; live connections wait")
            if now - beaten >= BEAT:
                beaten = now
                for stream in self._all():
                    self._say(stream, b":\n\n")

    def _news(self, now: float) -> Mapping[int, str]:
        with self._lock:
            if self.streams:
                self.until = now + CHECK
            return self._ask(lambda conn: self.look(conn, self.streams.keys())) if now <= self.until else {}

    def _adopt(self, selector: selectors.BaseSelector) -> None:
        while self.coming:
            stream = self.coming.popleft()
            held = self.streams.setdefault(stream.user_id, [])
            held.append(stream)
            self.held += 1
            selector.register(stream.socket, selectors.EVENT_READ, stream)
            for old in held[:-EACH]:
                self._drop(old)

    def wake(self, news: Mapping[int, str]) -> None:
        """Tell these people what is new for them. Whatever hears of it sooner than the look may call this, in the
        thread that holds the connections."""
        here = [user for user in news if user in self.streams]
        if here:
            self._check(here)  # nobody hears anything after his session's end
        for user in here:
            for stream in list(self.streams.get(user, ())):
                self._say(stream, b"event: news\ndata: %b\n\n" % news[user].encode())

    def _check(self, users: Iterable[int]) -> None:
        streams = [s for user in users for s in self.streams[user]]
        if not streams:
            return
        going = self._ask(lambda conn: session.going_on(conn, {s.session_id for s in streams}))
        for stream in streams:
            if (stream.session_id, stream.user_id) not in going:
                self._drop(stream)

    def _ask(self, question: Callable[[sa.Connection], T]) -> T:
        with self.site.system("live connections") as work:
            return question(work.session.connection())

    def _say(self, stream: Stream, text: bytes) -> None:
        """Whoever cannot take a line is behind by thousands: he comes anew."""
        try:
            if stream.socket.send(text) == len(text):
                return
        except OSError:
            pass
        self._drop(stream)

    def _drop(self, stream: Stream) -> None:
        held = self.streams.get(stream.user_id, [])
        if stream not in held:
            return
        held.remove(stream)
        self.held -= 1
        if not held:
            del self.streams[stream.user_id]
        if self.selector is not None:
            self.selector.unregister(stream.socket)
        with contextlib.suppress(OSError):
            stream.socket.shutdown(socket.SHUT_RDWR)
        stream.socket.close()

    def _all(self) -> list[Stream]:
        return [stream for held in list(self.streams.values()) for stream in list(held)]


def begin() -> flask.Response:
    """The answer of a view that begins a live connection for who is signed in. Under a server that does not hand out its
    sockets there is none: 204 tells the browser not to ask again."""
    if "gunicorn.socket" not in flask.request.environ or flask.request.method != "GET":
        return flask.Response(status=204)
    if flask.current_app.live.full():  # type: ignore[attr-defined]
        return flask.Response(status=503, headers={"Retry-After": "60"})
    flask.current_app.live.expect()  # type: ignore[attr-defined]
    flask.request.environ[KEY] = (me().actor.user_id, me().session_id)
    return flask.Response(mimetype="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


class Live:
    """WSGI middleware, the outermost: a connection whose view said `begin()` is taken from the server."""

    def __init__(self, app: Callable[..., Iterable[bytes]], hub: Hub) -> None:
        self.app, self.hub = app, hub

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            said[:] = status, headers
            return start_response(status, headers, exc_info)

        answer = self.app(environ, start)
        if KEY not in environ or not said or not said[0].startswith("200"):
            return answer
        if hasattr(answer, "close"):
            answer.close()
        ours = taken(environ["gunicorn.socket"])
        try:
            ours.settimeout(5)
            ours.sendall(_head(*said) + b"retry: 2000\n\n")
            ours.setblocking(False)
        except OSError:
            ours.close()
            return []
        self.hub.take(Stream(ours, *environ[KEY]))
        return []


def _head(status: str, headers: list[tuple[str, str]]) -> bytes:
    kept = [(name, value) for name, value in headers if name.lower() not in ("content-length", "connection")]
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in kept), "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def taken(theirs: socket.socket) -> socket.socket:
    """The connection behind a server's socket; the server is left with one whose other end has gone, as happens every day,
    so that it ends what it does for this client and counts right."""
    ours = theirs.dup()
    one, other = socket.socketpair()
    other.close()
    os.dup2(one.fileno(), theirs.fileno(), inheritable=False)
    one.close()
    return ours
