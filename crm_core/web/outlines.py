"""Outlines an administrator puts in the place of ours: GeoJSON, checked and kept as plain rings with the code each belongs to."""

from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump, made
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.models import HOUSE, SettingRow
from crm_core.kernel.site import my_id
from crm_core.text import shapes, strict_json
from crm_core.text.divisions import find_region

URL = "/settings/map/outlines"
LARGEST = 4 * 2**20  # bytes of a file
FEATURES, POINTS, NESTED = 1_000, 200_000, 8
_CODES = ("adcode", "code", "iso_a2", "ISO_A2", "id")
_row, _NAME = table_of(SettingRow), "core.map.outlines."


def address(name: str) -> str:
    """Where the outlines of a map are fetched; "" where they are ours."""
    stamp = made("core.map.outlines", _stamps).get(name)
    return f"{URL}/{name}.json?{stamp}" if stamp else ""


def _stamps() -> dict[str, str]:
    found = session.execute(sa.select(_row.c.name, _row.c.id).where(_row.c.name.startswith(_NAME), _row.c.department_id == HOUSE))
    return {row.name.removeprefix(_NAME): str(row.id) for row in found}


def there() -> set[str]:
    """The maps whose outlines are the house's own."""
    return set(made("core.map.outlines", _stamps))


def load(name: str) -> dict[str, Any] | None:
    return session.execute(sa.select(_row.c.data).where(_row.c.name == _NAME + name)).scalar_one_or_none()


def put(name: str, data: bytes | None) -> None:
    """Let a file be the outlines of a map; None: ours again. Raises Invalid."""
    if name not in shapes.maps():
        raise Invalid({"map": [_("There is no such map.")]})
    features = read(data, name) if data is not None else None
    with writing() as db:
        conn = db.connection()
        conn.execute(sa.delete(_row).where(_row.c.name == _NAME + name))
        if features is not None:
            conn.execute(sa.insert(_row).values(name=_NAME + name, department_id=HOUSE, data={"features": features}, at=clock.now(), by_id=my_id()))
        bump()


def read(data: bytes, name: str) -> list[dict[str, Any]]:
    """The features of a GeoJSON file: [{"id": code, "polygons": [[ring …] …]}], rings of [longitude, latitude] to five places."""
    if len(data) > LARGEST:
        raise _wrong(_("This file is too large: at most %(n)s MB.", n=LARGEST // 2**20))
    try:
        found = strict_json.loads(data.decode("utf-8-sig"))
        features = found["features"] if found["type"] == "FeatureCollection" else None
        if not isinstance(features, list) or not 0 < len(features) <= FEATURES:
            raise ValueError
        left = [POINTS]
        made = [{"id": _code(one, name), "polygons": _polygons(one["geometry"], left)} for one in features if one["geometry"] is not None]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, AttributeError):
        raise _wrong(_("A GeoJSON file is expected: a FeatureCollection of polygons in degrees, with at most %(n)s points.", n=f"{POINTS:,}")) from None
    if not any(one["id"] for one in made):
        raise _wrong(_("No outline of this file belongs to the map: each needs its code as “adcode” or “code”, or its name."))
    return made


def _wrong(text: Any) -> Invalid:
    return Invalid({"file": [text]})


def _code(feature: dict[str, Any], name: str) -> str:
    """Which of the things on this map an outline is, by its code or its name; "" for none of them."""
    drawn, said = shapes.maps()[name], feature.get("properties") or {}
    for value in (feature.get("id"), *(said.get(key) for key in _CODES)):
        if str(value) in drawn:
            return str(value)
    found = [one.code for one in find_region(str(said.get("name") or ""))] if name != shapes.WORLD else []
    return next((code for code in found if code in drawn), "")


def _polygons(geometry: dict[str, Any], left: list[int]) -> list[Any]:
    several = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[geometry["type"]]
    return [[_ring(ring, left) for ring in rings] for rings in several]


def _ring(ring: list[Any], left: list[int]) -> list[list[float]]:
    left[0] -= len(ring)
    if left[0] < 0 or len(ring) < 4:
        raise ValueError
    return [[_degrees(point[0], 180), _degrees(point[1], 90)] for point in ring]


def _degrees(value: Any, furthest: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= furthest:
        raise ValueError
    return round(float(value), 5)
