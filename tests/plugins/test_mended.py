"""What goes wrong with plugins when they are installed, updated and removed: core serves without them, nothing is lost, and they
come back."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.support.dist import Shelf

NEXT = """
import os, signal
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{name}_0002", "{name}_0001"
def upgrade():
    op.create_table("{name}_more", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("insert into {name}_more (id) values (1)")
    {step}
"""
RAISES, KILLS = "raise ZeroDivisionError('half way')", "os.kill(os.getpid(), signal.SIGKILL)"
COUNT = """
there = set(db.connection().exec_driver_sql("select name from sqlite_master where name like '%_more'").scalars())
print(sorted(there), *(db.connection().exec_driver_sql(f"select count(*) from {n}_thing /*scope:{n}_thing*/").scalar() for n in NAMES))
"""


def update(home: Path, name: str, step: str) -> None:
    (home / "migrations" / "0002_more.py").write_text(NEXT.replace("{name}", name).replace("{step}", step), encoding="utf-8")


def requiring(shelf: Shelf, home: Path, what: str) -> None:
    text = (home / "__init__.py").read_text()
    (home / "__init__.py").write_text(text.replace("requires=()", f"requires=('{what}',)"), encoding="utf-8")


def uninstall(shelf: Shelf, name: str) -> None:
    (shelf.folder / f"crm_{name}-1.0.dist-info" / "entry_points.txt").rename(shelf.folder / f"{name}.away")


def install(shelf: Shelf, name: str) -> None:
    (shelf.folder / f"{name}.away").rename(shelf.folder / f"crm_{name}-1.0.dist-info" / "entry_points.txt")


def states(shelf: Shelf) -> dict[str, str]:
    return {name: state for name, (state, _reason) in shelf.standing().items()}


def test_core_starts_without_what_is_broken_and_everybody_comes_back(shelf: Shelf) -> None:
    names = ["good", "fails", "gone", "asleep", "picky", "old"]
    homes = {name: shelf.put(name) for name in names}
    shelf.ready(*names)
    fill = "\n".join(f"R('{name}.thing').write([{{'name': 'x'}}])" for name in names)
    shelf.run(fill)
    count = COUNT.replace("NAMES", repr(names))
    assert shelf.crm("plugin", "disable", "asleep").returncode == 0

    # One update whose migration raises, one plugin removed while on, one while off, one that wants another core, one whose code is
    # older than its tables.
    update(homes["fails"], "fails", RAISES)
    uninstall(shelf, "gone")
    uninstall(shelf, "asleep")
    requiring(shelf, homes["picky"], "core>=99")
    shelf.work("with site.engines.write.begin() as conn: conn.exec_driver_sql(\"update alembic_version_old set version_num = 'old_0009'\")")
    broken = shelf.crm("db", "upgrade")
    assert broken.returncode == 1 and "fails" in broken.stderr and "half way" in broken.stderr and "old" in broken.stderr
    found = shelf.standing()
    assert {name: state for name, (state, _r) in found.items()} == {
        "good": "active", "fails": "failed", "gone": "blocked", "asleep": "disabled", "picky": "blocked", "old": "failed"}
    assert "half way" in found["fails"][1] and "not installed" in found["gone"][1] and "core>=99" in found["picky"][1]
    assert "not installed" in found["asleep"][1] and "newer version" in found["old"][1]
    assert shelf.run("print(sorted(p.name for p in site.registry.packages))\n" + count).splitlines() == ["['core', 'good']", "[] 1 1 1 1 1 1"]
    assert shelf.crm("plugin", "enable", "old").returncode == 1  # still too old

    # Mended: the removed one is there again by itself, the others when they are switched on.
    update(homes["fails"], "fails", "")
    install(shelf, "gone")
    install(shelf, "asleep")
    shelf.put("picky")
    shelf.work("with site.engines.write.begin() as conn: conn.exec_driver_sql(\"update alembic_version_old set version_num = 'old_0001'\")")
    assert states(shelf) == {"good": "active", "fails": "failed", "gone": "active", "asleep": "disabled", "picky": "active", "old": "failed"}
    assert shelf.crm("plugin", "enable", "fails", "asleep", "old").returncode == 0
    assert set(states(shelf).values()) == {"active"}
    assert shelf.run(count) == "['fails_more'] 1 1 1 1 1 1"


def test_a_migration_that_raises_or_is_killed_leaves_nothing_and_is_made_when_it_is_mended(shelf: Shelf) -> None:
    homes = {name: shelf.put(name) for name in ("raises", "killed", "later")}
    for name in homes:
        assert shelf.crm("plugin", "migrate", name).returncode == 0
    # Switched on for the first time.
    update(homes["raises"], "raises", RAISES)
    update(homes["killed"], "killed", KILLS)
    requiring(shelf, homes["later"], "core>=99")
    refused = shelf.crm("plugin", "enable", "raises")
    assert refused.returncode == 1 and "half way" in refused.stderr and "Traceback" not in refused.stderr
    assert shelf.crm("plugin", "enable", "killed").returncode == -signal.SIGKILL
    refused = shelf.crm("plugin", "enable", "later")
    assert refused.returncode == 1 and "core>=99" in refused.stderr
    assert set(states(shelf).values()) == {"available"}
    assert shelf.run("""print([t for t in db.connection().exec_driver_sql("select name from sqlite_master").scalars() if "raises" in t or "killed" in t])""") == "[]"
    # Updated while it serves, and killed: the site says what to do, and both ways work.
    (homes["killed"] / "migrations" / "0002_more.py").unlink()
    assert shelf.crm("plugin", "enable", "killed").returncode == 0
    update(homes["killed"], "killed", KILLS)
    assert shelf.crm("db", "upgrade").returncode == -signal.SIGKILL
    refused = shelf.crm("plugin", "list")
    assert refused.returncode == 1 and "crm db upgrade (killed)" in refused.stderr
    assert shelf.crm("plugin", "disable", "killed").returncode == 0
    assert states(shelf)["killed"] == "disabled"
    update(homes["killed"], "killed", "")
    assert shelf.crm("plugin", "enable", "killed").returncode == 0
