"""The bytes of attachments: below `attachments/` of the site, under random names, never under what a person typed.

Written to a temporary name, forced to disk, renamed, the folder forced to disk; only then the row is committed. So whatever moment the
machine stops at, no row is without its bytes. Bytes go the other way round: first the row, and what no row knows the sweeper takes,
when it is older than a day (it may belong to a sending that is still under way).
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.features.files.models import Content
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError
from crm_core.kernel.files import ORPHAN, still
from crm_core.kernel.i18n import _
from crm_core.kernel.site import Site, site

FOLDER = "attachments"
SEEN = "previews"  # pictures made of them; made anew when they are gone
CHUNK = 1 << 20


class TooLarge(CrmError):
    """A file is larger than the administrator allows."""

    status = 413


@dataclass(frozen=True)
class Kept:
    """Bytes on the disk that no row knows yet."""

    path: str
    size: int
    digest: str
    head: bytes


def keep(source: IO[bytes], most: int, head_size: int) -> Kept:
    """Put what can be read from `source` on the disk. Raises TooLarge, leaving nothing."""
    final = _fresh()
    half = final.with_name(f".{final.name}")
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with half.open("xb") as handle:
            os.fchmod(handle.fileno(), 0o600)
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise TooLarge(too_large(most))
                head = head or chunk[:head_size]
                digest.update(chunk)
                handle.write(chunk)
            handle.flush()
            os.fsync(handle.fileno())
        half.replace(final)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return Kept(_settled(final), size, digest.hexdigest(), head)


def again(path: str) -> str:
    """The same bytes under another name, without a second copy of them."""
    final = _fresh()
    os.link(place(path), final)
    return _settled(final)


def _fresh() -> Path:
    """A place where nothing lies yet, in a folder that is there."""
    name = secrets.token_hex(16)
    folder = site().folder(FOLDER) / name[:2]
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / name


def _settled(final: Path) -> str:
    """Its name is on the disk as well; what rows call it."""
    for folder in (final.parent, final.parent.parent):
        _settle(folder)
    return f"{final.parent.name}/{final.name}"


def too_large(most: int) -> Any:
    return _("A file may have at most %(n)s MB here; this one is larger.", n=f"{most / 2**20:g}")


def drop(kept: Kept) -> None:
    """Remove bytes that were not taken after all."""
    place(kept.path).unlink(missing_ok=True)


def place(path: str) -> Path:
    """Where bytes lie."""
    return site().folder(FOLDER) / path


def seen(path: str, what: str) -> Path:
    """Where a picture made of these bytes is kept."""
    folder = site().folder(SEEN) / path[:2]
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{path[3:]}-{what}.webp"


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(job: Any) -> None:
    """The job of every night: remove bytes that no row knows, and pictures made of them. Not while a backup is made, which would
    miss them."""
    gone = 0
    for folder in (FOLDER, SEEN):
        for shard in sorted(p for p in job.site.folder(folder).iterdir() if p.is_dir()):
            job.check()
            with still(job.site) as held:
                if not held:
                    return
                gone += _sweep(job.site, shard)
    job.result["removed"] = gone


def _sweep(where: Site, shard: Path) -> int:
    """Those of one folder whose name no row has."""
    found = {path: f"{shard.name}/{path.name.partition('-')[0]}" for path in shard.iterdir() if clock.now().timestamp() - path.stat().st_mtime > ORPHAN}
    known = set(_known(where, sorted(set(found.values()))))
    gone = [path for path, name in found.items() if name not in known]
    for path in gone:
        with suppress(FileNotFoundError):
            path.unlink()
    return len(gone)


def _known(where: Site, names: list[str]) -> Iterator[str]:
    column = table_of(Content).c.path
    with where.engines.read.connect() as conn:
        for start in range(0, len(names), 500):
            yield from conn.scalars(sa.select(column).where(column.in_(names[start : start + 500])))


def sizes(paths: Iterable[str]) -> dict[str, int | None]:
    """How many bytes lie there; None for what is missing (the doctor asks)."""
    found: dict[str, int | None] = {}
    for path in paths:
        try:
            found[path] = place(path).stat().st_size
        except FileNotFoundError:
            found[path] = None
    return found
