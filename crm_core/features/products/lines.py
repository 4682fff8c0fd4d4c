"""What lines of quotes, contracts, orders and invoices have in common: so many of a product at a price, less a discount, with tax.

    class OrderItem(PricedLine, PartOf("order"), Model):
        __tablename__ = "sales_order_item"
        order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))

    class Order(PricedHead, Owned, Model): …            # currency, net, tax, total: kept by the house

    class OrderItems(PricedLines):
        model = OrderItem

    lines = (priced(OrderItem),)                        # of the resource of orders

A price that is left out is that of the price lists for the head's `customer_id`, `day` and currency; the unit, the tax rate and the words of
the line are those of the product. What is copied from another document keeps its price (resource/samelines.py).

When the head changes in one of these, with its lines or alone, prices that followed the price lists follow them again; one that somebody wrote
stays, as does one that was `agreed` in the document it was made of, and its list price is asked for anew: what is given away is measured by the
price lists of the customer, day and currency that stand there. Whoever judges that calls `measure` first, as price lists change too.
Long because what a line comes to is worked out in one place.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from crm_core.data import types as t
from crm_core.data.bulk import among, update
from crm_core.data.session import current_work, session, system_scope
from crm_core.features.money.api import no_fractions, rounding, step, tax_included
from crm_core.features.products import configuring, foretelling, wishes
from crm_core.features.products.models import LIVES
from crm_core.features.products.prices import Ask, Facts, Shelf, buyers, of_shelf
from crm_core.features.products.units import ratio
from crm_core.features.products.wording import words
from crm_core.kernel.i18n import _, language, ngettext
from crm_core.resource.changes import as_written, unscoped
from crm_core.resource.fields import Field
from crm_core.resource.figures import house_currency
from crm_core.resource.pieces import Foretold, Lines
from crm_core.resource.resource import Resource
from crm_core.resource.telling import tell
from crm_core.text import amounts

COLUMNS = ("product", "what", "quantity", "unit", "configuration", "price", "discount", "rate", "amount")
SHOWN = ("product", "what", "quantity", "unit", "price", "why", "discount", "rate", "amount")  # the words of a line say what was chosen
MOST = 10**15  # what a line may come to, in hundredths: sums of lines stay within 64 bits
ASKED = ("product_id", "quantity", "unit_id", "configuration")  # what a price follows
HEAD = ("currency", "customer_id", "day")  # and of the head
_HEAD = tuple(zip(("currency", "customer", "day"), HEAD, strict=True))
FOLLOW, MEASURE = object(), object()  # in place of a list price: it is asked for anew, and the price follows it where it did so far, or stays


class PricedHead:
    """What has priced lines, `items`: its currency, and what they come to."""

    currency: Mapped[t.Currency] = mapped_column(default=house_currency, info={"label": _("Currency")})

    @declared_attr
    def net(cls) -> Mapped[int]:
        return t.Total("items", "net", info={"label": _("Without tax")})

    @declared_attr
    def tax(cls) -> Mapped[int]:
        return t.Total("items", "tax", info={"label": _("Tax")})

    @declared_attr
    def total(cls) -> Mapped[int]:
        return t.Total("items", "amount", info={"label": _("Total")})


class PricedLine:
    """One of them. `list_price` is what the price lists said when product, quantity, unit or choices were written, whatever price was
    agreed, and `why` which of them; prices are for one of the line's unit."""

    @declared_attr
    def product_id(cls) -> Mapped[int | None]:
        return t.Link("core.product", _("Product"), info={"wide": True})

    what: Mapped[t.Line] = mapped_column(default="", info={"label": _("Item"), "wide": True, "placeholder": _("Name of the product")})
    quantity: Mapped[t.Quantity] = mapped_column(default=1000, info={"label": _("Quantity")})

    @declared_attr
    def unit_id(cls) -> Mapped[int | None]:
        return t.Link("core.unit", _("Unit"))

    configuration: Mapped[dict[str, str] | None] = mapped_column(t.JsonType, info={"kind": "configuration", "wide": True, "label": _("Choices and wishes")})
    list_price: Mapped[t.Money | None] = mapped_column(info={"label": _("List price"), "readonly": True})
    why: Mapped[t.Line | None] = mapped_column(info={"label": _("List price from"), "readonly": True})
    price: Mapped[t.Money | None] = mapped_column(info={"label": _("Price"), "placeholder": _("List price")})
    discount: Mapped[t.Percent] = mapped_column(default=0, info={"label": _("Discount")})
    rate: Mapped[t.Percent | None] = mapped_column(info={"label": _("Tax rate"), "placeholder": _("Of the product")})
    net: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Without tax"), "readonly": True})
    tax: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Tax"), "readonly": True})
    amount: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount"), "readonly": True})


