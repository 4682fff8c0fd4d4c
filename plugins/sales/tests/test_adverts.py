"""Advertisements planned in one step and marked in one click; subscriptions with who took them, where they go, what was said on the phone."""

import datetime as dt

import pytest
import sqlalchemy as sa
from crm_sales.orders import running
from crm_sales.orders.models import Advert, Fate, Run, Subscription
from crm_sales.orders.running import Every, days_of
from crm_sales.settings import OrderSettings
from hypothesis import given
from hypothesis import strategies as st

from crm_core.resource.settings import put
from crm_core.sdk import Refused, session
from plugins.sales.tests.money_shop import CrmError, shop, the_day  # noqa: F401

DAY = dt.date(2026, 1, 15)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 200), st.sampled_from(Every))
def test_runs_lie_in_order_between_the_first_and_the_last_day(begins, days, every):
    found = days_of(begins, begins + dt.timedelta(days=days), every)
    assert found[0] == begins and found == sorted(set(found)) and found[-1] <= begins + dt.timedelta(days=days)


def test_twice_a_month_and_monthly():
    assert days_of(DAY, dt.date(2026, 3, 1), Every.half) == [DAY, dt.date(2026, 1, 30), dt.date(2026, 2, 15)]
    assert days_of(dt.date(2026, 1, 31), dt.date(2026, 4, 1), Every.month) == [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31)]


def advertised(shop, **more):  # noqa: F811
    return shop.order((1000, 100_00, {"begins": DAY, "ends": DAY + dt.timedelta(days=60), "what": "Back cover"}), (1000, 5_00), **more)


def runs(shop, advert):  # noqa: F811
    return [(one.issue, one.fate) for one in shop.all(Run, advert_id=advert)]


def test_an_order_is_planned_in_one_step_and_nothing_twice(shop):  # noqa: F811
    order = advertised(shop)
    shop.run("plan_runs", order, {"every": Every.month, "first": 11}, who=shop.ann)
    (advert,) = shop.all(Advert, order_id=order)
    assert (advert.name, advert.begins, advert.item_id) == ("Back cover", DAY, shop.items(order)[0].id)
    assert [issue for issue, _fate in runs(shop, advert.id)] == ["Issue 11", "Issue 12", "Issue 13"]
    with pytest.raises(Refused):
        shop.run("plan_runs", order, {"every": Every.month}, who=shop.ann)
    with pytest.raises(Refused, match="planned already"):
        shop.run("plan", advert.id, {"every": Every.month}, resource="sales.advert", who=shop.ann)
    shop.run("plan", advert.id, {"every": Every.half}, resource="sales.advert", who=shop.ann)  # what is new is added
    assert len(runs(shop, advert.id)) == 5
    with pytest.raises(CrmError):
        shop.run("plan_runs", shop.order((1000, 5_00)), {"every": Every.month}, who=shop.ann)  # nothing of it runs


