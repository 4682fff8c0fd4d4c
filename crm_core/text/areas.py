"""Areas on the earth as an address says them, in degrees and kilometres: `circle:30.66,104.07,5` (centre and radius),
`box:30.5,103.9,30.8,104.2` (south, west, north, east), `polygon:30.5,103.9;30.8,104;30.6,104.2`.

Kept in millionths of a degree and in metres. A box whose west lies east of its east crosses 180°, and so may a circle.
"""

import math
import re
from dataclasses import dataclass

MILLION = 1_000_000
EARTH = 6_371_008.8  # metres, the mean radius
FURTHEST = 5_000_000  # metres, of a radius
MOST = 100  # corners
HALF, WHOLE = 180 * MILLION, 360 * MILLION
RADIAN = math.pi / HALF  # of one millionth of a degree
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,18})?", re.ASCII)


@dataclass(frozen=True)
class Box:
    south: int
    west: int
    north: int
    east: int


@dataclass(frozen=True)
class Circle:
    latitude: int
    longitude: int
    metres: int


@dataclass(frozen=True)
class Polygon:
    corners: tuple[tuple[int, int], ...]


Area = Box | Circle | Polygon
Corner = tuple[int, int]
"""Latitude and longitude."""
Span = tuple[int, int, int]
"""Longitudes from west to east, and by how much they were turned to lie between -180° and 180°."""


def read(text: str) -> Area:
    """The area of a text. Raises ValueError."""
    kind, colon, rest = text.strip().lower().replace("，", ",").replace("：", ":").replace("；", ";").partition(":")
    if not colon:
        kind, rest = "circle", kind
    if kind == "polygon":
        corners = tuple(_point(*_numbers(one, 2)) for one in rest.split(";") if one.strip())
        if not 3 <= len(corners) <= MOST:
            raise ValueError(text)
        return Polygon(corners)
    if kind == "box":
        south, west, north, east = _numbers(rest, 4)
        (low, left), (high, right) = _point(south, west), _point(north, east)
        if low > high:
            raise ValueError(text)
        return Box(low, left, high, right)
    if kind == "circle":
        latitude, longitude, kilometres = _numbers(rest, 3)
        metres = round(kilometres * 1_000)
        if not 1 <= metres <= FURTHEST:
            raise ValueError(text)
        return Circle(*_point(latitude, longitude), metres)
    raise ValueError(text)


def write(area: Area) -> str:
    """As `read` takes it."""
    if isinstance(area, Polygon):
        return "polygon:" + ";".join(f"{degrees(lat)},{degrees(lon)}" for lat, lon in area.corners)
    if isinstance(area, Box):
        return "box:" + ",".join(map(degrees, (area.south, area.west, area.north, area.east)))
    return f"circle:{degrees(area.latitude)},{degrees(area.longitude)},{plain(area.metres, 3)}"


def degrees(millionths: int) -> str:
    return plain(millionths, 6)


def plain(units: int, places: int) -> str:
    """A number of so many places without needless noughts."""
    whole, rest = divmod(abs(units), 10**places)
    text = f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")
    return f"-{text}" if units < 0 else text


def bounds(area: Area) -> tuple[int, int, list[Span]]:
    """South, north, and the longitudes that hold all of it: one span, or two where it crosses 180°."""
    if isinstance(area, Polygon):
        latitudes, longitudes = zip(*area.corners, strict=True)
        return min(latitudes), max(latitudes), [(min(longitudes), max(longitudes), 0)]
    if isinstance(area, Box):
        east = area.east + (WHOLE if area.east < area.west else 0)
        return area.south, area.north, _spans(area.west, east)
    angle = area.metres / EARTH
    reach = math.ceil(angle / RADIAN) + 1
    south, north = area.latitude - reach, area.latitude + reach
    sideways = HALF  # a circle with a pole in it goes round the earth
    if south > -HALF // 2 and north < HALF // 2:
        sideways = math.ceil(math.asin(min(1.0, math.sin(angle) / math.cos(area.latitude * RADIAN))) / RADIAN) + 1
    return max(south, -HALF // 2), min(north, HALF // 2), _spans(area.longitude - sideways, area.longitude + sideways)


def _spans(west: int, east: int) -> list[Span]:
    if west < -HALF:
        return [(-HALF, east, 0), (west + WHOLE, HALF, WHOLE)]
    if east > HALF:
        return [(west, HALF, 0), (-HALF, east - WHOLE, -WHOLE)]
    return [(west, east, 0)]


def metres_between(one: tuple[int, int], other: tuple[int, int]) -> float:
    """The way between two places, as the crow flies."""
    (lat, lon), (lat2, lon2) = one, other
    half = math.sin((lat2 - lat) * RADIAN / 2) ** 2 + math.cos(lat * RADIAN) * math.cos(lat2 * RADIAN) * math.sin((lon2 - lon) * RADIAN / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


def _numbers(text: str, count: int) -> list[float]:
    parts = [one.strip() for one in text.split(",")]
    if len(parts) != count or not all(_NUMBER.fullmatch(one) for one in parts):
        raise ValueError(text)
    return [float(one) for one in parts]


def _point(latitude: float, longitude: float) -> tuple[int, int]:
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(f"{latitude},{longitude}")
    return round(latitude * MILLION), round(longitude * MILLION)


def versed(angle: float) -> float:
    """1 - cos of an angle, exact in the small too."""
    return 2 * math.sin(angle / 2) ** 2
