"""S15: every unsafe method without a token, with another session's, or from another place is refused; GETs change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_core.kernel.config import Config
from crm_core.web.access import declared
from crm_core.web.csrf import SAFE
from tests.support.people import Client, Company


def _unsafe(company: Company) -> Iterator[tuple[str, str]]:
    """Every unsafe (method, address) of the application that a cookie could open."""
    for rule in company.app.url_map.iter_rules():
        if (declared(company.app, rule.endpoint) or ("", ""))[0] != "token":
            for method in sorted((rule.methods or set()) - SAFE):
                yield method, company.url_of(rule)


def test_no_unsafe_route_can_be_used_from_elsewhere(house: Company) -> None:
    mine, other = house.client("admin"), house.client("lina")
    token, foreign = mine.csrf(), other.csrf()
    before = house.state()
    tried = 0
    for method, url in _unsafe(house):
        for what, headers in (
            ({}, {}),
            ({"csrf_token": ""}, {}),
            ({"csrf_token": foreign}, {}),
            ({"csrf_token": token[:-1]}, {}),
            ({"csrf_token": token}, {"Origin": "http://evil.example"}),
            ({"csrf_token": token}, {"Origin": "null"}),
            ({"csrf_token": token}, {"Origin": "http://127.0.0.1:9999"}),
            ({"csrf_token": token}, {"Sec-Fetch-Site": "cross-site"}),
            ({"csrf_token": token}, {"Sec-Fetch-Site": "same-site"}),
        ):
            answer = mine.open(url, method=method, data=what, headers=headers, raw=True)
            assert answer.status_code == 403, f"{method} {url} {what} {headers}: {answer.status_code}"
            tried += 1
    assert tried > 100
    after = house.state()
    noted = set(after.pop("core_security_event")) - set(before.pop("core_security_event"))
    assert len(noted) == tried, "who tried it is written down"
    assert all("'refused'" in row for row in noted)
    assert after == before


def test_the_same_request_from_our_own_page_is_carried_out(house: Company) -> None:
    """Negative control: with its own token, from its own origin, it goes through."""
    mine = house.client("lina")
    headers = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    answer = mine.post("/preferences", data={"theme": "dark", "csrf_token": mine.csrf()}, headers=headers, raw=True)
    assert answer.status_code == 303


@pytest.mark.parametrize(("origin", "status"), [
    ("https://crm.example.com:8443", 303), ("https://crm.example.com:8444", 403), ("https://evil.example:8443", 403)])
def test_behind_a_proxy_the_configured_address_is_our_own(
        house: Company, monkeypatch: pytest.MonkeyPatch, origin: str, status: int) -> None:
    """nginx's `$host` has no port; the browser's Origin has it."""
    monkeypatch.setattr(Config, "url", "https://crm.example.com:8443")
    mine = house.client("lina")
    data = {"theme": "dark", "csrf_token": mine.csrf()}
    answer = mine.post("/preferences", data=data, headers={"Origin": origin}, raw=True)
    assert answer.status_code == status


def test_a_script_sends_the_token_in_a_header(house: Company) -> None:
    mine = house.client("lina")
    headers = {"X-CSRF-Token": mine.csrf(), "Accept": "application/json"}
    assert mine.post("/preferences", data={"theme": "dark"}, headers=headers, raw=True).status_code == 204


def test_forms_before_signing_in_are_bound_to_the_browser(house: Company) -> None:
    mine, other = house.browser(), house.browser()
    token = mine.csrf()
    wrong = {"csrf_token": token, "name": "lina", "password": "correct horse battery"}
    assert other.post("/sign-in", data=wrong, raw=True).status_code == 403
    assert mine.post("/sign-in", data=wrong, raw=True).status_code == 303


def test_the_token_of_before_signing_in_is_worth_nothing_after(house: Company) -> None:
    mine = house.browser()
    before = mine.csrf()
    assert mine.sign_in("lina").status_code == 303
    assert mine.post("/preferences", data={"theme": "dark", "csrf_token": before}, raw=True).status_code == 403


PAGES = ("/", "/me", "/me/password", "/core/user", "/core/user/1", "/core/user/1/edit", "/core/user/new", "/core/department",
         "/core/role", "/core/role/1", "/core/role/1/edit", "/core/customer", "/nowhere", "/sign-in", "/password/forgotten",
         "/palette?q=li", "/lookup/core.user?q=li", "/help", "/recycle")


@pytest.mark.parametrize("name", ["admin", "lina", ""])
def test_a_get_changes_nothing(company: Company, name: str) -> None:
    """`Client.open` fails when a GET sent anything to the writing engine; here the tables are compared as well."""
    browser: Client = company.client(name) if name else company.browser()
    browser.csrf()
    before = company.state()
    for page in PAGES:
        browser.get(page)
    assert company.state() == before
