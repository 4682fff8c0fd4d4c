"""Who reports to whom, who heads a department, who stands in."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.access import lines
from crm_core.access.models import StandIn
from crm_core.data.session import writing
from crm_core.kernel.errors import Invalid, Refused
from crm_core.resource import undo
from crm_core.resource.changes import Change, stamp
from tests.support.people import Company

DAY = dt.date(2026, 11, 30)


def head(company: Company, code: str, login: str | None) -> None:
    with company.as_("admin"):
        company.site.registry.resource("core.department").write([{"id": company.departments[code], "owner": company.people[login] if login else None}])


def above(company: Company, login: str, superior: str | None) -> None:
    with company.as_("admin"):
        company.site.registry.resource("core.user").write([{"id": company.people[login], "supervisor": company.people[superior] if superior else None}])


def shut(company: Company, login: str) -> None:
    with company.as_("admin"):
        company.site.registry.resource("core.user").write([{"id": company.people[login], "active": False}])


def newest(company: Company) -> int:
    with company.site.system("test") as work:
        return int(work.session.scalar(sa.select(sa.func.max(Change.id))) or 0)


def chain(company: Company, login: str) -> list[str]:
    names = {key: name for name, key in company.people.items()}
    with company.site.system("test"):
        return [names[one] for one in lines.chain_of(company.people[login])]


def test_the_department_decides_where_nobody_was_named_and_up_the_tree(company: Company) -> None:
    assert chain(company, "lina") == []
    head(company, "HQ", "boss")
    assert chain(company, "lina") == ["boss"]
    head(company, "NORTH", "nora")
    head(company, "SALES", "sam")
    assert chain(company, "lina") == ["nora", "sam", "boss"]
    assert chain(company, "boss") == [], "nobody is his own superior"
    above(company, "lina", "admin")
    assert chain(company, "lina") == ["admin", "boss"]


def test_who_may_not_sign_in_is_nobodys_superior(company: Company) -> None:
    head(company, "HQ", "boss")
    head(company, "NORTH", "nora")
    above(company, "lina", "sam")
    shut(company, "sam")
    assert chain(company, "lina") == ["nora", "boss"]
    shut(company, "nora")
    assert chain(company, "lina") == ["boss"]


def test_both_ways_agree(company: Company) -> None:
    head(company, "HQ", "boss")
    head(company, "NORTH", "nora")
    above(company, "sue", "lina")
    with company.site.system("test"):
        everybody = list(company.people.values())
        up, down = lines.supervisors_of(everybody), lines.reports_of_each(everybody)
        assert {(who, one) for one, mine in down.items() for who in mine} == set(up.items())
        assert lines.reports_of(company.people["lina"]) == [company.people["sue"]]
        assert lines.head_of(company.departments["NORTH"]) == company.people["nora"]
        assert lines.head_of(company.departments["SOUTH"]) == company.people["boss"]
        assert company.people["sue"] in lines.members_of(company.departments["SALES"])


def test_no_knots_by_form_or_undo(company: Company) -> None:
    above(company, "lina", "nora")
    for login, superior in (("nora", "lina"), ("nora", "nora")):
        with pytest.raises(Invalid) as bad:
            above(company, login, superior)
        assert "supervisor" in bad.value.fields
    above(company, "lina", None)
    away = newest(company)
    above(company, "nora", "lina")
    with company.as_("admin"), pytest.raises(Refused):
        undo.ask(away)
    assert chain(company, "nora")[0] == "lina"


def test_a_stand_in_holds_on_his_days_and_the_last_named_counts(company: Company) -> None:
    sam, lina, sue = (company.people[n] for n in ("sam", "lina", "sue"))
    with company.site.system("test"), writing() as db:
        db.add(stamp(StandIn(owner_id=sam, substitute_id=lina, begins=DAY, ends=DAY + dt.timedelta(days=2))))
        db.flush()
        db.add(stamp(StandIn(owner_id=sam, substitute_id=sue, begins=DAY + dt.timedelta(days=1), ends=DAY + dt.timedelta(days=1))))
    with company.site.system("test"):
        said = [lines.stand_in_of(sam, DAY + dt.timedelta(days=n)) for n in (-1, 0, 1, 2, 3)]
        assert said == [None, lina, sue, lina, None]
        assert lines.stood_for(lina, DAY) == [sam] and lines.stood_for(lina, DAY + dt.timedelta(days=1)) == []
