"""Quotes: sent, answered by the customer, replaced, turned into orders and contracts.

Long because it follows one kind of record from the draft to what becomes of it, on one set of helpers.
"""

import datetime as dt
import re
import threading

import pytest
from crm_sales.api import QuotesSent
from crm_sales.quotes import pages, services
from crm_sales.quotes.models import Quote, QuoteItem, State
from crm_sales.settings import QuoteSettings

from crm_core.features.approvals import drawing, flows, running
from crm_core.kernel.errors import Conflict, Invalid, Missing, Refused
from crm_core.resource import asking, undo
from crm_core.resource.settings import put
from crm_core.sdk import document, session, writing
from crm_core.testing import doing
from plugins.sales.tests import papers

WORK = {"core.mail.*": "own", "sales.*": "own", "core.customer.*": "all", "core.contact.*": "all", "core.product.read": "all"}


@pytest.fixture
def ann(as_user):
    return as_user("ann", WORK)


@pytest.fixture
def offer(house, make, ann):
    """`offer()`: the id of a draft of two lines, 2 × 100 less 10 % and 1 × 50."""
    customer = make.customer(owner=ann, name="Firm")
    contact = make.contact(customer=customer, name="Zhang", email="zhang@example.com")

    def made(**more):
        with ann.work():
            return house.resource("sales.quote").write([{
                "name": "Stand", "customer": customer, "contact": contact, "items": [
                    {"what": "Board", "quantity": 2_000, "price": 100_00, "discount": 1000, "rate": 1300}, {"what": "Hand", "price": 50_00, "rate": 600}], **more}])[0]

    made.customer, made.contact = customer, contact
    return made


def run(house, who, name, quote, **given):
    papers.run(house, who, name, quote, "sales.quote", **given)


def facts(house, quote):
    return papers.facts(house, quote, Quote)


def token(house, quote):
    with house.system():
        return services.token_of(session.get(Quote, quote))


def test_a_quote_is_sent_and_stays_as_it_is(house, ann, offer, today):
    quote = offer()
    assert facts(house, quote).total == 230_00
    browser = ann.browser()
    assert "panel/beside" in browser("GET", f"/sales/quote/{quote}").text
    browser("POST", f"/sales/quote/{quote}/do/send")
    sent = browser("GET", f"/sales/quote/{quote}").text
    row = facts(house, quote)
    assert f"{row.number} Stand is now: Sent" in sent and f"/sales/quote/{quote}/delete" not in sent
    assert (row.state, row.day, row.until) == (State.sent, today, today + dt.timedelta(days=30))
    quotes = house.resource("sales.quote")
    with ann.work(), pytest.raises(Invalid) as wrong:
        quotes.write([{"id": quote, "name": "Another"}])
    assert "new version" in str(wrong.value.fields["name"][0])
    with ann.work(), pytest.raises(Invalid):
        quotes.write([{"id": quote, "items": []}])
    with ann.work(), pytest.raises(Refused):
        quotes.delete([quote])
    assert ann.browser()("GET", f"/sales/quote/{quote}/edit").status_code == 409
    with ann.work(), pytest.raises(Refused):
        quotes.run("send", [quote])
    with ann.work():
        quotes.run("assign", [quote], {"owner": ann.id})  # whose it is may change all the same


def test_an_empty_quote_or_one_of_yesterday_is_not_sent(house, ann, offer, today):
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.quote").run("send", house.resource("sales.quote").write([{"name": "Empty", "customer": offer.customer}]))
    old = offer(until=today - dt.timedelta(days=1))
    with ann.work(), pytest.raises(Invalid):
        house.resource("sales.quote").run("send", [old])
    assert facts(house, old).state == State.draft


# --- versions ----------------------------------------------------------------------------------------------------------


def test_a_new_version_takes_the_place_of_the_old_one(house, ann, offer):
    quote = offer(terms="30 days")
    run(house, ann, "send", quote)
    old = token(house, quote)
    run(house, ann, "new_version", quote)
    with house.system():
        new = session.query(Quote).filter(Quote.first_id == quote).one()
        assert (new.number, new.edition, new.latest, new.state, new.total, new.terms) == (
            f"{facts(house, quote).number}/2", 2, True, State.draft, 230_00, "30 days")
        new_id = new.id
    row = facts(house, quote)
    assert (row.state, row.latest) == (State.replaced, False)
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.quote").run("new_version", [quote])  # once
    page = visitor(house)("GET", f"/sales/quotes/{old}?lang=en")
    assert "newer version" in page.text and 'name="signer"' not in page.text
    run(house, ann, "send", new_id)
    run(house, ann, "new_version", new_id)
    with house.system():
        assert session.query(Quote).filter(Quote.first_id == quote, Quote.edition == 3).one().number.endswith("/3")


