"""R1 and R7 for mails to many: whatever is killed when, nobody gets two, and whose copy is in doubt is told."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.mail import composing, journal, receivers
from crm_core.features.mail.mailing_models import Mailing, MailingReceiver
from crm_core.features.mail.models import Letter
from crm_core.resource.changes import unscoped
from tests.customers.office import Office
from tests.mail.conftest import Sink, box
from tests.mail.test_mailing import fates, firms, go, mailing, may, run, state
from tests.mail.test_sending import grants

assert grants and may  # fixtures of these tests too

# The worker that is killed: as the only one there is it takes over what the last one left.
WORKER = """
import sys
from pathlib import Path
from crm_core.app import open_site
from crm_core.kernel import jobs, runner
from crm_core.kernel.config import Config
from crm_core.kernel.lease import USUAL
site = open_site(config=Config(site=Path(sys.argv[2]), database=sys.argv[1], private_hosts="127.0.0.1"))
jobs.claims.reap(site.engines, USUAL, all_running=True)
with site.engines.write.begin() as conn:
    conn.exec_driver_sql("UPDATE core_job SET run_at = '2020-01-01 00:00:00' WHERE state = 'queued'")
print("ready", flush=True)
while runner.run_one(site):
    pass
print("over", flush=True)
"""
MANY, KILLS = 300, 3


def test_a_worker_killed_while_it_sends_goes_on_and_nobody_gets_two(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, MANY)
    made = mailing(office, account)
    go(office, made)
    dice = random.Random(3)
    for n in range(KILLS + 1):
        worker = subprocess.Popen([sys.executable, "-c", WORKER, office.site.config.database, str(office.site.home)], text=True, stdout=subprocess.PIPE,
                                  env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
        if n < KILLS:
            before, wanted = len(sink.mails), dice.randrange(5, 70)
            while worker.poll() is None and len(sink.mails) < before + wanted:
                time.sleep(0.002)
            worker.send_signal(signal.SIGKILL)
        worker.communicate()
    copies = Counter(one.rcpt_tos[0] for one in sink.envelopes)
    found = Counter(fates(office, made).values())
    assert set(copies.values()) == {1}, "nobody has two"
    # One whose answer was lost is told, and has its copy: the kill is far likelier to have come after the last dot than before it.
    assert set(found) <= {"sent", "unsure"} and found["unsure"] <= KILLS and MANY - len(copies) <= found["unsure"]
    assert state(office, made).stage == "done"
    with office.as_("sun"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == found["sent"], "filed once each"
    assert not (office.site.home / journal.FOLDER / str(made)).exists()


def test_what_was_claimed_when_a_machine_went_down_is_perhaps_sent(office: Office, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    account = box(office, sink)
    firms(office, 4)
    made = mailing(office, account)
    go(office, made)
    table = table_of(MailingReceiver)
    with office.as_("chen"), writing() as db:
        row = db.get_one(Mailing, made)
        receivers._write(row, office.resource("customer"), receivers._some(row, 0, 10))
    with office.site.engines.write.begin() as conn:
        conn.execute(sa.update(table_of(Mailing)).values(prepared=True), execution_options=unscoped("tests"))
        conn.execute(sa.update(table).where(table.c.name != "第3号酒业公司").values(fate="sending"), execution_options=unscoped("tests"))
        ids = {r.name: r.id for r in conn.execute(sa.select(table.c.id, table.c.name), execution_options=unscoped("tests"))}
    with journal.Journal(office.site, made) as book:
        book.begin()
        book.handing(ids["第0号酒业公司"])
        book.answered(ids["第0号酒业公司"], "250 taken")
        book.handing(ids["第1号酒业公司"])
        with pytest.raises(journal.Busy):
            journal.Journal(office.site, made)
    run(office)
    assert fates(office, made) == {"第0号酒业公司": "sent", "第1号酒业公司": "unsure", "第2号酒业公司": "sent", "第3号酒业公司": "sent"}
    assert sorted(one.rcpt_tos[0] for one in sink.envelopes) == ["a2@firm.example", "a3@firm.example"]

    other = mailing(office, account, name="Another")
    go(office, other)
    with office.as_("chen"), writing() as db:
        row = db.get_one(Mailing, other)
        receivers._write(row, office.resource("customer"), receivers._some(row, 0, 10))
    with office.site.engines.write.begin() as conn:
        conn.execute(sa.update(table_of(Mailing)).values(prepared=True), execution_options=unscoped("tests"))
        conn.execute(sa.update(table).where(table.c.mailing_id == other, table.c.name == "第0号酒业公司").values(fate="sending"), execution_options=unscoped("tests"))
    with journal.Journal(office.site, other) as book:
        book.begin()
    monkeypatch.setattr(journal, "boot", lambda: "after the power came back")
    run(office)
    assert Counter(fates(office, other).values()) == {"sent": 3, "unsure": 1}
    with office.site.system("tests"):
        assert composing.message_id(1) != composing.message_id(2)
