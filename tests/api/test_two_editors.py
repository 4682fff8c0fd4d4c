"""R4 at the faces: whoever saves on a version he has not seen is told, in forms, over the API and after bulk work."""

from __future__ import annotations

import io
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from crm_core.app import core
from crm_core.data.session import session
from crm_core.features.files import api as files
from crm_core.kernel import runner
from crm_core.kernel.registry import Registry
from tests.support.world import World
from tests.support.worlds import Browser, Client

As = Callable[..., Client]
At = Callable[[str], Browser]
# Every resource that has a form, and the text in it that two people change.
EDITABLE = {
    "core.contact": "name", "core.customer": "note", "core.department": "name", "core.industry": "name", "core.position": "name",
    "core.region": "name", "core.role": "note", "core.tag": "name", "core.task": "title", "core.team": "name", "core.user": "name",
    "core.offering": "name", "core.profile_entry": "text", "core.pool": "name", "core.recommendation": "text", "core.custom_field": "zh", "core.need": "wanted", "core.relation": "note", "core.attachment": "name",
    "core.message": "title", "core.plan": "title", "core.journal": "text", "core.appointment": "title", "core.room": "equipment", "core.mail": "title", "core.mail_account": "signature", "core.paper": "name", "core.print_template": "body", "core.mail_template": "text", "core.mailing": "text", "core.special_day": "zh",
    "core.webhook": "note", "core.incoming": "note", "core.channel": "note",
}
WITHOUT_TEXT = {"core.completeness_rule", "core.stand_in"}  # nothing two people could write differently
# What is not there yet; "#" is a customer, "##" another one.
MADE: dict[str, dict[str, Any]] = {
    "core.webhook": {"name": "Made", "url": "https://crm.example.com/in", "resource": "core.customer"},
    "core.incoming": {"name": "Made", "resource": "core.customer", "mapping": "name = title"},
    "core.channel": {"name": "Made", "kind": "core.sms", "url": "https://sms.example.com/send"},
    "core.paper": {"name": "Made", "use": "envelope"}, "core.print_template": {"name": "Made", "body": "Made"},
    "core.mail_template": {"name": "Made", "title": "Made", "text": "Made"}, "core.mailing": {"name": "Made", "wanted": "/core/customer"},
    "core.task": {"title": "Call them"}, "core.message": {"title": "Made", "hold": True},
    "core.mail": {"title": "Made", "receivers": "made@example.com", "hold": True},
    "core.mail_account": {"name": "Made", "address": "made@example.com", "smtp_host": "127.0.0.1"}, "core.pool": {"name": "Made"}, "core.recommendation": {"name": "Made"}, "core.custom_field": {"zh": "造", "resource": "core.customer"},
    "core.plan": {"title": "Made", "span": "month", "begins": "2026-11-01"}, "core.journal": {"day": "2026-01-15", "text": "Made"},
    "core.appointment": {"title": "Made", "begins": "2026-11-19T02:00:00Z"}, "core.room": {"name": "Made", "equipment": "Made"},
    "core.need": {"kind": "fair", "valid_from": "2026-11-01", "customer": "#"}, "core.offering": {"name": "Made", "customer": "#"},
    "core.profile_entry": {"topic": "market", "text": "Made", "as_of": "2026-11-01", "source": "Made", "customer": "#"},
    "core.relation": {"kind": "partner", "other": "##", "customer": "#"},
}


