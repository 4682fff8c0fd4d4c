"""S1: every route and method with everybody in every relation, compared with policy.toml.

(a) the status is what the policy says, and a record that is not for somebody is answered like one that does not exist;
(b) no mark of a record one may not read stands in the body or the headers; (c) a refusal leaves every row of the database
as it was, and so does a GET. Each answer carries the headers of S11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crm_core.access.doors import declared
from tests.security import policy
from tests.security.house import HELD, House
from tests.security.policy import Cell
from tests.security.watch import Watch, watched
from tests.support.people import check_headers, steady_headers
from tests.support.world import canary

PRE = "p" * 43
PAGE_PEOPLE = ["stranger", "ended", "disabled", "ann", "tom", "dora", "sue", "nora", "sven", "boss", "root", "audrey", "bea", "nobody"]
API_PEOPLE = ["stranger", "ended", "disabled", "narrow", *PAGE_PEOPLE[3:]]
KEYS = [*HELD, "missing"]
# Made by their forms: what must stand in them. `{key}` of a part is what it is part of.
FORMS: dict[str, dict[str, Any]] = {
    "core.customer": {"name": "Made"}, "core.contact": {"name": "Made", "customer": "core.customer"}, "core.task": {"title": "Made"}, "core.message": {"title": "Made", "hold": True},
    "core.mail": {"title": "Made", "receivers": "made@example.com", "hold": True}, "core.mail_account": {"name": "Made", "address": "made@example.com", "smtp_host": "127.0.0.1"},
    "core.user": {"name": "Made", "login": "made", "department": "core.department"}, "core.department": {"name": "Made", "parent": "core.department"},
    "core.team": {"name": "Made"}, "core.role": {"name": "Made", "code": "made"}, "core.region": {"name": "Made", "code": "990000"},
    "core.need": {"kind": "fair", "valid_from": "2026-11-01", "customer": "core.customer"}, "core.offering": {"name": "Made", "customer": "core.customer"},
    "core.profile_entry": {"topic": "market", "text": "Made", "as_of": "2026-11-01", "source": "Made", "customer": "core.customer"},
    "core.relation": {"kind": "partner", "other": "core.customer.brief", "customer": "core.customer"}, "core.completeness_rule": {"field": "fax"},
    "core.industry": {"name": "Made"}, "core.position": {"name": "Made"}, "core.special_day": {"day": "2031-05-01", "zh": "Made", "en": "Made"}, "core.tag": {"name": "Made"}, "core.note": {"body": "Made"},
    "core.paper": {"name": "Made", "use": "envelope"}, "core.print_template": {"name": "Made", "body": "Made"}, "core.mail_template": {"name": "Made", "title": "Made", "text": "Made"},
    "core.mailing": {"name": "Made", "wanted": "/core/customer"},
    "core.plan": {"title": "Made", "span": "month", "begins": "2026-11-01"}, "core.journal": {"day": "2026-11-19"},
    "core.appointment": {"title": "Made", "begins": "2026-11-19T02:00:00Z"}, "core.room": {"name": "Made"},
    "core.pool": {"name": "Made"}, "core.recommendation": {"name": "Made"}, "core.stand_in": {"substitute": "core.user.brief", "begins": "2026-11-24", "ends": "2026-11-25"}, "core.custom_field": {"zh": "造", "resource": "core.offering"},
    "core.webhook": {"name": "Made", "url": "https://crm.example.com/in", "resource": "core.offering"},
    "core.incoming": {"name": "Made", "resource": "core.offering", "mapping": "name = title"},
    "core.channel": {"name": "Made", "kind": "core.sms", "url": "https://sms.example.com/send"},
    "bare.thing": {"name": "Made"}, "bare.piece": {"name": "Made", "thing": "bare.thing"}, "bare.crumb": {"name": "Made", "piece": "bare.piece"},
    "bare.pointer": {"name": "Made"}, "bare.shelf": {"name": "Made"},
}
# What the parameters of an address are, where they are no record; and what is posted where a form must say something.
VALUES = {"width": 21_000, "height": 29_700, "action": "tag", "field": "name", "name": "x", "place": 1, "act_name": "export", "secret": "x" * 43, "answer": "agree", "switch": "on", "which": "flow", "kind": "customer", "number": 1, "rule_id": 1, "alarm_id": 1, "verb": "decline", "token": "1-" + "0" * 32}
SENT: dict[str, Callable[[House, Cell], dict[str, Any]]] = {
    "POST tasks.later": lambda _h, _c: {"days": "1"},
    "POST calendar.shows": lambda _h, _c: {"shows": "open"},
    "POST home.arrange": lambda _h, _c: {"order": "|"},
    "POST pages.bulk_act": lambda house, _c: {"all": "1"},
    "POST pages.act": lambda _h, _c: {"tags": "1"},
    "POST pages.check": lambda _h, _c: {"field": "phone", "value": "010-65529988"},
    "POST pages.keep_columns": lambda _h, _c: {"column": "name"},
    "POST pages.draft": lambda _h, _c: {"name": "Drafted"},
    "POST pages.draft_new": lambda _h, _c: {"name": "Drafted"},
    "POST customers.note": lambda _h, _c: {"text": "written"},
    "POST customers.compose": lambda _h, _c: {"text": "begun"},
    "POST customers.task": lambda _h, _c: {"title": "to do"},
    "POST customers.change_note": lambda _h, _c: {"text": "changed"},
    "POST customers.handle_note": lambda _h, _c: {"handling": "done", "result": "settled"},
    "POST people.account": lambda _h, cell: {"name": cell.who.title()},
    "POST people.change_password": lambda _h, _c: {"old": "wrong", "password": "a horse of another colour", "again": "a horse of another colour"},
    "POST people.sign_in_post": lambda _h, _c: {"name": "ann", "password": "wrong"},
    "POST people.preferences": lambda _h, _c: {"theme": "dark"},
}
EVERYBODY = "&".join(f"stop={number}" for number in range(1, 13))  # customers of all of them
ASKED = {"GET pages.filter_form": "field=name", "GET pages.palette": "q=CANARY", "GET pages.lookup": "q=CANARY", "GET pages.dates": "q=tomorrow",
         "GET pages.index": "q=CANARY", "GET routes.show": EVERYBODY, "GET routes.paper": EVERYBODY, "POST imports.take": "to=core.customer"}


def test_every_route_has_its_line(house: House) -> None:
    """What is served and what the policy speaks of are the same."""
    served = {f"{method} {rule.endpoint}" for rule in house.app.url_map.iter_rules() for method in (rule.methods or ()) - {"HEAD", "OPTIONS"}}
    assert served - set(policy.table()["routes"]) == set(), "no line in tests/security/policy.toml"
    assert set(policy.table()["routes"]) - served == set(), "a line for what is not served"


def test_every_resource_has_its_line(house: House) -> None:
    """A resource nobody is granted in the policy is one that it forgot."""
    said = {kind for mine in policy.table()["may"].values() for kind in mine} | set(policy.table()["part"]) | set(policy.table()["faceless"]["names"])
    assert set(house.world.site.registry.resources) - said == set(), "no line in tests/security/policy.toml"
    unmade = {kind for kind in said if kind in house.world.site.registry.resources and policy.offered(kind, "create")} - set(FORMS)
    assert unmade - set(policy.table()["faceless"]["names"]) == set(), "no form in FORMS of tests/security/test_matrix.py"


# --- the cells ---------------------------------------------------------------------------------------------------------


def kinds(house: House) -> list[str]:
    return [*house.world.site.registry.resources, "core.nothing"]


def cells(house: House, who: str, api: bool) -> Iterator[Cell]:
    out = who in policy.table()["out"]
    for route, rule in policy.table()["routes"].items():
        if route.partition(" ")[2].startswith("api.") is not api:
            continue
        if rule["on"] == "list" and route not in ("GET imports.upload", "POST imports.take"):
            yield from (Cell(who, route, kind) for kind in (kinds(house) if rule.get("wide") and not out else ["core.customer"]))
        elif rule["on"] == "record":
            yield from (Cell(who, route, "core.customer", key) for key in (KEYS if not out else ["sue"]))
            if rule.get("wide") and not out:
                for kind in kinds(house):
                    if kind != "core.customer":
                        held = [k for k in house.records.get(kind, {}) if k != "hal" and not k.endswith("merged")]
                        yield from (Cell(who, route, kind, key) for key in ([*held, "missing"] if held else ["missing"]))
        elif rule["on"] == "lookup":
            yield from (Cell(who, route, kind) for kind in (kinds(house) if not out else ["core.customer"]) if not kind.endswith(".brief"))
        elif rule["on"] in ("signed in", "public", "only", "list"):
            yield Cell(who, route, "core.customer", "sue" if api else "")
        else:
            held = {**house.records.get(rule["on"], {}), **{k.partition(":")[2]: 0 for k in house.names if k.startswith(f"{rule['on']}:")}}
            yield from (Cell(who, route, rule["on"], key) for key in ([*held, "missing"] if not out else [min(held)]))


class Caller:
    """Puts the question of a cell to the application."""

    def __init__(self, house: House, who: str, *, api: bool) -> None:
        self.house, self.who = house, who
        self.urls = house.app.url_map.bind("localhost")
        way = {"stranger": "", "narrow": "ann"}.get(who, who)
        if api:
            self.client = house.client({"ended": "over", "narrow": "narrow"}.get(who, way))
        else:
            self.browser, self.secret = house.browser(way), house.secrets.get(way, "")
            if who in policy.table()["out"]:  # the token a page would have given him, bound to the cookie it came with
                self.browser.token = house.world.site.keys.sign("csrf", "before:" + PRE)

    def _cookies(self) -> None:
        """Those he came with: no answer leaves another behind (a message for the next page, a new session)."""
        self.browser.http._cookies.clear()
        for name, value in (("pre", PRE), ("sid", self.secret)):
            if value:
                self.browser.http.set_cookie(name, value)

    def url(self, cell: Cell) -> str:
        method, endpoint = cell.route.split()
        rules = [r for r in self.house.app.url_map.iter_rules(endpoint) if method in (r.methods or ())]
        values: dict[str, Any] = {}
        package, _dot, path = cell.kind.partition(".")
        for name in rules[0].arguments:
            if name in ("package", "path"):
                values[name] = {"package": package, "path": path}[name]
            elif name.endswith("_id"):
                key = cell.key or "missing"  # of what is nobody's record, none
                values[name] = self.house.id(cell.kind, key) if cell.kind in self.house.records or key == "missing" else key
                if name == "public_id":
                    values[name] = "f" * 32 if cell.key == "missing" else self.house.id(cell.kind, cell.key)
            else:
                values[name] = cell.kind if endpoint == "pages.lookup" else VALUES[name]
        asked = ASKED.get(cell.route, "")
        return self.urls.build(endpoint, values, method=method) + (f"?{asked}" if asked else "")

    def form(self, cell: Cell) -> dict[str, Any]:
        """What is typed into a form: the name, and of parts what they belong to (something of his own if there is any)."""
        found = {}
        wanted = FORMS.get(cell.kind.removesuffix(".brief"), {"name": "Made"})
        for name, value in wanted.items() if cell.rule.get("act") == "create" else [*wanted.items()][:1]:
            if value in self.house.records:
                own = policy.keys(self.who, value, "update") or policy.keys(self.who, value, "read") or set()
                own &= set(self.house.records[value])
                pick = max if name == "other" else min  # what it is related to is another one
                value = self.house.id(value, cell.key if cell.key in own and pick is min else pick(own, default="missing"))
            found[name] = value
        return found

    def __call__(self, cell: Cell) -> TestResponse:
        method, url = cell.route.split()[0], self.url(cell)
        if cell.api:
            if cell.route in ("POST api.put_file", "POST api.put_version"):
                return self.client(method, url.removeprefix("/api/v1"), file=("made.csv", b"name\nMade\n"))
            body = {"tags": [1]} if cell.rule.get("act") == "tag" else self.form(cell) if method in ("POST", "PATCH") and "act" in cell.rule else None
            return self.client(method, url.removeprefix("/api/v1"), body)
        data = None
        if method != "GET":
            writing = cell.rule.get("act") in ("create", "update") and cell.route.partition(" ")[2].startswith("pages.")
            data = SENT[cell.route](self.house, cell) if cell.route in SENT else self.form(cell) if writing else {}
            if cell.route in ("POST pages.change", "POST pages.resolve"):
                data["version"] = self._version(cell)
        if cell.route in ("POST imports.take", "POST files_on_records.put", "POST files_on_records.version"):
            import io

            data = {"file": (io.BytesIO(b"name\nMade\n"), "made.csv")}
        headers = {"Accept": "application/json"} if cell.rule.get("wide") and cell.kind != "core.customer" else {}
        self._cookies()
        return self.browser(method, url, data, **headers)

    def _version(self, cell: Cell) -> int:
        resource = self.house.world.site.registry.resources.get(cell.kind)
        if resource is None or cell.key == "missing" or cell.key not in self.house.records.get(cell.kind, {}):
            return 1
        with self.house.world.site.system("tests"):
            row = resource.system_row(self.house.id(cell.kind, cell.key))
        return int(row.version) if row is not None else 1


# --- what is looked at -------------------------------------------------------------------------------------------------

_MARK = re.compile(r"(CANARY|TASKX|THINGX|NOTEX|NOTICEX|JOBX|IMPORTX|FILEX)([A-Z0-9]+(?:-GONE)?)")
_OURS = {"HARBOUR": "team", "SUEDELETED": "sue-gone", "ANNDELETED": "ann-gone", "SUEMERGED": "sue-merged", "ANNMERGED": "ann-merged",
         "ANN2": "ann", "NOBODY": "sue"}  # two more of the company: one of ann's, one that nobody holds, in south


def leaks(cell: Cell, answer: TestResponse) -> list[str]:
    """Marks in an answer of what this person may not know."""
    text = "\n".join([answer.get_data(as_text=True), *map(str, answer.headers)])
    for kind, name in (("core.customer", "北京{}食品有限公司"), ("bare.thing", "thing of {}")):
        for key in policy.keys(cell.who, f"{kind}.brief", "read") or ():
            text = re.sub(name.format({"core.customer": f"(?:{'|'.join(names(key))})", "bare.thing": f"THINGX{key.upper()}"}[kind]), "", text)
    return sorted({m[0] for m in _MARK.finditer(text) if not knows(cell, m[1], _OURS.get(m[2], m[2].lower()))})


def names(key: str) -> list[str]:
    """The marks of the customers that stand in one relation to everybody."""
    return [canary({"team": "harbour"}.get(key, key)), *(canary(k.lower()) for k, ours in _OURS.items() if ours == key)]


def knows(cell: Cell, what: str, key: str) -> bool:
    who = policy.SELF.get(cell.who, cell.who)
    if what == "TASKX":  # what was told stays told: to who has it, on the time line of what it is about
        key = key.removesuffix("-gone")
    if key.endswith("gone"):
        return cell.route == "GET house.bin_page" and key in policy.table()["bin"].get(cell.who, "").split()
    if what in ("NOTICEX", "FILEX"):
        return key == who
    if what in ("JOBX", "IMPORTX"):
        return key == who or cell.who in ("root", "audrey")
    kind = "bare.thing" if what == "THINGX" else "core.customer"  # a time line with its notes and tasks is read with its record
    return key in (policy.keys(cell.who, kind, "read") or ()) or (what == "TASKX" and key in (policy.keys(cell.who, "core.task", "read") or ()))


def likeness(cell: Cell, url: str, answer: TestResponse) -> tuple[Any, ...]:
    """An answer without the address that was asked for."""
    path = url.partition("?")[0]
    text = answer.get_data(as_text=True)
    for form in (path, path.replace("/", "%2F")):
        text = text.replace(form, "…")
    headers = [(k, v.replace(path, "…")) for k, v in steady_headers(answer)]
    return answer.status_code, text, sorted(headers)


def walk(house: House, watch: Watch, who: str, *, api: bool, only: Callable[[Cell], bool] = lambda _cell: True) -> list[str]:
    """Every cell of one person by one kind of door; what is not as it should be, a sentence each."""
    ask, wrong, missing, count = Caller(house, who, api=api), [], {}, 0
    for cell in filter(only, cells(house, who, api)):
        if who == "tom" and cell.kind == "core.relation" and cell.rule.get("act") == "create":
            continue  # he knows one customer alone, and that is nothing to itself
        url = ask.url(cell)
        answer, wanted = ask(cell), policy.expected(cell)
        said = f"{cell.who} {cell.route} {cell.kind} {cell.key} ({url})"
        count += 1
        if answer.status_code != wanted and not (wanted == 404 and cell.kind in policy.table()["faceless"]["names"] and answer.status_code == 403):
            wrong.append(f"{said}: {answer.status_code}, not {wanted}")
        wrong += [f"{said}: {mark} stands in the answer" for mark in leaks(cell, answer)]
        check_headers(answer)
        change = watch.touched()
        refused = answer.status_code >= 400 or wanted != answer.status_code
        if change and (refused or cell.route.startswith("GET")) and watch.digest() != watch.whole:
            wrong.append(f"{said}: {answer.status_code}, but the database changed: {change}")
        if change:
            watch.restore()
        if cell.rule["on"] not in ("list", "signed in", "public", "only", "lookup"):
            group = (cell.route, cell.kind)
            if cell.key == "missing":
                for other, found in missing.pop(group, []):
                    if found != likeness(cell, url, answer):
                        wrong.append(f"{other}: is not answered like a record that does not exist")
            elif answer.status_code == 404 and policy.foreign(cell):
                missing.setdefault(group, []).append((said, likeness(cell, url, answer)))
    assert not missing, "nobody asked for one that does not exist"
    assert watch.digest() == watch.whole, "something changed that nobody noticed"
    assert count > 0
    return wrong


def test_there_are_many_cells(house: House) -> None:
    asked = [len(list(cells(house, who, api))) for api, people in ((False, PAGE_PEOPLE), (True, API_PEOPLE)) for who in people]
    assert sum(asked) > 11_000


@pytest.mark.parametrize("who", PAGE_PEOPLE)
def test_pages(house: House, watch: Watch, who: str) -> None:
    wrong = walk(house, watch, who, api=False)
    assert not wrong, "\n".join([f"{len(wrong)} cells", *wrong])


@pytest.mark.parametrize("who", API_PEOPLE)
def test_api(house: House, watch: Watch, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_core.api.door.FAILURES", 10**9)  # tokens that are over are tried with every request
    wrong = walk(house, watch, who, api=True)
    assert not wrong, "\n".join([f"{len(wrong)} cells", *wrong])


def test_a_cookie_opens_nothing_of_the_api(house: House) -> None:
    """Whoever is signed in may read the document that describes it, and nothing else; the signed link that ends mails asks for no person."""
    browser, nobody = house.browser("root"), house.app.test_client()
    for rule in house.app.url_map.iter_rules():
        if (declared(house.app, rule.endpoint) or ("",))[0] == "token" and rule.endpoint != "api.openapi":
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                url = rule.rule.replace("<package>/<path>", "core/customer").replace("<int:row_id>", "1").replace("<action>", "done")
                wanted = nobody.open(url, method=method).status_code if rule.endpoint == "api.stop_mails" else 401
                assert browser(method, url).status_code == wanted, f"{method} {url}"


@pytest.mark.parametrize("who", ["ann", "nora", "bea", "audrey"])
def test_a_part_of_it_on_postgresql(postgres_house: House, who: str) -> None:
    """What is refused or only read, with the customers alone: the gate speaks both languages, the rest is the same code."""

    def reading(cell: Cell) -> bool:
        return cell.kind == "core.customer" and (policy.expected(cell) >= 400 or cell.route.startswith("GET"))

    with watched(postgres_house) as watch:
        assert walk(postgres_house, watch, who, api=False, only=reading) == []
        assert walk(postgres_house, watch, who, api=True, only=reading) == []
