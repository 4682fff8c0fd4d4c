"""A plugin taken away for good, and back from its archive."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.app import open_site
from crm_core.data import revisions, safety
from crm_core.data.base import Model
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import belongings, enabling, purging, returning
from crm_core.kernel.config import Config
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.packing import BadBackup
from crm_core.kernel.site import Site
from tests.support import ENGINES
from tests.support.dist import MODELS, Shelf

PARTS = MODELS + """

    class Part(Model):
        __tablename__ = "{name}_part"
        id: Mapped[t.Id] = mapped_column(primary_key=True)
        thing_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("{name}_thing.id", ondelete="RESTRICT"))
        above_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("{name}_part.id", ondelete="RESTRICT"))
        customer_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_customer.id", ondelete="RESTRICT"))
        odd: Mapped[bytes | None]
        more: Mapped[dict[str, object] | None] = mapped_column(sa.JSON())
"""
FILL = """
    import datetime as dt
    import io
    import sqlalchemy as sa
    from crm_core.data.base import Model
    from crm_core.features.files import api as files
    from crm_core.kernel.series import draw
    from crm_core.resource import drafts, timeline
    from crm_core.resource.merging import merge
    a, b, c = R("core.customer").write([{"name": n} for n in ("甲酒业", "乙酒业", "丙酒业")])
    one, two, three, four = R("visits.thing").write([
        {"name": "第一次拜访\\n“2”", "customer": a}, {"name": "second", "customer": b}, {"name": "third", "customer": c}, {"name": "fourth"}])
    merge(R("core.customer"), a, [b])                     # moves a row of the plugin
    R("visits.thing").write([{"id": one, "name": "第一次"}])
    R("visits.thing").delete([four])
    R("core.task").write([{"title": "about a thing", "subject": "visits.thing", "subject_id": one},
                          {"title": "about a customer", "subject": "core.customer", "subject_id": a}])
    timeline.add("core.customer", a, "note", title="from visits", source="visits", record=("visits.thing", one))
    timeline.add("core.customer", a, "note", title="of core", record=("visits.thing", one))
    files.put("visits.thing", one, "where.txt", io.BytesIO(b"second floor"))
    draw("visits.thing.number", 3)
    conn = db.connection()
    insert = lambda table, **values: conn.execute(sa.insert(Model.metadata.tables[table]).values(**values))
    at = dt.datetime.now(dt.UTC)
    insert("core_setting", name="visits", department_id=0, data={"days": 3}, at=at)
    insert("core_foreign_id", source="old", ref="A-1", resource="visits.thing", resource_id=one)
    insert("core_import_profile", resource="visits.thing", shape="a" * 64, name="Old", owner_id=1, everyone=False, mapping={}, values={}, options={}, at=at)
    insert("core_merge", change_id=1, resource="visits.thing", kept_id=one, gone_id=two, at=at, undone_at=at)
    insert("core_merge_moved", merge_id=2, package="core", table_name="core_task", column_name="subject_id", ids=[9])
    insert("core_share", subject="visits.thing", subject_id=one, writes=False, until=at.date(), at=at)
    insert("core_approval", id=1, kind="review", subject="visits.thing", subject_id=one, state="open", step=1, steps=[], asked_at=at)
    insert("core_approval_place", approval_id=1, step=1, user_id=1, state="open")
    insert("core_flow", name="Old", subject="visits.thing", transition="delete", draft={}, edition=0, switched_on=False)
    insert("core_approval_vote", approval_id=1, step=1, verdict="agree", at=at)
    insert("core_alarm", name="an alarm", report="visits.outcomes", number=0, kind="", above=True, limit=1.0, receivers=[1], owner_id=1, active=True, crossed=False)
    insert("core_rule", id=1, name="a rule", resource="visits.thing", trigger="core.created", asked={}, steps=[], owner_id=1, playbook=False, held_out=0, active=False, faults=0, looked_id=0, version=1, changed_at=at)
    insert("core_rule_offer", subject="visits.thing", subject_id=one, offer="visits.book:1", at=at)
    insert("core_rule_run", rule_id=1, subject="visits.thing", subject_id=one, occasion="change 1", state="done", at=at, due_at=at, place=0, depth=0, log=[])
    insert("core_draft", actor_id=1, key="visits.thing:new", data={"texts": {}}, at=at)
    insert("core_job", name="visits.remind", run_at=at, made_at=at)
    insert("core_outbox", listener="visits.follow", event="X", number=1, data="{}", key="k", run_at=at, made_at=at)
    insert("visits_part", id=7, thing_id=one, above_id=None, customer_id=a, odd=b"\\x00\\xff", more={"a": [1.5, None, "“"]})
    insert("visits_part", id=3, thing_id=two, above_id=7, customer_id=c, odd=None, more=None)
    if seller := conn.execute(sa.text("select id from core_role limit 1")).scalar():
        R("core.role").write([{"id": seller, "grants": [{"permission": "visits.thing.read", "scope": "own"}]}])
