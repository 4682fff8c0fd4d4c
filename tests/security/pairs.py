"""Two houses that differ only in what somebody may not see, and the questions that are put to both of them (S2)."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from crm_core.data.session import current_work, writing
from crm_core.data.wall import UNSCOPED
from crm_core.features.approvals import api as approvals
from crm_core.features.approvals import running
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.features.customers.api import add_note
from crm_core.features.customers.tags import put
from crm_core.features.files import api as files
from crm_core.kernel import clock
from crm_core.resource import search, settings, shares
from crm_core.resource.search import Waiting
from tests.security.house import House
from tests.support.people import steady_headers
from tests.support.world import canary

# What is random in an answer: the key that makes a form that is sent twice one record.
_NONCE = re.compile(r'(name="form_key" value=")[^"]+')
# What a brief says on purpose: how much the house does there and when last (product 1.26), never what.
_BRIEF, _COUNTS = '<div class="brief">', re.compile(r'<dl class="nums">.*?</dl>', re.DOTALL)


@dataclass(frozen=True)
class Question:
    """A request, and whether the ids it makes are to be masked."""

    method: str
    path: str
    data: tuple[tuple[str, Any], ...] = ()
    api: bool = False
    body: Any = None


def answer(house: House, who: str, asked: Question) -> str:
    """Everything that comes back: status, headers, body."""
    if asked.api:
        found = house.client(who)(asked.method, asked.path, asked.body)
    else:
        data: Any = {}
        for name, value in asked.data:
            data.setdefault(name, []).append((io.BytesIO(value[1]), value[0]) if isinstance(value, tuple) else value)
        found = house.browser(who)(asked.method, asked.path, data or None)
        if asked.path.startswith("/import") and found.status_code == 303:  # the plan is what an import tells
            found = house.browser(who)("GET", found.headers["Location"])
    text = _NONCE.sub(r"\1…", found.get_data(as_text=True))
    if _BRIEF in text:
        return f"{found.status_code}\n{_COUNTS.sub('', text)}"
    if asked.method != "GET":
        text = re.sub(r"(/|%2F)(import|jobs|undo|core(?:/|%2F)[a-z]+)(/|%2F)\d+", r"\1\2\3#", text)
        text = re.sub(r'"(id|public_id)": ?("\w+"|\d+)', r'"\1": #', text)
        headers = re.sub(r"\d+", "#", str(steady_headers(found)))
        return f"{found.status_code}\n{headers}\n{text}"
    return f"{found.status_code}\n{steady_headers(found)}\n{text}\n{found.content_length}"


# --- the questions -----------------------------------------------------------------------------------------------------

WORDS = ["CANARY", "CANARYSUE", "CANARYNEW", "北京", "食品", "bj", "beijing", "65000", "6500", "010-65000002", "13900001111", "139", "sue@customers",
         "changed", "Changed Rep", "Rep", "张", "TASKX", "note", "zed", "sue", "a b"]


def questions(house: House, who: str) -> list[Question]:
    """GETs over lists, counts, search, pickers, command search, export, API, pages, history and the pages of the house."""
    found = [Question("GET", path) for path in (
        "/", "/notices", "/notices/bell", "/jobs", "/recycle", "/feeds", "/accesses", "/help?at=/core/customer/4", "/core/regions.json", "/api/v1/openapi.json", "/import?to=core.customer",
        "/import?to=core.contact", "/me", "/deliveries")]
    found += [Question("GET", f"/palette?q={quote(word)}") for word in ["", *WORDS]]
    everybody = "&".join(f"stop={number}" for number in range(1, 13))
    found += [Question("GET", f"/routes{more}") for more in (
        f"?day=2027-03-01&{everybody}", f"/print?day=2027-03-01&{everybody}", "?day=2027-03-01&stop=1&origin=customer&customer=4",
        "?day=2027-03-01&stop=1&origin=customer&customer__text=CANARYSUE")]
    for resource in house.world.site.registry.resources.values():
        found += _of(resource)
    return found


MAIN = ("core.customer", "core.customer.brief", "core.contact", "core.task", "core.user.brief")


def _of(resource: Any) -> Iterator[Question]:
    base = api = f"/{resource.package}/{resource.path}"
    main, customers = resource.name in MAIN, resource.name in MAIN[:2]
    yield Question("GET", f"/lookup/{resource.name}")
    if not resource.verbs or (resource.package == "bare" and resource.path != "thing"):
        return
    lists = ["", f"?columns={','.join(resource.all_fields)}", "/export?format=csv", *(["/print", "/export?format=jsonl", "/new"] if main else [])]
    yield from (Question("GET", base + more) for more in [*lists, "?sort=-updated_at"])
    sorts = {*resource.sort_keys(), "updated_at", "id", *(resource.all_fields if customers else ())}
    yield from (Question("GET", f"{api}?sort={sign}{name}", api=True) for name in sorted(sorts) for sign in (("", "-") if main else ("-",)))
    for word in WORDS if customers else WORDS[::5]:
        yield Question("GET", f"{api}?q={quote(word)}", api=True)
        yield Question("GET", f"/lookup/{resource.name}?q={quote(word)}")
        if word.startswith("CANARY"):
            yield Question("GET", f"{base}?q={quote(word)}")
    for name in resource.filters if main else ():
        field = resource.all_fields.get(name)
        for operator in field.operators if field is not None else ():
            yield from (Question("GET", f"{api}?{urlencode({f'{name}.{operator}': value})}", api=True) for value in _values(field, operator))
    yield from (Question("GET", f"{api}{more}", api=True) for more in ("?limit=1", "?sort=-updated_at&limit=2"))
    for row_id in range(1, 13) if customers else (1, 4, 5, 9) if main else (2,):
        yield Question("GET", f"{base}/{row_id}")
        yield Question("GET", f"{api}/{row_id}", api=True)
    if main and not resource.is_brief:  # what is drawn or counted from related records, and forms that show what stands there
        yield from (Question("GET", f"{base}?look=board&by={name}") for name in ("standing", "sex", "source"))
        yield from (Question("GET", f"{base}?look=calendar&span={span}&day=2026-11-23") for span in ("month", "agenda"))
        yield from (Question("GET", f"{base}/{row_id}/cell?field={name}") for row_id in (1, 4, 5) for name in ("phone", "name"))
        yield from (Question("GET", f"{api}?{urlencode({'f': json.dumps(tree)})}", api=True) for tree in TREES.get(resource.name, ()))
        yield from (Question("GET", f"{base}{more}") for more in ("/duplicates", "/merge?id=1&id=4", "/merge?id=4&id=5", "/1/split", "/4/split", "/5/split"))
    if resource.name == "core.customer":
        yield from (Question("GET", f"{base}/{row_id}/group") for row_id in (1, 4, 5))
    if customers or resource.name == "core.contact":
        yield from (Question("GET", f"{base}/{row_id}{more}") for row_id in (1, 4, 5, 11) for more in (
            "?tab=facts", "?tab=history", "?tab=core.contact", "?tab=core.task", "/edit", "/history/phone", "/history/name", "/print"))


_CANARY = {"field": "*", "op": "contains", "value": "CANARY"}
_ON_TIMELINE = {"has": "timeline", "where": {"field": "kind", "op": "any", "value": "note"}}
TREES: dict[str, list[Any]] = {
    "core.customer": [
        {"has": "core.contact:customer", "where": {"field": "mobile", "op": "filled"}}, {"not": {"has": "core.contact:customer", "where": {"has": "core.task:subject"}}},
        {"has": "core.task:subject"}, _ON_TIMELINE, {"has": "owner", "where": _CANARY}, {"has": "addresses"}, {"any": [{"field": "phone", "op": "filled"}, _CANARY]}],
    "core.contact": [
        {"has": "customer", "where": _CANARY}, {"has": "customer", "where": {"field": "phone", "op": "filled"}}, {"has": "customer", "where": {"has": "core.contact:customer"}},
        {"not": {"has": "customer", "where": {"field": "name", "op": "contains", "value": "CANARY"}}}, _ON_TIMELINE],
    "core.task": [{"has": "owner"}],
}


def _values(field: Any, operator: str) -> list[str]:
    if operator in ("empty", "filled", "me"):
        return ["1"]
    if operator == "within":
        return ["this-month"]
    if operator == "between":
        return ["2026-01-01,2027-01-01" if field.kind in ("date", "datetime") else "1,9"]
    words = {"ref": ["1", "4"], "choice": ["key"], "date": ["2026-11-23"], "datetime": ["2026-11-23"], "boolean": ["1"], "enum": ["company"],
             "integer": ["1"], "money": ["1"], "phone": ["65000", "1390000"], "email": ["sue"]}
    return words.get(field.kind, ["CANARY", "a"])


def acts(house: House, who: str) -> list[Question]:
    """What answers while it writes or refuses to: imports with rows that look like others' customers, doubles, foreign ids."""
    sue, world = house.records, house.world
    name = f"北京{canary('sue')}食品有限公司"
    rows = [f"{name},010-65000003,", f"{name},13900001111,", f"{name},,changed@example.com", f"{name},,sue@customers.example.com",
            f"北京{canary('new')}食品有限公司,010-65000003,", f"北京{canary('nobody')}食品有限公司,010-65000005,"]
    plan = "\n".join(["name,phone,email", *rows]).encode()
    codes = "\n".join(["code,name", *(f"KH-{n:06},Somebody {n}" for n in range(1, 20))]).encode()
    found = [Question("POST", f"/import?to={to}", (("file", ("rows.csv", text)),)) for to, text in (
        ("core.customer", plan), ("core.customer", codes), ("core.contact", b"customer,name,mobile\n" + name.encode() + b",Somebody,13800130003\n"))]
    ids = {"customer": sue["core.customer"]["sue"], "task": sue["core.task"]["sue"], "contact": sue["core.contact"]["sue"]}
    found += [
        Question("POST", "/core/customer/new", (("name", name), ("phone", "010-65000003"))),
        Question("POST", "/core/customer", api=True, body={"name": name}),
        Question("POST", "/core/contact", api=True, body={"name": "x", "customer": ids["customer"]}),
        Question("POST", "/core/task", api=True, body={"title": "x", "subject": "core.customer", "subject_id": ids["customer"]}),
        Question("POST", "/core/task", api=True, body={"title": "x", "owner": world.people["sue"]}),
        Question("POST", "/core/tag", api=True, body={"name": "Fair"}),
        Question("POST", "/core/customer/bulk/export", (("id", str(ids["customer"])), ("id", "1"))),
        Question("POST", "/core/customer/bulk/delete", (("id", str(ids["customer"])), ("id", "1"))),
        Question("POST", "/core/customer/bulk/edit", (("all", "1"),)),
        Question("POST", "/core/customer/count"), Question("POST", "/core/customer.brief/count"), Question("POST", "/core/contact/count"),
        Question("POST", "/core/customer/count", (("q", "CANARY"),)),
    ]
    for kind, row_id in ids.items():
        found += [Question(method, f"/core/{kind}/{row_id}", api=True, body={"name": "x"} if method == "PATCH" else None) for method in ("PATCH", "DELETE")]
        found += [Question("POST", f"/core/{kind}/{row_id}/{act}", (("name", "x"), ("version", "1"))) for act in ("edit", "delete", "draft", "do/done", "note", "task")]
    found += [Question("POST", f"/undo/{change}") for change in range(1, house.records["change"]["sue"] + 1, 7)]
    return found


