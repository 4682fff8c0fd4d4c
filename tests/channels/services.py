"""Stand-ins of the services, as each documents itself, over real HTTP."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.world import World

SECRET = "SEC0123456789"
NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)


class Service:
    """The services, one path each; `said` is what they made of a message: (path, to whom, text), or why they refused it."""

    def __init__(self) -> None:
        self.port, self.said, self.sent, self.busy, self.status = 0, [], [], 0, 200

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def heard(self) -> list[str]:
        """The texts alone."""
        return [text for _path, _whom, text in self.said]

    def take(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.sent.append((path, headers, body))
        if self.busy:
            self.busy -= 1
            return self.status, {"errcode": 45009, "errmsg": "api freq out of limit", "code": 9499, "msg": "too many requests"}
        answer: tuple[int, dict[str, Any]] = getattr(self, f"_{parts.path.strip('/').split('/')[0]}")(query, headers, body)
        return answer

    def _wecom(self, query: dict[str, str], _headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if query.get("key") != "abc":
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
        if len(body["text"]["content"].encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "content exceeds max length"}
        self.said.append(("wecom", body["text"].get("mentioned_mobile_list"), body["text"]["content"]))
        return 200, {"errcode": 0, "errmsg": "ok"}

    def _dingtalk(self, query: dict[str, str], _headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wanted = base64.b64encode(hmac.new(SECRET.encode(), f"{query.get('timestamp')}\n{SECRET}".encode(), hashlib.sha256).digest()).decode()
        old = abs(int(query.get("timestamp", "0")) / 1000 - NOW.timestamp()) > 3600
        if query.get("access_token") != "abc" or query.get("sign") != wanted or old:
            return 200, {"errcode": 310000, "errmsg": "sign not match"}
        self.said.append(("dingtalk", (body["at"]["atMobiles"], body["at"]["isAtAll"]), body["text"]["content"]))
        return 200, {"errcode": 0, "errmsg": "ok"}

    def _feishu(self, _query: dict[str, str], _headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wanted = base64.b64encode(hmac.new(f"{body.get('timestamp')}\n{SECRET}".encode(), digestmod=hashlib.sha256).digest()).decode()
        if body.get("sign") != wanted or abs(int(body["timestamp"]) - NOW.timestamp()) > 3600:
            return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        self.said.append(("feishu", None, body["content"]["text"]))
        return 200, {"code": 0, "msg": "success", "data": {}}

    def _hook(self, _query: dict[str, str], headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{json.dumps(body, ensure_ascii=False)}"
        wanted = "v1," + base64.b64encode(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()).decode()
        if headers.get("webhook-signature") != wanted:
            return 401, {}
        self.said.append(("hook", body["to"], body["text"]))
        return 204, {}

    def _sms(self, _query: dict[str, str], headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if headers.get("authorization") != f"Bearer {SECRET}":
            return 401, {}
        self.said.append(("sms", body["messages"][0]["mobile"], body["messages"][0]["content"]))
        return 202, {}


@contextmanager
def listening() -> Iterator[Service]:
    """The services on a port of their own, as long as it lasts."""
    made = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, answer = made.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def service(world: World) -> Iterator[Service]:
    with listening() as made:
        object.__setattr__(world.site.config, "private_hosts", f"127.0.0.1:{made.port}")
        yield made


BODY = '{"messages": [{"mobile": "{to}", "content": "[Kites] {text}"}], "type": 1}'
PATHS = {"webhook": "/hook", "wecom": "/wecom?key=abc", "dingtalk": "/dingtalk?access_token=abc", "feishu": "/feishu/hook/abc", "sms": "/sms"}


def channel(world: World, service: Service, kind: str, /, **more: Any) -> int:
    with world.as_("root"):
        url = service.url(PATHS[kind])
        values = {"name": f"My {kind}", "kind": f"core.{kind}", "url": url, "secret": SECRET, **({"body": BODY} if kind == "sms" else {}), **more}
        return int(world.site.registry.resource("core.channel").write([values])[0])