def test_one_click_says_what_became_of_it_and_only_after_both_reviews(shop):  # noqa: F811
    order = advertised(shop)
    advert = shop.write("sales.advert", order=order, name="Back cover", place="Page 40", begins=DAY, ends=DAY + dt.timedelta(days=20), source="Folder 7", look="text")
    shop.run("plan", advert, {"every": Every.week, "first": 1}, resource="sales.advert", who=shop.ann)
    first, second, third = shop.all(Run, advert_id=advert)
    with pytest.raises(Refused, match="review"):
        shop.run("appeared", first.id, resource="sales.run", who=shop.ann)
    shop.run("review_contract", order)
    shop.run("review_finance", order)
    browser = shop.ann.browser()
    assert "Issue 1" in browser("GET", f"/sales/advert/{advert}/panel/runs").text
    answer = browser("POST", f"/sales/run/{first.id}/do/appeared", {"back": f"/sales/advert/{advert}"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sales/advert/{advert}")
    change = shop.run("missed", [second.id, third.id], resource="sales.run", who=shop.ann)
    assert runs(shop, advert) == [("Issue 1", Fate.done), ("Issue 2", Fate.missed), ("Issue 3", Fate.missed)]
    assert shop.row("sales.run", first.id).evidence == "Issue 1, Page 40"
    shop.undo(change)
    shop.run("again", first.id, resource="sales.run", who=shop.ann)
    assert {fate for _issue, fate in runs(shop, advert)} == {Fate.planned}
    assert "Folder 7" in browser("GET", f"/sales/advert/{advert}").text


def test_what_may_not_be_planned(shop):  # noqa: F811
    advert = shop.write("sales.advert", order=advertised(shop), name="Web", begins=DAY, ends=DAY + dt.timedelta(days=2000))
    with pytest.raises(Refused, match="400"):
        shop.run("plan", advert, {"every": Every.day}, resource="sales.advert")
    bob = shop.house.person("bob", roles=["user"])
    with pytest.raises(CrmError):
        shop.run("plan", advert, {"every": Every.month}, resource="sales.advert", who=bob)
    assert running.MOST == 400 and runs(shop, advert) == []


def test_how_far_it_is_paid_stands_beside_what_was_ordered(shop):  # noqa: F811
    with shop.house.system():
        put(OrderSettings, {"reviews": False})
    contract = shop.write("sales.contract", owner=shop.ann.id, customer=shop.customer, name="Year of covers", items=[{"what": "x", "quantity": 1000, "price": 500_00, "rate": 600}])
    order = advertised(shop, contract=contract, guarantee="Bank of Chengdu")
    advert = shop.write("sales.advert", order=order, name="Back cover")
    browser = shop.ann.browser()

    def said():
        return browser("GET", f"/sales/advert/{advert}/panel/order").text

    assert "Not paid" in said() and "Year of covers" in said() and "Bank of Chengdu" in said()
    shop.run("invoice", order, {"ahead": True})
    (invoice,) = shop.all("sales.invoice", order_id=order)
    shop.run("pay", invoice.id, {"amount": 5_00}, resource="sales.invoice")
    assert "Paid 5" in said() and "Paid 5" in browser("GET", "/sales/advert").text
    shop.run("pay", invoice.id, {}, resource="sales.invoice")
    assert "Paid in full" in said()
    with shop.house.system():
        put(OrderSettings, {"reviews": True})


def test_a_subscription_knows_who_took_it_where_it_goes_and_what_was_said(shop, today):  # noqa: F811
    customer = shop.new_customer(phone="028 85551234", addresses=[{"street": "Jinli 1", "postcode": "610041"}])
    product = shop.write("core.product", name="Journal", kind="subscription")
    order = shop.order((5000, 20_00, {"product": product}), customer=customer)
    with shop.house.system():
        item = shop.items(order)[0].id
    (one,) = shop.all(Subscription, item_id=item)
    assert (one.taken_by_id, one.address, one.postcode, one.complimentary) == (shop.ann.id, "Jinli 1", "610041", False) and "85551234" in one.phone
    shop.run("call", one.id, {"said": "Wants ten copies from May", "next_day": today + dt.timedelta(days=3)}, resource="sales.subscription", who=shop.ann)
    browser = shop.ann.browser()
    assert "ten copies from May" in browser("GET", f"/sales/subscription/{one.id}").text  # its own time line
    assert "ten copies from May" in browser("GET", f"/core/customer/{customer}").text
    assert shop.all("core.task", owner_id=shop.ann.id)[-1].due == today + dt.timedelta(days=3)
    box = browser("GET", f"/sales/subscription/{one.id}/panel/order").text
    assert "Ann" in box and "Not paid" in box and "100" in box
    with shop.house.system():
        assert session.get(Subscription, one.id).guarantee is None
    shop.run("review_contract", order)
    shop.run("review_finance", order)
    assert browser("GET", f"/sales/subscription/{one.id}/panel/order").text.count("Boss") == 2
    answer = browser("POST", f"/sales/subscription/{one.id}/do/renew")  # it leads to the order that is to be confirmed
    assert answer.headers["Location"].startswith("/sales/order/")
    new = shop.all(Subscription, renews_id=one.id)[0]
    assert new.number in browser("GET", f"/sales/subscription/{one.id}?tab=sales.subscription").text
    assert (new.taken_by_id, new.address) == (shop.ann.id, "Jinli 1")


def test_a_call_about_somebody_elses_customer_stays_with_the_subscription(shop, today):  # noqa: F811
    customer, product = shop.make.customer(owner=shop.boss, name="Boss's firm"), shop.write("core.product", name="Fair guide", kind="subscription")
    one = shop.write("sales.subscription", owner=shop.ann.id, customer=customer, product=product, begins=today, ends=today + dt.timedelta(days=99))
    shop.run("call", one, {"said": "Address has changed"}, resource="sales.subscription", who=shop.ann)
    assert "Address has changed" in shop.ann.browser()("GET", f"/sales/subscription/{one}").text


def test_what_waits_for_a_review_is_told_to_who_gives_it(shop):  # noqa: F811
    order, plain = advertised(shop), shop.order((1000, 5_00))
    browser, boss = shop.ann.browser(), shop.boss.browser()
    assert (shop.row("sales.order", order).review, shop.row("sales.order", plain).review) == ("contract", None)
    shop.run("plan_runs", order, {"every": Every.month}, who=shop.ann)
    box = browser("GET", f"/sales/order/{order}/panel/runs").text
    assert "Waits for the contract review" in box and "do/appeared" not in box and "do/missed" in box
    number = shop.row("sales.order", order).number
    assert number in boss("GET", "/sales/order?review.any=contract").text and "review.any=contract" in boss("GET", "/").text and "review.any=contract" not in browser("GET", "/").text
    shop.undo(shop.run("review_contract", order))
    assert (shop.row("sales.order", order).review, shop.row("sales.order", order).contract_on) == ("contract", None)
    shop.run("review_contract", order)
    assert number in shop.wu.browser()("GET", "/sales/order?review.any=finance").text
    shop.run("deliver", order)
    shop.run("invoice", order)
    (invoice,) = shop.all("sales.invoice", order_id=order)
    shop.run("pay", invoice.id, {}, resource="sales.invoice")
    assert shop.row("sales.order", order).state == "done"
    shop.run("review_finance", order)  # also what is paid already
    assert shop.row("sales.order", order).review == "passed"
    assert "do/appeared" in browser("GET", f"/sales/order/{order}/panel/runs").text


def test_an_advertisement_of_something_else_is_reviewed_too_and_none_appears_before_its_day(shop, today):  # noqa: F811
    order = shop.order((1000, 5_00))
    advert = shop.write("sales.advert", order=order, name="By hand", runs=[{"issue": "1", "day": today}, {"issue": "2", "day": today + dt.timedelta(days=1)}])
    first, second = shop.all(Run, advert_id=advert)
    assert shop.row("sales.order", order).review == "contract"
    with pytest.raises(Refused, match="review"):
        shop.run("appeared", first.id, resource="sales.run")
    shop.run("review_contract", order)
    shop.run("review_finance", order)
    shop.run("appeared", first.id, resource="sales.run")
    with pytest.raises(CrmError):
        shop.run("appeared", second.id, resource="sales.run")


def test_an_order_leads_to_its_subscription_and_plans_nothing_that_does_not_run(shop):  # noqa: F811
    product = shop.write("core.product", name="Fair news", kind="subscription")
    order = shop.order((5000, 20_00, {"product": product}))
    with shop.house.system():
        item = shop.items(order)[0].id
    (one,) = shop.all(Subscription, item_id=item)
    browser = shop.ann.browser()
    assert f"/sales/subscription/{one.id}" in browser("GET", f"/sales/order/{order}/panel/progress").text
    assert f"/sales/order/{order}/panel/runs" not in browser("GET", f"/sales/order/{order}").text
    runs = advertised(shop)
    assert f"/sales/order/{runs}/panel/runs" in browser("GET", f"/sales/order/{runs}").text


def test_an_order_for_a_customer_known_in_brief_tells_neither_his_number_nor_his_address(shop):  # noqa: F811
    """Whoever may order for him would have the numbers of the whole house by ordering. Who may read him has them, and the field rules of whose it is hold."""
    product = shop.write("core.product", name="Weekly", kind="subscription")
    theirs = shop.make.customer(owner=shop.boss, name="Known in brief", phone="028 85557777", addresses=[{"street": "Hidden 1", "postcode": "610042"}])
    own = shop.new_customer(phone="028 85556666", addresses=[{"street": "Jinli 2", "postcode": "610043"}])

    def sent_to(customer, who=None):
        order = shop.order((1000, 10_00, {"product": product}), customer=customer, confirmed=False)
        shop.run("confirm", order, who=who or shop.ann)
        one, = shop.all(Subscription, item_id=shop.items(order)[0].id)
        return one.address, one.postcode, one.phone

    assert sent_to(theirs) == (None, None, None)
    assert sent_to(theirs, who=shop.boss) == (None, None, None), "it is hers, whoever confirms it"
    assert sent_to(own)[:2] == ("Jinli 2", "610043") and "85556666" in sent_to(own)[2], "the control"
    with shop.house.system():
        roles = shop.resource("core.role")
        user = session.scalar(sa.select(roles.model.id).where(roles.model.code == "user"))
        roles.write([{"id": user, "rules": [{"resource": "core.customer", "field": "phone", "rule": "hidden"}]}])
    try:
        assert sent_to(own, who=shop.boss) == ("Jinli 2", "610043", None)
    finally:
        with shop.house.system():
            roles.write([{"id": user, "rules": []}])
