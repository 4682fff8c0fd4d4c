"""The tab Files of a record as a person uses it: two files dropped at once, a look in place, a new version, deleted and brought back."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from crm_core.access.actor import load_actor
from crm_core.features.customers import notes
from crm_core.features.files import services
from tests.browser.demo import Demo
from tests.support.browser import Visitor, axe, overflows

DROP = """([names, picture]) => {
    const found = new DataTransfer();
    found.items.add(new File([Uint8Array.from(atob(picture), c => c.charCodeAt(0))], names[0], {type: "image/png"}));
    found.items.add(new File(["first words"], names[1], {type: "text/plain"}));
    for (const type of ["dragover", "drop"]) document.querySelector(".drop").dispatchEvent(new DragEvent(type, {dataTransfer: found, bubbles: true, cancelable: true}));
}"""


def test_two_files_are_dropped_looked_at_given_a_version_deleted_and_brought_back(demo: Demo, visitor: Visitor, tmp_path: Path) -> None:
    customer = demo.one("SELECT c.id FROM core_customer c JOIN core_user u ON u.id = c.owner_id WHERE u.login = 'chenxiaoyan' AND c.deleted_at IS NULL "
                        "AND c.id NOT IN (SELECT n.customer_id FROM core_note n JOIN core_attachment a ON a.subject = 'core.note' AND a.subject_id = n.id) ORDER BY c.id LIMIT 1")
    page = demo.open(visitor, f"/core/customer/{customer}?tab=files")
    Image.new("RGB", (640, 400), (20, 120, 90)).save(tmp_path / "a.png")
    page.evaluate(DROP, [["展位图.png", "offer.txt"], base64.b64encode((tmp_path / "a.png").read_bytes()).decode()])
    rows = page.locator(".filelist > li")
    expect(rows).to_have_count(2)
    expect(page.locator("[data-sending]")).to_be_empty()
    expect(page.locator(".rtabs")).to_contain_text("2")
    with demo.site.system("who she is") as work:
        chen = load_actor(demo.site, work.session, demo.one("SELECT id FROM core_user WHERE login = 'chenxiaoyan'"))
    with demo.site.work(chen):
        visit = notes.add_note("core.customer", customer, "At the fair", kind="visit").id
        services.put("core.note", visit, "card.txt", io.BytesIO(b"a card"))
    demo.go(page, f"/core/customer/{customer}?tab=files")
    beneath = page.locator(".beneath .filelist > li")
    expect(beneath).to_have_count(1)
    expect(beneath).to_contain_text("At the fair")
    rows = page.locator("[data-files] .filelist > li")
    assert page.locator(".filelist img").evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    assert axe(page) == [] and overflows(page) == []

    page.get_by_role("link", name="展位图.png").click()
    shown = page.get_by_role("dialog")
    assert shown.locator("img").evaluate("one => one.decode().then(() => one.naturalWidth)") == 640
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    page.get_by_role("link", name="offer.txt").click()
    expect(shown).to_contain_text("first words")
    shown.get_by_role("link", name="Versions").click()
    page.wait_for_url("**/core/attachment/*")

    (tmp_path / "b.txt").write_text("second words", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(tmp_path / "b.txt")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#toasts")).to_contain_text("Version 2 was added")
    expect(page.locator("main")).to_contain_text("second words")

    demo.go(page, f"/core/customer/{customer}?tab=files")
    expect(rows.filter(has_text="offer.txt")).to_contain_text("Version 2")
    rows.filter(has_text="offer.txt").get_by_label("More acts for offer.txt").click()
    rows.filter(has_text="offer.txt").get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    with demo.site.system("tests"):
        resource = demo.site.registry.resource
        resource("core.note").delete([visit])
        resource("core.attachment").delete([row[0] for row in demo.sql("SELECT id FROM core_attachment WHERE subject = 'core.customer' AND subject_id = :i AND deleted_at IS NULL", i=customer)])
