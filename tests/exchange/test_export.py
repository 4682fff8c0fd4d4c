"""Exports: the file is the list, under the rights of each page's moment, harmless in a spreadsheet, small in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from crm_core.access.models import Grant, SecurityEvent
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.kernel.errors import BadRequest, Forbidden
from crm_core.resource import listing, search
from crm_core.resource.changes import stamp
from crm_core.resource.exchange import export as exporting
from crm_core.resource.exchange.export import PAGE, plan, stream
from crm_core.text.csv_safe import restore
from tests.exchange.exports import NAME, fill, hide, lines, lose_role, planned, written
from tests.support.world import World
from tests.support.worlds import *


@pytest.mark.parametrize("question", ["", "sort=name", "sort=-name", "standing.any=key", "q=CANARYANN", "sort=-phone"])
@pytest.mark.parametrize("name", ["root", "ann", "nora"])
def test_the_file_is_the_list_in_its_order(world: World, name: str, question: str) -> None:
    with world.as_(name):
        resource = world.site.registry.resource(NAME)
        pairs = [tuple(question.split("="))] if question else []
        ids = listing.page(listing.parse(resource, pairs)).ids  # type: ignore[arg-type]
        expected = [row.public_id for i in ids for row in [resource.get(i)]]
    assert [line["public_id"] for line in lines(written(world, name, question))] == expected


def test_cells_are_words_and_names_in_the_reader_s_language(world: World) -> None:
    (line,) = lines(written(world, "root", "name.contains=CANARYSUE"))
    assert line["Name"] == "北京CANARYSUE食品有限公司"
    assert (line["Owner"], line["Department"], line["Region"], line["Kind"]) == ("Sue", "South office", "Beijing", "Company")
    assert line["Standing"] == "Key"
    from crm_core.kernel.i18n import in_language

    with world.as_("root"), in_language("zh"):
        found = world.site.registry.resource(NAME)
        made = plan(found, listing.parse(found, [("name.contains", "CANARYSUE")]))
    assert "北京CANARYSUE食品有限公司" in b"".join(stream(world.site, world.actor("root"), made)).decode()


@one_engine
def test_json_lines_hold_values_and_references_with_labels(world: World) -> None:
    (line,) = [json.loads(text) for text in written(world, "root", "name.contains=CANARYSUE", format="jsonl").splitlines()]
    assert line["owner"] == {"id": world.people["sue"], "label": "Sue"}
    assert line["created_at"].endswith("Z")
    assert line["fax"] is None


@one_engine
def test_a_workbook_holds_texts_and_no_formulas(world: World) -> None:
    with world.site.system("tests"):
        world.site.registry.resource(NAME).write([{"id": world.customers["ann"], "name": "=1+1", "note": "@SUM(A1)"}])
    data = written(world, "ann", "name.eq==1+1", format="xlsx", columns=["name", "note", "region"])
    rows = [[(cell.value, cell.data_type) for cell in row] for row in load_workbook(io.BytesIO(data)).active.rows]
    assert [value for value, _kind in rows[0]] == ["public_id", "Name", "Remark", "Region"]
    assert rows[1][1:3] == [("=1+1", "s"), ("@SUM(A1)", "s")]


@one_engine
def test_cells_of_csv_are_never_formulas_and_reading_gives_them_back(world: World) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "＝1", "\t=1", " =1", "'=1", "\u200b=1", "a=1"]
    with world.site.system("tests"):
        resource = world.site.registry.resource(NAME)
        resource.write([{"name": f"n{i}", "note": t, "owner": world.people["bob"]} for i, t in enumerate(texts)])
    found = {line["Name"]: line["Remark"] for line in lines(written(world, "bob"))}
    for i, text in enumerate(texts):
        cell = found[f"n{i}"]
        assert not cell.lstrip("\ufeff\u200b \t\r\n").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
        assert restore(cell).strip("\u200b \t") == text.strip("\u200b \t")


@one_engine
def test_columns_can_be_chosen_and_a_hidden_or_unknown_one_is_refused(world: World) -> None:
    assert list(lines(written(world, "ann", columns=["phone", "name"]))[0]) == ["public_id", "Phone", "Name"]
    with pytest.raises(BadRequest):
        planned(world, "ann", columns=["password_hash"])
    hide(world, "phone")
    with pytest.raises(BadRequest):
        planned(world, "ann", columns=["phone"])
    with pytest.raises(BadRequest):
        planned(world, "ann", "phone.contains=010")
    assert "Phone" not in lines(written(world, "ann"))[0]


@one_engine
def test_without_the_right_to_export_nothing_is_planned(world: World) -> None:
    with pytest.raises(Forbidden):
        planned(world, "tom")
    with pytest.raises(Forbidden):
        planned(world, "audrey")


def test_the_scope_of_the_export_right_narrows_what_he_reads(world: World) -> None:
    """nora reads her whole department; when she may export only her own, the file holds only these."""
    with world.site.system("tests"), writing() as session:
        from crm_core.access.models import Scope

        session.execute(sa.delete(table_of(Grant)).where(Grant.permission == "core.customer.export"))
        session.add(stamp(Grant(role_id=world.roles["supervisor"], permission="core.customer.export", scope=Scope.own)))
        session.execute(sa.update(world.site.registry.resource(NAME).model).where(
            world.site.registry.resource(NAME).model.id == world.customers["bob"]).values(owner_id=world.people["nora"]))
        search.index(world.site.registry.resource(NAME), [world.customers["bob"]])  # plain SQL does not tell the index
    world.changed()
    for question in ("", "q=CANARY", "standing.any=key,customer,potential", "sort=name"):
        assert [line["Name"] for line in lines(written(world, "nora", question))] == ["北京CANARYBOB食品有限公司"], question


@one_engine
def test_a_hidden_reference_has_no_name_in_the_file(world: World) -> None:
    """tom reads and exports customers of his team but may see nobody in brief."""
    with world.site.system("tests"), writing() as session:
        from crm_core.access.models import Scope

        session.add(stamp(Grant(role_id=world.roles["team"], permission="core.customer.export", scope=Scope.team)))
    world.changed()
    (line,) = lines(written(world, "tom"))
    assert (line["Owner"], line["Department"]) == ("", "")
    assert "Sue" not in written(world, "tom", format="jsonl").decode()


class Paged:
    """A stream read page by page, with something happening between the pages."""

    def __init__(self, world: World, name: str, **options: Any) -> None:
        self.plan = planned(world, name, **options)
        self.pieces: Iterator[bytes] = stream(world.site, world.actor(name), self.plan)
        self.head = next(self.pieces)

    def rest(self) -> str:
        return b"".join(self.pieces).decode()


def lose_account(world: World) -> None:
    with world.site.system("tests"), writing() as session:
        session.execute(sa.text("UPDATE core_user SET active = false WHERE login = 'ann'"), execution_options={"crm_unscoped": "tests"})
    world.changed()


def lose_column(world: World) -> None:
    hide(world, "phone")


@one_engine
@pytest.mark.parametrize("loss", [lose_role, lose_account, lose_column])
def test_who_loses_the_right_on_the_way_gets_no_further_page_and_a_line_that_says_so(
    world: World, loss: Callable[[World], None]
) -> None:
    fill(world, 2 * PAGE)
    export = Paged(world, "ann")
    first = next(export.pieces).decode()
    loss(world)
    rest = export.rest()
    assert first.count("\r\n") == PAGE
    assert rest == "The export ended here: the right to it was taken away.\r\n"
    with world.site.engines.read.connect() as conn:
        event = conn.execute(sa.select(table_of(SecurityEvent)).where(SecurityEvent.kind == "export ended")).one()
    assert (event.user_id, event.detail) == (world.people["ann"], f"core.customer after {PAGE} rows: right lost")


@one_engine
@pytest.mark.parametrize("asked", [("phone.contains", "010"), ("f", '{"any":[{"field":"phone","op":"filled"},{"field":"email","op":"filled"}]}')])
def test_so_does_who_loses_a_field_that_the_file_is_asked_by(world: World, asked: tuple[str, str]) -> None:
    with world.as_("ann"):
        customers = world.site.registry.resource(NAME)
        export = plan(customers, listing.parse(customers, [asked]), columns=["name"])
    for field, goes_on in (("fax", True), ("phone", False)):
        hide(world, field)
        with world.as_("ann"):
            assert exporting._still(world.actor("ann"), export) is goes_on, field


@one_engine
def test_so_does_who_may_not_see_sensitive_facts_any_more(world: World) -> None:
    for columns, asked, goes_on in ((["name", "mobile"], [], True), (["name", "hobbies"], [], False), (["name"], [("household.any", "single")], False)):
        with world.as_("nora"):
            contacts = world.site.registry.resource("core.contact")
            export = plan(contacts, listing.parse(contacts, asked), columns=columns)
        with world.as_("ann"):  # who exports contacts too, without the right to these
            assert exporting._still(world.actor("ann"), export) is goes_on, columns


@one_engine
def test_the_guard_of_each_page_is_what_ends_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: when the actor is not looked up again, the export goes on to its end."""
    fill(world, 2 * PAGE)
    export = Paged(world, "ann")
    actor = world.actor("ann")
    monkeypatch.setattr(exporting, "_again", lambda site, who: actor)
    next(export.pieces)
    lose_role(world)
    assert export.rest().count("\r\n") == PAGE + 2