def test_items_of_a_sent_quote_do_not_come_back_by_undo(house, ann, offer):
    quote = offer()
    quotes = house.resource("sales.quote")
    with ann.work():
        quotes.write([{"id": quote, "items": [{"what": "Other", "price": 1_00}]}])
        changed = session.connection().exec_driver_sql("SELECT max(id) FROM core_change").scalar_one()
        quotes.run("send", [quote])
        undo.ask(changed)
        session.expire_all()
        assert [item.what for item in session.query(QuoteItem).filter(QuoteItem.quote_id == quote)] == ["Other"]


# --- the customer ------------------------------------------------------------------------------------------------------


def visitor(house):
    from crm_core.testing.clients import Browser

    return Browser(house.app)


def seal(page):
    return re.search(r'name="seal" value="(\w+)"', page.text)[1]


def csrf(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]


def test_the_customer_reads_and_accepts_once(house, ann, offer, deliver):
    quote = offer()
    run(house, ann, "send", quote)
    address, he = f"/sales/quotes/{token(house, quote)}", visitor(house)
    page = he("GET", f"{address}?lang=en")
    assert page.status_code == 200 and "Board" in page.text and "230.00" in page.text and page.headers["X-Robots-Tag"].startswith("noindex")
    assert "报价" in he("GET", address, Accept_Language="zh-CN").text
    form = {"seal": seal(page), "csrf_token": csrf(page), "answer": "accept"}
    assert he("POST", f"{address}?lang=en", form | {"signer": "", "agreed": "1"}).status_code == 422
    assert he("POST", f"{address}?lang=en", form | {"signer": "Zhang San"}).status_code == 422
    assert facts(house, quote).state == State.sent
    assert he("POST", f"{address}?lang=en", form | {"signer": "Zhang San", "agreed": "1"}).status_code == 303
    row = facts(house, quote)
    assert (row.state, row.signer, row.signer_address) == (State.accepted, "Zhang San", "127.0.0.1") and row.answered_at is not None
    he("POST", f"{address}?lang=en", form | {"signer": "Zhang San", "agreed": "1"})
    assert he("POST", f"{address}?lang=en", form | {"signer": "Somebody", "agreed": "1"}).status_code == 409
    assert facts(house, quote).signer == "Zhang San"
    assert "Accepted by Zhang San" in he("GET", f"{address}?lang=en").text
    deliver()
    assert "Zhang San" in ann.browser()("GET", "/notices").text


def test_what_was_changed_since_is_not_accepted(house, ann, offer):
    quote = offer()
    run(house, ann, "send", quote)
    address, he = f"/sales/quotes/{token(house, quote)}", visitor(house)
    page = he("GET", f"{address}?lang=en")
    with house.system():
        house.resource("sales.quote").write([{"id": quote, "items": [{"what": "Board", "price": 1_00}]}])  # the house itself may
    said = he("POST", f"{address}?lang=en", {"seal": seal(page), "csrf_token": csrf(page), "answer": "accept", "signer": "Li", "agreed": "1"})
    assert said.status_code == 409 and "read it again" in said.text and facts(house, quote).state == State.sent


def test_the_customer_declines_with_a_reason(house, ann, offer):
    quote = offer()
    run(house, ann, "send", quote)
    address, he = f"/sales/quotes/{token(house, quote)}", visitor(house)
    page = he("GET", f"{address}?lang=en")
    form = {"seal": seal(page), "csrf_token": csrf(page), "answer": "decline"}
    assert he("POST", address, form).status_code == 422
    assert he("POST", address, form | {"reason": "Too dear"}).status_code == 303
    assert (facts(house, quote).state, facts(house, quote).reason) == (State.declined, "Too dear")


