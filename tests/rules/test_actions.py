"""What a rule does beyond tasks and fields: webhooks, approvals, cards and offers, each with the rights of the rule's owner and once."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.features.approvals import api as approvals
from crm_core.features.approvals.models import Approval
from crm_core.kernel.declare import Offered, Offers
from tests.customers.office import Office
from tests.hooks.conftest import Partner, serving
from tests.mail.conftest import Sink, box, sink, smtp_server
from tests.rules.rules import rule, runs, settle

__all__ = ["sink", "smtp_server"]  # fixtures
CARD = {"do": "core.card", "with": {"title": "Happy birthday, {name}!", "text": "Dear {name}, all the best.", "fitting": "with", "before": "For you:"}}
OFFER = {"do": "core.offer", "with": {"title": "For {name}", "text": "Look:"}}


@pytest.fixture
def office(office: Office) -> Office:
    for verb, scope in (("read", "team"), ("create", "own"), ("update", "own"), ("delete", "own")):
        office.grant("seller", f"core.mail_account.{verb}", scope)
    office.grant("seller", "core.webhook.*", "own")
    return office


@pytest.fixture
def partner(office: Office) -> Iterator[Partner]:
    with serving(office.site) as made:
        yield made


@pytest.fixture
def books(office: Office) -> Iterator[list[int]]:
    """A package that has two books to offer; whom they were looked up for."""
    asked: list[int] = []

    def fits(customer: int, most: int) -> list[Offered]:
        asked.append(customer)
        return [Offered(f"books.book:{n}", f"Book {n}", "fresh from the press", f"https://books.example/{n}") for n in (1, 2)][:most]

    registry = office.site.registry
    before = registry.offers
    registry.offers = MappingProxyType({**before, "books.all": Offers("books.all", "Books", fits)})
    yield asked
    registry.offers = before


def said(run: Any) -> list[str]:
    return [one.get("msgid", one.get("text", "")) for one in run.log]


# --- webhooks ----------------------------------------------------------------------------------------------------------


def hook(office: Office, partner: Partner, login: str = "chen", **more: Any) -> int:
    with office.as_(login):
        values = {"name": f"Hook of {login}", "url": partner.url, "resource": "core.customer", "created": False, "changed": False, "gone": False, **more}
        return int(office.resource("webhook").write([values])[0])


def test_a_rule_tells_another_system_of_the_record_signed_and_once(office: Office, partner: Partner) -> None:
    mine = hook(office, partner)
    made = rule(office, steps=[{"do": "core.webhook", "with": {"webhook": str(mine), "text": "New: {name}"}}])
    customer = office.customer("chen", "甲有限公司")
    settle(office)
    settle(office)
    (message,) = partner.seen
    assert message["headers"]["webhook-signature"].startswith("v1,")
    body = message["body"]
    assert (body["type"], body["data"]["id"], body["data"]["rule"], body["data"]["text"]) == ("core.customer.rule", customer, "规则", "New: 甲有限公司")
    assert body["data"]["record"]["name"] == "甲有限公司"
    (run,) = runs(office, made)
    assert run.state == "done" and said(run) == ["told it by the webhook “%(name)s”"]


def test_a_rule_uses_its_owners_webhooks_and_nobody_elses(office: Office, partner: Partner) -> None:
    other = hook(office, partner, "sun")
    made = rule(office, "chen", steps=[{"do": "core.webhook", "with": {"webhook": str(other)}}])
    office.customer("chen", "甲有限公司")
    settle(office)
    assert not partner.seen
    assert runs(office, made)[0].state == "failed"
    with office.as_("chen"):
        from crm_core.features.hooks import api as hooks

        assert hooks.own("core.customer") == []


# --- approvals ---------------------------------------------------------------------------------------------------------


def flow(office: Office) -> int:
    with office.site.system("tests"):
        return approvals.draw("Look at it", "core.customer", "submit", [{"who": "users", "users": [office.people["sun"]], "way": "any"}])


def test_a_rule_hands_a_record_in_for_approval_once(office: Office) -> None:
    number = flow(office)
    made = rule(office, steps=[{"do": "core.approval", "with": {"flow": str(number)}}, {"do": "core.approval", "with": {"flow": "any"}}])
    customer = office.customer("chen", "甲有限公司")
    settle(office)
    table = table_of(Approval)
    with office.site.system("tests"):
        (found,) = session.connection().execute(sa.select(table).where(table.c.subject == "core.customer", table.c.flow_id.is_not(None))).all()
    assert (found.subject_id, found.asked_by_id, found.state, found.reason) == (customer, office.people["chen"], "open", "规则")
    (run,) = runs(office, made)
    assert run.state == "done" and said(run) == ["handed it in for approval", "waits for approval already"]


# --- cards and offers --------------------------------------------------------------------------------------------------


def test_a_card_goes_out_with_the_best_that_was_not_offered_yet(office: Office, sink: Sink, books: list[int]) -> None:
    box(office, sink)
    made = rule(office, trigger="core.by_hand", steps=[CARD])
    customer = office.customer("chen", "甲有限公司", email="a@firm.example")
    from crm_core.features.rules import services

    for _year in range(3):
        with office.as_("chen"):
            assert services.begin(made, customer)
        settle(office)
    texts = [one.get_content() for one in sink.mails]
    assert [str(one["Subject"]) for one in sink.mails] == ["Happy birthday, 甲有限公司!"] * 3
    assert [("Book 1" in text, "Book 2" in text, "For you:" in text) for text in texts] == [(True, False, True), (False, True, True), (False, False, False)]
    assert "https://books.example/1" in texts[0] and all("Dear 甲有限公司, all the best." in text for text in texts)
    assert books == [customer] * 3
    assert [said(run) for run in runs(office, made)] == [["sent the card “%(title)s” with “%(offer)s”"]] * 2 + [["sent the card “%(title)s”"]]


def test_an_offer_is_no_mail_where_nothing_fits_and_nobody_is_written_to_who_wants_none(office: Office, sink: Sink, books: list[int]) -> None:
    box(office, sink)
    made = rule(office, steps=[OFFER, OFFER, OFFER])
    office.customer("chen", "甲有限公司", email="a@firm.example")
    office.customer("chen", "乙有限公司")
    settle(office)
    assert len(sink.mails) == 2
    first, second = runs(office, made)
    assert said(first)[2] == "nothing fits “%(name)s” that was not offered already"
    assert said(second) == ["no mail to “%(name)s”: %(why)s"] * 3 and len(books) == 3, "what reaches nobody is not noted as offered"


def test_a_card_without_anything_to_offer_is_a_card(office: Office, sink: Sink) -> None:
    box(office, sink)
    made = rule(office, steps=[CARD])
    office.customer("chen", "甲有限公司", email="a@firm.example")
    settle(office)
    (got,) = sink.mails
    assert "all the best." in got.get_content() and "For you" not in got.get_content()
    assert runs(office, made)[0].state == "done"
