"""A mail that comes in begins rules: once, for who sees it, and for what somebody wrote."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.api import Customer
from crm_core.features.mail.api import Mail, lately
from crm_core.features.mail.models import Box
from crm_core.features.rules import arriving
from crm_core.kernel import clock
from tests.customers.office import Office
from tests.mail.conftest import Post, Sink, post, post_office, sink, smtp_server
from tests.mail.test_receiving import account, look, look_again, mail
from tests.mail.test_sending import grants
from tests.rules.rules import rule, runs, settle, task, tasks

__all__ = ["grants", "post", "post_office", "sink", "smtp_server"]  # fixtures


@pytest.fixture
def office(office: Office) -> Office:
    for login in ("chen", "li"):
        customer = office.customer(login, f"{login} 的客户", email=f"firm@{login}.example")
        office.contact(login, customer, "罗建国", email=f"luo@{login}.example")
    settle(office)
    return office


def words_of(office: Office, which: str) -> list[str]:
    return [title for title, _owner in tasks(office) if title.startswith(which)]


def test_a_mail_of_a_customer_begins_rules_once_by_the_words_of_its_subject(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    asked = rule(office, trigger="core.mail_in", asked={"words": "报价， Price"}, steps=[task("Quote {name}")])
    every = rule(office, trigger="core.mail_in", steps=[task("Answer {name}")])
    of_contact = rule(office, trigger="core.mail_in", of="core.contact", only={"field": "name", "op": "eq", "value": "罗建国"}, steps=[task("Call {name}")])
    post.drop("chen", mail("Your PRICE list", "罗建国 <luo@chen.example>", "<1@chen.example>").as_bytes())
    post.drop("chen", mail("请寄报价", "firm@chen.example", "<2@chen.example>").as_bytes())
    post.drop("chen", mail("Hello", "firm@chen.example", "<3@chen.example>").as_bytes())
    post.drop("chen", mail("Price!", "stranger@else.example", "<4@else.example>").as_bytes())
    post.drop("chen", mail("Price: out of office", "firm@chen.example", "<5@chen.example>", Auto_Submitted="auto-replied").as_bytes())
    post.drop("chen", mail("Price from my telephone", "chen@example.com", "<6@chen.example>").as_bytes())
    look(office)
    settle(office)
    assert words_of(office, "Quote") == ["Quote chen 的客户"] * 2
    assert words_of(office, "Answer") == ["Answer chen 的客户"] * 3
    assert words_of(office, "Call") == ["Call 罗建国"]
    look_again(office)
    settle(office)
    assert [len(runs(office, number)) for number in (asked, every, of_contact)] == [2, 3, 1]


def test_one_mail_to_two_boxes_is_one_and_who_does_not_see_the_customer_hears_nothing(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    account(office, sink, post, "sun", address="sun@example.com")
    chens, lis = (rule(office, login, trigger="core.mail_in", steps=[task("Answer {name}")]) for login in ("chen", "li"))
    for login in ("chen", "sun"):
        post.drop(login, mail("Price", "firm@chen.example", "<1@chen.example>").as_bytes())
    look(office)
    settle(office)
    assert len(runs(office, chens)) == 1 and runs(office, lis) == []


def test_words_are_looked_for_where_the_rules_owner_reads_subjects(office: Office, sink: Sink, post: Post) -> None:
    office.hide("seller", "core.letter", "title")
    account(office, sink, post)
    asked, every = (rule(office, trigger="core.mail_in", asked={"words": words} if words else {}, steps=[task()]) for words in ("price", ""))
    post.drop("chen", mail("Price list", "firm@chen.example", "<1@chen.example>").as_bytes())
    look(office)
    settle(office)
    assert runs(office, asked) == [] and len(runs(office, every)) == 1


def test_the_preview_names_whose_mails_came(office: Office, sink: Sink, post: Post) -> None:
    from crm_core.features.rules.active import Kept
    from crm_core.features.rules.previewing import preview

    account(office, sink, post)
    post.drop("chen", mail("Price list", "firm@chen.example", "<1@chen.example>").as_bytes())
    look(office)
    for words, login, wanted in (("price", "chen", ["chen 的客户"]), ("weather", "chen", []), ("price", "li", [])):
        with office.as_(login):
            found = preview(Kept(0, "r", "core.customer", "core.mail_in", {"words": words}, None, [task()], False, 0, office.people[login], 0))
        assert [str(row[0]) for row in found.rows] == wanted


def test_a_mail_that_is_filed_by_hand_begins_them_then_once(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    every = rule(office, trigger="core.mail_in", steps=[task("Answer {name}")])
    post.drop("chen", mail("Price", "stranger@else.example", "<1@else.example>").as_bytes())
    look(office)
    settle(office)
    assert runs(office, every) == []
    with office.as_("chen"):
        mails, customer = office.resource("mail"), session.scalars(sa.select(Customer.id)).one()
        (number,) = session.scalars(sa.select(Mail.id).where(Mail.box == Box.received))
        for act, values in (("file", {"customer": customer}), ("keep_private", {}), ("file", {"customer": customer})):
            mails.run(act, [number], values)
    settle(office)
    assert len(runs(office, every)) == 1
    with office.as_("chen"), clock.freeze(clock.now() + dt.timedelta(days=40)):
        assert lately([number], clock.now() - arriving.LATELY) == ()
