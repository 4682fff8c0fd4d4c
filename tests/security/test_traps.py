"""The traps of the databases we stand on (T4 to T16), as a list: how each is kept away, and by which tests that is held. What a
look at the tables or at the engine can tell is looked at here."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import Model
from crm_core.data.columns import UtcDateTime
from crm_core.data.session import has_work
from crm_core.kernel.config import Config
from crm_core.kernel.site import Site
from tests.security.house import House

ROOT = Path(__file__).parents[2]
# Trap: (what is done about it, the tests that hold it).
TRAPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "T4 what was acknowledged is lost in a power cut": (
        "synchronous=FULL on every connection", ("tests/data/test_engine.py::test_every_connection_has_its_pragmas_when_it_is_handed_out",)),
    "T5 a long reader lets the log grow": (
        "exports read page by page, and no transaction is open between the pages", (
            "tests/exchange/test_export.py::test_no_transaction_is_open_while_the_reader_is_slow",
            "tests/data/test_engine.py::test_the_log_is_emptied_now_and_then_and_cut_after_a_large_write")),
    "T6 a copied file is no backup": (
        "the database's own online copy, checked before it gets its name", (
            "tests/cli/test_backup.py::test_a_backup_under_load_holds_whole_transactions_and_all_that_was_acknowledged",
            "tests/cli/test_backup.py::test_files_of_the_site_come_along", "tests/cli/test_backup.py::test_a_damaged_backup_changes_nothing")),
    "T7 rebuilding a table takes its children along": (
        "migrations have a connection of their own without foreign keys, check them before the commit and compare counts", (
            "tests/data/test_migrate.py::test_rebuilding_a_parent_keeps_its_children",
            "tests/data/test_migrate.py::test_with_foreign_keys_on_the_children_would_go_and_the_upgrade_is_rolled_back",
            "tests/data/test_migrate.py::test_what_a_revision_does_not_announce_rolls_it_back", "tests/data/test_engine.py::test_a_migration_alone_has_no_foreign_keys")),
    "T8 half a migration stays": (
        "our own BEGIN, so that tables go with the transaction they were made in", (
            "tests/data/test_migrate.py::test_a_revision_that_fails_leaves_nothing_behind", "tests/data/test_engine.py::test_a_table_made_in_a_transaction_goes_with_it",
            "tests/data/test_engine.py::test_the_driver_left_to_itself_would_leave_the_table_behind")),
    "T9 the version of another request is not seen": (
        "the version of the form stands in the UPDATE, and every write raises it, bulk ones too", (
            "tests/resource/test_two_editors.py::test_no_update_is_lost_in_a_thousand_interleavings", "tests/resource/test_two_editors.py::test_without_the_version_updates_are_lost",
            "tests/api/test_two_editors.py::test_bulk_work_and_a_form_that_is_open_meet", "tests/resource/test_write.py::test_a_stale_version_is_a_conflict_and_none_is_no_question")),
    "T10 a hidden record is None, and a form saves that": (
        "forms and names are made of the raw id, and what nobody touched is not written", (
            "tests/resource/test_write.py::test_an_untouched_reference_stays_even_where_its_target_is_hidden", "tests/access/test_wall.py::test_lawful_and_only_hers")),
    "T11 decimals are rounded and moments lose their zone": (
        "money is an integer, moments are a type of ours that takes none without a zone: below", ()),
    "T12 strict tables do not know the names of types": ("none is declared; values are checked by their fields before they come near: below", ()),
    "T13 two Chinese characters find nothing": (
        "an index of pairs of our own", (
            "tests/text/test_tokens.py::test_any_piece_of_a_run_is_found", "tests/text/test_tokens.py::test_sqlite_gives_the_answer_of_the_model",
            "tests/resource/test_search.py::test_what_is_found_is_what_holds_the_words_under_the_scope")),
    "T14 what was deleted stands in the file": (
        "secure_delete, and a purge empties row, search and history", (
            "tests/data/test_engine.py::test_every_connection_has_its_pragmas_when_it_is_handed_out", "tests/resource/test_purge.py::test_nothing_of_it_is_left_where_nothing_refers_to_it",
            "tests/security/test_traps.py::test_what_was_purged_is_gone_from_the_file")),
    "T15 a constraint without a name cannot be dropped": (
        "tables are made by migrations alone, and a convention names what they hold: below", (
            "tests/data/test_migrate.py::test_models_and_migrations_agree_for_core_and_for_a_second_package",)),
    "T16 a session outlives its request or is shared": (
        "a piece of work around each request, with connections for each thread: below", (
            "tests/access/test_gate.py::test_a_second_session_has_its_own_actor_and_its_own_objects",
            "tests/access/test_wall.py::test_an_error_inside_a_flush_does_not_leave_the_pass_open")),
}


def defined(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}


def test_each_trap_is_held_by_tests_that_exist() -> None:
    assert [trap.split()[0] for trap in TRAPS] == [f"T{n}" for n in range(4, 17)]
    lacking = [test for _how, tests in TRAPS.values() for test in tests if test.partition("::")[2] not in defined(ROOT / test.partition("::")[0])]
    assert lacking == []


def columns() -> list[sa.Column[Any]]:
    return [column for table in Model.metadata.tables.values() for column in table.columns]


def test_no_column_rounds_or_forgets_its_zone() -> None:
    """T11."""
    assert [str(c) for c in columns() if isinstance(c.type, sa.Numeric) or type(c.type) in (sa.DateTime, sa.Time)] == []
    assert UtcDateTime().process_bind_param(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), sa.create_engine("sqlite://").dialect)
    with pytest.raises((ValueError, TypeError)):
        UtcDateTime().process_bind_param(dt.datetime(2026, 1, 1), sa.create_engine("sqlite://").dialect)


def test_no_table_is_strict_and_each_constraint_has_a_name() -> None:
    """T12, T15."""
    tables = Model.metadata.tables.values()
    assert [t.name for t in tables if t.dialect_options["sqlite"].get("strict")] == []
    nameless = [f"{t.name}: {c!r}" for t in tables for c in t.constraints if c.name is None and not (isinstance(c, sa.PrimaryKeyConstraint) and not c.columns)]
    assert nameless == [], "the naming convention names them"
    assert [i for t in tables for i in t.indexes if i.name is None] == []


def test_nothing_but_migrations_makes_tables() -> None:
    """T15."""
    made = [str(path.relative_to(ROOT)) for path in (ROOT / "crm_core").rglob("*.py") if ".create_all(" in path.read_text("utf-8") and "testing" not in path.parts]
    assert made == []


def test_a_request_leaves_no_work_and_no_connection_behind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """T16: neither one that answers nor one that fails."""
    from crm_core.web import lists

    engines = house.world.site.engines

    def open_ones() -> tuple[bool, int, int]:
        return has_work(), engines.read.pool.checkedout(), engines.write.pool.checkedout()  # type: ignore[attr-defined]

    before = open_ones()
    assert house.browser("ann")("GET", "/core/customer").status_code == 200
    assert open_ones() == before == (False, 0, 0)

    def broken(*_args: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(lists, "page", broken)
    assert house.browser("ann")("GET", "/core/customer").status_code == 500
    assert open_ones() == before


def test_there_is_a_connection_for_each_thread(tmp_path: Path) -> None:
    """T16."""
    from crm_core.app import open_site

    config = Config(site=tmp_path, threads=11)
    site: Site = open_site(config=config)
    assert site.engines.read.pool.size() >= 11 and site.engines.write.pool.size() >= 11  # type: ignore[attr-defined]


def test_what_was_purged_is_gone_from_the_file(house: House) -> None:
    """T14: not one byte of it, in the database and in its log."""
    from crm_core.data.session import writing
    from crm_core.kernel import clock
    from crm_core.kernel.jobs import later
    from crm_core.kernel.runner import drain

    word, site = "UNMISTAKABLEWORD", house.world.site
    customers = site.registry.resource("core.customer")
    path = Path(str(site.engines.url.database))

    def left() -> int:
        with sa.create_engine(site.engines.url).connect() as conn:
            conn.exec_driver_sql("pragma wal_checkpoint(truncate)")
        return sum(file.read_bytes().count(word.encode()) for file in path.parent.glob(f"{path.name}*"))

    with house.world.as_("ann"):
        (row,) = customers.write([{"name": f"{word} Ltd", "note": f"of {word}", "addresses": [{"street": word}]}])
        customers.write([{"id": row, "name": f"{word} and Sons"}])
        assert left()
        customers.delete([row])
    with site.system("tests"), writing() as db:
        at = clock.now() - dt.timedelta(days=31)
        for table in (customers.table, customers.line_resource("addresses").table):
            db.connection().execute(sa.update(table).where(table.c.deleted_change_id.is_not(None)).values(deleted_at=at), execution_options={"crm_unscoped": "tests"})
        later("core.purge")
    drain(site)
    assert left() == 0