def test_an_address_that_was_guessed_withdrawn_or_renewed_leads_nowhere(house, ann, offer):
    quote = offer()
    he = visitor(house)
    assert token(house, quote) == ""  # a draft has none
    run(house, ann, "send", quote)
    known = token(house, quote)
    number, link, signature = known.split("-")
    for guess in (f"{number}-{link}-{'0' * 32}", f"{number}-{'0' * 32}-{signature}", f"{int(number) + 1}-{link}-{signature}", "x", f"{number}-{link}", "9" * 40 + "-a-b", "²-a-b"):
        assert he("GET", f"/sales/quotes/{guess}").status_code == 404, guess
        assert he("POST", f"/sales/quotes/{guess}", {"answer": "accept"}).status_code in (400, 403, 404)
    run(house, ann, "withdraw", quote)
    assert he("GET", f"/sales/quotes/{known}").status_code == 404
    run(house, ann, "new_link", quote)
    assert token(house, quote) != known and he("GET", f"/sales/quotes/{token(house, quote)}").status_code == 200
    assert he("GET", f"/sales/quotes/{known}").status_code == 404


def test_the_door_is_throttled(house, ann, offer, monkeypatch):
    monkeypatch.setattr(pages, "LOOKS", 3)
    he = visitor(house)
    assert [he("GET", "/sales/quotes/nothing").status_code for _one in range(5)] == [404, 404, 404, 429, 429]


def test_what_was_not_answered_in_time_expires(house, ann, offer, run_job, today):
    from crm_core.kernel import clock

    quote, other = offer(until=today), offer(until=today + dt.timedelta(days=1))
    run(house, ann, "send", quote)
    run(house, ann, "send", other)
    run_job("sales.quotes_expire")
    assert facts(house, quote).state == State.sent
    tomorrow = clock.now() + dt.timedelta(days=1)
    with clock.freeze(tomorrow):
        address, he = f"/sales/quotes/{token(house, quote)}", visitor(house)
        page = he("GET", f"{address}?lang=en")
        assert "valid until" in page.text and 'name="signer"' not in page.text  # also before the job has run
        with ann.work(), pytest.raises(Refused):
            house.resource("sales.quote").run("accept", [quote], {"signer": "Li"})
        run_job("sales.quotes_expire")
    assert [facts(house, one).state for one in (quote, other)] == [State.expired, State.sent]


# --- what it becomes ---------------------------------------------------------------------------------------------------


def test_an_order_and_a_contract_are_made_once(house, ann, offer):
    quote = offer()
    for name in ("order", "contract"):
        with ann.work(), pytest.raises(Refused):
            house.resource("sales.quote").run(name, [quote])
    run(house, ann, "send", quote)
    run(house, ann, "accept", quote, signer="Zhang")
    for name, column in (("order", "order_id"), ("contract", "contract_id")):
        run(house, ann, name, quote)
        with ann.work(), pytest.raises(Refused):
            house.resource("sales.quote").run(name, [quote])
        target = house.resource(f"sales.{name}")
        with house.system():
            (made,) = session.query(target.model).all()
            assert (made.id, made.quote_id, made.total, made.customer_id) == (getattr(facts(house, quote), column), quote, 230_00, offer.customer)
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.quote").run("new_version", [quote])
    with house.system():
        house.resource("sales.order").delete([facts(house, quote).order_id])
    assert facts(house, quote).order_id is None  # another can be made then


def test_what_was_made_of_it_is_taken_back_whole(house, ann, offer):
    quote = offer()
    run(house, ann, "send", quote)
    run(house, ann, "accept", quote, signer="Zhang")
    with ann.work():
        change = house.resource("sales.quote").run("order", [quote])
        undo.ask(change)
    with house.system():
        orders = house.resource("sales.order").model
        assert session.query(orders).filter(orders.deleted_at.is_(None)).count() == 0
    assert facts(house, quote).order_id is None
    run(house, ann, "order", quote)


def test_an_opportunity_is_quoted_with_its_items(house, ann, make, offer, today):
    with house.system():
        put(QuoteSettings, {"terms": "30 days net"})
    opportunity = make("sales.opportunity", owner=ann, name="Fair", customer=offer.customer, items=[{"what": "Board", "quantity": 3_000, "price": 10_00}])
    browser = ann.browser()
    there = browser("POST", f"/sales/opportunity/{opportunity}/do/quote")
    page = browser("GET", there.location).text
    assert "was made" in page and "/sales/quote/" in there.location
    with house.system():
        (quote,) = session.query(Quote).filter(Quote.opportunity_id == opportunity)
        assert (quote.name, quote.total, quote.owner_id, quote.state) == ("Fair", 30_00, ann.id, State.draft)
        assert (quote.day, quote.until, quote.terms) == (today, today + dt.timedelta(days=30), "30 days net")


