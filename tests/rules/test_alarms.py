"""Alarms on numbers of reports: one message a crossing, in the rights of who set it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.messages.models import Notice
from crm_core.features.rules import alarms
from crm_core.features.rules.models import Alarm
from crm_core.kernel.declare import Report
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from crm_core.resource import reporting
from crm_core.resource.reporting import count_by
from tests.customers.office import Office
from tests.support.people import Company

REPORT = Report("core.tests.standing", "Customers by standing", of="core.customer", query=count_by("standing"))


@pytest.fixture(autouse=True)
def reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "reports", lambda: [REPORT])


def look(office: Office) -> None:
    with office.site.system("tests"), writing():
        later(alarms.NAME)
    drain(office.site)


def row(office: Office) -> Any:
    with office.site.system("tests"):
        return session.connection().execute(sa.select(table_of(Alarm))).one()


def told(office: Office, login: str) -> int:
    with office.site.system("tests"):
        return int(session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.receiver_id == office.people[login])) or 0)


def set_(office: Office, login: str = "chen", **more: Any) -> int:
    values = {"name": "Key customers", "report": REPORT.name, "line": "key", "said": "Key", "number": 0, "kind": "", "above": True, "limit": 3, "back": 1, "receivers": [office.people["wang"]]}
    with office.as_(login):
        return alarms.save({**values, **more})


def test_it_rings_once_when_the_number_rises_and_again_after_it_has_gone_back(office: Office) -> None:
    set_(office)
    ids = [office.customer("chen", f"公司{n}有限公司", standing="key") for n in range(2)]
    office.customer("li", "别人的有限公司", standing="key")
    look(office)
    assert (row(office).crossed, row(office).value, told(office, "wang")) == (False, 2, 0), "a colleague's customer is not chen's to count"
    third = office.customer("chen", "第三有限公司", standing="key")
    look(office)
    look(office)
    assert (row(office).crossed, told(office, "wang")) == (True, 1)
    for standing in ("potential", "key"):  # it trembles around the limit
        with office.as_("chen"):
            office.resource("customer").write([{"id": third, "standing": standing}])
        look(office)
    assert told(office, "wang") == 1
    for standing in ("potential", "key"):
        with office.as_("chen"):
            office.resource("customer").write([{"id": i, "standing": standing} for i in (*ids, third)])
        look(office)
    assert told(office, "wang") == 2


def test_what_stands_beyond_the_limit_from_the_start_does_not_ring(office: Office) -> None:
    office.customer("chen", standing="key")
    set_(office, limit=1, back=None)
    look(office)
    assert (row(office).crossed, told(office, "wang")) == (True, 0)


def test_it_asks_with_the_rights_of_who_set_it_and_says_why_it_cannot(office: Office) -> None:
    set_(office)
    office.revoke("seller", "core.customer.read")
    look(office)
    assert row(office).fault is not None or row(office).value == 0
    with office.site.system("tests"), writing() as db:
        from crm_core.access.models import User

        db.get(User, office.people["chen"]).active = False  # type: ignore[union-attr]
    office.changed()
    look(office)
    assert not row(office).active


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(5, 15), st.integers(0, 5))
def test_between_limit_and_way_back_nothing_rings(values: list[int], limit: int, slack: int) -> None:
    """A crossing is rung once, and the next only after the number was at or past the point of coming back."""
    crossed, last, mirror = False, None, False
    for value in values:
        now = alarms.side(above=True, limit=limit, back=limit - slack, value=value, crossed=crossed)
        mirror = alarms.side(above=False, limit=-limit, back=-(limit - slack), value=-value, crossed=mirror)
        assert now is mirror
        if now and not crossed:
            assert value >= limit
            assert last is None or last <= limit - slack
            last = None
        if crossed and not now:
            last = value
        crossed = now


def test_an_alarm_is_set_on_the_page_of_its_report_and_money_is_money(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = company.client("admin")
    monkeypatch.setattr(reporting, "reports", lambda: [REPORT])
    monkeypatch.setitem(company.site.registry._origin, id(REPORT), "core")
    with company.as_("admin"):
        company.site.registry.resource("core.customer").write([{"name": "甲有限公司", "standing": "key"}])
    assert "/alarms/new?report=core.tests.standing" in admin.get("/reports").text
    form = admin.get(f"/alarms/new?report={REPORT.name}").text
    assert 'name="limit"' in form
    sent = {"report": REPORT.name, "name": "Too many", "line": "key", "side": "above", "limit": "2.5", "back": "", "receivers": str(company.people["admin"])}
    assert admin.post("/alarms/new", data={**sent, "back": "3"}).status_code == 422
    assert admin.post("/alarms/new", data=sent).status_code == 303
    listed = admin.get("/alarms").text
    assert "rises to 2.5" in listed
    found = company.client("lina").get("/alarms").text
    assert "Too many" not in found
    with company.as_("admin"):
        (one,) = alarms.rows()
    assert admin.get(f"/alarms/{one.id}").status_code == 200
    assert company.client("lina").get(f"/alarms/{one.id}").status_code == 404
    assert admin.post(f"/alarms/{one.id}/remove").status_code == 303
    assert alarms.unit_of("money") == 100 and alarms.written(123_450, 100) == "1,234.5"
