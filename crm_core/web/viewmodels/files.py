"""Files on records."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Crumb, Person, Words


@dataclass(frozen=True, slots=True)
class Pic:
    """A file beneath a line of a time line; ``view_url`` opens it over the page."""

    name: Words
    view_url: str
    icon: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in a list: a small picture or the icon of its kind, who put it there and when."""

    name: Words
    url: str
    view_url: str  # a dialog that shows it
    get_url: str
    icon: str
    size: Words
    when: Words
    full: Words = ""
    picture: str = ""
    who: Person | None = None
    number: Words = ""
    more: tuple[Act, ...] = ()
    on: Crumb | None = None  # the part of the record it was put on


@dataclass(frozen=True, slots=True)
class Files:
    """The files on a record; ``put_url`` takes a multipart POST of ``file`` (several), "" where one may not add any."""

    rows: tuple[FileRow, ...]
    put_url: str = ""
    most: int = 0
    most_text: Words = ""
    beneath: tuple[FileRow, ...] = ()  # on parts of the record


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a file."""

    label: Words
    name: Words
    size: Words
    when: Words
    who: Person | None
    get_url: str
    here: bool = False
    back: Act | None = None


@dataclass(frozen=True, slots=True)
class FileView:
    """A file in place: pictures (of it, or of its pages), or its text. ``put_url`` takes a new version."""

    name: Words
    icon: str
    facts: Words
    get_url: str
    pictures: tuple[str, ...] = ()
    more: Words = ""
    text: Words = ""
    versions: tuple[Version, ...] = ()
    put_url: str = ""
    number: int = 0
