"""Reminders by mail: in words that grow firmer, each level once, to who may be written to, by a real server."""

import datetime as dt
import threading
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from crm_sales.receivables import reminding, wording
from crm_sales.receivables.models import Invoice, Reminder
from crm_sales.settings import OrderSettings

from crm_core.features.messages.models import Notice
from crm_core.kernel import clock
from crm_core.kernel.outbox import drain
from crm_core.resource.settings import put
from crm_core.sdk import Forbidden, Invalid, Refused, in_language, session
from plugins.sales.tests.money_shop import shop, the_day  # noqa: F401
from tests.mail.conftest import free_port


class Sink:
    """The inside of a mail server: keeps what comes."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 taken"


@pytest.fixture(scope="module")
def post(shop):  # noqa: F811
    """Ann has a mail box at a server of her own."""
    sink, port = Sink(), free_port()
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    shop.house.site.config = replace(shop.house.site.config, private_hosts="127.0.0.1")
    with shop.ann.work():
        shop.resource("core.mail_account").write([{"name": "Ann", "address": "ann@example.com", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}])
    yield sink
    server.stop()


@pytest.fixture
def sent(shop, post):  # noqa: F811
    """`sent()`: what has left since the last time, as (receivers, subject, text)."""
    def found():
        drain(shop.house.site)
        came, post.mails = post.mails, []
        return [(to, mail["subject"], mail.get_body(("plain",)).get_content()) for to, mail in came]

    found()
    return found


def late(shop, days, customer, amount=100_00, **values):  # noqa: F811
    """An invoice of Ann's so many days late."""
    day = shop.today - dt.timedelta(days=days + 30)
    made = shop.write("sales.invoice", owner=shop.ann.id, customer=customer, day=day, due=shop.today - dt.timedelta(days=days), items=[{"what": "x", "quantity": 1000, "price": amount, "rate": 600}], **values)
    shop.run("issue", made, resource="sales.invoice")
    return made


def remind(shop, *ids, who=None):  # noqa: F811
    return shop.run("remind_by_mail", list(ids), resource="sales.invoice", who=who or shop.ann)


def rows(shop, invoice):  # noqa: F811
    return [one.level for one in shop.all(Reminder, invoice_id=invoice)]


def later(shop, days):  # noqa: F811
    return clock.freeze(clock.now() + dt.timedelta(days=days))


def test_one_mail_says_all_that_is_owed_and_each_level_is_sent_once(shop, sent):  # noqa: F811
    customer = shop.new_customer(name="Blue Sky Ltd", email="pay@blue.example", wish_language="en")
    first, second = late(shop, 40, customer, 1_234_50), late(shop, 8, customer, 66_00)
    late(shop, 2, customer, 5_00)
    remind(shop, first, second)
    ((to, subject, text),) = sent()
    assert to == ["pay@blue.example"] and subject.startswith("Reminder") and "Dear Blue Sky Ltd" in text
    assert "1,234.50" in text and "40 days late" in text and "5.00" in text and "1,305.50 CNY" in text  # what is not late enough stands in the statement too
    assert (rows(shop, first), rows(shop, second)) == ([1], [1]) and shop.row("sales.invoice", first).reminded == 1
    with pytest.raises(Refused, match="already"):
        remind(shop, first, second)
    assert sent() == []
    with later(shop, 7):
        remind(shop, first, second)  # a week after the first level comes the second
        ((_to, subject, text),) = sent()
        assert subject.startswith("Second") and "within 7 days" in text
    with later(shop, 8), pytest.raises(Refused):
        remind(shop, first)
    with later(shop, 24):
        remind(shop, first)
        assert sent()[0][1].startswith("Last reminder")
    with later(shop, 100), pytest.raises(Refused):
        remind(shop, first)
    assert rows(shop, first) == [1, 2, 3]
    assert "by mail" in shop.ann.browser()("GET", f"/sales/invoice/{first}").text  # on its time line


def test_in_chinese_to_who_wants_nothing_else_said(shop, sent):  # noqa: F811
    customer = shop.new_customer(email="pay@chinese.example", wish_language="zh")
    remind(shop, late(shop, 10, customer))
    ((_to, subject, text),) = sent()
    assert "提醒" in subject and "100.00" in text and "Dear" not in text


def test_who_wants_no_mail_is_not_written_to(shop, sent):  # noqa: F811
    never, none, well = shop.new_customer(email="a@x.example", wish_never=["email"]), shop.new_customer(), shop.new_customer(email="well@x.example")
    first, second, third = (late(shop, 10, one) for one in (never, none, well))
    for one, why in ((first, "does not want|Does not want"), (second, "no address")):
        with pytest.raises(Refused, match=why):
            remind(shop, one)
    remind(shop, first, second, third)  # of several those who can be written to
    assert [to for to, *_rest in sent()] == [["well@x.example"]]
    assert (rows(shop, first), rows(shop, second), rows(shop, third)) == ([], [], [1])
    with shop.house.system():
        told = [str(one.text) for one in session.scalars(sa.select(Notice).where(Notice.receiver_id == shop.ann.id))]
    assert any("Not reminded by mail" in one and "no address" in one for one in told)


def test_what_is_not_late_or_not_his_is_not_reminded(shop, sent):  # noqa: F811
    customer = shop.new_customer(email="b@x.example")
    soon = late(shop, 3, customer)
    with pytest.raises(Refused):
        remind(shop, soon)
    bob = shop.house.person("bob", roles=["user"])
    with pytest.raises(Exception, match="not found"):
        remind(shop, late(shop, 10, customer), who=bob)
    assert sent() == []


def test_undo_does_not_send_it_again(shop, sent):  # noqa: F811
    one = late(shop, 10, shop.new_customer(email="c@x.example"))
    change = remind(shop, one)
    assert len(sent()) == 1
    shop.undo(change)
    assert rows(shop, one) == [1]
    with pytest.raises(Refused):
        remind(shop, one)


