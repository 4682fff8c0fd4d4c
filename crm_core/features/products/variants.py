"""Variants 规格: a product for each combination of the values by which those of one differ."""

from dataclasses import dataclass
from itertools import product as combinations
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session, system_scope
from crm_core.data.wall import marked
from crm_core.features.products.models import Life, Product, ProductAttribute
from crm_core.features.products.pricing import split
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.fields import BooleanField

MOST = 200
KEPT = ("kind", "life", "category_id", "unit_id", "tax", "term", "term_unit", "issues", "copies", "renewal", "notice")


def on_sale(product: Any) -> sa.ColumnElement[bool]:
    """Whether a product, by its id, has variants on sale: then they are sold, and it is not itself."""
    variant = table_of(Product).alias()
    return sa.exists().where(marked(Product.__tablename__), variant.c.parent_id == product, variant.c.deleted_at.is_(None), variant.c.life == Life.sold)


@dataclass(frozen=True, kw_only=True)
class VariedField(BooleanField):
    """The filter "has variants on sale"; pickers of what can be sold ask for those that have none."""

    column: str = "id"
    operators: ClassVar[tuple[str, ...]] = ("eq",)

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        has = on_sale((entity.c if isinstance(entity, sa.FromClause) else entity).id)
        return has if values[0] else sa.not_(has)


def make(row: Any) -> None:
    """Make the variants of a product that are not there yet, with its name and code and what they differ by. Their price is that of the
    product until they say one. Raises Refused where there is nothing to differ by, or too much."""
    session.execute(sa.select(Product.id).where(Product.id == row.id).with_for_update())  # two at once would make each twice
    axes = [(one.name, split(one.values)) for one in _attributes([row.id]).get(row.id, ())]
    wanted = list(combinations(*(values for _name, values in axes))) if axes else []
    if not wanted:
        raise Refused(_("Say first by what variants differ: edit the product, “Variants differ by”."))
    if len(wanted) > MOST:
        raise Refused(_("At most %(n)s variants; these would be %(m)s.", n=MOST, m=len(wanted)))
    with system_scope("variants of a product") as db:
        known = db.scalars(sa.select(Product.id).where(Product.parent_id == row.id, Product.deleted_at.is_(None))).all()
    have = {frozenset((one.name, one.values) for one in found) for found in _attributes(known).values()}
    names = [name for name, _values in axes]
    new = [values for values in wanted if frozenset(zip(names, values, strict=True)) not in have]
    number = len(known)
    rows = []
    for values in new:
        number += 1
        word = " / ".join(values)
        rows.append({
            "name": f"{row.name} {word}"[:200], "english": f"{row.english} {word}"[:255] if row.english and row.english != row.name else None,
            "code": f"{row.code}-{number:02}"[:60] if row.code else None, "parent": row.id, "owner": row.owner_id,
            **{name.removesuffix("_id"): getattr(row, name) for name in KEPT},
            "attributes": [{"name": name, "values": value} for name, value in zip(names, values, strict=True)]})
    if rows:
        site().registry.resource("core.product").write(rows)


def _attributes(ids: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    with system_scope("variants of a product") as db:
        for one in db.execute(sa.select(ProductAttribute.product_id, ProductAttribute.name, ProductAttribute.values).where(
                ProductAttribute.product_id.in_(list(ids)), ProductAttribute.deleted_at.is_(None)).order_by(ProductAttribute.id)):
            found.setdefault(one.product_id, []).append(one)
    return found
