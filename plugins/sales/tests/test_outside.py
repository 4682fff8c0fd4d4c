"""Who comes from outside, with a token that speaks of little, or from whom fields are hidden, at the doors that sales opens."""

import pytest
from crm_sales.orders.models import Order
from crm_sales.quotes import services
from crm_sales.quotes.models import State

from crm_core.kernel.errors import Invalid, Refused
from crm_core.resource import seen
from crm_core.sdk import session, writing
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
        with house.system(), writing():
            if fate == "deleted":
                house.resource("sales.quote").delete([quote])
            else:
                session.get_one(house.resource("sales.quote").model, quote).until = today.replace(year=today.year - 1)
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


@pytest.mark.parametrize("field", ["name", "contact", "mobile", "email", "interest"])
def test_what_is_typed_into_the_form_becomes_no_line_of_a_header(house, make, field):
    """Names and addresses go into mails and lists: a line break is a space or a fault, never a line of its own."""
    with house.system():
        (form,) = house.resource("sales.lead_form").write([{"name": "Site", "heading": "Ask us"}])
        address = f"/sales/enquiry/{session.get(house.resource('sales.lead_form').model, form).token}"
    he = visitor(house)
    usual = {"name": "Firm", "contact": "Ann", "mobile": "13800138000", "email": "ann@firm.example", "interest": "", "agreed": "1"}
    for typed in (f"{usual[field]}\r\nBcc: evil@example.com", f"{usual[field]}\nBcc: evil@example.com", f"{usual[field]}\u2028Bcc: evil@example.com", f"{usual[field]}\x00"):
        answer = he("POST", address, {**usual, field: typed, "csrf_token": csrf(he("GET", f"{address}?lang=en"))})
        assert answer.status_code in (200, 422)
        with house.system():
            kept = [getattr(one, field) or "" for one in session.query(house.resource("sales.lead").model)]
        assert len(kept) == (answer.status_code == 200) and not any(sign in one for one in kept for sign in "\r\n\u2028\x00"), typed
        with house.system():
            house.resource("sales.lead").delete([one.id for one in session.query(house.resource("sales.lead").model)])


def test_no_file_brings_the_number_of_another_document(house, offer):  # noqa: F811
    """A number says which document is meant, to the customer and on what he pays: it is one document's, whoever may see that one."""
    theirs = facts(house, offer()).number
    other = house.person("bob", roles=["user"])
    with other.work():
        firm = house.resource("core.customer").write([{"name": "Orchid Press"}])[0]
        quotes = house.resource("sales.quote")
        with pytest.raises(Invalid) as bad:
            quotes.write([{"name": "Mine", "number": theirs, "customer": firm}])
        assert bad.value.fields == {"number": ["This is taken already."]}
        (mine,) = quotes.write([{"name": "Mine", "number": "OLD-7", "customer": firm}])
    with house.system():
        assert (facts(house, mine).number, session.query(quotes.model).filter_by(number=theirs).count()) == ("OLD-7", 1)


def offer_id(make, owner):
    return make.customer(owner=owner, name="Secret firm")


def test_an_address_that_is_withdrawn_while_he_is_on_his_way_is_worth_nothing(house, ann, offer, monkeypatch):  # noqa: F811
    """He asked in time and waits for the lock: what was withdrawn before he has it is not accepted."""
    quote = offer()
    run(house, ann, "send", quote)
    address, he, locked = f"/sales/quotes/{token(house, quote)}?lang=en", visitor(house), services.locked
    page = he("GET", address)

    def after(number):
        found = locked(number)
        services.withdraw(found)
        return found

    monkeypatch.setattr(services, "locked", after)
    sent = {"seal": seal(page), "csrf_token": csrf(page), "answer": "accept", "signer": "Mallory", "agreed": "1"}
    assert he("POST", address, sent).status_code == 404 and facts(house, quote).state == State.sent
    monkeypatch.setattr(services, "locked", locked)
    assert he("POST", address, sent).status_code == 303, "without the other hand it is accepted"


# --- fields that a role hides --------------------------------------------------------------------------------------------


@pytest.fixture
def hal(house, as_user, offer):  # noqa: F811
    """`hal("sales.order.total", …)`: somebody who may do all with sales, from whom these fields are hidden."""
    def made(*fields, **more):
        grants = [{"permission": one, "scope": "all"} for one in ("sales.*", "core.customer.*", "core.contact.*", "core.product.read", "core.user.brief.read")]
        with house.system():
            house.resource("core.role").write([{"code": "blind", "name": "Blind", "grants": grants, "rules": [
                {"resource": one.rpartition(".")[0], "field": one.rpartition(".")[2], "rule": "hidden"} for one in fields]}])
        return as_user("hal", roles=["blind"], **more)

    return made


