"""Contracts: signed with their paper, paid by plan, amended, renewed, ended."""

import datetime as dt
import io

import pytest
from crm_sales.contracts import paying, services
from crm_sales.contracts.models import Contract, ContractClause, ContractMilestone, ContractPayment, State
from crm_sales.settings import QuoteSettings
from hypothesis import given
from hypothesis import strategies as st

from crm_core.features.approvals import drawing, running
from crm_core.features.approvals.models import Approval
from crm_core.features.files import api as files
from crm_core.features.tasks.models import Task
from crm_core.kernel.errors import Invalid, Refused
from crm_core.resource.settings import put
from crm_core.sdk import session, writing
from plugins.sales.tests import papers

WORK = {"sales.*": "own", "core.customer.*": "all", "core.contact.*": "all", "core.product.read": "all", "core.task.*": "own"}


@pytest.fixture
def ann(as_user):
    return as_user("ann", WORK)


@pytest.fixture
def draft(house, make, ann):
    """`draft()`: the id of a contract of 100.00."""
    customer = make.customer(owner=ann, name="Firm")

    def made(**more):
        with ann.work():
            return house.resource("sales.contract").write([{"name": "Advertising 2027", "customer": customer, "items": [{"what": "Pages", "price": 100_00}], **more}])[0]

    return made


def run(house, who, name, row, of="sales.contract", **given):
    papers.run(house, who, name, row, of, **given)


def signed(house, who, contract):
    with who.work():
        files.put("sales.contract", contract, "signed.pdf", io.BytesIO(b"%PDF-1.4 signed"))
    run(house, who, "sign", contract)


def facts(house, row, model=Contract):
    return papers.facts(house, row, model)


def lines(house, model, contract):
    with house.system():
        found = session.query(model).filter(model.contract_id == contract).order_by(model.id).all()
        session.expunge_all()
        return found


# --- signing -----------------------------------------------------------------------------------------------------------


def test_it_is_signed_with_its_paper_and_stays_as_it_is(house, ann, draft, today):
    contract = draft()
    with ann.work(), pytest.raises(Refused, match="Files"):
        house.resource("sales.contract").run("sign", [contract])
    signed(house, ann, contract)
    assert (facts(house, contract).state, facts(house, contract).signed_on) == (State.signed, today)
    with ann.work(), pytest.raises(Invalid):
        house.resource("sales.contract").write([{"id": contract, "name": "Another"}])
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.contract").delete([contract])
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.contract").run("sign", [contract])


def test_the_signed_copy_is_said_with_its_day_and_who_signed(house, ann, as_user, draft, today):
    contract, other, browser = draft(), draft(), ann.browser()
    with ann.work():
        scan, photo = (files.put("sales.contract", contract, name, io.BytesIO(b"%PDF-1.4 " + name.encode())).id for name in ("scan.pdf", "photo.pdf"))
        strange = files.put("sales.contract", other, "other.pdf", io.BytesIO(b"%PDF-1.4 other")).id
    with ann.work(), pytest.raises(Refused, match="which of its files"):
        house.resource("sales.contract").run("sign", [contract])
    at = f"/sales/contract/{contract}/do/signed_copy"
    assert "scan.pdf" in browser("GET", at).text and "other.pdf" not in browser("GET", at).text
    assert browser("POST", at, {"file": str(strange)}).status_code == 422 and browser("POST", at, {"file": ""}).status_code == 422
    day = today - dt.timedelta(days=3)
    assert browser("POST", at, {"file": str(scan), "signed_on": day.isoformat(), "partner": "Mr Wang", "signatory": "Ms Sun"}).status_code == 303
    run(house, ann, "sign", contract)
    now = facts(house, contract)
    assert (now.signed_file_id, now.signed_on, now.partner, now.signatory, now.state) == (scan, day, "Mr Wang", "Ms Sun", State.signed)
    box = browser("GET", f"/sales/contract/{contract}/panel/beside").text
    assert "scan.pdf" in box and "Mr Wang" in box
    assert f'/sales/contract/{contract}/panel/beside' in browser("GET", f"/sales/contract/{contract}").text  # a page without a time line has it too
    run(house, ann, "signed_copy", contract, file=photo)  # the wrong one was chosen: corrected, and undone like any act
    assert facts(house, contract).signed_file_id == photo
    bob = as_user("bob", {"sales.contract.*": "own"})
    assert bob.browser()("GET", at).status_code == 404 and bob.browser()("POST", at, {"file": str(scan)}).status_code == 404