def priced(model: Any, label: Any = None, columns: Sequence[str] = COLUMNS) -> Lines:
    """The priced lines of a resource's form."""
    return Lines("items", model, tuple(columns), label or _("Items"), first=True, repeats=True, ahead=True, shown=SHOWN if tuple(columns) == COLUMNS else (), follows=HEAD)


@dataclass(frozen=True)
class Head:
    """What a line asks of its document. `made_of`: column → id of the documents it was made of, whose lines stand as they were agreed."""

    currency: str
    customer: int | None = None
    day: dt.date | None = None
    made_of: Mapping[str, int] = member(default_factory=dict)


class Repriced(NamedTuple):
    """A line that was priced anew: what it is, and its prices for one."""

    what: str
    was: int
    now: int


class PricedLines(Resource):
    """Base of their resource: works out what a line comes to, in the currency of its head. Who overrides `derive`, `check` or `written`
    calls this one first."""

    columns = COLUMNS
    search = ()
    verbs = ("read",)
    lives: ClassVar[tuple[str, ...]] = ("sold",)  # what can be chosen; opportunities may take what is planned
    agreed: ClassVar[tuple[str, ...]] = ()  # references of the head to documents whose prices were agreed: they stay while customer and currency are theirs

    @cached_property
    def _declared(self) -> dict[str, Field]:
        """Its picker offers the products that can be chosen."""
        found = super()._declared
        product = found["product"]
        return {**found, "product": replace(product, info={**product.info, "offers": (("life.any", ",".join(self.lives)), ("varied.eq", "no"))})}

    @property
    def label_field(self) -> str:
        return "what"

    def follow_head(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """The head has another customer, day or currency: `derive` asks the price lists anew."""
        now = [as_written(row, before) for row in rows]
        stays = self._stand(self._heads(now) if self.agreed else {})
        for row, line in zip(rows, now, strict=True):
            if line.get("product_id"):
                row["list_price"] = MEASURE if (line.get(self._head), line["product_id"]) in stays else FOLLOW

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        headed = {n: row.pop("list_price") for n, row in enumerate(rows) if row.get("list_price") in (FOLLOW, MEASURE)}
        now = [as_written(row, before) for row in rows]
        moved = dict.fromkeys(n for n, row in enumerate(rows) if n in headed or _moved(row, before))  # in their order, and found at once
        ids = {line["product_id"] for n, line in enumerate(now) if line.get("product_id") and (n in moved or "what" in rows[n] or not line.get("what") or line.get("rate") is None)}
        shelf, heads = Shelf(ids | {old["product_id"] for n in moved if (old := before.get(rows[n].get("id") or 0)) and old.get("product_id")}), self._heads(now)
        at = [n for n in moved if now[n].get("product_id") in shelf.facts]
        known = buyers({head.customer for head in heads.values() if head.customer}) if at else {}
        found = dict(zip(at, of_shelf(shelf, [_ask(now[n], heads.get(now[n].get(self._head) or 0)) for n in at], known), strict=True)) if at else {}
        headed |= dict.fromkeys(self._agreed_for_less(rows, before, now, heads, [n for n in at if n not in headed]), MEASURE)
        how, included = rounding(), tax_included()
        for n, (row, line) in enumerate(zip(rows, now, strict=True)):
            head = heads.get(line.get(self._head) or 0) or Head(house_currency())
            product = shelf.facts.get(line.get("product_id") or 0)
            price, listed = line.get("price"), line.get("list_price")
            if product is not None:
                buyer = known.get(head.customer or 0)
                code = buyer.language if buyer is not None else None
                row["what"] = words(line, before.get(row.get("id") or 0), shelf, code or language(), anew=_moved(row, before) or (n in headed and code is not None))
                row["unit_id"] = line.get("unit_id") or product.unit_id
            if n in found:
                old = before.get(row.get("id") or 0, {})
                if price is not None and old.get("price") == price == old.get("list_price") and headed.get(n) is not MEASURE:
                    price = None  # nobody agreed on another one: it goes on following the price lists
                listed, row["list_price"], row["why"] = found[n].price, found[n].price, found[n].why
            price = listed if price is None else price
            rate = line.get("rate") if line.get("rate") is not None else product.tax if product is not None else 0
            row["price"], row["rate"] = price or 0, rate
            row["net"], row["tax"], row["amount"] = amounts.line(
                1000 if line.get("quantity") is None else line["quantity"], row["price"], line.get("discount") or 0, rate or 0,
                included=included, how=how, step=step(head.currency))
            if price is None and product is not None and _has_price(product):
                row["price"] = None  # it has a price, but not in this currency or unit: `check` says why
        _say([(before[rows[n]["id"]], rows[n]) for n in headed])

    def _agreed_for_less(self, rows: Sequence[Mapping[str, Any]], before: Mapping[int, Mapping[str, Any]], now: Sequence[Mapping[str, Any]], heads: Mapping[int, Head], at: Sequence[int]) -> list[int]:
        """Those of these lines of which so many more or less are wanted at the price that was agreed in the document they were made of: it stays."""
        few = [n for n in at if self.agreed and (old := before.get(rows[n].get("id") or 0)) is not None and foretelling.fewer(rows[n], {c: old.get(c) for c in ASKED})]
        stays = self._stand({key: heads[key] for n in few if (key := now[n].get(self._head) or 0) in heads}) if few else {}
        return [n for n in few if now[n].get("price") in stays.get((now[n].get(self._head) or 0, now[n]["product_id"]), ())]

    def foretell(self, head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> list[Foretold]:
        """What lines of a form would come to, told while they are filled in."""
        ids = [line["id"] for line in lines if line.get("id")]
        rows = session.scalars(sa.select(self.model).where(among(self.model.id, ids))).all() if ids else ()
        was = self._heads([{self._head: getattr(row, self._head)} for row in rows] if self._head else [])
        now = {key: replace(one, **{name: head[column] for name, column in _HEAD if column in head}) for key, one in was.items()}
        return foretelling.told(head, lines, {row.id: row for row in rows}, ASKED, moved=now != was, stays={product: prices for (_key, product), prices in self._stand(now).items()})

    def measure(self, heads: Sequence[int], earliest: dt.date | None = None, stands: Mapping[int, tuple[int | None, str | None]] = MappingProxyType({})) -> list[str]:
        """Ask the price lists anew for the list price of each line of these documents, for what their heads say now; prices stay. A day before
        `earliest` counts as that day; `stands`: id of a line → list price and reason of the document it was agreed in, which it keeps. In a write
        transaction, a fixed number of statements. Returns, in words, why lines have none that are of products with a price."""
        table, connection = self.table, current_work().session.connection()
        wanted = sa.select(table).where(among(table.c[self._head], sorted(heads)), table.c.deleted_at.is_(None), table.c.product_id.is_not(None)).order_by(table.c.id)
        lines: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(wanted, execution_options=unscoped("list prices of lines")).mappings()]
        of, shelf = self._heads(lines), Shelf({line["product_id"] for line in lines})
        lines = [line for line in lines if line["product_id"] in shelf.facts]
        kept = [(line, *stands[line["id"]]) for line in lines if line["id"] in stands]
        lines = [line for line in lines if line["id"] not in stands]
        asks = [_ask(line, of.get(line[self._head])) for line in lines]
        asks = [replace(ask, day=max(ask.day, earliest)) if ask.day is not None and earliest is not None else ask for ask in asks]
        found = of_shelf(shelf, asks, buyers({head.customer for head in of.values() if head.customer}))
        now = [*((line, one.price, one.why) for line, one in zip(lines, found, strict=True)), *kept]
        update(table, [{"id": line["id"], "list_price": price, "why": why} for line, price, why in now if price != line["list_price"]], "list prices of lines")
        return [one.why for line, one in zip(lines, found, strict=True) if one.price is None and _has_price(shelf.facts[line["product_id"]])]

    def anew(self, head: int) -> tuple[list[Repriced], list[str]]:
        """Price all lines of a document anew by the price lists, for what its head says now, under the rights of who acts on it: prices that were written or
        agreed go, discounts stay, as do lines of other words and those the lists know no price of now. Returns those that have another price, and
        what those are called that stay. Raises Invalid."""
        model, link = self.model, getattr(self.model, self._head)
        rows = session.scalars(sa.select(model).where(link == head, model.deleted_at.is_(None)).order_by(model.id)).all()
        was = {row.id: row.price for row in rows}
        known = [{name: getattr(row, name) for name in ("product_id", "quantity", "unit_id", "configuration")} for row in rows]
        of = self._heads([{self._head: head}]).get(head)
        sold = [(row, _ask(line, of)) for row, line in zip(rows, known, strict=True) if line["product_id"]]
        found = of_shelf(Shelf({ask.product for _row, ask in sold}), [ask for _row, ask in sold], buyers({of.customer} if of is not None and of.customer else ()))
        stays = {row.id for (row, _ask_), one in zip(sold, found, strict=True) if one.price is None}
        asked = {row.id for row, _ask_ in sold} - stays
        self.head.write([{"id": head, "items": [{"id": row.id, **({"price": None} if row.id in asked else {})} for row in rows]}])
        now = session.scalars(sa.select(model).where(link == head, model.deleted_at.is_(None)).order_by(model.id).execution_options(populate_existing=True)).all()
        return [Repriced(row.what, was[row.id], row.price) for row in now if row.price != was.get(row.id)], [row.what for row in now if row.id in stays]

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        now = [as_written(row, before) for row in rows]
        heads = self._heads(now)
        asked = [n for n, row in enumerate(rows) if now[n].get("product_id") and _moved(row, before)]
        shelf = Shelf({now[n]["product_id"] for n in asked})
        faults = {n: found for n in asked if (product := shelf.facts.get(now[n]["product_id"])) is not None
                  and (found := self._chosen(now[n], before.get(rows[n].get("id") or 0, {}), product, shelf))}
        if faults and self.sources:  # what was agreed in the document this one was made of may be written here
            agreed = self._agreed({n: head for n in faults if (head := heads.get(now[n].get(self._head) or 0)) is not None and head.made_of})
            faults = {n: found for n, found in faults.items() if now[n]["product_id"] not in agreed.get(n, ())}
        for n, row in enumerate(rows):
            smallest = step((heads.get(now[n].get(self._head) or 0) or Head(house_currency())).currency)
            product = shelf.facts.get(now[n].get("product_id") or 0)
            if n in asked and product is not None and ratio(now[n].get("unit_id"), product.unit_id) is None:
                faults.setdefault(n, {})["unit"] = [_("This unit cannot be converted into that of the product.")]
            elif row.get("price", 0) is None:
                faults.setdefault(n, {})["price"] = [row.get("why") or _("This is required.")]
            elif "price" in row and abs(row["price"] * (now[n].get("quantity") or 0)) > MOST * 1000:
                faults.setdefault(n, {})["price"] = [_("This is too much.")]
            elif "price" in row and row["price"] % smallest:
                faults.setdefault(n, {})["price"] = [no_fractions(heads[now[n][self._head]].currency)]
        return faults

    def _chosen(self, line: Mapping[str, Any], old: Mapping[str, Any], product: Facts, shelf: Shelf) -> dict[str, list[Any]]:
        """What is wrong with choosing a product for a line, and with the choices made of it."""
        found: dict[str, list[Any]] = {}
        if old.get("product_id") != product.id and product.life not in self.lives:
            found["product"] = [_("“%(name)s” is not on sale: %(state)s. Choose another product.", name=product.word(language()), state=LIVES[product.life.value])]
        elif old.get("product_id") != product.id and product.has_variants:
            found["product"] = [_("“%(name)s” has variants: choose one of them.", name=product.word(language()))]
        if said := configuring.faults(shelf.choices.get(product.id, ()), shelf.combinations.get(product.id, ()), line.get("configuration") or {}):
            found["configuration"] = said
        return found

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        wishes.follow(self, verb, ids)

    @property
    def _head(self) -> str:
        """The column that says whose line it is."""
        return self.parent_field.column if self.parent_field is not None else ""

    @property
    def head(self) -> Resource:
        """The resource of the documents whose lines they are."""
        return self.registry.resource(getattr(self.parent_field, "target", ""))  # type: ignore[no-any-return]

    @cached_property
    def sources(self) -> dict[str, Any]:
        """Columns of the head that say of which other document it was made, with the resource of that one."""
        if self.parent_field is None:
            return {}
        found = {f.column: self.registry.resources.get(getattr(f, "target", "")) for f in self.head.all_fields.values()}
        return {column: other for column, other in found.items() if other is not None and issubclass(other.model, PricedHead)}

    def currencies(self, lines: Sequence[Mapping[str, Any]]) -> dict[int, str]:
        """The currency of each head of these lines (column → value), by its id."""
        return {key: head.currency for key, head in self._heads(lines).items()}

    def _heads(self, lines: Sequence[Mapping[str, Any]]) -> dict[int, Head]:
        """What the lines ask of their heads, by id, in one statement."""
        wanted = sorted({line[self._head] for line in lines if line.get(self._head)})
        if not wanted:
            return {}
        head = self.head.table
        names = [name for name in ("customer_id", "day", *self.sources) if name in head.c]
        with system_scope("heads of lines") as db:
            rows = db.execute(sa.select(head.c.id, head.c.currency, *(head.c[name] for name in names)).where(among(head.c.id, wanted))).mappings()
            return {row["id"]: Head(row["currency"], row.get("customer_id"), row.get("day"), {name: row[name] for name in self.sources if row[name]}) for row in rows}

    def goes_with(self, column: str, documents: Collection[int]) -> dict[int, int]:
        """What else was agreed with these documents, which heads name in this column: document → the one that is named."""
        return {}

    def _stand(self, heads: Mapping[int, Head]) -> dict[tuple[int, int], set[int]]:
        """(head, product) whose price was agreed in a document the head was made of, and is for the same customer in the same currency still → prices there."""
        found: dict[tuple[int, int], set[int]] = {}
        for column in self.agreed:
            made = {key: head.made_of[column] for key, head in heads.items() if column in head.made_of}
            other = self.sources.get(column)
            if not made or other is None:
                continue
            head, items, link = other.table, other.line_resource("items").table, other.link_column("items")
            named = {one: one for one in made.values()} | self.goes_with(column, set(made.values()))
            with system_scope("prices that were agreed") as db:
                rows = db.execute(sa.select(head.c.id, head.c.customer_id, head.c.currency, items.c.product_id, items.c.price).join(items, items.c[link] == head.c.id).where(
                    among(head.c.id, sorted(named)), items.c.deleted_at.is_(None), items.c.product_id.is_not(None))).all()
            for key, of in made.items():
                for one, customer, currency, product, price in rows:
                    if named[one] == of and (customer, currency) == (heads[key].customer, heads[key].currency):
                        found.setdefault((key, product), set()).add(price)
        return found

    def _agreed(self, heads: Mapping[int, Head]) -> dict[int, set[int]]:
        """The products in the lines of the documents that these were made of: a statement for each kind of document."""
        found: dict[int, set[int]] = {}
        for column, other in self.sources.items():
            wanted = {head.made_of[column] for head in heads.values() if column in head.made_of}
            for declared in other.lines if wanted else ():
                lines, link = other.line_resource(declared.name).table, other.link_column(declared.name)
                if "product_id" not in lines.c:
                    continue
                with system_scope("lines of the document it was made of") as db:
                    rows = db.execute(sa.select(lines.c[link], lines.c.product_id).where(among(lines.c[link], sorted(wanted)), lines.c.product_id.is_not(None))).all()
                for n, head in heads.items():
                    found.setdefault(n, set()).update(product for of, product in rows if of == head.made_of.get(column))
        return found


def _moved(row: Mapping[str, Any], before: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether a line is new, or what its price follows is another now."""
    old = before.get(row.get("id") or 0)
    return old is None or any(name in row and row[name] != old.get(name) for name in ASKED) or ("price" in row and row["price"] is None)


def _has_price(product: Facts) -> bool:
    return product.price is not None or product.is_bundle


def _say(lines: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
    """Tell who changed a head what became of its lines: as they were, and as they are."""
    followed = sum(1 for old, row in lines if row["price"] != old["price"])
    stayed = sum(1 for old, row in lines if row["price"] == old["price"] and row.get("list_price", old["list_price"]) != old["list_price"])
    if followed:
        tell(ngettext("%(n)s price follows the price lists for what stands there now.", "%(n)s prices follow the price lists for what stands there now.", followed))
    if stayed:
        tell(ngettext("%(n)s price that was written or agreed stays; its list price is another one now.",
                      "%(n)s prices that were written or agreed stay; their list prices are others now.", stayed))


def _ask(line: Mapping[str, Any], head: Head | None) -> Ask:
    return Ask(line["product_id"], 1000 if line.get("quantity") is None else line["quantity"], line.get("unit_id"), line.get("configuration") or {},
               head.customer if head is not None else None, head.day if head is not None else None, head.currency if head is not None else None)