def test_lines_are_not_carried_over_by_who_may_not_see_them(house, ann, offer, hal):  # noqa: F811
    """Carried over they would tell him, left out another document would come of it: neither happens, wherever the field is hidden."""
    he, quote = hal("sales.quote_item.discount", "sales.order_item.price", "sales.quote.terms"), offer(terms="Only for you")
    run(house, ann, "send", quote)
    run(house, ann, "accept", quote)
    for act in ("order", "contract", "new_version"):
        with he.work(), pytest.raises(Refused):
            house.resource("sales.quote").run(act, [quote])
    assert facts(house, quote).order_id is None
    with house.system(), writing():
        (role,) = (row for row in session.query(house.resource("core.role").model) if row.code == "blind")
        house.resource("core.role").write([{"id": role.id, "rules": [{"resource": "sales.quote", "field": "terms", "rule": "hidden"}]}])
    run(house, he, "order", quote)
    with house.system():
        made = session.get(Order, facts(house, quote).order_id)
        assert (made.total, made.quote_id) == (230_00, quote), "what he may see is carried over whole"
        assert "terms" not in house.resource("sales.order").fields() or not made.note


@pytest.mark.parametrize("field", ["sales.quote.currency", "sales.quote.customer", "sales.quote.opportunity", "sales.order.currency"])
def test_no_other_document_comes_of_what_is_hidden(house, ann, offer, hal, field):  # noqa: F811
    he, quote = hal(field), offer()
    run(house, ann, "send", quote)
    run(house, ann, "accept", quote)
    with he.work(), pytest.raises(Refused, match="all that it says"):
        house.resource("sales.quote").run("order", [quote])
    assert facts(house, quote).order_id is None


@pytest.mark.parametrize(("source", "act"), [("sales.opportunity", "quote"), ("sales.contract", "order")])
def test_nor_of_an_opportunity_or_a_contract(house, ann, offer, hal, make, source, act):  # noqa: F811
    he, made = hal(f"{source}.currency"), make(source, owner=ann, customer=offer.customer, name="Board", items=[{"what": "Board", "quantity": 1_000, "price": 100}])
    with house.system(), writing():
        if source == "sales.contract":
            session.get(house.resource(source).model, made).state = "signed"
    with he.work(), pytest.raises(Refused, match="all that it says"):
        house.resource(source).run(act, [made])


HIDDEN = ("sales.order.total", "sales.invoice.total", "sales.contract.total", "sales.achievement.amount", "sales.credit.limit", "sales.run.evidence")


def test_what_is_hidden_is_in_no_box_column_or_paper_of_sales(house, ann, offer, hal, make, monkeypatch):  # noqa: F811
    he = hal(*HIDDEN, *(f"sales.{one}" for one in ("order.net", "order.tax", "order.worth", "order_item.price", "order_item.list_price", "order_item.net", "order_item.amount"))).browser()
    with house.system():
        (order,) = house.resource("sales.order").write([{"customer": offer.customer, "owner": ann.id, "items": [{"what": "Board", "price": 77_123_45}]}])
        house.resource("sales.order").run("confirm", [order])
    firm, doors = f"/core/customer/{offer.customer}", {}
    for path in (f"{firm}/panel/account", f"{firm}/panel/again", f"{firm}/print/statement", f"{firm}/print/reminder", "/sales/force", "/sales/force/targets"):
        doors[path] = he("GET", path).status_code
    assert set(doors.values()) == {404}, doors
    columns = "number,payment,total"
    seen_pages = [f"/sales/order?columns={columns}", f"/sales/order/{order}", f"/sales/order/{order}/panel/progress", f"/sales/order/{order}/edit", f"/sales/order/{order}/print"]
    for path in seen_pages:
        assert "77,123" not in (text := he("GET", path).text) and "7712345" not in text, path
    assert "77,123" in ann.browser()("GET", f"/sales/order/{order}").text
    monkeypatch.setattr(seen, "sees", lambda *_fields: True)  # negative control
    assert he("GET", f"{firm}/panel/account").status_code == 200


def test_every_page_of_roles_opens_with_all_acts_there_are(house, browser):
    """An act is a verb as well where a resource has no others: the list of permissions names it."""
    with house.system():
        roles = [row.id for row in session.query(house.resource("core.role").model)]
    for path in ["/core/role/new", *(f"/core/role/{one}{more}" for one in roles for more in ("", "/edit"))]:
        assert browser("GET", path).status_code == 200, path
