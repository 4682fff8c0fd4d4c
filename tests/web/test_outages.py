"""R3, R8: the database is full or away. Whoever asks is told so, nothing is half done, and afterwards all goes on by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from crm_core.access import tokens
from tests.support.people import Company
from tests.support.postgres import Cluster

LONG = "x" * 20_000  # more than the free pages take


@contextmanager
def full(company: Company) -> Iterator[None]:
    """No page more for the database file."""
    with closing(sqlite3.connect(str(company.site.engines.url.database))) as conn:
        conn.execute("vacuum")  # and no free one within
    room = {"pages": 1}  # SQLite takes the present size when it is more

    def limit(dbapi: sqlite3.Connection, *_rest: object) -> None:
        dbapi.execute(f"pragma max_page_count={room['pages']}")

    event.listen(company.site.engines.write, "checkout", limit)
    try:
        yield
    finally:
        room["pages"] = 2**30


@pytest.fixture
def token(house: Company) -> str:
    with house.site.system("test"):
        return tokens.issue(house.people["admin"], "test", ("*",))[0]


def test_a_full_disk_is_told_and_nothing_is_half_done(house: Company, token: str) -> None:
    browser, new = house.client("admin"), {"name": "Firm", "note": LONG}
    bearer = {"Authorization": f"Bearer {token}"}
    before = house.state()
    with full(house):
        refused = browser.post("/core/customer/new", data=new)
        api = house.app.test_client().post("/api/v1/core/customer", json=new, headers=bearer, raw=True)
        assert (refused.status_code, api.status_code) == (507, 507)
        assert "disk of the server is full" in refused.text and "disk of the server is full" in api.text
        assert browser.get("/core/customer").status_code == 200
        assert house.state() == before
    assert browser.post("/core/customer/new", data=new).status_code == 303
    with house.site.engines.read.connect() as conn:
        assert conn.exec_driver_sql("pragma integrity_check").scalar() == "ok"


@pytest.mark.parametrize("company", ["postgresql"], indirect=True)
def test_a_server_that_is_away_is_told_and_needs_no_restart_of_ours(company: Company, postgres: Cluster) -> None:
    browser, firms = company.client("admin"), iter(("Harbour Brewery", "Mountain Glass", "River Paper"))
    with company.site.system("test"):
        bearer = {"Authorization": f"Bearer {tokens.issue(company.people['admin'], 'test', ('*',))[0]}"}
    calls: dict[str, Callable[[], int]] = {
        "page": lambda: browser.get("/core/customer").status_code,
        "form": lambda: browser.post("/core/customer/new", data={"name": next(firms)}).status_code,
        "api": lambda: company.app.test_client().get("/api/v1/core/customer", headers=bearer).status_code,
        "ready": lambda: company.app.test_client().get("/ready").status_code,
        "live": lambda: company.app.test_client().get("/live").status_code,
    }
    good = {"page": 200, "form": 303, "api": 200, "ready": 200, "live": 200}
    assert {name: call() for name, call in calls.items()} == good
    with postgres.outage():
        away = {name: call() for name, call in calls.items()}
        assert away == {"page": 503, "form": 503, "api": 503, "ready": 503, "live": 200}
        assert "does not answer" in browser.get("/core/customer").text
    assert {name: call() for name, call in calls.items()} == good
    with company.site.engines.read.connect() as conn:
        assert conn.execute(sa.text("select count(*) from core_timeline where kind = 'created'")).scalar() == 2


def test_the_page_of_an_outage_asks_nothing_of_the_database(house: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes away after the person was found: his frame would ask for counters once more."""
    browser = house.client("admin")

    def away(*_args: object, **_more: object) -> None:
        event.listen(house.site.engines.read, "before_cursor_execute", broken)
        broken()

    def broken(*_args: object) -> None:
        raise OperationalError("select", {}, Exception("disk i/o error"))

    monkeypatch.setattr(house.site.registry.resource("core.customer"), "get", away)
    answer = browser.get("/core/customer/1")
    event.remove(house.site.engines.read, "before_cursor_execute", broken)
    assert answer.status_code == 503 and "<html" in answer.text and "does not answer" in answer.text


def test_another_fault_of_the_database_is_a_fault(house: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a wrong statement is not taken for an outage."""
    browser = house.client("admin")

    def wrong(*_args: object, **_more: object) -> None:
        raise OperationalError("select", {}, Exception("no such column: x"))

    monkeypatch.setattr(house.site.registry.resource("core.customer"), "get", wrong)
    assert browser.get("/core/customer/1").status_code == 500