def test_a_record_that_goes_to_somebody_else_on_the_way_is_not_in_the_later_pages(world: World) -> None:
    fill(world, 2 * PAGE)
    export = Paged(world, "ann")
    next(export.pieces)
    with world.site.engines.write.connect().execution_options(crm_unscoped="tests") as conn, conn.begin():
        conn.execute(sa.text("UPDATE core_customer SET owner_id = :sue, department_id = :south, name = 'TAKENAWAY' WHERE owner_id = :ann"), {
            "sue": world.people["sue"], "south": world.departments["south"], "ann": world.people["ann"]})
    assert "TAKENAWAY" not in export.rest()


def test_a_large_list_comes_by_key_and_nothing_is_missed_or_doubled_while_it_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SMALL", 3_000)
    fill(world, 2 * PAGE + 500)
    export = Paged(world, "ann")
    assert export.plan.by_key
    first = next(export.pieces).decode()
    with world.site.system("tests"):  # the newest in the list's own order now, and long passed or still to come by key
        world.site.registry.resource(NAME).write([{"id": 1_000 + n, "note": "touched"} for n in (1, PAGE + 10)])
    publics = [line.split(",", 1)[0] for line in (first + export.rest()).splitlines()]
    assert len(publics) == len(set(publics)) == 2 * PAGE + 502


