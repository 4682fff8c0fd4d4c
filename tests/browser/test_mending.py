"""Rows that an import refused, mended in the browser: beside the reason, by keys, in both languages, on desk and phone."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from crm_core.data.wall import UNSCOPED
from crm_core.kernel import runner
from crm_core.kernel.site import Site
from tests.browser.test_product import known_password, served, sign_in, speak  # noqa: F401  fixtures
from tests.support.browser import DESKTOP, PHONE, Visitor, axe, overflows

NUMBER = itertools.count(1)


def imported(page: Page, served: tuple[Site, str, str], folder: Path) -> str:  # noqa: F811
    """The address of an import with one good row, one with a suggestion, one without, one doubtful. Returns a mark of its names."""
    site, address, _password = served
    mark = f"改{next(NUMBER)}"
    path = folder / "mend.csv"
    path.write_text(
        f"客户名称,电话,电子邮箱,网址\n{mark}好公司,028-66554433,a@b.cn,\n{mark}一公司,028-66554434,\"info＃firm,example\",\n"
        f"{mark}二公司,028-66554435,not a mail,ftp://x\n{mark}好公司,010-11112222,,\n", encoding="utf-8")
    page.goto(f"{address}/import?to=core.customer")
    page.set_input_files("input[type=file]", str(path))
    page.locator("main form button[type=submit], main form .btn-primary").last.click()
    page.locator("[name=_do][value=start]").click()
    expect(page.locator(".irun")).to_be_visible()
    while runner.run_one(site):
        pass
    page.reload()
    return mark


def names(site: Site, mark: str) -> list[str]:
    with site.engines.read.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
        found = conn.exec_driver_sql("SELECT name FROM core_customer WHERE name LIKE ? AND deleted_at IS NULL ORDER BY id", (f"{mark}%",))
        return [row[0].removeprefix(mark) for row in found]


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_refused_row_is_mended_beside_its_reason(
    visitor: Visitor, served: tuple[Site, str, str], tmp_path: Path, language: str, size: tuple[int, int]  # noqa: F811
) -> None:
    site, _address, _password = served
    speak(site, language)
    page = visitor.page(size=DESKTOP)
    sign_in(page, served)
    mark = imported(page, served, tmp_path)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert axe(page) == [] and overflows(page) == []
    if os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}/mend-{language}-{size[0]}.png", full_page=True)
    rows = page.locator("#rows tbody")
    expect(rows).to_have_count(3)
    box = rows.nth(0).locator("input.form-control")
    expect(box).to_have_value("info@firm.example")
    box.press("Enter")
    expect(rows).to_have_count(2)
    assert names(site, mark) == ["好公司", "一公司"]
    first, _second = rows.nth(0).locator("input.form-control").all()
    first.fill("two@firm.example")
    rows.nth(0).locator("[value=mend]").click()
    expect(rows.nth(0).locator("input.form-control")).to_have_count(1)  # the address is good now, the web site is not
    rows.nth(0).locator("input.form-control").fill("www.firm.example")
    rows.nth(0).locator("[value=mend]").click()
    expect(rows).to_have_count(1)
    rows.nth(0).locator("[value=new]").click()
    expect(rows).to_have_count(0)
    assert names(site, mark) == ["好公司", "一公司", "二公司", "好公司"]
    assert axe(page) == [] and overflows(page) == []
