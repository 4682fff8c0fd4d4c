"""What priced lines of a form would come to if they were saved now."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.features.money.api import rounding, step, tax_included
from crm_core.features.products.prices import Ask, Shelf, buyers, of_shelf
from crm_core.kernel.i18n import language
from crm_core.resource.figures import house_currency
from crm_core.resource.pieces import Foretold
from crm_core.text import amounts


def told(head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], before: Mapping[int, Any], asked: Sequence[str]) -> list[Foretold]:
    """By the price lists, for the customer, day and currency of the head. `before`: id → row of the lines that are saved already; `asked`: the
    columns a price follows. Like `PricedLines.derive`, which has the last word when they are saved."""
    currency, customer = head.get("currency") or house_currency(), head.get("customer_id")
    shelf = Shelf({line["product_id"] for line in lines if line.get("product_id")})
    at = [n for n, line in enumerate(lines) if line.get("product_id") in shelf.facts]
    asks = [Ask(line["product_id"], 1000 if line.get("quantity") is None else line["quantity"], line.get("unit_id"), line.get("configuration") or {},
                customer, head.get("day"), currency) for line in (lines[n] for n in at)]
    listed = {n: one.price for n, one in zip(at, of_shelf(shelf, asks, buyers({customer} if customer else ())), strict=True)} if at else {}
    how, included, found = rounding(), tax_included(), []
    for n, line in enumerate(lines):
        product, old, price = shelf.facts.get(line.get("product_id") or 0), before.get(line.get("id") or 0), line.get("price")
        follow: dict[str, Any] = {}
        if old is not None and listed.get(n) is not None and price is not None and old.price == price == old.list_price and any(line.get(c) != getattr(old, c) for c in asked):
            follow["price"] = price = listed[n]  # nobody agreed on another one: it goes on following the price lists
        rate = line.get("rate") if line.get("rate") is not None else product.tax if product is not None else 0
        price = listed.get(n) if price is None else price
        if price is not None:
            quantity = 1000 if line.get("quantity") is None else line["quantity"]
            follow["amount"] = amounts.line(quantity, price, line.get("discount") or 0, rate or 0, included=included, how=how, step=step(currency))[2]
        left_out: dict[str, Any] = {"price": listed.get(n)}
        if product is not None:
            left_out |= {"what": shelf.words(product.id, line.get("configuration") or {}, language())[:255], "unit_id": product.unit_id, "rate": rate}
        found.append(Foretold(left_out, follow))
    return found
