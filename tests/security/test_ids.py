"""S4: an id that is not for somebody is like one that does not exist, wherever it stands in a request.

Each request is sent twice to the same house: with the id of a stranger's record and with one that nobody has. Answer and
database must then be the same but for the two numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import current_work, writing
from tests.security.house import MISSING, House
from tests.security.watch import Watch
from tests.support.people import steady_headers

WHO = "dora"  # she has customers and tasks of her own, and knows nothing of others', not even in brief


@dataclass(frozen=True)
class Swap:
    """A request with a place for an id: `#` (and `§`, one of her own) in path and values, an integer in JSON."""

    method: str
    path: str
    kind: str
    data: tuple[tuple[str, str], ...] = ()
    body: Any = None

    def send(self, house: House, row_id: int, own: int) -> tuple[int, str, str]:
        def put(text: str) -> str:
            return text.replace("#", str(row_id)).replace("§", str(own))

        if self.body is not None or self.path.startswith("api:"):
            text = put(json.dumps(self.body)).replace(f'"{row_id}"', str(row_id)).replace(f'"{own}"', str(own))
            found = house.client(WHO)(self.method, put(self.path.removeprefix("api:")), json.loads(text))
        else:
            data: dict[str, list[str]] = {}
            for name, value in self.data:
                data.setdefault(put(name), []).append(put(value))
            found = house.browser(WHO)(self.method, put(self.path), data or None)
        return found.status_code, str(steady_headers(found)), found.get_data(as_text=True)


C = "/core/customer"
SWAPS = [
    # parents and references, in forms, addresses and bodies
    Swap("GET", "/core/contact/new?customer=#", "core.customer"),
    Swap("POST", "/core/contact/new", "core.customer", (("name", "x"), ("customer", "#"))),
    Swap("POST", "api:/core/contact", "core.customer", body={"name": "x", "customer": "#"}),
    Swap("PATCH", "api:/core/contact/§", "core.customer", body={"customer": "#"}),
    Swap("GET", "/core/contact?customer.any=#", "core.customer"),
    Swap("GET", "/core/contact?customer.any=§,#", "core.customer"),
    Swap("GET", "/core/contact/filter?field=customer&old=customer.any&customer.any=#", "core.customer"),
    Swap("GET", "api:/core/contact?customer.none=#", "core.customer"),
    Swap("GET", "/core/contact/export?format=csv&customer.any=#", "core.customer"),
    Swap("GET", "/core/task/new?subject=core.customer&subject_id=#", "core.customer"),
    Swap("POST", "/core/task/new", "core.customer", (("title", "x"), ("subject", "core.customer"), ("subject_id", "#"))),
    Swap("POST", "api:/core/task", "core.customer", body={"title": "x", "subject": "core.customer", "subject_id": "#"}),
    Swap("GET", "/core/task?subject.eq=core.customer&subject_id.eq=#", "core.customer"),
    Swap("GET", f"{C}/§?tab=core.contact&customer.any=#", "core.customer"),
    Swap("POST", "api:/core/customer", "core.department", body={"name": "x", "department": "#"}),
    Swap("PATCH", f"api:{C}/§", "core.department", body={"department": "#"}),
    Swap("POST", "api:/core/customer", "core.user", body={"name": "x", "owner": "#"}),
    Swap("PATCH", f"api:{C}/§", "core.user", body={"owner": "#"}),
    Swap("POST", f"{C}/§/edit", "core.user", (("name", "x"), ("owner", "#"), ("version", "99"))),
    Swap("GET", f"{C}?owner.any=#", "core.user"),
    Swap("POST", f"{C}/§/note", "core.user", (("text", "to @Sue"), ("mention", "#"))),
    Swap("POST", f"{C}/§/task", "core.user", (("title", "x"), ("receiver", "#"))),
    # lines: of another record, in a form and in a body
    Swap("PATCH", f"api:{C}/§", "core.address", body={"addresses": [{"id": "#", "street": "mine now"}]}),
    Swap("POST", f"{C}/§/edit", "core.address", (("name", "x"), ("version", "1"), ("addresses-0-id", "#"), ("addresses-0-street", "mine now"))),
    # many at once
    *(Swap("POST", f"{C}/bulk/{act}", "core.customer", (("id", "§"), ("id", "#"), *more)) for act, more in (
        ("export", ()), ("print", ()), ("delete", ()), ("delete", (("go", "1"),)), ("edit", (("go", "1"), ("field", "phone"), ("value", "010-65001111"))),
        ("tag", (("go", "1"), ("tags", "1"))))),
    # things of one person (their doors are in the matrix as well)
    Swap("POST", "/undo/#", "change"), Swap("GET", "/jobs/#", "job"), Swap("GET", "/jobs/#.json", "job"), Swap("POST", "/jobs/#/cancel", "job"),
    Swap("POST", "/notices/#/open", "notice"), Swap("GET", "/import/#", "import"), Swap("POST", "/import/#", "import", (("_do", "start"),)),
    Swap("GET", "/import/#/refused.csv", "import"), Swap("POST", "/me/sessions/end", "session", (("session", "#"),)),
    Swap("POST", "/tasks/#/done", "core.task"), Swap("POST", "/core/note/#/remove", "core.note"),
    # one kind's id at another kind's door
    Swap("GET", "/core/contact/#", "core.customer"), Swap("GET", "/import/#", "job"), Swap("POST", "/undo/#", "core.customer"),
]


@pytest.fixture(scope="module")
def prepared(house: House, watch: Watch) -> Iterator[tuple[House, Watch]]:
    """She may do all there is with customers of her department and with her own tasks."""
    from tests.security.house import grant

    grant(house, "dora", {"core.customer.*": "department", "core.task.*": "own", "core.contact.*": "department"}, without=("core.customer.brief",))
    watch.begin()
    yield house, watch


def _foreign(house: House, kind: str) -> int:
    if kind == "core.address":
        with house.world.site.system("tests") as work:
            return int(work.session.execute(sa.text("SELECT min(id) FROM core_address WHERE customer_id = :c"),
                                            {"c": house.records["core.customer"]["sue"]}).scalar_one())
    return house.records[kind].get("sue") or house.records[kind]["south"]


def _picture(watch: Watch, numbers: re.Pattern[str]) -> list[str]:
    """The database without what is random and without the two numbers."""
    return [numbers.sub("#", re.sub(r"'[0-9a-f]{32}'", "'…'", line)) for line in watch.lines()]


@pytest.mark.parametrize("swap", SWAPS, ids=[f"{s.method} {s.path} {s.kind} {dict(s.data).get('go', '')}" for s in SWAPS])
def test_a_foreign_id_is_like_one_that_is_not_there(prepared: tuple[House, Watch], swap: Swap) -> None:
    house, watch = prepared
    foreign, own = _foreign(house, swap.kind), house.records["core.contact" if "contact/§" in swap.path else "core.customer"]["ann"]
    numbers = re.compile(rf"(?<!\d)({foreign}|{MISSING}|{MISSING:,})(?!\d)")
    watch.restore()
    kept = swap.send(house, foreign, own)
    after = _picture(watch, numbers)
    watch.restore()
    missing = swap.send(house, MISSING, own)
    left, right = _same(kept, numbers), _same(missing, numbers)
    assert left == right, [pair for pair in zip(left[2].splitlines(), right[2].splitlines(), strict=False) if pair[0] != pair[1]][:3]
    assert after == _picture(watch, numbers), "what was done differs"
    assert not re.search(r"(CANARY|TASKX|NOTEX|IMPORTX|JOBX)SUE", "".join(map(str, kept)))
    watch.restore()


def _same(found: tuple[int, str, str], numbers: re.Pattern[str]) -> tuple[str, ...]:
    status, headers, text = found
    text = re.sub(r'(name="form_key" value=")[^"]+|("public_id": ?")\w+', r"\1\2…", text)
    return str(status), numbers.sub("#", headers), numbers.sub("#", text)


def test_without_the_gate_a_foreign_parent_is_taken(prepared: tuple[House, Watch], monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control."""
    from crm_core.access import gate
    from crm_core.access.actor import Actor
    from crm_core.access.scope import EVERYTHING

    house, watch = prepared
    swap = next(s for s in SWAPS if s.path == "/core/contact/new?customer=#")
    watch.restore()
    foreign = house.records["core.customer"]["sue"]
    assert "CANARYSUE" not in swap.send(house, foreign, 1)[2]
    monkeypatch.setattr(gate, "scope_for", lambda *_whatever: EVERYTHING)
    monkeypatch.setattr(Actor, "can", lambda *_whatever: True)
    assert "CANARYSUE" in swap.send(house, foreign, 1)[2]


