"""What priced lines of a form would come to if they were saved now."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from crm_core.features.money.api import rounding, step, tax_included
from crm_core.features.products.prices import Ask, Shelf, buyers, of_shelf
from crm_core.kernel.i18n import language
from crm_core.resource.figures import house_currency
from crm_core.resource.pieces import Foretold
from crm_core.text import amounts


def told(head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], before: Mapping[int, Any], asked: Sequence[str], *, moved: bool = False,
         stays: Mapping[int, Collection[int]] = MappingProxyType({})) -> list[Foretold]:
    """By the price lists, for the customer, day and currency of the head. `before`: id → row of the lines that are saved already; `asked`: the
    columns a price follows; `moved`: the head says another customer, day or currency than was saved, and only prices of the products `stays` do not
    follow it; with the prices that were agreed for each, which stay for more or less of them, too. Like `PricedLines.derive`, which has the last word when they are saved."""
    currency, customer = head.get("currency") or house_currency(), head.get("customer_id")
    shelf = Shelf({line["product_id"] for line in lines if line.get("product_id")})
    at = [n for n, line in enumerate(lines) if line.get("product_id") in shelf.facts]
    asks = [Ask(line["product_id"], 1000 if line.get("quantity") is None else line["quantity"], line.get("unit_id"), line.get("configuration") or {},
                customer, head.get("day"), currency) for line in (lines[n] for n in at)]
    known = buyers({customer} if customer else ()) if at else {}
    listed = {n: one.price for n, one in zip(at, of_shelf(shelf, asks, known), strict=True)} if at else {}
    code = (known[customer].language if customer in known else None) or language()
    how, included, found = rounding(), tax_included(), []
    for n, line in enumerate(lines):
        product, old, price = shelf.facts.get(line.get("product_id") or 0), before.get(line.get("id") or 0), line.get("price")
        follow: dict[str, Any] = {}
        agreed, was = stays.get(line.get("product_id") or 0), {c: getattr(old, c) for c in asked} if old is not None else {}
        anew = old is not None and agreed is None if moved else any(c in line and line[c] != was[c] for c in was) and not (agreed and price in agreed and fewer(line, was))
        if old is not None and anew and listed.get(n) is not None and price is not None and old.price == price == old.list_price:
            follow["price"] = price = listed[n]  # nobody agreed on another one: it goes on following the price lists
        rate = line.get("rate") if line.get("rate") is not None else product.tax if product is not None else 0
        price = listed.get(n) if price is None else price
        quantity = 1000 if line.get("quantity") is None else line["quantity"]
        comes = amounts.line(quantity, price, line.get("discount") or 0, rate or 0, included=included, how=how, step=step(currency)) if price is not None else (None, None, None)
        follow |= zip(("net", "tax", "amount"), comes, strict=True)
        left_out: dict[str, Any] = {"price": listed.get(n)}
        if product is not None:
            left_out |= {"what": shelf.words(product.id, line.get("configuration") or {}, code)[:255], "unit_id": product.unit_id, "rate": rate}
        found.append(Foretold(left_out, follow))
    return found


def fewer(line: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether of all that its price follows (`old`) only how much of it is wanted is another now."""
    return all(c == "quantity" or c not in line or line[c] == was for c, was in old.items())
