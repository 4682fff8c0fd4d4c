"""`crm user`: unattended, with exit codes; what it prints once is kept as a digest only."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from crm_core.access.models import SecurityEvent, Token
from crm_core.cli import run
from crm_core.kernel import clock
from tests.support.people import PASSWORD, Company

OTHER = "another horse, another battery"
Crm = Callable[..., tuple[int, str, str]]


@pytest.fixture
def crm(company: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crm:
    """`crm("user", "list", given="…")`: exit code, standard output, standard error."""
    monkeypatch.setenv("CRM_SITE", str(company.site.home))
    monkeypatch.setenv("CRM_DATABASE", company.site.engines.url.render_as_string(False))

    def call(*words: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        capsys.readouterr()
        code = run(["user", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_somebody_is_added_with_a_password_from_standard_input(company: Company, crm: Crm) -> None:
    code, said, _err = crm("add", "ann", "--name", "Ann Able", "--role", "user", "--department", "NORTH", "--password-stdin",
                           given=OTHER + "\n")
    assert code == 0
    assert "Added ann" in said
    assert OTHER not in said
    assert company.browser().sign_in("ann", OTHER).status_code == 303


def test_without_a_password_a_link_is_printed_that_works_once(company: Company, crm: Crm) -> None:
    code, said, _err = crm("add", "ann", "--role", "user", "--role", "supervisor", "--department", "North department")
    assert code == 0
    found = re.search(r"(/password/reset/\S+)", said)
    assert found is not None
    assert company.browser().post(found[1], data={"password": OTHER, "again": OTHER}).status_code == 303
    assert company.browser().post(found[1], data={"password": OTHER, "again": OTHER}).status_code == 404
    assert company.browser().sign_in("ann", OTHER).status_code == 303


def test_a_department_that_is_not_there_is_made(company: Company, crm: Crm) -> None:
    assert crm("add", "ann", "--role", "user", "--department", "Export")[0] == 0
    code, said, _err = crm("list", "--json")
    assert code == 0
    row = next(row for row in json.loads(said) if row["login"] == "ann")
    assert (row["department"], row["roles"], row["active"]) == ("Export", ["user"], True)


@pytest.mark.parametrize(
    ("words", "given", "sentence"),
    [(("add", "lina", "--role", "user", "--department", "NORTH"), "", "taken already"),
     (("add", "ann", "--role", "king", "--department", "NORTH"), "", "no role king"),
     (("add", "a b", "--role", "user", "--department", "NORTH"), "", "Letters, digits"),
     (("add", "ann", "--role", "user", "--department", "NORTH", "--email", "nobody"), "", "name@example.com"),
     (("add", "ann", "--role", "user", "--department", "Brand new", "--password-stdin"), "short\n", "At least 12"),
     (("add", "ann", "--role", "user", "--department", "NORTH", "--password-stdin"), "", "no password"),
     (("password", "nobody"), "", "no user nobody"),
     (("password", "lina", "--stdin"), "password1234\n", "common password"),
     (("token", "lina", "--scope", "Not A Scope"), "", "scope"),
     (("token", "lina", "--scope", "core.*", "--expires", "soon"), "", "neither a day"),
     (("disable", "nobody"), "", "no user nobody"),
     (("disable", "admin"), "", "Somebody must remain administrator")],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_one(
    company: Company, crm: Crm, words: tuple[str, ...], given: str, sentence: str
) -> None:
    before = company.state()
    code, said, err = crm(*words, given=given)
    assert code == 1
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
    assert said == ""
    assert company.state() == before, "nothing is half done"


@pytest.mark.parametrize("words", [("add", "ann"), ("add",), ("token", "lina"), ("nothing",), ("add", "ann", "--odd")])
def test_wrong_use_is_exit_code_two(crm: Crm, words: tuple[str, ...]) -> None:
    assert crm(*words)[0] == 2


def test_a_password_is_set_from_standard_input(company: Company, crm: Crm) -> None:
    elsewhere = company.client("lina")
    assert crm("password", "lina", "--stdin", given=OTHER + "\n")[0] == 0
    assert elsewhere.get("/me").status_code == 303
    assert company.browser().sign_in("lina", OTHER).status_code == 303
    with company.site.system("test") as work:
        kinds = list(work.session.scalars(sa.select(SecurityEvent.kind).where(SecurityEvent.user_id == company.people["lina"])))
    assert "password set by command" in kinds


def test_a_newer_link_ends_the_older_one(company: Company, crm: Crm) -> None:
    links = [re.search(r"(/password/reset/\S+)", crm("password", "lina")[1]) for _ in range(2)]
    assert links[0] is not None and links[1] is not None
    assert company.browser().get(links[0][1]).status_code == 404
    assert company.browser().get(links[1][1]).status_code == 200
    assert company.browser().sign_in("lina", PASSWORD).status_code == 303, "until it is used the password holds"


def test_a_token_is_printed_alone_and_kept_as_a_digest(company: Company, crm: Crm) -> None:
    code, said, _err = crm("token", "lina", "--scope", "core.customer.read", "--scope", "core.tag.*", "--expires", "30d")
    secret = said.strip()
    assert code == 0
    assert said == secret + "\n"
    assert secret not in repr(company.state())
    with company.site.system("test") as work:
        row = work.session.scalars(sa.select(Token)).one()
    assert (row.user_id, row.scopes) == (company.people["lina"], ["core.customer.read", "core.tag.*"])
    assert row.expires_at is not None
    browser, headers = company.browser(), {"Authorization": f"Bearer {secret}"}
    assert browser.get("/api/v1/core/customer", headers=headers).status_code == 200
    assert browser.get("/api/v1/core/region", headers=headers).status_code == 403
    with clock.freeze(clock.now() + dt.timedelta(days=31)):
        assert browser.get("/api/v1/core/customer", headers=headers).status_code == 401


def test_a_token_ends_with_the_password(company: Company, crm: Crm) -> None:
    secret = crm("token", "lina", "--scope", "core.*")[1].strip()
    headers = {"Authorization": f"Bearer {secret}"}
    assert company.browser().get("/api/v1/core/customer", headers=headers).status_code == 200
    assert crm("password", "lina", "--stdin", given=OTHER + "\n")[0] == 0
    assert company.browser().get("/api/v1/core/customer", headers=headers).status_code == 401


def test_who_is_disabled_is_out_at_once_and_can_come_back(company: Company, crm: Crm) -> None:
    browser = company.client("lina")
    assert crm("disable", "lina")[0] == 0
    assert browser.get("/me").status_code == 303
    assert company.browser().sign_in("lina").status_code == 422
    assert crm("enable", "lina")[0] == 0
    assert company.browser().sign_in("lina").status_code == 303


def test_everybody_is_listed(company: Company, crm: Crm) -> None:
    code, said, _err = crm("list")
    assert code == 0
    assert [line.split()[1] for line in said.splitlines()] == list(company.people)


@pytest.mark.parametrize("words", [(), ("add",), ("password",), ("token",), ("list",), ("disable",), ("enable",)])
def test_every_help_has_an_example(crm: Crm, words: tuple[str, ...]) -> None:
    code, said, _err = crm(*words, "--help")
    assert code == 0
    assert "crm user" in said.partition("Examples:")[2]
