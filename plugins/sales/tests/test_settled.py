"""What was sent, signed, confirmed, issued or claimed stays as it is, by whichever door somebody comes; what is sent as it stands is no change."""

import datetime as dt

import pytest
from crm_sales.contracts.models import ContractItem, ContractMilestone

from crm_core.sdk import Invalid, Refused, session
from crm_core.testing import doing
from plugins.sales.tests.money_shop import shop  # noqa: F401  (a fixture)

SAID = "stays as it is|Only drafts can be changed"


@pytest.fixture(scope="module")
def things(shop):  # noqa: F811
    """A document of each kind that is settled: resource → (id, its lines, their class, a field that stays, another value of it)."""
    item = [{"what": "Board", "quantity": 2000, "price": 50_00}]
    quote = shop.write("sales.quote", customer=shop.customer, name="Stand", items=item)
    contract = shop.write("sales.contract", customer=shop.customer, name="Year", items=item, milestones=[{"name": "Start", "day": dt.date(2026, 1, 1)}])
    order = shop.order((2000, 50_00))
    invoice = shop.write("sales.invoice", customer=shop.customer, items=item)
    shop.run("send", quote, resource="sales.quote")
    with shop.boss.work():
        doing.hang("sales.contract", contract)  # the signed paper
    shop.run("sign", contract, resource="sales.contract")
    shop.run("issue", invoice, resource="sales.invoice")
    return {"quote": (quote, "name"), "contract": (contract, "name"), "order": (order, "day"), "invoice": (invoice, "title")}


@pytest.mark.parametrize("kind", ["quote", "contract", "order", "invoice"])
def test_lines_sent_as_they_stand_are_no_change(shop, things, kind):  # noqa: F811
    row_id, _field = things[kind]
    resource = shop.resource(f"sales.{kind}")
    child, link = resource.line_resource("items"), resource.link_column("items")
    stands = [{"id": one.id, "what": one.what, "quantity": one.quantity, "price": one.price, "discount": one.discount} for one in shop.all(child.model, **{link: row_id})]
    version = shop.row(f"sales.{kind}", row_id).version
    shop.write(f"sales.{kind}", id=row_id, items=stands)
    assert [one.version for one in shop.all(child.model, **{link: row_id})] == [1] * len(stands)  # nobody wrote them again
    for wrong in ([{**stands[0], "price": 1}], [], [*stands, {"what": "More", "quantity": 1000, "price": 1}], [{**stands[0], "id": None}]):
        with pytest.raises(Invalid, match=SAID) as refused:
            shop.write(f"sales.{kind}", id=row_id, items=wrong)
        assert refused.value.fields.keys() == {"items"}
    assert shop.row(f"sales.{kind}", row_id).version == version


def test_each_kind_of_lines_is_asked_by_itself(shop, things):  # noqa: F811
    contract, _field = things["contract"]
    item, = shop.all(ContractItem, contract_id=contract)
    stone, = shop.all(ContractMilestone, contract_id=contract)
    with pytest.raises(Invalid, match=SAID) as refused:
        shop.write("sales.contract", id=contract, items=[{"id": item.id, "price": item.price}], milestones=[{"id": stone.id, "name": "Later"}])
    assert refused.value.fields.keys() == {"milestones"}


@pytest.mark.parametrize(("kind", "other"), [("quote", "Another"), ("contract", "Another"), ("order", dt.date(2026, 2, 2)), ("invoice", "Another")])
def test_what_stays_and_what_does_not(shop, things, kind, other):  # noqa: F811
    row_id, field = things[kind]
    name = f"sales.{kind}"
    shop.write(name, id=row_id, **{field: getattr(shop.row(name, row_id), field)})
    with pytest.raises(Invalid, match=SAID):
        shop.write(name, id=row_id, **{field: other})
    with pytest.raises(Refused), shop.boss.work():
        shop.resource(name).delete([row_id])
    shop.run("assign", row_id, {"owner": shop.ann.id}, resource=name)
    free = {"order": {"promised": dt.date(2026, 3, 3)}, "invoice": {"due": dt.date(2026, 3, 3)}}.get(kind)
    if free:
        shop.write(name, id=row_id, **free)
    browser = shop.boss.browser()
    page = browser("GET", f"/sales/{kind}/{row_id}")
    assert (f"/sales/{kind}/{row_id}/edit" in page.text) == bool(free)
    form = browser("GET", f"/sales/{kind}/{row_id}/edit")
    assert form.status_code == (200 if free else 409)


def test_the_form_shows_what_stays_and_why(shop, things):  # noqa: F811
    order, _field = things["order"]
    browser = shop.boss.browser()
    page = browser("GET", f"/sales/order/{order}/edit?lang=en").text
    assert "Only drafts can be changed" in page and 'data-add-line' not in page and 'data-remove-line' not in page
    day = page[page.index('id="f-day"'):]
    assert "readonly" in day[:day.index(">")]
    note = page[page.index('id="f-note"'):]
    assert "readonly" not in note[:note.index(">")]


def test_many_at_once_are_told_before(shop, things):  # noqa: F811
    from crm_core.resource import edits

    order, _field = things["order"]
    draft = shop.order(confirmed=False)
    with shop.boss.work():
        resource = shop.resource("sales.order")
        seen = edits.preview(resource, {"day": edits.Step("set", dt.date(2026, 5, 5))}, [order, draft])
        assert seen.changing == 1 and [ids for said, ids in seen.refused.items() if "Only drafts" in said] == [[order]]


def test_undo_takes_back_what_is_free_and_leaves_the_rest(shop):  # noqa: F811
    order = shop.order(confirmed=False)
    with shop.boss.work():
        resource = shop.resource("sales.order")
        resource.write([{"id": order, "day": dt.date(2026, 4, 4)}])
        fixed = session.connection().exec_driver_sql("SELECT max(id) FROM core_change").scalar_one()
        resource.write([{"id": order, "note": "ring twice"}])
        free = session.connection().exec_driver_sql("SELECT max(id) FROM core_change").scalar_one()
    shop.run("confirm", order)
    assert shop.undo(fixed).conflicts and not shop.undo(free).conflicts
    row = shop.row("sales.order", order)
    assert (row.day, row.note) == (dt.date(2026, 4, 4), None)


@pytest.mark.parametrize(("resource", "more"), [("sales.subscription", {"copies": 1}), ("sales.fund", {"amount": 1_00}), ("sales.contract", {"name": "Year"})])
def test_nothing_ends_before_it_begins(shop, resource, more):  # noqa: F811
    if resource == "sales.fund":
        more = {**more, "name": "Fund", "partner": shop.write("sales.partner", name="P", customer=shop.new_customer())}
    elif resource == "sales.subscription":
        more = {**more, "customer": shop.customer, "product": shop.write("core.product", name="Daily", kind="subscription")}
    else:
        more = {**more, "customer": shop.customer}
    day = dt.date(2026, 6, 1)
    with pytest.raises(Invalid, match="ends before it begins") as refused:
        shop.write(resource, **more, begins=day, ends=day - dt.timedelta(days=1))
    assert refused.value.fields.keys() == {"ends"}
    made = shop.write(resource, **more, begins=day, ends=day)
    with pytest.raises(Invalid, match="ends before it begins"):
        shop.write(resource, id=made, begins=day + dt.timedelta(days=1))