"""
# What speaks of a plugin and stays: what happened, and rights.
STAYS = {"core_webhook", "core_webhook_delivery", "core_incoming", "core_access", "core_grant", "core_field_rule", "core_change", "core_security_event"}


@pytest.fixture(scope="session")
def sleepers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shelf]:
    """By engine, a site whose plugin was used and sleeps; its database is copied for each test."""
    return {"home": Shelf(tmp_path_factory.mktemp("sleeper"), Path())}


@pytest.fixture(params=ENGINES)
def slept(request: pytest.FixtureRequest, sleepers: dict[str, Shelf], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Shelf, Site]]:
    """A shelf with that plugin, and the site without it in this process."""
    engine = request.param
    if engine not in sleepers:
        sleepers[engine] = fall_asleep(sleepers["home"].folder / engine, request)
    like = sleepers[engine]
    home, url = tmp_path / "site", ""
    home.mkdir(mode=0o700)
    shutil.copytree(like.home / "attachments", home / "attachments")
    if engine == "sqlite":
        shutil.copyfile(like.home / "crm.db", home / "crm.db")
    else:
        url = request.getfixturevalue("postgres").create(like.database)
    shelf = Shelf(like.folder, home, url)
    monkeypatch.syspath_prepend(str(shelf.folder))
    site = open_site(config=Config(site=home, database=url))
    yield shelf, site
    site.engines.dispose()
    if url:
        request.getfixturevalue("postgres").drop(url)


def fall_asleep(folder: Path, request: pytest.FixtureRequest) -> Shelf:
    home, url = folder / "site", ""
    home.mkdir(parents=True, mode=0o700)
    if folder.name == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), home / "crm.db")
    else:
        url = request.getfixturevalue("postgres").create(request.getfixturevalue("postgres_template"))
    shelf = Shelf(folder / "shelf", home, url)
    shelf.put("visits", models=PARTS)
    shelf.ready("visits")
    shelf.run(FILL)
    assert shelf.crm("plugin", "disable", "visits").returncode == 0
    return shelf


def everything(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the database as it keeps them, without what is not kept and the counter of rights."""
    found = {}
    with safety.reading(site.engines.url) as conn:
        words = safety.virtual(conn)
        for table in sorted(revisions.table_names(conn)):
            if table not in {*belongings.PASSING, "core_site"} and not safety.is_virtual(table, words):
                rows = conn.exec_driver_sql(f'select * from "{table}"')
                found[table] = sorted(tuple(f"{column}={value}" for column, value in row._mapping.items()) for row in rows)
    return found


def spoken_of(site: Site) -> set[str]:
    """Tables and columns of core in which the plugin's name stands."""
    found = set()
    with safety.reading(site.engines.url) as conn:
        for table in Model.metadata.tables.values():
            for column in table.columns:
                words = table.name.startswith("core_") and isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
                if words and belongings.count(conn, table.name, belongings.below(column.name, "visits")):
                    found.add(f"{table.name}.{column.name}")
    return found


def purge_and_die(site: Site, patch: Callable[[], None]) -> int:
    """Purge in a child that kills itself somewhere; how it ended."""
    site.engines.dispose()
    pid = os.fork()
    if pid == 0:
        try:
            patch()
            purging.purge(site, "visits")
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1]


