"""Files on records: put there, new versions, back to an older one. Who reads the record reads its files, who changes it adds and
removes them.

The bytes are on the disk before the write transaction begins (store.py). A file goes into the recycle bin like any record, alone or
with the record it hangs on; when it is emptied there, its versions go, and the sweeper takes the bytes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.features.files import kinds, store
from crm_core.features.files.models import Attachment, Content
from crm_core.features.files.settings import FileSettings
from crm_core.kernel import clock
from crm_core.kernel.errors import Conflict, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource.changes import change, unscoped
from crm_core.resource.enclosed import Enclosed
from crm_core.resource.purge import RecordsPurged

NAME = "core.attachment"
_content = table_of(Content)


@dataclass(frozen=True)
class Put:
    """What came of a sending: the file, and whether it was there already (the same sending came twice)."""

    id: int
    again: bool = False


class KeyUsed(Conflict):
    """The key of a sending was used for another one."""


def put(subject: str, subject_id: int, name: str, source: IO[bytes], *, key: str = "") -> Put:
    """Put a file on a record that the actor may change. `key`: chosen by who sends; the same one again makes no second file.

    Raises Missing, Invalid for what is not taken, store.TooLarge, KeyUsed.
    """
    holder = holder_of(subject)
    holder.may_hold(subject_id)
    sealed = _sealed(key)
    if sealed and (found := _sent(sealed)) is not None:
        return _again(found, (subject, subject_id), source)
    called = kinds.clean_name(name)
    with _taken(called, source) as taken:
        try:
            with writing(), change("file", resource=NAME):
                holder.may_hold(subject_id)
                made = _hang(subject, subject_id, called, taken, sealed)
        except sa.exc.IntegrityError:
            if not sealed or (found := _sent(sealed)) is None:
                raise
            return Put(found.attachment_id, again=True)
    return Put(made)


@dataclass(frozen=True)
class Brought:
    """A file whose bytes are on the disk, for a record that is written later (`hang`)."""

    name: str
    taken: "_Taken"


@contextmanager
def brought(files: Sequence[tuple[str, IO[bytes]]]) -> Iterator[tuple[list[Brought], list[str]]]:
    """Files that come with something from outside (a mail): their bytes are put on the disk before the transaction that makes their
    record, and go again unless it hangs them on it. Those that are taken, and the names of those that are not (empty, too large,
    of a kind the house refuses)."""
    found: list[Brought] = []
    refused: list[str] = []
    with ExitStack() as stack:
        for name, source in files:
            called = kinds.clean_name(name)
            try:
                found.append(Brought(called, stack.enter_context(_taken(called, source))))
            except (Invalid, store.TooLarge):
                refused.append(called)
        yield found, refused


@contextmanager
def enclosed(name: str, source: IO[bytes]) -> Iterator[Enclosed]:
    """A file that comes with the form of an act: its bytes are on the disk, and go again unless the act hangs it on its record
    (`hang_enclosed`). Raises Invalid with the sentence for who sent it."""
    called = kinds.clean_name(name)
    try:
        with ExitStack() as stack:
            yield Enclosed(called, stack.enter_context(_taken(called, source)))
    except store.TooLarge as large:
        raise Invalid({"file": [large.message]}) from None


def hang_enclosed(subject: str, subject_id: int, file: Enclosed) -> int:
    """Put it on the record its act is done on, inside `writing()`: who may do the act may bring what it asks for. Its id."""
    holder_of(subject)
    with change("file", resource=NAME):
        return _hang(subject, subject_id, file.name, file.taken, None)


def hang(subject: str, subject_id: int, files: Sequence[Brought]) -> None:
    """Put them on a record that is being written, inside `writing()`, as the house."""
    holder_of(subject)
    with change("file", resource=NAME):
        for one in files:
            _hang(subject, subject_id, one.name, one.taken, None)


def _hang(subject: str, subject_id: int, called: str, taken: "_Taken", sealed: str | None) -> int:
    kind, media = kinds.what(called, taken.kept.head)
    with system_scope("a file by who may change the record"):
        (made,) = site().registry.resource(NAME).write([
            {"name": called, "subject": subject, "subject_id": subject_id, "kind": kind, "size": taken.kept.size}], kind="file")
        first = _version(made, 1, called, taken, kind, media, sealed)
        _free(sa.update(table_of(Attachment)).where(table_of(Attachment).c.id == made).values(content_id=first.id))
    taken.stays = True
    return int(made)


def copy(subject: str, row_id: int, ids: Sequence[int], *, to: str = "") -> None:
    """The files of a record that has been read, on other records of its kind (or of another one) too. Their bytes stand on the disk once."""
    with system_scope("files that go along with copies of their record"):
        for file in on(subject, [row_id]):
            content = version_of(file.id)
            made = site().registry.resource(NAME).write([
                {"name": file.name, "subject": to or subject, "subject_id": one, "kind": file.kind, "size": file.size} for one in ids], kind="file")
            for one in made:
                values = {**content._mapping, "attachment_id": one, "number": 1, "key": None, "path": store.again(content.path)}
                version = _free(sa.insert(_content).values({name: value for name, value in values.items() if name != "id"}).returning(_content.c.id)).scalar_one()
                _free(sa.update(table_of(Attachment)).where(table_of(Attachment).c.id == one).values(content_id=version))


def put_version(file_id: int, name: str, source: IO[bytes], *, version: int | None = None, key: str = "") -> tuple[int, int | None]:
    """Put a new version of a file there; the old ones stay. Its number, and the change that `undo` takes back (None when the same sending
    came before). Raises Missing, Invalid, TooLarge, Conflict."""
    changeable(file_id)
    sealed = _sealed(key)
    if sealed and (found := _sent(sealed)) is not None:
        return _same(found, source, file_id).number, None
    try:
        return _put_version(file_id, name, source, version, sealed)
    except sa.exc.IntegrityError:
        if not sealed or (found := _sent(sealed)) is None:
            raise
        return found.number, None


def _put_version(file_id: int, name: str, source: IO[bytes], version: int | None, key: str | None) -> tuple[int, int]:
    called = kinds.clean_name(name)
    with _taken(called, source) as taken:
        kind, media = kinds.what(called, taken.kept.head)
        with writing(), change("file", resource=NAME) as made:
            file = changeable(file_id)
            session.execute(sa.select(Attachment.id).where(Attachment.id == file_id).with_for_update())
            if version is not None and version != file.version:
                raise Conflict(_("Somebody saved a newer version meanwhile."), id=file_id, version=file.version)
            number = int(session.scalar(sa.select(sa.func.max(_content.c.number)).where(_content.c.attachment_id == file_id)) or 0) + 1
            with system_scope("a version by who may change the record"):
                _count(file_id, _version(file_id, number, called, taken, kind, media, key))
            taken.stays = True
    return number, made


def go_back(file_id: int, number: int) -> int:
    """Let an older version count again; all stay. The change that `undo` takes back. Raises Missing."""
    with writing(), change("file", resource=NAME) as made:
        changeable(file_id)
        found = version_of(file_id, number)
        with system_scope("a version by who may change the record"):
            _count(file_id, found)
    return made


def changeable(file_id: int) -> Any:
    """The file, if the actor may change what it hangs on. Raises Missing."""
    return site().registry.resource(NAME).get(file_id, "update")


def readable(file_id: int) -> Any:
    """The file, if the actor may read what it hangs on. Raises Missing."""
    return site().registry.resource(NAME).get(file_id)


def version_of(file_id: int, number: int | None = None) -> Any:
    """One version of a file that has been read under its rights: that which counts, or by number. Raises Missing."""
    query = sa.select(_content).where(_content.c.attachment_id == file_id)
    if number is None:
        query = query.join(table_of(Attachment), table_of(Attachment).c.content_id == _content.c.id)
    found = _free(query if number is None else query.where(_content.c.number == number)).one_or_none()
    if found is None:
        raise Missing(_("This record was not found."))
    return found


def versions(file_id: int) -> list[Any]:
    """All versions of a file that has been read under its rights, newest first."""
    return list(_free(sa.select(_content).where(_content.c.attachment_id == file_id).order_by(_content.c.number.desc())))


def bytes_of(file_id: int, number: int | None = None) -> tuple[Any, Any, Path]:
    """(file, version, where its bytes lie) of a file the actor may read. Raises Missing."""
    file = readable(file_id)
    found = version_of(file_id, number)
    place = store.place(found.path)
    if not place.exists():
        raise Missing(_("The contents of this file are missing; tell your administrator."))
    return file, found, place


def on(subject: str, ids: Sequence[int], *, limit: int = 500) -> list[Any]:
    """The files on records of one resource that have been read under their rights, oldest first."""
    holder = holder_of(subject)
    a = table_of(Attachment)
    part = next(p for p in holder.parts() if p.child.name == NAME)
    query = sa.select(a).where(*part.at(list(ids)), a.c.deleted_at.is_(None)).order_by(a.c.id).limit(limit)
    return list(_free(query))


def beneath(subject: str, row_id: int, *, limit: int = 200) -> list[Any]:
    """The files on what is part of a record that has been read under its rights (its visits, its contacts), newest first."""
    a = table_of(Attachment)
    parts = [p for p in holder_of(subject).parts() if p.child.holds_files and p.child.may("read")]
    if not parts:
        return []
    where = [sa.and_(a.c.subject == p.child.name, a.c.subject_id.in_(
        sa.select(p.child.table.c.id).where(*p.at([row_id]), p.child.table.c.deleted_at.is_(None)))) for p in parts]
    return list(_free(sa.select(a).where(sa.or_(*where), a.c.deleted_at.is_(None)).order_by(a.c.id.desc()).limit(limit)))


def holder_of(subject: str) -> Any:
    """The resource on whose records files can be put. Raises Missing."""
    found = site().registry.resources.get(subject)
    if found is None or not found.holds_files:
        raise Missing(_("No files can be put here."))
    return found


def purged(event: RecordsPurged) -> None:
    """Listener inside the transaction, as the house: of emptied files no version stays; the sweeper takes their bytes."""
    if event.resource == NAME:
        _free(sa.delete(_content).where(_content.c.attachment_id.in_(event.ids)))


@dataclass
class _Taken:
    """Bytes that were taken; `stays` once a row knows them."""

    kept: store.Kept
    stays: bool = False


@contextmanager
def _taken(name: str, source: IO[bytes]) -> Iterator[_Taken]:
    """Bytes on their way: removed again unless a row has come to know them. Raises Invalid, TooLarge."""
    now = FileSettings.now()
    found = _Taken(store.keep(source, now.most, kinds.HEAD))
    try:
        if not found.kept.size:
            raise Invalid({"file": [_("This file is empty.")]})
        kinds.refuse(name, found.kept.head, now.refused)
        yield found
    finally:
        if not found.stays:
            store.drop(found.kept)


def _version(file_id: int, number: int, name: str, taken: _Taken, kind: Any, media: str, key: str | None) -> Any:
    kept = taken.kept
    return _free(sa.insert(_content).values(
        attachment_id=file_id, number=number, path=kept.path, name=name, kind=kind, media=media, size=kept.size, digest=kept.digest, key=key,
        made_at=clock.now(), made_by_id=my_id()).returning(_content)).one()


def _count(file_id: int, content: Any) -> None:
    """Let this version be the one that counts."""
    row = session.get_one(Attachment, file_id)
    row.content_id, row.kind, row.size, row.number = content.id, content.kind, content.size, content.number
    session.flush()


def _sealed(key: str) -> str | None:
    """A key as it is kept: of this person, whoever else may have chosen the same one."""
    if len(key) > 255:
        raise Invalid({"key": [_("At most %(n)s characters.", n=255)]})
    return hashlib.sha256(f"{actor().user_id}\n{key}".encode()).hexdigest() if key else None


def _sent(key: str) -> Any:
    return _free(sa.select(_content).where(_content.c.key == key)).one_or_none()


def _again(found: Any, where: tuple[str, int], source: IO[bytes]) -> Put:
    """A sending that came before. Raises KeyUsed when it was of something else."""
    a = table_of(Attachment)
    row = _free(sa.select(a.c.subject, a.c.subject_id).where(a.c.id == found.attachment_id)).one_or_none()
    if row is None or (row.subject, row.subject_id) != where:
        raise KeyUsed(_("This key was used for another file."))
    return Put(_same(found, source, found.attachment_id).attachment_id, again=True)


def _same(found: Any, source: IO[bytes], file_id: int) -> Any:
    """What was sent before, if it was these bytes, as a version of this file. Raises KeyUsed."""
    digest = hashlib.sha256()
    while chunk := source.read(store.CHUNK):
        digest.update(chunk)
    if digest.hexdigest() != found.digest or found.attachment_id != file_id:
        raise KeyUsed(_("This key was used for another file."))
    return found


def _free(statement: Any) -> Any:
    return current_work().session.connection().execute(statement, execution_options=unscoped("files of records that were read under their rights"))
