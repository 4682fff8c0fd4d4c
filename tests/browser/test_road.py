"""The phone in a cellar: two days without connection, three records changed meanwhile, a lost answer, another person, what is kept."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm_core.features.approvals.rules import ReviewSettings
from crm_core.resource.settings import put
from tests.browser.demo import Demo
from tests.support.browser import PHONE, Visitor, axe, overflows
from tests.support.server import until

WHO, OTHER = "chenxiaoyan", "zhangwei"
READY = "html[data-ready]"


def mine(demo: Demo, count: int, who: str = WHO) -> list[int]:
    """Customers this person holds."""
    return [row[0] for row in demo.sql("SELECT c.id FROM core_customer c JOIN core_user u ON u.id = c.owner_id "
                                       "WHERE u.login = :w AND c.deleted_at IS NULL ORDER BY c.id LIMIT :n", w=who, n=count)]


def notes(demo: Demo, text: str) -> int:
    return int(demo.one("SELECT count(*) FROM core_note WHERE body LIKE :t AND deleted_at IS NULL", t=f"{text}%"))


def website(demo: Demo, customer: int) -> str:
    return str(demo.one("SELECT website FROM core_customer WHERE id = :i", i=customer))


def on_the_road(demo: Demo, visitor: Visitor, who: str = WHO, **more: Any) -> Page:
    """The phone's page, its worker at work."""
    page = demo.open(visitor, "/road/", who=who, size=PHONE, **more)
    page.evaluate("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise(done => navigator.serviceWorker.oncontrollerchange = done))")
    return page


def see(page: Page, place: str) -> None:
    page.evaluate("place => { location.hash = place }", place)


def take(page: Page, ids: list[int]) -> None:
    for one in ids:
        see(page, f"customer/{one}")
        expect(page.locator(".rd-facts")).to_be_visible()
        expect(page.locator(f'a[href="#visit/{one}"]')).to_be_visible()


def log(page: Page, customer: int, text: str) -> None:
    see(page, f"visit/{customer}")
    page.fill("[name=text]", text)
    page.select_option("[name=x_chance]", "high")  # what the demo's progress form requires
    page.get_by_role("button", name="Save").click()
    expect(page.locator(f'a[href="#visit/{customer}"]')).to_be_visible()


def change(page: Page, customer: int, **values: str) -> None:
    see(page, f"change/{customer}")
    for name, value in values.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(f'a[href="#visit/{customer}"]')).to_be_visible()


def waits(page: Page, count: int, patience: int = 20) -> None:
    expect(page.locator("#waits")).to_have_text(f"{count} waiting" if count else "All sent", timeout=patience * 1_000)


def test_two_days_in_airplane_mode_lose_nothing(demo: Demo, visitor: Visitor) -> None:
    customers = mine(demo, 6)
    page = on_the_road(demo, visitor)
    take(page, customers)
    phone = page.context
    phone.set_offline(True)
    page.reload()
    page.wait_for_selector(READY, state="attached")
    for number in range(30):
        log(page, customers[number % 6], f"Cellar {number}")
    for one in customers[:4]:
        change(page, one, website=f"cellar{one}.example")
    waits(page, 34)
    page.close()  # the phone is put away, and taken out again on the second day
    page = phone.new_page()
    page.goto(f"{demo.address}/road/#waiting")
    page.wait_for_selector(READY, state="attached")
    waits(page, 34)
    with demo.site.system("a colleague at the desk"):
        resource = demo.site.registry.resource("core.customer")
        for one in customers[:2]:
            resource.write([{"id": one, "website": f"desk{one}.example"}])
        resource.write([{"id": customers[2], "note": "changed at the desk"}])
    assert notes(demo, "Cellar ") == 0
    phone.set_offline(False)
    waits(page, 3, patience=60)  # thirty-four sendings
    assert notes(demo, "Cellar ") == 30
    assert website(demo, customers[3]).endswith(f"cellar{customers[3]}.example")
    expect(page.locator("[data-entry=conflict]")).to_have_count(3)
    for left in (2, 1, 0):
        page.get_by_role("button", name="Compare and decide").first.click()
        expect(page.locator("form[data-conflict]")).to_be_visible()
        assert left < 2 or [*axe(page), *overflows(page)] == []
        page.locator("[data-save]").click()
        page.wait_for_url("**/road/**")
        page.wait_for_selector(READY, state="attached")
        waits(page, left)
    assert not any(demo.one("SELECT invalid FROM core_customer WHERE id = :i", i=one) for one in customers), "no tick was set that nobody touched"
    assert all(website(demo, one).endswith(f"cellar{one}.example") for one in customers[:4])
    assert demo.one("SELECT note FROM core_customer WHERE id = :i", i=customers[2]) == "changed at the desk", "what only the desk changed stays too"


