"""S21: what people send in confidence stands in no log, no page and no table, whatever fails on the way."""

from __future__ import annotations

import functools
import logging
from typing import Any

import flask
import pytest

from crm_core.access import tokens
from crm_core.access.doors import declared
from crm_core.data.session import current_work
from tests.support.people import Company

PASSWORD, COOKIE, TOKEN, LINK, MAIL = "CANARY-word-9f3a", "CANARYCOOKIE" + "c" * 31, "crm_CANARYTOKEN" + "t" * 32, "CANARYLINK" + "l" * 33, "CANARY-smtp-7d1e"
FIELDS = {"password": PASSWORD, "old": PASSWORD, "again": PASSWORD, "name": "lina", "login": "lina", "company": "x"}
SECRETS = (PASSWORD, COOKIE, TOKEN, LINK, MAIL)


def walk(house: Company, **more: Any) -> str:
    """Every route and method with secrets wherever one is sent; all that was answered, headers too."""
    stranger, lina = house.browser(), house.client("lina")
    lina.csrf()
    stranger.csrf()
    found = []
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint in ("people.sign_out", "people.end_sessions"):
            continue
        url = house.url_of(rule)
        if "secret" in rule.arguments:
            url = url.replace("/x", f"/{LINK}", 1)
        by_token = (declared(house.app, rule.endpoint) or ("", ""))[0] == "token"
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            for browser in (stranger, lina):
                if browser is stranger:
                    browser.set_cookie("sid", COOKIE, domain="127.0.0.1")
                data: Any = dict(FIELDS) if method != "GET" and not by_token else None
                answer = browser.open(url, method=method, data=data, headers={"Authorization": f"Bearer {TOKEN}"})
                found.append(f"{method} {url} {answer.status_code} {answer.headers} {answer.text}".replace(url, "…"))  # where he is himself
    assert len(found) > 150
    return "\n".join(found)


def traces(house: Company) -> str:
    """What the house has written down of it."""
    kept = house.state()
    return repr({name: kept[name] for name in ("core_security_event", "core_throttle", "core_job", "core_outbox", "core_change", "core_draft", "core_notice")})


def test_on_no_way_a_secret_stays_behind(house: Company, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = walk(house)
    for secret in SECRETS:
        assert secret not in caplog.text, secret
        assert secret not in traces(house), secret
        assert secret not in said, secret


def test_nor_when_every_view_fails(house: Company, caplog: pytest.LogCaptureFixture) -> None:
    """A fault with the whole request in its frames: the trace has lines of code, never values."""
    caplog.set_level(logging.DEBUG)

    def broken(view: Any) -> Any:
        @functools.wraps(view)
        def inside(**names: Any) -> Any:
            given = {**names, **flask.request.form, **flask.request.cookies}
            raise RuntimeError(f"{len(given)} were given")

        return inside

    for endpoint, view in list(house.app.view_functions.items()):
        if endpoint not in ("people.sign_in", "people.sign_in_post", "plain.static"):
            house.app.view_functions[endpoint] = broken(view)
    said = walk(house)
    assert said.count(" 500 ") > 50
    for secret in SECRETS:
        assert secret not in caplog.text and secret not in said and secret not in traces(house), secret
    assert "Traceback" in caplog.text and "Traceback" not in said


def test_the_page_that_asks_for_the_password_once_more_does_not_hand_it_back(house: Company) -> None:
    answer = house.client("admin").post("/core/user/1/link", data={"proof_password": PASSWORD, "more": "typed"})
    assert answer.status_code == 422
    assert 'value="typed"' in answer.text and PASSWORD not in answer.text


def test_an_error_of_the_database_says_no_values(house: Company, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlalchemy as sa

    from crm_core.web import lists

    def broken(*_args: Any) -> None:
        current_work().session.connection().execute(sa.text("SELECT no_such_column FROM core_site WHERE public_id = :v"), {"v": PASSWORD})

    monkeypatch.setattr(lists, "page", broken)
    caplog.set_level(logging.DEBUG)
    answer = house.client("lina").get("/core/customer")
    assert answer.status_code == 500
    assert "no_such_column" in caplog.text, "what went wrong is written down"
    assert PASSWORD not in caplog.text + answer.text


def test_nothing_in_the_database_opens_anything(house: Company) -> None:
    """S19: of passwords, sessions, tokens and links it keeps what nobody can use."""
    lina = house.client("lina")
    cookie = lina.get_cookie("sid", domain="127.0.0.1")
    with house.site.system("tests"):
        secret = tokens.issue(house.people["lina"], "a", ["*"])[0]
    everything = repr(house.state())
    assert cookie is not None and cookie.value not in everything and secret not in everything
    assert "correct horse battery" not in everything


def test_lines_are_not_forged(house: Company, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    nasty = "x\r\n2026-01-01 crm.web INFO forged\x1b[2J"
    http = house.browser()
    http.sign_in(nasty, nasty)
    http.get("/core/customer", headers={"User-Agent": "a\tforged"}, query_string={"q": nasty})
    http.post(f"/password/reset/{nasty.encode().hex()}", data={"password": nasty, "again": nasty})
    assert "forged" not in caplog.text
    assert not any("\n" in cell or "\x1b" in cell for row in house.state()["core_security_event"] for cell in row)
