"""A field changed where it stands: saved on what one saw, refused for who may not, and both values shown when somebody was quicker."""

import re
from html import unescape

import pytest
import sqlalchemy as sa

from crm_core.access.models import FieldRule, Role, Rule
from crm_core.data.session import writing
from crm_core.resource.changes import stamp
from tests.support.people import Client, Company


@pytest.fixture
def firm(house: Company) -> int:
    with house.as_("lina"):
        return int(house.site.registry.resource("core.customer").write([{"name": "Firm", "standing": "potential", "phone": "010-65001234"}])[0])


@pytest.fixture
def lina(house: Company) -> Client:
    return house.client("lina")


def opened(client: Client, firm: int, field: str) -> dict[str, str]:
    """What the little form of a cell sends."""
    text = client.get(f"/core/customer/{firm}/cell?field={field}&back=/core/customer?sort=name").text
    return {n: unescape(v) for n, v in re.findall(r'<input type="hidden" name="(field|version|was|back)" value="([^"]*)"', text)}


def standing(house: Company, firm: int) -> tuple[str, str | None]:
    with house.site.system("tests"):
        row = house.site.registry.resource("core.customer").get(firm)
        return row.standing, row.phone


def test_a_cell_is_saved_and_one_is_back_on_the_list(lina: Client, firm: int, house: Company) -> None:
    answer = lina.post(f"/core/customer/{firm}/cell", data={**opened(lina, firm, "standing"), "standing": "key"})
    assert answer.headers["Location"] == "/core/customer?sort=name"
    assert standing(house, firm)[0] == "key"


def test_who_changed_another_field_meanwhile_is_in_nobodys_way(lina: Client, firm: int, house: Company) -> None:
    mine = opened(lina, firm, "standing")
    lina.post(f"/core/customer/{firm}/cell", data={**opened(lina, firm, "phone"), "phone": "010-65009999"})
    assert lina.post(f"/core/customer/{firm}/cell", data={**mine, "standing": "key"}).status_code == 303
    now, phone = standing(house, firm)
    assert now == "key" and phone is not None and phone.endswith("9999")


def test_who_changed_the_same_field_is_shown_and_not_overwritten(lina: Client, firm: int, house: Company) -> None:
    mine, boss = opened(lina, firm, "standing"), house.client("boss")
    boss.post(f"/core/customer/{firm}/cell", data={**opened(boss, firm, "standing"), "standing": "lost"})
    answer = lina.post(f"/core/customer/{firm}/cell", data={**mine, "standing": "key"})
    assert answer.status_code == 409 and "it is “Lost” now" in unescape(answer.text)
    assert standing(house, firm)[0] == "lost"
    assert re.search(r'<option value="key" selected', answer.text)  # mine is still there, to be put in its place
    assert lina.post(f"/core/customer/{firm}/cell", data={**mine, "was": "lost", "standing": "key"}).status_code == 303
    assert standing(house, firm)[0] == "key"


def test_what_cannot_be_taken_is_said_at_the_cell(lina: Client, firm: int) -> None:
    answer = lina.post(f"/core/customer/{firm}/cell", data={**opened(lina, firm, "phone"), "phone": "no digits"})
    assert answer.status_code == 422 and "needs digits" in answer.text


def test_fields_and_records_that_are_not_ones_own_are_not_changed(lina: Client, firm: int, house: Company) -> None:
    assert house.client("sue").get(f"/core/customer/{firm}/cell?field=standing").status_code == 404
    assert lina.get(f"/core/customer/{firm}/cell?field=updated_at").status_code == 400
    assert 'data-col="standing" data-edit' in lina.get("/core/customer").text
    with house.site.system("tests"), writing() as session:
        role = session.scalar(sa.select(Role.id).where(Role.code == "user"))
        session.add(stamp(FieldRule(role_id=role, resource="core.customer", field="standing", rule=Rule.readonly)))
    house.sql("UPDATE core_site SET rights = rights + 1")
    assert lina.post(f"/core/customer/{firm}/cell", data={"field": "standing", "standing": "key"}).status_code == 400
    assert 'data-col="standing" data-edit' not in lina.get("/core/customer").text