def test_it_is_signed_with_the_copy_that_is_sent_along(house, ann, as_user, draft, today):
    """One form: the file is on the contract if and only if that is signed."""
    contract, browser = draft(), ann.browser()
    at = f"/sales/contract/{contract}/do/sign"
    assert 'enctype="multipart/form-data"' in browser("GET", at).text

    def send(name, what, who=browser, **more):
        return who("POST", at, {"file": (io.BytesIO(what), name), **more}).status_code

    def of_it():
        with ann.work():
            return [one.name for one in files.on("sales.contract", [contract])]

    assert send("tool.exe", b"MZ", signed_on="") == 422 and send("empty.pdf", b"") == 422 and send("scan.pdf", b"%PDF-1.4 x", signed_on="nonsense") == 422
    assert send("scan.pdf", b"%PDF-1.4 x", as_user("bob", {"sales.contract.*": "own"}).browser()) == 404
    assert of_it() == [] and facts(house, contract).state == State.draft
    assert send("scan.pdf", b"%PDF-1.4 x") == 303
    assert (facts(house, contract).state, facts(house, contract).signed_on, of_it()) == (State.signed, today, ["scan.pdf"])
    assert send("again.pdf", b"%PDF-1.4 y") == 409 and of_it() == ["scan.pdf"]


def test_a_house_may_sign_without_a_file(house, ann, draft):
    with house.system():
        put(QuoteSettings, {"signed_file": False})
    run(house, ann, "sign", draft())


def test_a_flow_of_approval_stands_before_signing(house, ann, as_user, draft):
    """Only contracts that a rule names need approval (row 4.6)."""
    boss, small, large = as_user("boss", roles=["administrator"]), draft(), draft(items=[{"what": "Pages", "price": 900_00}])
    with house.system():
        put(QuoteSettings, {"signed_file": False})
    with boss.work():
        flow = drawing.begin("Large contracts", "sales.contract", "do:sign")
        drawing.keep(flow, {"when": {"field": "total", "op": "gte", "value": "500"}, "steps": [{"name": "", "who": "users", "users": [boss.id], "need": "any"}]})
        drawing.publish(flow)
    run(house, ann, "sign", small)
    contracts = house.resource("sales.contract")
    with ann.work(), pytest.raises(Refused, match="approval"):
        contracts.run("sign", [large])
    assert ann.browser()("POST", f"/sales/contract/{large}/do/sign", {"file": (io.BytesIO(b"%PDF-1.4 x"), "scan.pdf")}).status_code == 303
    with house.system():
        asked = session.query(Approval).one()
        (scan,) = (one.id for one in files.on("sales.contract", [large]))  # whoever decides can look at it
    assert facts(house, large).state == State.draft
    with ann.work(), pytest.raises(Invalid):
        contracts.write([{"id": large, "name": "Changed meanwhile"}])
    with boss.work():
        running.agree(asked.id)
    assert (facts(house, large).state, facts(house, large).signed_file_id) == (State.signed, scan)


# --- what is paid and done ---------------------------------------------------------------------------------------------

shares = st.lists(st.integers(1, 100_00), min_size=1, max_size=8)


@given(st.integers(0, 10**12), shares)
def test_shares_that_are_the_whole_leave_no_cent_over(total, weights):
    from crm_core.sdk import amounts

    parts = amounts.share(100_00, weights)  # so many hundredths of a percent that are the whole
    assert sum(services.instalments(total, [(part, None) for part in parts])) == total


