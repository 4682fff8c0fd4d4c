"""Backups of a running site: one file with the database, the files of the site and a manifest that proves them.

The database is copied first, the files after it: a file is on the disk before its row is committed, so whatever the
copied database names is there. The key is not in it: a backup that is lost must not open anything.
"""

import datetime as dt
import fcntl
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core import __version__
from crm_core.data import revisions, safety
from crm_core.data.migrate import pending
from crm_core.kernel import files, packing, postgres
from crm_core.kernel.clock import now
from crm_core.kernel.errors import Refused
from crm_core.kernel.house import closed_house
from crm_core.kernel.i18n import _
from crm_core.kernel.packing import BadBackup
from crm_core.kernel.site import Site

FOLDERS = ("files", "imports", "attachments")  # what a site keeps besides its database
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, so that a restored site can be compared with it."""

    version: str
    made_at: str
    engine: str
    revisions: dict[str, str | None]
    rows: dict[str, int]
    sums: dict[str, str] = field(default_factory=dict)  # SHA-256 by name in the archive

    @property
    def database(self) -> str:
        return "crm.db" if self.engine == "sqlite" else "crm.dump"

    @property
    def summary(self) -> dict[str, Any]:
        """What a script wants to know of it."""
        return {"version": self.version, "made_at": self.made_at, "engine": self.engine, "tables": len(self.rows),
                "rows": self.total_rows}

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())


Tell = Callable[[Any], None]  # hears what is being done now


def back_up(site: Site, target: Path | None = None, tell: Tell = lambda _step: None) -> tuple[Path, Manifest]:
    """Copy the site while it runs. The file appears whole and checked, 0600, or not at all."""
    made = now()
    target = target or site.folder("backups") / f"crm-{made:%Y%m%d-%H%M%S}.tar"
    if target.exists():
        raise Refused(_("%(path)s exists already.", path=target))
    with alone(site), files.still(site, wait=True), packing.workshop(target.parent, f".crm-backup-{packing.mark(site.home)}-") as place:
        half = place / "half.tar"
        tell(_("Copying the database"))
        copy = place / ("crm.db" if site.engines.is_sqlite else "crm.dump")
        rows = _copy_sqlite(site, copy) if site.engines.is_sqlite else postgres.dump(site.engines.url, copy)
        kept = Manifest(__version__, made.isoformat(timespec="seconds"), site.engines.url.get_backend_name(),
                        {s.package: s.current for s in pending(site)}, rows)
        tell(_("Packing"))
        with packing.packed(half) as archive:
            kept.sums[copy.name] = packing.add(archive, copy, copy.name)
            for path in _files(site):
                name = path.relative_to(site.home).as_posix()
                with suppress(FileNotFoundError):  # sent and not taken, or taken back, while we were at it: no row knows it
                    kept.sums[name] = packing.add(archive, path, name)
            packing.add_text(archive, MANIFEST, json.dumps(asdict(kept), ensure_ascii=False, indent=1))
        packing.publish(half, target)
    return target, kept


@contextmanager
def alone(site: Site) -> Iterator[None]:
    """One backup at a time. Raises Refused."""
    with (site.home / "backup.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(_("Another backup is being made; wait until it is done.")) from None
        yield


def read_manifest(path: Path) -> Manifest:
    """The manifest of a backup. Raises BadBackup."""
    try:
        return Manifest(**json.loads(packing.read_text(path, MANIFEST)))
    except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise BadBackup(_("%(path)s is no backup of this program (%(why)s).", path=path, why=error)) from None


def verify(path: Path, tell: Tell = lambda _step: None) -> Manifest:
    """Check every byte of a backup against its manifest, and a SQLite database from within. Raises BadBackup."""
    kept = read_manifest(path)
    tell(_("Checking every byte"))
    with tempfile.TemporaryDirectory(prefix="crm-verify-") as place:
        packing.unpack(path, Path(place), kept.sums)
        if kept.engine == "sqlite":
            safety.check_sqlite(Path(place) / kept.database)
    return kept


def restore(site: Site, path: Path, *, replace: bool = False, tell: Tell = lambda _step: None) -> tuple[Manifest, Path | None]:
    """Put a backup in place of the site's database and files. Where the present database was put, if there was one
    (SQLite).

    Nothing is touched before every byte of the backup has been checked. Raises BadBackup, Refused while the site
    runs or is not empty (without `replace`), NewerSchema when the backup is of a newer version.
    """
    kept = read_manifest(path)
    if kept.engine != site.engines.url.get_backend_name():
        raise Refused(_("This is a backup of %(theirs)s, the site is configured for %(ours)s.",
                        theirs=kept.engine, ours=site.engines.url.get_backend_name()))
    _check_known(site, kept)
    with closed_house(site.home), packing.workshop(site.home, ".restore-") as place:
        tell(_("Checking every byte"))
        packing.unpack(path, place, kept.sums)
        tell(_("Putting it in place"))
        site.engines.dispose()
        aside = None
        if site.engines.is_sqlite:
            aside = _put_sqlite(site, place / kept.database, kept, replace)
        else:
            postgres.load(site.engines.url, place / kept.database, replace=replace)
        _put_files(site, place, aside)
    with site.engines.read.connect() as conn:
        found = postgres.count_rows(conn) if not site.engines.is_sqlite else _count_sqlite(conn)
    wrong = [t for t, count in kept.rows.items() if found.get(t) != count]
    if wrong:
        raise BadBackup(_("The restored database differs from the backup in %(tables)s.", tables=list(wrong[:5])))
    return kept, aside


def _copy_sqlite(site: Site, target: Path) -> dict[str, int]:
    safety.copy_sqlite(Path(str(site.engines.url.database)), target)
    engine = safety.engine(sa.make_url(f"sqlite:///{target}"))
    try:
        with engine.connect() as conn:
            return _count_sqlite(conn)
    finally:
        engine.dispose()


def _count_sqlite(conn: sa.Connection) -> dict[str, int]:
    seen = safety.Snapshot.of(conn, unscoped="rows of a backup are counted")
    return seen.rows if seen is not None else {}


def _files(site: Site) -> Iterator[Path]:
    for name in FOLDERS:
        folder = site.home / name
        if folder.is_dir():
            yield from sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and not p.name.startswith("."))  # a dot: still being sent
    if (site.home / "crm.toml").is_file():
        yield site.home / "crm.toml"


def _check_known(site: Site, kept: Manifest) -> None:
    for package in site.registry.packages:
        step = kept.revisions.get(package.name)
        if step is not None:
            revisions.Status(package.name, step, revisions.known(package.migrations)).check()


def _put_sqlite(site: Site, copy: Path, kept: Manifest, replace: bool) -> Path | None:
    target = Path(str(site.engines.url.database))
    aside = None
    if target.exists():
        if not replace:
            raise Refused(_("There is a database in %(folder)s already; --replace puts it aside first.",
                            folder=site.home))
        aside = site.folder("backups") / f"replaced-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S-%f}"
        aside.mkdir(mode=0o700)
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(target)) as conn:
            conn.execute("pragma wal_checkpoint(truncate)")  # the last to close it takes the log away
        log = [path for end in ("-wal", "-shm") if (path := target.with_name(target.name + end)).exists()]
        for path in log:  # of a database so broken that it could not be opened
            path.rename(aside / path.name)
        os.link(target, aside / target.name)
    copy.chmod(0o600)
    copy.replace(target)  # at any moment there is the old one or the new one
    return aside


def _put_files(site: Site, place: Path, aside: Path | None) -> None:
    for name in FOLDERS:
        here = site.home / name
        if here.exists() and any(here.iterdir()):
            away = (aside or site.folder("backups") / f"replaced-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}") / name
            away.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            here.rename(away)
        if (place / name).is_dir():
            shutil.rmtree(here, ignore_errors=True)
            (place / name).rename(here)
            here.chmod(0o700)
    settings: Any = place / "crm.toml"
    if settings.is_file() and not (site.home / "crm.toml").exists():
        settings.rename(site.home / "crm.toml")