def test_a_discount_on_the_whole_comes_off_each_tax_rate(house, ann, offer):
    quote = offer()  # 180.00 with 13 %, 50.00 with 6 %
    run(house, ann, "reduce", quote, percent=1000)
    with house.system():
        lines = [(item.rate, item.amount) for item in session.query(QuoteItem).filter(QuoteItem.quote_id == quote).order_by(QuoteItem.id)]
    assert lines == [(1300, 180_00), (600, 50_00), (600, -5_00), (1300, -18_00)] and facts(house, quote).total == 207_00


def test_the_margin_is_for_who_may_see_it(house, make, as_user, offer, ann):
    product = make.product(name="Board", price=113_00, cost=60_00, tax=1300)
    with house.system():
        quote = house.resource("sales.quote").write([{"name": "With cost", "customer": offer.customer, "owner": ann.id, "items": [
            {"product": product, "quantity": 2_000}, {"what": "Allowance", "price": -11_30, "rate": 1300}]}])[0]
    assert facts(house, quote).margin == 2 * (100_00 - 60_00) - 10_00
    unknown = make.product(name="Page", price=50_00)
    with house.system():
        without = house.resource("sales.quote").write([{"name": "Without cost", "customer": offer.customer, "owner": ann.id, "items": [{"product": unknown, "quantity": 1_000}]}])[0]
    assert facts(house, without).margin is None  # not known is not nothing
    seller = as_user("seller", roles=["user"])
    with house.system():
        house.resource("sales.quote").write([{"id": quote, "owner": seller.id}])
    with ann.work():
        assert "margin" in house.resource("sales.quote").fields()
    assert "margin" not in seller.api()("GET", f"/sales/quote/{quote}").json


# --- paper and mail ----------------------------------------------------------------------------------------------------

needs_pdf = pytest.mark.skipif(bool(document.lacking()), reason="no PDFs on this machine")


def test_the_paper_speaks_either_language_and_names_the_own_company(house, ann, offer):
    from crm_core.resource.company import CompanySettings
    from crm_core.resource.settings import put

    with house.system():
        put(CompanySettings, {"called_zh": "七巧传媒", "called_en": "Tangram Media", "bank_account": "6222 0000"})
    quote, browser = offer(terms="30 days net"), ann.browser()
    chinese, english = (browser("GET", f"/sales/quote/{quote}/print/{name}").text for name in ("chinese", "english"))
    assert "七巧传媒" in chinese and "含税" not in english and "合计" in chinese
    for said in ("Tangram Media", "Payment terms", "30 days net", "230.00", "6222 0000"):
        assert said in english, said


@needs_pdf
def test_a_mail_to_the_contact_carries_the_pdf_and_the_link(house, ann, offer):
    from crm_core.features.files.models import Attachment
    from crm_core.features.mail.models import Box, Mail

    quote = offer()
    assert ann.browser()("POST", f"/sales/quotes/{quote}/mail").status_code == 409  # a draft is not sent about
    run(house, ann, "send", quote)
    assert ann.browser()("POST", f"/sales/quotes/{quote}/mail", {"lang": "en"}).status_code == 303
    with house.system():
        mail = session.query(Mail).one()
        assert (mail.box, mail.receivers, mail.subject) == (Box.held, "zhang@example.com", "core.contact") and token(house, quote) in mail.text
        assert session.query(Attachment).filter(Attachment.subject == "core.mail").one().name.endswith(".pdf")
    pdf = visitor(house)("GET", f"/sales/quotes/{token(house, quote)}/pdf?lang=zh_Hans_CN")
    assert pdf.data.startswith(b"%PDF")


# --- at the same moment, on both engines -------------------------------------------------------------------------------


@pytest.fixture(params=("sqlite", "postgresql"))
def either(request, plugins, tmp_path):
    """A house on each engine."""
    from crm_core.testing.house import House

    if request.param == "sqlite":
        made = House(tmp_path / "site", plugins, like=request.getfixturevalue("empty_house"))
    else:
        made = House(tmp_path / "site", plugins, request.getfixturevalue("postgres").create())
    yield made
    made.close()


