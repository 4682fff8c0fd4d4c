"""The page on which several records become one."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Crumb, Note, Person, Words


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
