"""The end of a customer in the recycle bin: nothing personal is left anywhere, what others keep of him is an empty row."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import Model
from crm_core.data.session import writing
from crm_core.data.wall import UNSCOPED
from crm_core.features.customers import notes
from crm_core.kernel import clock
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from tests.customers.office import Office

MARK = "CANARY"


def sql(office: Office, statement: Any) -> Any:
    with office.site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        found = conn.execute(statement)
        return found.all() if found.returns_rows else []


def night(office: Office) -> None:
    with office.site.system("tests"), writing():
        later("core.purge")
    drain(office.site)


def marked(office: Office) -> list[str]:
    """Where the mark of the customer stands, in any table."""
    found = []
    for table in Model.metadata.tables.values():
        for column in table.columns:
            if table.name.startswith("core_") and isinstance(column.type, sa.String | sa.JSON):
                query = sa.select(sa.func.count()).select_from(table).where(sa.cast(column, sa.Text()).contains(MARK))
                if sql(office, query)[0][0]:
                    found.append(f"{table.name}.{column.name}")
    return found


@pytest.fixture
def gone(office: Office) -> int:
    """A customer with all that belongs to one, deleted 31 days ago; a task about him is still open."""
    customer = office.customer("sun", f"{MARK}有限公司", phone="010-65529988", note=f"{MARK} note", addresses=[{"street": f"{MARK} road"}])
    contact = office.contact("sun", customer, f"王{MARK}", bio=f"{MARK} bio")
    tables = Model.metadata.tables
    with office.as_("sun"):
        customers = office.resource("customer")
        customers.write([{"id": customer, "note": f"{MARK} changed"}])
        customers.run("tag", [customer], {"tags": ["川酒"]})
        notes.add_note("core.contact", contact, f"{MARK} said", next_day=None)
        (task,) = office.resource("task").write([{"title": "call", "subject": "core.customer", "subject_id": customer}])
        change = customers.delete([customer])
    sql(office, sa.insert(tables["core_foreign_id"]).values(source="old", ref="1", resource="core.customer", resource_id=customer))
    at = clock.now() - dt.timedelta(days=31)
    for name in ("core_customer", "core_contact", "core_note", "core_address"):
        sql(office, sa.update(tables[name]).where(tables[name].c.deleted_change_id == change).values(deleted_at=at))
    sql(office, sa.update(tables["core_change"]).where(tables["core_change"].c.id == change).values(at=at))
    assert task and marked(office)
    return customer


def test_an_empty_row_is_left_while_a_task_speaks_of_it_and_then_nothing(office: Office, gone: int) -> None:
    tables = Model.metadata.tables
    night(office)
    assert marked(office) == []
    for name in ("core_contact", "core_note", "core_address", "core_tagged", "core_foreign_id"):
        assert sql(office, sa.select(sa.func.count()).select_from(tables[name]))[0][0] == 0, name
    assert sql(office, sa.select(tables["core_customer"].c.id)) == [(gone,)]
    with office.as_("sun"):
        (task,) = office.resource("task").labels([1]).items()
        assert task == (1, "call")
        change = office.resource("task").delete([1])
    sql(office, sa.update(tables["core_task"]).where(tables["core_task"].c.deleted_change_id == change).values(deleted_at=clock.now() - dt.timedelta(days=31)))
    sql(office, sa.delete(tables["core_notice"]))
    night(office)
    for name in ("core_customer", "core_task"):
        assert sql(office, sa.select(sa.func.count()).select_from(tables[name]))[0][0] == 0, name
    history = tables["core_history"]
    assert sql(office, sa.select(history.c.id).where(history.c.resource == "core.customer", history.c.row_id == gone, history.c.verb != "purge")) == []


def test_a_purged_customer_is_not_found_and_the_task_about_him_still_opens(office: Office, gone: int) -> None:
    night(office)
    with office.as_("sun"):
        assert office.resource("customer").labels([gone]) == {}
        assert office.resource("task").get(1).title == "call"
    with office.as_("sun"):
        assert office.customer("sun", "the next one") != gone
