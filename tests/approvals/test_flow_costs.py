"""What flows cost the write path: a fixed number of statements, however many records are written; and conditions asked of records as they
are about to be, whatever kind of value a field has."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data import bulk, inside, proposed
from crm_core.data.session import session, system_scope
from crm_core.features.approvals import api, flows, running
from crm_core.resource import asking
from crm_core.resource.changes import unscoped
from tests.approvals.flowing import draw, step
from tests.customers.office import Office
from tests.fields.test_custom_fields import KINDS, define

NAMES = ("成都天府曲酒厂", "四川云岭春酒业有限公司", "重庆江畔酒业有限公司", "南宁邕江茶业有限公司", "绵竹大曲酒厂", "泸州老街酒业有限公司", "宜宾三江酒业有限公司", "遵义赤水河酒业有限公司")
KEY = {"field": "standing", "op": "any", "value": ["key"]}


def customers(office: Office, count: int) -> list[int]:
    with office.as_("chen"):
        return list(office.resource("customer").write([{"name": name} for name in NAMES[:count]]))


def test_a_write_over_many_asks_the_flows_once(office: Office) -> None:
    """Two flows with conditions, neither of which holds for these."""
    draw(office, step(office, "wang"), transition="update", when=KEY)
    draw(office, step(office, "li"), transition="update", when={"field": "name", "op": "contains", "value": "geheim"})
    some = customers(office, 8)

    def write(ids: list[int], note: str) -> int:
        def do() -> None:
            with office.as_("chen"):
                office.resource("customer").write([{"id": one, "note": note} for one in ids])

        return office.count_writes(do)

    write(some, "first")
    assert write(some[:2], "second") == write(some, "third")


def test_what_waits_is_found_at_once(office: Office) -> None:
    draw(office, step(office, "wang", "li", need="all"))
    some = customers(office, 8)
    for one in some:
        with office.as_("chen"):
            api.submit("core.customer", one)
    customer = office.resource("customer")
    with office.as_("chen"):
        asking.locked(customer, some[:1])
        few, at_two = office.count(lambda: asking.locked(customer, some[:2]))
        many, at_eight = office.count(lambda: asking.locked(customer, some))
    assert (len(few), len(many), at_two) == (2, 8, at_eight)
    assert "王志强" in str(many[some[0]]) and "李娜" in str(many[some[0]])


def test_every_kind_of_value_is_asked_as_it_would_be(office: Office) -> None:
    """Whatever column a record has: it comes out of the statement as it went in, and what is not said stands as it stood."""
    (one, two) = customers(office, 2)
    table = office.resource("customer").table
    values: dict[int, dict[str, Any]] = {
        one: {"note": "it’s “so”\n", "kind": "person", "wish_topics": ["a", "b"], "bad_channels": {"x": 1}, "invalid": True, "region_id": None,
              "updated_at": dt.datetime(2026, 11, 27, 8, tzinfo=dt.UTC), "customer_kind": "reseller"},
        two: {"invalid": False, "note": None}}
    with office.site.system("tests"), system_scope("tests"):
        conn = session.connection()
        stood = {row.id: row._mapping for row in conn.execute(sa.select(table).where(bulk.among(table.c.id, [one, two])), execution_options=unscoped("tests"))}
        entity = proposed.rows(table, {**values, 10_000: {"note": "nobody"}}, conn.dialect)
        found = {row.id: row._mapping for row in conn.execute(sa.select(entity), execution_options=unscoped("tests"))}
    assert found.keys() == {one, two}
    for row_id, row in found.items():
        assert dict(row) == {**stood[row_id], **values[row_id]}


@pytest.mark.parametrize(("name", "tree"), [
    ("x_copies", {"op": "gte", "value": "1000"}), ("x_brand", {"op": "contains", "value": "川"}), ("x_gift", {"op": "eq", "value": "1"}),
    ("x_since", {"op": "gte", "value": "2024-01-01"}), ("x_ways", {"op": "any", "value": "mall"}), ("x_link", {"op": "any", "value": "raw"})])
def test_a_field_of_the_house_is_asked_as_it_would_be(office: Office, name: str, tree: dict[str, str]) -> None:
    """A change is handed in because of what an administrator's field is about to hold."""
    more, text, value = KINDS[name]
    define(office, name, **more)
    draw(office, step(office, "wang"), transition="update", when={"field": name, **tree})
    customer = customers(office, 1)[0]
    with office.as_("chen"):
        resource = office.resource("customer")
        new = resource.fields(writing=True)[name].parse(text)
        resource.write([{"id": customer, "note": "of no weight"}])
        with pytest.raises(asking.OnlyAsked):
            resource.write([{"id": customer, name: new}])
        number = asking.propose(resource, customer, {name: new}).number
    with office.as_("wang"):
        running.agree(number)
    with office.as_("chen"):
        row = resource.get(customer)
        assert inside.value(row.custom, resource.all_fields[name].column) == value


def test_what_stands_beside_it_is_not_forgotten(office: Office) -> None:
    """Two fields of the house: one is changed, the other is what the condition asks; and one that is emptied is empty."""
    for name in ("x_one", "x_two"):
        define(office, name, kind="number")
    both = {"all": [{"field": "x_one", "op": "eq", "value": "1"}, {"field": "x_two", "op": "empty"}]}
    customer = customers(office, 1)[0]
    resource = office.resource("customer")
    with office.as_("chen"):
        resource.write([{"id": customer, "x_one": 1, "x_two": 2}])
        columns = {name: resource.all_fields[name].column for name in ("x_one", "x_two")}
        assert flows.holds(resource, both, [customer], {customer: {"note": "n"}}) == set()
        assert flows.holds(resource, both, [customer], {customer: {columns["x_two"]: None}}) == {customer}
        assert flows.holds(resource, both, [customer], {customer: {columns["x_two"]: None, columns["x_one"]: 3}}) == set()
