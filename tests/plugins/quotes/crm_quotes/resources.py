"""What people see of quotes."""

from collections.abc import Mapping
from typing import Any

from crm_core.sdk import Lines, Resource
from crm_quotes import _
from crm_quotes.models import Item, Quote


class Quotes(Resource):
    model = Quote
    label = _("Quotes")
    singular = _("Quote")
    menu = "customers"
    columns = "number", "subject", "customer", "total", "owner"
    filters = "customer", "until", "total", "owner"
    search = "number", "subject"
    importable = True
    lines = (Lines("items", Item, ("what", "quantity", "price", "amount"), _("Items"), repeats=True),)


class Items(Resource):
    model = Item
    label = _("Quote items")
    columns = "quote", "what", "quantity", "amount"
    verbs = ("read",)

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        for row in rows:
            old = before.get(row.get("id", 0), {})
            quantity, price = (row.get(name, old.get(name)) for name in ("quantity", "price"))
            row["amount"] = (quantity or 0) * (price or 0)
