"""A list as a map: what it counts where, who sees it, how many statements it takes; tiles and outlines an administrator chooses."""

import io
import json
import re
from html import unescape
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from crm_core.access.models import FieldRule, Role, Rule
from crm_core.data.session import session, writing
from crm_core.data.wall import statements
from crm_core.features.customers.models import Region
from crm_core.kernel.errors import Invalid
from crm_core.resource import listing, maps, undo
from crm_core.resource.changes import change, stamp
from crm_core.resource.settings import put
from crm_core.text import shapes
from crm_core.text.areas import Box
from crm_core.web import mapping
from crm_core.web.atlas import MapSettings, host
from tests.support.people import Client, Company

LIST = "/core/customer"
MAP = f"{LIST}?look=map"
CHENGDU, YIBIN = (30_660_000, 104_070_000), (28_770_000, 104_620_000)


def placed(house: Company, login: str, *firms: tuple[str, tuple[int, int] | None, str]) -> list[int]:
    """Customers of somebody: name, place, code of the region."""
    with house.as_(login):
        regions = {row.code: row.id for row in session.execute(sa.select(Region.code, Region.id).where(Region.code.in_({code for _n, _p, code in firms})))}
        rows = [{"name": name, "region": regions.get(code), **({"latitude": at[0], "longitude": at[1]} if at else {})} for name, at, code in firms]
        return house.site.registry.resource("core.customer").write(rows)


