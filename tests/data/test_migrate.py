"""Upgrades: each package by itself, safe on SQLite, one at a time, never backwards."""

import enum
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.app import core
from crm_core.data import migrate, revisions, safety
from crm_core.data.base import Model
from crm_core.data.migrate import NewerSchema, UpgradeRefused
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import references
from crm_core.kernel.clock import now
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import Site
from tests.support.second import second

ROOT = Path(__file__).parents[2]
CORE = core()
FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{name}_0001", None
def upgrade():
    op.create_table("{name}_parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("word", sa.String(5)))
    op.create_table("{name}_child", sa.Column("id", sa.Integer, primary_key=True), sa.Column(
        "parent_id", sa.Integer, sa.ForeignKey("{name}_parent.id", name="fk_child", ondelete="CASCADE")))
    op.create_index("ix_{name}_word", "{name}_parent", ["word"])
    op.execute("insert into {name}_parent (id, word) values (1, 'a')")
    op.execute("insert into {name}_child (id, parent_id) values (1, 1)")
"""


class Mood(enum.Enum):
    new = "fresh"


State = sa.Enum(Mood, native_enum=False, length=40, values_callable=lambda e: [m.value for m in e])
WIDEN = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{name}_0002", "{name}_0001"
changes = ("{name}_parent",)
def upgrade():
    with op.batch_alter_table("{name}_parent") as batch:
        batch.alter_column("word", type_=sa.String(50), nullable=False)
"""


@pytest.fixture
def made(engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Site]]:
    """`made("alpha", 1={…})`: a site whose packages have the given revisions on disk."""
    sites: list[Site] = []
    monkeypatch.syspath_prepend(str(tmp_path / "code"))

    def make(*packages: Package) -> Site:
        if CORE not in packages:  # a site of alpha alone has no core_reference to write into
            monkeypatch.setattr(migrate, "after_package", [])
        site = Site(Config(site=tmp_path, database=engine_url), Registry(packages))
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.engines.dispose()


@pytest.fixture
def alpha(tmp_path: Path) -> Callable[..., Package]:
    def make(*revisions: str, name: str = "alpha") -> Package:
        folder = tmp_path / "code" / f"{name}_package" / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / "__init__.py").touch()
        for number, text in enumerate(revisions, 1):
            (folder / f"{number:04}_step.py").write_text(textwrap.dedent(text.replace("{name}", name)))
        return Package(name, name, "1", f"{name}_package")

    return make


def tables(site: Site) -> set[str]:
    with site.engines.read.connect() as conn:
        return revisions.table_names(conn)


def count(site: Site, table: str) -> int:
    with site.engines.read.connect() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one())


def test_models_and_migrations_agree_for_core_and_for_a_second_package(made: Callable[..., Site]) -> None:
    site = made(CORE, second())
    assert migrate.needs_upgrade(site) == ["core", "postcards"]
    migrate.upgrade(site)
    assert migrate.needs_upgrade(site) == []
    assert migrate.check(site) == {"core": [], "postcards": []}
    assert {"alembic_version", "alembic_version_postcards", "postcards_card"} <= tables(site)


def test_upgrading_twice_changes_nothing(made: Callable[..., Site]) -> None:
    site = made(CORE)
    assert migrate.upgrade(site).revisions["core"][0] == "core_0001"
    assert not migrate.upgrade(site)