def test_two_who_remind_at_the_same_time_send_one_mail(shop, sent):  # noqa: F811
    one, gate, faults = late(shop, 10, shop.new_customer(email="d@x.example")), threading.Barrier(3), []

    def go():
        gate.wait()
        try:
            remind(shop, one)
        except Refused as no:
            faults.append(no)

    threads = [threading.Thread(target=go) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(faults), len(sent()), rows(shop, one)) == (2, 1, [1])


def test_by_itself_only_where_the_house_wants_it(shop, sent):  # noqa: F811
    written, refused = late(shop, 10, shop.new_customer(email="e@x.example")), late(shop, 10, shop.new_customer())
    job = "sales.reminders"

    def asked(of):
        return [(task.title, task.done_at is not None) for task in shop.all("core.task", subject="sales.invoice", subject_id=of)]

    shop.house.run_job(job)
    assert sent() == [] and rows(shop, written) == [] and asked(refused) == []
    with shop.house.system():
        put(OrderSettings, {"reminding": "task"})
    shop.house.run_job(job)
    shop.house.run_job(job)
    assert sent() == [] and len(asked(written)) == len(asked(refused)) == 1
    with shop.house.system():
        put(OrderSettings, {"reminding": "mail"})
    try:
        shop.house.run_job(job)
        shop.house.run_job(job)
        assert [to for to, *_rest in sent() if to == ["e@x.example"]] == [["e@x.example"]] and rows(shop, written) == [1]
        assert asked(written)[0][1]  # the task ends with the mail
        assert len(asked(refused)) == 1 and not asked(refused)[0][1]  # who cannot be written to stays a task
        shop.run("pay", refused, {}, resource="sales.invoice")
        assert asked(refused)[0][1]  # nothing remains
    finally:
        with shop.house.system():
            put(OrderSettings, {"reminding": "off"})


def test_the_key_holds_where_the_program_would_not(shop):  # noqa: F811
    """The negative control: without the question what was sent, the database still takes a level of an invoice once."""
    one = late(shop, 10, shop.new_customer(email="f@x.example"))
    remind(shop, one)
    saved = reminding.levels
    reminding.levels = lambda rows, _day: {row.id: 1 for row in rows}
    try:
        with pytest.raises(Exception, match="(?i)unique|exists|already"):
            remind(shop, one)
    finally:
        reminding.levels = saved
    assert rows(shop, one) == [1] and shop.row("sales.invoice", one).reminded == 1 and shop.row(Invoice.__permission__, one).asked == 0


def test_the_house_says_reminders_in_its_own_words(shop, sent):  # noqa: F811
    texts = shop.resource("sales.reminder_text")
    with shop.boss.work():
        made, = texts.write([{"level": "first", "language": "en", "title": "You owe {{ amount }}", "text": "Dear {{ 客户 }}: {{ number }} has been due for {{ days }} days. Pay until {{ until }}."}])
        for wrong in ({"text": "{{ salary }}"}, {"title": "{{ amount"}):
            with pytest.raises(Invalid):
                texts.write([{"level": "second", "language": "en", **wrong}])
        with pytest.raises(Invalid):
            texts.write([{"level": "first", "language": "en", "text": "another"}])
    with pytest.raises(Forbidden), shop.ann.work():
        texts.write([{"level": "last", "language": "en", "text": "pay"}])
    one = late(shop, 10, shop.new_customer(name="Red Ltd", email="pay@red.example", wish_language="en"), 1_234_50)
    number, until = shop.row("sales.invoice", one).number, (shop.today + dt.timedelta(days=7)).isoformat()
    remind(shop, one)
    ((_to, subject, text),) = sent()
    assert subject == "You owe 1,234.50 CNY" and f"Dear Red Ltd: {number} has been due for 10 days. Pay until {until}." in " ".join(text.split())
    assert "escaped your notice" not in text and "1,234.50 CNY" in text
    chinese = late(shop, 10, shop.new_customer(email="pay@yellow.example", wish_language="zh"))
    remind(shop, chinese)
    assert "You owe" not in sent()[0][1], "in another language the usual words stand"
    with later(shop, 7):
        remind(shop, one)
        assert sent()[0][1].startswith("Second")
    browser = shop.boss.browser()
    paper = browser("GET", f"/core/customer/{shop.row('sales.invoice', one).customer_id}/print/reminder").text
    assert f"{number} has been due for 10 days" in paper and "Dear customer, these invoices" not in paper
    with shop.boss.work():
        texts.delete([made])
    shown = browser("POST", wording.PREVIEW, {"level": "last", "language": "zh", "title": "", "text": ""}).text
    assert "12,800.00 CNY" not in shown and ("最后" in shown or "Last" in shown)
    assert "12,800.00 CNY" in browser("POST", wording.PREVIEW, {"level": "last", "language": "en", "text": "Pay {{ amount }} & <b>"}).text
    assert "&lt;b&gt;" in browser("POST", wording.PREVIEW, {"level": "x", "language": "fr", "text": "<b>"}).text
    assert "salary" in browser("POST", wording.PREVIEW, {"level": "last", "language": "en", "text": "{{ salary }}"}).text
    assert shop.ann.browser()("POST", wording.PREVIEW, {"text": "x"}).status_code in (403, 404)


def test_every_language_has_usual_words_for_every_level(shop):  # noqa: F811
    with shop.house.system():
        for code in ("zh_Hans_CN", "en"):
            with in_language(code):
                said = [wording.usual(level, 7) for level in (1, 2, 3)]
                assert len({one.text for one in said}) == len({one.title for one in said}) == 3 and all("7" in one.text for one in said)
