"""No dangerous default (S20): a fresh site has a random key, nobody in it, and a link that works once."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import re
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.access.models import OneTime, SecurityEvent, User
from crm_core.app import create_app, open_site
from crm_core.cli._people import say_link
from crm_core.features.people.services import accounts
from crm_core.kernel import clock
from crm_core.kernel.config import Config
from crm_core.kernel.errors import CrmError, Missing, Refused
from crm_core.kernel.keys import KeyRing, digest
from crm_core.kernel.site import Site
from crm_core.web.application import DangerousSetting
from tests.support.people import PASSWORD, Client, Company

FILLED = {"company": "River Works", "name": "Ann Able", "login": "ann", "email": "ann@example.com", "password": PASSWORD, "again": PASSWORD}


def new_link_token(site: Site) -> str:
    """What `crm init` prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        say_link(site)
    found = re.search(r"/setup/(\S+)", said.getvalue())
    assert found is not None
    return found[1]


@pytest.fixture
def empty(migrated_site: Site) -> Company:
    made = Company(migrated_site, create_app(migrated_site))
    made.app.test_client_class = Client
    return made


def test_the_key_is_random_and_only_the_owners(tmp_path: Path) -> None:
    first, second = KeyRing.at(tmp_path / "a"), KeyRing.at(tmp_path / "b")
    assert first.derive("x") != second.derive("x")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_key_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    KeyRing.at(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(PermissionError):
        KeyRing.at(tmp_path / "key")


@pytest.mark.parametrize("master", [b"", b"short", b"\0" * 32, b"x" * 64, b"secret" * 10, b"changeme" * 4])
def test_a_key_that_somebody_typed_stops_the_start(master: bytes) -> None:
    with pytest.raises(ValueError):
        KeyRing(master)


def test_keys_of_different_purposes_say_nothing_of_each_other() -> None:
    ring = KeyRing(bytes(range(32)))
    assert ring.sign("csrf", "x") != ring.sign("device", "x")
    assert not ring.verify("device", "x", ring.sign("csrf", "x"))


def test_a_folder_that_everybody_reads_stops_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(PermissionError):
        open_site(config=Config(site=tmp_path)).check_home()
    tmp_path.chmod(0o700)
    open_site(config=Config(site=tmp_path)).check_home()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_debugging_for_all_the_world_stops_the_start(tmp_path: Path, host: str) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(DangerousSetting):
        create_app(open_site(config=Config(site=tmp_path, host=host, debug=True)))
    create_app(open_site(config=Config(site=tmp_path, debug=True)))


def test_the_environment_does_not_switch_debugging_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert create_app(open_site(config=Config(site=tmp_path))).debug is False


def test_a_fresh_site_has_nobody(empty: Company) -> None:
    with empty.site.system("test") as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    for name in ("admin", "administrator", "root", "demo"):
        for password in ("admin", "password", "demo", "", "a password that nobody has"):
            assert empty.browser().sign_in(name, password).status_code in (422, 429)


def test_the_sign_in_page_of_a_fresh_site_says_where_to_begin(empty: Company) -> None:
    page = empty.browser().get("/sign-in").text
    assert "crm init --new-link" in page and 'name="password"' not in page
    dead = empty.browser().get("/setup/x")
    assert (dead.status_code, "链接已失效" in dead.text, 'href="/sign-in"' in dead.text) == (404, True, True)


def test_without_the_link_nobody_becomes_the_first(empty: Company) -> None:
    for secret in ("x", "setup", "0" * 43, digest("x")):
        assert empty.browser().get(f"/setup/{secret}").status_code == 404
        assert empty.browser().post(f"/setup/{secret}", data=FILLED).status_code == 404


def test_the_table_has_a_digest_of_the_link_only(empty: Company) -> None:
    secret = new_link_token(empty.site)
    with empty.site.system("test") as work:
        row = work.session.scalars(sa.select(OneTime)).one()
    assert row.digest == digest(secret)
    assert secret not in repr(empty.state())


def test_looking_at_the_link_does_not_use_it_up(empty: Company) -> None:
    """Mail programs and chat windows look at links by themselves."""
    secret = new_link_token(empty.site)
    for _ in range(3):
        assert empty.browser().get(f"/setup/{secret}").status_code == 200
    assert empty.browser().head(f"/setup/{secret}").status_code == 200


def test_the_first_becomes_administrator_and_is_signed_in(empty: Company) -> None:
    secret = new_link_token(empty.site)
    browser = empty.browser()
    assert browser.post(f"/setup/{secret}", data=FILLED).headers["Location"] == "/"
    browser.token = ""
    page = browser.get("/me")
    assert page.status_code == 200
    assert "River Works" in page.text
    with empty.site.system("test") as work:
        empty.people["ann"] = work.session.scalars(sa.select(User.id)).one()
        assert "first administrator" in list(work.session.scalars(sa.select(SecurityEvent.kind)))
    assert empty.actor("ann").can("core.role.delete")
    assert empty.actor("ann").scope("core.user", "update").everything


def test_the_link_works_once(empty: Company) -> None:
    secret = new_link_token(empty.site)
    assert empty.browser().post(f"/setup/{secret}", data=FILLED).status_code == 303
    again = {**FILLED, "login": "eve", "company": "Eve"}
    assert empty.browser().get(f"/setup/{secret}").status_code == 404
    assert empty.browser().post(f"/setup/{secret}", data=again).status_code == 404


def test_two_who_open_it_at_once_are_not_both_the_first(empty: Company) -> None:
    secret = new_link_token(empty.site)
    with empty.site.work(None):
        accounts.first_administrator(secret, "River Works", "Ann", "ann", PASSWORD, None)
        with pytest.raises((Missing, Refused)):
            accounts.first_administrator(secret, "Eve Works", "Eve", "eve", PASSWORD, None)


def test_a_second_link_is_worth_nothing_once_somebody_is_there(empty: Company) -> None:
    first, second = new_link_token(empty.site), new_link_token(empty.site)
    assert empty.browser().get(f"/setup/{first}").status_code == 404, "a new link ends the older one"
    assert empty.browser().post(f"/setup/{second}", data=FILLED).status_code == 303
    with pytest.raises(CrmError):
        new_link_token(empty.site)


def test_a_link_that_is_still_open_when_somebody_is_there_leads_nowhere(empty: Company) -> None:
    secret = new_link_token(empty.site)
    with empty.site.system("test"):
        home = empty.site.registry.resource("core.department").write([{"name": "Home"}])[0]
        accounts.add("ann", "Ann", ["user"], home)
    assert empty.browser().get(f"/setup/{secret}").status_code == 404
    assert empty.browser().post(f"/setup/{secret}", data=FILLED).status_code == 404
    with empty.site.work(None), pytest.raises(Refused):  # nor when the page was drawn before that
        accounts.first_administrator(secret, "Eve Works", "Eve", "eve", PASSWORD, None)


def test_the_link_grows_old(empty: Company) -> None:
    secret = new_link_token(empty.site)
    with clock.freeze(clock.now() + dt.timedelta(days=7, minutes=1)):
        assert empty.browser().get(f"/setup/{secret}").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [({"password": "short", "again": "short"}, "password"), ({"again": "something else"}, "again"), ({"login": ""}, "login"),
     ({"login": "a b/c"}, "login"), ({"company": ""}, "company"), ({"name": ""}, "name"), ({"email": "nobody"}, "email"),
     ({"password": "RiverWorks2024", "again": "RiverWorks2024"}, "password")],
)
def test_a_wrong_form_says_so_beside_the_field_and_keeps_the_link(empty: Company, change: dict[str, str], field: str) -> None:
    secret = new_link_token(empty.site)
    answer = empty.browser().post(f"/setup/{secret}", data={**FILLED, **change})
    assert answer.status_code == 422
    assert re.search(rf'id="f-{field}"[^>]*aria-invalid="true"', answer.text), answer.text
    assert 'value="Ann Able"' in answer.text or "name" in change
    assert PASSWORD not in answer.text
    assert empty.browser().post(f"/setup/{secret}", data=FILLED).status_code == 303


