"""Leads: how they come in, who gets them, what they score, what becomes of them."""

import threading

import pytest
from crm_sales.leads.models import Lead, LeadForm, State
from crm_sales.leads.services import split_sender
from crm_sales.opportunities.models import Opportunity
from sqlalchemy import select

from crm_core.sdk import Contact, Customer, Invalid, Refused, session, writing

NAME = "sales.lead"


@pytest.fixture
def ann(as_user):
    return as_user("ann", roles=["user"])


@pytest.fixture
def bob(as_user):
    return as_user("bob", roles=["user"])


def lead(house, who, **values):
    with who.work():
        return house.resource(NAME).write([{"name": "Lotus Printing", "contact": "Li Na", "mobile": "13800138000", **values}])[0]


def orphan(house, **values):
    """A lead nobody has."""
    with house.system():
        return house.resource(NAME).write([{"name": "Orchid Press", "email": "hello@orchid.example", "owner": None, **values}])[0]


def row_of(house, row_id, *names):
    with house.system():
        return session.execute(select(*(getattr(Lead, name) for name in names)).where(Lead.id == row_id)).one()


def act(who, house, name, ids, on=NAME, **values):
    with who.work():
        return house.resource(on).run(name, ids if isinstance(ids, list) else [ids], values)


def rule(house, *people, **values):
    with house.system():
        return house.resource("sales.lead_rule").write([{"name": "Everybody", "receivers": [{"user": one.id} for one in people], **values}])[0]


def test_points_follow_what_is_known_and_the_rules(house, ann, run_job):
    one = lead(house, ann)
    before = row_of(house, one, "score").score
    assert before > 0
    with ann.work():
        house.resource(NAME).write([{"id": one, "interest": "A page in March"}])
    known = row_of(house, one, "score").score
    assert known > before
    with house.system():
        house.resource("sales.score_rule").write([{"name": "Lotus", "fields": ["name"], "words": "lotus printing, other", "points": 7}])
    run_job("sales.score")
    assert row_of(house, one, "score").score == known + 7
    assert row_of(house, orphan(house), "score").score < known


def test_leads_are_given_in_turn(house, ann, bob):
    rule(house, ann, bob)
    assert [row_of(house, orphan(house), "owner_id").owner_id for _number in range(4)] == [ann.id, bob.id, ann.id, bob.id]


def test_a_rule_that_was_deleted_gives_nothing_out(house, ann):
    gone = rule(house, ann)
    with house.system():
        house.resource("sales.lead_rule").delete([gone])
    assert row_of(house, orphan(house), "owner_id").owner_id is None


def test_leads_go_to_who_has_the_fewest(house, ann, bob):
    for _number in range(3):
        lead(house, ann)
    rule(house, ann, bob, how="load")
    assert [row_of(house, orphan(house), "owner_id").owner_id for _number in range(4)] == [bob.id, bob.id, bob.id, ann.id]


def test_a_territory_has_its_own_people(house, ann, bob, make):
    region = make("core.region")
    with house.system():
        city = house.resource("core.region").write([{"name": "Chengdu", "english": "Chengdu", "parent": region}])[0]
    rule(house, ann, position=1, region=region)
    rule(house, bob, position=2)
    assert row_of(house, orphan(house, region=city), "owner_id").owner_id == ann.id
    assert row_of(house, orphan(house), "owner_id").owner_id == bob.id


def test_who_made_a_lead_keeps_it_until_it_is_given_out(house, ann, bob):
    rule(house, bob)
    one = lead(house, ann)
    assert row_of(house, one, "owner_id").owner_id == ann.id
    act(ann, house, "distribute", one)
    assert row_of(house, one, "owner_id").owner_id == bob.id


def test_the_pool_is_seen_in_brief_and_taken_from_once(house, ann, bob):
    one = orphan(house)
    assert "Orchid Press" in ann.browser()("GET", "/sales/lead.brief?owner.empty=1").text
    assert "orchid.example" not in ann.browser()("GET", f"/sales/lead/{one}").text
    act(ann, house, "claim", one, on="sales.lead.brief")
    assert row_of(house, one, "owner_id", "department_id") == (ann.id, ann.department)
    with pytest.raises(Refused):
        act(bob, house, "claim", one, on="sales.lead.brief")
    act(ann, house, "give_back", one)
    assert row_of(house, one, "owner_id", "state") == (None, State.new)
    act(bob, house, "claim", one, on="sales.lead.brief")


def test_who_claims_by_the_interface_is_told_the_lead_and_not_that_something_broke(house, ann):
    """A brief has no version: the act was done, and the answer was a fault."""
    one = orphan(house)
    answer = ann.api("sales.lead.brief.*")("POST", f"/sales/lead.brief/{one}/claim")
    assert answer.status_code == 200 and answer.json["id"] == one and "ETag" not in answer.headers
    assert row_of(house, one, "owner_id").owner_id == ann.id
    assert ann.api("sales.lead.brief.*")("POST", f"/sales/lead.brief/{one}/claim").status_code == 409


