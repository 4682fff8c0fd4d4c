"""Backups of a running site: one file with the database, the files of the site and a manifest that proves them.

The database is copied first, the files after it: a file is on the disk before its row is committed, so whatever the
copied database names is there. The key is not in it: a backup that is lost must not open anything.
"""

import datetime as dt
import fcntl
import hashlib
import io
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
from crm_core.kernel import postgres
from crm_core.kernel.clock import now
from crm_core.kernel.errors import CrmError, Refused
from crm_core.kernel.house import closed_house
from crm_core.kernel.i18n import _
from crm_core.kernel.site import Site

FOLDERS = ("files", "imports")  # what a site keeps besides its database
MANIFEST = "manifest.json"


class BadBackup(CrmError):
    """The file is no backup of ours, or not whole."""


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
    with _alone(site), _workshop(target.parent, f".crm-backup-{_mark(site)}-") as place:
        half = place / "half.tar"
        tell(_("Copying the database"))
        copy = place / ("crm.db" if site.engines.is_sqlite else "crm.dump")
        rows = _copy_sqlite(site, copy) if site.engines.is_sqlite else postgres.dump(site.engines.url, copy)
        kept = Manifest(__version__, made.isoformat(timespec="seconds"), site.engines.url.get_backend_name(),
                        {s.package: s.current for s in pending(site)}, rows)
        tell(_("Packing"))
        with half.open("xb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            half.chmod(0o600)
            kept.sums[copy.name] = _add(archive, copy, copy.name)
            for path in _files(site):
                name = path.relative_to(site.home).as_posix()
                kept.sums[name] = _add(archive, path, name)
            text = json.dumps(asdict(kept), ensure_ascii=False, indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mode = len(text), 0o600
            archive.addfile(entry, io.BytesIO(text))
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    return target, kept


def _mark(site: Site) -> str:
    """Tells the workshop of one site from those of others in the same folder."""
    return hashlib.sha256(str(site.home.resolve()).encode()).hexdigest()[:8]


@contextmanager
def _workshop(folder: Path, prefix: str) -> Iterator[Path]:
    """A passing folder. Those that somebody left who was killed go first: the caller holds the lock, so nobody uses them."""
    for left in folder.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix) as place:
        yield Path(place)


@contextmanager
def _alone(site: Site) -> Iterator[None]:
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
        with tarfile.open(path) as archive:
            member = archive.extractfile(MANIFEST)
            if member is None:
                raise KeyError(MANIFEST)
            return Manifest(**json.load(member))
    except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise BadBackup(_("%(path)s is no backup of this program (%(why)s).", path=path, why=error)) from None


def verify(path: Path, tell: Tell = lambda _step: None) -> Manifest:
    """Check every byte of a backup against its manifest, and a SQLite database from within. Raises BadBackup."""
    kept = read_manifest(path)
    tell(_("Checking every byte"))
    with tempfile.TemporaryDirectory(prefix="crm-verify-") as place:
        _unpack(path, Path(place), kept)
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
    with closed_house(site.home), _workshop(site.home, ".restore-") as place:
        tell(_("Checking every byte"))
        _unpack(path, place, kept)
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
            yield from sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    if (site.home / "crm.toml").is_file():
        yield site.home / "crm.toml"


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    entry = archive.gettarinfo(str(path), name)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    with path.open("rb") as file:
        total = hashlib.file_digest(file, "sha256").hexdigest()
        entry.size = file.tell()
        file.seek(0)
        archive.addfile(entry, file)
    return total


def _check_known(site: Site, kept: Manifest) -> None:
    for package in site.registry.packages:
        step = kept.revisions.get(package.name)
        if step is not None:
            revisions.Status(package.name, step, revisions.known(package.migrations)).check()


def _unpack(path: Path, place: Path, kept: Manifest) -> None:
    with tarfile.open(path) as archive:
        archive.extractall(place, members=[m for m in archive if m.isfile() and m.name in kept.sums], filter="data")
    for name, total in kept.sums.items():
        found = place / name
        if not found.is_file():
            raise BadBackup(_("%(name)s is missing in the backup.", name=name))
        with found.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != total:
                raise BadBackup(_("%(name)s is damaged in the backup.", name=name))


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
