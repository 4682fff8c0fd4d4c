"""The how-to pages: what stands on them is one plugin, it is taken in whole, and each of its faces is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crm_core.kernel import hookspecs
from tests.support.dist import ROOT, Shelf

PAGE = ROOT / "docs/extend.md"
BLOCK = re.compile(r"^```(?:python|html)\n(?:# )?(?P<head>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LOOK = """
    import json
    import sqlalchemy as sa
    from crm_core.access.models import User
    from crm_core.app import create_app
    from tests.support.world import World
    from tests.support.worlds import signed_in
    app = create_app(site)
    world = World(site, people={u.login: u.id for u in db.scalars(sa.select(User))})
    def get(who, path):
        answer = signed_in(app, world, who)("GET", path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text
    def has(words, path, who="root"):
        return words in get(who, path)
"""


def write(folder: Path) -> None:
    """The files of the page, as a reader would write them."""
    for found in BLOCK.finditer(PAGE.read_text("utf-8")):
        name, _comma, added = found["head"].partition(",")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if added else ""
        path.write_text(before + ("\n\n" if added else "") + found["text"], encoding="utf-8")


@pytest.fixture
def extras(sqlite_template: Path, tmp_path: Path) -> Shelf:
    import shutil

    home = tmp_path / "site"
    home.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, home / "crm.db")
    shelf = Shelf(tmp_path / "shelf", home)
    write(shelf.folder)
    shelf.declare("extras", "crm_extras", "crm-extras")
    shelf.ready("extras")
    return shelf


PEOPLE = """
    (house,) = R("core.department").write([{"name": "house"}])
    (root,) = R("core.role").write([{"code": "root", "name": "root", "grants": [{"permission": "*", "scope": "all"}]}])
    R("core.user").write([{"login": "root", "name": "root", "language": "en", "department": house, "roles": [{"role": root}]}])
    R("core.customer").write([{"name": "Alpha", "owner": 1}])
"""


def test_every_hook_has_its_place_on_the_page() -> None:
    hooks = {name for name, spec in vars(hookspecs).items() if hasattr(spec, "crm_spec")}
    said = set(re.findall(r"^def (\w+)\(", PAGE.read_text("utf-8"), re.MULTILINE))
    assert hooks - said == set() and len(hooks) > 20


def test_what_the_page_says_is_a_plugin_whose_every_face_is_there(extras: Shelf) -> None:
    extras.run("""
        (house,) = R("core.department").write([{"name": "house"}])
        (root,) = R("core.role").write([{"code": "root", "name": "root", "grants": [{"permission": "*", "scope": "all"}]}])
        (few,) = R("core.role").write([{"code": "few", "name": "few", "grants": [{"permission": p, "scope": "all"} for p in ("core.customer.*", "extras.gift.read")]}])
        ids = R("core.user").write([{"login": n, "name": n, "language": "en", "department": house, "roles": [{"role": r}]} for n, r in (("root", root), ("guest", few))])
        R("core.customer").write([{"name": "Alpha", "owner": ids[0], "standing": "key"}, {"name": "Beta", "owner": ids[0]}])
        R("extras.gift").write([{"name": "Fountain pen", "customer": 1, "worth": 5000, "owner": ids[0]}])
        R("core.customer").run("promise", [1], {"gift": "Tea"})
        R("core.product").write([{"name": "Tea", "price": 1200}])
        R("extras.basket").write([{"name": "Spring", "customer": 1, "owner": ids[0], "items": [{"product": 1, "quantity": 3000}, {"product": 1, "price": 1000}]}])
        R("extras.parcel").write([{"name": "New year", "customer": 1, "owner": ids[0], "items": [
            {"what": "Tea", "serial": "T-1", "worth": 8000}, {"what": "Cup", "worth": 2050}]}])
    """)
    found = json.loads(extras.work(f"""{LOOK}
    print(json.dumps({{
        "list": has("Fountain pen", "/extras/gift"), "badge": has(">1<", "/extras/gift"), "section": has("Extras", "/"),
        "tab": has("Gifts", "/core/customer/1"), "box": has("Tea", "/core/customer/1/panel/last"),
        "column": has("50.00", "/core/customer?columns=name,gifts_worth"), "action": has("Promise a gift", "/core/customer/1"),
        "report": has("Alpha", "/reports/extras.customers"), "card": has("root", "/cards/extras.owners"),
        "line": has("gave a present", "/core/customer/1"), "paper": has("Dear Alpha, thank you.", "/core/customer/1/print/thanks"),
        "settings": has("Remind after so many days", "/settings/extras"), "page": has("Wishes", "/extras/wishes"),
        "narrowed": [has("Alpha", "/core/customer", "guest"), has("Beta", "/core/customer", "guest"), has("Beta", "/core/customer")],
        "slip": all(has(words, "/extras/parcel/1/print/slip") for words in ("Alpha", "-0001", "Tea T-1 80", "Cup  20.50", "Worth: 100.50")),
        "priced": has("46", "/extras/basket?columns=name,total") and has("Tea", "/extras/basket/1") and has("Tea", "/core/product"),
        "state": has('pill amber', "/extras/parcel/1") and has("Packed", "/extras/parcel/1"),
        "on a phone": has('data-opens="sheet-more"', "/extras/parcel/1") and has("Has arrived", "/extras/parcel/1"),
        "hidden": [has("Worth", "/extras/gift"), has("Worth", "/extras/gift", "guest")],
    }}))"""))
    assert found.pop("narrowed") == [True, False, True] and found.pop("hidden") == [True, False]
    assert all(found.values()), found
    done = extras.crm("gifts")
    assert done.stdout.strip() == "2", done.stderr


def test_a_message_goes_out_by_the_service_the_page_says(extras: Shelf) -> None:
    extras.run(PEOPLE)
    heard = json.loads(extras.work("""
    import http.server, json, threading
    from crm_core.kernel import outbox
    from crm_extras.plugin import announce
    heard = []
    class Drums(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append([self.headers["authorization"], json.loads(self.rfile.read(int(self.headers["content-length"])))])
            self.send_response(204)
            self.end_headers()
        def log_message(self, *args):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Drums)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    hill = f"http://127.0.0.1:{server.server_address[1]}/"
    object.__setattr__(site.config, "private_hosts", hill.split("/")[2])
    with writing():
        R("core.channel").write([{"name": "The hill", "kind": "extras.drums", "url": hill, "secret": "palm"}])
        announce("The hill", "Alpha")
    outbox.drain(site)
    outbox.drain(site)
    print(json.dumps(heard))
    """))
    assert heard == [["palm", {"who": "Alpha", "beat": "The gifts are here."}]]


def test_a_rule_begins_and_does_what_the_page_says(extras: Shelf) -> None:
    extras.run(PEOPLE + """
    from crm_core.access.actor import load_actor
    from crm_core.data.session import acting_as
    from crm_core.features.rules import services
    from crm_extras.plugin import praise
    def rule(name, trigger, what):
        return services.save({"name": name, "resource": "core.customer", "trigger": trigger, "asked": {}, "only": None, "steps": [
            {"do": "extras.wrap", "with": {"what": what}}], "playbook": False, "held_out": 0}, on=True)
    with acting_as(load_actor(site, db, 1)):
        rule("praise", "extras.praised", "More for {name}")
        rule("none", "extras.no_gift", "At last for {name}")
    praise(1, "2026-11-27")
    praise(1, "2026-11-27")
    """)
    found = json.loads(extras.work("""
    import json
    import sqlalchemy as sa
    from crm_core.data.session import session, writing
    from crm_core.features.rules import timing
    from crm_core.kernel import outbox, runner
    from crm_core.kernel.jobs import later
    from crm_extras.models import Gift
    with writing():
        later(timing.NAME)
    for _turn in range(4):
        runner.drain(site)
        outbox.drain(site)
    print(json.dumps(sorted(session.scalars(sa.select(Gift.name)))))"""))
    assert found == ["At last for Alpha", "More for Alpha"]
    fits = json.loads(extras.work("""
    import json
    from crm_core.features.rules.cards import fitting
    print(json.dumps([[(one.key, str(one.text)) for one in fitting(customer)] for customer in (1, 999)]))"""))
    assert fits[0] == [] and sorted(fits[1]) == [[f"extras.gift:{name}", "For our best customers"] for name in found]


def test_an_action_asks_for_a_field_of_the_record(extras: Shelf) -> None:
    extras.run(PEOPLE)
    said = json.loads(extras.work(f"""{LOOK}
    from crm_core.access import tokens
    from tests.support.worlds import Client
    api = Client(app, tokens.issue(world.people["root"], "t", ["*"])[0])
    row = api("POST", "/extras/parcel", {{"name": "Fair", "customer": 1, "items": []}}).json["id"]
    out = [[answer.status_code, [e["pointer"] for e in answer.json.get("errors", ())]] for answer in (
        api("PATCH", f"/extras/parcel/{{row}}", {{"state": "arrived"}}), api("POST", f"/extras/parcel/{{row}}/arrive", {{}}),
        api("POST", f"/extras/parcel/{{row}}/arrive", {{"signed": "Ms Li"}}))]
    print(json.dumps([out, [api("GET", f"/extras/parcel/{{row}}").json[n] for n in ("state", "signed")]]))"""))
    assert said == [[[422, ["#/state"]], [422, ["#/signed"]], [200, []]], ["arrived", "Ms Li"]]


FILE = """Occasion,Customer,Thing,Worth of it
Fair,Alpha,Tea,10
Fair,Alpha,Cup,2.50
Feast,Alpha,Tea,10
Fair,Alpha,Pot,7
"""


def test_rows_one_below_the_other_with_the_same_head_are_one_record_wherever_a_batch_ends(extras: Shelf) -> None:
    extras.run(PEOPLE)
    rows = FILE.splitlines()
    (extras.home / "p.csv").write_text("\n".join([*rows, *("Long,Alpha,Nut,1" for _n in range(1_200))]) + "\n", encoding="utf-8")
    done = extras.crm("import", "parcels", str(extras.home / "p.csv"), "--as", "root", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(extras.work(f"""{LOOK}
    from crm_core.data.wall import UNSCOPED
    with site.engines.read.connect() as conn:
        print(json.dumps([list(row) for row in conn.exec_driver_sql("select name, worth from extras_parcel order by id", execution_options={{UNSCOPED: "test"}})]))"""))
    assert found == [["Fair", 1250], ["Feast", 1000], ["Fair", 700], ["Long", 120_000]]


def test_a_hook_that_will_go_is_told_beside_who_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    import pluggy

    from crm_core.app import core
    from crm_core.kernel.declare import Package
    from crm_core.kernel.hookspecs import hookimpl
    from crm_core.kernel.registry import Registry

    def register_badges() -> list[object]:
        """An old hook."""
        return []

    words = "register_badges goes with version 2: give Menu a badge instead"
    spec = pluggy.HookspecMarker("crm")(warn_on_impl=DeprecationWarning(words))
    monkeypatch.setattr(hookspecs, "register_badges", spec(register_badges), raising=False)
    module = types.ModuleType("old")
    module.register_badges = hookimpl(lambda: list[object]())  # type: ignore[attr-defined]
    registry = Registry((core(), Package("old", "Old", "1.0", "tests", (module,))))
    assert [(package, words in sentence) for package, sentence in registry.deprecated] == [("old", True)]
    assert Registry((core(),)).deprecated == ()


TASKS = """
def test_a_gift_is_one_task_until_it_is_given(make, run_job, as_user, today):
    ann = as_user("ann", {"extras.*": "own", "core.customer.*": "own", "core.task.*": "own"})
    gift = make("extras.gift", owner=ann, name="Tea", given=None)
    for _twice in range(2):
        run_job("extras.ask")
    assert [one["done_at"] for one in ann.api()("GET", "/core/task").json["items"]] == [None]
    ann.api()("PATCH", f"/extras/gift/{gift}", {"given": today.isoformat()})
    assert all(one["done_at"] for one in ann.api()("GET", "/core/task").json["items"])
"""


def test_beside_sales_who_has_paid_gets_one_gift_and_a_task_ends_with_its_cause(extras: Shelf) -> None:
    """The test that the page shows, run as its author would run it, and one of its tasks."""
    (extras.folder / "tests/test_tasks.py").write_text(TASKS, "utf-8")
    (extras.folder / "pyproject.toml").write_text('[project]\nname = "crm-extras"\n[project.entry-points."crm.plugins"]\nextras = "crm_extras"\n', "utf-8")
    extras.declare("sales", "crm_sales", "crm-sales")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "crm_core.testing", "-p", "no:cacheprovider", "tests"], cwd=extras.folder, env=extras.environment,
                          capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout[-3000:] + done.stderr[-1000:]