def test_two_who_claim_at_once_are_one(house, ann, bob):
    one, came = orphan(house), []

    def take(who):
        try:
            act(who, house, "claim", one, on="sales.lead.brief")
            came.append(who.id)
        except Refused:
            pass

    threads = [threading.Thread(target=take, args=(who,)) for who in (ann, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1
    assert row_of(house, one, "owner_id").owner_id == came[0]


def test_nobody_hoards_them(house, ann):
    from crm_sales.settings import LeadSettings

    from crm_core.testing.doing import put

    with house.system():
        put(LeadSettings, {"days": 0, "most": 2})
    with pytest.raises(Refused):
        act(ann, house, "claim", [orphan(house), orphan(house), orphan(house)], on="sales.lead.brief")
    act(ann, house, "claim", [orphan(house), orphan(house)], on="sales.lead.brief")


def test_what_is_not_taken_up_goes_back(house, ann, run_job, today):
    import datetime as dt

    from crm_sales.settings import LeadSettings

    from crm_core.testing.doing import put

    old, new, worked = lead(house, ann), lead(house, ann), lead(house, ann)
    act(ann, house, "work", worked)
    with house.system():
        put(LeadSettings, {"days": 5, "most": 0})
    with house.system(), writing():
        for row in session.scalars(select(Lead).where(Lead.id.in_([old, worked]))):
            row.given_on = today - dt.timedelta(days=6)
    run_job("sales.go_back")
    assert [row_of(house, one, "owner_id").owner_id for one in (old, new, worked)] == [None, ann.id, ann.id]


def test_converted_into_customer_contact_and_opportunity(house, ann):
    one = lead(house, ann, interest="Stand at the spring fair", amount=80_000_00)
    act(ann, house, "convert", one)
    row = row_of(house, one, "state", "customer_id", "made_contact_id", "opportunity_id")
    assert row.state == State.converted
    with ann.work():
        assert session.get(Customer, row.customer_id).name == "Lotus Printing"
        assert session.get(Contact, row.made_contact_id).name == "Li Na"
        deal = session.get(Opportunity, row.opportunity_id)
        assert (deal.name, deal.amount, deal.customer_id) == ("Stand at the spring fair", 80_000_00, row.customer_id)
    with ann.work(), pytest.raises(Invalid):
        house.resource(NAME).write([{"id": one, "name": "Something else"}])
    with pytest.raises(Refused):
        act(ann, house, "convert", one)


def test_converted_into_a_customer_that_is_there(house, ann, make):
    customer = make.customer(owner=ann, name="Lotus Printing House")
    make("core.contact", owner=ann, customer=customer, name="Li Na")
    one = lead(house, ann)
    act(ann, house, "convert", one, customer=customer, deal=False)
    row = row_of(house, one, "customer_id", "opportunity_id", "made_contact_id")
    assert (row.customer_id, row.opportunity_id) == (customer, None)
    with ann.work():
        assert session.scalars(select(Contact.id).where(Contact.customer_id == customer)).all() == [row.made_contact_id]  # not made twice


def test_taken_back_the_lead_is_there_and_what_was_made_is_gone(house, ann):
    from crm_core.testing.doing import take_back

    one = lead(house, ann)
    change = act(ann, house, "convert", one)
    made = row_of(house, one, "customer_id", "opportunity_id")
    with ann.work():
        take_back(change)
    assert row_of(house, one, "state", "customer_id", "opportunity_id") == (State.new, None, None)
    with ann.work():
        assert session.scalar(select(Customer.id).where(Customer.id == made.customer_id)) is None
        assert session.scalar(select(Opportunity.id).where(Opportunity.id == made.opportunity_id)) is None
    act(ann, house, "convert", one)  # and again


def test_disqualified_with_a_reason(house, ann):
    one = lead(house, ann)
    act(ann, house, "disqualify", one, reason="no_money", why="Next year")
    assert row_of(house, one, "state", "reason") == (State.disqualified, "no_money")
    act(ann, house, "reopen", one)
    assert row_of(house, one, "state", "reason") == (State.working, None)


def test_customers_that_look_like_it_are_shown(house, ann, make):
    make.customer(owner=ann, name="Lotus Printing", mobile="13800138000")
    one = lead(house, ann)
    assert "Lotus Printing" in ann.browser()("GET", f"/sales/lead/{one}/panel/alike").text


@pytest.mark.parametrize(("text", "found"), [
    ("Li Na <li@example.com>", ("Li Na", "li@example.com")), ("li@example.com", ("", "li@example.com")), ("", ("", "")), ("nobody", ("", ""))])
def test_who_wrote_a_mail(text, found):
    assert split_sender(text) == found


def test_a_mail_becomes_a_lead_once(house, ann):
    from crm_sales.leads import services

    with ann.work(), writing():
        one = services.of_mail("Li Na <li@example.com>", "Prices?", "What is a page?")
        assert services.of_mail("LI NA <LI@example.com>", "Again", "Please answer") == one
    assert "Please answer" in row_of(house, one, "note").note


@pytest.fixture
def form(house):
    with house.system():
        (made,) = house.resource("sales.lead_form").write([{"name": "Fair", "heading": "Ask about the spring fair"}])
        return session.get(LeadForm, made).token


def outsider(house):
    """Somebody on the open web: his browser, with the token of the page he was shown."""
    import re

    client = house.app.test_client()

    def send(address, **given):
        page = client.get(address, base_url="https://localhost")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        return client.post(address, base_url="https://localhost", data={"csrf_token": token.group(1) if token else "", **given}, headers={"Origin": "https://localhost"})

    return client, send


def test_a_form_on_the_web_makes_a_lead_of_whoever_fills_it_in(house, ann, form):
    rule(house, ann)
    client, send = outsider(house)
    address = f"/sales/enquiry/{form}"
    assert "Ask about the spring fair" in client.get(address, base_url="https://localhost").text
    bad = send(address, name="Lotus", email="no address", agreed="1")
    assert bad.status_code == 422
    assert send(address, name="Lotus", email="li@example.com").status_code == 422  # has not agreed
    assert send(address, name="Lotus", email="li@example.com", agreed="1", homepage="anything").status_code == 200  # a program: nothing is kept
    assert send(address, name="Lotus", contact="Li Na", email="li@example.com", agreed="1", note="<b>hello</b>").status_code == 200
    with house.system():
        found = session.execute(select(Lead.name, Lead.contact, Lead.email, Lead.owner_id)).all()
    assert found == [("Lotus", "Li Na", "li@example.com", ann.id)]
    assert client.get("/sales/enquiry/wrong", base_url="https://localhost").status_code == 404


def test_a_form_says_what_it_cannot_take_and_never_thanks_for_it(house, form, monkeypatch):
    from crm_sales.leads.resources import Leads

    client, send = outsider(house)
    assert client.get("/sales/enquiry/a%00b", base_url="https://localhost").status_code == 404
    address, given = f"/sales/enquiry/{form}", {"name": "Lotus", "email": "li@example.com", "agreed": "1"}
    assert send(address, **{**given, "name": "Lo\0tus"}).status_code == 422
    for fault in (Invalid({"amount": ["Say an amount"]}), Invalid(None, "Say an amount"), Refused("Say an amount")):
        def derive(self, rows, before, fault=fault):
            raise fault

        monkeypatch.setattr(Leads, "derive", derive)
        answer = send(address, **given)
        assert answer.status_code == 422 and "Say an amount" in answer.text


def test_the_address_of_a_form_is_that_of_the_house(house, form, monkeypatch):
    from crm_sales.leads import panels

    with house.system(), house.app.test_request_context():
        base = house.site.config.url.rstrip("/") or "http://localhost"
        assert panels.address_of_form(session.scalar(select(LeadForm.id)))["url"] == f"{base}/sales/enquiry/{form}"


def test_a_mail_is_not_added_to_a_lead_that_was_deleted(house, ann):
    from crm_sales.leads import services

    one = lead(house, ann, email="li@example.com")
    with ann.work():
        house.resource(NAME).delete([one])
    with house.system(), writing():
        assert services.of_mail("li@example.com", "Prices?", "What is a page?") != one


def test_who_fills_in_too_many_has_to_wait(house, form):
    _client, send = outsider(house)
    answers = [send(f"/sales/enquiry/{form}", name="Lotus", email="li@example.com", agreed="1").status_code for _number in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_leads_come_in_by_the_interface_and_by_file(house, ann):
    made = ann.api()("POST", "/sales/lead", {"name": "Bamboo Books", "phone": "010-65001234"})
    assert made.status_code == 201
    with house.system():
        assert session.scalar(select(Lead.owner_id).where(Lead.name == "Bamboo Books")) == ann.id


def test_a_stranger_reads_a_form_in_his_language_and_stays_on_it(house, form):
    client, _send = outsider(house)
    address = f"/sales/enquiry/{form}"
    page = client.get(address, base_url="https://localhost").text
    assert f'name="back" value="{address}"' in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/preferences", base_url="https://localhost", data={"csrf_token": token, "language": "zh_Hans_CN", "back": address}, headers={"Origin": "https://localhost"})
    assert answer.status_code == 303 and answer.headers["Location"] == address
    assert "您的姓名" in client.get(address, base_url="https://localhost").text
