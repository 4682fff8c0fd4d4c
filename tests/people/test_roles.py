"""The first roles do what they are described to do (product 1.26); they are installed once and are data afterwards."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.models import Grant, Role, Scope
from crm_core.data.session import writing
from crm_core.features.people.services import accounts
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import in_language
from crm_core.resource import listing
from crm_core.web.lookups import lookup
from tests.support.people import Company

FULL, BRIEF = "core.customer", "core.customer.brief"


@pytest.fixture
def customers(company: Company) -> dict[str, int]:
    """One customer of each: lina (north), sue (south), sam (sales), and one of the office."""
    resource, found = company.site.registry.resource(FULL), {}
    with company.site.system("test"):
        for login, home in (("lina", "NORTH"), ("sue", "SOUTH"), ("sam", "SALES"), ("admin", "OFFICE")):
            row = {"name": f"Customer of {login}", "owner": company.people[login], "department": company.departments[home]}
            found[login] = resource.write([row])[0]
    return found


def _sees(company: Company, who: str, customers: dict[str, int], resource: str = FULL) -> set[str]:
    with company.as_(who):
        shown = company.site.registry.resource(resource)
        ids = set(listing.matching_ids(listing.Query(shown), 100)) if shown.may("read") else set()
    return {name for name, key in customers.items() if key in ids}


def _can(company: Company, who: str, verb: str, customers: dict[str, int]) -> set[str]:
    found = set()
    for name, key in customers.items():
        with company.as_(who) as work:
            resource = company.site.registry.resource(FULL)
            try:
                with writing():
                    if verb == "update":
                        resource.write([{"id": key, "phone": "010-1"}])
                    elif verb == "delete":
                        resource.delete([key])
                    elif verb == "assign":
                        resource.write([{"id": key, "owner": company.people["nora"], "department": company.departments["NORTH"]}])
                    found.add(name)
                    raise _Enough
            except (_Enough, CrmError):
                work.info.clear()
    return found


class _Enough(Exception):
    """Roll it back, the next one looks at the same."""


ALL = {"lina", "sue", "sam", "admin"}
SALES = {"lina", "sue", "sam"}


@pytest.mark.parametrize(
    ("who", "reads", "updates", "deletes", "assigns"),
    [("lina", {"lina"}, {"lina"}, set(), set()),
     ("nora", {"lina"}, {"lina"}, set(), {"lina"}),
     ("sam", SALES, SALES, set(), SALES),
     ("boss", ALL, ALL, ALL, ALL),
     ("admin", ALL, ALL, ALL, ALL)],
)
def test_each_role_reaches_its_customers(
    company: Company, customers: dict[str, int], who: str, reads: set[str], updates: set[str], deletes: set[str], assigns: set[str]
) -> None:
    assert _sees(company, who, customers) == reads
    assert _sees(company, who, customers, BRIEF) == ALL, "others' in brief"
    assert _can(company, who, "update", customers) == updates
    assert _can(company, who, "delete", customers) == deletes
    assert _can(company, who, "assign", customers) == assigns


@pytest.mark.parametrize(
    ("who", "may", "may_not"),
    [("lina", "core.customer.print core.task.create core.region.read core.user.brief.read core.tag.create",
      ("core.customer.delete core.customer.export core.customer.import core.customer.assign core.user.read core.user.create "
       "core.role.read core.role.update core.department.update core.tag.delete core.jobs.read core.change.undo")),
     ("sam", "core.customer.export core.customer.import core.customer.assign core.user.create core.user.update core.role.read",
      "core.customer.delete core.user.delete core.role.update core.role.create core.department.update core.team.update core.jobs.read"),
     ("boss", "core.customer.delete core.customer.export core.customer.import core.customer.print core.task.delete core.user.read",
      ("core.user.update core.user.create core.role.read core.role.update core.department.update core.team.update "
       "core.jobs.read core.deliveries.update core.region.update core.choice.update")),
     ("admin", "core.role.update core.user.delete core.jobs.read core.anything.at.all", "")],
)
def test_each_role_may_what_it_is_described_to(company: Company, who: str, may: str, may_not: str) -> None:
    actor = company.actor(who)
    assert [p for p in may.split() if not actor.can(p)] == []
    assert [p for p in may_not.split() if actor.can(p)] == []


def test_a_new_customer_of_a_general_user_is_his_own(company: Company) -> None:
    with company.as_("lina"):
        resource = company.site.registry.resource(FULL)
        made = resource.write([{"name": "New one"}])[0]
        assert resource.system_row(made).owner_id == company.people["lina"]
        with pytest.raises(CrmError):
            resource.write([{"name": "For another", "owner": company.people["sue"]}])


def test_a_supervisor_enters_customers_for_his_people(company: Company) -> None:
    with company.as_("sam"):
        made = company.site.registry.resource(FULL).write([{"name": "For Lina", "owner": company.people["lina"]}])[0]
    assert "x" in _sees(company, "lina", {"x": made})


def test_everybody_reads_the_words_that_forms_need(company: Company) -> None:
    for who in ("lina", "sam", "boss", "admin"):
        actor = company.actor(who)
        for name in ("core.region", "core.industry", "core.position", "core.tag"):
            assert actor.scope(name, "read").everything, (who, name)


def test_the_names_of_presets_are_translated_until_somebody_renames_them(company: Company) -> None:
    roles = company.site.registry.resource("core.role")
    key = _role(company, "user")
    with company.as_("admin"):
        with in_language("en"):
            assert roles.labels([key]) == {key: "General user"}
        with in_language("zh_Hans_CN"):
            assert roles.labels([key])[key] != ""
            for word in ("一般用户", "ybyh", "general"):
                assert [hit["label"] for hit in lookup("core.role", word)["hits"]] == ["一般用户"], word
        roles.write([{"id": key, "name": "Salesperson"}])
        assert roles.labels([key]) == {key: "Salesperson"}
        assert roles.system_row(key).msgid is None


def test_the_form_of_a_preset_has_its_name_in_the_readers_language_and_saving_it_renames_nothing(company: Company) -> None:
    roles, key, browser = company.site.registry.resource("core.role"), _role(company, "user"), company.client("admin")
    browser.post("/preferences", data={"language": "zh_Hans_CN"})
    assert re.search(r'<input[^>]*value="一般用户" id="f-name"', browser.get(f"/core/role/{key}/edit").text)
    with company.as_("admin"):
        with in_language("zh_Hans_CN"):
            kept = roles.all_fields["name"].parse("一般用户")
            roles.write([{"id": key, "name": kept, "note": "x"}])
        assert (roles.system_row(key).name, roles.system_row(key).msgid) == ("General user", "General user")
        with in_language("en"):
            assert roles.labels([key]) == {key: "General user"}


def test_grants_stand_gathered_by_what_they_are_for(company: Company) -> None:
    browser, role = company.client("admin"), _role(company, "supervisor")
    page = browser.get(f"/core/role/{role}").text
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page)]
    found = {row[0]: tuple(row[1:]) for row in reversed(rows) if len(row) == 3}  # the first group of each resource
    assert found["Roles"] == ("read", "all") and found["Customers"][1] == "department and below"
    assert {"read", "create", "change", "give to others"} <= set(found["Customers"][0].split(", "))
    form = browser.get(f"/core/role/{role}/edit").text
    groups = re.findall(r'<details class="lgroup"( open)?><summary>.*?<b>(.*?)</b><span[^>]*>(.*?)</span>', form)
    assert ("", "Roles", "read (all)") in groups and not any(opened for opened, *_rest in groups)
    assert form.index('id="f-grants"') < form.index('id="f-rules"'), "in the order they are declared"
    with company.site.system("test") as work:
        wanted = work.session.scalar(sa.select(sa.func.count()).select_from(Grant).where(Grant.role_id == role, Grant.deleted_at.is_(None)))
    assert len(re.findall(r'name="grants-\d+-permission"', form)) == wanted, "every grant is in the form"
    added = browser.post(f"/core/role/{role}/edit", data={"_add": "grants", "name": "Supervisor"}).text
    assert 'name="grants-0-permission"' in added


def _role(company: Company, code: str) -> int:
    with company.site.system("test"):
        return accounts.role_ids([code])[0]


def _install(company: Company) -> None:
    with company.site.system("install"), writing():
        company.site.registry.call("install", first=False)


def _grants(company: Company, code: str) -> dict[str, str]:
    with company.site.system("test") as work:
        query = sa.select(Grant.permission, Grant.scope).join(Role, Role.id == Grant.role_id).where(
            Role.code == code, Grant.deleted_at.is_(None), Role.deleted_at.is_(None))
        return {row.permission: row.scope.value for row in work.session.execute(query)}


def test_installing_again_changes_nothing(company: Company) -> None:
    before = {code: _grants(company, code) for code in ("administrator", "decision-maker", "supervisor", "user")}
    _install(company)
    assert {code: _grants(company, code) for code in before} == before


def test_what_an_administrator_took_away_does_not_come_back_with_an_upgrade(company: Company) -> None:
    with company.as_("admin"):
        company.site.registry.resource("core.role").write([{"id": _role(company, "user"), "grants": []}])
    _install(company)
    assert _grants(company, "user") == {}


def test_what_he_narrowed_is_not_widened_again(company: Company) -> None:
    with company.site.system("test") as work:
        line = work.session.execute(sa.select(Grant.id).join(Role, Role.id == Grant.role_id).where(
            Role.code == "decision-maker", Grant.permission == "core.user.read")).scalar_one()
    with company.as_("admin"):
        company.site.registry.resource("core.role").write(
            [{"id": _role(company, "decision-maker"), "grants": [{"id": line, "scope": Scope.department}]}])
    _install(company)
    assert _grants(company, "decision-maker") == {"core.user.read": "department"}


def test_a_role_that_he_deleted_stays_away(company: Company) -> None:
    with company.as_("admin"):
        users = company.site.registry.resource("core.user")
        users.write([{"id": company.people["boss"], "roles": []}])
        company.site.registry.resource("core.role").delete([_role(company, "decision-maker")])
    _install(company)
    with company.site.system("test") as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Role).where(Role.code == "decision-maker", Role.deleted_at.is_(None))) == 0


def test_a_role_in_use_is_not_deleted(company: Company) -> None:
    with company.as_("admin"), pytest.raises(CrmError):
        company.site.registry.resource("core.role").delete([_role(company, "user")])


def test_the_form_offers_every_permission_there_is(company: Company) -> None:
    with company.as_("admin"):
        field: Any = company.site.registry.resource("core.role").line_resource("grants").all_fields["permission"]
        offered = dict(field.options())
    assert offered["*"]
    for name in ("core.customer.read", "core.customer.*", "core.customer.brief.read", "core.user.assign", "core.jobs.read"):
        assert name in offered
    assert len(set(offered.values())) == len(offered), "no two read alike"


def test_the_pages_of_roles_and_users_stand(company: Company) -> None:
    browser = company.client("admin")
    role = _role(company, "supervisor")
    for path in ("core/role", f"core/role/{role}", f"core/role/{role}/edit", "core/role/new", "core/user", "core/user/new",
                 f"core/user/{company.people['lina']}", f"core/user/{company.people['lina']}/edit", "core/department",
                 "core/department/new", "core/team", "core/team/new"):
        answer = browser.get(f"/{path}")
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    form = browser.get("/core/user/new").text
    assert 'name="owner"' not in form
    assert 'name="team"' not in form
    assert "password_hash" not in form


def test_roles_are_given_in_the_form_of_the_user(company: Company) -> None:
    browser = company.client("sam")
    data = {"name": "New One", "login": "newone", "department": str(company.departments["NORTH"]), "active": "1", "active__sent": "1",
            "roles-0-role": str(_role(company, "user")), "roles__sent": "1"}
    answer = browser.post("/core/user/new", data=data)
    assert answer.status_code == 303, answer.text
    with company.site.system("test") as work:
        company.people["newone"] = work.session.execute(sa.text("select id from core_user where login = 'newone'")).scalar_one()
    assert [code for code, _n, _m in company.actor("newone").roles] == ["user"]
    refused = browser.post("/core/user/new", data={**data, "login": "other", "roles-0-role": str(_role(company, "administrator"))})
    assert refused.status_code == 422
    assert "You cannot give this role" in refused.text
