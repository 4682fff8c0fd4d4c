"""Exports in the browser, by job and by command."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.kernel import files, jobs
from crm_core.kernel.lease import USUAL
from crm_core.kernel.models import JobRow
from crm_core.kernel.runner import drain, run_one
from crm_core.resource import listing
from crm_core.resource.exchange import export as exporting
from crm_core.resource.exchange import exporting as job_of
from tests.exchange.exports import NAME, fill, lines, lose_role
from tests.support.world import World
from tests.support.worlds import *


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of more than five is a long one."""
    monkeypatch.setattr("crm_core.resource.exchange.exporting.AT_ONCE", 5)
    monkeypatch.setattr(listing, "SMALL", 5)


@one_engine
def test_the_browser_streams_a_short_list_as_a_file_to_save(world: World, at_browser: Callable[[str], Browser]) -> None:
    answer = at_browser("ann")("GET", "/core/customer/export?format=csv&standing.any=key,customer,potential")
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
    jobs.claims.reap(world.site.engines, USUAL, all_running=True)
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


@one_engine
def test_old_files_and_files_nobody_knows_are_swept_away(world: World) -> None:
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
