"""The tree of departments, teams, and what depends on them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access import lines
from crm_core.access.models import Department, Team, TeamMember
from crm_core.features.people.services import accounts, departments
from crm_core.kernel import runner
from crm_core.kernel.errors import CrmError, Forbidden, Invalid, Refused
from crm_core.resource import listing, undo
from crm_core.resource.changes import Change
from crm_core.resource.exchange import running
from crm_core.resource.exchange.models import Import
from tests.support.people import PASSWORD, Company


def _paths(company: Company) -> dict[str, str]:
    names = {key: code for code, key in company.departments.items()}
    with company.site.system("test") as work:
        rows = work.session.execute(sa.select(Department.id, Department.path)).all()
    return {names.get(i, str(i)): "/".join(names.get(int(step), step) for step in path.strip("/").split("/")) for i, path in rows}


def _write(company: Company, who: str, resource: str, **row: Any) -> int:
    with company.as_(who):
        return int(company.site.registry.resource(resource).write([row])[0])


def test_paths_follow_the_tree(company: Company) -> None:
    assert _paths(company) == {"HQ": "HQ", "SALES": "HQ/SALES", "NORTH": "HQ/SALES/NORTH", "SOUTH": "HQ/SALES/SOUTH", "OFFICE": "HQ/OFFICE"}


def test_whoever_moves_takes_all_below_along(company: Company) -> None:
    with company.as_("admin"):
        departments.move(company.departments["SALES"], company.departments["OFFICE"])
    assert _paths(company)["NORTH"] == "HQ/OFFICE/SALES/NORTH"
    with company.as_("admin"):
        departments.move(company.departments["SALES"], None)
    assert _paths(company)["SOUTH"] == "SALES/SOUTH"


def test_a_move_changes_what_people_reach_with_the_next_request(company: Company) -> None:
    assert set(company.actor("sam").subtree) == {company.departments[c] for c in ("SALES", "NORTH", "SOUTH")}
    with company.as_("admin"):
        departments.move(company.departments["SOUTH"], company.departments["OFFICE"])
    assert set(company.actor("sam").subtree) == {company.departments[c] for c in ("SALES", "NORTH")}


@pytest.mark.parametrize(("what", "below"), [("SALES", "SALES"), ("SALES", "NORTH"), ("HQ", "NORTH")])
def test_nothing_lies_below_itself(company: Company, what: str, below: str) -> None:
    before = _paths(company)
    with company.as_("admin"), pytest.raises(Invalid) as bad:
        departments.move(company.departments[what], company.departments[below])
    assert "parent" in bad.value.fields
    assert _paths(company) == before


def test_two_moves_at_once_tie_no_knot(company: Company) -> None:
    """NORTH below SOUTH and SOUTH below NORTH: one of them is refused, whichever comes second."""
    faults: list[BaseException] = []
    gate = threading.Barrier(2)

    def move(what: str, below: str) -> None:
        with company.as_("admin"):
            gate.wait(30)
            try:
                departments.move(company.departments[what], company.departments[below])
            except CrmError as error:
                faults.append(error)

    threads = [threading.Thread(target=move, args=pair) for pair in (("NORTH", "SOUTH"), ("SOUTH", "NORTH"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(faults) == 1
    assert sorted(len(path.split("/")) for path in _paths(company).values()) == [1, 2, 2, 3, 4]


def test_undoing_moves_ties_no_knot_either(company: Company) -> None:
    with company.as_("admin"):
        departments.move(company.departments["NORTH"], company.departments["SOUTH"])
        departments.move(company.departments["NORTH"], company.departments["SALES"])
    second = _last_change(company)
    with company.as_("admin"):
        departments.move(company.departments["SOUTH"], company.departments["NORTH"])
        with pytest.raises(Refused):
            undo.ask(second)
    assert _paths(company)["SOUTH"] == "HQ/SALES/NORTH/SOUTH"


def _last_change(company: Company) -> int:
    with company.site.system("test") as work:
        return int(work.session.scalar(sa.select(sa.func.max(Change.id)).where(Change.kind == "move")) or 0)


def test_a_new_department_lies_in_its_own_scope_and_is_found(company: Company) -> None:
    made = _write(company, "admin", "core.department", name="Archive", parent=company.departments["NORTH"])
    with company.site.system("test"):
        row = company.site.registry.resource("core.department").system_row(made)
    assert row is not None
    assert (row.department_id, row.owner_id, row.team_id) == (made, None, None)
    assert row.path.endswith(f"/{company.departments['NORTH']}/{made}/")
    with company.as_("sam"):
        resource = company.site.registry.resource("core.department")
        assert made in listing.matching_ids(listing.Query(resource), 100)
        assert made in listing.matching_ids(listing.Query(resource, text="Archive"), 100)
    with company.as_("nora"):
        assert company.departments["SOUTH"] not in listing.matching_ids(listing.Query(company.site.registry.resource("core.department")), 100)


def test_who_may_change_one_branch_puts_nothing_elsewhere(company: Company) -> None:
    from crm_core.access.models import Scope

    grants = [{"permission": f"core.department.{verb}", "scope": Scope.subtree} for verb in ("read", "create", "update")]
    role = _write(company, "admin", "core.role", name="Planner", code="planner", grants=grants)
    _write(company, "admin", "core.user", id=company.people["sam"], roles=[{"role": role}])
    made = _write(company, "sam", "core.department", name="West", parent=company.departments["SALES"])
    assert made
    for parent in (None, company.departments["HQ"], company.departments["OFFICE"]):
        with pytest.raises(CrmError):
            _write(company, "sam", "core.department", name="Elsewhere", parent=parent)
        with pytest.raises(CrmError):
            _write(company, "sam", "core.department", id=made, parent=parent)
    with pytest.raises(Forbidden):
        _write(company, "lina", "core.department", name="Mine", parent=company.departments["NORTH"])


def test_a_department_in_use_is_not_deleted(company: Company) -> None:
    with company.as_("admin"):
        resource = company.site.registry.resource("core.department")
        for code in ("NORTH", "SALES"):
            with pytest.raises(Refused):
                resource.delete([company.departments[code]])
        empty = resource.write([{"name": "Empty", "parent": company.departments["HQ"]}])[0]
        resource.delete([empty])


def test_a_new_user_lies_in_his_own_scope_with_his_roles(company: Company) -> None:
    made = _write(company, "nora", "core.user", login="new", name="New", department=company.departments["NORTH"],
                  roles=[{"role": _role(company, "user")}])
    with company.site.system("test") as work:
        row = company.site.registry.resource("core.user").system_row(made)
        parts = work.session.execute(sa.text("select owner_id from core_user_role where user_id = :i"), {"i": made}).scalars().all()
    assert row is not None
    assert (row.owner_id, row.department_id) == (made, company.departments["NORTH"])
    assert parts == [made]
    with company.as_("nora"):
        assert made in listing.matching_ids(listing.Query(company.site.registry.resource("core.user"), text="New"), 100)


def _role(company: Company, code: str) -> int:
    with company.site.system("test"):
        return accounts.role_ids([code])[0]


def test_a_department_of_the_same_code_is_taken(company: Company) -> None:
    with pytest.raises(Invalid):
        _write(company, "admin", "core.department", name="Other", code="NORTH", parent=company.departments["HQ"])


@pytest.mark.parametrize("login", ["lina", "LINA", "ｌｉｎａ"])
def test_a_sign_in_name_is_taken_however_it_is_written(company: Company, login: str) -> None:
    with pytest.raises(Invalid) as bad:
        _write(company, "admin", "core.user", login=login, name="Other", department=company.departments["NORTH"])
    assert "login" in bad.value.fields


def test_the_sign_in_name_of_somebody_deleted_is_free_again(company: Company) -> None:
    with company.as_("admin"):
        company.site.registry.resource("core.user").delete([company.people["sue"]])
    assert _write(company, "admin", "core.user", login="sue", name="Other Sue", department=company.departments["NORTH"])


@pytest.mark.parametrize("login", ["x", "13800001234", "a b", "a@b.c", "-x", "<x>", "x" * 61])
def test_odd_sign_in_names_are_refused(company: Company, login: str) -> None:
    with pytest.raises(CrmError):
        _write(company, "admin", "core.user", login=login, name="Other", department=company.departments["NORTH"])


# --- teams -------------------------------------------------------------------------------------------------------------


def test_members_of_a_team_are_lines_and_count_with_the_next_request(company: Company) -> None:
    team = _write(company, "admin", "core.team", name="Harbour",
                  members=[{"user": company.people["lina"]}, {"user": company.people["sue"]}])
    assert company.actor("lina").teams == (team,)
    with company.site.system("test") as work:
        lines = {m.user_id: m.id for m in work.session.scalars(sa.select(TeamMember).where(TeamMember.deleted_at.is_(None)))}
    _write(company, "admin", "core.team", id=team, members=[{"id": lines[company.people["sue"]]}])
    assert company.actor("lina").teams == ()
    assert company.actor("sue").teams == (team,)
    with company.as_("admin"):
        company.site.registry.resource("core.team").delete([team])
    assert company.actor("sue").teams == ()


def test_the_head_of_a_team_is_one_of_its_members_whichever_door_it_comes_by(company: Company) -> None:
    lina, sue = company.people["lina"], company.people["sue"]
    with pytest.raises(Invalid) as bad:
        _write(company, "admin", "core.team", name="Harbour", head=sue, members=[{"user": lina}])
    assert set(bad.value.fields) == {"head"}
    team = _write(company, "admin", "core.team", name="Harbour", head=sue, members=[{"user": lina}, {"user": sue}])
    with company.site.system("test") as work:
        members = {m.user_id: m.id for m in work.session.scalars(sa.select(TeamMember).where(TeamMember.team_id == team))}
        assert lines.heads_of_teams([team, 999]) == {team: sue}
    with pytest.raises(Invalid, match="one of its members"):  # nor does he leave it as its head
        _write(company, "admin", "core.team", id=team, members=[{"id": members[lina]}])
    _write(company, "admin", "core.user", id=sue, active=False)
    with company.site.system("test"):
        assert lines.heads_of_teams([team]) == {}, "who may not sign in decides nothing"
    browser = company.client("admin")
    assert "Sue" in browser.get("/core/team").text and 'name="head"' in browser.get(f"/core/team/{team}/edit").text
    told = browser.post("/core/team/new", data={"name": "Pier", "head": str(lina), "proof_password": PASSWORD})
    assert told.status_code == 422 and "is one of its members" in told.text


def test_teams_come_from_a_file_with_head_and_members(company: Company, tmp_path: Path) -> None:
    file = tmp_path / "teams.csv"
    file.write_text("Name,Head,User\nPier,Lina,Lina\nPier,Lina,Sue\nQuay,Lina,Sue\n", encoding="utf-8")
    with company.as_("admin"):
        made = running.begin(company.site.registry.resource("core.team"), file.name, file)
        running.start(made)
        number = made.id
    while runner.run_one(company.site):
        pass
    with company.site.system("test") as work:
        done = work.session.get_one(Import, number)
        assert (done.new + done.updated, done.refused) == (2, 1), "of one its head is no member"
        team = work.session.scalars(sa.select(Team)).one()
        members = set(work.session.scalars(sa.select(TeamMember.user_id).where(TeamMember.team_id == team.id)))
    assert (team.name, team.head_id, members) == ("Pier", company.people["lina"], {company.people["lina"], company.people["sue"]})


def test_nobody_without_the_right_makes_teams(company: Company) -> None:
    for login in ("lina", "sam", "boss"):
        with pytest.raises(Forbidden):
            _write(company, login, "core.team", name="Mine", members=[{"user": company.people[login]}])
