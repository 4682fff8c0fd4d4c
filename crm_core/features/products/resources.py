"""Products, categories, units and what was wished of them as resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.bulk import among
from crm_core.data.session import session, system_scope
from crm_core.features.products import configuring, variants
from crm_core.features.products.models import (
    Kind,
    Product,
    ProductAttribute,
    ProductCategory,
    ProductChoice,
    ProductCombination,
    ProductPart,
    Renewal,
    Term,
    Unit,
    Wish,
)
from crm_core.features.products.units import DEEP
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.resource.bilingual import Bilingual
from crm_core.resource.changes import as_written
from crm_core.resource.pieces import Lines
from crm_core.resource.resource import Resource, Section

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]
Faults = dict[int, dict[str, list[Any]]]


TERM = ("term", "term_unit", "issues", "copies", "renewal", "notice")
BEGUN = {"term_unit": Term.months, "renewal": Renewal.asked, "notice": 30, "copies": 1}


class Categories(Bilingual):
    model = ProductCategory
    label = _("Product categories")
    singular = _("Product category")
    icon = "category"
    columns = "name", "english", "parent"
    filters = ("parent",)
    search = "name", "english"
    tree = "parent_id"
    importable = True
    help = _("Of two levels: a category, and those that are part of it.")

    def check(self, rows: Rows, before: Before) -> Faults:
        """Two levels, and no more."""
        now = [as_written(row, before) for row in rows]
        above = {one["parent_id"] for one in now if one.get("parent_id")}
        ids = {row["id"] for row in rows if row.get("id")}
        found = session.execute(sa.select(ProductCategory.id, ProductCategory.parent_id).where(sa.or_(
            ProductCategory.id.in_(above), ProductCategory.parent_id.in_(ids)), ProductCategory.deleted_at.is_(None))).all() if above else []
        deep, holds = {row.id for row in found if row.parent_id is not None}, {row.parent_id for row in found if row.parent_id is not None}
        return {at: {"parent": [_("Categories have two levels: choose one of the first.")]} for at, one in enumerate(now)
                if one.get("parent_id") and (one["parent_id"] in deep or one["parent_id"] == one.get("id") or one.get("id") in holds)}


class Units(Bilingual):
    model = Unit
    label = _("Units")
    singular = _("Unit")
    icon = "ruler"
    columns = "name", "english", "base", "factor"
    search = "name", "english"
    importable = True
    help = _("A unit may be made of another one: a box is 12 pieces. Lines and prices are converted by it.")

    def check(self, rows: Rows, before: Before) -> Faults:
        """What it is made of is another one, in the end not itself, and how many is said."""
        known = {row.id: row.base_id for row in session.execute(sa.select(Unit.id, Unit.base_id).where(Unit.deleted_at.is_(None)).limit(2_000))}
        now = [as_written(row, before) for row in rows]
        known.update({one["id"]: one.get("base_id") for one in now if one.get("id")})
        faults: Faults = {}
        for at, one in enumerate(now):
            base, steps = one.get("base_id"), 0
            if base and (one.get("factor") or 0) <= 0:
                faults[at] = {"factor": [_("Say how many of it: more than nothing.")]}
            while base and base != one.get("id") and steps < DEEP:
                base, steps = known.get(base), steps + 1
            if base:
                faults[at] = {"base": [_("A unit cannot be made of itself.")]}
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()


class Products(Bilingual):
    model = Product
    label = _("Products")
    singular = _("Product")
    icon = "package"
    columns = "name", "code", "category", "kind", "unit", "price", "life"
    filters = "category", "kind", "life", "parent", "varied", "price", "code", "owner"
    virtual = (variants.VariedField(name="varied", label=_("Has variants on sale")),)
    search = "name", "english", "code"
    said = "code", "price"
    sorts = "name", "-updated_at"
    status = "life"
    subtitle = "code", "category", "parent"
    tree = "parent_id"  # who asks for a product means its variants too
    importable = True
    files = True
    in_palette = True
    unique = (("code",),)
    shown_if: ClassVar[Mapping[str, tuple[str, ...]]] = {name: ("kind", "subscription") for name in TERM}
    lines = (
        Lines("parts", ProductPart, ("part", "quantity"), _("Parts of the bundle"), parent="product_id"),
        Lines("attributes", ProductAttribute, ("name", "values"), _("Variants differ by")),
        Lines("choices", ProductChoice, ("option", "option_english", "name", "english", "surcharge", "percent", "optional"), _("Options and choices")),
        Lines("combinations", ProductCombination, ("given", "how", "other"), _("Choices that go together")),
    )
    form = (
        Section(_("Product"), ("name", "english", "code", "category", "kind", "unit", "life", *TERM)),
        Section(_("Price"), ("price", "tax", "cost")),
        Section(_("Description"), ("note",)),
        Section(_("Variants, bundle, options"), ("parent", "attributes", "parts", "choices", "combinations"), folded=True),
    )
    actions: ClassVar[Sequence[Action]] = [
        Action("make_variants", _("Make variants"), variants.make, when=lambda row: row.parent_id is None, icon="copy", bulk=False, quiet=True,
               confirm=_("One product is made for each combination of the values that variants differ by; those that are there stay.")),
    ]
    help = _("What the house sells. Prices of a customer, a region or a quantity stand in price lists.")

    def below(self, ids: Iterable[int]) -> tuple[int, ...]:
        """These products and their variants, as far as one may see them: there are two levels."""
        wanted = list(ids)
        return tuple({*wanted, *session.scalars(sa.select(Product.id).where(Product.parent_id.in_(wanted)))})

    def derive(self, rows: Rows, before: Before) -> None:
        """The English name goes on being the Chinese one while nobody gave it another; a subscription has a rule for its end."""
        for row in rows:
            now = as_written(row, before)
            if now.get("kind") == Kind.subscription:
                row.update({name: value for name, value in BEGUN.items() if now.get(name) is None})
            old = before.get(row.get("id") or 0)
            if old is not None and "name" in row and old.get("english") == old.get("name") and row.get("english", old.get("english")) == old.get("english"):
                row["english"] = row["name"]
        super().derive(rows, before)

    def check(self, rows: Rows, before: Before) -> Faults:
        now = [as_written(row, before) for row in rows]
        parts = {(at, line.get("part")) for at, row in enumerate(rows) for line in row.get("parts") or ()}
        asked = {one for _at, one in parts if isinstance(one, int)} | {one["parent_id"] for one in now if one.get("parent_id")}
        bundles, variants_of, holding = _standing(asked, {row["id"] for row in rows if row.get("id")})
        faults: Faults = {}
        for at, (row, one) in enumerate(zip(rows, now, strict=True)):
            wrong: dict[str, list[Any]] = {}
            parent = one.get("parent_id")
            if parent and (parent == one.get("id") or parent in variants_of or one.get("id") in holding):
                wrong["parent"] = [_("A variant has no variants itself.")]
            mine = [line.get("part") for line in row.get("parts") or ()]
            if one.get("id") in mine or bundles.intersection(p for p in mine if isinstance(p, int)):
                wrong["parts"] = [_("A bundle is made of products that are no bundles.")]
            if any((line.get("quantity") or 0) <= 0 for line in row.get("parts") or () if "quantity" in line):
                wrong["parts"] = [_("Quantities are greater than nothing.")]
            if ("choices" in row or "combinations" in row) and (said := self._options(row)):
                wrong["choices"] = said
            if wrong:
                faults[at] = wrong
        return faults

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        """What most products are without is not said of them."""
        return replace(page, lines=tuple(one for one in page.lines if one.rows))

    def _options(self, row: Mapping[str, Any]) -> list[Any]:
        """What is wrong with the options; lists that are not given stand as they are."""
        given = {}
        for name, model, columns in (("choices", ProductChoice, ("option", "name")), ("combinations", ProductCombination, ("given", "other"))):
            given[name] = row.get(name)
            if name not in row:
                with system_scope("options of a product") as db:
                    rows = db.execute(sa.select(*(getattr(model, c) for c in columns)).where(model.product_id == row.get("id"), model.deleted_at.is_(None)))
                    given[name] = [dict(one) for one in rows.mappings()]
        return configuring.rule_faults(given["choices"] or [], given["combinations"] or [])


def _standing(asked: set[int], mine: set[int]) -> tuple[set[int], set[int], set[int]]:
    """Of the products asked for, the bundles and the variants; of one's own, those that are a variant's parent or in a bundle."""
    if not asked:
        return set(), set(), set()
    with system_scope("bundles and variants") as db:
        bundles = set(db.scalars(sa.select(ProductPart.product_id).where(among(ProductPart.product_id, sorted(asked)), ProductPart.deleted_at.is_(None)).distinct()))
        rows = db.execute(sa.select(Product.id, Product.parent_id).where(
            sa.or_(among(Product.id, sorted(asked)), among(Product.parent_id, sorted(mine))), Product.parent_id.is_not(None), Product.deleted_at.is_(None))).all()
    return bundles, {row.id for row in rows}, {row.parent_id for row in rows}


class Wishes(Resource):
    model = Wish
    label = _("Choices and wishes")
    singular = _("Choice or wish")
    icon = "wand"
    columns = "wish", "product", "free", "day"
    filters = "wish", "product", "free", "day"
    search = ("wish",)
    search_names = ()
    sorts = ("-day",)
    verbs = "read", "export"
    readonly = True
    in_palette = False
    help = _("What customers chose and wished in quotes and orders. A document that was made of another one is not counted again.")

    @property
    def label_field(self) -> str:
        return "wish"
