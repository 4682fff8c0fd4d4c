"""Two who answer in the same moment, and a machine that is switched off in the middle of the last answer: nothing is lost, nothing is
done twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.approvals import running, stepping
from crm_core.features.approvals.models import Approval, Place, Vote
from crm_core.features.customers.models import Customer
from crm_core.features.tasks.models import Task
from crm_core.kernel.errors import Refused
from crm_core.resource import asking
from crm_core.resource.changes import unscoped
from tests.approvals.flowing import draw, history, state, step
from tests.customers.office import Office

KILLS = 3


def propose(office: Office, customer: int, note: str) -> int:
    with office.as_("chen"):
        return asking.propose(office.resource("customer"), customer, {"note": note}).number


@pytest.mark.parametrize("need", ["all", "any"])
def test_two_agree_in_the_same_moment(office: Office, need: str) -> None:
    """Where both are needed the second one's answer is the last; where one is enough the second is told who was first."""
    draw(office, step(office, "wang", "li", need=need), transition="update")
    customers = [office.customer("chen", name) for name in ("成都天府曲酒厂", "四川云岭春酒业有限公司", "重庆江畔酒业有限公司", "南宁邕江茶业有限公司")]
    numbers = [propose(office, one, "agreed to") for one in customers]
    together, refused = threading.Barrier(2), []

    def agree(login: str) -> None:
        for number in numbers:
            together.wait(60)
            with office.as_(login):
                try:
                    running.agree(number)
                except Refused as said:
                    refused.append(str(said))

    threads = [threading.Thread(target=agree, args=(login,)) for login in ("wang", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == (0 if need == "all" else len(numbers)), refused
    assert all("has answered for" in said or "does not wait" in said for said in refused)
    for customer, number in zip(customers, numbers, strict=True):
        assert state(office, number) == "agreed"
        assert [said[0] for said in history(office, number)].count("agree") == (2 if need == "all" else 1)
        with office.as_("chen"):
            assert office.resource("customer").get(customer).note == "agreed to"
            assert office.resource("customer").get(customer).version == 2, "once"


CHILD = """
import json, sys
from pathlib import Path
from tests.support.offices import _opened
from tests.customers.office import Office
from tests.approvals.test_moments import propose
from crm_core.features.approvals import running
office = Office(_opened(sys.argv[1], Path(sys.argv[2])), people=json.loads(sys.argv[4]))
acknowledged = open(sys.argv[3], "a")
n = 0
while True:
    n += 1
    customer = office.customer("chen", f"{n}号酒厂")
    number = propose(office, customer, "agreed to")
    for login in ("wang", "li"):
        with office.as_(login):
            running.agree(number)
    acknowledged.write(f"{number}\\n"); acknowledged.flush()
"""


def test_a_machine_switched_off_in_the_last_answer_loses_nothing_and_does_nothing_twice(office: Office, tmp_path: Path) -> None:
    draw(office, step(office, "wang"), step(office, "li"), transition="update")
    told, dice = tmp_path / "acknowledged", random.Random(11)
    told.touch()
    for _ in range(KILLS):
        size = told.stat().st_size
        child = subprocess.Popen([sys.executable, "-c", CHILD, office.site.config.database, str(office.site.home), str(told), json.dumps(office.people)],
                                 env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
        end = time.monotonic() + 60
        while told.stat().st_size == size and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(dice.random() * 0.2)
        child.send_signal(signal.SIGKILL)
        child.wait()
        whole(office)
    numbers = [int(line) for line in told.read_text().split()]
    assert len(numbers) >= KILLS
    assert {state(office, number) for number in numbers} == {"agreed"}, "what was acknowledged is there"


def whole(office: Office) -> None:
    """Every approval is either decided, with its deed, or waits, without."""
    with office.site.system("tests"):
        found = {row.id: row for row in session.scalars(sa.select(Approval))}
        said = {number: [one.verdict for one in every] for number, every in stepping.votes(list(found)).items()}
        open_places = {row[0]: row[1] for row in session.execute(sa.select(Place.approval_id, sa.func.count()).where(Place.state == "open").group_by(Place.approval_id))}
        values = {row.id: (row.note, row.version) for row in session.execute(
            sa.select(Customer.id, Customer.note, Customer.version), execution_options=unscoped("tests"))}
        tasks = list(session.scalars(sa.select(Task.source_key).where(Task.done_at.is_(None), Task.source_key.startswith("approval:"))))
        assert session.scalar(sa.select(sa.func.count()).select_from(Vote)) == sum(len(every) for every in said.values())
    for number, row in found.items():
        agreed = said[number].count("agree")
        assert (row.state == "agreed") == (agreed == 2) == (values[row.subject_id] == ("agreed to", 2)), number
        assert open_places.get(number, 0) == (0 if row.state == "agreed" else 1)
        assert sum(1 for key in tasks if key and key.startswith(f"approval:{number}:")) == (0 if row.state == "agreed" else 1)
        assert row.state == "agreed" or (values[row.subject_id] == (None, 1) and row.step == agreed + 1)
