"""Signing in: names, passwords (S16), attempts (S17), where one goes afterwards (T30)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from crm_core.access import passwords
from crm_core.access.models import SecurityEvent
from crm_core.app import create_app
from crm_core.features.people.services import accounts, signin
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from tests.support.people import PASSWORD, Client, Company

WRONG = "wrong horse wrong battery"


def _events(company: Company) -> list[str]:
    with company.site.system("test") as work:
        return list(work.session.scalars(sa.select(SecurityEvent.kind).order_by(SecurityEvent.id)))


def test_the_right_password_opens_the_house(company: Company) -> None:
    browser = company.browser()
    assert browser.get("/me").headers["Location"] == "/sign-in?next=/me"
    assert browser.sign_in("lina").headers["Location"] == "/"
    assert browser.get("/me").status_code == 200
    assert _events(company)[-1] == "signed in"


@pytest.mark.parametrize("name", ["lina", "LINA", " lina ", "ｌｉｎａ", "lina@example.com", "Lina@Example.COM", "138 0000 1234"])
def test_one_signs_in_with_account_mail_or_phone(company: Company, name: str) -> None:
    with company.site.system("test"):
        company.site.registry.resource("core.user").write([{"id": company.people["lina"], "phone": "+86 138-0000-1234"}])
    assert company.browser().sign_in(name).status_code == 303


def test_a_mail_address_that_two_have_is_nobodys(company: Company) -> None:
    with company.site.system("test"):
        company.site.registry.resource("core.user").write([{"id": company.people["sue"], "email": "lina@example.com"}])
    assert company.browser().sign_in("lina@example.com").status_code == 422


@pytest.mark.parametrize(("name", "password"), [("lina", WRONG), ("nobody", PASSWORD), ("", PASSWORD), ("lina", ""), ("lina", "\0")])
def test_what_is_wrong_is_never_said(company: Company, name: str, password: str) -> None:
    answer = company.browser().sign_in(name, password)
    assert answer.status_code == 422
    assert "Account or password is wrong; 9 tries left." in answer.text
    assert _events(company)[-1] == "sign-in refused"


def test_who_was_switched_off_does_not_come_in(company: Company) -> None:
    company.sql("update core_user set active = false where login = 'lina'")
    assert company.browser().sign_in("lina").status_code == 422


def test_who_has_no_password_yet_does_not_come_in(company: Company) -> None:
    company.sql("update core_user set password_hash = null where login = 'lina'")
    for password in ("", "a password that nobody has"):
        assert company.browser().sign_in("lina", password).status_code == 422


def test_an_unknown_name_costs_the_same_hashing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            done.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    company.browser().sign_in("lina", WRONG)
    company.browser().sign_in("nobody", WRONG)
    assert len(done) == 2 and all(one.startswith("$argon2id$") for one in done), "the same work, not a refusal of nothing"


def test_at_most_four_hash_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()
    gate, out = threading.Barrier(passwords.AT_ONCE), threading.Barrier(passwords.AT_ONCE)

    class Watching(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            gate.wait(20)  # opens only when four are inside together
            if passwords._slots.acquire(blocking=False):  # a fifth could come in
                most = 4 * passwords.AT_ONCE
                passwords._slots.release()
            out.wait(20)
            with lock:
                running -= 1
            return "made"

    monkeypatch.setattr(passwords, "hasher", Watching())
    threads = [threading.Thread(target=passwords.hash_password, args=("x",)) for _ in range(4 * passwords.AT_ONCE)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert most == passwords.AT_ONCE


def test_the_costs_are_those_we_measured() -> None:
    from importlib import reload

    kept = passwords.hasher
    found = reload(passwords).hasher
    assert (found.time_cost, found.memory_cost, found.parallelism) == (2, 19 * 1024, 1)
    assert found.hash("x").startswith("$argon2id$")
    passwords.hasher = kept


def test_a_hash_with_old_costs_is_made_anew_when_its_owner_signs_in(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
    browser = company.client("lina")
    with company.site.system("test"):
        assert "m=16," in (accounts.by_id(company.people["lina"]).password_hash or "")
    assert browser.get("/me").status_code == 200


@pytest.mark.parametrize(
    "password", ["short", "elevenchars", "password12345", "P@ssw0rd2024!!", "qwertyuiop12", "123456789012", "abcabcabcabc",
                 "aaaaaaaaaaaaaaaa", "13812345678900", "lina2024lina2024", "lina@example.com", "tangramcrm2024", "HqDepartment1",
                 "woaini1314520520", "x" * 201],
)
def test_weak_passwords_are_refused(company: Company, password: str) -> None:
    with company.site.system("test"), pytest.raises(Invalid) as bad:
        accounts.set_password(company.people["lina"], password, kind="test")
    assert "password" in bad.value.fields


@pytest.mark.parametrize("password", [PASSWORD, "今天下午我们去宜宾看酒厂好不好", "kT9#vq2LmPz!7", "Yibin-liquor-7788", "four small green boats"])
def test_good_ones_are_taken(company: Company, password: str) -> None:
    with company.site.system("test"):
        accounts.set_password(company.people["lina"], password, kind="test")
    assert company.browser().sign_in("lina", password).status_code == 303


# --- attempts ----------------------------------------------------------------------------------------------------------


def _exhaust(browser: Client, name: str = "lina") -> None:
    for _ in range(10):
        assert browser.sign_in(name, WRONG).status_code == 422


def test_after_ten_wrong_ones_in_ten_minutes_one_waits(company: Company) -> None:
    browser, now = company.browser(), clock.now()
    with clock.freeze(now):
        _exhaust(browser)
        answer = browser.sign_in("lina", PASSWORD)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 600
        assert _events(company)[-1] == "sign-in throttled"
    with clock.freeze(now + dt.timedelta(minutes=10, seconds=1)):
        assert browser.sign_in("lina", PASSWORD).status_code == 303


def test_names_nobody_has_wait_alike(company: Company) -> None:
    browser = company.browser()
    _exhaust(browser, "nobody")
    assert browser.sign_in("nobody", WRONG).status_code == 429


def test_all_names_of_one_person_are_counted_together(company: Company) -> None:
    browser = company.browser()
    for number in range(10):
        browser.sign_in(("lina", "lina@example.com", "LINA")[number % 3], WRONG)
    assert browser.sign_in("lina", PASSWORD).status_code == 429


def test_the_counter_survives_a_restart(company: Company) -> None:
    _exhaust(company.browser())
    company.app = create_app(company.site)
    company.app.test_client_class = Client
    assert company.browser().sign_in("lina", PASSWORD).status_code == 429


def test_a_forwarded_address_is_not_believed(company: Company) -> None:
    browser = company.browser()
    token = browser.csrf()
    for number in range(10):
        browser.post("/sign-in", data={"name": "lina", "password": WRONG, "csrf_token": token}, raw=True,
                     headers={"X-Forwarded-For": f"203.0.113.{number}"})
    answer = browser.post("/sign-in", data={"name": "lina", "password": PASSWORD, "csrf_token": token}, raw=True,
                          headers={"X-Forwarded-For": "203.0.113.99"})
    assert answer.status_code == 429


def test_on_a_device_that_is_known_one_still_comes_in(company: Company) -> None:
    """Nobody can lock somebody else out by guessing."""
    known = company.client("lina")
    known.post("/sign-out")
    known.token = ""
    _exhaust(company.browser())
    assert company.browser().sign_in("lina", PASSWORD).status_code == 429
    assert known.sign_in("lina", PASSWORD).status_code == 303


def test_a_known_device_has_its_own_ten(company: Company) -> None:
    known = company.client("lina")
    known.post("/sign-out")
    known.token = ""
    _exhaust(known)
    assert known.sign_in("lina", PASSWORD).status_code == 429
    assert company.browser().sign_in("lina", PASSWORD).status_code == 303


def test_the_mark_of_a_device_is_for_one_person_and_cannot_be_made_up(company: Company) -> None:
    other = company.client("sue")
    mark = other.get_cookie("device", domain="127.0.0.1")
    assert mark is not None
    _exhaust(company.browser())
    for value in (mark.value, f"{company.people['lina']}.{mark.value.partition('.')[2]}", f"{company.people['lina']}."):
        forged = company.browser()
        forged.set_cookie("device", value, domain="127.0.0.1")
        assert forged.sign_in("lina", PASSWORD).status_code == 429


def test_one_address_cannot_try_everybody(company: Company) -> None:
    browser = company.browser()
    codes = [browser.sign_in(f"somebody{number}", WRONG).status_code for number in range(61)]
    assert codes[:60] == [422] * 60
    assert codes[60] == 429


def test_a_whole_office_comes_in_from_one_address(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gives the right password is no attempt of that address; mistakes between them still are."""
    monkeypatch.setattr(signin, "PER_ADDRESS", 6)
    for _ in range(4):
        assert [company.browser().sign_in(name).status_code for name in ("lina", "sue")] == [303, 303]
    codes = [code for number in range(7) for code in (company.browser().sign_in(f"somebody{number}", WRONG).status_code,)]
    assert codes == [422] * 6 + [429]
    assert company.browser().sign_in("nora").status_code == 429


