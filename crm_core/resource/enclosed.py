"""Files that an act asks for: sent along in its form, or one that the record has already. The act is given the file's id; what is sent is
on the disk before the transaction and hangs on the record inside it, so that act and file are there together or not at all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import IO, Any

from crm_core.kernel.i18n import _
from crm_core.resource.fields import Bad, Field
from crm_core.resource.references import RefField


@dataclass(frozen=True, eq=False)
class Enclosed:
    """A file that came with a form, on the disk and on no record yet."""

    name: str
    taken: Any  # what the feature of files made of its bytes


@dataclass
class Slots:
    """What the feature of files fills: taking the bytes of a file (name, stream), by the rules of all uploads; hanging it on a record
    inside `writing()`: its id; the files on a record that has been read under its rights; the bytes a form with files may have."""

    take: Callable[[str, IO[bytes]], AbstractContextManager[Enclosed]] | None = None
    hang: Callable[[str, int, Enclosed], int] = lambda _subject, _row_id, _file: 0
    on: Callable[..., Sequence[Any]] = lambda _subject, _ids, _only=None: ()  # subject, ids of records, ids of files or None for the newest
    limit: Callable[[], int] | None = None


slots = Slots()


@dataclass(frozen=True, kw_only=True)
class FileField(RefField):
    """A file of the record that an act is done on: the act gets its id. `accept`: what a browser offers first (".pdf,image/*")."""

    kind: str = "file"
    column: str = ""
    target: str = "core.attachment"
    accept: str = ""
    on: tuple[str, tuple[int, ...]] | None = None  # the records whose files can be named; None: of none

    def parse(self, text: Any) -> Any:
        return text if isinstance(text, Enclosed) else super().parse(text)

    def taken(self, line: str) -> Any:
        if not (line.isascii() and line.isdigit() and len(line) < 20):
            raise Bad(_("There is no such record."))
        return self.check(int(line))

    def resolve(self, values: Iterable[Any]) -> dict[Any, Any]:
        wanted = list(values)
        asked = [one for one in wanted if isinstance(one, int)]
        known = {one.id for one in slots.on(*self.on, asked)} if asked and self.on is not None else set()
        return {value: value for value in wanted if isinstance(value, Enclosed) or value in known}

    def offered(self) -> Sequence[Any]:
        """The files that can be named, the newest first."""
        return () if self.on is None else slots.on(*self.on)

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "description": "id of a file of this record"}


def fitted(fields: Mapping[str, Field], resource: Any, ids: Sequence[int]) -> dict[str, Field]:
    """What an act asks, its files being those of the record it is about; of several records no file is asked."""
    if len(ids) == 1:
        return {n: replace(f, on=(resource.name, tuple(ids))) if isinstance(f, FileField) else f for n, f in fields.items()}
    return dict(fields)


def hung(resource: Any, row_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an act with the files that came along hung on its record, inside `writing()`."""
    return {n: slots.hang(resource.name, row_id, value) if isinstance(value, Enclosed) else value for n, value in values.items()}


def asked(resource: Any, action: Any) -> list[FileField]:
    """The files an act on a record of this resource asks for."""
    return [one for one in (action.fields(resource) if callable(action.fields) else action.fields) if isinstance(one, FileField)]


def many(resource: Any, action: Any) -> bool:
    """Whether an act is offered for many records at once: not when each must have a file of its own."""
    return bool(action.bulk) and not any(one.required for one in asked(resource, action))
