"""A circle drawn on the map of a list: the list that comes holds exactly what lies in it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from crm_core.text import areas
from tests.browser.demo import Demo
from tests.support.browser import Visitor, axe, overflows


def test_a_circle_is_drawn_and_the_list_holds_exactly_those_within(demo: Demo, visitor: Visitor) -> None:
    page = demo.open(visitor, "/core/customer?look=map&over=510000", "sunli")
    page.wait_for_selector('.map[data-points="there"]')
    assert page.locator(".map-land").count() > 20 and axe(page) == [] and overflows(page) == []
    page.get_by_role("button", name="Draw a circle").click()
    pane = page.locator(".map-pane").bounding_box()
    assert pane is not None
    x, y = pane["x"] + pane["width"] * 0.6, pane["y"] + pane["height"] * 0.6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60)
    page.mouse.move(x + 120, y + 90)
    page.mouse.up()
    page.wait_for_url("**place.area=circle*")
    page.wait_for_selector('.map[data-points="there"]')
    expect(page.locator(".mapside h3")).to_have_text("In this area")
    drawn = areas.read(parse_qs(urlsplit(page.url).query)["place.area"][0])
    assert isinstance(drawn, areas.Circle)
    middle = drawn.latitude, drawn.longitude
    known = demo.sql("SELECT name, latitude, longitude FROM core_customer WHERE deleted_at IS NULL AND latitude IS NOT NULL")
    within = {name for name, *at in known if areas.metres_between(middle, (at[0], at[1])) <= drawn.metres}
    assert within and len(within) < len(known)
    page.get_by_role("link", name="Open as list").click()
    expect(page.locator("[data-count]")).to_have_text(str(len(within)))
    shown = {name.inner_text() for name in page.locator(".lst tbody td a.nm").all()}
    assert shown <= within and len(shown) == min(50, len(within))
