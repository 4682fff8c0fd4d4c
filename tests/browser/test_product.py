"""The product itself in a browser: a site with the demo company, real HTTP, both languages and themes, desk and phone."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from crm_core.access import passwords
from crm_core.access.models import User
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import runner
from crm_core.kernel.site import Site
from tests.browser.demo import Demo
from tests.support.browser import DESKTOP, PHONE, Visitor, axe, overflows

WHO = "chenxiaoyan"
CSV = "客户名称,电话,联系人\n云岭试饮酒业有限公司,028-66554433,罗建国\n无电话公司,,\n"


@pytest.fixture
def served(demo: Demo) -> tuple[Site, str, str]:
    """(site, address, password): the demo company, served."""
    return demo.site, demo.address, demo.passwords[WHO]


@pytest.fixture(autouse=True)
def known_password(served: tuple[Site, str, str]) -> None:
    """Tests may have changed it."""
    site, _address, password = served
    with site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        stored = conn.execute(sa.select(User.password_hash).where(User.login == WHO)).scalar_one()
        if not passwords.verify(stored, password):
            conn.execute(sa.update(User.__table__).where(User.__table__.c.login == WHO).values(password_hash=passwords.hash_password(password)))


def sign_in(page: Page, served: tuple[Site, str, str]) -> None:
    _site, address, password = served
    page.goto(f"{address}/sign-in")
    page.fill("[name=name]", WHO)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    expect(page.locator("main#main")).to_be_visible()


def speak(site: Site, language: str) -> None:
    """The person's own language wins over the browser's."""
    with site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        conn.execute(sa.update(User.__table__).where(User.__table__.c.login == WHO).values(language=language))
        conn.exec_driver_sql("UPDATE core_site SET rights = rights + 1")


def mine(site: Site) -> int:
    """A customer this person holds."""
    return first(site, "SELECT c.id FROM core_customer c JOIN core_user u ON u.id = c.owner_id WHERE u.login = ? AND c.deleted_at IS NULL ORDER BY c.id LIMIT 1")


def visit(site: Site) -> int:
    """A visit this person has paid."""
    return first(site, "SELECT n.id FROM core_note n JOIN core_user u ON u.id = n.created_by_id WHERE u.login = ? AND n.kind = 'visit' AND n.latitude IS NOT NULL ORDER BY n.id LIMIT 1")


def first(site: Site, query: str) -> int:
    with site.engines.read.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
        return int(conn.exec_driver_sql(query, (WHO,)).scalar_one())


PAGES = ("/", "/core/customer", "/core/customer?standing.any=key&q=有限", "/core/customer/{id}", "/core/customer/{id}?tab=facts",
         "/core/customer/{id}?tab=core.contact", "/core/customer/{id}?tab=history", "/core/customer/{id}/edit", "/core/customer/new",
         "/core/customer.brief", "/core/contact", "/core/task", "/core/task/new", "/core/user", "/core/department", "/core/role", "/notices",
         "/import?to=core.customer", "/jobs", "/recycle", "/me", "/me/password", "/help?at=/core/customer", "/core/customer/print",
         "/core/customer/filter?field=standing", "/core/customer/999999999", "/no/such/page", "/core/customer.brief/1", "/core/contact/1",
         "/core/contact/new", "/core/note", "/core/tag", "/core/user/3", "/core/user/5/edit", "/core/role/3", "/core/department/2", "/deliveries",
         "/core/customer/{id}/print", "/core/customer/{id}?tab=core.task", "/core/customer?q=zzzz&standing.any=key",
         "/core/customer/print?q=有限", "/core/print_template", "/core/print_template/new", "/core/paper", "/core/note/{visit}/progress", "/routes", "/core/customer?look=map")
OUTSIDE = ("/sign-in", "/password/forgotten", "/setup/used-up")


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_every_page_is_whole(visitor: Visitor, served: tuple[Site, str, str], language: str, size: tuple[int, int], theme: str) -> None:
    site, address, _password = served
    speak(site, language)
    page = visitor.page(language=language, size=size, theme=theme)
    sign_in(page, served)
    wrong: list[str] = []
    for path in PAGES:
        page.goto(address + path.format(id=mine(site), visit=visit(site)))
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            wrong.append(f"{path}: {wide} px wider than the window")
        wrong += [f"{path}: {fault}" for fault in (*axe(page), *overflows(page))]
    page.context.clear_cookies()
    for path in OUTSIDE:
        page.goto(address + path)
        wrong += [f"{path}: {fault}" for fault in (*axe(page), *overflows(page))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "dark"), (PHONE, "light")])
def test_what_opens_over_a_page_is_whole(visitor: Visitor, served: tuple[Site, str, str], size: tuple[int, int], theme: str) -> None:
    site, address, _password = served
    speak(site, "zh_Hans_CN")
    page = visitor.page(size=size, theme=theme)
    sign_in(page, served)
    customer = f"/core/customer/{mine(site)}"
    desk = [
        ("/", "#create summary", "#create .pop"), ("/", "[data-bell] summary", ".bellbox .panel"), ("/", ".me", ".menu[open] .pop"),
        ("/core/customer", "#columns summary", "#columns .pop"), ("/core/customer", ".chip.add", ".menu[open] .pop"),
        (customer, ".rec-acts summary", ".menu[open] .pop"), (customer, "[data-unfold]", ".hist"), (customer, ".ctabs label:nth-of-type(2)", ".cline input"),
    ]
    hand = [
        ("/", "[data-drawer]", "#rail-menu"), ("/", "[data-opens=sheet-create]", "#sheet-create"), ("/core/customer", "[data-opens=sheet-filter]", "#sheet-filter"),
        ("/core/customer", "[data-opens=sheet-sort]", "#sheet-sort"), ("/core/customer", "[data-selecting]", "[data-bulk]"), (customer, "[data-opens=sheet-more]", "#sheet-more"),
        ("/", "[data-palette-open]:visible", "#palette"),
    ]
    wrong: list[str] = []
    for path, press, opened in desk if size == DESKTOP else hand:
        page.goto(address + path)
        page.wait_for_selector("html[data-ready]", state="attached")
        page.locator(press).first.click()
        expect(page.locator(opened).first).to_be_visible()
        wrong += [f"{path} {press}: {fault}" for fault in (*axe(page, opened), *overflows(page))]
    assert not wrong, "\n".join(wrong)


def test_a_customer_is_made_noted_edited_deleted_and_brought_back(visitor: Visitor, served: tuple[Site, str, str]) -> None:
    site, address, _password = served
    speak(site, "en")
    page = visitor.page(language="en")
    sign_in(page, served)
    page.goto(f"{address}/core/customer/new")
    page.fill("[name=name]", "Riverside Wines")
    page.fill("[name=phone]", "010-66778899")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1.rec-name")).to_have_text("Riverside Wines")
    page.fill(".composer textarea[name=text]", "They want the spring fair.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("They want the spring fair.")
    page.get_by_role("link", name="Edit").first.click()
    page.fill("[name=website]", "riverside.example")
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("riverside.example")


def test_who_enters_a_likely_duplicate_and_saves_at_once_is_told_and_says_why(visitor: Visitor, served: tuple[Site, str, str]) -> None:
    site, address, _password = served
    speak(site, "en")
    page = visitor.page(language="en")
    sign_in(page, served)
    for name in ("Hillside Cellars", "Hillside Cellars Ltd"):
        page.goto(f"{address}/core/customer/new")
        page.fill("[name=name]", name)
        page.fill("[name=phone]", "010-61234577")
        page.keyboard.press("Control+Enter")  # the question about the number just left is still under way
        if name == "Hillside Cellars":
            expect(page.locator("h1.rec-name")).to_have_text(name)
    page.get_by_role("link", name="This may be here already").click()
    expect(page.locator("[name=_twins_reason]")).to_be_focused()
    expect(page.locator(".dup")).to_contain_text("Hillside Cellars")
    assert page.input_value("[name=name]") == "Hillside Cellars Ltd"
    page.keyboard.type("The works; the other is the office.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1.rec-name")).to_have_text("Hillside Cellars Ltd")


def test_the_list_is_found_by_a_piece_of_a_phone_number(visitor: Visitor, served: tuple[Site, str, str]) -> None:
    site, _address, _password = served
    with site.engines.read.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
        name, phone = conn.exec_driver_sql(
            "SELECT c.name, c.phone_key FROM core_customer c JOIN core_user u ON u.id = c.owner_id WHERE u.login = ? AND c.phone_key IS NOT NULL LIMIT 1",
            (WHO,)).one()
    page = visitor.page()
    sign_in(page, served)
    page.keyboard.press("/")
    page.keyboard.type(phone[-6:])
    expect(page.locator(".cmd")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(page.locator("h1.rec-name")).to_have_text(name)


def test_a_file_is_imported_and_taken_back(visitor: Visitor, served: tuple[Site, str, str], tmp_path: Path) -> None:
    site, address, _password = served
    speak(site, "zh_Hans_CN")
    path = tmp_path / "firms.csv"
    path.write_text(CSV, encoding="gb18030")
    page = visitor.page()
    sign_in(page, served)
    page.goto(f"{address}/import?to=core.customer")
    page.set_input_files("input[type=file]", str(path))
    page.locator("main form button[type=submit], main form .btn-primary").last.click()
    expect(page.locator("main")).to_contain_text("gb18030".upper())
    page.locator("[name=_do][value=start]").click()
    expect(page.locator(".irun")).to_be_visible()
    while runner.run_one(site):
        pass
    page.reload()
    expect(page.locator("main")).to_contain_text("2")
    with site.engines.read.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM core_customer WHERE name = '云岭试饮酒业有限公司' AND deleted_at IS NULL").scalar_one() == 1
    page.get_by_role("button", name="整批撤销").click()
    page.locator("dialog[open] .btn-danger, dialog[open] .btn-primary").first.click()
    expect(page.locator(".tg-toasts, #toasts")).to_contain_text("已撤销")
    while runner.run_one(site):
        pass
    with site.engines.read.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM core_customer WHERE name = '云岭试饮酒业有限公司' AND deleted_at IS NULL").scalar_one() == 0
