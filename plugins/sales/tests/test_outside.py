"""Who comes from outside, or with a token that speaks of little, at the doors that sales opens."""

import pytest
from crm_sales.quotes.models import State

from crm_core.sdk import session
from plugins.sales.tests.test_quotes import WORK, ann, csrf, facts, offer, run, seal, token, visitor  # noqa: F401


def answered(house, address, page, **given):
    he = visitor(house)
    first = he("GET", page)
    return he("POST", address, {"seal": seal(first), "csrf_token": csrf(first), "answer": "accept", "signer": "Mallory", "agreed": "1", **given})


def test_one_address_answers_no_other_quote(house, ann, offer):  # noqa: F811
    """Parts of two addresses put together lead nowhere, and the seal of one is none of the other's."""
    mine, other = offer(), offer(name="Hall", items=[{"what": "Hall", "price": 9_000_00}])
    run(house, ann, "send", mine)
    run(house, ann, "send", other)
    (a, b), he = (token(house, mine).split("-"), token(house, other).split("-")), visitor(house)
    made_up = {f"{x}-{y}-{z}" for x in (a[0], b[0], f"0{a[0]}", f"{a[0]}１") for y in (a[1], b[1]) for z in (a[2], b[2], "")} - {"-".join(a), "-".join(b)}
    for one in made_up:
        assert he("GET", f"/sales/quotes/{one}").status_code == 404, one
    address = f"/sales/quotes/{token(house, other)}?lang=en"
    assert answered(house, address, f"/sales/quotes/{token(house, mine)}?lang=en").status_code == 409, "the form of another quote"
    assert facts(house, other).state == facts(house, mine).state == State.sent


@pytest.mark.parametrize("fate", ["replaced", "withdrawn", "declined", "deleted", "over"])
def test_a_form_that_was_opened_before_is_worth_nothing_after(house, ann, offer, today, fate):  # noqa: F811
    """What is on offer no more is not accepted by a page that was open meanwhile, nor is it answered twice."""
    quote = offer()
    run(house, ann, "send", quote)
    address, he = f"/sales/quotes/{token(house, quote)}?lang=en", visitor(house)
    page = he("GET", address)
    if fate == "replaced":
        run(house, ann, "new_version", quote)
    elif fate == "withdrawn":
        run(house, ann, "withdraw", quote)
    elif fate == "declined":
        assert answered(house, address, address, answer="decline", reason="Too dear").status_code == 303
    else:
        with house.system():
            if fate == "deleted":
                house.resource("sales.quote").delete([quote])
            else:
                session.get_one(house.resource("sales.quote").model, quote).until = today.replace(year=today.year - 1)
                session.commit()
        page = he("GET", address) if fate == "over" else page
    sent = {"seal": page.text.partition('name="seal" value="')[2].partition('"')[0], "csrf_token": csrf(page) if "csrf_token" in page.text else "", "answer": "accept", "signer": "Mallory", "agreed": "1"}
    assert he("POST", address, sent).status_code in (403, 404, 409)
    with house.system():
        row = session.get(house.resource("sales.quote").model, quote, execution_options={"crm_deleted": True})
        assert row is None or (row.state != State.accepted and row.signer != "Mallory" if fate != "declined" else row.state == State.declined)


def test_a_token_that_reads_quotes_does_that_and_nothing_else(house, ann, offer):  # noqa: F811
    """Whatever its owner may do; what it names beside them it reads no more of."""
    quote = offer()
    run(house, ann, "send", quote)
    narrow, whole = ann.api("sales.quote.read"), ann.api()
    assert narrow("GET", f"/sales/quote/{quote}").status_code == 200
    assert "Firm" in whole("GET", f"/core/customer/{offer.customer}").text
    for resource in house.site.registry.resources.values():
        if resource.package == "sales" and resource.name not in ("sales.quote", "sales.quote_item"):
            assert narrow("GET", f"/sales/{resource.path}").status_code == 403, resource.name
    row = f"/sales/quote/{quote}"
    for method, path, body in (("PATCH", row, {"name": "x"}), ("DELETE", row, None), ("POST", "/sales/quote", {"name": "x", "customer": offer.customer}), ("GET", f"/core/customer/{offer.customer}", None),
                               *(("POST", f"{row}/{act}", {}) for act in house.resource("sales.quote").all_actions)):
        assert narrow(method, path, body).status_code in (403, 404, 405), (method, path)
    assert facts(house, quote).state == State.sent


def test_a_token_makes_of_a_quote_nothing_it_may_not_make(house, ann, offer):  # noqa: F811
    """It speaks of quotes: an order is not made by it, nor is a quote of a customer, or a task about a quote, that it does not know."""
    quote = offer()
    run(house, ann, "send", quote)
    run(house, ann, "accept", quote)
    narrow = ann.api("sales.quote.*")
    answer = narrow("POST", f"/sales/quote/{quote}/order", {})
    assert answer.status_code in (403, 409) and facts(house, quote).order_id is None, answer.text
    assert narrow("POST", "/sales/quote", {"name": "x", "customer": offer.customer}).status_code == 422
    told = [ann.api("core.task.*")("POST", "/core/task", {"title": "x", "subject": "sales.quote", "subject_id": one}) for one in (quote, 987_654)]
    assert [one.status_code for one in told] in ([422, 422], [403, 403]) and told[0].text == told[1].text


def test_the_form_on_the_web_takes_nothing_but_what_it_asks(house, ann, make):  # noqa: F811
    """Whatever else is sent along, nobody is given the lead, and no record of the house is named in it."""
    with house.system():
        (form,) = house.resource("sales.lead_form").write([{"name": "Site", "heading": "Ask us"}])
        address = f"/sales/enquiry/{session.get(house.resource('sales.lead_form').model, form).token}"
    he = visitor(house)
    page = he("GET", f"{address}?lang=en")
    more = {"owner": ann.id, "customer": offer_id(make, ann), "score": 99, "state": "converted", "id": 1, "form": 99, "source": "x", "created_by": ann.id}
    answer = he("POST", address, {"name": "Firm & <b>Co</b>", "mobile": "13800138000", "agreed": "1", "csrf_token": csrf(page), **more})
    assert answer.status_code == 200
    with house.system():
        lead = session.query(house.resource("sales.lead").model).one()
        assert (lead.owner_id, lead.customer_id, lead.form_id, lead.state, lead.created_by_id) == (None, None, form, "new", None)


def offer_id(make, owner):
    return make.customer(owner=owner, name="Secret firm")