def test_a_success_forgets_the_mistakes_before_it(company: Company) -> None:
    browser = company.browser()
    for _ in range(3):
        for _ in range(6):
            browser.sign_in("lina", WRONG)
        assert browser.sign_in("lina", PASSWORD).status_code == 303
        browser.post("/sign-out")
        browser.token = ""


# --- where to ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil.example", "javascript:alert(1)", "evil.example",
               "/\n/evil.example", "http:evil.example", " //evil.example", "/\x00/evil.example", "///evil.example"],
)
def test_nobody_is_sent_to_another_site(company: Company, wanted: str) -> None:
    assert company.browser().sign_in("lina", next=wanted).headers["Location"] == "/"


def test_one_comes_back_to_where_one_wanted(company: Company) -> None:
    assert company.browser().sign_in("lina", next="/core/user?q=x").headers["Location"] == "/core/user?q=x"


def test_who_is_signed_in_needs_no_sign_in_page(company: Company) -> None:
    assert company.client("lina").get("/sign-in?next=/me").headers["Location"] == "/me"


def test_a_script_is_told_and_not_led(company: Company) -> None:
    stranger = company.browser()
    assert stranger.get("/palette?q=x", headers={"Accept": "application/json"}).status_code == 401
    assert stranger.get("/me", headers={"HX-Request": "true"}).status_code == 401
