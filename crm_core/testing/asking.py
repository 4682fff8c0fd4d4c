"""What can be asked of an application about the records of some resources: every route of the map that names a resource, with the acts, fields and boxes
there are; and the pages a plugin has made by hand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from crm_core.access.doors import declared
from crm_core.kernel.declare import Related
from crm_core.testing.clients import Browser, Client
from crm_core.testing.house import Person
from crm_core.testing.stage import Stage

MISSING = 987_654_321
SAFE = ("GET",)
# Answers that anybody who is signed in gets, whatever record there is or is not: they keep to what is typed.
_ONES_OWN = ("keep_columns", "draft", "discard", "draft_new", "discard_new", "build_conditions", "count")


@dataclass(frozen=True)
class Door:
    """A route of one resource with one method. `row`: which parameter is a record's id, "" for none; `values`: the other parameters."""

    method: str
    endpoint: str
    resource: Any
    values: tuple[tuple[str, Any], ...]
    row: str
    public: bool = False

    @property
    def api(self) -> bool:
        return self.endpoint.startswith("api.")

    @property
    def safe(self) -> bool:
        return self.method in SAFE

    @property
    def own(self) -> bool:
        """What it keeps is the reader's own (columns, drafts), so that it may answer who only reads."""
        return self.endpoint.rpartition(".")[2] in _ONES_OWN

    def __str__(self) -> str:
        more = " ".join(str(value) for name, value in self.values if name not in ("package", "path"))
        return f"{self.method} {self.endpoint} {self.resource.name if self.resource is not None else ''} {more}".strip()


def doors(stage: Stage) -> Iterator[Door]:
    """Every generic route with every resource of the plugin, and what it has by hand; of the public ones with a secret none."""
    own = {b.name for b in stage.mine(stage.registry.blueprints)}
    for rule in stage.house.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if {"package", "path"} <= rule.arguments:
                for resource in stage.resources:
                    yield from (Door(method, rule.endpoint, resource, values, row) for values, row in _filled(stage, rule, resource))
            elif rule.endpoint.partition(".")[0] in own:
                public = (declared(stage.house.app, rule.endpoint) or ("",))[0] == "public"
                numbers = [name for name in sorted(rule.arguments) if "int:" + name in rule.rule or f"_id:{name}" in rule.rule]
                if len(numbers) == len(rule.arguments):
                    about = named(stage, rule, numbers[0]) if numbers else None
                    yield Door(method, rule.endpoint, about, tuple((one, MISSING + 1) for one in numbers[1:]), numbers[0] if numbers else "", public)


def _filled(stage: Stage, rule: Rule, resource: Any) -> Iterator[tuple[tuple[tuple[str, Any], ...], str]]:
    base: dict[str, Any] = {"package": resource.package, "path": resource.path}
    row = "row_id" if "row_id" in rule.arguments else ""
    acts = [one.name for one in (*type(resource).actions, *stage.mine(stage.registry.actions.get(resource.name, ())))]  # core tries its own
    many: dict[str, list[str]] = {
        "action": acts, "act_name": ["delete", *acts], "field": [resource.label_field],
        "name": [one.name for slot in (stage.registry.panels, stage.registry.print_templates) for one in stage.mine(slot.get(resource.name, ())) if not isinstance(one, Related)],
    }
    rest = [name for name in sorted(rule.arguments) if name not in ("package", "path", row)]
    (first, *_more) = [name for name in rest if name in many] or [""]
    for one in many.get(first, [""]):
        values = {**base, **({first: one} if first else {})}
        for name in rest:
            if name != first:
                values[name] = "accept" if name == "verb" else 1
        yield tuple(values.items()), row


def named(stage: Stage, rule: Rule, name: str) -> Any:
    """The resource whose record a hand-made address names: by its parameter (`quote_id`, `call_list`), else by its own words (`/sales/order/<int:row_id>`).
    Of core's, the parameter alone tells (`customer_id`)."""
    words = [name.removesuffix("_id"), *re.findall(r"/(\w+)", rule.rule)[1:2]]
    wanted = [*(f"{stage.subject.name}.{word}" for word in words), f"core.{words[0]}"]
    return next((stage.registry.resources[one] for one in wanted if one in stage.registry.resources), None)


class Caller:
    """Somebody puts questions: by a browser and by the programming interface. `nobody`: who is not signed in."""

    def __init__(self, stage: Stage, person: Person | None) -> None:
        self.stage = stage
        self.urls = stage.house.app.url_map.bind("localhost")
        app = stage.house.app
        self.browser: Browser = person.browser() if person is not None else Browser(app)
        self.program: Client = person.api() if person is not None else Client(app)
        self.cookies = dict(self.browser.http._cookies or {})

    def url(self, door: Door, row: int = MISSING) -> str:
        values = {**dict(door.values), **({door.row: row} if door.row else {})}
        return self.urls.build(door.endpoint, values, method=door.method)

    def __call__(self, door: Door, row: int = MISSING, sent: Mapping[str, Any] | None = None, asked: str = "") -> TestResponse:
        url = self.url(door, row) + asked
        self.browser.http._cookies = dict(self.cookies)  # a message for the next page is not for this one
        if not door.api:
            return self.browser(door.method, url, dict(sent or {}) if not door.safe else None)
        if door.endpoint == "api.put_file":
            return self.program(door.method, url.removeprefix("/api/v1"), file=("made.txt", b"made"))
        return self.program(door.method, url.removeprefix("/api/v1"), dict(sent or {}) if door.method in ("POST", "PATCH") else None)


def likeness(answer: TestResponse, row: int) -> tuple[int, str]:
    """An answer without the record that was asked for."""
    text = re.sub(rf"(/|%2F){row}(?!\d)", "/#", answer.get_data(as_text=True))
    return answer.status_code, re.sub(r'(name="form_key" value=")[^"]+', r"\1…", text)
