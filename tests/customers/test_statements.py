"""How many questions a page asks the database: fixed, however many rows there are. Whole requests, sign-in and frame included."""

from typing import Any

import pytest

from crm_core.data.session import session
from crm_core.features.customers import notes
from crm_core.features.customers.models import Industry, Region
from crm_core.features.tasks import services as tasks
from crm_core.web import lists, render
from tests.customers.office import Office
from tests.support.people import Client, Company

PLAIN = "name,standing,phone,updated_at"
FOREIGN = ("industry", "region", "owner", "last_contact", "next_step", "tags")


def resource(company: Company, name: str) -> Any:
    return company.site.registry.resource(f"core.{name}")


def add(company: Company, number: int) -> list[int]:
    """Customers of Lina's with every reference filled, each with a note and a task."""
    with company.as_("lina"):
        industry = session.scalars(Industry.__table__.select().with_only_columns(Industry.id).limit(7)).all()
        region = session.scalars(Region.__table__.select().with_only_columns(Region.id).limit(7)).all()
        made: list[int] = resource(company, "customer").write([
            {"name": f"云岭酒业{n}", "phone": f"0831-823{n:04}", "industry": industry[n % 7], "region": region[n % 7], "standing": "key"}
            for n in range(number)
        ])
        for row_id in made:
            notes.add_note("core.customer", row_id, "hello")
            tasks.give("call them", about=("core.customer", row_id))
        return made


def asked(company: Company, client: Client, path: str) -> int:
    """How many statements a page sends; asked twice before, so that what a process keeps is there."""
    for _n in range(2):
        assert client.get(path).status_code == 200
    answer, number = Office(company.site).count(lambda: client.get(path))
    assert answer.status_code == 200
    return number


LISTS = ["", "&sort=name", "&owner.me=1&standing.any=key", "&standing.none=lost", "&phone.contains=823"]


@pytest.mark.parametrize("more", LISTS)
def test_a_list_asks_five_questions_and_one_more_a_foreign_column(more: str, company: Company) -> None:
    lina = company.client("lina")
    add(company, 3)
    few = asked(company, lina, f"/core/customer?columns={PLAIN}{more}")
    wide = asked(company, lina, f"/core/customer?columns={PLAIN},{','.join(FOREIGN)}{more}")
    add(company, 45)
    assert asked(company, lina, f"/core/customer?columns={PLAIN}{more}") == few <= 5
    assert asked(company, lina, f"/core/customer?columns={PLAIN},{','.join(FOREIGN)}{more}") == wide <= few + len(FOREIGN)


@pytest.mark.parametrize("words", ["云岭", "云岭酒业", "yunling", "8230"])
def test_a_search_asks_no_more_than_a_list(words: str, company: Company) -> None:
    lina = company.client("lina")
    add(company, 3)
    few = asked(company, lina, f"/core/customer?columns={PLAIN}&q={words}")
    add(company, 45)
    assert asked(company, lina, f"/core/customer?columns={PLAIN}&q={words}") == few <= 5


def test_a_record_asks_eight_questions_whatever_hangs_on_it(company: Company) -> None:
    lina = company.client("lina")
    row_id = add(company, 3)[1]
    few = {way: asked(company, lina, f"/core/customer/{row_id}{way}") for way in ("", "?tab=facts", "?in=all")}
    add(company, 45)
    with company.as_("lina"):
        resource(company, "contact").write([{"name": f"王{n}", "customer": row_id} for n in range(20)])
        for n in range(15):
            notes.add_note("core.customer", row_id, f"note {n}")
            tasks.give(f"task {n}", about=("core.customer", row_id))
    assert {way: asked(company, lina, f"/core/customer/{row_id}{way}") for way in few} == few
    assert max(few.values()) <= 8, few


def test_a_question_for_every_row_is_noticed(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a column that names each reference by itself."""
    lina = company.client("lina")
    add(company, 3)
    monkeypatch.setattr(lists.render, "renderer", lambda field, values, **_more: field.show)
    few = asked(company, lina, f"/core/customer?columns={PLAIN},region")
    add(company, 45)
    assert asked(company, lina, f"/core/customer?columns={PLAIN},region") > few > 5
    assert render.renderer is lists.render.renderer
