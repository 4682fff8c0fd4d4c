"""The harness itself: what the other tests lean on must be able to fail."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.browser import Visitor, axe, overflows
from tests.support.needs import lacks, not_run
from tests.support.network import OutsideNetwork, is_local
from tests.support.postgres import Cluster, sweep
from tests.support.scratch import in_memory

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
PAGES = {
    "/good": "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1><p>Text.</p></main></html>",
    "/inline": "<!doctype html><html lang=en><title>x</title><main><h1>x</h1></main><script>window.ran = 1</script>",
    "/away": "<!doctype html><html lang=en><title>x</title><main><h1>x</h1>"
    "<img alt=x src='http://example.org/x.png'></main>",
    "/mute": "<!doctype html><html lang=en><title>x</title><main><h1>x</h1><input></main></html>",
    "/wide": "<!doctype html><html lang=en><title>x</title><main><h1>x</h1>"
    "<svg width=3000 height=10 role=img aria-label=wide></svg></main></html>",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.path != "/away":
            self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_test_cannot_reach_the_outside() -> None:
    with pytest.raises(OutsideNetwork):
        socket.create_connection(("example.org", 80), timeout=1)
    with socket.socket() as plain, pytest.raises(OutsideNetwork):
        plain.connect(("192.0.2.1", 80))


def test_this_machine_is_not_the_outside(address: str) -> None:
    port = int(address.rpartition(":")[2])
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    assert is_local("::1") and is_local(b"localhost") and not is_local("10.0.0.1")


def test_both_engines_answer(engine_url: str) -> None:
    engine = sa.create_engine(engine_url)
    with engine.begin() as connection:
        connection.execute(sa.text("create table t (words text)"))
        connection.execute(sa.text("insert into t values ('七巧板')"))
        assert connection.scalar(sa.text("select words from t")) == "七巧板"
    engine.dispose()


def test_a_database_can_be_copied_and_is_not_run_as_administrator(postgres: Cluster, postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sa.text("create table t (n integer)"))
        connection.execute(sa.text("insert into t values (7)"))
        assert connection.scalar(sa.text("select rolsuper from pg_roles where rolname = current_user")) is False
    engine.dispose()
    copy = postgres.create(template=postgres_url)
    engine = sa.create_engine(copy)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select n from t")) == 7
    engine.dispose()
    postgres.drop(copy)


def test_what_could_not_run_is_said_once_for_each_reason() -> None:
    reasons = [
        "Skipped: not run: the browser tests, no Chromium",
        "Skipped: not run: the browser tests, no Chromium",
        "Skipped: on Linux only",
    ]
    assert not_run(reasons) == ["Not run (2): the browser tests, no Chromium"]


def test_a_missing_need_skips_at_home_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception):
        lacks("x", "y")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        lacks("x", "y")


def test_a_good_page_has_no_faults(visitor: Visitor, address: str) -> None:
    page = visitor.page(language="en")
    page.goto(f"{address}/good")
    assert axe(page) == []
    assert overflows(page) == []


def test_a_blocked_script_is_a_fault(visitor: Visitor, address: str) -> None:
    page = visitor.page()
    page.goto(f"{address}/inline")
    page.wait_for_load_state("load")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # what it reports comes after
    assert any(fault.startswith("CSP: script-src") for fault in visitor.take_faults())


def test_a_request_to_elsewhere_is_a_fault(visitor: Visitor, address: str) -> None:
    visitor.page().goto(f"{address}/away")
    assert visitor.take_faults() == ["network: http://example.org/x.png"]


def test_axe_finds_an_input_without_a_name(visitor: Visitor, address: str) -> None:
    page = visitor.page()
    page.goto(f"{address}/mute")
    assert any(fault.startswith("label") for fault in axe(page))


def test_something_too_wide_is_found(visitor: Visitor, address: str) -> None:
    page = visitor.page(size=(390, 844))
    page.goto(f"{address}/wide")
    assert any(fault.startswith("sticks out: svg") for fault in overflows(page))


def test_tests_work_in_memory_unless_there_is_no_room_or_somebody_chose_a_folder(tmp_path: Path) -> None:
    assert in_memory({}, tmp_path, room=0) == tmp_path
    assert in_memory({"TMPDIR": "/elsewhere"}, tmp_path, room=0) is None
    assert in_memory({}, tmp_path, room=2**60) is None and in_memory({}, tmp_path / "none", room=0) is None


def test_what_a_killed_run_left_goes_and_what_another_works_in_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine, left = tmp_path / f"crm-pg-{os.getpid()}-x", tmp_path / f"crm-pg-{2**30}-x"  # no process has so high a number
    mine.mkdir()
    left.mkdir()
    sweep()
    assert mine.exists() and not left.exists()
