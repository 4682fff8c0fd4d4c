"""What a request may bring: hosts (T23), sizes and numbers of fields (T25), keys."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import urlencode

import pytest

from crm_core.kernel.config import Config
from crm_core.web.guards import BODY, FIELDS, Hosts, hosts_of, own_names
from tests.support.people import HOST, Company


@pytest.mark.parametrize("host", ["crm.example.com", "CRM.example.com", "crm.example.com:8443", "a.b.example.org", "[::1]:8000"])
def test_our_own_names_are_known(host: str) -> None:
    assert Hosts(["crm.example.com", ".example.org", "[::1]"]).trusts(host)


@pytest.mark.parametrize(
    "host", ["", None, "evil.example", "crm.example.com.evil.example", "xcrm.example.com", "crm.example.com@evil.example", "example.org.evil.example",
             "crm.example.com/evil", "crm.example.com evil.example", "[::2]", "crm.example.com:99999999"],
)
def test_other_names_are_not(host: str | None) -> None:
    assert not Hosts(["crm.example.com", ".example.org", "[::1]"]).trusts(host)


def test_a_site_on_loopback_answers_to_loopback(tmp_path: Path) -> None:
    hosts = hosts_of(Config(site=tmp_path))
    assert hosts.trusts("localhost:8000")
    assert hosts.trusts("[::1]:8000")
    assert not hosts.trusts("crm.example.com")


def test_a_site_on_all_addresses_answers_to_the_names_of_its_machine(tmp_path: Path) -> None:
    hosts = hosts_of(Config(site=tmp_path, host="0.0.0.0"))
    assert all(hosts.trusts(f"[{n}]" if ":" in n else n) for n in own_names())
    assert not hosts.trusts("evil.example")


def test_a_site_with_an_address_answers_to_it_and_to_those_it_was_told(tmp_path: Path) -> None:
    hosts = hosts_of(Config(site=tmp_path, base_url="https://crm.example.com:8443/", trusted_hosts="old.example.com, .example.org"))
    assert hosts.trusts("crm.example.com:8443")
    assert hosts.trusts("old.example.com")
    assert hosts.trusts("x.example.org")


def test_links_never_follow_the_host_of_the_request(house: Company) -> None:
    answer = house.browser().get("/me", base_url="http://localhost")
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("key", ["0", "-1", "007", "1.0", "1e3", "9223372036854775808", "99999999999999999999", "x", "%00", "٣"])
def test_what_is_no_key_is_no_address(house: Company, key: str) -> None:
    assert house.client("admin").get(f"/core/user/{key}").status_code == 404


def test_a_form_of_thousands_of_fields_is_refused(house: Company) -> None:
    many = "&".join(f"f{i}=1" for i in range(FIELDS + 5))
    answer = house.browser().post("/sign-in", data=many, raw=True, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_the_page_of_what_is_too_big_says_what_is_safe_and_leads_back(house: Company) -> None:
    browser, form = house.client("lina"), {"name": "x" * (BODY + 1)}
    for referer, link in ((f"{HOST}/core/customer/new?a=1", 'href="/core/customer/new?a=1"'), ("http://evil.example/x", "")):
        answer = browser.post("/core/customer/new", data=form, headers={"Referer": referer})
        assert answer.status_code == 413 and "Nothing of it was taken" in answer.text
        assert ((link in answer.text) if link else ("evil" not in answer.text)), referer
    assert "Back</a>" not in browser.post("/core/customer/new", data=form, headers={"Referer": "http://evil.example/x"}).text


@pytest.mark.parametrize(("size", "status"), [(BODY // 2, 422), (BODY + 1, 413)])
def test_a_body_that_does_not_say_its_length_is_refused_beyond_the_limit_and_not_cut_there(house: Company, size: int, status: int) -> None:
    """Sent in chunks, a form would otherwise be read up to the limit and taken for whole."""
    browser = house.browser()
    start = urlencode({"csrf_token": browser.csrf(), "name": "nobody", "password": "x", "more": ""}).encode()
    answer = browser.open("/sign-in", method="POST", raw=True, input_stream=io.BytesIO(start + b"a" * size),
                          content_type="application/x-www-form-urlencoded", headers={"Transfer-Encoding": "chunked"}, environ_overrides={"wsgi.input_terminated": True})
    assert answer.status_code == status
