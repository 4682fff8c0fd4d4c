"""A plugin whose records have lines: form, interface, file, sums and numbers, as sales will need them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.dist import Shelf

HERE = Path(__file__).parent / "quotes" / "crm_quotes"
HEAD = """
    import json
    import sqlalchemy as sa
    from crm_core.access import tokens
    from crm_core.access.models import User
    from crm_core.app import create_app
    from crm_core.data.wall import UNSCOPED
    from tests.support.world import World
    from tests.support.worlds import Client, signed_in
    app = create_app(site)
    me = db.scalar(sa.select(User.id).where(User.login == "ann"))
    world = World(site, people={"ann": me})
    ann, api = signed_in(app, world, "ann"), Client(app, tokens.issue(me, "t", ["*"])[0])
    def rows(sql):
        with site.engines.read.connect() as conn:
            return [list(row) for row in conn.exec_driver_sql(sql, execution_options={UNSCOPED: "test"})]
    def quotes():
        return rows("select number, subject, total, version from quotes_quote where deleted_at is null order by number")
"""


@pytest.fixture
def quotes(any_shelf: Shelf) -> Shelf:
    shutil.copytree(HERE, any_shelf.folder / "crm_quotes", ignore=shutil.ignore_patterns("__pycache__"))
    any_shelf.declare("quotes", "crm_quotes", "crm-quotes")
    any_shelf.ready("quotes")
    any_shelf.run("""
        (house,) = R("core.department").write([{"name": "house"}])
        (role,) = R("core.role").write([{"code": "q", "name": "q", "grants": [{"permission": p, "scope": "own"} for p in ("quotes.*", "core.customer.*", "core.change.undo")]}])
        (ann,) = R("core.user").write([{"login": "ann", "name": "Ann", "language": "en", "department": house, "roles": [{"role": role}]}])
        R("core.customer").write([{"name": "甲酒业", "owner": ann}])
    """)
    return any_shelf


def test_lines_are_written_by_form_and_interface_and_the_sum_follows(quotes: Shelf) -> None:
    said = json.loads(quotes.work(f"""{HEAD}
    out = {{}}
    made = api("POST", "/quotes/quote", {{"subject": "Wine", "customer": 1, "items": [
        {{"what": "Red", "quantity": 3, "price": 1050}}, {{"what": "White", "quantity": 1, "price": 99}}]}})
    out["made"] = [made.status_code, made.json["number"][-4:], made.json["total"], [i["amount"] for i in made.json["items"]]]
    bad = api("POST", "/quotes/quote", {{"subject": "Bad", "customer": 1, "items": [{{"what": "Red", "quantity": 0, "price": 1}}]}})
    out["bad"] = [bad.status_code, [e["pointer"] for e in bad.json["errors"]], len(quotes())]
    strange = api("PATCH", "/quotes/quote/1", {{"total": 5}})
    out["total is not written"] = strange.status_code
    items = made.json["items"]
    api("PATCH", "/quotes/quote/1", {{"items": [{{"id": items[0]["id"], "quantity": 5}}]}})
    out["fewer"] = quotes()
    form = ann("GET", "/quotes/quote/1/edit").text
    out["form"] = ["items-1-what" in form or "items-0-what" in form, "name=\\"total\\"" in form]
    answer = ann("POST", "/quotes/quote/1/edit", {{"version": "2", "subject": "Wine and more", "customer": "1", "items__sent": "1",
        "items-0-id": str(items[0]["id"]), "items-0-what": "Red", "items-0-quantity": "2", "items-0-price": "10.00",
        "items-1-what": "Corks", "items-1-quantity": "4", "items-1-price": "0.25"}})
    out["saved"] = [answer.status_code, quotes()]
    page = ann("GET", "/quotes/quote/1").text
    out["page"] = [R("quotes.quote").all_fields["total"].show(2100) in page, "Corks" in page]
    print(json.dumps(out))"""))
    assert said["made"] == [201, "0001", 3249, [3150, 99]]
    assert said["bad"] == [422, ["#/items/0/quantity"], 1], "a refused line leaves no number behind"
    assert said["total is not written"] == 422
    assert said["fewer"][0][2:] == [5250, 2]
    assert said["form"] == [True, False]
    assert said["saved"][0] == 303 and said["saved"][1][0][1:3] == ["Wine and more", 2100]
    assert said["page"] == [True, True]


FILE = """Number,Subject,Customer,Item,Quantity,Price
QT-2024-0007,Old wine,甲酒业,Red,2,10.50
QT-2024-0007,Old wine,甲酒业,White,1,3
QT-2024-0009,Older,甲酒业,Red,1,1
QT-2024-0007,Old wine,甲酒业,Red,2,10.50
"""


def test_rows_of_a_file_with_the_same_head_are_lines_of_one_record_and_the_same_file_twice_changes_nothing(quotes: Shelf) -> None:
    (quotes.home / "q.csv").write_text(FILE, encoding="utf-8")
    for _round in range(2):
        done = quotes.crm("import", "quotes.quote", str(quotes.home / "q.csv"), "--as", "ann", "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(quotes.work(f"""{HEAD}
    lines = rows("select what, amount from quotes_item where deleted_at is null order by id")
    print(json.dumps([[q[:3] for q in quotes()], lines]))"""))
    assert said == [[["QT-2024-0007", "Old wine", 4500], ["QT-2024-0009", "Older", 100]],
                    [["Red", 2100], ["Red", 100], ["White", 300], ["Red", 2100]]]


def test_undo_and_the_recycle_bin_keep_the_sum_true(quotes: Shelf) -> None:
    said = json.loads(quotes.work(f"""{HEAD}
    from crm_core.resource import undo
    from crm_core.resource.changes import Change
    api("POST", "/quotes/quote", {{"subject": "Wine", "customer": 1, "items": [{{"what": "Red", "quantity": 1, "price": 100}}]}})
    api("PATCH", "/quotes/quote/1", {{"items": []}})
    out = [quotes()[0][2]]
    last = rows("select max(id) from core_change")[0][0]
    ann("POST", f"/undo/{{last}}")
    out.append(quotes()[0][2])
    second = api("POST", "/quotes/quote", {{"subject": "Next", "customer": 1}})
    out.append(second.json["number"][-4:])
    print(json.dumps(out))"""))
    assert said == [0, 100, "0002"]
