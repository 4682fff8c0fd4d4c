"""What an act asks begins with what is so of its record, in the record's currency."""

import re

import pytest

from plugins.sales.tests.money_shop import shop  # noqa: F401  (a fixture)


def control(page, name):
    """The control of a field in the form of an act: its value."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', page.text) or re.search(rf'<select[^>]* name="{name}".*?</select>', page.text, re.DOTALL)
    assert found, name
    chosen = re.search(r'value="([^"]*)"(?: selected|$)', found[0]) if found[0].startswith("<select") else re.search(r'value="([^"]*)"', found[0])
    return chosen[1] if chosen else ""


def form(shop, path):  # noqa: F811
    page = shop.boss.browser()("GET", f"{path}?lang=en")
    assert page.status_code == 200
    return page


def test_a_payment_begins_with_what_remains_in_its_currency(shop):  # noqa: F811
    invoice = shop.write("sales.invoice", customer=shop.customer, items=[{"what": "Board", "quantity": 1000, "price": 120_00}])
    shop.run("issue", invoice, resource="sales.invoice")
    shop.run("pay", invoice, {"amount": 20_00}, resource="sales.invoice")
    page = form(shop, f"/sales/invoice/{invoice}/do/pay")
    assert control(page, "amount").replace(",", "") in ("100", "100.00")
    assert "CNY" in page.text


def test_credit_begins_with_what_is_set_now(shop):  # noqa: F811
    customer = shop.new_customer()
    path = f"/core/customer/{customer}/do/set_credit"
    assert control(form(shop, path), "limit") == ""
    shop.run("set_credit", customer, {"grade": "b", "limit": 5_000_00, "days": 45}, resource="core.customer")
    page = form(shop, path)
    assert (control(page, "grade"), control(page, "limit").replace(",", ""), control(page, "days")) == ("b", "5000.00", "45")


def test_who_may_not_do_it_reads_nothing_of_it(shop):  # noqa: F811
    invoice = shop.write("sales.invoice", customer=shop.customer, items=[{"what": "Board", "quantity": 1000, "price": 120_00}])
    shop.run("issue", invoice, resource="sales.invoice")
    assert shop.ann.browser()("GET", f"/sales/invoice/{invoice}/do/pay").status_code in (403, 404)


@pytest.mark.parametrize("chosen", [1, 2])
def test_of_several_records_each_may_be_otherwise(shop, chosen):  # noqa: F811
    """The form for many begins with what is set where it is one, and empty where they are several."""
    some = [shop.new_customer() for _n in range(chosen)]
    for one in some:
        shop.run("set_credit", one, {"grade": "b", "limit": 700_00}, resource="core.customer")
    page = shop.boss.browser()("POST", "/core/customer/bulk/set_credit", {"id": [str(one) for one in some]})
    assert page.status_code == 200
    assert control(page, "limit").replace(",", "") == ("700.00" if chosen == 1 else "")
