"""Work arrangements: a message to many becomes a task of each; who wrote it sees who has read and done it; and who is away."""

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.access.models import StandIn
from crm_core.data.session import session, writing
from crm_core.features.messages import sending, services
from crm_core.features.messages.models import Message
from crm_core.features.tasks import arranging
from crm_core.features.tasks import services as tasks
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.resource.changes import stamp
from tests.customers.office import Office
from tests.support.people import Company


@pytest.fixture
def sent(office: Office) -> int:
    """Sun has written to the marketing centre."""
    with office.as_("sun"):
        return int(office.resource("message").write([{"title": "Check all addresses", "text": "Each his own", "departments": [office.departments["营销中心"]]}])[0])


def test_a_message_becomes_a_task_of_each_who_received_it(office: Office, sent: int) -> None:
    until = clock.today() + dt.timedelta(days=3)
    with office.as_("sun"):
        office.resource("message").run("arrange", [sent], {"until": until, "must": True})
    for login in ("chen", "wang"):
        with office.as_(login):
            (task,) = tasks.waiting(9)
            assert (task.title, task.due, task.must, task.giver_id, task.subject) == ("Check all addresses", until, True, office.people["sun"], "core.message")
            assert office.resource("message").get(task.subject_id).title == "Check all addresses"  # the copy of his own
            assert "gave you a task" in str(words.read(services.newest()[0].text))
    with office.as_("li"):
        assert tasks.waiting(9) == []
    with office.as_("chen"):
        office.resource("task").run("done", [tasks.waiting(1)[0].id], {"result": "All right"})
    with office.as_("sun"):
        found = arranging.column([copy.id for copy in sending.copies(sent)])
        assert found is not None and sorted(str(word).split()[0] == "Done" for word in found[1].values()) == [False, True]
        with pytest.raises(Refused):
            office.resource("message").run("arrange", [sent], {"until": until})


def test_only_who_wrote_it_and_may_give_tasks_arranges_it(office: Office, sent: int) -> None:
    with office.as_("sun"), pytest.raises(Invalid):
        office.resource("message").run("arrange", [sent], {"until": clock.today() - dt.timedelta(days=1)})
    with office.as_("chen"):
        copy = session.scalars(sa.select(Message.id).where(Message.title == "Check all addresses")).one()
        for number in (sent, copy):
            with pytest.raises((Missing, Refused, Forbidden)):
                office.resource("message").run("arrange", [number], {"until": clock.today()})
        assert arranging.column([copy]) is None
    with office.as_("wang"):
        assert tasks.waiting(9) == []


def test_the_page_of_the_message_has_who_has_read_and_done_it(company: Company) -> None:
    boss, sam = company.client("boss"), company.client("sam")
    with company.as_("boss"):
        (number,) = company.site.registry.resource("core.message").write([{"title": "Check all addresses", "people": [company.people["sam"]]}])
    page = f"/core/message/{number}"
    assert f"{page}/do/arrange" in boss.get(page).text and "To be done" not in boss.get(page).text
    assert boss.post(f"{page}/do/arrange", data={"until": (clock.today() + dt.timedelta(days=2)).isoformat()}).status_code == 303
    assert "To be done" in boss.get(page).text
    assert "Check all addresses" in sam.get("/core/task?owner.me=1").text


def test_who_writes_to_somebody_away_hears_who_stands_in(office: Office) -> None:
    today = clock.today()
    with office.site.system("tests"), writing() as db:
        db.add(stamp(StandIn(owner_id=office.people["li"], substitute_id=office.people["wang"], begins=today, ends=today)))
    with office.as_("chen"):
        for to in ("li", "sun"):
            office.resource("message").write([{"title": "Hello", "people": [office.people[to]]}])
        assert [str(words.read(one.text)) for one in services.newest()] == ["李娜 is away; 王志强 stands in."]