class Form(HTMLParser):
    """What the browser would send of the form that carries a version."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self._area = self._select = ""
        self._text: list[str] = []
        self.feed(page)
        (self.values,) = [form for form in self.forms if "version" in dict(form)]

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.forms.append([])
        elif tag == "input" and given.get("name") and self.forms:
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            self.forms[-1].append((given["name"], given.get("value", "on" if given.get("type") in ("checkbox", "radio") else "")))
        elif tag == "textarea" and given.get("name"):
            self._area, self._text = given["name"], []
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1].append((self._select, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.forms[-1].append((self._area, "".join(self._text).removeprefix("\n")))
            self._area = ""
        elif tag == "select":
            self._select = ""

    def with_(self, name: str, text: str) -> dict[str, list[str]]:
        data: dict[str, list[str]] = {}
        for key, value in self.values:
            data.setdefault(key, []).append(value)
        assert name in data, (name, sorted(data))
        return {**data, name: [text]}


def row(root: Client, world: World, name: str) -> int:
    """A record of this resource."""
    if name in MADE:
        own = {"#": world.customers["ann"], "##": world.customers["sue"]}
        answer = root("POST", f"/{name.replace('.', '/')}", {n: own.get(v, v) for n, v in MADE[name].items()})
        assert answer.status_code == 201, (name, answer.text)
        return int(answer.json["id"])
    if name == "core.attachment":
        with world.as_("root"):
            return files.put("core.customer", world.customers["ann"], "minutes", io.BytesIO(b"what was said")).id
    return int(root("GET", f"/{name.replace('.', '/')}").json["items"][-1]["id"])


def value(world: World, name: str, key: int) -> Any:
    with world.site.system("test"):
        return getattr(session.get_one(world.site.registry.resource(name).model, key), EDITABLE[name])


def test_every_resource_with_a_form_is_tried_here() -> None:
    resources = Registry((core(),)).resources.values()
    assert set(EDITABLE) == {r.name for r in resources if "update" in r.verbs and not r.is_brief} - WITHOUT_TEXT


def test_a_form_that_is_still_open_does_not_overwrite_what_was_saved_meanwhile(world: World, as_: As, at_browser: At) -> None:
    root, mine, other = as_("root"), at_browser("root"), at_browser("root")
    for name, field in EDITABLE.items():
        key = row(root, world, name)
        path = f"/{name.replace('.', '/')}/{key}/edit"
        form = Form(mine("GET", path).text)
        assert other("POST", path, Form(other("GET", path).text).with_(field, "Saved first")).status_code == 303, name
        answer = mine("POST", path, form.with_(field, "Saved second"))
        assert answer.status_code == 409 and "Saved first" in answer.text and "Saved second" in answer.text, name
        assert value(world, name, key) == "Saved first"
        again = Form(mine("GET", path).text)  # the negative control: on the version of now it is saved
        assert mine("POST", path, again.with_(field, "Saved third")).status_code == 303, name
        assert value(world, name, key) == "Saved third"


def test_an_old_etag_does_not_overwrite_what_was_saved_meanwhile(world: World, as_: As) -> None:
    root = as_("root")
    for name, field in EDITABLE.items():
        key = row(root, world, name)
        path = f"/{name.replace('.', '/')}/{key}"
        seen = root("GET", path).headers["ETag"]
        assert root("PATCH", path, {field: "Saved first"}, If_Match=seen).status_code == 200, name
        assert root("PATCH", path, {field: "Saved second"}, If_Match=seen).status_code == 412, name
        assert root("DELETE", path, If_Match=seen).status_code == 412, name
        assert value(world, name, key) == "Saved first"
        assert root("PATCH", path, {field: "Saved third"}, If_Match=root("GET", path).headers["ETag"]).status_code == 200, name


@pytest.mark.parametrize("many", [False, True], ids=["at once", "as a job"])
def test_bulk_work_and_a_form_that_is_open_meet(world: World, at_browser: At, monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    if many:
        monkeypatch.setattr("crm_core.web.bulk.AT_ONCE", 0)
    key, boss = world.customers["ann"], at_browser("root")
    path = f"/core/customer/{key}/edit"
    mine = at_browser("root")
    form = Form(mine("GET", path).text)
    given = {"go": "1", "id": [str(key)], "owner": str(world.people["bob"])}
    assert boss("POST", "/core/customer/bulk/assign", given).status_code == 303
    runner.drain(world.site)
    answer = mine("POST", path, form.with_("note", "written on what was Ann's"))
    assert answer.status_code == 409
    with world.site.system("test"):
        found = session.get_one(world.site.registry.resource("core.customer").model, key)
        assert (found.owner_id, found.note) == (world.people["bob"], "note of CANARYANN")
