"""Backups: sound while people write, proved byte by byte, put back whole or not at all."""

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.app import open_site
from crm_core.data.revisions import NewerSchema
from crm_core.kernel import backup
from crm_core.kernel.backup import BadBackup
from crm_core.kernel.clock import now
from crm_core.kernel.config import Config
from crm_core.kernel.errors import Refused
from crm_core.kernel.house import closed_house, open_house
from crm_core.kernel.models import SeriesRow
from crm_core.kernel.site import Site

table = SeriesRow.__table__


@pytest.fixture
def empty(request: pytest.FixtureRequest, migrated_site: Site, tmp_path: Path) -> Iterator[Site]:
    """Another site on the same engine with nothing in it."""
    home = tmp_path / "other"
    home.mkdir(mode=0o700)
    if migrated_site.engines.is_sqlite:
        url = ""
    else:
        url = request.getfixturevalue("postgres").create()
    made = open_site(config=Config(site=home, database=url))
    yield made
    made.engines.dispose()
    if url:
        request.getfixturevalue("postgres").drop(url)


def pairs(site: Site) -> tuple[set[str], set[str]]:
    with site.engines.read.connect() as conn:
        names = set(conn.execute(sa.select(table.c.name)).scalars())
    return {n[1:] for n in names if n[0] == "a"}, {n[1:] for n in names if n[0] == "b"}


def write_pair(site: Site, number: int) -> None:
    with site.engines.write.begin() as conn:
        conn.execute(sa.insert(table).values(name=f"a{number}", next=1))
        conn.execute(sa.insert(table).values(name=f"b{number}", next=1))


def test_a_backup_under_load_holds_whole_transactions_and_all_that_was_acknowledged(
        migrated_site: Site, empty: Site, tmp_path: Path) -> None:
    site, stop, written = migrated_site, threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            write_pair(site, number)
            written.append(number)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(written) < 20:
            pass
        acknowledged = len(written)
        path, kept = backup.back_up(site, tmp_path / "load.tar")
    finally:
        stop.set()
        thread.join()
    assert path.stat().st_mode & 0o077 == 0
    restored, _aside = backup.restore(empty, path)
    first, second = pairs(empty)
    assert first == second and {str(n) for n in range(acknowledged)} <= first
    assert restored.rows["core_series"] == kept.rows["core_series"] == 2 * len(first)


def test_files_of_the_site_come_along(migrated_site: Site, empty: Site, tmp_path: Path) -> None:
    (migrated_site.folder("files") / "a").mkdir()
    (migrated_site.home / "files/a/照片.jpg").write_bytes(b"\xff\xd8picture")
    path, _ = backup.back_up(migrated_site, tmp_path / "b.tar")
    backup.restore(empty, path)
    assert (empty.home / "files/a/照片.jpg").read_bytes() == b"\xff\xd8picture"
    assert not (empty.home / "key").exists()


def test_what_is_there_is_replaced_only_when_told_to(migrated_site: Site, tmp_path: Path) -> None:
    path, _ = backup.back_up(migrated_site, tmp_path / "b.tar")
    write_pair(migrated_site, 1)
    with pytest.raises(Refused, match="--replace"):
        backup.restore(migrated_site, path)
    assert pairs(migrated_site) == ({"1"}, {"1"})
    _kept, aside = backup.restore(migrated_site, path, replace=True)
    assert pairs(migrated_site) == (set(), set())
    assert (aside is not None) == migrated_site.engines.is_sqlite


def test_nothing_is_restored_into_a_running_site(migrated_site: Site, tmp_path: Path) -> None:
    path, _ = backup.back_up(migrated_site, tmp_path / "b.tar")
    with open_house(migrated_site.home), pytest.raises(Refused, match="running"):
        backup.restore(migrated_site, path, replace=True)
    home = migrated_site.home
    with closed_house(home), pytest.raises(Refused, match="being restored"), open_house(home):
        pass


def rewrite(path: Path, change: Any) -> None:
    """The same archive with one member changed by `change(name, bytes)`."""
    with tarfile.open(path) as archive:
        members = {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            content = change(name, content)
            if content is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("change", "said"), [
    (lambda n, c: c[:-1] + bytes([c[-1] ^ 1]) if n == "crm.db" else c, "crm.db is damaged"),
    (lambda n, c: None if n == "crm.db" else c, "crm.db is missing"),
    (lambda n, c: None if n == "manifest.json" else c, "no backup of this program"),
    (lambda n, c: b"[]" if n == "manifest.json" else c, "no backup of this program"),
])
def test_a_damaged_backup_changes_nothing(
        migrated_site: Site, empty: Site, tmp_path: Path, change: Any, said: str) -> None:
    path, _ = backup.back_up(migrated_site, tmp_path / "b.tar")
    backup.verify(path)
    rewrite(path, change)
    for act in (lambda: backup.verify(path), lambda: backup.restore(empty, path)):
        with pytest.raises(BadBackup, match=said):
            act()
    assert not (empty.home / "crm.db").exists()


@pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)
def test_a_path_out_of_the_folder_and_the_backup_of_a_newer_version_are_refused(
        migrated_site: Site, empty: Site, tmp_path: Path) -> None:
    path, _ = backup.back_up(migrated_site, tmp_path / "b.tar")

    def newer(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        manifest["revisions"]["core"] = "core_9999"
        return json.dumps(manifest).encode()

    def outside(name: str, content: bytes) -> bytes:
        return content.replace(b'"crm.db"', b'"../../evil"') if name == "manifest.json" else content

    good = path.read_bytes()
    rewrite(path, outside)
    with pytest.raises(BadBackup):
        backup.restore(empty, path)
    path.write_bytes(good)
    rewrite(path, newer)
    with pytest.raises(NewerSchema, match="core_9999"):
        backup.restore(empty, path)
    assert not (empty.home / "crm.db").exists() and not (tmp_path / "evil").exists()


KILLED = """
import os, signal, sys
from crm_core.cli import run

def die(event, arguments):
    if event == sys.argv[1] and sys.argv[2] in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
run(sys.argv[3:])
"""


def killed(site: Site, event: str, path: str, *command: str) -> None:
    """Run a command that is killed as soon as it touches a file of that name."""
    done = subprocess.run([sys.executable, "-c", KILLED, event, path, *command], cwd=Path(__file__).parents[2], check=False, timeout=120,
                          env={**os.environ, "CRM_SITE": str(site.home), "CRM_DATABASE": site.config.database})
    assert done.returncode == -signal.SIGKILL, done


@pytest.mark.parametrize(("event", "path"), [("sqlite3.connect", "crm.d"), ("open", "half.tar"), ("os.rename", "half.tar")])
@pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)
def test_a_killed_backup_leaves_no_file_of_that_name_and_the_next_clears_up(
        migrated_site: Site, tmp_path: Path, event: str, path: str) -> None:
    folder = tmp_path / "to"
    folder.mkdir()
    killed(migrated_site, event, path, "backup", str(folder / "b.tar"))
    assert not (folder / "b.tar").exists()
    backup.back_up(migrated_site, folder / "c.tar")
    assert [found.name for found in folder.iterdir()] == ["c.tar"]


@pytest.mark.parametrize(("event", "there"), [("os.link", 1), ("os.rename", 1), ("shutil.rmtree", 0)])
@pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)
def test_a_killed_restore_leaves_the_old_database_or_the_new_one(
        migrated_site: Site, tmp_path: Path, event: str, there: int) -> None:
    path, _kept = backup.back_up(migrated_site, tmp_path / "b.tar")
    write_pair(migrated_site, 1)
    migrated_site.engines.dispose()
    killed(migrated_site, event, "crm.db" if there else ".restore-", "restore", str(path), "--replace", "--yes")
    assert len(pairs(migrated_site)[0]) == there
    migrated_site.engines.dispose()
    backup.restore(migrated_site, path, replace=True)
    assert pairs(migrated_site) == (set(), set())
    assert [found for found in migrated_site.home.iterdir() if found.name.startswith(".")] == []


@pytest.mark.parametrize("site_url", ["postgresql"], indirect=True)
def test_a_killed_restore_of_postgresql_leaves_the_old_database(migrated_site: Site, tmp_path: Path) -> None:
    path, _kept = backup.back_up(migrated_site, tmp_path / "b.tar")
    write_pair(migrated_site, 1)
    killed(migrated_site, "subprocess.Popen", "pg_restore", "restore", str(path), "--replace", "--yes")
    assert len(pairs(migrated_site)[0]) == 1
    backup.restore(migrated_site, path, replace=True)
    assert pairs(migrated_site) == (set(), set())


def test_a_second_backup_at_the_same_time_is_refused(migrated_site: Site, tmp_path: Path) -> None:
    def second(_step: object) -> None:
        with pytest.raises(Refused, match="Another backup"):
            backup.back_up(migrated_site, tmp_path / "c.tar")

    backup.back_up(migrated_site, tmp_path / "b.tar", tell=second)
    backup.back_up(migrated_site, tmp_path / "c.tar")


@pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)
def test_a_disk_that_fills_up_is_said_and_leaves_no_half_backup(migrated_site: Site, tmp_path: Path) -> None:
    code = ("import resource, signal, sys\nfrom crm_core.cli import run\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))\nsys.exit(run(['backup', sys.argv[1]]))")
    target = tmp_path / "to" / "b.tar"
    target.parent.mkdir()
    done = subprocess.run([sys.executable, "-c", code, str(target)], cwd=Path(__file__).parents[2], capture_output=True, text=True,
                          check=False, env={**os.environ, "CRM_SITE": str(migrated_site.home), "CRM_DATABASE": ""})
    assert done.returncode == 1 and done.stderr.startswith("crm: ") and "Traceback" not in done.stderr, done.stderr
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)
def test_a_backup_never_overwrites_one(migrated_site: Site, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("precious")
    with pytest.raises(Refused):
        backup.back_up(migrated_site, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_text() == "precious"
    assert f"{now():%Y}" in backup.back_up(migrated_site)[0].name