def die(*_given: Any, **_more: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_is_purged_is_gone_and_its_archive_brings_all_of_it_back(slept: tuple[Shelf, Site]) -> None:
    shelf, site = slept
    before, about = everything(site), spoken_of(site)
    unused = {"core_choice", "core_tagged", "core_import", "core_twin", "core_feed", "core_custom_field", "core_layout", "core_view", "core_print_template"}
    assert {f"{t}.{c}" for t, columns in belongings.OWNED.items() for c in columns if t not in unused} <= about
    seen = json.loads(shelf.crm("plugin", "purge", "visits", "--json").stdout)
    assert seen["tables"] == {"visits_part": 2, "visits_thing": 4} and seen["state"] == "disabled" and seen["rows"] == 6
    assert seen["pointers"]["core_task.subject"] == 1
    assert seen["rights"] == {"core_grant": 1} and seen["passing"].keys() >= {"core_job", "core_outbox", "core_search"}
    refused = shelf.crm("plugin", "purge", "visits", "--yes", "visit")
    assert refused.returncode == 1 and everything(site) == before

    done = shelf.crm("plugin", "purge", "visits", "--yes", "visits")
    assert done.returncode == 0 and "Kept by core" in done.stdout, done.stderr
    (archive,) = (shelf.home / "backups").glob("plugin-visits-*.tar")
    assert archive.stat().st_mode & 0o077 == 0
    after = everything(site)
    assert not any("visits" in table for table in after) and {one.split(".")[0] for one in spoken_of(site)} <= STAYS
    assert len(after["core_task"]) == 2
    assert shelf.standing() == {"visits": ("available", "")}
    with pytest.raises(Missing):
        purging.look(site, "visits")
    if site.engines.is_sqlite:
        with site.engines.write.connect() as conn:  # the index of words is whole
            conn.exec_driver_sql("insert into core_search_fts(core_search_fts, rank) values ('integrity-check', 1)")

    shutil.rmtree(shelf.home / "attachments")  # swept meanwhile
    done = shelf.crm("plugin", "restore", str(archive))
    assert done.returncode == 0 and "switched off" in done.stdout, done.stderr
    assert everything(site) == before
    (kept,) = (p for p in (shelf.home / "attachments").rglob("*") if p.is_file())
    assert kept.read_bytes() == b"second floor" and kept.stat().st_mode & 0o077 == 0
    assert shelf.crm("plugin", "enable", "visits").returncode == 0
    assert shelf.crm("db", "check").returncode == 0
    shelf.run("""
        assert R("visits.thing").write([{"name": "new"}]) == [5]
        from crm_core.resource import undo
        undo.ask(max(row[0] for row in db.connection().exec_driver_sql("select id from core_change where kind = 'merge'")))
        owner = dict(tuple(row) for row in db.connection().exec_driver_sql("select id, customer_id from visits_thing /*scope:visits_thing*/"))
        assert owner[2] == 2, owner
    """)


def test_killed_at_any_point_all_is_there_and_the_purge_can_be_run_again(slept: tuple[Shelf, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    _shelf, site = slept
    before = everything(site)
    folder = site.folder("backups")
    old = set(folder.glob("*.tar"))
    for name in ("_pack", "_drop", "drop_tables"):
        assert purge_and_die(site, lambda name=name: setattr(purging, name, die)) == signal.SIGKILL  # type: ignore[misc]
        assert everything(site) == before
    made = sorted(set(folder.glob("*.tar")) - old)
    assert len(made) == 2
    path, _kept = purging.purge(site, "visits", folder / "last.tar")
    assert not any("visits" in table for table in everything(site))
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == []
    returning.restore(site, path)
    assert everything(site) == before


def test_a_purge_that_met_a_change_takes_nothing_away(slept: tuple[Shelf, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    _shelf, site = slept
    real = purging.packing.publish

    def meanwhile(half: Path, target: Path) -> None:
        real(half, target)
        with site.engines.write.begin() as conn:
            conn.exec_driver_sql("update core_task set subject_id = 3 where subject = 'visits.thing'", execution_options={UNSCOPED: "test"})

    monkeypatch.setattr(purging.packing, "publish", meanwhile)
    with pytest.raises(Refused, match="was changed while"):
        purging.purge(site, "visits")
    assert "visits_thing" in everything(site)


def test_an_archive_that_is_not_whole_is_refused(slept: tuple[Shelf, Site]) -> None:
    _shelf, site = slept
    path, _kept = purging.purge(site, "visits")
    whole = path.read_bytes()
    at = whole.index("第一次".encode())
    path.write_bytes(whole[:at] + b"x" + whole[at + 1:])
    before = everything(site)
    with pytest.raises(BadBackup, match="damaged"):
        returning.restore(site, path)
    path.write_bytes(whole[:2000])
    with pytest.raises(BadBackup):
        returning.restore(site, path)
    assert everything(site) == before


def test_what_was_removed_or_taken_meanwhile_is_mended_and_told(slept: tuple[Shelf, Site]) -> None:
    shelf, site = slept
    path, _kept = purging.purge(site, "visits")
    shelf.run("""
        from crm_core.data.wall import UNSCOPED
        R("core.customer").write([{"name": "new"}])
        conn = db.connection()
        for sql in ("delete from core_address where customer_id = 3", "delete from core_customer where id = 3",
                    "update core_task set subject = 'core.customer', subject_id = 1"):
            conn.exec_driver_sql(sql, execution_options={UNSCOPED: "test"})
        R("core.customer").write([{"id": 1, "name": "甲乙"}])       # a row of history with a number of the archive, on SQLite
    """)
    done = returning.restore(site, path)
    assert done.emptied == {"visits_thing": 1} and done.left_out == {"visits_part": 1}
    rows = everything(site)
    assert len(rows["visits_thing"]) == 4 and len(rows["visits_part"]) == 1
    assert not [row for row in rows["core_task"] if "subject=visits.thing" in row]
    with safety.reading(site.engines.url) as conn:
        history = conn.exec_driver_sql("select resource from core_history").scalars().all()
        assert history.count("visits.thing") == 6
        mine, other = (conn.exec_driver_sql(f"select id from core_merge where resource = '{r}'").scalar() for r in ("visits.thing", "core.customer"))
        moved = dict(conn.exec_driver_sql("select package, merge_id from core_merge_moved").all())
    assert moved == {"core": mine, "visits": other}


def test_who_is_needed_or_switched_on_is_not_purged(any_shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = any_shelf
    shelf.put("low")
    shelf.put("top", requires=("low",), models=MODELS.replace("customer_id", "low_id").replace("core_customer.id", "low_thing.id"), plugin="import {module}.models")
    shelf.ready("low")
    shelf.ready("top")
    monkeypatch.syspath_prepend(str(shelf.folder))
    site = open_site(config=Config(site=shelf.home, database=shelf.database), plugins=())
    with pytest.raises(Refused, match="crm plugin disable low"):
        purging.purge(site, "low")
    enabling.disable(site, ["top", "low"])
    seen = purging.look(site, "low")
    assert seen.held_by == ("top_thing.low_id",) and seen.required_by == ("top",)
    with pytest.raises(Refused, match="top_thing.low_id"):
        purging.purge(site, "low")
    purging.purge(site, "top")
    purging.purge(site, "low")
    site.engines.dispose()
    assert {state for state, _reason in shelf.standing().values()} == {"available"}


def test_a_plugin_nobody_has_installed_any_more_is_purged_too(shelf: Shelf) -> None:
    shelf.put("visits")
    shelf.ready("visits")
    for path in shelf.folder.glob("*.dist-info/*"):
        path.unlink()
    assert shelf.standing()["visits"][0] == "blocked"
    assert shelf.crm("plugin", "disable", "visits").returncode == 0
    asked = subprocess.run([sys.executable, "-m", "crm_core", "plugin", "purge", "visits"], env=shelf.environment, cwd=shelf.home.parent,
                           input="visits\n", capture_output=True, text=True, timeout=120, check=False)
    assert asked.returncode == 0 and "visits_thing" in asked.stdout, asked.stderr
    assert shelf.standing() == {}
    (archive,) = (shelf.home / "backups").glob("plugin-visits-*.tar")
    assert "install it with pip" in shelf.crm("plugin", "restore", str(archive)).stderr


def test_every_name_of_a_package_in_tables_of_core_is_thought_of() -> None:
    assert belongings.OWNED.keys() | belongings.PASSING.keys() | belongings.RIGHTS.keys() <= Model.metadata.tables.keys()
    for table, columns in (belongings.OWNED | belongings.PASSING | belongings.RIGHTS).items():
        assert set(columns) <= set(Model.metadata.tables[table].c.keys()), table
    named = {"resource", "package", "listener", "subject", "target", "record"}
    pointing = {(t.name, c.name) for t in Model.metadata.tables.values() for c in t.columns if c.info.get("kind") == "anyref"}
    for table in Model.metadata.tables.values():
        if table.name.startswith("core_") and table.name not in STAYS:
            for column in table.columns:
                if column.name in named and isinstance(column.type, sa.String) and table.name not in belongings.OWNED | belongings.PASSING:
                    assert (table.name, column.name) in pointing, f"{table.name}.{column.name}: does it go with a plugin?"
