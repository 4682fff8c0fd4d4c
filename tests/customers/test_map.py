"""Customers on the map: their places, and the condition that one lies in an area, on both engines."""

import math
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.resource import conditions, listing
from crm_core.text import areas
from crm_core.text.areas import MILLION, Box, Circle, Polygon
from crm_core.web import chips
from tests.customers.office import Office

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
CHENGDU, BEIJING = (30.66, 104.07), (39.9042, 116.4074)


def ids(office: Office, login: str, area: str) -> set[int]:
    with office.as_(login):
        return set(listing.page(listing.parse(office.resource("customer"), [("place.area", area)], limit=500)).ids)


def test_a_place_is_kept_in_degrees_and_both_numbers_or_none(office: Office) -> None:
    one = office.customer("chen", latitude=30_659_400, longitude=104_065_700)
    resource = office.resource("customer")
    with office.as_("chen"):
        row, fields = resource.get(one), resource.fields()
        assert (fields["latitude"].text(row.latitude), fields["longitude"].show(row.longitude)) == ("30.659400", "104.0657")
        assert fields["latitude"].parse("30.65940049") == 30_659_400, "what is finer than a tenth of a metre is rounded"
        assert fields["longitude"].load("-104.5") == -104_500_000
        for name, wrong in (("latitude", "90.1"), ("longitude", "-180.000001"), ("latitude", "north")):
            with pytest.raises(ValueError):
                fields[name].parse(wrong)
        with pytest.raises(Invalid) as half:
            resource.write([{"id": one, "version": row.version, "latitude": None}])
        assert list(half.value.fields) == ["latitude"]
        with pytest.raises(Invalid):
            resource.write([{"name": "东", "longitude": 1}])
        resource.write([{"id": one, "version": row.version, "latitude": None, "longitude": None}])


