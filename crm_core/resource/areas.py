"""Places on the map as fields: latitude and longitude, and the condition that a record's place lies in an area (text/areas.py).

The index of places finds the rows of the bounding box; which of them lie in a circle or a polygon is reckoned in SQL by
arithmetic alone, so it is the same on both engines whatever functions they were built with.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.kernel.i18n import _
from crm_core.resource.fields import Bad, Field
from crm_core.resource.figures import NumberField
from crm_core.resource.inspection import register_kind
from crm_core.text import areas
from crm_core.text.areas import RADIAN, Area, Box, Circle, Polygon

DEEP = 4  # brackets in brackets of a series: SQLite reads a statement to a depth of a hundred, and a circle may stand deep in conditions


@dataclass(frozen=True, kw_only=True)
class DegreesField(NumberField):
    """Degrees, kept in millionths: a tenth of a metre. What is finer is rounded."""

    places: int = 6
    furthest: int = 180

    def _units(self, number: Decimal) -> int:
        if not number.is_finite():
            raise Bad(_("A number is expected."))
        return int(self.check(int(number.scaleb(self.places).to_integral_value(ROUND_HALF_EVEN))))

    def check(self, value: Any) -> Any:
        if abs(value) > self.furthest * areas.MILLION:
            raise Bad(_("Between %(low)s and %(high)s.", low=-self.furthest, high=self.furthest))
        return value


@dataclass(frozen=True, kw_only=True)
class LatitudeField(DegreesField):
    furthest: int = 90


register_kind("latitude", LatitudeField)
register_kind("longitude", DegreesField)


@dataclass(frozen=True, kw_only=True)
class AreaField(Field):
    """The condition that the place of a record lies in an area; `column` is its latitude, `longitude` its longitude."""

    kind: str = "area"
    longitude: str = "longitude"
    operators: ClassVar[tuple[str, ...]] = ("area", "filled", "empty")

    def parse(self, text: str) -> Any:
        if not text.strip():
            return None
        try:
            return areas.read(text)
        except ValueError:
            raise Bad(_("An area such as circle:30.66,104.07,5 is expected: latitude, longitude and kilometres.")) from None

    def text(self, value: Any) -> str:
        return areas.write(value) if value is not None else ""

    def show(self, value: Any) -> str:
        match value:
            case Circle(latitude, longitude, metres):
                return str(_("%(n)s km of %(place)s", n=areas.plain(metres, 3), place=_place(latitude, longitude)))
            case Box(south, west, north, east):
                return str(_("the rectangle from %(one)s to %(other)s", one=_place(south, west), other=_place(north, east)))
            case Polygon(corners):
                south, north, [(west, east, _turn)] = areas.bounds(value)
                return str(_("a polygon of %(n)s corners around %(place)s", n=len(corners), place=_place((south + north) // 2, (west + east) // 2, 2)))
        return ""

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        columns = entity.c if isinstance(entity, sa.FromClause) else entity
        latitude, longitude = getattr(columns, self.column), getattr(columns, self.longitude)
        if operator in ("filled", "empty"):
            known: sa.ColumnElement[bool] = latitude.is_not(None)
            return known if operator == "filled" else latitude.is_(None)
        return sa.or_(*(part for area in values for part in within(area, latitude, longitude)))


def _place(latitude: int, longitude: int, places: int = 6) -> str:
    cut = 10 ** (6 - places)
    return f"{areas.degrees(latitude // cut * cut)}, {areas.degrees(longitude // cut * cut)}"


def within(area: Area, latitude: Any, longitude: Any) -> list[sa.ColumnElement[bool]]:
    """The conditions of which one holds for a place in the area, each with a bounding box for the index."""
    south, north, spans = areas.bounds(area)
    found = []
    for west, east, turn in spans:
        box = [latitude.between(whole(south), whole(north)), longitude.between(whole(west), whole(east))]
        if isinstance(area, Circle):
            box.append(_near(area, latitude, longitude, turn, (south, north, west, east)))
        elif isinstance(area, Polygon):
            box.append(_inside(area, latitude, longitude))
        found.append(sa.and_(*box))
    return found


def _near(area: Circle, latitude: Any, longitude: Any, turn: int, box: tuple[int, int, int, int]) -> Any:
    """The haversine, by versed sines: 1 - cos d = (1 - cos Δφ) + cos φ cos φ' (1 - cos Δλ), without loss in the small. What lies outside
    the bounding box is not asked about."""
    south, north, west, east = box
    middle = area.longitude + turn
    across = _versed(latitude, area.latitude, max(north - area.latitude, area.latitude - south))
    along = _versed(longitude, middle, max(east - middle, middle - west))
    height = _versed(latitude, 0, max(abs(south), abs(north)))
    cosine = _real(1 - areas.versed(area.latitude * RADIAN))
    return across + cosine * (_real(1.0) - height) * along <= _real(areas.versed(area.metres / areas.EARTH))


def _versed(column: Any, zero: int, furthest: int) -> Any:
    """1 - cos of how far a column lies from `zero`, which is at most `furthest`: its series in stretches of a few terms."""
    angle = (column - whole(zero)) * _real(RADIAN)
    square, found = angle * angle, None
    for first in range(0, _terms(furthest * RADIAN), DEEP):
        part: Any = _real(1.0)
        for n in range(first + DEEP - 1, first, -1):
            part = _real(1.0) - square * part * _real(1 / ((2 * n + 1) * (2 * n + 2)))
        for _power in range(first + 1):
            part = square * part
        part = part * _real((-1) ** first / math.factorial(2 * first + 2))
        found = part if found is None else found + part
    return found


def _terms(angle: float) -> int:
    """How many terms say the versed sine of an angle to the last digit."""
    count = 1
    while angle ** (2 * count) / math.factorial(2 * count + 2) > 2.0**-57:
        count += 1
    return count


def _inside(area: Polygon, latitude: Any, longitude: Any) -> sa.ColumnElement[bool]:
    """A ray from the place eastward crosses the border an odd number of times; in whole numbers, so nothing is lost."""
    crossed: Any = whole(0)
    for (lat, lon), (lat2, lon2) in zip(area.corners, (*area.corners[1:], area.corners[0]), strict=True):
        if lat == lat2:
            continue
        if lat > lat2:
            lat, lon, lat2, lon2 = lat2, lon2, lat, lon
        west_of_it = (longitude - whole(lon)) * whole(lat2 - lat) < (latitude - whole(lat)) * whole(lon2 - lon)
        crossed = crossed + sa.case((sa.and_(latitude >= whole(lat), latitude < whole(lat2), west_of_it), whole(1)), else_=whole(0))
    return crossed % whole(2) == whole(1)  # type: ignore[no-any-return]


def whole(value: int) -> sa.ColumnElement[int]:
    return sa.literal(value, sa.BigInteger())


def _real(value: float) -> sa.ColumnElement[float]:
    return sa.literal(value, sa.Double())
