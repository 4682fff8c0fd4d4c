"""Files that an act asks for: there with what was done, or not at all, and by the rules of all uploads."""

# ruff: noqa: F811
import io

import pytest
import sqlalchemy as sa

from crm_core.features.files import services, store
from crm_core.features.files.settings import FileSettings
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Invalid, Refused
from crm_core.resource import acts, changes, enclosed, fields
from crm_core.resource.settings import put
from crm_core.testing import doing
from crm_core.testing.fixtures import as_user, empty_house, house, make  # noqa: F401

PDF = b"%PDF-1.4 report"


@pytest.fixture(scope="session")
def plugins():
    return []


@pytest.fixture
def asks(house, monkeypatch):
    """`asks(call, required=…)`: customers have an act that asks for a report and a word; its address of a customer."""
    def made(call, required=True, **more):
        action = Action("report", "Report", call, fields=(enclosed.FileField(name="paper", label="Report", required=required), fields.Field(name="word", column="", label="Word", length=5)), **more)
        monkeypatch.setitem(house.resource("core.customer").all_actions, "report", action)
        return action

    return made


@pytest.fixture
def ann(as_user):
    return as_user("ann", {"core.customer.*": "own", "core.attachment.*": "own"})


def names(house, row):
    with house.system():
        return [one.name for one in services.on("core.customer", [row])]


def kept(house):
    return sorted(one.name for one in (house.site.home / store.FOLDER).rglob("*") if one.is_file()) if (house.site.home / store.FOLDER).exists() else []


def test_the_act_gets_the_id_of_what_was_sent_and_undo_takes_both_back(house, make, ann, asks):
    got = []
    asks(lambda row, paper, word=None: got.append((paper, word)))
    firm = make.customer(owner=ann, name="Firm")
    browser, at = ann.browser(), f"/core/customer/{firm}/do/report"
    assert browser("POST", at, {"paper": (io.BytesIO(PDF), "report.pdf"), "word": "yes"}).status_code == 303
    with house.system():
        (file,) = services.on("core.customer", [firm])
    assert got == [(file.id, "yes")] and file.name == "report.pdf"
    assert "report.pdf" in browser("GET", at).text  # can be chosen now
    assert browser("POST", at, {"paper": str(file.id)}).status_code == 303 and got[-1] == (file.id, None) and names(house, firm) == ["report.pdf"]
    with house.system() as work:
        change = work.session.scalar(sa.select(changes.Change.id).where(changes.Change.kind == "report").order_by(changes.Change.id).limit(1))
    with ann.work():
        doing.bring_back(house.site, change)
    assert names(house, firm) == []


def test_what_is_refused_leaves_no_file(house, make, ann, asks):
    def call(row, paper, word=None):
        raise Refused("Not today.")

    asks(call)
    firm = make.customer(owner=ann, name="Firm")
    browser, at = ann.browser(), f"/core/customer/{firm}/do/report"
    assert browser("POST", at, {"paper": (io.BytesIO(PDF), "report.pdf")}).status_code == 409 and names(house, firm) == []
    before = kept(house)
    for name, what, word in (("report.pdf", PDF, "too long"), ("tool.exe", b"MZ\x90", ""), ("empty.pdf", b"", "")):
        answer = browser("POST", at, {"paper": (io.BytesIO(what), name), "word": word})
        assert answer.status_code == 422 and "hint bad" in answer.text
    with house.system():
        put(FileSettings, {"largest": 1})
    assert browser("POST", at, {"paper": (io.BytesIO(PDF + b"x" * (1 << 20)), "large.pdf")}).status_code == 422
    assert browser("POST", at, {"paper": (io.BytesIO(PDF + b"x" * (3 << 20)), "large.pdf")}).status_code == 413
    assert browser("POST", at, {}).status_code == 422
    assert names(house, firm) == [] and kept(house) == before  # not on the disk either


def test_files_of_others_cannot_be_named(house, make, ann, as_user, asks):
    asks(lambda row, paper, word=None: None)
    firm, other, foreign = make.customer(owner=ann, name="Firm"), make.customer(owner=ann, name="Other"), make.customer(owner=as_user("bob", {}), name="Bob's")
    with house.system():
        mine, others, strange = (services.put("core.customer", one, "report.pdf", io.BytesIO(PDF)).id for one in (firm, other, foreign))
    api = ann.api()
    for one in (others, strange, 10**9, "1", [mine], True):
        assert api("POST", f"/core/customer/{firm}/report", {"paper": one}).status_code == 422, one
    assert api("POST", f"/core/customer/{firm}/report", {"paper": mine}).status_code == 200
    bob = as_user("eve", {"core.customer.*": "own"}).browser()
    assert bob("POST", f"/core/customer/{firm}/do/report", {"paper": (io.BytesIO(PDF), "report.pdf")}).status_code == 404
    assert names(house, firm) == ["report.pdf"]


def test_of_many_records_no_file_is_asked(house, make, ann, asks):
    seen = []
    assert not enclosed.many(house.resource("core.customer"), asks(lambda row, paper: None))
    action = asks(lambda row, paper, word=None: seen.append(paper), required=False)
    assert enclosed.many(house.resource("core.customer"), action)
    firms = [make.customer(owner=ann, name=name) for name in ("One", "Two")]
    form = ann.browser()("POST", "/core/customer/bulk/report", {"id": [str(one) for one in firms]}).text
    assert 'name="word"' in form and 'name="paper"' not in form
    assert ann.browser()("POST", "/core/customer/bulk/report", {"id": [str(one) for one in firms], "go": "1"}).status_code == 303
    assert seen == [None, None]
    with ann.work(), pytest.raises(Invalid):  # no record, no files of it
        acts.values(house.resource("core.customer"), action, {"paper": 1})
