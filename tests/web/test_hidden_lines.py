"""What a role hides of the lines of a record is in no table, form, paper or file of it, and stays as it is when the rest is saved."""

# ruff: noqa: F811
import io
import re
from dataclasses import replace

import jinja2
import pytest
import sqlalchemy as sa

from crm_core.access.gate import visible
from crm_core.data.session import session
from crm_core.kernel.declare import Action, Column, Panel, PrintTemplate, Report
from crm_core.kernel.errors import Invalid, Missing
from crm_core.resource import acts, enclosed, reporting
from crm_core.resource.exchange.formats import draw_texts
from crm_core.resource.resource import Resource
from crm_core.testing.fixtures import as_user, empty_house, house, make  # noqa: F401
from crm_core.web import acting

FIRM, STREET, POSTCODE = "core.customer", "Quiet Lane 7", "987654"
HIDDEN = ("street", "postcode")


@pytest.fixture(scope="session")
def plugins():
    return []


@pytest.fixture
def hal(house, as_user):
    """`hal("core.customer_address.street", …)`: somebody who may do all with his customers, from whom these fields are hidden."""
    def made(*fields):
        with house.system():
            house.resource("core.role").write([{"code": "blind", "name": "Blind", "grants": [
                {"permission": one, "scope": "all"} for one in ("core.customer.*", "core.contact.*", "core.task.*", "core.user.brief.read", "core.region.read")], "rules": [
                {"resource": one.rpartition(".")[0], "field": one.rpartition(".")[2], "rule": "hidden"} for one in fields]}])
        return as_user("hal", roles=["blind"])

    return made


def lines_of(house):
    return house.resource(FIRM).line_resource("addresses")


def test_a_hidden_field_of_lines_is_in_no_face_of_the_record(house, make, hal, as_user, monkeypatch):
    name = lines_of(house).name
    he, ann = hal(*(f"{name}.{one}" for one in HIDDEN)), as_user("ann", {"core.customer.*": "all"})
    with house.system():
        (firm,) = house.resource(FIRM).write([{"name": "Firm", "owner": he.id, "addresses": [{"street": STREET, "postcode": POSTCODE}]}])
    at = f"/core/customer/{firm}"
    doors = [at, f"{at}?tab=facts", f"{at}/facts", f"{at}/edit", f"{at}/print", f"{at}/history", "/core/customer/export?format=csv"]
    for path in doors:
        answer = he.browser()("GET", path)
        assert answer.status_code in (200, 404) and STREET not in answer.text and POSTCODE not in answer.text, path
    assert STREET in ann.browser()("GET", f"{at}/edit").text and STREET in ann.browser()("GET", f"{at}/print").text
    assert "street" not in he.api()("GET", f"/core/customer/{firm}").text
    with house.system():
        (line,) = session.scalars(sa.select(lines_of(house).model))
    form = he.browser()("GET", f"{at}/edit").text
    sent = {"version": re.search(r'name="version" value="(\d+)"', form)[1], "name": "Firm & Co", "addresses__sent": "1", "addresses-0-id": str(line.id), "addresses-0-street": "Guessed"}
    assert he.browser()("POST", f"{at}/edit", sent).status_code == 303
    with house.system():
        now = session.get(lines_of(house).model, line.id)
        assert (now.street, now.postcode, now.deleted_at, session.get(house.resource(FIRM).model, firm).name) == (STREET, POSTCODE, None, "Firm & Co")
    assert he.api()("PATCH", f"/core/customer/{firm}", {"addresses": [{"id": line.id, "street": "Guessed"}]}).status_code == 422
    monkeypatch.setattr(Resource, "line_fields", lambda self, declared: {n: self.line_resource(declared.name).all_fields[n] for n in declared.columns})  # negative control
    assert STREET in he.browser()("GET", f"{at}/edit").text


