"""Exports: the file is the list, under the rights of each page's moment, harmless in a spreadsheet, small in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from crm_core.access.models import FieldRule, Grant, Rule, SecurityEvent, UserRole
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.kernel import files, jobs
from crm_core.kernel.errors import BadRequest, Forbidden
from crm_core.kernel.models import JobRow
from crm_core.kernel.runner import drain, run_one
from crm_core.resource import listing
from crm_core.resource.changes import stamp
from crm_core.resource.exchange import export as exporting
from crm_core.resource.exchange.export import PAGE, Export, plan, stream
from crm_core.text.csv_safe import restore
from tests.support.world import World
from tests.support.worlds import *

NAME = "core.customer"


def planned(world: World, name: str, question: str = "", resource: str = NAME, **options: Any) -> Export:
    with world.as_(name):
        found = world.site.registry.resource(resource)
        pairs = [(k, v) for k, _e, v in (part.partition("=") for part in question.split("&") if part)]
        return plan(found, listing.parse(found, pairs), **options)


def written(world: World, name: str, question: str = "", **options: Any) -> bytes:
    return b"".join(stream(world.site, world.actor(name), planned(world, name, question, **options)))


def lines(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def fill(world: World, count: int, owner: str = "ann") -> None:
    """Many customers, quickly: copies of one."""
    with world.site.engines.write.connect().execution_options(crm_unscoped="tests") as conn, conn.begin():
        table = world.site.registry.resource(NAME).table
        kept = [c for c in table.c if c.name not in ("id", "public_id", "name", "owner_id", "code")]
        source = sa.select(*kept).where(table.c.id == world.customers["ann"])
        row = dict(conn.execute(source).mappings().one())
        conn.execute(sa.insert(table), [
            {**row, "id": 1_000 + n, "public_id": f"{n:032x}", "name": f"客户 {n:05d}", "owner_id": world.people[owner]}
            for n in range(count)
        ])


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
    assert line["Standing"] == "Key" or line["Standing"] in ("Normal", "Potential")
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


def hide(world: World, field: str) -> None:
    with world.site.system("tests"), writing() as session:
        session.add(stamp(FieldRule(role_id=world.roles["user"], resource=NAME, field=field, rule=Rule.hidden)))
    world.changed()


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

        session.execute(sa.update(table_of(Grant)).where(Grant.role_id == world.roles["supervisor"], Grant.permission == "core.customer.*").values(
            permission="core.customer.read"))
        session.add(stamp(Grant(role_id=world.roles["supervisor"], permission="core.customer.export", scope=Scope.own)))
        session.execute(sa.update(world.site.registry.resource(NAME).model).where(
            world.site.registry.resource(NAME).model.id == world.customers["bob"]).values(owner_id=world.people["nora"]))
    world.changed()
    for question in ("", "q=CANARY", "standing.any=key,normal,potential", "sort=name"):
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


def lose_role(world: World, name: str = "ann") -> None:
    with world.site.system("tests"), writing() as session:
        session.execute(sa.delete(table_of(UserRole)).where(UserRole.user_id == world.people[name]))
    world.changed()


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
    """What lives at once is one page of 2,000; all 40,000 rows would be fifty megabytes and more."""
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
    assert max(peaks) < 12 * 2**20


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


# --- the job, the command, the browser ---------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of more than five is a long one."""
    monkeypatch.setattr("crm_core.resource.exchange.exporting.AT_ONCE", 5)
    monkeypatch.setattr(listing, "SMALL", 5)


@one_engine
def test_the_browser_streams_a_short_list_as_a_file_to_save(world: World, at_browser: Callable[[str], Browser]) -> None:
    answer = at_browser("ann")("GET", "/core/customer/export?format=csv&standing.any=key,normal,potential")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {line["Name"] for line in lines(answer.get_data())} == {"北京CANARYANN食品有限公司", "北京CANARYANN2食品有限公司"}
    assert at_browser("tom")("GET", "/core/customer/export").status_code == 403


@one_engine
def test_ticked_rows_are_exported_as_far_as_they_are_his(world: World, at_browser: Callable[[str], Browser]) -> None:
    answer = at_browser("ann")("POST", "/core/customer/bulk/export", {"id": [str(world.customers[k]) for k in ("ann", "sue", "bob")]})
    assert [line["Name"] for line in lines(answer.get_data())] == ["北京CANARYANN食品有限公司"]