def test_a_change_that_is_only_proposed_is_told_on_the_phone_and_decided_on_another(demo: Demo, visitor: Visitor, reviewed: None) -> None:
    (customer,) = mine(demo, 1, OTHER)  # who reviews nothing
    before = website(demo, customer)
    page = on_the_road(demo, visitor, OTHER)
    take(page, [customer])
    page.context.set_offline(True)
    change(page, customer, website="asked.example")
    waits(page, 1)
    page.context.set_offline(False)
    waits(page, 0)
    expect(page.locator("#said")).to_contain_text("Only proposed")
    expect(page.locator("main .note")).to_contain_text("It waits for a reviewer")
    assert website(demo, customer) == before and [*axe(page), *overflows(page)] == []
    see(page, "")
    expect(page.locator("#found")).to_contain_text("A change of yours waits for a reviewer")
    other = demo.open(visitor, f"/core/customer/{customer}", who="qianbin", size=PHONE)
    asked = other.locator(".panel", has_text="proposes to change this")
    expect(asked).to_be_in_viewport()  # before the time line
    assert [*axe(other), *overflows(other)] == []
    demo.go(page, "/me/proposals")
    assert [*axe(page), *overflows(page)] == []
    asked.get_by_role("button", name="Accept").click()
    expect(other.locator(".panel", has_text="proposes to change this")).to_have_count(0)
    assert website(demo, customer).endswith("asked.example")


@pytest.fixture
def reviewed(demo: Demo) -> Iterator[None]:
    """Changes of customers are reviewed too, for one test."""
    for changes in (True, False):
        with demo.site.system("tests"):
            put(ReviewSettings, {"core-customer": "once", "core-customer-changes": changes})
        if changes:
            yield


