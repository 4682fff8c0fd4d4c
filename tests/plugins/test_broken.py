"""Broken plugins, one after the other, under a running server: people go on working, whatever is switched on."""

from __future__ import annotations

import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest

from tests.cli.test_serve import Server, until
from tests.support.dist import MODELS, PLUGIN, Shelf

SETUP = """
    from crm_core.app import create_app
    from crm_core.testing.clients import signed_in
    (role,) = R("core.role").write([{"code": "all", "name": "all", "grants": [{"permission": "*", "scope": "all"}]}])
    (house,) = R("core.department").write([{"name": "house"}])
    (who,) = R("core.user").write([{"login": "ann", "name": "Ann", "language": "en", "department": house, "roles": [{"role": role}]}])
    R("core.customer").write([{"name": "Alpha", "owner": who}])
"""
SECRET = """
    from crm_core.app import create_app
    from crm_core.testing.clients import signed_in
    browser = signed_in(create_app(site), site, 1)
    print(browser.http.get_cookie("sid").value, browser.token)
"""
FAILING = """
    from crm_core.sdk import Card, Column, Menu, Panel, hookimpl
    from crm_core.features.customers.resources import Customers
    def fail(*args):
        raise RuntimeError("on purpose")
    @hookimpl
    def register_panels(): return [Panel("core.customer", "box", "Failing box", fail, "failing/none.html")]
    @hookimpl
    def register_columns(): return [Column("core.customer", "failing", "Failing", fail)]
    @hookimpl
    def register_cards(): return [Card("c", "Failing card", of=Customers, query=fail)]
    @hookimpl
    def register_menu(): return [Menu("Failing", "/failing", "customers", permission="core.customer.read", badge=fail)]
"""
STOPPER = """
    from crm_core.sdk import Listen, RecordsChanged, hookimpl
    def stop(event):
        if event.resource == "core.customer":
            raise RuntimeError("on purpose")
    @hookimpl
    def register_listeners(): return [Listen(RecordsChanged, stop, inside=True)]
"""


class Person:
    """Somebody who works all the while; every answer that is no page is kept."""

    def __init__(self, server: Server, cookie: str, token: str) -> None:
        self.base, self.cookie, self.token = f"http://127.0.0.1:{server.port}", cookie, token
        self.wrong: list[str] = []
        self.seen = 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        body = urllib.parse.urlencode({**data, "csrf_token": self.token}).encode() if data is not None else None
        request = urllib.request.Request(self.base + path, body, {"Cookie": f"sid={self.cookie}", "Origin": self.base})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _work(self) -> None:
        while not self.stop.is_set():
            for path in ("/", "/core/customer", "/core/customer/1"):
                try:
                    status, text = self.ask(path)
                except OSError as error:
                    status, text = 0, str(error)
                self.seen += 1
                if status != 200 or (path != "/" and "Alpha" not in text):
                    self.wrong.append(f"{path}: {status} {text[:200]}")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_people_go_on_working_while_one_broken_plugin_after_the_other_is_switched_on(shelf: Shelf) -> None:
    shelf.run(SETUP)
    cookie, token = shelf.work(SECRET).split()
    shelf.put("raises", table=False, plugin="raise RuntimeError('on purpose')")
    shelf.put("dies", table=False, plugin="import os; os._exit(9)")
    shelf.put("collides", table=False, plugin="import flask\nfrom crm_core.sdk import hookimpl\nb = flask.Blueprint('c', __name__)\n"
              "b.add_url_rule('/collides/open', 'open', lambda: 'open')\n@hookimpl\ndef register_blueprints(): return [b]\n")
    shelf.put("tableless", models=MODELS, plugin=PLUGIN)  # nobody wrote its migration
    shelf.put("failing", table=False, plugin=FAILING)
    shelf.put("stopper", table=False, plugin=STOPPER)
    server = Server(shelf.home, PYTHONPATH=shelf.environment["PYTHONPATH"])
    try:
        until(lambda: "runs at" in server.said() or server.process.poll() is not None, "it did not start")
        person = Person(server, cookie, token)
        person.thread.start()
        for name in ("raises", "dies", "collides", "tableless"):
            assert shelf.crm("plugin", "enable", name).returncode != 0, name
        first = server.leader()
        assert shelf.crm("plugin", "enable", "failing").returncode == 0
        until(lambda: server.follows(first) and person.ask("/core/customer/1/panel/box")[0] == 200, "it was not taken in")
        assert 'class="panel fail"' in person.ask("/core/customer/1/panel/box")[1]
        assert "Alpha" in person.ask("/core/customer?columns=name,failing")[1]
        second = server.leader()
        assert shelf.crm("plugin", "enable", "stopper").returncode == 0
        until(lambda: server.follows(second) and "stopper" in person.ask("/plugins")[1], "it was not taken in")
        status, said = person.ask("/core/customer/new", {"name": "Beta"})
        assert status == 500 and "stopper" in said and "nothing was saved" in said
        third = server.leader()
        assert shelf.crm("plugin", "disable", "stopper").returncode == 0
        until(lambda: server.follows(third) and person.ask("/core/customer/new", {"name": "Beta"})[0] == 200, "it is still there")
        person.stop.set()
        person.thread.join(60)
        assert person.wrong == [] and person.seen > 10
    finally:
        server.end()
    standing = {name: state for name, (state, _reason) in shelf.standing().items()}
    assert standing["failing"] == "active" and standing["stopper"] == "disabled"
    assert all(standing[name] != "active" for name in ("raises", "dies", "collides", "tableless"))
