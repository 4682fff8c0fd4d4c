"""A list as a map: its records counted and summed by region or country, and by the cells of a grid over what is looked at. One
statement each, whatever the number of records; never more than `CELLS` × `CELLS` points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work
from crm_core.data.wall import marked
from crm_core.resource import areas, boards, listing, places, plans
from crm_core.resource.fields import Field, MoneyField
from crm_core.text.areas import Box

CELLS = 28


@dataclass(frozen=True)
class Measure:
    """Money that is summed: a field of the resource's own, or of what hangs on its records (`part`)."""

    label: Any
    field: Field
    part: Any = None


@dataclass(frozen=True)
class Total:
    """What a region or country has: its code, how many records, how many of them with a place of their own, the money."""

    code: str
    count: int
    placed: int
    amount: int | None


@dataclass(frozen=True)
class Cell:
    """The records of a cell: how many, the middle of them, the box that holds them, one of them."""

    count: int
    at: tuple[int, int]
    box: Box
    id: int


def measures(resource: Any) -> dict[str, Measure]:
    """What can be summed: the money the reader sees, of the records and of what hangs on them."""
    found = {n: Measure(f.label, f) for n, f in resource.fields().items() if isinstance(f, MoneyField) and not f.sensitive}
    for part in resource.parts():
        if not part.named and part.child.verbs and part.child.may("read"):
            found |= {f"{part.child.path}.{n}": Measure(part.child.label, f, part) for n, f in part.child.fields().items() if isinstance(f, MoneyField) and not f.sensitive}
    return found


def regions_of(resource: Any) -> Any:
    """The resource of regions its records name; None where they name none, or the reader does not see it."""
    place = places.of(resource)
    field = resource.fields().get(place.region) if place is not None else None
    return resource.registry.resources.get(field.target) if field is not None else None


def country_of(resource: Any) -> Field | None:
    place = places.of(resource)
    return resource.fields().get(place.country) if place is not None else None


def totals(query: listing.Query, measure: Measure | None, *, by_country: bool = False) -> list[Total]:
    """The records of a list by the codes of their regions (or countries); those without one under ""."""
    resource, table = query.resource, query.resource.table
    region = None if by_country else regions_of(resource).table
    group = table.c[country_of(resource).column] if by_country else table.c[resource.fields()[resource.place.region].column]  # type: ignore[union-attr]
    own = measure.field.column if measure is not None and measure.part is None else None
    amount = sa.func.sum(table.c[own]) if own is not None else sa.null()
    inner = boards.base(query).with_only_columns(
        group.label("code"), sa.func.count().label("n"), sa.func.count(table.c[resource.place.latitude]).label("placed"), amount.label("amount"),
    ).group_by(group).subquery()
    found = [Total(row.code or "", row.n, row.placed, row.amount) for row in _coded(query, inner, region)]
    if measure is None or measure.part is None:
        return found
    sums = {row.code or "": row.amount for row in _coded(query, _of_part(query, measure, group), region)}
    return [Total(one.code, one.count, one.placed, sums.get(one.code, 0)) for one in found]


def _coded(query: listing.Query, inner: sa.Subquery, region: Any) -> Sequence[Any]:
    statement = sa.select(inner) if region is None else sa.select(
        region.c.code, *(column for column in inner.c if column.name != "code")).select_from(inner.outerjoin(region, region.c.id == inner.c.code))
    return plans.in_time(query.sought, statement, {}, always=True)


def _of_part(query: listing.Query, measure: Measure, group: Any) -> sa.Subquery:
    """The sum of what hangs on the records, under the reader's rights on that too."""
    child, current = measure.part.child, current_work().session
    part = child.table
    where = plans.living(part)
    if is_scoped(child.model):
        where.append(marked(part.name))
        scope = scope_for(current.actor, child.model) if not current.system else None
        if scope is not None and not scope.everything:
            where.append(scope.clause(part))
    base = boards.base(query).with_only_columns(group.label("code"), sa.func.sum(part.c[measure.field.column]).label("amount"))
    return base.select_from(query.resource.table.join(part, measure.part.of(query.resource.table, part))).where(*where).group_by(group).subquery()


def grid(query: listing.Query, box: Box) -> list[Cell]:
    """The records of a list that lie in a box, by cells of it."""
    place, table = query.resource.place, query.resource.table
    latitude, longitude = table.c[place.latitude], table.c[place.longitude]
    steps = [-(-(high - low + 1) // CELLS) for low, high in ((box.south, box.north), (box.west, box.east))]
    cell = [(column - areas.whole(low)) // areas.whole(step) for column, low, step in ((latitude, box.south, steps[0]), (longitude, box.west, steps[1]))]
    statement = boards.base(query).where(*areas.within(box, latitude, longitude)).with_only_columns(
        sa.func.count().label("n"), sa.func.min(table.c.id).label("id"), sa.func.sum(latitude).label("lat"), sa.func.sum(longitude).label("lon"),
        *(fn(column).label(f"{name}{at}") for at, column in enumerate((latitude, longitude)) for name, fn in (("low", sa.func.min), ("high", sa.func.max))),
    ).group_by(*cell)
    rows = plans.in_time(query.sought, statement, {}, always=True)
    return [Cell(row.n, (round(row.lat / row.n), round(row.lon / row.n)), Box(row.low0, row.low1, row.high0, row.high1), row.id) for row in rows]