def become(demo: Demo, page: Page, who: str) -> None:
    """Somebody signs in on the same phone."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sid", "value": demo._session(who), "url": demo.address}])


KEPT = """async () => {
    const cached = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) cached.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
    }
    const rows = await new Promise((done) => {
        const asked = indexedDB.open("road");
        asked.onsuccess = () => {
            const found = [];
            const names = [...asked.result.objectStoreNames];
            const work = asked.result.transaction(names);
            for (const name of names) work.objectStore(name).getAll().onsuccess = (event) => found.push(...event.target.result.map((row) => [name, row]));
            work.oncomplete = () => { asked.result.close(); done(found); };
        };
    });
    return {cached, rows};
}"""


def test_another_person_on_the_phone_sees_and_sends_nothing_of_the_first(demo: Demo, visitor: Visitor) -> None:
    (customer,) = mine(demo, 1)
    name = demo.one("SELECT name FROM core_customer WHERE id = :i", i=customer)
    page = on_the_road(demo, visitor)
    take(page, [customer])
    page.context.set_offline(True)
    log(page, customer, "Mine alone")
    waits(page, 1)
    become(demo, page, OTHER)
    demo.speak(OTHER, "en")
    page.goto("about:blank")
    page.context.set_offline(False)
    demo.go(page, "/road/")
    waits(page, 0)
    expect(page.locator("main")).not_to_contain_text(name)
    see(page, "waiting")
    expect(page.locator("main")).not_to_contain_text("Mine alone")
    assert [row for store, row in page.evaluate(KEPT)["rows"] if store == "kept"] == [], "what the first took along is gone"
    assert notes(demo, "Mine alone") == 0
    become(demo, page, WHO)
    demo.go(page, "/road/")
    until(lambda: notes(demo, "Mine alone") == 1, "once she is back it is sent, and nothing was lost")
    waits(page, 0)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate(KEPT)["rows"] == [], "signing out leaves nothing"


def test_an_answer_that_is_lost_makes_no_second_visit_and_no_conflict(demo: Demo, visitor: Visitor) -> None:
    (customer,) = mine(demo, 1)
    page = on_the_road(demo, visitor)
    take(page, [customer])
    lost: list[str] = []

    def lose(route: Any) -> None:
        if route.request.method != "POST" or route.request.url in lost:
            return route.continue_()
        route.fetch(max_redirects=0)
        lost.append(route.request.url)
        return route.abort()

    page.context.route("**/core/customer/**", lose)
    with page.expect_event("requestfailed"):
        log(page, customer, "Heard once")
    waits(page, 1)
    assert notes(demo, "Heard once") == 1, "the house has it, the phone does not know"
    see(page, "waiting")
    page.get_by_role("button", name="Send now").click()
    waits(page, 0)
    assert notes(demo, "Heard once") == 1
    with page.expect_event("requestfailed"):
        change(page, customer, website="heard-once.example")
    waits(page, 1)
    see(page, "waiting")
    page.get_by_role("button", name="Send now").click()
    waits(page, 0)
    assert len(lost) == 2
    assert "heard-once.example" in website(demo, customer)


def test_what_is_kept_is_the_empty_shell_and_what_she_opened(demo: Demo, visitor: Visitor) -> None:
    opened, other = mine(demo, 2, "lina")
    names = [demo.one("SELECT name FROM core_customer WHERE id = :i", i=one) for one in (opened, other)]
    page = on_the_road(demo, visitor, "lina")
    there = page.evaluate("fetch('/road/customers.json?ids=' + Array.from({length: 50}, (_, i) => i + 251)).then((one) => one.json())")["customers"]
    foreign = next(iter(set(range(251, 301)) - {one["id"] for one in there}))  # what others hold is not handed out
    take(page, [opened])
    see(page, f"customer/{foreign}")
    expect(page.locator(".note")).to_contain_text("not yours to see")
    token = page.evaluate("fetch('/road/state.json').then((one) => one.json()).then((one) => one.token)")
    page.evaluate("Promise.all(['/core/customer', '/core/customer/export', '/settings', '/me', '/core/user'].map((url) => fetch(url)))")
    kept = page.evaluate(KEPT)
    assert {path for path, _text in kept["cached"] if not path.startswith("/static/dist/")} == {"/road/"}
    shell = "".join(text for path, text in kept["cached"] if path == "/road/")
    assert shell and not any(secret in shell for secret in (token, demo.one("SELECT name FROM core_user WHERE login = 'lina'"), *names))
    assert [row["id"] for store, row in kept["rows"] if store == "kept"] == [opened]
    assert token not in str(kept), "no token is kept anywhere"
    assert "geolocation=(self)" in page.request.get(f"{demo.address}/road/").headers["permissions-policy"]
    assert "geolocation=()" in page.request.get(f"{demo.address}/core/customer").headers["permissions-policy"], "no other page may ask"


PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGM4YWMDRwzEcQAREhQBbrqBkwAAAABJRU5ErkJggg=="


def test_photos_wait_with_their_visit_and_are_sent_once(demo: Demo, visitor: Visitor) -> None:
    (customer,) = mine(demo, 1)
    page = on_the_road(demo, visitor)
    take(page, [customer])
    page.context.set_offline(True)
    see(page, f"visit/{customer}")
    page.fill("[name=text]", "With a picture")
    page.select_option("[name=x_chance]", "even")
    page.set_input_files("#f-photos", files=[{"name": "shelf.png", "mimeType": "image/png", "buffer": base64.b64decode(PICTURE)}])
    expect(page.locator(".rd-photos canvas")).to_have_count(1)
    page.get_by_role("button", name="Save").click()
    waits(page, 1)
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        route.fetch()
        return route.abort()

    page.context.route("**/files", lose)
    with page.expect_event("requestfailed", predicate=lambda request: request.url.endswith("/files")):
        page.context.set_offline(False)
    see(page, "waiting")
    page.get_by_role("button", name="Send now").click()
    waits(page, 0)
    assert notes(demo, "With a picture") == 1
    assert demo.sql("SELECT a.name, a.kind FROM core_attachment a JOIN core_note n ON n.id = a.subject_id WHERE a.subject = 'core.note' AND n.body = 'With a picture'") == [
        ("shelf.jpg", "picture")]
    assert [row for store, row in page.evaluate(KEPT)["rows"] if store == "photos"] == []


def test_every_page_says_what_waits_and_signing_out_asks_first(demo: Demo, visitor: Visitor) -> None:
    (customer,) = mine(demo, 1)
    page = on_the_road(demo, visitor)
    take(page, [customer])
    page.context.route("**/core/customer/*/note", lambda route: route.abort())
    log(page, customer, "Never sent")
    waits(page, 1)
    demo.go(page, "/")
    expect(page.locator("#phone-waits [data-n]")).to_have_text("1")
    page.locator(".me").click()
    page.locator("form[action$='/sign-out'] button").click()
    page.locator("dialog[open]").get_by_role("button", name="See what waits").click()
    expect(page.locator("[data-entry=waiting]")).to_have_count(1)
    demo.go(page, "/")
    page.locator(".me").click()
    page.locator("form[action$='/sign-out'] button").click()
    page.locator("dialog[open]").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate(KEPT)["rows"] == []


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh_Hans_CN", "dark")])
def test_the_phones_pages_are_whole_and_know_where_they_are(demo: Demo, visitor: Visitor, language: str, theme: str) -> None:
    (customer,) = mine(demo, 1)
    granted = {"permissions": ["geolocation"], "geolocation": {"latitude": 28.77, "longitude": 104.62, "accuracy": 12}} if theme == "light" else {}
    page = on_the_road(demo, visitor, language=language, theme=theme, **granted)
    take(page, [customer])
    wrong: list[str] = []
    for place in ("", f"customer/{customer}", f"change/{customer}", "waiting", f"visit/{customer}"):
        see(page, place)
        page.wait_for_function("() => document.querySelector('#main').children.length")
        wrong += [f"{place}: {fault}" for fault in (*axe(page), *overflows(page))]
    assert not wrong, "\n".join(wrong)
    page.locator(".rd-form button:has([href*=map-pin])").click()
    expect(page.locator(".rd-form [role=status]")).to_contain_text("12 m" if granted else "浏览器设置")