def sums(text: str) -> dict[str, str]:
    """The table beside the map."""
    return {unescape(re.sub("<[^>]*>", "", name)): re.sub("<[^>]*>", "", figure) for name, figure in re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td></tr>", text)}


def said(text: str) -> dict[str, object]:
    found = re.search(r"data-map='([^']*)'", text)
    assert found is not None
    return json.loads(unescape(found[1]))  # type: ignore[no-any-return]


def labels(client: Client, more: str = "") -> set[str]:
    return {point.get("label", "") for point in client.get(f"{LIST}/points?{more}").json["points"]}


def test_a_list_is_a_map_of_what_its_reader_may_see(house: Company) -> None:
    _mine, far, *_rest = placed(house, "lina", ("Near", CHENGDU, "510104"), ("Far", YIBIN, "511502"), ("Nowhere", None, "510104"), ("Shenzhen", None, "440300"), ("Unknown", None, ""))
    placed(house, "sue", ("Theirs", CHENGDU, "510104"))
    lina = house.client("lina")
    page = lina.get(MAP).text
    assert sums(page) == {"Sichuan": "3", "Guangdong": "1"}
    drawn = said(page)
    assert drawn["regions"]["510000"]["step"] == 5 and drawn["regions"]["440000"]["step"] == 1  # type: ignore[index]
    assert "2 have no place of their own" in page and "1 belong to nothing that is drawn here" in page
    assert [point["text"] for point in drawn["points"] if point["kind"] == "rough"] == ["1", "1"]  # type: ignore[attr-defined, union-attr]
    assert sums(lina.get(f"{MAP}&over=510000").text) == {"Chengdu": "2", "Yibin": "1"}
    assert sums(lina.get(f"{MAP}&over=world").text) == {"China": "5"}
    assert labels(lina, "box=28,103,32,106") == {"Near", "Far"}
    assert labels(lina, "box=30,104,31,105") == {"Near"} and labels(lina, "name.contains=Far") == {"Far"}
    circle = lina.get(f"{MAP}&place.area={quote('circle:30.66,104.07,50')}").text
    assert "In this area" in circle and "Near" in circle and f"/core/customer/{far}" not in circle and said(circle)["area"] == "circle:30.66,104.07,50"
    assert {"Near", "Far"}.isdisjoint(labels(house.client("sue"), "box=28,103,32,106")), "a colleague's customers are on no map of others"
    assert 'look=map' not in lina.get("/core/customer.brief").text and lina.get("/core/customer.brief/points").json["points"] == []
    panel = lina.get(f"/core/customer/{far}/panel/place").text
    assert "data-map" in panel and "Theirs" not in panel


def test_our_branches_are_on_every_map_and_a_hidden_place_on_none(house: Company) -> None:
    placed(house, "lina", ("Near", CHENGDU, "510104"))
    department = house.departments[min(house.departments)]
    with house.as_("admin"):
        resource = house.site.registry.resource("core.department")
        resource.write([{"id": department, "version": resource.get(department).version, "latitude": CHENGDU[0], "longitude": CHENGDU[1]}])
    lina, (mine,) = house.client("lina"), placed(house, "lina", ("Mine", YIBIN, ""))
    box = f"{LIST}/{mine}/panel/place"
    assert box in lina.get(f"{LIST}/{mine}").text and lina.get(box).status_code == 200
    assert [point["kind"] for point in said(lina.get(MAP).text)["points"]] == ["ours"]  # type: ignore[attr-defined]
    with house.site.system("tests"), writing() as db:
        role = db.scalar(sa.select(Role.id).where(Role.code == "user"))
        db.add(stamp(FieldRule(role_id=role, resource="core.customer", field="longitude", rule=Rule.hidden)))
    house.sql("UPDATE core_site SET rights = rights + 1")
    assert "data-map" not in lina.get(MAP).text and "look=map" not in lina.get(LIST).text and labels(lina) == set()
    assert box not in lina.get(f"{LIST}/{mine}").text and lina.get(box).status_code == 404


def test_areas_inside_conditions_are_drawn_too_and_those_left_out_as_such(house: Company) -> None:
    placed(house, "lina", ("Near", CHENGDU, "510104"), ("Far", YIBIN, "511502"))
    tree = {"any": [{"field": "place", "op": "area", "value": "circle:30.66,104.07,50"}, {"not": {"all": [
        {"field": "place", "op": "area", "value": "box:28,104,29,105"}, {"not": {"field": "place", "op": "area", "value": "circle:0,0,1"}}]}}]}
    page = house.client("lina").get(f"{MAP}&f={quote(json.dumps(tree))}").text
    assert said(page)["areas"] == [["circle:30.66,104.07,50", False], ["box:28,104,29,105", True], ["circle:0,0,1", False]]
    assert "those left out are red" in page and sums(page) == {"Sichuan": "1"}


def test_however_many_there_are_a_map_takes_one_statement_a_question_and_few_points(house: Company) -> None:
    placed(house, "lina", *((f"Firm {n}", (30_000_000 + n * 9_001, 104_000_000 + n % 7 * 130_001), "510104") for n in range(200)))
    with house.as_("lina"):
        query = listing.parse(house.site.registry.resource("core.customer"), [])
        maps.grid(query, Box(0, 0, 1, 1))  # whoever acts for the first time asks for his rights
        start = statements()
        cells = maps.grid(query, Box(-90_000_000, -180_000_000, 90_000_000, 180_000_000))
        near = maps.grid(query, Box(30_000_000, 104_000_000, 32_000_000, 105_000_000))
        totals = maps.totals(query, None)
        assert statements() - start == 3
        assert [one.count for one in cells] == [200] and len(near) <= maps.CELLS**2 and sum(one.count for one in near) == 200
        assert [(one.code, one.count, one.placed) for one in totals] == [("510104", 200, 200)]


def test_a_place_stays_whole_in_two_versions_an_undo_and_a_split(house: Company) -> None:
    (row,) = placed(house, "lina", ("One", CHENGDU, ""))
    lina, resource = house.client("lina"), house.site.registry.resource("core.customer")
    north, east = {"id": row, "latitude": 31_000_000}, {"id": row, "longitude": 105_000_000}

    def spot(one: int = row) -> tuple[int | None, int | None]:
        with house.as_("admin"):
            found = resource.get(one)
            return found.latitude, found.longitude

    with house.as_("lina"):
        resource.write([east])
    page = lina.post(f"{LIST}/{row}/edit", data={"version": "1", "latitude": "31", "longitude": "104.07"})
    assert page.status_code == 409 and "pick-latitude" in page.text and "pick-longitude" not in page.text
    assert "31, 104.07" in page.text and "30.66, 105" in page.text and "30.66, 104.07" in page.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    assert lina.post(f"{LIST}/{row}/resolve", data={**hidden, "pick-latitude": "theirs"}).status_code == 303 and spot() == (30_660_000, 105_000_000)
    page = lina.post(f"{LIST}/{row}/edit", data={"version": "1", "latitude": "31", "longitude": "104.07"})
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    assert lina.post(f"{LIST}/{row}/resolve", data={**hidden, "pick-latitude": "mine"}).status_code == 303 and spot() == (31_000_000, 104_070_000)

    with house.as_("lina"):
        with writing(), change("save", resource="core.customer") as first:
            resource.write([{**north, "latitude": 32_000_000}])
        resource.write([east])
        assert undo.ask(first).conflicts == [("core.customer", row)] and spot() == (32_000_000, 105_000_000), "not one number of an old place beside one of a new"
        with writing(), change("save", resource="core.customer") as both:
            resource.write([{**north, "longitude": 104_000_000}])
        assert undo.ask(both).done == 1 and spot() == (32_000_000, 105_000_000)

    admin = house.client("admin")
    assert "32, 105" in admin.get(f"{LIST}/{row}/split").text
    made = admin.post(f"{LIST}/{row}/split", data={"name": "Two", "goes-latitude": "goes"})
    assert made.status_code == 303 and spot() == (None, None)
    assert spot(int(made.headers["Location"].rpartition("/")[2])) == (32_000_000, 105_000_000)


def test_a_merge_takes_a_place_as_a_whole(house: Company) -> None:
    kept, gone = placed(house, "lina", ("One", CHENGDU, ""), ("Other", YIBIN, ""))
    admin = house.client("admin")
    page = admin.get(f"/core/customer/merge?id={kept}&id={gone}").text
    assert "pick-longitude" not in page and "28.77, 104.62" in page
    assert admin.post("/core/customer/merge", data={"id": [str(kept), str(gone)], "go": "1", "keep": str(kept), "pick-latitude": str(gone)}).status_code == 303
    with house.as_("admin"):
        row = house.site.registry.resource("core.customer").get(kept)
        assert (row.latitude, row.longitude) == YIBIN


def test_shades_say_more_and_less() -> None:
    assert mapping.shade({}) == {} and mapping.shade({"a": 0, "b": 7}) == {"a": 0, "b": 5}
    many = mapping.shade({str(n): n for n in range(1, 11)})
    assert [many[str(n)] for n in (1, 3, 5, 7, 10)] == [1, 2, 3, 4, 5]
    assert shapes.holder("510104", "cn") == "510000" and shapes.holder("510104", "510000") == "510100" and shapes.holder("110105", "110000") == "110105"


WRONG = [f"{start}://{rest}" for start, rest in (("http", "a.example/{z}/{x}/{y}.png"), *(("https", rest) for rest in ("a.example/{z}/{x}.png", "a.example; script-src x/{z}/{x}/{y}", "u@a.example/{z}/{x}/{y}", "")))]


def test_tiles_come_only_from_where_an_administrator_says(house: Company) -> None:
    lina = house.client("lina")
    assert "img-src 'self' data:;" in lina.get(MAP).headers["Content-Security-Policy"]
    with house.as_("admin"):
        for wrong in WRONG:
            assert host(wrong) is None
            with pytest.raises(Invalid):
                put(MapSettings, {"tiles": wrong, "credit": ""})
        put(MapSettings, {"tiles": "https://tiles.example/{z}/{x}/{y}.png", "credit": "GS(2026)0001"})
    assert "img-src 'self' https://tiles.example data:;" in lina.get("/").headers["Content-Security-Policy"]
    assert "tiles.example" not in house.browser().get("/sign-in").headers["Content-Security-Policy"]


def feature(name: str, ring: list[list[float]]) -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def test_an_administrators_outlines_take_the_place_of_ours(house: Company) -> None:
    square = [[100.0, 30.0], [101.0, 30.0], [101.0, 31.0], [100.0, 30.0]]
    admin, lina = house.client("admin"), house.client("lina")
    placed(house, "lina", ("Near", CHENGDU, "510104"))

    def send(found: object, client: Client = admin) -> int:
        return client.post("/settings/map/outlines", data={"map": "cn", "file": (io.BytesIO(json.dumps(found).encode()), "map.geojson")}, content_type="multipart/form-data").status_code

    good = {"type": "FeatureCollection", "features": [feature("四川省", square)]}
    for wrong in ([], {"type": "FeatureCollection", "features": []}, {**good, "features": [feature("Atlantis", square)]}, {**good, "features": [feature("四川省", [[200, 30], *square])]}):
        assert send(wrong) == 422
    assert send(good, lina) == 403 and send(good) == 303
    address = str(said(lina.get(MAP).text)["shapes"])
    assert address.startswith("/settings/map/outlines/cn.json?")
    assert lina.get(address).json == {"features": [{"id": "510000", "polygons": [[square]]}]}
    assert admin.post("/settings/map/outlines", data={"map": "cn", "remove": "1"}).status_code == 303
    assert str(said(lina.get(MAP).text)["shapes"]).startswith("/static/dist/map-cn")