def test_a_package_that_is_away_keeps_its_tables_while_core_moves_on(
        made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    both = made(alpha(FIRST), alpha(FIRST, name="beta"))
    migrate.upgrade(both)
    moved = made(alpha(FIRST, WIDEN))
    migrate.upgrade(moved)
    assert count(moved, "beta_child") == 1
    again = made(alpha(FIRST, WIDEN), alpha(FIRST, name="beta"))
    assert migrate.needs_upgrade(again) == [] and count(again, "beta_child") == 1


def test_a_table_belongs_to_the_longest_name() -> None:
    names = {"sales", "sales_plus", "core"}
    assert revisions.owner_of("sales_plus_x", names) == "sales_plus"
    assert revisions.owner_of("sales_x", names) == "sales"
    assert revisions.owner_of("alembic_version_sales", names) is None


def test_the_database_of_a_newer_version_is_refused_and_left_alone(
        made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    migrate.upgrade(made(alpha(FIRST, WIDEN)))
    package = alpha(FIRST)
    (package.migrations / "0002_step.py").unlink()
    old = made(package)
    for refused in (migrate.needs_upgrade, migrate.upgrade):
        with pytest.raises(NewerSchema, match="alpha_0002.*newer version"):
            refused(old)
    with old.engines.read.connect() as conn:
        assert revisions.current(conn, package) == "alpha_0002"


def test_rebuilding_a_parent_keeps_its_children(made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    migrate.upgrade(made(alpha(FIRST)))
    site = made(alpha(FIRST, WIDEN))
    migrate.upgrade(site)
    assert (count(site, "alpha_parent"), count(site, "alpha_child")) == (1, 1)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_with_foreign_keys_on_the_children_would_go_and_the_upgrade_is_rolled_back(
        made: Callable[..., Site], alpha: Callable[..., Package], monkeypatch: pytest.MonkeyPatch) -> None:
    migrate.upgrade(made(alpha(FIRST)))
    site = made(alpha(FIRST, WIDEN))

    def careless(url: sa.URL) -> sa.Engine:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        safety.prepare_sqlite(engine, write=True)
        return engine

    monkeypatch.setattr(safety, "engine", careless)
    with pytest.raises(UpgradeRefused, match="table alpha_child had 1 rows and has 0"):
        migrate.upgrade(site)
    assert count(site, "alpha_child") == 1 and migrate.needs_upgrade(site) == ["alpha"]
    monkeypatch.setattr(safety.Snapshot, "differences", lambda *a: [])  # and with the guard off they are really lost
    migrate.upgrade(site)
    assert count(site, "alpha_child") == 0


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("step", "said"), [
    ('op.execute("delete from alpha_child")', "alpha_child had 1 rows and has 0"),
    ('op.drop_index("ix_alpha_word")', "ix_alpha_word is gone"),
    ('op.drop_table("alpha_child")', "table alpha_child is gone"),
    ('op.execute("insert into alpha_child (id, parent_id) values (2, 77)")', "points at nothing"),
])
def test_what_a_revision_does_not_announce_rolls_it_back(
        made: Callable[..., Site], alpha: Callable[..., Package], step: str, said: str) -> None:
    migrate.upgrade(made(alpha(FIRST)))
    site = made(alpha(FIRST, f"""
        from alembic import op
        revision, down_revision = "alpha_0002", "alpha_0001"
        def upgrade():
            {step}
    """))
    with pytest.raises(UpgradeRefused, match=said):
        migrate.upgrade(site)
    assert count(site, "alpha_child") == 1 and migrate.needs_upgrade(site) == ["alpha"]


def test_a_revision_that_fails_leaves_nothing_behind(made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    migrate.upgrade(made(alpha(FIRST)))
    site = made(alpha(FIRST, """
        from alembic import op
        import sqlalchemy as sa
        revision, down_revision = "alpha_0002", "alpha_0001"
        def upgrade():
            op.create_table("alpha_half", sa.Column("id", sa.Integer))
            raise ZeroDivisionError
    """))
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(site)
    assert "alpha_half" not in tables(site) and migrate.needs_upgrade(site) == ["alpha"]


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from crm_core.data import migrate
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import Site
migrate.after_package.clear()
registry = Registry((Package("alpha", "a", "1", "alpha_package"),))
site = Site(Config(site=Path(sys.argv[2]), database=sys.argv[3]), registry)
print(sum(len(steps) for steps in migrate.upgrade(site).revisions.values()))
"""


def start(site: Site, tmp_path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "code"), str(tmp_path), site.config.database_url],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)


def test_killed_in_the_middle_it_is_as_before_and_the_next_start_makes_it(
        made: Callable[..., Site], alpha: Callable[..., Package], tmp_path: Path) -> None:
    migrate.upgrade(made(alpha(FIRST)))
    site = made(alpha(FIRST, WIDEN, """
        import os, signal
        from alembic import op
        import sqlalchemy as sa
        revision, down_revision = "alpha_0003", "alpha_0002"
        def upgrade():
            op.create_table("alpha_more", sa.Column("id", sa.Integer))
            if not os.path.exists(os.environ["PYTHONPATH"] + "/no"):
                os.kill(os.getpid(), signal.SIGKILL)
    """))
    run = start(site, tmp_path)
    run.communicate(timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert "alpha_more" not in tables(site) and count(site, "alpha_child") == 1
    package = alpha(FIRST, WIDEN)
    (package.migrations / "0003_step.py").write_text(
        'revision, down_revision = "alpha_0003", "alpha_0002"\ndef upgrade(): pass\n')
    assert migrate.upgrade(made(package)).revisions == {"alpha": ("alpha_0002", "alpha_0003")}


def test_two_processes_that_upgrade_at_once_do_it_once(
        made: Callable[..., Site], alpha: Callable[..., Package], tmp_path: Path) -> None:
    site = made(alpha(FIRST, WIDEN))
    runs = [start(site, tmp_path) for _ in range(2)]
    said = sorted(run.communicate(timeout=60)[0].strip() for run in runs)
    assert said == ["0", "2"] and count(site, "alpha_parent") == 1


def test_somebody_who_holds_the_lock_too_long_is_named(
        made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    site = made(alpha(FIRST))
    first, second = safety.engine(site.engines.url), safety.engine(site.engines.url)
    again = safety.lock(second, site.home, seconds=0.1)
    with safety.lock(first, site.home), pytest.raises(UpgradeRefused, match="Another process"):
        again.__enter__()
    with safety.lock(second, site.home, seconds=0.1):
        pass


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_sound_copy_is_made_before_an_upgrade(made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    assert migrate.upgrade(made(alpha(FIRST))).backup is None  # there was nothing to lose
    copy = migrate.upgrade(made(alpha(FIRST, WIDEN))).backup
    assert copy is not None and copy.stat().st_mode & 0o077 == 0
    with sqlite3.connect(copy) as conn:
        assert conn.execute("select version_num from alembic_version_alpha").fetchall() == [("alpha_0001",)]


def test_references_of_a_package_are_written_when_it_migrates_and_stay_when_it_sleeps(
        made: Callable[..., Site]) -> None:
    migrate.upgrade(made(CORE, second()))
    with made(CORE).engines.read.connect() as conn:
        cards = [r for r in references.to(conn, "core_user", "sales.order") if r.package == "postcards"]
        core = references.to(conn, "core_user")
    assert {(r.column_name, r.target, r.kind) for r in cards} == {
        ("sender_id", "core_user", "fk"), ("order_id", "sales.order", "ref"), ("about", "*", "anyref")}
    assert ("core_session", "user_id", "fk") in {(r.table_name, r.column_name, r.kind) for r in core}


def test_what_a_sleeping_package_refers_to_is_not_dropped_or_renamed(made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    """It is refused before it begins, by the name of who sleeps; once nobody refers to it, the same upgrade is made."""
    site = made(CORE, alpha(FIRST))
    migrate.upgrade(site)
    points = [("beta_x", "child_id", "alpha_child", "fk"), ("beta_x", "parent_id", "alpha.parent", "ref"), ("core_task", "subject", "*", "anyref")]
    with site.engines.write.begin() as conn:
        for table, column, target, kind in points:
            conn.execute(sa.delete(references._table).where(references._table.c.table_name == table, references._table.c.kind == kind))
            conn.execute(sa.insert(references._table).values(package="beta", table_name=table, column_name=column, target=target, kind=kind))
        conn.execute(sa.insert(Model.metadata.tables["core_task"]).values(
            title="t", subject="alpha.word", subject_id=1, created_at=now(), updated_at=now()),
            execution_options={UNSCOPED: "test"})
    steps = {
        'op.drop_table("alpha_child")': "alpha_child", 'op.rename_table("alpha_parent", "alpha_mother")': "alpha_parent",
        'op.alter_column("alpha_parent", "id", new_column_name="key")': "alpha_parent.id", 'op.drop_table("alpha_word")': "alpha_word",
        'with op.batch_alter_table("alpha_parent") as batch:\n        batch.drop_column("id")': "alpha_parent.id",
    }
    for step, what in steps.items():
        before = tables(site)
        with pytest.raises(UpgradeRefused, match=rf"{what}, to which “beta” refers"):
            migrate.upgrade(made(CORE, alpha(FIRST, f"""
revision, down_revision = "alpha_0002", "alpha_0001"
from alembic import op
def upgrade():
    {step}
""")))
        assert tables(site) == before
    free = alpha(FIRST, """
revision, down_revision = "alpha_0002", "alpha_0001"
changes = ("alpha_child",)
from alembic import op
def upgrade():
    op.drop_table("alpha_child")
def downgrade():
    op.drop_table("alpha_parent")
""")
    with site.engines.write.begin() as conn:
        conn.execute(sa.delete(references._table).where(references._table.c.target == "alpha_child"))
    assert migrate.upgrade(made(CORE, free)).revisions == {"alpha": ("alpha_0002",)}
    assert "alpha_child" not in tables(site)


def test_a_revision_is_written_for_what_the_models_have_more(
        made: Callable[..., Site], alpha: Callable[..., Package]) -> None:
    site = made(CORE, alpha(FIRST))
    migrate.upgrade(site)
    parent = sa.Table("alpha_parent", Model.metadata, sa.Column("id", sa.Integer, primary_key=True),
                      sa.Column("word", sa.String(5)), sa.Column("more", sa.Text),
                      sa.Column("state", State, nullable=False, default=Mood.new), sa.Column("good", sa.Boolean, nullable=False, default=True),
                      sa.Column("times", sa.BigInteger, nullable=False, default=7))
    child = sa.Table("alpha_child", Model.metadata, sa.Column("id", sa.Integer, primary_key=True),
                     sa.Column("parent_id", sa.Integer))
    try:
        found = migrate.check(site)
        assert any("more" in line for line in found["alpha"]) and found["core"] == []  # each sees its own tables only
        path = migrate.make_revision(site, "alpha", "more words")
        assert path is not None and path.name == "0002_more_words.py" and "changes = ('alpha_" in path.read_text()
        again = made(CORE, alpha())
        assert migrate.upgrade(again).revisions == {"alpha": ("alpha_0002",)}
        assert migrate.make_revision(again, "alpha", "nothing") is None
        with again.engines.read.connect() as conn:  # the row of before has what a new one gets
            assert conn.execute(sa.select(parent.c.more, parent.c.state, parent.c.good, parent.c.times)).one() == (None, Mood.new, True, 7)
    finally:
        Model.metadata.remove(parent)
        Model.metadata.remove(child)