# --- what the two differ in --------------------------------------------------------------------------------------------

# The age, and that a birthday is near, are told to those as well who may not know the date (tests/customers/test_ages.py),
# so birth dates are not among the hidden fields that differ.
Difference = Callable[[House], None]


def _of_house(house: House, name: str) -> Any:
    return house.world.site.registry.resource(name)


def more_records(house: House) -> None:
    """Foreign customers, contacts, notes and tasks that were not there."""
    world = house.world
    with world.as_("sue"):
        for number in range(3):
            (made,) = _of_house(house, "core.customer").write([{
                "name": f"北京{canary('new')}{number or ''}食品有限公司", "phone": "13900001111", "standing": "key", "region": 1,
                "addresses": [{"street": "new street"}]}])
            _of_house(house, "core.contact").write([{"name": f"张{canary('new')}", "customer": made, "mobile": "13900001111"}])
            add_note("core.customer", made, "note of a new one")
            _of_house(house, "core.task").write([{"title": "TASKX of a new one", "subject": "core.customer", "subject_id": made}])
            put(_of_house(house, "core.customer"), [made], ["Fair"])


def renamed(house: House) -> None:
    """The whole of a foreign customer changes, what a brief view shows too; another one goes."""
    world, mine = house.world, house.records["core.customer"]
    with world.as_("sue"):
        _of_house(house, "core.customer").write([{"id": mine["sue"], "name": f"上海{canary('new')}公司", "standing": "potential", "region": None}])
    with world.site.system("tests"):
        _of_house(house, "core.customer").delete([world.customers["nobody"]])
        _of_house(house, "core.user").write([{"login": "zed", "name": "Zed", "department": world.departments["south"]}])
    with world.site.system("tests"), writing() as session:  # two that are one now, among strangers
        table = _of_house(house, "core.customer").table
        session.execute(sa.update(table).where(table.c.id == world.customers["nobody"]).values(merged_into_id=mine["sue"]))


