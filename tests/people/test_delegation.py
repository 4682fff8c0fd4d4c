"""Nobody gives what he does not have: in the browser, through the API, by undo, with a token.

Long because every way of giving away more than one has is tried here, on one company.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access import tokens
from crm_core.access.delegation import covers, exceeds, grant_exceeds
from crm_core.access.models import Grant, Rule, Scope, SecurityEvent
from crm_core.access.scope import EVERYTHING, NOTHING, unite
from crm_core.data.session import writing
from crm_core.features.people.services import accounts
from crm_core.kernel.errors import CrmError, Forbidden, Invalid, Missing, Refused
from crm_core.resource import undo
from crm_core.resource.exchange import running
from crm_core.resource.exchange.models import Import
from tests.support.people import PASSWORD, Company


def _write(company: Company, who: str, resource: str, **row: Any) -> int:
    with company.as_(who):
        return int(company.site.registry.resource(resource).write([row])[0])


def _role(company: Company, code: str) -> int:
    with company.site.system("test"):
        return accounts.role_ids([code])[0]


def _roles(company: Company, *codes: str) -> list[dict[str, int]]:
    return [{"role": _role(company, code)} for code in codes]


def _events(company: Company) -> list[tuple[str, int | None, str | None]]:
    with company.site.system("test") as work:
        query = sa.select(SecurityEvent.kind, SecurityEvent.user_id, SecurityEvent.detail).order_by(SecurityEvent.id)
        return [tuple(row) for row in work.session.execute(query)]


def _codes(company: Company, login: str) -> list[str]:
    return sorted(code for code, _name, _msgid in company.actor(login).roles)


# --- what a supervisor may -----------------------------------------------------------------------------------------------


def test_a_supervisor_opens_an_account_in_his_department(company: Company) -> None:
    made = _write(company, "nora", "core.user", login="new", name="New", department=company.departments["NORTH"],
                  roles=_roles(company, "user"))
    company.people["new"] = made
    assert _codes(company, "new") == ["user"]
    assert company.actor("new").scope("core.customer", "read") == unite([("owner_id", [made])])


def test_a_supervisor_of_a_whole_branch_makes_supervisors_below_him(company: Company) -> None:
    _write(company, "sam", "core.user", id=company.people["lina"], roles=_roles(company, "user", "supervisor"))
    assert _codes(company, "lina") == ["supervisor", "user"]


@pytest.mark.parametrize("code", ["administrator", "decision-maker"])
@pytest.mark.parametrize("target", ["lina", "sam"])
def test_a_supervisor_cannot_give_more_than_he_has(company: Company, code: str, target: str) -> None:
    before = _codes(company, target)
    with pytest.raises(Invalid) as bad:
        _write(company, "sam", "core.user", id=company.people[target], roles=_roles(company, "user", code))
    assert "roles" in bad.value.fields
    assert _codes(company, target) == before


def test_a_new_account_cannot_have_more_than_its_maker(company: Company) -> None:
    with pytest.raises(Invalid):
        _write(company, "sam", "core.user", login="new", name="New", department=company.departments["SALES"],
               roles=_roles(company, "administrator"))


def test_nobody_raises_himself_by_moving_to_a_higher_department(company: Company) -> None:
    for department in ("HQ", "SALES", "OFFICE"):
        with pytest.raises(CrmError):
            _write(company, "nora", "core.user", id=company.people["nora"], department=company.departments[department])
    assert company.actor("nora").department_id == company.departments["NORTH"]


def test_nobody_is_raised_by_being_moved_higher_than_the_mover(company: Company) -> None:
    _write(company, "sam", "core.user", id=company.people["lina"], roles=_roles(company, "supervisor"))
    with pytest.raises(CrmError):
        _write(company, "nora", "core.user", id=company.people["lina"], department=company.departments["SALES"])


def test_accounts_outside_the_department_do_not_exist_for_him(company: Company) -> None:
    for login in ("sue", "boss", "admin", "sam"):
        with pytest.raises(Missing):
            _write(company, "nora", "core.user", id=company.people[login], name="Renamed")
    with pytest.raises(Invalid):
        _write(company, "nora", "core.user", login="new", name="New", department=company.departments["SOUTH"])
    with pytest.raises(Invalid):
        _write(company, "nora", "core.user", id=company.people["lina"], department=company.departments["SOUTH"])


def test_somebody_above_him_is_not_his_to_edit_though_he_sits_in_his_department(company: Company) -> None:
    """A new mail address would be a new password."""
    _write(company, "admin", "core.user", id=company.people["admin"], department=company.departments["NORTH"])
    for change in ({"email": "nora@example.com"}, {"active": False}, {"login": "x1"}, {"roles": []}):
        with pytest.raises(Forbidden):
            _write(company, "nora", "core.user", id=company.people["admin"], **change)
    with pytest.raises(CrmError), company.as_("nora"):
        company.site.registry.resource("core.user").delete([company.people["admin"]])
    browser = company.client("nora")
    assert browser.get(f"/core/user/{company.people['admin']}/link").status_code == 403
    assert browser.post(f"/core/user/{company.people['admin']}/link").status_code == 403
    assert _events(company)[-1] == ("refused", company.people["nora"], f"people.password_link {company.people['admin']}")


def test_one_who_is_switched_off_is_judged_by_what_he_could_do(company: Company) -> None:
    _write(company, "admin", "core.user", id=company.people["boss"], department=company.departments["NORTH"], active=False)
    with pytest.raises(Forbidden):
        _write(company, "nora", "core.user", id=company.people["boss"], email="nora@example.com")


def test_general_users_change_nobody(company: Company) -> None:
    for login in ("lina", "sue", "admin"):
        with pytest.raises(CrmError):
            _write(company, "lina", "core.user", id=company.people[login], name="Renamed")
    with pytest.raises(Forbidden):
        _write(company, "lina", "core.role", id=_role(company, "user"), name="Renamed")


def test_rows_that_keep_the_scope_of_a_user_cannot_be_written(company: Company) -> None:
    _write(company, "sam", "core.user", id=company.people["lina"], owner=company.people["sam"])
    with company.site.system("test"):
        row = company.site.registry.resource("core.user").system_row(company.people["lina"])
    assert row is not None
    assert row.owner_id == company.people["lina"]
    assert row.team_id is None


def test_roles_cannot_be_written_past_the_form_of_their_user(company: Company) -> None:
    """The lines of a user are a resource without verbs: no page and no route of the API."""
    admin = company.client("admin")
    for path in ("core/user_role", "core/grant", "core/field_rule", "core/team_member"):
        assert admin.get(f"/{path}").status_code in (403, 404)
        assert admin.get(f"/{path}/new").status_code in (403, 404)
    with pytest.raises(CrmError):
        _write(company, "sam", "core.user_role", user=company.people["sam"], role=_role(company, "administrator"))


# --- roles ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def keeper(company: Company) -> Company:
    """sam keeps the roles besides, without having everything himself."""
    lines = [{"permission": p, "scope": Scope.all} for p in ("core.role.*", "core.tag.*")]
    made = _write(company, "admin", "core.role", name="Keeper", code="keeper", grants=lines)
    _write(company, "admin", "core.user", id=company.people["sam"], roles=[*_roles(company, "supervisor"), {"role": made}])
    return company


@pytest.mark.parametrize(
    ("permission", "scope", "allowed"),
    [("core.tag.update", Scope.all, True), ("core.tag.update", Scope.own, True), ("core.role.read", Scope.all, True),
     ("core.customer.read", Scope.own, True), ("core.customer.read", Scope.subtree, False), ("core.customer.read", Scope.all, False),
     ("core.customer.delete", Scope.own, False), ("*", Scope.own, False), ("core.*", Scope.own, False),
     ("core.t*", Scope.own, False), ("core.user.delete", Scope.own, False), ("plugin.thing.read", Scope.own, False)],
)
def test_a_role_gets_only_grants_that_its_editor_has(keeper: Company, permission: str, scope: Scope, allowed: bool) -> None:
    row = {"name": "Made", "code": "made", "grants": [{"permission": permission, "scope": scope}]}
    if allowed:
        assert _write(keeper, "sam", "core.role", **row)
    else:
        with pytest.raises(CrmError):
            _write(keeper, "sam", "core.role", **row)


def test_widening_a_grant_is_giving(keeper: Company) -> None:
    made = _write(keeper, "sam", "core.role", name="Made", code="made", grants=[{"permission": "core.customer.read", "scope": Scope.own}])
    with keeper.as_("sam") as work:
        (line,) = [g for g in work.session.query(Grant) if g.role_id == made]
    with pytest.raises(CrmError):
        _write(keeper, "sam", "core.role", id=made, grants=[{"id": line.id, "scope": Scope.all}])


def test_undoing_is_giving_too(keeper: Company) -> None:
    """The administrator narrows a role; one with the right to undo cannot widen it again."""
    _write(keeper, "admin", "core.role", name="Made", code="made", grants=[{"permission": "core.customer.delete", "scope": Scope.all}])
    made = _role(keeper, "made")
    with keeper.as_("admin") as work:
        (line,) = [g for g in work.session.query(Grant) if g.role_id == made]
        roles = keeper.site.registry.resource("core.role")
        roles.write([{"id": made, "grants": []}])
        change = roles.registry and _last_change(keeper)
        assert line is not None
    _write(keeper, "admin", "core.role", id=_role(keeper, "keeper"),
           grants=[{"permission": "core.change.undo", "scope": Scope.all}, {"permission": "core.role.*", "scope": Scope.all}])
    with keeper.as_("sam"):
        try:
            undo.ask(change)
        except CrmError:
            pass
    with keeper.site.system("test") as work:
        live = [g for g in work.session.query(Grant) if g.role_id == made and g.deleted_at is None]
    assert live == []


def _last_change(company: Company) -> int:
    import sqlalchemy as sa

    from crm_core.resource.changes import Change

    with company.site.system("test") as work:
        return int(work.session.scalar(sa.select(sa.func.max(Change.id))) or 0)


def test_a_field_rule_that_binds_somebody_is_not_his_to_lift(keeper: Company) -> None:
    rule = {"resource": "core.customer", "field": "phone", "rule": Rule.hidden}
    supervisor, keeping = _role(keeper, "supervisor"), _role(keeper, "keeper")
    _write(keeper, "admin", "core.role", id=supervisor, rules=[rule])
    assert keeper.actor("sam").rule("core.customer", "phone") is Rule.hidden
    with pytest.raises(Forbidden):
        _write(keeper, "sam", "core.role", id=supervisor, rules=[])
    with pytest.raises(CrmError):  # nor may he give somebody else what he does not see himself
        _write(keeper, "sam", "core.user", id=keeper.people["lina"], roles=_roles(keeper, "user"))
        _write(keeper, "sam", "core.user", id=keeper.people["lina"], name="Lina")
    assert keeping


def test_a_field_rule_names_a_field_of_its_resource(company: Company) -> None:
    with pytest.raises(Invalid):
        _write(company, "admin", "core.role", name="Made", code="made",
               rules=[{"resource": "core.region", "field": "legal_representative", "rule": Rule.hidden}])


# --- the last administrator ------------------------------------------------------------------------------------------------


def test_somebody_remains_administrator(company: Company) -> None:
    admin = company.people["admin"]
    for change in ({"roles": []}, {"roles": _roles(company, "user")}):
        with pytest.raises(Refused):
            _write(company, "admin", "core.user", id=admin, **change)
    with pytest.raises(Invalid):
        _write(company, "admin", "core.user", id=admin, active=False)
    with pytest.raises(Refused), company.as_("admin"):
        company.site.registry.resource("core.user").delete([admin])
    with pytest.raises(Refused):
        _write(company, "admin", "core.role", id=_role(company, "administrator"), grants=[])
    assert company.actor("admin").can("core.role.update")


def test_with_a_second_one_the_first_may_go(company: Company) -> None:
    _write(company, "admin", "core.user", id=company.people["boss"], roles=_roles(company, "administrator"))
    _write(company, "boss", "core.user", id=company.people["admin"], roles=[])
    assert _codes(company, "admin") == []


# --- through the API ---------------------------------------------------------------------------------------------------------


def _token(company: Company, login: str, *scopes: str) -> dict[str, str]:
    with company.site.system("test"):
        secret, _id = tokens.issue(company.people[login], "test", scopes or ("*",))
    return {"Authorization": f"Bearer {secret}"}


def _patch(company: Company, headers: dict[str, str], login: str, body: dict[str, Any]) -> int:
    browser = company.browser()
    url = f"/api/v1/core/user/{company.people[login]}"
    tag = browser.get(url, headers=headers).headers.get("ETag", '"1"')
    return int(browser.patch(url, json=body, headers={**headers, "If-Match": tag}).status_code)


def test_the_api_gives_no_more_either(company: Company) -> None:
    headers = _token(company, "sam")
    assert _patch(company, headers, "lina", {"name": "Lina L"}) == 200
    assert _patch(company, headers, "lina", {"roles": [{"role": _role(company, "administrator")}]}) in (403, 422)
    assert _patch(company, headers, "sam", {"department": company.departments["HQ"]}) in (403, 422)
    assert _codes(company, "lina") == ["user"]


def test_a_token_of_an_administrator_gives_no_more_than_its_scopes(company: Company) -> None:
    """Else a stolen token for accounts would be a token for everything."""
    headers = _token(company, "admin", "core.user.*", "core.role.read")
    assert _patch(company, headers, "lina", {"roles": [{"role": _role(company, "administrator")}]}) in (403, 422)
    assert _patch(company, headers, "lina", {"email": "thief@example.com"}) == 403
    assert _codes(company, "lina") == ["user"]


# --- the password once more ---------------------------------------------------------------------------------------------------


def _old_session(company: Company, login: str) -> Any:
    browser = company.client(login)
    company.sql("update core_session set proved_at = made_at")
    import datetime as dt

    from crm_core.kernel import clock

    earlier = clock.now() - dt.timedelta(minutes=11)
    value = earlier.strftime("%Y-%m-%d %H:%M:%S.%f") if company.site.engines.is_sqlite else earlier
    company.sql("update core_session set proved_at = :at", at=value)
    return browser


def test_after_ten_minutes_the_password_is_asked_again_and_what_was_typed_is_kept(company: Company) -> None:
    browser = _old_session(company, "admin")
    url = f"/core/user/{company.people['lina']}/link"
    assert browser.get(url).status_code == 200
    asked = browser.post(url, data={"note": "kept words"})
    assert asked.status_code == 403
    assert 'name="proof_password"' in asked.text
    assert "kept words" in asked.text
    wrong = browser.post(url, data={"note": "kept words", "proof_password": "wrong"})
    assert wrong.status_code == 422
    assert "kept words" in wrong.text
    done = browser.post(url, data={"note": "kept words", "proof_password": PASSWORD})
    assert done.status_code == 200
    assert "/password/reset/" in done.text
    assert browser.post(url).status_code == 200, "for ten minutes it is open"


def test_a_form_of_the_pages_asks_and_goes_on(company: Company) -> None:
    browser = _old_session(company, "admin")
    url, data = "/core/role/new", {"name": "Made", "code": "made"}
    asked = browser.post(url, data=data)
    assert (asked.status_code, 'name="proof_password"' in asked.text) == (403, True)
    assert browser.post(url, data={**data, "proof_password": PASSWORD}).status_code == 303
    assert _role(company, "made")


@pytest.mark.parametrize(("kind", "text"), [("core.team", "Name\nPier\n"), ("core.department", "Name\nPier\n")])
def test_a_file_of_teams_or_departments_asks_too(company: Company, tmp_path: Path, kind: str, text: str) -> None:
    """Their import is a job, which has no session: the password is asked where it is begun. A file of customers asks for none."""
    browser = _old_session(company, "admin")
    numbers = {}
    for name in (kind, "core.customer"):
        file = tmp_path / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        with company.as_("admin"):
            numbers[name] = running.begin(company.site.registry.resource(name), file.name, file).id
    url = f"/import/{numbers[kind]}"
    asked = browser.post(url, data={"_do": "start", "col-0": "name"})
    assert (asked.status_code, 'name="proof_password"' in asked.text) == (403, True)
    assert _state(company, numbers[kind]) == "matching"
    assert browser.post(f"/import/{numbers['core.customer']}", data={"_do": "start", "col-0": "name"}).status_code == 303
    assert browser.post(url, data={"_do": "start", "col-0": "name", "proof_password": PASSWORD}).status_code == 303
    assert _state(company, numbers[kind]) != "matching"


def test_many_at_once_by_a_job_ask_too(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_core.web import bulk

    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    with company.as_("admin"):
        team = company.site.registry.resource("core.team").write([{"name": "Pier"}])[0]
    browser = _old_session(company, "admin")
    asked = browser.post("/core/team/bulk/delete", data={"id": str(team), "go": "1"})
    assert (asked.status_code, 'name="proof_password"' in asked.text) == (403, True)


def _state(company: Company, number: int) -> str:
    with company.site.system("test") as work:
        return str(work.session.get_one(Import, number).state.value)


def test_guessing_the_password_there_is_counted(company: Company) -> None:
    browser = _old_session(company, "admin")
    url = f"/core/user/{company.people['lina']}/link"
    codes = [browser.post(url, data={"proof_password": "wrong"}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_other_work_does_not_ask(company: Company) -> None:
    browser = _old_session(company, "lina")
    assert browser.post("/preferences", data={"theme": "dark"}).status_code == 303


# --- the comparison itself --------------------------------------------------------------------------------------------------


def test_scopes_are_compared_branch_by_branch() -> None:
    mine = unite([("owner_id", [1]), ("department_id", [10, 11])])
    assert covers(EVERYTHING, EVERYTHING, 2)
    assert covers(mine, unite([("owner_id", [2])]), 2), "the holder's own records"
    assert covers(mine, unite([("owner_id", [2]), ("department_id", [11])]), 2)
    assert not covers(mine, unite([("department_id", [12])]), 2)
    assert not covers(mine, unite([("team_id", [1])]), 2)
    assert not covers(mine, unite([("owner_id", [3])]), 2)
    assert not covers(mine, EVERYTHING, 2)
    assert not covers(NOTHING, unite([("owner_id", [2])]), 2)


def test_the_comparison_knows_who_may_do_what(house: Company) -> None:
    admin, boss, sam, nora, lina = (house.actor(n) for n in ("admin", "boss", "sam", "nora", "lina"))
    assert not exceeds(admin, boss)
    assert exceeds(boss, admin)
    assert not exceeds(sam, nora)
    assert exceeds(nora, sam)
    assert not exceeds(nora, lina)
    assert exceeds(lina, nora)
    assert not exceeds(sam, sam)
    assert exceeds(admin.with_token(("core.user.*",)), lina)
    assert not grant_exceeds(admin, "whatever.*", Scope.all)


def test_with_the_guard_off_the_same_acts_go_through(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: it is this guard that refuses."""
    monkeypatch.setattr("crm_core.features.people.services.rights.exceeds", lambda giver, holder: "")
    _write(company, "sam", "core.user", id=company.people["lina"], roles=_roles(company, "administrator"))
    assert _codes(company, "lina") == ["administrator"]


def test_a_write_of_the_house_itself_needs_no_rights(company: Company) -> None:
    with company.site.system("test"), writing():
        company.site.registry.resource("core.user").write([{"id": company.people["lina"], "roles": _roles(company, "administrator")}])
    assert _codes(company, "lina") == ["administrator"]


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/core/customer", "/api/v1/nowhere"])
def test_a_password_brought_to_what_asks_for_none_is_not_looked_at(house: Company, path: str) -> None:
    """No page of ours asked for it there, so no forgery token is checked: nothing is proved and no try is used up."""
    lina = house.client("lina")
    before = house.state()
    for password in (PASSWORD, "wrong"):
        answer = lina.post(path, data={"proof_password": password}, raw=True)
        assert answer.status_code in (401, 404)
    assert {name: rows for name, rows in house.state().items() if name in ("core_session", "core_throttle")} == {
        name: before[name] for name in ("core_session", "core_throttle")}
