"""A rule sends mail from its owner's own box, one to each, and none to who does not want it."""

from __future__ import annotations

import pytest

from tests.customers.office import Office
from tests.mail.conftest import Sink, box, sink, smtp_server
from tests.rules.rules import rule, runs, settle

__all__ = ["sink", "smtp_server"]  # fixtures


@pytest.fixture
def office(office: Office) -> Office:
    for verb, scope in (("read", "team"), ("create", "own"), ("update", "own"), ("delete", "own")):
        office.grant("seller", f"core.mail_account.{verb}", scope)
    return office


def test_each_customer_gets_one_mail_from_the_box_of_the_rules_owner(office: Office, sink: Sink) -> None:
    box(office, sink)
    made = rule(office, steps=[{"do": "core.mail", "with": {"title": "Welcome, {name}", "text": "Dear {name}, here is our list."}}])
    office.customer("chen", "甲有限公司", email="a@firm.example")
    office.customer("chen", "乙有限公司")
    settle(office)
    settle(office)
    (got,) = sink.mails
    assert (str(got["To"]), str(got["Subject"])) == ("a@firm.example", "Welcome, 甲有限公司")
    assert "chen@example.com" in str(got["From"])
    assert [run.state for run in runs(office, made)] == ["done", "done"]
    assert runs(office, made)[1].log[0]["msgid"] == "no mail to “%(name)s”: %(why)s"


def test_without_a_box_the_run_fails_and_says_so(office: Office, sink: Sink) -> None:
    made = rule(office, steps=[{"do": "core.mail", "with": {"title": "Welcome", "text": "…"}}])
    office.customer("chen", "甲有限公司", email="a@firm.example")
    settle(office)
    assert sink.mails == []
    (run,) = runs(office, made)
    assert run.state == "failed"


def test_an_address_that_the_rules_owner_does_not_see_is_not_written_to(office: Office, sink: Sink) -> None:
    box(office, sink)
    made = rule(office, steps=[{"do": "core.mail", "with": {"title": "Welcome", "text": "…"}}])
    office.hide("seller", "core.customer", "email")
    with office.as_("sun"):
        office.resource("customer").write([{"name": "甲有限公司", "email": "a@firm.example", "owner": office.people["chen"]}])
    settle(office)
    assert sink.mails == []
    (run,) = runs(office, made)
    assert run.state == "failed"