@given(st.integers(-(10**9), 10**9), st.lists(st.tuples(st.none() | st.integers(0, 50_00), st.none() | st.integers(0, 10**6)), max_size=2))
def test_an_amount_that_is_said_stands(total, pairs):
    found = services.instalments(total, pairs)
    assert len(found) == len(pairs) and all(said == amount for said, (_share, amount) in zip(found, pairs) if amount is not None)


PLAN = [{"what": "First", "share": 33_33}, {"what": "Second", "share": 66_67, "milestone": "Printed"}]


def test_the_plan_follows_the_total_and_must_come_to_it(house, ann, draft):
    contract = draft(payments=PLAN, items=[{"what": "Pages", "price": 1_00}])
    assert [one.amount for one in lines(house, ContractPayment, contract)] == [33, 67]
    with ann.work():
        house.resource("sales.contract").write([{"id": contract, "items": [{"what": "Pages", "price": 200_00}]}])
    signed(house, ann, contract)
    assert [one.amount for one in lines(house, ContractPayment, contract)] == [66_66, 133_34]
    short = draft(payments=[{"what": "Half", "share": 50_00}])
    with ann.work():
        files.put("sales.contract", short, "signed.pdf", io.BytesIO(b"%PDF-1.4 signed"))
    with ann.work(), pytest.raises(Refused, match=r"50.00.*100.00"):
        house.resource("sales.contract").run("sign", [short])
    with ann.work(), pytest.raises(Invalid):
        draft(payments=[{"what": "Too much", "share": 70_00}, {"what": "Still more", "share": 40_00}])


def test_milestones_and_instalments_say_how_far_it_is(house, ann, draft, today):
    contract = draft(payments=PLAN, milestones=[{"name": "Printed", "day": today}, {"name": "Delivered"}])
    printed, _delivered = lines(house, ContractMilestone, contract)
    signed(house, ann, contract)
    run(house, ann, "reach", printed.id, of="sales.contract_milestone")
    done = facts(house, printed.id, ContractMilestone)
    assert (done.done, done.done_by_id) == (today, ann.id)
    with house.system():
        assert services.progress([contract]) == {contract: 25}
    assert "25 %" in ann.browser()("GET", "/sales/contract").text


@given(st.lists(st.integers(-100, 10**6), max_size=6), st.integers(-10, 10**7))
def test_what_came_in_is_laid_to_instalments_in_their_order(amounts, came):
    parts, due = paying.laid(amounts, came), [max(one, 0) for one in amounts]
    assert sum(parts) == min(max(came, 0), sum(due)) and all(0 <= part <= one for part, one in zip(parts, due, strict=True))
    short = [n for n, (part, one) in enumerate(zip(parts, due, strict=True)) if part < one]
    assert not any(parts[n] for n in range(short[0] + 1, len(parts))) if short else True  # nothing on a later one while an earlier one is not paid


# --- what follows it ---------------------------------------------------------------------------------------------------


def test_it_is_renewed_once_for_as_long_a_time(house, ann, draft):
    contract = draft(begins=dt.date(2026, 1, 1), ends=dt.date(2026, 12, 31), parties=[{"name": "Guarantor", "role": "Surety"}])
    signed(house, ann, contract)
    run(house, ann, "renew", contract)
    with house.system():
        new = session.query(Contract).filter(Contract.renews_id == contract).one()
        assert (new.state, new.begins, new.ends, new.total) == (State.draft, dt.date(2027, 1, 1), dt.date(2027, 12, 31), 100_00)
    with ann.work(), pytest.raises(Refused, match="renewed already"):
        house.resource("sales.contract").run("renew", [contract])


@pytest.mark.parametrize(("begins", "ends", "then"), [
    ((2027, 2, 1), (2027, 2, 28), (2027, 3, 31)), ((2024, 3, 1), (2025, 2, 28), (2026, 2, 28)), ((2026, 5, 10), (2026, 6, 2), (2026, 6, 26))])
