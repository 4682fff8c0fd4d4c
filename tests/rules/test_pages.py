"""The pages of rules as a browser uses them: each button sends the whole form, and nothing is kept before it is saved."""

from __future__ import annotations

import html
import re

from tests.rules.rules import settle
from tests.support.people import Company

WHEN = {"of": "core.customer", "name": "Sichuan", "trigger": "core.created", "0": ""}
STEP = {"s1-do": "core.task", "s1-in": "0", "s1-arm": "then", "s1-title": "Call {name}"}


def said(page: str) -> str:
    found = re.search(r'id="rule-said"[^>]*>([^<]*)<', page)
    assert found is not None
    return html.unescape(found[1])


def test_a_rule_is_put_together_shown_as_a_sentence_tried_and_switched_on(company: Company) -> None:
    admin = company.client("admin")
    assert "No rule yet" in admin.get("/rules").text
    page = admin.post("/rules/new", data={**WHEN, "do": "add:s0:then:core.task"}).text
    assert 'name="s1-title"' in page
    page = admin.post("/rules/new", data={**WHEN, **STEP, "do": "c:add:0:name"}).text
    assert 'name="c1-v"' in page
    cond = {"c0-kind": "all", "c1-in": "0", "c1-field": "name", "c1-op": "contains", "c1-v": "酒业"}
    page = admin.post("/rules/new", data={**WHEN, **STEP, **cond, "do": "again"}).text
    assert said(page) == "When a customer is created, if Name contains 酒业: give whoever looks after it the task “Call {name}”."
    assert "This is required." in admin.post("/rules/new", data={**WHEN, **STEP, **cond, "name": "", "do": "save"}).text
    with company.as_("admin"):
        customers = company.site.registry.resource("core.customer")
        customers.write([{"name": "旧酒业有限公司"}, {"name": "旧茶业有限公司"}])
    page = admin.post("/rules/new", data={**WHEN, **STEP, **cond, "do": "preview"}).text
    assert "it would have been about 1 record." in page
    assert "Call 旧酒业有限公司" in page
    assert "旧茶业" not in page
    kept = admin.post("/rules/new", data={**WHEN, **STEP, **cond, "do": "on"})
    assert kept.status_code == 303
    url = kept.headers["Location"]
    with company.as_("admin"):
        (made,) = customers.write([{"name": "新酒业有限公司"}])
    settle(company)  # type: ignore[arg-type]
    assert "gave the task “Call 新酒业有限公司”" in html.unescape(admin.get(url).text)
    assert "新酒业有限公司" in admin.get(f"{url}/log").text
    panel = admin.get(f"/core/customer/{made}/panel/rules").text
    assert "Sichuan" in panel
    assert admin.post(f"{url}/switch", data={"on": ""}).status_code == 303
    page = html.unescape(admin.get(url).text)
    assert "Save and switch on" in page
    assert re.findall(r'<b class="grow">(.*?)</b>', page[page.index('id="r-hist"'):]) == ["Switched off", "Made"]
    assert admin.post(f"{url}/remove").status_code == 303
    assert admin.get(url).status_code == 404


def test_steps_are_moved_nested_and_removed(company: Company) -> None:
    admin = company.client("admin")
    two = {**STEP, "s2-do": "branch", "s2-in": "0", "s2-arm": "then", "s3-do": "end", "s3-in": "2", "s3-arm": "else"}
    page = admin.post("/rules/new", data={**WHEN, **two, "do": "up:s2"}).text
    assert said(page) == "When a customer is created: (if …: …; otherwise: end), then give whoever looks after it the task “Call {name}”."
    page = admin.post("/rules/new", data={**WHEN, **two, "do": "remove:s2"}).text
    assert 'name="s2-do"' not in page
    page = admin.post("/rules/new", data={**WHEN, **two, "do": "save"})
    assert page.status_code == 422
    assert "Say a condition." in page.text
    page = admin.post("/rules/new", data={**WHEN, "s1-do": "core.set", "s1-in": "0", "s1-arm": "then", "s1-field": "standing", "s1-value": "key", "do": "again"}).text
    assert "set “Standing” to “Key”" in said(page), "what the value can be follows the field"


def test_nobody_makes_rules_without_the_right_or_about_what_he_may_not_read(company: Company) -> None:
    assert company.client("lina").get("/rules").status_code == 403
    assert company.client("admin").get("/rules/new?of=core.nothing").status_code == 404


def test_a_rule_by_hand_is_begun_from_the_record(company: Company) -> None:
    admin = company.client("admin")
    url = admin.post("/rules/new", data={**WHEN, **STEP, "trigger": "core.by_hand", "do": "on"}).headers["Location"]
    with company.as_("admin"):
        (made,) = company.site.registry.resource("core.customer").write([{"name": "甲有限公司"}])
    panel = admin.get(f"/core/customer/{made}/panel/rules").text
    assert f"{url}/start" in panel
    assert admin.post(f"{url}/start", data={"record": str(made)}).status_code == 303
    settle(company)  # type: ignore[arg-type]
    assert "gave the task" in admin.get(f"/core/customer/{made}/panel/rules").text
    assert admin.post(f"{url}/start", data={"record": "999"}).status_code == 404


def test_a_playbook_begins_at_a_stage_and_shows_what_it_changed(company: Company) -> None:
    admin = company.client("admin")
    page = admin.get("/rules/new?playbook=1").text
    assert 'name="held_out"' in page
    sent = {**WHEN, **STEP, "playbook": "1", "trigger": "core.reached", "w-field": "standing", "w-values": "key"}
    assert admin.post("/rules/new", data={**sent, "held_out": "60", "do": "save"}).status_code == 422
    url = admin.post("/rules/new", data={**sent, "held_out": "20", "do": "on"}).headers["Location"]
    assert "Left out" in admin.get(url).text