def test_who_may_not_see_what_a_box_tells_of_has_it_not(house, make, hal, monkeypatch):
    """`shows` of boxes, columns and papers: one hidden field of whatever resource is enough; of a resource that is not there, nobody has it."""
    he = hal("core.task.text").browser()
    firm, registry, shown = make.customer(name="Firm"), house.site.registry, ("core.contact.name", "core.task.text")

    def put(shows):
        box = Panel(FIRM, "told", "Told", lambda _row: {}, "told.html", shows=shows)
        column = Column(FIRM, "told", "Told column", lambda ids: dict.fromkeys(ids, "told"), shows=shows)
        paper = PrintTemplate(FIRM, "told", "Told paper", "told.html", shows=shows)
        for slot, item in (("panels", box), ("columns", column), ("print_templates", paper)):
            monkeypatch.setattr(registry, slot, {FIRM: (item,)})
            monkeypatch.setitem(registry._origin, id(item), "core")
        at = f"/core/customer/{firm}"
        return (he("GET", f"{at}/panel/told").status_code, he("GET", f"{at}/print/told").status_code, "Told column" in he("GET", "/core/customer?columns=name,told").text,
                "Told paper" in he("GET", at).text)

    house.app.jinja_env.loader = jinja2.ChoiceLoader([jinja2.DictLoader({"told.html": "told"}), house.app.jinja_env.loader])
    assert put(shown) == (404, 404, False, False) == put(("sales.nothing.here",))
    assert put(shown[:1]) == (200, 200, True, True)
    monkeypatch.setattr(house.site, "config", replace(house.site.config, debug=False))
    assert put(("core.contact.nmae",)) == (404, 404, False, False), "one that is misspelt is for nobody, and the pages stand"


def test_a_box_is_asked_for_a_record_as_its_reader_sees_it_and_once_a_page(house, make, hal, monkeypatch):
    he, asked = hal("core.customer.phone").browser(), []
    firm, registry = make.customer(name="Firm", phone="021 5555 1234"), house.site.registry

    def fits(record):
        asked.append((record.name, record.phone))
        return record.phone is not None

    box = Panel(FIRM, "fitting", "Fitting box", lambda _row: {}, "told.html", fits=fits)
    monkeypatch.setattr(registry, "panels", {FIRM: (box,)})
    monkeypatch.setitem(registry._origin, id(box), "core")
    assert "Fitting box" not in he("GET", f"/core/customer/{firm}").text and asked == [("Firm", None)]
    assert he("GET", f"/core/customer/{firm}/panel/fitting").status_code == 404


def test_a_report_is_not_for_who_may_not_see_what_it_joins(house, make, hal):
    he = hal("core.contact.postcode")

    def by(what):
        def ask(rows):
            contacts = visible(house.resource("core.contact").model).alias("theirs")
            return sa.select(contacts.c[what], sa.func.count()).join(rows, rows.c.id == contacts.c.customer_id).group_by(contacts.c[what])

        return Report("told", "Told", FIRM, ask)

    with he.work():
        assert reporting.answer(by("customer_id")).lines == ()
        with pytest.raises(Missing):
            reporting.answer(by("postcode"))


def test_what_is_no_text_is_exported_too(house):
    """Whatever a resource has, and whatever kind of value stands in it: a length of time, several records."""
    seen = set()
    with house.system():
        for resource in house.site.registry.resources.values():
            for field in resource.all_fields.values():
                if field.kind in ("minutes", "several") and field.kind not in seen:
                    seen.add(field.kind)
                    assert draw_texts(field, str)([None, 90 if field.kind == "minutes" else [987_654]])[0] == ""
        minutes = house.resource("core.task").all_fields["spent"]
        assert draw_texts(minutes, str)([90, 0]) == [minutes.text(90), minutes.text(0)]
    assert "minutes" in seen


def test_a_file_that_an_act_asks_for_may_be_said_by_a_function(house, make, as_user, monkeypatch):
    """What it asks follows from the resource then: the room for it, and that many records at once have none."""
    customers = house.resource(FIRM)
    action = Action("report", "Report", lambda row, paper: None, fields=lambda _r: [enclosed.FileField(name="paper", label="Paper", required=True)])
    monkeypatch.setitem(customers._all_actions, "report", action)
    assert [one.name for one in enclosed.asked(customers, action)] == ["paper"] and not enclosed.many(customers, action)
    ann, eve, large = as_user("ann", {"core.customer.*": "own"}), as_user("eve", {"core.customer.read": "own"}), b"%PDF-1.4" + b"x" * 2_500_000
    firm = make.customer(owner=ann, name="Firm")

    def send(who):
        return who.browser()("POST", f"/core/customer/{firm}/do/report", {"paper": (io.BytesIO(large), "report.pdf")}).status_code

    assert (send(ann), send(eve)) == (303, 413), "there is room for who may do it"
    assert "report" not in ann.browser()("GET", "/core/customer").text.replace("/reports", "")
    with ann.work(), pytest.raises(Invalid):
        acts.values(customers, action, {"paper": 10**9}, ids=[firm])


def test_what_an_act_made_out_of_sight_is_said_without_a_name(house, make, as_user):
    ann = as_user("ann", {"core.customer.*": "own"})
    firm, mine = make.customer(name="Theirs"), make.customer(owner=ann, name="Mine")
    with ann.work():
        assert [str(acting._made(house.resource(FIRM), one)) for one in (firm, mine)] == ["Customer was made", "Customer Mine was made"]
