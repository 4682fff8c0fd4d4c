"""S6: a field that a rule hides from somebody is not there, by whatever door he comes; one that he may only read stays.

Each field of each resource for itself: with a rule on it, on a record of his own, with a value nobody else has and with a
former one. For its name every door answers as for a name that does not exist.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from crm_core.data.session import current_work
from tests.security.house import House
from tests.security.watch import Watch
from tests.support.worlds import Browser, Client

RESOURCES = ("core.customer", "core.contact", "core.task", "bare.thing")
SCOPE = {"owner", "department", "team"}  # rights hang on them: their values are not changed here
PLAIN = {"name", "line", "note", "phone", "email", "url", "integer", "money", "date", "time"}  # shown as nothing else is


@dataclass
class Case:
    """One field of one resource, hidden from hal or read-only for him, and the values it has had."""

    house: House
    resource: Any
    field: Any
    row: int
    change: int  # hal's own, made before the rule was
    now: Any = None
    before: Any = None

    @property
    def browser(self) -> Browser:
        return self.house.browser("hal")

    @property
    def client(self) -> Client:
        return self.house.client("hal")

    @property
    def base(self) -> str:
        return f"/{self.resource.package}/{self.resource.path}"

    @property
    def marks(self) -> list[str]:
        """What an answer must not hold: its values as they are shown, typed and kept."""
        if self.field.kind not in PLAIN or self.now is None:
            return []
        with self.house.world.as_("hal"):
            found = {str(show(value)) for value in (self.now, self.before) for show in (self.field.show, self.field.text, self.field.dump)}
        return [mark for mark in found if len(mark) > 3]

    def stored(self) -> Any:
        with self.house.world.site.system("tests"):
            return getattr(self.resource.system_row(self.row), self.field.column)


def value(house: House, field: Any, number: int) -> Any:
    """A value that stands nowhere else; None where there is no other."""
    name = field.name.replace("_", "")
    if field.name in SCOPE or field.readonly:
        return None
    with house.world.site.system("tests"):
        options = [code for code, _word in field.options()] if hasattr(field, "options") else []
    chosen = options[number % len(options)] if options else None
    if field.name == "credit_code":
        return ("91350100M000100Y43", "91110000600037341L")[number % 2]
    return {
        "name": f"Zq{name}{number}", "line": f"Zq{name}{number}", "note": f"Zq{name}{number}", "phone": f"021-68{len(name):03}{number + 731:03}",
        "email": f"zq{name}{number}@example.com", "url": f"www.zq{name}{number}.example.com", "integer": 120 + number, "money": 7_654_321 + number,
        "date": dt.date(1987, 3, 4 + number), "datetime": dt.datetime(1987, 3, 4 + number, tzinfo=dt.UTC), "boolean": bool(number), "time": f"04:3{number}",
        "choice": chosen, "choices": [chosen], "enum": field.load(chosen) if chosen and field.kind == "enum" else None,
        "ref": number if getattr(field, "target", "") in ("core.region", "core.industry", "core.position") else None,
    }.get(field.kind)


def fields_of(resource: Any) -> list[str]:
    return [name for name in resource.all_fields if name not in (resource.label_field, "subject", "subject_id", "customer")]


def case(house: House, resource: Any, field_name: str, rule: str) -> Case:
    """His record with two values of the field after each other, then the rule."""
    world = house.world
    hal = world.people["hal"]
    _execute(house, "DELETE FROM core_field_rule WHERE role_id = :r", r=world.roles["hal"])
    for permission in ("bare.*", "core.contact.*", "core.customer.*", "core.task.*"):
        _execute(house, "INSERT INTO core_grant (role_id, permission, scope, public_id, version, created_at, updated_at) "
                        "VALUES (:r, :p, 'own', lower(hex(randomblob(16))), 1, :now, :now)", r=world.roles["hal"], p=permission, now="2026-11-23 03:00:00.000000")
    world.changed()
    found = resource.all_fields[field_name]
    values = [value(house, found, 1), value(house, found, 2)]
    with world.as_("hal") as work:
        row = _record(house, resource, hal)
        for one in values:
            if one is not None:
                resource.write([{"id": row, field_name: one, **({"due": dt.date(2026, 12, 1)} if found.kind == "time" else {})}])
        change = work.session.connection().exec_driver_sql("SELECT max(id) FROM core_change").scalar_one()
    _execute(house, "INSERT INTO core_field_rule (role_id, resource, field, rule, public_id, version, created_at, updated_at) "
                    "VALUES (:r, :n, :f, :rule, lower(hex(randomblob(16))), 1, :now, :now)",
             r=world.roles["hal"], n=resource.name, f=field_name, rule=rule, now="2026-11-23 03:00:00.000000")
    world.changed()
    return Case(house, resource, found, row, change, values[1], values[0])


def _record(house: House, resource: Any, hal: int) -> int:
    if resource.name in house.records and "hal" in house.records[resource.name]:
        return house.records[resource.name]["hal"]
    more = {"core.task": {"subject": "core.customer", "subject_id": house.records["core.customer"]["hal"]}}.get(resource.name, {})
    (made,) = resource.write([{resource.label_field: "of hal", **more}])
    return int(made)


def _execute(house: House, sql: str, **values: Any) -> None:
    import sqlalchemy as sa

    with house.world.site.system("tests"):
        from crm_core.data.session import writing

        with writing():
            current_work().session.execute(sa.text(sql), values)


# --- what is looked at -------------------------------------------------------------------------------------------------


def hidden(one: Case) -> Iterator[str]:
    """What is wrong with a hidden field, a sentence each."""
    name, browser, client, base = one.field.name, one.browser, one.client, one.base
    with one.house.world.as_("hal"):
        called = one.resource.title(one.resource.get(one.row))
    pages = [base, f"{base}?columns={one.resource.label_field},{name}", f"{base}/{one.row}", f"{base}/{one.row}?tab=facts", f"{base}/{one.row}?tab=history",
             f"{base}/{one.row}/edit", f"{base}/{one.row}/print", f"{base}/print", f"{base}/new", f"{base}/export?format=csv", f"{base}/export?format=jsonl",
             f"/lookup/{one.resource.name}", "/", f"/palette?q={quote(called)}", "/core/customer", f"/core/customer/{one.house.records['core.customer']['hal']}",
             f"/core/customer/{one.house.records['core.customer']['hal']}?tab={one.resource.name}",
             f"/routes?day=2027-03-01&stop={one.house.records['core.customer']['hal']}"]
    for page in pages:
        answer = browser("GET", page)
        text = answer.get_data(as_text=True)
        if answer.status_code != 200:
            yield f"GET {page}: {answer.status_code}"
        yield from (f"GET {page}: {mark} stands there" for mark in one.marks if mark in text)
        if f'name="{name}"' in text and page.endswith(("/edit", "/new")):
            yield f"GET {page}: the form has it"
    for operator in one.field.operators:
        yield from unlike_unknown(one, f"{base}?{name}.{operator}=1", f"{base}?nosuchfield.{operator}=1", "nosuchfield")
    yield from unlike_unknown(one, f"{base}?sort={name}", f"{base}?sort=nosuchfield", "nosuchfield")
    yield from unlike_unknown(one, f"{base}/filter?field={name}", f"{base}/filter?field=nosuchfield", "nosuchfield")
    yield from unlike_unknown(one, f"{base}/{one.row}/history/{name}", f"{base}/{one.row}/history/nosuchfield", "nosuchfield")
    item = client("GET", f"{base}/{one.row}").json
    if name in item or any(name in entry for entry in client("GET", base).json["items"]):
        yield "API: the member is there"
    for mark in one.marks:
        if client("GET", f"{base}?q={quote(mark)}").json["items"] or mark in _echoed(browser("GET", f"/palette?q={quote(mark)}").json):
            yield f"search: {mark} finds it"
        if browser("GET", f"/lookup/{one.resource.name}?q={quote(mark)}").json["hits"]:
            yield f"picker: {mark} finds it"
    if name in client("GET", "/openapi.json").json["components"]["schemas"][one.resource.name]["properties"]:
        yield "OpenAPI: the schema has it"
    header = browser("GET", f"{base}/export?format=jsonl").text.splitlines()[0]
    if name in json.loads(header):
        yield "export: the column is there"
    yield from written(one, 1)


def _echoed(palette: Any) -> str:
    """What the command search says beside the question itself."""
    return json.dumps(palette["groups"], ensure_ascii=False)


def unlike_unknown(one: Case, url: str, unknown: str, word: str) -> Iterator[str]:
    name = one.field.name
    for ask in (one.browser, one.client) if "/filter" not in url and "/history" not in url else (one.browser,):
        left, right = ask("GET", url), ask("GET", unknown)
        said = right.get_data(as_text=True).replace(word, name)
        if left.status_code not in (400, 404) or (left.status_code, left.get_data(as_text=True)) != (right.status_code, said):
            yield f"GET {url}: is not answered like an unknown name ({left.status_code}, {right.status_code})"


def written(one: Case, number: int) -> Iterator[str]:
    """By no door does the value change."""
    kept, name, base = one.stored(), one.field.name, one.base
    other = value(one.house, one.field, number)
    sent = one.field.dump(other) if other is not None else one.house.world.people["sue"]
    text = str(sent) if not isinstance(sent, list) else sent[0]
    with one.house.world.site.system("tests"):
        version = one.resource.system_row(one.row).version
    answer = one.client("PATCH", f"{base}/{one.row}", {name: sent})
    if answer.status_code != 422 or [f["pointer"] for f in answer.json["errors"]] != [f"#/{name}"]:
        yield f"PATCH: {answer.status_code} {answer.get_data(as_text=True)[:120]}"
    answer = one.client("POST", base, {one.resource.label_field: "made", name: sent, **({"customer": 1} if one.resource.name == "core.contact" else {})})
    if answer.status_code != 422 or f"#/{name}" not in [f["pointer"] for f in answer.json["errors"]]:
        yield f"POST: {answer.status_code}"
    one.browser("POST", f"{base}/{one.row}/edit", {one.resource.label_field: "of hal", name: text, "version": str(version)})
    one.browser("POST", f"{base}/{one.row}/resolve", {one.resource.label_field: "of hal", name: text, "version": "1", f"pick-{name}": "theirs", f"theirs-{name}": text})
    for act in ("edit", "assign"):
        one.browser("POST", f"{base}/bulk/{act}", {"id": str(one.row), "go": "1", "field": name, "value": text, name: text})
    one.browser("POST", f"{base}/{one.row}/draft", {name: text})
    one.browser("POST", f"/undo/{one.change}")
    yield from _imported(one, text)
    if one.stored() != kept and name not in ("updated_at", "updated_by"):
        yield f"it was written: {kept!r} became {one.stored()!r}"


def _imported(one: Case, text: str) -> Iterator[str]:
    if not one.resource.importable:
        return
    heading = f"{one.resource.label_field},{one.field.label},public_id".encode()
    with one.house.world.site.system("tests"):
        public = one.resource.system_row(one.row).public_id
    sent = one.browser("POST", f"/import?to={one.resource.name}", {"file": (io.BytesIO(heading + f"\nof hal,{text},{public}\n".encode()), "rows.csv")})
    if sent.status_code != 303:
        yield f"import: {sent.status_code}"
        return
    where = sent.headers["Location"]
    page = one.browser("GET", where).text
    if f'<option value="{one.field.name}"' in page:
        yield "import: it is offered"
    one.browser("POST", where, {"col-0": one.resource.label_field, "col-1": one.field.name, "col-2": "public_id", "_do": "start"})
    from crm_core.kernel import runner

    while runner.run_one(one.house.world.site):
        pass


@pytest.mark.parametrize("name", RESOURCES)
def test_a_hidden_field_is_not_there(house: House, watch: Watch, name: str) -> None:
    wrong, resource = [], house.world.site.registry.resource(name)
    for field_name in fields_of(resource):
        watch.restore()
        one = case(house, resource, field_name, "hidden")
        wrong += [f"{name}.{field_name}: {sentence}" for sentence in hidden(one)]
    watch.restore()
    assert wrong == []


@pytest.mark.parametrize("name", RESOURCES)
def test_a_read_only_field_stays(house: House, watch: Watch, name: str) -> None:
    wrong, resource = [], house.world.site.registry.resource(name)
    for field_name in fields_of(resource):
        watch.restore()
        one = case(house, resource, field_name, "readonly")
        if field_name not in one.client("GET", f"{one.base}/{one.row}").json:
            wrong.append(f"{name}.{field_name}: cannot be read")
        wrong += [f"{name}.{field_name}: {sentence}" for sentence in written(one, 1)]
    watch.restore()
    assert wrong == []


DOORS = ["/export", "?columns=", "tab=facts", "/edit", "/print", "sort=", "history", "search", "API", "OpenAPI", "PATCH", "written", "import"]


@pytest.mark.parametrize(("name", "field", "doors"), [("core.customer", "legal_representative", DOORS), ("core.contact", "email", ["picker"]),
                                                      ("core.contact", "mobile", ["/palette"])])
def test_without_the_rule_all_of_it_is_noticed(
    house: House, watch: Watch, monkeypatch: pytest.MonkeyPatch, name: str, field: str, doors: list[str]
) -> None:
    """Negative control: nobody is bound by a rule."""
    from crm_core.access.actor import Actor

    watch.restore()
    one = case(house, house.world.site.registry.resource(name), field, "hidden")
    monkeypatch.setattr(Actor, "rule", lambda *_whatever: None)
    found = " ".join(hidden(one))
    watch.restore()
    assert [door for door in doors if door not in found] == [], "nobody looks there"
