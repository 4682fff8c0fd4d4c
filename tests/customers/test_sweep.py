"""The sweep over stored customers: what it finds, who sees it, what is remembered, killed and gone on with."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.kernel.runner import drain
from crm_core.resource import pairs, sweep, undo
from crm_core.resource.pairs import Pair
from tests.customers.office import Office

FIRMS = ["广西甘源糖业有限公司", "甘源糖业", "四川云岭春酒业有限公司", "秦川机床有限公司", "上海甘源糖业有限公司", "廣西甘源糖業股份有限公司"]


@pytest.fixture
def swept(office: Office) -> dict[str, int]:
    """Customers of several colleagues, looked through."""
    ids = {name: office.customer("chen" if at % 2 else "li", name) for at, name in enumerate(FIRMS)}
    look(office)
    return ids


def look(office: Office) -> None:
    with office.as_("sun"), writing():
        sweep.ask(office.resource("customer"))
    drain(office.site)


def waiting(office: Office, login: str) -> set[frozenset[str]]:
    with office.as_(login):
        customers = office.resource("customer")
        rows = session.scalars(pairs.waiting(customers)).all()
        names = customers.labels({i for row in rows for i in (row.one_id, row.other_id)})
        return {frozenset((names[row.one_id], names[row.other_id])) for row in rows}


def test_likely_pairs_are_found_and_firms_of_other_places_are_not(office: Office, swept: dict[str, int]) -> None:
    assert waiting(office, "sun") == {
        frozenset((FIRMS[0], FIRMS[1])), frozenset((FIRMS[0], FIRMS[5])), frozenset((FIRMS[1], FIRMS[5])), frozenset((FIRMS[1], FIRMS[4]))}


def test_only_who_sees_both_sees_the_pair(office: Office, swept: dict[str, int]) -> None:
    assert waiting(office, "chen") == {frozenset((FIRMS[1], FIRMS[5]))}
    assert waiting(office, "li") == set()


def test_what_is_not_the_same_is_remembered_and_merged_ones_are_gone(office: Office, swept: dict[str, int]) -> None:
    with office.as_("sun"):
        customers = office.resource("customer")
        shanghai = session.scalars(sa.select(Pair).where(Pair.other_id == swept[FIRMS[4]])).one()
        pairs.decide(customers, shanghai.id, "Two firms")
        customers.run("merge", [swept[FIRMS[0]]], {"others": [swept[FIRMS[5]]]})
    look(office)
    assert waiting(office, "sun") == {frozenset((FIRMS[0], FIRMS[1]))}


def test_a_sweep_that_was_stopped_goes_on_and_finds_the_same(office: Office, swept: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    found = waiting(office, "sun")
    with office.site.system("tests"), writing() as db:
        db.execute(sa.delete(Pair))
    reads = sweep._file
    calls: list[int] = []

    def falls(resource: object, path: object) -> object:
        calls.append(1)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return reads(resource, path)  # type: ignore[arg-type]

    monkeypatch.setattr(sweep, "_file", falls)
    with pytest.raises(KeyboardInterrupt):
        look(office)
    monkeypatch.undo()
    with office.site.system("tests"), writing() as db:
        db.execute(sa.text("UPDATE core_job SET state = 'queued', owner = NULL, lease_until = NULL WHERE name = 'core.twins' AND state = 'running'"))
    drain(office.site)
    assert waiting(office, "sun") == found


def test_the_certain_ones_become_one_together_and_come_back_together(office: Office) -> None:
    one = office.customer("chen", "云岭茶业有限公司", phone="0771-5551234")
    other = office.customer("chen", "云岭茶业有限责任公司", phone="(0771) 555 1234")
    office.customer("chen", "云岭茶业")
    look(office)
    with office.as_("sun"), writing():
        from crm_core.kernel.jobs import later

        later("core.twins.merge", {"resource": "core.customer"})
    drain(office.site)
    counts, change = office.job("core.twins.merge")
    assert counts == {"done": 1, "skipped": 0}
    with office.as_("sun"):
        assert office.resource("customer").merged_into(other) == one
        assert undo.ask(change).done
        assert office.resource("customer").get(other).name == "云岭茶业有限责任公司"


def test_a_large_group_is_compared_with_its_neighbours(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SMALL", 2)
    for at in range(6):
        office.customer("chen", "云岭茶业有限公司" if at % 2 else f"云岭{'甲乙丙'[at // 2]}茶业有限公司")
    look(office)
    assert waiting(office, "sun") == {frozenset(("云岭茶业有限公司",))}
