"""S21, S16: what answers alike. Wherever somebody outside could learn from an answer that a name, a link, a token or a record
exists, the answers for all that leads nowhere are the same, but for what he sent himself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

import pytest
from werkzeug.test import TestResponse

from crm_core.access import tokens
from crm_core.access.ledgers import put_link
from crm_core.data.session import writing
from crm_core.features.people.services import accounts
from crm_core.kernel import clock
from crm_core.kernel.keys import digest
from tests.support.people import PASSWORD, Client, Company

WRONG = "wrong horse wrong battery"
NEVER = "n" * 43


def said(answer: TestResponse, *sent: str) -> str:
    """The answer without what was sent, the forgery token and the cookie it is bound to."""
    text = f"{answer.status_code} {sorted((k, v) for k, v in answer.headers if k not in ('Set-Cookie', 'Content-Length'))}\n{answer.text}"
    text = re.sub(r'"[0-9a-f]{64}"', '"…"', text)  # first: a short number may stand in it by chance
    for one in sent:
        text = re.sub(rf"(?<!\d){one}(?!\d)" if one.isdigit() else rf"(?<![\w-]){re.escape(one)}(?![\w@-])", "…", text)
    return text


def alike(answers: Mapping[str, str]) -> None:
    first, *others = answers.items()
    for name, text in others:
        assert text == first[1], f"{name} is not answered like {first[0]}"


@pytest.fixture
def people(house: Company) -> Company:
    """Sue was switched off, Sam has no password yet, Nora is deleted."""
    house.sql("update core_user set active = false where login = 'sue'")
    house.sql("update core_user set password_hash = null where login = 'sam'")
    house.sql("update core_user set deleted_at = '2026-01-01 00:00:00.000000' where login = 'nora'")
    return house


NAMES = ("lina", "sue", "sam", "nora", "nobody", "lina@example.com", "nobody@example.com", "13800001234")


def test_signing_in(people: Company) -> None:
    """Nor does the number of tries that are left tell that two names are one person's."""
    alike({name: said(people.browser().sign_in(name, WRONG), name) for name in NAMES})


def test_signing_in_with_the_right_password_where_one_may_not(people: Company) -> None:
    alike({name: said(people.browser().sign_in(name, PASSWORD), name) for name in ("sue", "sam", "nora", "nobody")})


def test_signing_in_too_often(people: Company) -> None:
    found = {}
    with clock.freeze(clock.now()):
        for name in ("lina", "sue", "nobody"):
            browser = people.browser()
            for _try in range(10):
                browser.sign_in(name, WRONG)
            found[name] = said(browser.sign_in(name, WRONG), name)
    assert all(text.startswith("429") for text in found.values())
    alike(found)


def test_asking_for_a_link(people: Company) -> None:
    for name, value in {"smtp_host": "127.0.0.1", "mail_from": "crm@example.com"}.items():
        object.__setattr__(people.site.config, name, value)
    alike({name: said(people.browser().post("/password/forgotten", data={"name": name}), name) for name in NAMES})


def _links(house: Company, purpose: str) -> dict[str, str]:
    """Links that lead nowhere: used up, too old, of the other purpose, nobody's."""
    made = {"used": "u" * 43, "old": "o" * 43, "of another purpose": "p" * 43}
    other = accounts.SETUP if purpose == accounts.RESET else accounts.RESET
    with house.site.system("tests"), writing():
        for secret, what, life in ((made["used"], purpose, 1), (made["old"], purpose, -1), (made["of another purpose"], other, 1)):
            put_link(what, secret, house.people["lina"], dt.timedelta(hours=life))
    house.sql("update core_one_time set used_at = made_at where digest = :d", d=digest(made["used"]))
    return {**made, "nobody's": NEVER, "short": "xyz"}


@pytest.mark.parametrize(("purpose", "place"), [(accounts.RESET, "/password/reset/"), (accounts.SETUP, "/setup/")])
def test_links(house: Company, purpose: str, place: str) -> None:
    form = {"password": "a horse of another colour", "again": "a horse of another colour", "company": "x", "name": "x", "login": "x", "email": ""}
    for ask in (lambda path: house.browser().get(path), lambda path: house.browser().post(path, data=form)):
        found = {what: said(ask(place + secret), secret) for what, secret in _links(house, purpose).items()}
        assert all(text.startswith("404") for text in found.values())
        alike(found)
        house.sql("delete from core_one_time")


def _tokens(house: Company) -> dict[str, str]:
    """Tokens that open nothing: over, ended, of somebody switched off or whose password changed, made up."""
    with house.site.system("tests"):
        over = tokens.issue(house.people["lina"], "over", ["*"], clock.now() - dt.timedelta(minutes=1))[0]
        ended, number = tokens.issue(house.people["lina"], "ended", ["*"])
        tokens.revoke(number)
        off = tokens.issue(house.people["sue"], "off", ["*"])[0]
        changed = tokens.issue(house.people["sam"], "changed", ["*"])[0]
    house.sql("update core_user set active = false where login = 'sue'")
    house.sql("update core_user set password_hash = 'x' where login = 'sam'")
    return {"over": over, "ended": ended, "of one switched off": off, "before the password": changed, "made up": "crm_" + NEVER, "no mark": NEVER}


Ask = Callable[[Client, dict[str, str]], TestResponse]


@pytest.mark.parametrize("ask", [
    lambda http, head: http.get("/api/v1/core/customer/1", headers=head),
    lambda http, head: http.get("/api/v1/core/nothing", headers=head),
    lambda http, head: http.post("/api/v1/core/customer", json={"name": "x"}, headers=head),
], ids=["a record", "nothing", "a write"])
def test_tokens(house: Company, ask: Ask) -> None:
    found = {what: said(ask(house.browser(), {"Authorization": f"Bearer {secret}"}), secret) for what, secret in _tokens(house).items()}
    assert all(text.startswith("401") for text in found.values())
    alike(found)


def test_cookies(house: Company) -> None:
    """A session that ended, one that never was and none lead to the same page."""
    left = house.client("lina")
    cookie = left.get_cookie("sid", domain="127.0.0.1")
    assert cookie is not None
    left.post("/sign-out")
    found = {}
    for what, value in (("ended", cookie.value), ("made up", NEVER), ("short", "x"), ("none", "")):
        browser = house.browser()
        if value:
            browser.set_cookie("sid", value, domain="127.0.0.1")
        found[what] = said(browser.get("/core/customer/1"))
    assert all(text.startswith("303") for text in found.values())
    alike(found)


def test_records_jobs_files_and_what_else_has_a_number(house: Company) -> None:
    """Somebody else's, somebody's who is nobody and no record at all (every door and id: tests/security/test_ids.py)."""
    with house.as_("sue"):
        foreign = str(house.site.registry.resource("core.customer").write([{"name": f"hers {n}"} for n in range(77)])[-1])
    lina = house.client("lina")
    for path in ("/core/customer/{}/edit", "/core/customer/{}/print", "/jobs/{}", "/import/{}", "/core/note/{}/change"):
        alike({what: said(lina.get(path.format(number)), number) for what, number in (("a foreign one", foreign), ("none", "987654"))})
    for path in ("/undo/{}", "/notices/{}/open", "/tasks/{}/done", "/tasks/{}/reopen", "/core/customer/{}/delete"):
        alike({what: said(lina.post(path.format(number)), number) for what, number in (("a foreign one", foreign), ("none", "987654"))})


def test_the_look_notices_a_difference() -> None:
    with pytest.raises(AssertionError):
        alike({"one": "200", "other": "404"})
