"""Sessions (D10, S19): on our side, ended by any change of password or state whatever its path, rights fresh each request."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm_core.access import passwords
from crm_core.access.models import SessionRow
from crm_core.data.base import table_of
from crm_core.features.people.services import accounts
from crm_core.kernel import clock
from crm_core.kernel.keys import digest
from tests.support.people import PASSWORD, Client, Company

OTHER = "another horse, another battery"
_sessions = table_of(SessionRow)


def _inside(browser: Client) -> bool:
    return browser.get("/me").status_code == 200


def _cookie(browser: FlaskClient, name: str = "sid") -> str:
    found = browser.get_cookie(name, domain="127.0.0.1")
    return found.value if found is not None else ""


def test_the_cookie_is_a_secret_of_which_the_table_has_only_a_digest(company: Company) -> None:
    browser = company.client("lina")
    secret = _cookie(browser)
    everything = repr(company.state())
    assert len(secret) >= 40
    assert secret not in everything
    assert digest(secret) in everything


def test_the_cookie_is_for_scripts_and_other_sites_out_of_reach(house: Company) -> None:
    answer = house.browser().sign_in("lina")
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("sid=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie, "without the tick it ends with the browser"


def test_over_https_the_cookie_is_bound_to_the_host(house: Company) -> None:
    object.__setattr__(house.site.config, "base_url", "https://127.0.0.1")
    browser = house.browser()
    page = browser.get("/sign-in", base_url="https://127.0.0.1")
    token = re.search(r'data-csrf="([^"]+)"', page.text)
    assert token is not None
    answer = browser.post("/sign-in", base_url="https://127.0.0.1", raw=True,
                          data={"name": "lina", "password": PASSWORD, "csrf_token": token[1]})
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if "sid=" in c]
    assert cookie.startswith("__Host-sid=")
    assert "Secure" in cookie


def test_staying_signed_in_is_for_a_week_of_silence_and_eight_hours_otherwise(company: Company) -> None:
    short, long = company.client("lina"), company.browser()
    assert long.sign_in("lina", stay="1").status_code == 303
    now = clock.now()
    with clock.freeze(now + dt.timedelta(hours=7)):
        assert _inside(short)
    with clock.freeze(now + dt.timedelta(hours=14)):
        assert _inside(short), "he was seen seven hours ago"
    with clock.freeze(now + dt.timedelta(hours=23)):
        assert not _inside(short)
        assert _inside(long)
    with clock.freeze(now + dt.timedelta(days=9)):
        assert not _inside(long)


def test_after_thirty_days_everybody_signs_in_again(company: Company) -> None:
    browser, now = company.client("lina"), clock.now()
    company.sql("update core_session set seen_at = :now", now=_naive(company, now + dt.timedelta(days=30)))
    with clock.freeze(now + dt.timedelta(days=29, hours=23, minutes=50)):
        assert _inside(browser)
    with clock.freeze(now + dt.timedelta(days=30, minutes=1)):
        assert not _inside(browser)


def _naive(company: Company, moment: dt.datetime) -> object:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if company.site.engines.is_sqlite else moment


def test_last_seen_is_noted_at_most_once_in_five_minutes(company: Company) -> None:
    browser, now = company.client("lina"), clock.now()
    company.writes.clear()
    for minutes in (1, 3, 4):
        with clock.freeze(now + dt.timedelta(minutes=minutes)):
            assert _inside(browser)
    assert company.writes == []
    with clock.freeze(now + dt.timedelta(minutes=6)):
        assert _inside(browser)
        assert _inside(browser)
    assert len([w for w in company.writes if w.startswith("UPDATE core_session")]) == 1


def test_last_seen_waits_for_nobody_who_writes(company: Company) -> None:
    browser, now = company.client("lina"), clock.now()
    with company.site.engines.write.connect() as conn, conn.begin():
        conn.execute(sa.update(_sessions).values(address="held"))
        with clock.freeze(now + dt.timedelta(minutes=10)):
            assert _inside(browser)
        conn.rollback()


def test_one_statement_finds_session_user_and_rights(company: Company) -> None:
    browser = company.client("lina")
    browser.csrf()  # her actor is known now
    seen: list[str] = []

    @sa.event.listens_for(company.site.engines.read, "before_cursor_execute")
    def note(_conn: object, _cursor: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    browser.post("/preferences", data={})
    assert len([sql for sql in seen if not sql.startswith("BEGIN")]) == 1


def test_signing_in_gives_a_new_session_and_ends_the_old_one(company: Company) -> None:
    browser = company.client("lina")
    before = _cookie(browser)
    copied = company.browser()
    copied.set_cookie("sid", before, domain="127.0.0.1")
    assert _inside(copied)
    assert browser.sign_in("lina").status_code == 303
    assert _cookie(browser) != before
    assert not _inside(copied)


def test_a_session_that_somebody_else_planted_is_not_taken_over(company: Company) -> None:
    browser = company.browser()
    browser.set_cookie("sid", "x" * 43, domain="127.0.0.1")
    assert browser.sign_in("lina").status_code == 303
    assert _cookie(browser) != "x" * 43


def test_after_signing_out_a_copied_cookie_is_worth_nothing(company: Company) -> None:
    browser, copied = company.client("lina"), company.browser()
    copied.set_cookie("sid", _cookie(browser), domain="127.0.0.1")
    assert _inside(copied)
    assert browser.post("/sign-out").status_code == 303
    assert not _inside(browser)
    assert not _inside(copied)


def _by_herself(company: Company, browser: Client) -> None:
    answer = browser.post("/me/password", data={"old": PASSWORD, "password": OTHER, "again": OTHER})
    assert answer.status_code == 303


def _by_link(company: Company, browser: Client) -> None:
    with company.site.system("test"):
        link = accounts.link(company.people["lina"])
    path = link.removeprefix(company.site.config.url)
    assert company.browser().post(path, data={"password": OTHER, "again": OTHER}).status_code == 303


def _by_service(company: Company, browser: Client) -> None:
    with company.site.system("test"):
        accounts.set_password(company.people["lina"], OTHER, kind="test")


def _by_sql(company: Company, browser: Client) -> None:
    company.sql("update core_user set password_hash = :hash where login = 'lina'", hash=passwords.hash_password(OTHER))


def _by_sql_without_password(company: Company, browser: Client) -> None:
    company.sql("update core_user set password_hash = null where login = 'lina'")


def _disabled_by_sql(company: Company, browser: Client) -> None:
    company.sql("update core_user set active = false where login = 'lina'")


def _disabled_in_the_browser(company: Company, browser: Client) -> None:
    with company.as_("admin"):
        users = company.site.registry.resource("core.user")
        users.write([{"id": company.people["lina"], "active": False}])


def _deleted(company: Company, browser: Client) -> None:
    with company.as_("admin"):
        company.site.registry.resource("core.user").delete([company.people["lina"]])


def _ended_by_herself_elsewhere(company: Company, browser: Client) -> None:
    assert company.client("lina").post("/me/sessions/end").status_code == 303


def _by_command(company: Company, browser: Client) -> None:
    env = {**os.environ, "CRM_SITE": str(company.site.home), "CRM_DATABASE": str(company.site.engines.url.render_as_string(False))}
    done = subprocess.run(
        [sys.executable, "-c", "from crm_core.cli import main; main(['user', 'password', 'lina', '--stdin'])"],
        input=OTHER + "\n", env=env, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "path", [_by_herself, _by_link, _by_service, _by_sql, _by_sql_without_password, _disabled_by_sql, _disabled_in_the_browser,
             _deleted, _ended_by_herself_elsewhere, _by_command],
)
def test_every_path_ends_the_other_sessions_with_the_next_request(
    company: Company, path: Callable[[Company, Client], None]
) -> None:
    elsewhere, here = company.client("lina"), company.client("lina")
    assert _inside(elsewhere)
    path(company, here)
    assert not _inside(elsewhere)


def test_whoever_changed_the_password_stays_with_a_new_secret(company: Company) -> None:
    browser = company.client("lina")
    before = _cookie(browser)
    _by_herself(company, browser)
    assert _inside(browser)
    assert _cookie(browser) != before


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(company: Company) -> None:
    browser = company.client("sam")
    assert browser.get(f"/core/user/{company.people['lina']}/link").status_code == 200
    with company.as_("admin"):
        company.site.registry.resource("core.user").write([{"id": company.people["sam"], "roles": []}])
    assert browser.get(f"/core/user/{company.people['lina']}/link").status_code == 403


def test_a_grant_that_is_given_is_there_with_the_next_request(company: Company) -> None:
    browser = company.client("lina")
    assert browser.get("/core/user/1/link").status_code == 403
    with company.as_("admin"):
        users = company.site.registry.resource("core.user")
        users.write([{"id": company.people["lina"], "roles": [{"role": accounts.role_ids(["administrator"])[0]}]}])
    assert browser.get(f"/core/user/{company.people['sue']}/link").status_code == 200