def at_once(*acts):
    """Let these run at one moment; what each of them raised, or None."""
    gate, said = threading.Barrier(len(acts)), [None] * len(acts)

    def one(n, act):
        gate.wait()
        try:
            act()
        except (Refused, Conflict) as why:
            said[n] = why

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_twice_at_one_moment_is_once(either):
    ann = either.person("ann", WORK)
    customer = either.make.customer(owner=ann, name="Firm")
    quotes = either.resource("sales.quote")
    with ann.work():
        (quote,) = quotes.write([{"name": "Stand", "customer": customer, "items": [{"what": "Board", "price": 1_00}]}])

    def act(name, **given):
        def go():
            with ann.work():
                quotes.run(name, [quote], given)
        return go

    def clicked(signer):
        def go():
            answer = he[signer]("POST", f"{address}?lang=en", forms[signer] | {"signer": signer, "agreed": "1"})
            assert answer.status_code in (303, 409), answer.text
            if answer.status_code == 409:
                raise Refused("late")
        return go

    assert sorted(map(bool, at_once(*[act("send")] * 3))) == [False, True, True]
    address, he, forms = f"/sales/quotes/{token(either, quote)}", {}, {}
    for signer in ("Zhang San", "Li Si", "Wang Wu"):
        he[signer] = visitor(either)
        page = he[signer]("GET", f"{address}?lang=en")
        forms[signer] = {"seal": seal(page), "csrf_token": csrf(page), "answer": "accept"}
    said = at_once(*(clicked(signer) for signer in he))
    assert sorted(map(bool, said)) == [False, True, True]
    assert facts(either, quote).signer == list(he)[said.index(None)]
    assert sorted(map(bool, at_once(*[act("order")] * 3))) == [False, True, True]
    with either.system():
        assert session.query(either.resource("sales.order").model).count() == 1


# --- approval over a limit ---------------------------------------------------------------------------------------------


def test_a_flow_stands_before_sending_what_is_large(house, ann, as_user, offer):
    boss, small, large = as_user("boss", roles=["administrator"]), offer(), offer(items=[{"what": "Hall", "price": 50_000_00}])
    with boss.work():
        flow = drawing.begin("Large quotes", "sales.quote", "do:send")
        drawing.keep(flow, {"when": {"field": "total", "op": "gte", "value": "10000"}, "steps": [{"name": "", "who": "users", "users": [boss.id], "need": "any"}]})
        drawing.publish(flow)
    run(house, ann, "send", small)
    quotes = house.resource("sales.quote")
    with ann.work(), pytest.raises(Refused, match="approval"):
        quotes.run("send", [large])
    with ann.work():
        asked = asking.submit(quotes, "do:send", large)
    assert facts(house, large).state == State.draft
    with boss.work():
        running.agree(asked.number)
    assert facts(house, large).state == State.sent and facts(house, large).link


def test_who_listens_inside_may_refuse_to_send(house, ann, offer, monkeypatch):
    quote, heard = offer(), []

    def emit(event):
        heard.append((type(event), session.get(Quote, quote).state))
        raise Refused("Too cheap")

    monkeypatch.setattr(services, "emit", emit)
    with ann.work(), pytest.raises(Refused, match="Too cheap"):
        house.resource("sales.quote").run("send", [quote])
    assert facts(house, quote).state == State.draft and heard == [(QuotesSent, State.sent)]


# --- what was deleted, and who may have the public address -------------------------------------------------------------


def accepts(house, quote, signer="Li", **more):
    """A customer accepts by the public page; the answer."""
    address, he = f"/sales/quotes/{token(house, quote)}", visitor(house)
    page = he("GET", f"{address}?lang=en")
    return he("POST", f"{address}?lang=en", {"seal": seal(page), "csrf_token": csrf(page), "answer": "accept", "signer": signer, "agreed": "1", **more})


def test_each_figure_of_the_public_page_says_what_it_is_to_a_visitor_and_to_who_sent_it(house, ann, offer):
    run(house, ann, "send", quote := offer())
    page, own = (he("GET", f"/sales/quotes/{token(house, quote)}?lang=en").text for he in (visitor(house), ann.browser()))
    assert 'data-label="Amount">180.00</td>' in own
    assert 'data-label="Quantity">2</td>' in page and 'data-label="Price">100.00</td>' in page and 'data-label="Amount">180.00</td>' in page


