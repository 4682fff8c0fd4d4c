"""Feeds by secret link, and vCards that come back as they went out."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.data.session import session
from crm_core.features.tasks import services as tasks
from crm_core.kernel import clock
from crm_core.resource.exchange.reader import open_table
from crm_core.resource.feeds import Feed
from crm_core.text.contentlines import escaped, line
from tests.support.people import Company


def link_of(page: str) -> str:
    found = re.search(r'value="https?://[^/"]+(/feeds/[^"]+)"', page)
    assert found is not None
    return found[1]


def test_who_may_not_export_gets_no_link(company: Company) -> None:
    assert company.client("lina").post("/feeds", data={"kind": "vcf", "to": "core.customer"}).status_code == 403
    assert company.client("lina").post("/feeds", data={"kind": "xlsx", "to": "core.customer"}).status_code == 400


@pytest.fixture
def link(company: Company) -> str:
    """The boss's customers as cards."""
    with company.as_("boss"):
        customers = company.site.registry.resource("core.customer")
        customers.write([{"name": "四川云岭春酒业有限公司", "phone": "0831-8235566; 0831-8235567", "email": "info@yunling.example"}, {"name": "秦川机床有限公司"}])
    page = company.client("boss").post("/feeds", data={"kind": "vcf", "to": "core.customer", "q": "云岭"})
    return link_of(page.text)


def test_a_view_is_read_as_cards_with_the_rights_of_its_owner(company: Company, link: str) -> None:
    stranger = company.browser()
    answer = stranger.get(link)
    assert answer.status_code == 200 and answer.mimetype == "text/vcard"
    assert "FN:四川云岭春酒业有限公司" in answer.text and "秦川" not in answer.text
    assert answer.text.count("TEL;TYPE=WORK,VOICE:") == 2 and "EMAIL;TYPE=INTERNET:info@yunling.example" in answer.text
    with company.as_("boss"):
        customers = company.site.registry.resource("core.customer")
        customers.delete([1])
    assert "云岭" not in stranger.get(link).text


def test_the_secret_is_not_kept_and_opens_nothing_else(company: Company, link: str) -> None:
    secret = link.split("/")[2]
    assert company.browser().get(link.replace("feed.vcf", "feed.ics")).status_code == 404
    assert company.browser().get(link.replace(secret, secret[:-1] + "A" if secret[-1] != "A" else secret[:-1] + "B")).status_code == 404
    answer = company.browser().get("/api/v1/core/customer", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code in (401, 403)
    assert secret not in repr(company.state())


def test_it_ends_when_it_is_revoked_and_when_its_owner_leaves(company: Company, link: str) -> None:
    boss = company.client("boss")
    assert "vCards: Customers" in boss.get("/feeds").text
    with company.as_("boss"):
        feed = session.scalars(sa.select(Feed.id)).one()
    assert company.client("sue").post(f"/feeds/{feed}/revoke").status_code == 404
    with company.as_("admin"):
        users = company.site.registry.resource("core.user")
        users.write([{"id": company.people["boss"], "active": False}])
        assert company.browser().get(link).status_code == 404
        users.write([{"id": company.people["boss"], "active": True}])
    assert company.client("boss").post(f"/feeds/{feed}/revoke").status_code == 303
    assert company.browser().get(link).status_code == 404


def test_ones_dates_are_a_calendar(company: Company) -> None:
    with company.as_("lina"):
        tasks.give("Send; the, plan", due=dt.date(2031, 3, 7), due_time="15:00")
        tasks.give("Call them", due=clock.today())
    page = company.client("lina").post("/feeds", data={"kind": "ics"})
    text = company.browser().get(link_of(page.text)).text
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.count("BEGIN:VEVENT") == 2
    assert "SUMMARY:Send\\; the\\, plan" in text and "DTSTART:20310307T" in text and "DTSTART;VALUE=DATE:" in text


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=60).map(str.strip).filter(bool)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(note=WORDS)
def test_any_text_comes_back_from_a_card(tmp_path: Path, note: str) -> None:
    path = tmp_path / "one.vcf"
    card = line("BEGIN", "VCARD") + line("VERSION", "3.0") + line("FN", "张伟") + line("N", "张;伟;;;") + line("NOTE", escaped(note)) + line("END", "VCARD")
    assert all(len(part.encode()) <= 75 for part in card.split("\r\n"))
    path.write_bytes(card.encode())
    table = open_table(path)
    ((_number, cells),) = table.rows()
    assert dict(zip(table.header, cells, strict=True))["note"].split() == note.split()