@pytest.mark.usefixtures("few")
def test_a_long_list_becomes_a_job_whose_file_only_its_owner_gets(world: World, at_browser: Callable[[str], Browser]) -> None:
    root = at_browser("root")
    answer = root("POST", "/core/customer/bulk/export", {"all": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/jobs/1")
    drain(world.site)
    url = root("GET", f"{answer.headers['Location']}.json").json["url"]
    found = root("GET", url)
    assert found.status_code == 200
    assert found.headers["Content-Disposition"].startswith("attachment")
    assert len(lines(found.get_data())) == 6
    assert at_browser("boss")("GET", url).status_code == 404
    assert at_browser("")("GET", url).status_code in (303, 401)
    missing = at_browser("boss")("GET", "/files/" + "0" * 32)
    assert missing.status_code == 404
    lose_role(world, "root")
    assert root("GET", url).status_code == 404


@one_engine
@pytest.mark.usefixtures("few")
def test_a_get_starts_no_job(world: World, at_browser: Callable[[str], Browser]) -> None:
    at_browser("root")("GET", "/core/customer/export")
    with world.site.engines.read.connect() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(table_of(JobRow))).scalar() == 0


class Killed(BaseException):
    """The process is gone."""


def test_a_killed_job_goes_on_where_it_stopped_and_the_file_is_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SMALL", 100)
    monkeypatch.setattr(exporting, "PAGE", 100)
    monkeypatch.setattr("crm_core.resource.exchange.exporting.SAVED_EVERY", 2)
    fill(world, 1_000)
    from crm_core.resource.exchange import exporting as job_of

    with world.as_("ann"), writing():
        number = job_of.ask(world.site.registry.resource(NAME), [], format="csv")
    saved = []
    save = jobs.Running.save

    def killed(self: jobs.Running) -> None:
        save(self)
        saved.append(dict(self.position))
        if len(saved) == 3:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(jobs.Running, "save", killed)
        with pytest.raises(Killed):
            run_one(world.site)
    assert saved[-1]["rows"] == 500
    with (world.site.folder("files") / saved[-1]["part"]).open("ab") as file:
        file.write(b"half a line of the page that was never noted")
    jobs.claims.reap(world.site.engines, jobs_timing(), all_running=True)
    with world.site.engines.write.begin() as conn:
        conn.execute(sa.update(table_of(JobRow)).values(run_at=sa.func.current_timestamp()))
    drain(world.site)
    with world.site.engines.read.connect() as conn:
        row = conn.execute(sa.select(table_of(JobRow)).where(JobRow.id == number)).one()
    assert row.state == "done"
    with world.as_("ann"):
        _file, path = files.fetch(row.result["url"].rpartition("/")[2])
    publics = [line["public_id"] for line in lines(path.read_bytes())]
    assert len(publics) == len(set(publics)) == 1_002


def jobs_timing() -> Any:
    from crm_core.kernel.lease import USUAL

    return USUAL


@one_engine
def test_old_files_and_files_nobody_knows_are_swept_away(world: World) -> None:
    import os

    with world.as_("ann"):
        with files.part(world.site, "a.part") as file:
            file.write(b"x")
        with writing():
            public = files.keep("a.part", owner_id=world.people["ann"], name="x", kind="text/csv", permission="core.customer.export")
        _row, path = files.fetch(public)
    folder = world.site.folder("files")
    (folder / "young.part").write_bytes(b"x")
    (folder / "old.part").write_bytes(b"x")
    os.utime(folder / "old.part", (0, 0))
    with world.site.system("tests"):
        files.sweep(None)
    assert path.exists() and (folder / "young.part").exists() and not (folder / "old.part").exists()
    with world.site.system("tests"), writing() as session:
        session.execute(sa.update(table_of(files.FileRow)).values(expires_at=files.clock.now()))
    os.utime(path, (0, 0))
    with world.site.system("tests"):
        files.sweep(None)
    assert not path.exists()


@one_engine
def test_the_command_writes_what_a_person_may_export(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_core.cli.export import command

    monkeypatch.setattr("crm_core.cli.export.ready_site", lambda: world.site)
    done = CliRunner().invoke(command, ["customers", "--as", "ann", "--columns", "name,owner", "--sort", "name"])
    assert done.exit_code == 0, done.output
    assert [line["Name"] for line in lines(done.stdout_bytes)] == ["北京CANARYANN食品有限公司", "北京CANARYANN2食品有限公司"]
    everything = CliRunner().invoke(command, ["core.customer", "--format", "jsonl", "--filter", "standing.any=key"])
    assert everything.exit_code == 0, everything.output
    assert {json.loads(text)["standing"] for text in everything.stdout_bytes.splitlines()} == {"key"}
    for wrong in (["nix"], ["customers", "--as", "nix"], ["customers", "--as", "gone"], ["customers", "--filter", "nix"], ["customers", "--columns", "nix"]):
        assert CliRunner().invoke(command, wrong).exit_code != 0


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