def test_what_was_removed_is_on_no_public_page(house, ann, offer, today):
    from crm_core.kernel import clock

    quote = offer()
    with ann.work():
        house.resource("sales.quote").write([{"id": quote, "items": [{"what": "Other", "price": 1_00}]}])
    run(house, ann, "send", quote)
    he, known = visitor(house), token(house, quote)
    page = he("GET", f"/sales/quotes/{known}?lang=en").text
    assert "Other" in page and "Board" not in page
    with house.system(), writing():
        session.get(Quote, quote).deleted_at = clock.now()
    assert he("GET", f"/sales/quotes/{known}").status_code == 404
    with house.system(), pytest.raises(Missing):
        services.locked(quote)


def test_dirty_text_is_refused_and_nothing_breaks(house, ann, offer):
    quote = offer()
    run(house, ann, "send", quote)
    assert accepts(house, quote, "Li\0Na").status_code == 422
    assert accepts(house, quote, answer="decline", reason="Too\0dear").status_code == 422
    assert facts(house, quote).state == State.sent


def test_only_who_may_accept_and_sees_all_is_given_the_link(house, ann, offer, as_user):
    quote = offer()
    run(house, ann, "send", quote)
    reader = as_user("reader", {"sales.quote.read": "all", "sales.quote_item.read": "all", "core.customer.read": "all", "core.contact.read": "all"})
    assert token(house, quote) in ann.browser()("GET", f"/sales/quote/{quote}/panel/beside").text
    page = reader.browser()("GET", f"/sales/quote/{quote}/panel/beside")
    assert page.status_code == 200 and token(house, quote) not in page.text and "Write mail" not in page.text and "no link" not in page.text
    assert reader.browser()("POST", f"/sales/quotes/{quote}/mail").status_code in (403, 404)


def test_what_is_not_on_offer_is_not_mailed(house, ann, offer):
    quote = offer()
    run(house, ann, "send", quote)
    run(house, ann, "decline", quote, reason="Too dear")
    assert ann.browser()("POST", f"/sales/quotes/{quote}/mail", {"lang": "en"}).status_code == 409


def test_an_accepted_quote_with_a_newer_version_becomes_nothing(house, ann, offer):
    quote = offer()
    run(house, ann, "send", quote)
    run(house, ann, "accept", quote, signer="Zhang")
    run(house, ann, "new_version", quote)
    assert facts(house, quote).state == State.replaced
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.quote").run("order", [quote])
    with house.system(), writing():
        session.get(Quote, quote).state = State.accepted
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.quote").run("order", [quote])


def test_the_opportunity_is_won_with_its_quote(house, ann, make, offer, as_user):
    from crm_sales.opportunities.models import Opportunity, Outcome

    def won():
        deal = make("sales.opportunity", owner=ann, name="Fair", customer=offer.customer, amount=1_00)
        quote = offer(opportunity=deal)
        run(house, ann, "send", quote)
        run(house, ann, "accept", quote, signer="Zhang")
        run(house, ann, "order", quote)
        assert facts(house, quote).order_id
        with house.system():
            return session.get(Opportunity, deal).outcome

    assert won() == Outcome.won
    boss = as_user("boss", roles=["administrator"])
    with boss.work():
        flow = drawing.begin("Deals", "sales.opportunity", "do:win")
        drawing.keep(flow, {"when": {"field": "amount", "op": "gte", "value": "0"}, "steps": [{"name": "", "who": "users", "users": [boss.id], "need": "any"}]})
        drawing.publish(flow)
    assert won() == Outcome.open  # the order is made all the same


def drawn(boss, transition):
    with boss.work(), writing():
        doing.draw("sales.quote", transition, [boss.id])


def agreed(boss, quote):
    with boss.work():
        doing.answer(doing.waiting("sales.quote", quote).id)


