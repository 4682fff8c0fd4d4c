"""Another system with a real server, beside the company of tests.support.world."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from crm_core.access.models import Grant, Scope
from crm_core.data.session import writing
from crm_core.kernel import outbox
from crm_core.resource.changes import stamp
from tests.support.world import World
from tests.support.worlds import *


@dataclass
class Partner:
    """Another system: what it was sent, what it answers."""

    port: int = 0
    seen: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], int] = field(default=lambda _message: 200)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def told(self) -> list[tuple[str, int | None]]:
        """(type, id of the record) of what came since one last looked."""
        found = [(one["body"]["type"], one["body"]["data"].get("id")) for one in self.seen]
        self.seen.clear()
        return found


def signature(secret: str, headers: dict[str, str], body: bytes) -> str:
    """As the Standard Webhooks specify it; written here once more, not taken from the program."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


@pytest.fixture
def partner(world: World) -> Iterator[Partner]:
    with serving(world.site) as made:
        yield made


@contextmanager
def serving(site: Any) -> Iterator[Partner]:
    """Another system that this site may call."""
    made = Partner()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            message = {"headers": {k.lower(): v for k, v in self.headers.items()}, "raw": raw, "body": json.loads(raw), "path": self.path}
            made.seen.append(message)
            self.send_response(made.answer(message))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    object.__setattr__(site.config, "private_hosts", f"127.0.0.1:{made.port}")
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def hooks(world: World, partner: Partner) -> Callable[..., int]:
    """`hooks("ann")`: a webhook of hers; sellers may have some here."""
    with world.site.system("tests"), writing() as db:
        for resource in ("webhook", "incoming"):
            db.add(stamp(Grant(role_id=world.roles["seller"], permission=f"core.{resource}.*", scope=Scope.own)))
    world.changed()

    def make(name: str, **more: Any) -> int:
        with world.as_(name):
            values = {"name": f"Hook of {name}", "url": partner.url, "resource": "core.customer", **more}
            (made,) = world.site.registry.resource("core.webhook").write([values])
        deliver(world)
        return int(made)

    return make


def deliver(world: World) -> None:
    """Everything that is due now."""
    outbox.drain(world.site)
