"""The page on which several records become one."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Crumb, Note, Person, Words
from crm_core.web.viewmodels.forms import FormField


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of the records: ``id`` is what ``keep`` sends."""

    id: str
    label: Words
    avatar: Person | None = None
    text: Words = ""
    owner: Person | None = None
    url: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class MergeCell:
    """What a record has in a field; ``value`` is drawn."""

    id: str
    value: Words
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field in which they differ; sends ``pick-NAME`` = the record's id, of a long text (``both``) several."""

    name: str
    label: Words
    cells: tuple[MergeCell, ...]
    both: bool = False


@dataclass(frozen=True, slots=True)
class MergePage:
    """``merge.html``. ``same``: label and value of fields that are equal. ``along``: what goes to the kept one, with its number."""

    title: Words
    action: str
    back_url: str
    sides: tuple[MergeSide, ...]
    fields: tuple[MergeField, ...]
    same: tuple[tuple[Words, Words], ...] = ()
    along: tuple[tuple[Words, int], ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class SplitField:
    """A value of the record; sends ``goes-NAME`` = stays, goes or both."""

    name: str
    label: Words
    value: Words
    goes: str = "stays"


@dataclass(frozen=True, slots=True)
class SplitGroup:
    """Rows that hang on it: (id, label, ticked); sends ``link-KEY`` repeated."""

    key: str
    label: Words
    rows: tuple[tuple[str, Words, bool], ...]


@dataclass(frozen=True, slots=True)
class SplitPage:
    """``split.html``."""

    title: Words
    action: str
    back_url: str
    name: FormField
    fields: tuple[SplitField, ...]
    groups: tuple[SplitGroup, ...]
    ways: tuple[tuple[str, Words], ...]
    crumbs: tuple[Crumb, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    note: Note | None = None