def test_as_long_means_whole_months_where_they_are(begins, ends, then):
    contract = Contract(begins=dt.date(*begins), ends=dt.date(*ends))
    assert services._as_long(contract, contract.ends + dt.timedelta(days=1)) == dt.date(*then)


def test_an_amendment_comes_on_top(house, ann, draft):
    contract = draft()
    signed(house, ann, contract)
    run(house, ann, "amend", contract)
    with house.system():
        new = session.query(Contract).filter(Contract.amends_id == contract).one()
        assert (new.number, new.state) == (f"{facts(house, contract).number}/1", State.draft)
    with ann.work():
        house.resource("sales.contract").write([{"id": new.id, "items": [{"what": "More pages", "price": 20_00}]}])
    signed(house, ann, new.id)
    from crm_sales.contracts import pages

    with ann.work(), house.app.test_request_context():
        assert pages.beside(contract)["together"] == "120.00 CNY"


def test_who_has_one_that_ends_has_a_task_until_it_is_renewed_or_ended(house, ann, draft, today, run_job):
    soon, later = draft(ends=today + dt.timedelta(days=10)), draft(ends=today + dt.timedelta(days=400))
    for one in (soon, later):
        signed(house, ann, one)
    run_job("sales.contracts_end")
    run_job("sales.contracts_end")

    def tasks():
        with house.system():
            return [(task.subject_id, task.owner_id, task.done_at is not None) for task in session.query(Task)]

    assert tasks() == [(soon, ann.id, False)]
    run(house, ann, "renew", soon)
    run_job("sales.contracts_end")
    assert tasks() == [(soon, ann.id, False)]  # a draft is no contract yet
    with house.system():
        new = session.query(Contract).filter(Contract.renews_id == soon).one().id
    signed(house, ann, new)
    assert tasks() == [(soon, ann.id, True)]
    run_job("sales.contracts_end")
    assert len(tasks()) == 1


def test_what_was_deleted_gives_no_task_and_renews_nothing(house, ann, draft, today, run_job):
    from crm_core.kernel import clock

    gone, soon = draft(ends=today + dt.timedelta(days=10)), draft(ends=today + dt.timedelta(days=10))
    for one in (gone, soon):
        signed(house, ann, one)
    run(house, ann, "renew", soon)
    with house.system():
        new = session.query(Contract).filter(Contract.renews_id == soon).one().id
    signed(house, ann, new)
    with house.system(), writing():
        for one in (gone, new):
            session.get(Contract, one).deleted_at = clock.now()
    run_job("sales.contracts_end")
    with house.system():
        assert [task.subject_id for task in session.query(Task).filter(Task.done_at.is_(None))] == [soon]


def test_one_that_is_ended_says_why(house, ann, draft, today, run_job):
    contract = draft(ends=today)
    signed(house, ann, contract)
    run_job("sales.contracts_end")
    run(house, ann, "cancel", contract, reason="The fair does not take place")
    assert (facts(house, contract).state, facts(house, contract).reason) == (State.cancelled, "The fair does not take place")
    with house.system():
        assert session.query(Task).one().done_at is not None


def test_clauses_are_copied_in_the_language_of_the_writer(house, ann, draft):
    with house.system():
        (clause,) = house.resource("sales.clause").write([{"name": "保密", "english": "Confidentiality", "text": "双方保密。", "english_text": "Both keep it secret."}])
    contract = draft(clauses=[{"clause": clause}, {"clause": clause, "text": "Only we do."}, {"title": "Own", "text": "Words of ours"}])
    assert [(one.title, one.text) for one in lines(house, ContractClause, contract)] == [
        ("Confidentiality", "Both keep it secret."), ("Confidentiality", "Only we do."), ("Own", "Words of ours")]
    with house.system():
        house.resource("sales.clause").write([{"id": clause, "english_text": "Changed"}])
    paper = ann.browser()("GET", f"/sales/contract/{contract}/print/english").text
    assert "Both keep it secret." in paper and "Changed" not in paper and "Party A" in paper
    assert "甲方" in ann.browser()("GET", f"/sales/contract/{contract}/print/chinese").text
