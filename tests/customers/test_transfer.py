"""A customer given to a colleague takes everything along, and the colleague hears of it."""

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Address, Contact, Note
from crm_core.features.customers.notes import add_note
from crm_core.features.messages import listeners
from crm_core.features.messages import services as messages
from crm_core.kernel import words
from crm_core.kernel.errors import Forbidden
from crm_core.kernel.models import OutboxRow
from crm_core.resource import listing, timeline
from crm_core.resource.after import RecordsAssigned
from tests.customers.office import Office


def test_parts_department_and_history_follow_the_new_owner(office: Office) -> None:
    customer = office.customer("chen", addresses=[{"street": "酒都路 8 号"}])
    office.contact("chen", customer)
    with office.as_("chen"):
        add_note("core.customer", customer, "kept")
    with office.as_("sun"):
        office.resource("customer").write([{"id": customer, "owner": office.people["li"]}])
    with office.as_("li"):
        home = (office.people["li"], office.departments["会展部"])
        assert (office.resource("customer").get(customer).owner_id, office.resource("customer").get(customer).department_id) == home
        for model in (Address, Contact, Note):
            assert session.execute(sa.select(model.owner_id, model.department_id)).all() == [home]
        (change,) = timeline.of("core.customer", customer, kind="change")[:1]
        assert change.data is not None
        assert change.data["owner_id"] == [office.people["chen"], office.people["li"]]
        query = listing.parse(office.resource("customer"), [("owner.me", "1")])
        assert listing.page(query).ids == [customer]
    with office.as_("chen"):
        assert session.scalars(sa.select(Contact)).all() == []


def test_who_may_not_assign_gives_nothing_away(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), pytest.raises(Forbidden):
        office.resource("customer").write([{"id": customer, "owner": office.people["li"]}])


def test_the_new_owner_hears_of_one_by_name_and_of_many_by_number(office: Office) -> None:
    first, second = office.customer("chen"), office.customer("chen", "泸州赤溪酒业有限公司")
    with office.as_("sun"):
        office.resource("customer").write([{"id": first, "owner": office.people["li"]}])
        office.resource("customer").write([{"id": i, "owner": office.people["wang"]} for i in (first, second)])
    with office.site.system("tests"):
        rows = session.scalars(sa.select(OutboxRow.data).where(OutboxRow.listener == "core.messages.assigned").order_by(OutboxRow.id)).all()
        events = [RecordsAssigned.from_json(1, data) for data in rows]
    assert [(e.owner, e.ids) for e in events] == [(office.people["li"], (first,)), (office.people["wang"], (first, second))]  # type: ignore[attr-defined]
    with office.as_("sun"):
        for event in events:
            listeners.assigned(event)  # type: ignore[arg-type]
    with office.as_("li"):
        assert str(words.read(messages.newest()[0].text)) == "gave you: 四川云岭春酒业有限公司"
    with office.as_("wang"):
        assert str(words.read(messages.newest()[0].text)) == "gave you 2 records: Customers"


def test_taking_over_oneself_makes_no_message(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("sun"):
        office.resource("customer").write([{"id": customer, "owner": office.people["sun"]}])
    with office.site.system("tests"):
        assert session.scalars(sa.select(OutboxRow).where(OutboxRow.listener == "core.messages.assigned")).all() == []