def test_the_files_of_a_site_are_the_owners(empty: Company) -> None:
    assert empty.site.keys
    for path in empty.site.home.iterdir():
        if path.name == "key" or path.is_dir():
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077 or os.name != "posix"


def test_what_nobody_has_set_is_the_careful_choice(tmp_path: Path) -> None:
    """For this machine alone, no debugging, no proxy believed, no further host names, mail encrypted or not at all."""
    plain = Config(site=tmp_path)
    assert (plain.host, plain.debug, plain.proxies, plain.trusted_hosts, plain.smtp_tls, plain.smtp_host) == ("127.0.0.1", False, 0, "", "starttls", "")
    app = create_app(open_site(config=plain))
    assert (app.debug, app.testing, app.secret_key, app.static_folder) == (False, False, None, None)
    assert app.config["MAX_CONTENT_LENGTH"] and app.config["MAX_FORM_PARTS"]


@pytest.mark.parametrize("path", ["/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/sign-in?__debugger__=yes&cmd=printpin", "/admin", "/.env", "/metrics"])
def test_there_is_no_back_door(empty: Company, path: str) -> None:
    answer = empty.browser().get(path)
    assert answer.status_code in (200, 303, 404)
    assert answer.mimetype == "text/html" and "werkzeug" not in answer.text.lower() and "Console Locked" not in answer.text


def test_a_fresh_site_has_no_session_token_or_link_but_the_one(empty: Company) -> None:
    new_link_token(empty.site)
    kept = empty.state()
    assert [len(kept[name]) for name in ("core_session", "core_token", "core_one_time")] == [0, 0, 1]


def test_passwords_of_the_demo_are_random_and_the_owners(tmp_path: Path) -> None:
    from crm_core.kernel.demo import Make, keep_passwords

    site = open_site(config=Config(site=tmp_path))
    words = [Make(site).password("ann") for _ in range(50)]
    keep_passwords(site, {"ann": "x"})
    assert stat.S_IMODE((tmp_path / "demo-passwords.txt").stat().st_mode) == 0o600
    assert len(set(words)) == 50 and min(map(len, words)) >= 19
