"""Forms of the product: what is wrong is said while one still stands there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.support.browser import Visitor, axe


@pytest.mark.parametrize(("language", "said"), [("zh_Hans_CN", "应为 11 位数字，少了 1 位。"), ("en", "11 digits expected, 1 missing.")])
def test_a_number_that_lacks_a_digit_is_told_on_leaving_it(visitor: Visitor, demo: Demo, language: str, said: str) -> None:
    page = demo.open(visitor, "/core/customer/new", language=language)
    mobile, line = page.locator("[name=mobile]"), page.locator("[data-field=mobile] .hint.bad")
    mobile.fill("1380013800")
    mobile.press("Tab")
    expect(line).to_have_text(said)
    expect(mobile).to_have_attribute("aria-invalid", "true")
    expect(mobile).to_have_accessible_description(said)
    assert axe(page, "[data-field=mobile]") == []
    mobile.fill("13800138000")
    mobile.press("Tab")
    expect(line).to_have_count(0)
    expect(mobile).not_to_have_attribute("aria-invalid", "true")
    page.locator("[name=email]").fill("nobody")
    page.locator("[name=email]").press("Tab")
    expect(page.locator("[data-field=email] .hint.bad")).to_contain_text("name@example.com")
