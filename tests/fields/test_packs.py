"""Packs add what a site lacks and change nothing that people have made."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.setup import packs
from crm_core.kernel.errors import Invalid
from crm_core.resource import custom
from crm_core.resource.choices import Choice
from tests.support.people import Company

CUSTOMER = "core.customer"


def test_our_packs_can_all_be_applied_and_a_second_time_change_nothing(house: Company) -> None:
    with house.as_("admin"):
        for code in packs.known():
            first = packs.apply(code)
            assert first.fields
            before = house.state()
            again = packs.apply(code)
            assert (again.fields, again.sections) == ([], [])
            after = house.state()
            for table in before.keys() - {"core_change", "core_site"}:
                assert before[table] == after[table], table
        chains = session.scalars(sa.select(Choice.code).where(Choice.list == custom.list_name(CUSTOMER, "x_chain")).order_by(Choice.position)).all()
        assert chains == ["raw", "finished", "ancillary"], "each of its words once"
        page = house.client("admin").get("/core/customer/new").text
        assert 'data-field="x_chain"' in page and "Trade press" in page


def test_a_field_that_people_renamed_stays_as_they_made_it(house: Company) -> None:
    with house.as_("admin"):
        packs.apply("press")
        fields = house.site.registry.resource("core.custom_field")
        mine = fields.by_name(["产业链环节"])["产业链环节"]
        fields.write([{"id": mine, "zh": "上下游"}])
        packs.apply("press")
        assert fields.get(mine).zh == "上下游"


def test_what_is_no_pack_is_said(house: Company, tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("[name]\nen = 1", encoding="utf-8")
    with house.as_("admin"):
        for code in ("nothing", str(tmp_path)):
            with pytest.raises(Invalid):
                packs.apply(code)


def test_a_pack_of_ones_own_is_a_folder(house: Company, tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("""
[name]
en = "Ours"
zh = "我们的"
[[field]]
resource = "core.contact"
name = "x_shoe"
kind = "number"
en = "Shoe size"
zh = "鞋码"
""", encoding="utf-8")
    with house.as_("admin"):
        assert packs.apply(str(tmp_path)).fields == ["core.contact.x_shoe"]
        assert "x_shoe" in house.site.registry.resource("core.contact").all_fields