def test_no_transaction_is_open_while_the_reader_is_slow(world: World) -> None:
    fill(world, 2 * PAGE)
    export = Paged(world, "ann")
    next(export.pieces)
    engines = world.site.engines
    assert engines.read.pool.checkedout() == engines.write.pool.checkedout() == 0  # type: ignore[attr-defined]


@one_engine
def test_memory_does_not_grow_with_the_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lives at once is one page of 2,000, some 16 megabytes as wide as customers are; all 40,000 rows would be hundreds."""
    import tracemalloc

    monkeypatch.setattr(listing, "SMALL", 100)
    fill(world, 20 * PAGE)
    pieces = stream(world.site, world.actor("ann"), planned(world, "ann"))
    peaks = []
    tracemalloc.start()
    for _piece in pieces:
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
    tracemalloc.stop()
    assert max(peaks) < 24 * 2**20


@one_engine
def test_the_number_of_statements_is_the_same_for_every_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SMALL", 100)
    fill(world, 5 * PAGE)
    statements: list[str] = []
    engine = world.site.engines.read
    sa.event.listen(engine, "before_cursor_execute", lambda c, cu, sql, *rest: statements.append(sql))
    counts = []
    for _piece in stream(world.site, world.actor("ann"), planned(world, "ann")):
        counts.append(len(statements))
        statements.clear()
    assert len(set(counts[2:5])) == 1
    assert counts[3] <= 9  # the page, the actor's counter, and labels: owner, department, team, two stamps, industry, region


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(), max_size=6))
def test_any_text_is_a_harmless_cell_and_comes_back(texts: list[str]) -> None:
    from crm_core.resource.exchange.formats import draw_texts
    from crm_core.resource.fields import Field
    from crm_core.text.csv_safe import neutralise

    drawn = draw_texts(Field(name="x", column="x", label="x"), neutralise)(texts)
    assert [restore(cell) for cell in drawn] == texts
    for cell in drawn:
        assert not cell.lstrip("\x00 \t\r\n\ufeff\u200b").startswith(("=", "+", "-", "@"))
