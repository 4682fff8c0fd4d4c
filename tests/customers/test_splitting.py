"""Two firms that were kept as one are separated: what goes is chosen, undo makes them one again, also after a merge."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Contact, Customer
from crm_core.resource import merging, splitting, undo
from crm_core.resource.changes import Change
from tests.support.people import Company


@pytest.fixture
def mixed(company: Company) -> tuple[int, list[int]]:
    """A customer whose second contact and mail address are another firm's."""
    customers, contacts = company.site.registry.resource("core.customer"), company.site.registry.resource("core.contact")
    with company.as_("admin"):
        (row,) = customers.write([{"name": "云岭茶业有限公司", "email": "info@qinchuan.example", "phone": "0771-5551234"}])
        return row, contacts.write([{"name": "罗建国", "customer": row}, {"name": "王二", "customer": row}])


def state(company: Company) -> list[tuple[object, ...]]:
    with company.as_("admin"):
        firms = session.scalars(sa.select(Customer).order_by(Customer.id)).all()
        people = session.scalars(sa.select(Contact).order_by(Contact.id)).all()
        return [(c.id, c.name, c.email, c.phone) for c in firms] + [(p.id, p.name, p.customer_id) for p in people]


def test_what_is_chosen_goes_to_the_new_one_and_undo_makes_them_one_again(company: Company, mixed: tuple[int, list[int]]) -> None:
    row, (one, other) = mixed
    before = state(company)
    admin = company.client("admin")
    page = admin.get(f"/core/customer/{row}/split").text
    assert "王二" in page and 'name="goes-email"' in page and f'name="link-core_contact.customer_id" value="{other}"' in page
    done = admin.post(f"/core/customer/{row}/split", data={"name": "秦川机床有限公司", "goes-email": "goes", "goes-phone": "both", "link-core_contact.customer_id": str(other)})
    assert done.status_code == 303
    new = int(done.headers["Location"].rpartition("/")[2])
    with company.as_("admin"):
        customers, contacts = company.site.registry.resource("core.customer"), company.site.registry.resource("core.contact")
        assert [(c.name, c.email, c.phone) for c in (customers.get(row), customers.get(new))] == [
            ("云岭茶业有限公司", None, "0771-5551234"), ("秦川机床有限公司", "info@qinchuan.example", "0771-5551234")]
        assert [contacts.get(i).customer_id for i in (one, other)] == [row, new]
        change = session.execute(sa.select(Change.id).where(Change.kind == "split")).scalar_one()
    back = admin.post(f"/undo/{change}", data={"back": f"/core/customer/{new}?tab=facts"})
    assert back.headers["Location"] == "/core/customer", "its page is no more"
    assert state(company) == before


def test_what_was_merged_is_split_again(company: Company, mixed: tuple[int, list[int]]) -> None:
    row, (_one, other) = mixed
    with company.as_("admin"):
        customers, contacts = company.site.registry.resource("core.customer"), company.site.registry.resource("core.contact")
        (second,) = customers.write([{"name": "秦川机床"}])
        merging.merge(customers, row, [second])
        new, _change = splitting.split(customers, row, {"name": "秦川机床"}, {}, {"core_contact.customer_id": [other]})
        assert contacts.get(other).customer_id == new != second
        merging.merge(customers, row, [new])
        assert contacts.get(other).customer_id == row


def test_an_edit_of_the_new_one_since_is_told_when_it_is_undone(company: Company, mixed: tuple[int, list[int]]) -> None:
    row, (_one, other) = mixed
    with company.as_("admin"):
        customers, contacts = company.site.registry.resource("core.customer"), company.site.registry.resource("core.contact")
        new, change = splitting.split(customers, row, {"name": "秦川机床"}, {}, {"core_contact.customer_id": [other]})
        customers.write([{"id": new, "phone": "029-85551234"}])
        assert undo.ask(change).conflicts == [("core.customer", new)]
        assert contacts.get(other).customer_id == row and customers.get(new).phone == "029-85551234"


def test_it_wants_a_name_and_the_right(company: Company, mixed: tuple[int, list[int]]) -> None:
    row, _contacts = mixed
    answer = company.client("admin").post(f"/core/customer/{row}/split", data={"name": " "})
    assert answer.status_code == 422 and "Say what the new one is called" in answer.text
    assert company.client("sue").post(f"/core/customer/{row}/split", data={"name": "x"}).status_code in (403, 404)
