"""What a resource says to stand on the map: `place = Place()`, over two columns of whole millionths of a degree.

    latitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "latitude", "label": _("Latitude")})
    longitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "longitude", "label": _("Longitude")})

Its list then has the map as a way to be shown and the filter `place`; both numbers are there or none, they are chosen together in a
merge, and an index finds them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.kernel.i18n import _
from crm_core.resource.areas import AreaField
from crm_core.resource.changes import as_written
from crm_core.text import areas

NAME = "place"  # of the filter
LABEL = _("Place on the map")


@dataclass(frozen=True)
class Place:
    """The columns of the place, and what stands in for it: `region`, a reference to regions, whose middle a record without a place of its
    own stands at and whose provinces and cities the map sums; `country`, a choice of country codes. `landmark`: drawn on every map."""

    latitude: str = "latitude"
    longitude: str = "longitude"
    region: str = ""
    country: str = ""
    landmark: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        return self.latitude, self.longitude

    def field(self, table: sa.Table) -> AreaField:
        hidden = any(table.c[name].info.get("sensitive") for name in self.pair)
        return AreaField(name=NAME, column=self.latitude, longitude=self.longitude, label=LABEL, sensitive=hidden, info={"tells": self.pair})

    def index(self, table: sa.Table) -> None:
        """What finds the records of an area, and what counts those of regions without reading them."""
        name, live = f"ix_{table.name}_place", table.c.deleted_at.is_(None)
        placed = sa.and_(live, table.c[self.latitude].is_not(None))
        wanted: list[tuple[str, tuple[str, ...], sa.ColumnElement[bool]]] = [(name, (*self.pair, "id"), placed)]
        if self.region:
            wanted.append((f"ix_{table.name}_region", (f"{self.region}_id", self.latitude), live))
        for called, columns, where in wanted:
            if called not in {index.name for index in table.indexes}:
                sa.Index(called, *(table.c[c] for c in columns), sqlite_where=where, postgresql_where=where)


def of(resource: Any) -> Place | None:
    """The place of a resource, for those who see it."""
    return resource.place if resource.place is not None and NAME in resource.virtual_fields else None


def spot(resource: Any, row: Any) -> tuple[int, int] | None:
    """Where a record stands; None without a place, or for who does not see it."""
    place = of(resource)
    found = tuple(getattr(row, name) for name in place.pair) if place is not None else (None,)
    return None if None in found else found


def written(pair: tuple[int | None, int | None]) -> str:
    """A place as people read it."""
    latitude, longitude = pair
    return "" if latitude is None or longitude is None else f"{areas.degrees(latitude)}, {areas.degrees(longitude)}"


def halves(resource: Any, rows: Sequence[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
    """What is wrong with places of which only one number is known: faults by position, as `check` gives them."""
    faults = {}
    for i, row in enumerate(rows if resource.place is not None else ()):
        if not row.keys().isdisjoint(resource.place.pair):
            now = as_written(row, before)
            missing = [name for name in resource.place.pair if now.get(name) is None]
            if len(missing) == 1:
                faults[i] = {missing[0]: [_("A place has both, latitude and longitude.")]}
    return faults
