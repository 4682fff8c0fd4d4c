"""Upload, match, run and result of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crm_core.web.viewmodels.base import Act, Crumb, JobView, Note, Status, Tab, Words
from crm_core.web.viewmodels.forms import Choice, FormField


@dataclass(frozen=True, slots=True)
class PastImport:
    """A former import of this resource: file, when, by whom, what came of it."""

    name: Words
    url: str
    when: Words
    who: Words
    status: Status
    text: Words = ""


@dataclass(frozen=True, slots=True)
class ImportUploadPage:
    """``import_upload.html``: posts ``file`` (multipart) to ``action``. ``formats``: what is read, in words."""

    title: Words
    action: str
    accept: str
    formats: Words
    crumbs: tuple[Crumb, ...] = ()
    error: Words = ""
    error_text: Words = ""
    fields: tuple[FormField, ...] = ()
    past: tuple[PastImport, ...] = ()
    template: Act | None = None


@dataclass(frozen=True, slots=True)
class ValueMap:
    """A value of the file that is not known: which record or choice is meant. Sent as ``name``. ``done`` = recognised."""

    value: Words
    count: Words
    name: str = ""
    choices: tuple[Choice, ...] = ()
    picked: FormField | None = None
    done: Words = ""


@dataclass(frozen=True, slots=True)
class MatchColumn:
    """A column of the file. The select sends ``name`` = code of the field, "" = not imported. ``sure``: sure (green),
    look (amber), bad (red: needs the person) or "" (not imported); ``reason`` says why it was matched."""

    name: str
    label: Words
    sample: Words
    choices: tuple[Choice, ...]
    sure: Literal["", "sure", "look", "bad"] = ""
    reason: Words = ""
    filled: Words = ""
    values: tuple[ValueMap, ...] = ()
    more_values: Words = ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One of the first rows as it will become; ``note`` = reason of refusal or what it resembles."""

    row: int
    status: Status
    cells: tuple[Words, ...]
    note: Words = ""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """The four counts, of the plan or of the run."""

    new: int = 0
    updated: int = 0
    doubtful: int = 0
    refused: int = 0
    same: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        """All rows."""
        return self.new + self.updated + self.doubtful + self.refused + self.same + self.left


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A row that may be there already (``url``: the record it resembles, ``why``); the select sends ``name``."""

    row: int
    label: Words
    why: Words
    name: str
    choices: tuple[Choice, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class SavedMatching:
    """How the matching is kept: sends ``profile_name``, ``everyone`` and ``_do`` ``save`` or, where it may be, ``forget``."""

    name: str = ""
    everyone: bool = False
    may_share: bool = False
    may_forget: bool = False
    error: Words = ""


@dataclass(frozen=True, slots=True)
class ImportMatchPage:
    """``import_match.html``: one form. ``_do=plan`` (the select's change, or "Reckon again") answers this page anew;
    ``_do=start`` starts. ``fields`` stand under the plan: encoding, what to do with existing and doubtful rows, tag."""

    title: Words
    file: Words
    action: str
    columns: tuple[MatchColumn, ...]
    counts: ImportCounts
    summary: Words
    start: Words
    crumbs: tuple[Crumb, ...] = ()
    notes: tuple[Note, ...] = ()
    preview_columns: tuple[Words, ...] = ()
    preview: tuple[PreviewRow, ...] = ()
    fields: tuple[FormField, ...] = ()
    rows_text: Words = ""
    can_start: bool = True
    back_url: str = ""
    last: Act | None = None
    hidden: tuple[tuple[str, str], ...] = ()
    planning: JobView | None = None
    doubts: tuple[DoubtRow, ...] = ()
    saved: SavedMatching | None = None


@dataclass(frozen=True, slots=True)
class MendValue:
    """One fault of a row: the column's ``label``, the ``value`` of the file, the ``reason``. Where it can be mended, the box
    sends ``name`` and holds ``fix``, which is suggested, else ``whole``, the value uncut; ``list`` names its words."""

    label: Words
    value: Words
    reason: Words
    name: str = ""
    whole: str = ""
    fix: str = ""
    list: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was set aside. With ``action`` it can be mended: posted there are the boxes and ``_do``: ``mend``, ``new``,
    ``same`` (as the ``candidate``) or ``leave``."""

    id: int
    row: int
    label: Words
    values: tuple[MendValue, ...]
    action: str = ""
    doubtful: bool = False
    candidate: Words = ""
    candidate_url: str = ""


@dataclass(frozen=True, slots=True)
class ImportRunPage:
    """``import_run.html``: while it runs (polled every 2 s: ``job.poll_url`` with ``counts``) and its result."""

    title: Words
    file: Words
    job: JobView
    counts: ImportCounts
    crumbs: tuple[Crumb, ...] = ()
    note: Note | None = None
    refused: tuple[RefusedRow, ...] = ()
    refused_tabs: tuple[Tab, ...] = ()
    refused_count: int = 0
    refused_next_url: str = ""
    refused_prev_url: str = ""
    use_all: Act | None = None
    words: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)  # list of a box → what may be written there
    download_url: str = ""
    undo: Act | None = None
    undo_text: Words = ""
    open_list: Act | None = None
    again: Act | None = None
