"""Archives: one tar file with a manifest that names the checksum of every part. It appears whole and forced to disk, or not at all."""

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


class BadBackup(CrmError):
    """The file is no backup of ours, or not whole."""


def mark(home: Path) -> str:
    """Tells the workshop of one site from those of others in the same folder."""
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:8]


@contextmanager
def workshop(folder: Path, prefix: str) -> Iterator[Path]:
    """A passing folder. Those that somebody left who was killed go first: the caller holds the lock, so nobody uses them."""
    for left in folder.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix) as place:
        yield Path(place)


@contextmanager
def packed(path: Path) -> Iterator[tarfile.TarFile]:
    """A new archive that only its owner reads, on the disk when the block ends."""
    with path.open("xb") as file, tarfile.open(fileobj=file, mode="w") as archive:
        path.chmod(0o600)
        yield archive
        archive.close()
        file.flush()
        os.fsync(file.fileno())


def publish(half: Path, target: Path) -> None:
    """Give a finished archive its name, for good even if the power goes."""
    half.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    """Put a file in; its SHA-256."""
    entry = archive.gettarinfo(str(path), name)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    with path.open("rb") as file:
        total = hashlib.file_digest(file, "sha256").hexdigest()
        entry.size = file.tell()
        file.seek(0)
        archive.addfile(entry, file)
    return total


def add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    """The manifest goes in last: a file without one is not whole."""
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def read_text(path: Path, name: str) -> str:
    """A text of an archive. Raises TarError or KeyError."""
    with tarfile.open(path) as archive:
        member = archive.extractfile(name)
        if member is None:
            raise KeyError(name)
        return member.read().decode()


def unpack(path: Path, place: Path, sums: Mapping[str, str]) -> None:
    """Unpack what the manifest names, and check every byte of it. Raises BadBackup."""
    inside = place.resolve()
    with tarfile.open(path) as archive:  # by hand: before 3.11.4 `extractall` has no filter that keeps names inside the folder
        for member in archive:
            source = archive.extractfile(member) if member.isfile() and member.name in sums else None
            if source is None:
                continue
            target = (place / member.name).resolve()
            if not target.is_relative_to(inside):
                raise BadBackup(_("%(name)s would lie outside of the site; this is no backup of this program.", name=member.name))
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
    for name, total in sums.items():
        found = place / name
        if not found.is_file():
            raise BadBackup(_("%(name)s is missing in the backup.", name=name))
        with found.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != total:
                raise BadBackup(_("%(name)s is damaged in the backup.", name=name))