def test_customers_in_an_area_are_those_one_may_see(office: Office) -> None:
    mine = office.customer("chen", latitude=30_660_000, longitude=104_070_000)
    theirs = office.customer("wang", "贵州赤水河酒业", latitude=30_661_000, longitude=104_071_000)
    office.customer("chen", "北京远", latitude=39_904_200, longitude=116_407_400)
    office.customer("chen", "无处")
    area = "circle:30.66,104.07,5"
    assert ids(office, "chen", area) == {mine}
    assert ids(office, "sun", area) == {mine, theirs}
    assert ids(office, "sun", "box:30,104,31,105") == {mine, theirs}
    assert ids(office, "sun", "polygon:30,104;31,104;31,105") == {mine, theirs}
    assert ids(office, "sun", "circle:30.66,104.07,0.05") == {mine}
    with office.as_("sun"):
        resource = office.resource("customer")
        deep: dict[str, Any] = {"field": "place", "op": "area", "value": "circle:70,104.07,5000"}  # as wide as there are
        for _n in range(conditions.NESTED // 2):
            deep = {"not": {"not": deep}}
        assert set(listing.page(listing.parse(resource, [("f", conditions.dumps(deep))])).ids) >= {mine, theirs}
        tree = {"not": {"field": "place", "op": "filled"}}
        query = listing.parse(resource, [("f", conditions.dumps(tree))])
        assert listing.count(query)[0] == 1
        query = listing.parse(resource, [("place", area)])
        assert listing.count(query)[0] == 2, "the bare name means the area"


def test_who_does_not_see_a_place_cannot_ask_by_it(office: Office) -> None:
    office.customer("chen", latitude=30_660_000, longitude=104_070_000)
    assert ids(office, "chen", "circle:30.66,104.07,5")
    office.hide("seller", "core.customer", "longitude")
    with pytest.raises(BadRequest):
        ids(office, "chen", "circle:30.66,104.07,5")


SAID = [
    ("circle:30.66,104.07,5", "Place on the map is within 5 km of 30.66, 104.07", "地图位置 在此范围内 30.66, 104.07 周围 5 公里"),
    ("30.66，104.07，0.5", "Place on the map is within 0.5 km of 30.66, 104.07", "地图位置 在此范围内 30.66, 104.07 周围 0.5 公里"),
    ("box:30,-104,31,105.5", "Place on the map is within the rectangle from 30, -104 to 31, 105.5", "地图位置 在此范围内 从 30, -104 到 31, 105.5 的矩形"),
    ("polygon:30,104;31,104;31,105", "Place on the map is within a polygon of 3 corners around 30.5, 104.5", "地图位置 在此范围内 30.5, 104.5 附近的 3 边形"),
]
WRONG = [
    "", "circle:", "circle:91,0,5", "circle:0,181,5", "circle:0,0,0", "circle:0,0,5001", "circle:0,0", "box:31,0,30,1", "box:0,0,1", "polygon:0,0;1,1", "star:0,0,1",
    "circle:nan,0,1", "circle:1e3,0,1", "polygon:" + ";".join(["1,1"] * 101),
]


def test_an_area_is_said_in_words_and_what_is_none_is_refused(office: Office) -> None:
    for text, *said in SAID:
        for language, words in zip(("en", "zh_Hans_CN"), said, strict=True):
            with office.as_("sun", language):
                [one] = listing.parse(office.resource("customer"), [("place.area", text)]).filters
                assert chips.words(one) == words
    with office.as_("sun"):
        for text in WRONG:
            with pytest.raises(BadRequest):
                listing.parse(office.resource("customer"), [("place.area", text)])


# --- against a plain reference --------------------------------------------------------------------------------------------


@pytest.fixture
def world(office: Office) -> tuple[Office, dict[int, tuple[int, int]]]:
    """Customers all over the earth, many near one another, some at its seams."""
    dice = random.Random(4)
    places = [(0, 0), (90 * MILLION, 0), (-90 * MILLION, 5), (0, 180 * MILLION), (1, -180 * MILLION), (30_660_000, 104_070_000)]
    places += [(dice.randint(-90, 90) * MILLION, dice.randint(-180, 180) * MILLION) for _n in range(60)]
    places += [(30_660_000 + dice.randint(-200_000, 200_000), 104_070_000 + dice.randint(-200_000, 200_000)) for _n in range(60)]
    with office.as_("sun"):
        made = office.resource("customer").write([{"name": f"处{n}", "latitude": lat, "longitude": lon} for n, (lat, lon) in enumerate(places)])
    return office, dict(zip(made, places, strict=True))


def reference(area: Any, place: tuple[int, int]) -> bool | None:
    """Whether a place lies in it; None so near the border that it may be either."""
    lat, lon = place
    if isinstance(area, Box):
        return area.south <= lat <= area.north and (area.west <= lon <= area.east if area.west <= area.east else lon >= area.west or lon <= area.east)
    if isinstance(area, Circle):
        def unit(lat: int, lon: int) -> tuple[float, float, float]:
            a, b = math.radians(lat / MILLION), math.radians(lon / MILLION)
            return math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)

        way = 2 * areas.EARTH * math.asin(min(1, math.dist(unit(*place), unit(area.latitude, area.longitude)) / 2))
        return None if abs(way - area.metres) < 1e-6 * area.metres + 0.01 else way < area.metres
    turns, found = 0.0, area.corners
    for (a, b), (c, d) in zip(found, (*found[1:], found[0]), strict=True):
        cross, dot = (a - lat) * (d - lon) - (b - lon) * (c - lat), (a - lat) * (c - lat) + (b - lon) * (d - lon)
        if cross == 0 and dot <= 0:
            return None
        turns += math.atan2(cross, dot)
    return round(turns / math.tau) % 2 == 1  # how often the border winds round it


FAR = st.tuples(st.integers(-90 * MILLION, 90 * MILLION), st.integers(-180 * MILLION, 180 * MILLION))
NEAR = st.tuples(st.integers(30_400_000, 30_900_000), st.integers(103_800_000, 104_300_000))
PLACES = NEAR | FAR
CIRCLES = st.builds(lambda p, r: Circle(*p, r), PLACES, st.integers(1, 50_000) | st.integers(1, areas.FURTHEST))
BOXES = st.builds(lambda a, b: Box(min(a[0], b[0]), a[1], max(a[0], b[0]), b[1]), PLACES, PLACES)
POLYGONS = st.lists(NEAR, min_size=3, max_size=12).map(tuple).map(Polygon) | st.lists(FAR, min_size=3, max_size=100).map(tuple).map(Polygon)


@QUIET
@given(area=CIRCLES | BOXES | POLYGONS)
def test_an_area_holds_what_a_plain_reckoning_says(world: tuple[Office, dict[int, tuple[int, int]]], area: Any) -> None:
    office, places = world
    assert areas.read(areas.write(area)) == area
    found = ids(office, "sun", areas.write(area))
    for row_id, place in places.items():
        expected = reference(area, place)
        assert expected is None or (row_id in found) == expected, (area, place)
