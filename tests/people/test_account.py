"""My account, and the switches of language, theme and menu."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.models import SessionRow, User
from crm_core.features.people.services import own
from tests.support.people import PASSWORD, Company

OTHER = "another horse, another battery"


def _row(company: Company, login: str) -> Any:
    with company.site.system("test") as work:
        query = sa.select(User.name, User.phone, User.language, User.timezone, User.preferences, User.version, User.email)
        return work.session.execute(query.where(User.login == login)).one()


def test_everybody_changes_the_few_facts_of_himself(company: Company) -> None:
    browser = company.client("lina")
    data = {"name": "Lina Li", "phone": "138 0000 1234", "language": "en", "timezone": "Europe/Berlin", "theme": "dark"}
    assert browser.post("/me", data=data).status_code == 303
    row = _row(company, "lina")
    assert (row.name, row.language, row.timezone) == ("Lina Li", "en", "Europe/Berlin")
    assert row.preferences["theme"] == "dark"
    page = browser.get("/me")
    assert 'data-bs-theme="dark"' in page.text
    assert "Lina Li" in page.text


@pytest.mark.parametrize("field", ["email", "login", "department", "active", "roles", "owner", "version", "password_hash"])
def test_and_nothing_else(company: Company, field: str) -> None:
    browser, before = company.client("lina"), _row(company, "lina")
    answer = browser.post("/me", data={"name": "Lina", field: "7", f"{field}-0-role": "1"})
    assert answer.status_code == 303
    after = _row(company, "lina")
    assert after.email == before.email
    assert [code for code, _n, _m in company.actor("lina").roles] == ["user"]
    assert company.actor("lina").department_id == company.departments["NORTH"]


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("timezone", "Mars/Olympus"), ("language", "tlh"), ("phone", "none")])
def test_what_cannot_be_taken_is_said_beside_the_field(company: Company, field: str, value: str) -> None:
    browser, before = company.client("lina"), _row(company, "lina")
    answer = browser.post("/me", data={"name": "Other", field: value})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert _row(company, "lina") == before


def test_one_sees_where_one_is_signed_in_and_ends_the_others(company: Company) -> None:
    here, there = company.client("lina"), company.client("lina")
    stranger = company.client("sue")
    assert here.get("/me").text.count("last seen") == 2
    assert here.post("/me/sessions/end").status_code == 303
    assert there.get("/me").status_code == 303
    assert here.get("/me").status_code == 200
    assert stranger.get("/me").status_code == 200


def test_one_ends_a_single_one_but_nobody_elses(company: Company) -> None:
    here, there, stranger = company.client("lina"), company.client("lina"), company.client("sue")
    with company.site.system("test") as work:
        ids = list(work.session.execute(sa.select(SessionRow.id, SessionRow.user_id).order_by(SessionRow.id)))
    (sues,) = [row.id for row in ids if row.user_id == company.people["sue"]]
    mine = [row.id for row in ids if row.user_id == company.people["lina"]]
    for session in (sues, 0, 10**17):
        assert here.post("/me/sessions/end", data={"session": str(session)}).status_code == 303
    assert stranger.get("/me").status_code == 200
    assert there.get("/me").status_code == 200
    assert here.post("/me/sessions/end", data={"session": str(mine[1])}).status_code == 303
    assert there.get("/me").status_code == 303
    assert here.get("/me").status_code == 200


@pytest.mark.parametrize(
    ("data", "field"),
    [({"old": "wrong", "password": OTHER, "again": OTHER}, "old"), ({"old": PASSWORD, "password": OTHER, "again": "x"}, "again"),
     ({"old": PASSWORD, "password": "short", "again": "short"}, "password"), ({"old": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "password"),
     ({"old": PASSWORD, "password": "linalinalina2024", "again": "linalinalina2024"}, "password"), ({}, "old")],
)
def test_a_password_is_not_changed_by_a_wrong_form(company: Company, data: dict[str, str], field: str) -> None:
    browser = company.client("lina")
    answer = browser.post("/me/password", data=data)
    assert answer.status_code == 422
    assert f'id="f-{field}"' in answer.text
    assert answer.text.index("hint bad") > answer.text.index(f'id="f-{field}"')
    assert company.browser().sign_in("lina", PASSWORD).status_code == 303


def test_who_chose_no_time_zone_reads_the_one_of_the_site(company: Company) -> None:
    page = company.client("lina").get("/me").text
    assert "As the site: Asia/Shanghai" in page and "As the browser asks" in page


def test_the_language_is_switched_for_a_person_and_for_strangers(company: Company) -> None:
    stranger = company.browser()
    assert 'lang="en"' in stranger.get("/sign-in").text.partition("<head>")[0]
    stranger.post("/preferences", data={"language": "zh_Hans_CN"})
    assert 'lang="zh-CN"' in stranger.get("/sign-in").text.partition("<head>")[0]
    browser = company.client("lina")
    browser.post("/preferences", data={"language": "zh_Hans_CN"})
    assert 'lang="zh-CN"' in browser.get("/me").text.partition("<head>")[0]
    assert _row(company, "lina").language == "zh_Hans_CN"
    assert company.actor("lina").language == "zh_Hans_CN", "what is told to her by mail follows"


def test_a_strangers_browser_says_its_language(company: Company) -> None:
    page = company.browser().get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert 'lang="zh-CN"' in page.text.partition("<head>")[0]


@pytest.mark.parametrize("language", ["tlh", "", "../../etc", "zh"])
def test_a_language_we_do_not_speak_changes_nothing(company: Company, language: str) -> None:
    browser, before = company.client("lina"), _row(company, "lina")
    assert browser.post("/preferences", data={"language": language}).status_code == 303
    assert _row(company, "lina") == before


def test_switches_of_the_screen_leave_the_record_alone(company: Company) -> None:
    browser, before = company.client("lina"), _row(company, "lina")
    for data in ({"theme": "dark"}, {"rail": "folded"}, {"fold": "sales", "folded": "1"}, {"fold": "other", "folded": "1"},
                 {"fold": "sales", "folded": "0"}, {"keys": "off"}):
        answer = browser.post("/preferences", data=data, headers={"Accept": "application/json"})
        assert answer.status_code == 204
    after = _row(company, "lina")
    assert after.preferences == {"theme": "dark", "rail_folded": True, "folded": ["other"], "keys_off": True}
    assert after.version == before.version, "no version, no history: it is not the record that changed"
    assert "rail-folded" in browser.get("/me").text


@pytest.mark.parametrize("data", [{"theme": "pink"}, {"rail": "gone"}, {"keys": "?"}, {"columns": "x"}, {"fold": ""}])
def test_other_settings_cannot_be_smuggled_in(company: Company, data: dict[str, str]) -> None:
    browser = company.client("lina")
    browser.post("/preferences", data=data)
    assert _row(company, "lina").preferences == {}


def test_one_is_led_back_and_nowhere_else(company: Company) -> None:
    browser = company.client("lina")
    assert browser.post("/preferences", data={"theme": "dark", "back": "/core/customer?q=x"}).headers["Location"] == "/core/customer?q=x"
    assert browser.post("/preferences", data={"theme": "dark", "back": "//evil.example"}).headers["Location"] == "/"


def test_a_toast_is_carried_over_the_redirect_once(company: Company) -> None:
    browser = company.client("lina")
    browser.post("/me", data={"name": "Lina"})
    assert "Saved" in browser.get("/me").text.partition("id=\"toasts\"")[2][:600]
    assert "Saved" not in browser.get("/me").text.partition("id=\"toasts\"")[2][:600]


def test_a_toast_cannot_be_planted(company: Company) -> None:
    browser = company.client("lina")
    body = b'[["done", "Send your password to us", ""]]'.hex()
    browser.set_cookie("notes", f"{'0' * 64}.{body}", domain="127.0.0.1")
    assert "Send your password" not in browser.get("/me").text


@pytest.mark.parametrize(
    ("agent", "words"),
    [("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
     ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 MicroMessenger/8.0", "WeChat, iPhone"),
     ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"), ("", "?"), ("<script>", "?")],
)
def test_browsers_are_named_in_two_words(agent: str, words: str) -> None:
    assert own.browser_name(agent) == words