def test_a_flow_stands_before_recording_an_acceptance(house, ann, as_user, offer):
    boss, quote, lost = as_user("boss", roles=["administrator"]), offer(), offer()
    with boss.work():
        offered = {name: flows.transitions(house.resource(name)) for name in ("sales.quote", "core.customer")}
    assert {"do:accept", "do:decline"} <= offered["sales.quote"].keys() and not {"do:accept", "do:decline", "do:assign"} & offered["core.customer"].keys()  # what is proposed
    for transition in ("do:accept", "do:decline"):
        drawn(boss, transition)
    for one in (quote, lost):
        run(house, ann, "send", one)
    ann.browser()("POST", f"/sales/quote/{quote}/do/accept", {"signer": "Zhang"})
    ann.browser()("POST", f"/sales/quote/{lost}/do/decline", {"reason": "Too dear"})
    assert {str(facts(house, one).state) for one in (quote, lost)} == {"sent"}
    agreed(boss, quote)
    agreed(boss, lost)
    row = facts(house, quote)
    assert (row.state, row.signer, row.reason) == (State.accepted, "Zhang", None)
    assert (facts(house, lost).state, facts(house, lost).reason) == (State.declined, "Too dear")


def test_the_customers_signature_is_kept_and_what_follows_waits(house, ann, as_user, offer, deliver, run_job, today):
    boss = as_user("boss", roles=["administrator"])
    drawn(boss, "do:accept")
    quote, refused, own = offer(), offer(), offer()
    for one in (quote, refused, own):
        run(house, ann, "send", one)
    ann.browser()("POST", f"/sales/quote/{own}/do/accept", {"signer": "Zhang"})  # handed in already when the customer himself signs
    for one in (quote, refused, own):
        assert accepts(house, one, signer="Li Si").status_code == 303
        row = facts(house, one)
        assert (row.state, row.signer, row.order_id) == (State.sent, "Li Si", None) and row.answered_at is not None
        page = visitor(house)("GET", f"/sales/quotes/{token(house, one)}?lang=en").text
        assert "Accepted by Li Si" in page and "You will hear from us" in page and 'name="seal"' not in page
    signed = facts(house, quote).answered_at
    with house.system(), writing():
        assert doing.waiting("sales.quote", quote).asked_by_id == ann.id
        session.get(Quote, quote).until = today - dt.timedelta(days=1)
        session.flush()
        with pytest.raises(Refused):
            services.answer(session.get(Quote, quote), "accept", "Somebody")
    run_job("sales.quotes_expire")
    deliver()
    assert "was accepted by Li Si" in ann.browser()("GET", "/notices").text
    agreed(boss, quote)
    agreed(boss, own)
    with boss.work():
        doing.answer(doing.waiting("sales.quote", refused).id, refuse="Not at this price")
    row = facts(house, quote)
    assert (row.state, row.signer, row.answered_at) == (State.accepted, "Li Si", signed), "in time, by him"
    assert (facts(house, own).state, facts(house, own).signer) == (State.accepted, "Li Si")
    assert (facts(house, refused).state, facts(house, refused).signer) == (State.sent, "Li Si")
    run(house, ann, "new_version", refused)
    assert facts(house, refused).state == State.replaced


def test_a_customer_signs_also_where_nobody_can_be_asked(house, ann, offer):
    quote = offer()
    run(house, ann, "send", quote)
    with house.system(), writing():
        doing.draw("sales.quote", "do:accept", [ann.id])  # its author, and there is no administrator
    assert accepts(house, quote, signer="Li Si").status_code == 303
    assert (facts(house, quote).state, facts(house, quote).signer) == (State.sent, "Li Si")
    with house.system():
        assert doing.waiting("sales.quote", quote) is None


def test_what_was_accepted_long_ago_is_no_news(house, ann, offer, deliver):
    quote = offer()
    run(house, ann, "send", quote)
    accepts(house, quote)
    with house.system(), writing():
        session.get(Quote, quote).answered_at -= dt.timedelta(days=30)
        session.flush()
    deliver()
    assert "was accepted by" not in ann.browser()("GET", "/notices").text


def test_papers_and_answers_are_counted_apart(house, ann, offer, monkeypatch):
    monkeypatch.setattr(pages, "PAPERS", 0)
    quote = offer()
    run(house, ann, "send", quote)
    assert visitor(house)("GET", f"/sales/quotes/{token(house, quote)}/pdf").status_code == 429
    assert accepts(house, quote).status_code == 303
    monkeypatch.setattr(pages, "PAPERS", 20)
    monkeypatch.setattr(pages, "PAPERS_OF", 0)
    assert visitor(house)("GET", f"/sales/quotes/{token(house, quote)}/pdf").status_code == 429


def test_a_line_that_comes_to_too_much_is_a_fault(make):
    with pytest.raises(Invalid, match="too"):
        make("sales.quote", items=[{"what": "All", "quantity": 10**9, "price": 10**12}])
