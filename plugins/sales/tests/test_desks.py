"""A desk is a team with a pipeline and a head: what comes of its opportunities is its own, and its head decides what is over a limit."""

import datetime as dt

from crm_sales.orders.models import Order
from crm_sales.quotes.models import Quote
from sqlalchemy import select

from crm_core.features.approvals import drawing
from crm_core.sdk import session
from crm_core.testing import doing
from plugins.sales.tests.deal_shop import NAME


def test_the_head_of_a_desk_decides_what_is_over_the_limit_of_its_people(house, deal, ann, somebody, make, today):
    hal, boss = somebody(), somebody(roles=["administrator"])
    product = make.product(price=100_00, tax=0)
    with house.system():
        desk = house.resource("core.team").write([{"name": "Institutions", "head": hal.id, "members": [{"user": ann.id}, {"user": hal.id}]}])[0]
        own = house.resource("sales.pipeline").write([{"name": "Institutions", "for_team": desk}])[0]
        house.resource("sales.stage").write([{"name": "Tender", "pipeline": own, "position": 1}, {"name": "Signed", "pipeline": own, "position": 2, "outcome": "won"}])
        house.resource("sales.policy").write([{"name": "Limit", "kind": "discount", "percent": 10_00, "begins": today - dt.timedelta(days=1)}])
    with boss.work():
        flow = drawing.begin("Dear ones", "sales.quote", "over")
        drawing.keep(flow, {"when": None, "steps": [{"name": "", "who": "head", "need": "any"}]})
        drawing.publish(flow)

    def quote(**values):
        with ann.work():
            one = house.resource("sales.quote").write([{"name": "Offer", "day": today, "items": [{"product": product, "quantity": 1_000, "price": 80_00}], **values}])[0]
        assert ann.browser()("POST", f"/sales/quote/{one}/do/send").status_code == 303
        with house.system():
            return one, session.execute(select(Quote.team_id, Quote.state).where(Quote.id == one)).one(), doing.waiting("sales.quote", one)

    one = deal(amount=80_00)
    with house.system():
        customer = session.scalar(select(house.resource(NAME).model.customer_id).where(house.resource(NAME).model.id == one))
    of_desk, row, asked = quote(customer=customer, opportunity=one)
    assert row.team_id == desk and str(row.state) == "draft"
    with hal.work():
        doing.answer(asked.id)
    with house.system():
        assert str(session.scalar(select(Quote.state).where(Quote.id == of_desk))) == "sent"
    with ann.work():
        house.resource("sales.quote").run("accept", [of_desk], {"signer": "Lin"})
        house.resource("sales.quote").run("order", [of_desk])
    with house.system():
        assert session.scalar(select(Order.team_id).where(Order.quote_id == of_desk)) == desk, "and so is what comes of it"
    elsewhere, row, asked = quote(customer=customer)  # of no opportunity: nobody's desk
    assert row.team_id is None
    with boss.work():
        doing.answer(asked.id)  # her department has no head: administrators are asked
    with house.system():
        assert str(session.scalar(select(Quote.state).where(Quote.id == elsewhere))) == "sent"