def of_sue(values: dict[str, Any]) -> Difference:
    """Some fields of a foreign customer get other values."""

    def write(house: House) -> None:
        with house.world.as_("sue"):
            _of_house(house, "core.customer").write([{"id": house.records["core.customer"]["sue"], **values}])

    return write


def details(house: House) -> None:
    """Of a foreign customer what no brief view shows; his contacts, notes, tasks and tags; and that it was changed at all."""
    world, mine = house.world, house.records
    with world.as_("sue"):
        customers = _of_house(house, "core.customer")
        for phone in ("13900001111", "13900002222"):
            customers.write([{"id": mine["core.customer"]["sue"], "phone": phone, "email": "changed@example.com", "note": "changed note",
                              "legal_representative": "Changed Rep", "postcode": "100000", "addresses": [{"street": "changed street"}]}])
        contacts = _of_house(house, "core.contact")
        contacts.write([{"id": mine["core.contact"]["sue"], "name": "李changed", "mobile": "13900001111"}])
        contacts.write([{"name": f"张{canary('new')}", "customer": mine["core.customer"]["sue"]}])
        add_note("core.customer", mine["core.customer"]["sue"], "changed note", mentions=[])
        put(customers, [mine["core.customer"]["sue"]], ["Fair"])


def reviews(house: House) -> None:
    """New customers and contacts wait for review from now on."""
    with house.world.site.system("tests"):
        settings.put(ReviewSettings, {"core-customer": "once", "core-contact": "twice"})


