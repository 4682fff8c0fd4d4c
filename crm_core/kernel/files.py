"""Files made for somebody: a row with its owner is the truth, the bytes lie under a random name outside of the web.

Written into a temporary name, forced to disk, renamed; the row comes last, so a row never points at half a file, and a
file without a row is swept away. Only the owner gets it back, as long as he still has the right it was made with.
"""

import datetime as dt
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Keyed, new_public_id
from crm_core.data.session import current_work, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import Site, site

FOLDER = "files"
KEPT = dt.timedelta(days=7)
ORPHAN = 86_400  # seconds after which a file that no row knows is swept away


class FileRow(Keyed, Model):
    """A file somebody may fetch."""

    __tablename__ = "core_file"
    public_id: Mapped[str] = mapped_column(sa.String(32), unique=True)
    owner_id: Mapped[t.Id]
    name: Mapped[str] = mapped_column(sa.String(200))  # as it is called when it is saved
    kind: Mapped[str] = mapped_column(sa.String(100))  # media type, from our own list
    size: Mapped[int]
    path: Mapped[str] = mapped_column(sa.String(80))  # below the site's folder of files
    permission: Mapped[str] = mapped_column(sa.String(120))  # what one must still be allowed to, to get it
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    expires_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime(), index=True)


def fresh_name() -> str:
    """A random name for bytes on the way."""
    return f"{secrets.token_hex(16)}.part"


def has_part(site: Site, name: str, size: int) -> bool:
    """Whether so much of a file in the making is there that writing can go on behind it."""
    path = site.folder(FOLDER) / Path(name).name
    return path.exists() and path.stat().st_size >= size


@contextmanager
def part(site: Site, name: str, size: int = 0) -> Iterator[IO[bytes]]:
    """The file in the making, open at `size` (what lies behind it, from before a kill, is cut off); forced to disk when left."""
    path = site.folder(FOLDER) / Path(name).name
    with path.open("r+b" if path.exists() else "w+b") as handle:
        os.fchmod(handle.fileno(), 0o600)
        handle.truncate(size)
        handle.seek(size)
        yield handle
        handle.flush()
        os.fsync(handle.fileno())


def keep(part_name: str, *, owner_id: int, name: str, kind: str, permission: str) -> str:
    """Give a finished part to its owner, in the running write transaction; returns its public id."""
    folder = site().folder(FOLDER)
    final = folder / Path(part_name).stem
    (folder / Path(part_name).name).replace(final)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    public = new_public_id()
    current_work().session.execute(sa.insert(table_of(FileRow)).values(
        public_id=public, owner_id=owner_id, name=name[:200], kind=kind, size=final.stat().st_size, path=final.name,
        permission=permission, made_at=clock.now(), expires_at=clock.now() + KEPT,
    ))
    return public


def fetch(public_id: str) -> tuple[Any, Path]:
    """The row and the place of a file of the acting person. Raises Missing for everybody else, when it is over, and when
    he lost the right it was made with."""
    work = current_work()
    row = work.session.execute(sa.select(table_of(FileRow)).where(
        FileRow.public_id == public_id, FileRow.owner_id == work.actor.user_id, FileRow.expires_at > clock.now()
    )).one_or_none()
    path = site().folder(FOLDER) / row.path if row is not None else None
    if row is None or path is None or not path.exists() or not work.actor.can(row.permission):
        raise Missing(_("This page was not found."))
    return row, path


@contextmanager
def still(site: Site, *, wait: bool = False) -> Iterator[bool]:
    """While this is held no sweeper removes bytes: for backups (`wait`), which copy the rows first and the bytes after them. A
    sweeper asks for it without waiting and gets False while a backup is made."""
    with (site.home / "sweep.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def sweep(job: Any) -> None:
    """The job: remove what is over, and bytes that no row knows."""
    with still(site()) as held:
        if held:
            _sweep()


def _sweep() -> None:
    table = table_of(FileRow)
    with writing() as session:
        session.execute(sa.delete(table).where(table.c.expires_at <= clock.now()))
    with site().engines.read.connect() as conn:
        known = set(conn.scalars(sa.select(table.c.path)))
    for path in site().folder(FOLDER).iterdir():
        if path.name not in known and clock.now().timestamp() - path.stat().st_mtime > ORPHAN:
            path.unlink(missing_ok=True)
