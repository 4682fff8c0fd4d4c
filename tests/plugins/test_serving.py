"""Plugins under a running server: switched on and off beside the processes that serve, broken ones left out."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

import pytest

from tests.cli.test_serve import Server, until
from tests.support.dist import Shelf


def there(server: Server, path: str) -> bool:
    """Whether the page of the plugin answers (a stranger is led to the sign-in page where there is none)."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=20) as answer:
            return bool(answer.read() == b"hello")
    except urllib.error.HTTPError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_running_server_takes_in_what_is_switched_on_and_does_without_what_is_broken(shelf: Shelf) -> None:
    killer = shelf.put("killer", table=False)
    page = ("from crm_core.sdk import hookimpl, public\nimport flask\nb = flask.Blueprint('{name}_pages', __name__)\n"
            "b.add_url_rule('/{name}/hello', 'hello', public('test')(lambda: 'hello'))\n"
            "@hookimpl\ndef register_blueprints(): return [b]\n")
    shelf.put("hello", table=False, plugin=page)
    shelf.put("boom", table=False, plugin=page)
    shelf.put("stuck", table=False)
    assert shelf.crm("plugin", "enable", "killer", "boom").returncode == 0
    (killer / "plugin.py").write_text("import os; os._exit(9)", encoding="utf-8")
    boom = shelf.folder / "crm_boom" / "plugin.py"
    server = Server(shelf.home, PYTHONPATH=shelf.environment["PYTHONPATH"])
    try:
        until(lambda: "runs at" in server.said() or server.process.poll() is not None, "it did not start")
        assert server.get("/ready") == 200, server.said()
        assert there(server, "/boom/hello") and not there(server, "/hello/hello")
        first = server.leader()
        assert shelf.crm("plugin", "enable", "hello").returncode == 0
        until(lambda: there(server, "/hello/hello") and server.follows(first), "it was not taken in")
        # A migration that fails, when one is switched on and when one that serves is updated: those who serve go on as they were.
        second = server.leader()
        for name, words in (("stuck", ("plugin", "enable", "stuck")), ("boom", ("db", "upgrade"))):
            steps = shelf.folder / f"crm_{name}" / "migrations"
            steps.mkdir()
            (steps / "0001_first.py").write_text(f'revision, down_revision = "{name}_0001", None\ndef upgrade(): raise RuntimeError("half way")\n', encoding="utf-8")
            failed = shelf.crm(*words)
            assert failed.returncode == 1 and "half way" in failed.stderr, failed.stderr
        assert server.leader() == second and server.get("/ready") == 200 and there(server, "/boom/hello")
        (steps / "0001_first.py").unlink()
        assert shelf.crm("plugin", "enable", "boom").returncode == 0
        until(lambda: server.follows(second) and there(server, "/boom/hello"), "it was not taken in again")
        third = server.leader()
        # One that breaks while the house runs: the next generation is without it, and nobody waited.
        boom.write_text("raise RuntimeError('boom')", encoding="utf-8")
        assert shelf.crm("plugin", "disable", "hello").returncode == 0
        until(lambda: server.follows(third), "it is still there")
        assert server.get("/ready") == 200 and not there(server, "/hello/hello") and not there(server, "/boom/hello")
    finally:
        server.end()
    states = {name: state for name, (state, _reason) in shelf.standing().items()}
    assert states == {"killer": "failed", "boom": "failed", "hello": "disabled", "stuck": "available"}