def waiting(house: House) -> None:
    """Ann enters what waits: a contact of a customer others read too, with a file, a customer, and its contact."""
    world, mine = house.world, house.records["core.customer"]["ann"]
    with world.as_("ann"):
        contacts = _of_house(house, "core.contact")
        (contact,) = contacts.write([{"name": f"张{canary('new')}", "customer": mine, "mobile": "13900001111", "main": True}])
        files.put("core.contact", contact, "card.txt", io.BytesIO(b"a card"))
        (customer,) = _of_house(house, "core.customer").write([{"name": f"北京{canary('new')}食品有限公司", "phone": "13900001111", "region": 1}])
        contacts.write([{"name": f"李{canary('new')}", "customer": customer}])


def flows(house: House) -> None:
    """Customers are handed in for approval, and changes of key ones need it."""
    with house.world.as_("root"):
        boss = [{"name": "", "who": "users", "users": [house.world.people["boss"]], "need": "any"}]
        approvals.draw("By hand", "core.customer", "submit", boss)
        approvals.draw("Changes", "core.customer", "update", boss, {"field": "standing", "op": "any", "value": "key"})


def handed_in(house: House) -> None:
    """Sue hands in what is hers, is asked about it and answered, and hands it in again."""
    customer = house.records["core.customer"]["sue"]
    with house.world.as_("sue"):
        number = approvals.submit("core.customer", customer, why="changed note")
    with house.world.as_("boss"):
        running.refuse(number, "changed note")
    with house.world.as_("sue"):
        approvals.submit("core.customer", customer, why="once more")