# --- keys that are not ids ---------------------------------------------------------------------------------------------


def test_a_key_of_another_person_s_request_replays_nothing(house: House, watch: Watch) -> None:
    watch.restore()
    body = {"name": "secret of sue", "note": "only hers"}
    made = house.client("sue")("POST", "/core/customer", body, Idempotency_Key="one and the same")
    again = house.client("ann")("POST", "/core/customer", body, Idempotency_Key="one and the same")
    assert (made.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in again.headers
    assert made.json["id"] != again.json["id"]
    watch.restore()


def test_a_form_s_key_of_another_person_leads_to_nothing_of_his(house: House, watch: Watch) -> None:
    watch.restore()
    made, again = (
        house.browser(name)("POST", "/core/customer/new", {"name": said, "form_key": "k" * 22})
        for name, said in (("sue", "Harbour Brewery"), ("ann", "Mountain Glass"))  # two firms nobody would take for one
    )
    assert made.headers["Location"] != again.headers["Location"]
    watch.restore()


def test_who_lost_his_rights_takes_back_nothing_of_what_he_did_with_them(house: House, watch: Watch) -> None:
    """Rights are those of now: a former administrator does not change roles and teams by undoing."""
    watch.restore()
    world = house.world
    roles, teams = (world.site.registry.resource(f"core.{name}") for name in ("role", "team"))
    changes = []
    for resource, row, lines in ((roles, world.roles["auditor"], {"grants": [{"permission": "core.customer.read", "scope": "all"}]}),
                                 (teams, world.teams["harbour"], {"members": []})):
        with world.as_("root") as work:
            resource.write([{"id": row, **lines}])
            changes.append(work.session.execute(sa.text("SELECT max(id) FROM core_change")).scalar_one())
    with world.site.system("tests"), writing():
        current_work().session.execute(sa.text("DELETE FROM core_user_role WHERE user_id = :u"), {"u": world.people["root"]}, execution_options={"crm_unscoped": "tests"})
    world.changed()
    before = _rows(watch)
    for change in changes:
        house.browser("root")("POST", f"/undo/{change}")
    assert _rows(watch) == before
    watch.restore()


def _rows(watch: Watch) -> list[str]:
    return [line for line in watch.lines() if line.startswith(("core_grant", "core_team_member", "core_role ", "core_team "))]


def test_who_only_reads_an_import_does_nothing_to_its_rows(house: House, watch: Watch) -> None:
    """The auditor reads every import and may import customers himself: the rows of others' imports are not his to mend or leave out."""
    from tests.security.house import grant

    watch.restore()
    grant(house, "auditor", {"core.*.read": "all", "core.customer.*": "all"})
    made = house.records["import"]["ann"]
    with house.world.site.system("tests"), writing():
        for sql in ("UPDATE core_import SET state = 'done', change_id = 1, refused = 1, job_id = 1 WHERE id = :i",
                    "INSERT INTO core_import_row (import_id, line, state, cells, reasons) VALUES (:i, 2, 'refused', '[\"x\"]', '[]')"):
            current_work().session.execute(sa.text(sql), {"i": made}, execution_options={"crm_unscoped": "tests"})
    row = next(line for line in watch.lines() if line.startswith("core_import_row "))
    for path, data in ((f"/import/{made}/rows/1", {"_do": "leave"}), (f"/import/{made}/rows/1", {"cell-0": "Taken"}), (f"/import/{made}/suggestions", {}),
                       (f"/import/{made}", {"_do": "start"})):
        assert house.browser("audrey")("POST", path, data).status_code == 403, path
    assert next(line for line in watch.lines() if line.startswith("core_import_row ")) == row
    assert house.browser("ann")("POST", f"/import/{made}/rows/1", {"_do": "leave"}).status_code == 303, "her own she leaves out"
    watch.restore()
