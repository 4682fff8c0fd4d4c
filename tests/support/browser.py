"""Chromium for the tests: pages that report every fault a person would not see, and axe to judge them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.network import is_local

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ASSETS = Path(__file__).parent / "assets"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# The browser keeps to itself: no updates, no look-ups of its maker, no name but ours is ever resolved.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
DESKTOP, PHONE = (1440, 900), (390, 844)
LANGUAGES = {"zh_Hans_CN": "zh-CN", "en": "en-US"}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_WATCH = """addEventListener("securitypolicyviolation", e =>
    crmFault(`CSP: ${e.effectiveDirective} blocked ${e.blockedURI || "inline"} at ${e.sourceFile}:${e.lineNumber}`));"""


class NoBrowser(Exception):
    """There is no Chromium here."""


def program() -> str:
    """The browser's path."""
    where = os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", "/usr/local/bin", "/snap/bin"])
    found = next((path for name in PROGRAMS if (path := shutil.which(name, path=where))), None)
    if found is None:
        raise NoBrowser("no Chromium (apt-get install chromium)")
    return found


def has_cjk_fonts() -> bool:
    """Whether Chinese would be drawn and not be boxes."""
    places = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any("cjk" in path.name.lower() for place in places if place.is_dir() for path in place.rglob("*"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; leaves none behind."""
    path = program()
    from playwright.sync_api import sync_playwright

    try:
        playwright = sync_playwright().start()
    except Exception as fault:
        raise NoBrowser(f"the browser's driver does not start: {fault} (apt-get install libatomic1)") from fault
    try:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()
    finally:
        playwright.stop()


class Visitor:
    """Opens pages as a person with a language, a window and a theme; collects what goes wrong in any of them.

    `faults` holds violations of the content security policy, uncaught errors of scripts, and requests that left this
    machine. The `visitor` fixture fails a test that ends with faults; a test that expects some takes them out first.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.faults: list[str] = []
        self._contexts: list[BrowserContext] = []

    def context(
        self, *, language: str = "zh_Hans_CN", size: tuple[int, int] = DESKTOP, theme: str = "light", **more: Any
    ) -> BrowserContext:
        """A browser profile of its own: cookies shared by its pages and with no other profile."""
        context = self.browser.new_context(
            locale=LANGUAGES[language],
            timezone_id="Asia/Shanghai",
            color_scheme=theme,  # type: ignore[arg-type]
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **more,
        )
        context.expose_function("crmFault", lambda fault: self.faults.append(fault))
        context.add_init_script(_WATCH)
        context.on("request", self._saw)
        context.on("weberror", lambda fault: self.faults.append(f"script: {fault.error}"))
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        return context

    def page(self, **options: Any) -> Page:
        """A page in a new profile; options as for `context`."""
        return self.context(**options).new_page()

    def take_faults(self) -> list[str]:
        """What went wrong so far, as expected by the test that asks."""
        taken, self.faults[:] = list(self.faults), []
        return taken

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _saw(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and not is_local(address.hostname):
            self.faults.append(f"network: {request.url}")


def axe(page: Page, within: str | None = None) -> list[str]:
    """What axe finds on the page (or in the part that `within` selects), one sentence a fault; [] is what we want."""
    page.evaluate((ASSETS / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(
        """([within, rules]) => axe.run(within || document, {runOnly: rules, resultTypes: ["violations"]})
            .then(result => result.violations.flatMap(fault => fault.nodes.map(node =>
                `${fault.id} (${fault.impact}): ${fault.help}: ` +
                `${node.target.join(" ")}: ${node.html.slice(0, 160)}`)))""",
        [within, list(RULES)],
    )
    return [str(fault) for fault in found]


def overflows(page: Page) -> list[str]:
    """Elements that stick out of the window sideways, or whose text is cut without an ellipsis or a scroll bar."""
    found = page.evaluate(
        """() => [...document.querySelectorAll("body *")].flatMap(one => {
            const box = one.getBoundingClientRect(), look = getComputedStyle(one);
            if (!box.width || !box.height || look.visibility === "hidden") return [];
            const scrolls = e => e &&
                (/(auto|scroll|hidden|clip)/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
            const name = [one.tagName.toLowerCase() + (one.id ? "#" + one.id : ""), ...one.classList].join(".");
            const text = (one.textContent || "").trim().slice(0, 40);
            if (box.right > innerWidth + 1 && look.position !== "fixed" && !scrolls(one.parentElement))
                return [`sticks out: ${name}: ${text}`];
            if (look.overflowX === "hidden" && look.textOverflow !== "ellipsis" && one.children.length === 0
                && one.scrollWidth > one.clientWidth + 1 && text && box.width > 2)
                return [`text cut: ${name}: ${text}`];
            return [];
        })"""
    )
    return [str(fault) for fault in found]