def doings(house: House) -> None:
    """What strangers do: tasks, jobs, imports, files, drafts, messages, deletions, and records that wait for the search."""
    world, mine = house.world, house.records
    tasks = _of_house(house, "core.task")
    from crm_core.kernel.jobs import later
    from crm_core.resource import drafts
    from crm_core.resource.exchange import running as importing

    with world.as_("sue"):
        tasks.run("done", [mine["core.task"]["sue"]])
        tasks.write([{"title": "TASKX changed"}])
        _of_house(house, "core.contact").delete([mine["core.contact"]["sue"]])
        drafts.save("core.customer:new", {"texts": {"name": "changed"}, "lines": {}})
        path = world.site.home / "foreign.csv"
        path.write_text("name\nChanged\n", "utf-8")
        importing.begin(_of_house(house, "core.customer"), "changed.csv", path)
        shared("sue", "bob")(house)
        _of_house(house, "core.customer").run("propose_deletion", [mine["core.customer"]["sue"]], {"why": "changed"})
        with writing():
            later("core.export", {"resource": "core.customer", "state": [], "format": "csv"}, label="changed")
            current_work().session.execute(sa.insert(Waiting), [{"resource": "core.customer", "record_id": mine["core.customer"]["sue"]}])


def shared(owner: str, colleague: str) -> Difference:
    """Somebody's customer is shared with a colleague for a time."""

    def write(house: House) -> None:
        with house.world.as_(owner):
            shares.put(_of_house(house, "core.customer"), [house.records["core.customer"][owner]], until=clock.today() + dt.timedelta(days=3),
                       why="away", user_id=house.world.people[colleague])

    return write


def together_gone(house: House) -> None:
    """A supervisor's one act deleted records of several people, this person's among them."""
    with house.world.as_("boss"):
        ids = [house.records["core.customer"][key] for key in ("ann", "bob", "sue", "team")]
        _of_house(house, "core.customer").delete(ids)


def alone_gone(house: House) -> None:
    with house.world.as_("boss"):
        _of_house(house, "core.customer").delete([house.records["core.customer"]["ann"], house.records["core.customer"]["bob"]])


HIDDEN = {
    "core.customer": {"phone": ("021-1234567", "021-7654321"), "mobile": ("13700000001", "13700000002"), "email": ("old@example.com", "new@example.com"),
                      "note": ("one note", "other note"), "legal_representative": ("One Rep", "Other Rep"), "postcode": ("100001", "100002"),
                      "website": ("one.example.com", "other.example.com"), "fax": ("021-1111111", "021-2222222"), "standing": ("key", "potential"),
                      "region_id": (1, 2), "industry_id": (1, 2), "source": ("web", "fair"), "size": ("small", "large"), "code": ("KH-000901", "KH-000902"),
                      "kind": ("company", "person")},
    "core.contact": {"phone": ("021-1234567", "021-7654321"), "mobile": ("13700000001", "13700000002"), "email": ("old@example.com", "new@example.com"),
                     "bio": ("one bio", "other bio"), "position_id": (1, 2),
                     "postcode": ("100001", "100002"), "sex": ("male", "female"), "salutation": ("mr", "ms"), "fax": ("021-1111111", "021-2222222")},
}


def hidden_fields(which: int) -> Difference:
    """Values of fields that hal's role hides from him, on his own records; with their history and their words in the search."""

    def put(house: House) -> None:
        world, site = house.world, house.world.site
        with site.system("tests"), writing() as session:
            for name, fields in HIDDEN.items():
                resource, row_id = site.registry.resource(name), house.records[name]["hal"]
                values = {column: pair[which] for column, pair in fields.items()}
                sets = ", ".join(f"{column} = :{column}" for column in values)
                keys = {f"{c}_key": re.sub(r"\D", "", values[c]) for c in ("phone", "mobile")}
                session.execute(sa.text(f"UPDATE {resource.table.name} SET {sets}, phone_key = :phone_key, mobile_key = :mobile_key WHERE id = :id"),
                                {**values, **keys, "id": row_id}, execution_options={UNSCOPED: "tests"})
                session.execute(sa.text("UPDATE core_history SET old = replace(old, 'FORMER', :word) WHERE resource = :r AND row_id = :id"),
                                {"word": f"FORMER{which}", "r": name, "id": row_id})
                session.execute(sa.text("UPDATE core_timeline SET data = replace(data, 'FORMER', :word) WHERE subject = :r AND subject_id = :id"),
                                {"word": f"FORMER{which}", "r": name, "id": row_id})
                search.index(resource, [row_id])
        assert world is not None

    return put
