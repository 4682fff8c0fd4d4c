"""The record page: 360° of a customer and the plain page of anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_core.web.viewmodels.base import Act, Colour, Crumb, Empty, Note, Person, PhoneAct, Status, Tab, Words
from crm_core.web.viewmodels.files import Files, FileView, Pic
from crm_core.web.viewmodels.forms import FormField
from crm_core.web.viewmodels.listing import ListPage


@dataclass(frozen=True, slots=True)
class SubFact:
    """A fact under the name with its icon: trade, place, phone (``tel:``), site."""

    text: Words
    icon: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """One figure of the strip: value with one small remark; ``person`` (and ``people`` beside him) instead of a value."""

    label: Words
    value: Words = ""
    remark: Words = ""
    remark_icon: str = ""
    remark_colour: Colour = ""
    person: Person | None = None
    people: tuple[Person, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Label and value. ``history_url`` answers ``field_history.html``, unfolded in place beneath the field. ``name`` is that of the
    field, ``hidden`` says that it points at a record the reader may not know: what a page asks who has more to say of it."""

    label: Words
    value: Words
    history_url: str = ""
    wide: bool = False
    name: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class FactGroup:
    """A group of facts with a pencil (``edit_url``)."""

    title: Words
    facts: tuple[Fact, ...]
    edit_url: str = ""


@dataclass(frozen=True, slots=True)
class OldValue:
    """A former value: struck, with date and author."""

    value: Words
    when: Words
    who: Words = ""


@dataclass(frozen=True, slots=True)
class FieldHistoryPage:
    """``field_history.html``: old values of one field, newest first; a page of its own without scripts."""

    label: Words
    values: tuple[OldValue, ...]
    back_url: str = ""


@dataclass(frozen=True, slots=True)
class MiniPerson:
    """A line of the main contacts: ``sub`` = position and number; ``call_url`` = ``tel:…``."""

    person: Person
    sub: Words = ""
    mark: Status | None = None
    call_url: str = ""


@dataclass(frozen=True, slots=True)
class MiniList:
    """Main contacts beneath the facts."""

    title: Words
    entries: tuple[MiniPerson, ...]
    add: Act | None = None
    all: Act | None = None
    empty: Words = ""


@dataclass(frozen=True, slots=True)
class ComposerKind:
    """A tab of the composer. It posts to ``url``: ``hidden`` (which kind), ``text``; ``next`` (date words) when ``with_next``; ``at``
    (date words) when ``with_at``; ``title``, ``due`` (date words) when ``task``; ``receiver`` when ``receiver_url``; ``fields`` by their
    names; ``contact`` of ``people``; ``mention`` (repeated: values of the @ pick). ``key`` leads to it."""

    code: str
    label: Words
    icon: str
    url: str
    placeholder: Words = ""
    key: str = ""
    with_next: bool = False
    with_at: bool = False
    task: bool = False
    receiver_url: str = ""
    fields: tuple[FormField, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Composer:
    """Note and task, above the time line. ``draft_url`` takes a POST of ``kind`` and ``text`` every 5 s and answers JSON
    ``{"saved": "09:12"}``; ``mention_url`` is a look-up; ``dates_url`` reads date words (README)."""

    kinds: tuple[ComposerKind, ...]
    mention_url: str = ""
    dates_url: str = ""
    draft_url: str = ""
    draft: str = ""
    draft_kind: str = ""
    error: Words = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field changed: struck → new."""

    label: Words
    old: Words = ""
    new: Words = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: "who did what" as ``sentence`` (``Markup``; names in ``<b>``, links with class ``lnk``), its text and
    changes. ``time`` is short, ``moment`` ISO for ``datetime``, ``full`` the tip. ``marks`` and ``more`` (words, links) stand behind
    the sentence."""

    sentence: Words
    time: Words
    icon: str = "note"
    colour: Colour = ""
    moment: str = ""
    full: Words = ""
    body: Words = ""
    changes: tuple[Change, ...] = ()
    acts: tuple[Act, ...] = ()
    marks: tuple[Status, ...] = ()
    more: tuple[Words, ...] = ()
    pics: tuple[Pic, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """Entries of one day, newest first."""

    label: Words
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """``filters``: All, Notes, Changes; ``more_url`` answers the same page further down (its ``#timeline`` is appended)."""

    days: tuple[TimelineDay, ...]
    filters: tuple[Tab, ...] = ()
    more_url: str = ""
    empty: Words = ""
    title: Words = ""  # above it on a plain record, in place of “History”


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A line of a panel: title, small line, figure or status at the right."""

    title: Words
    sub: Words = ""
    figure: Words = ""
    status: Status | None = None
    url: str = ""
    sub_colour: Colour = ""
    sub_icon: str = ""
    acts: tuple[Act, ...] = ()  # of a line that leads nowhere


@dataclass(frozen=True, slots=True)
class PanelView:
    """A side panel. ``load_url``: filled when seen (answers ``panel.html``); ``failed``: dashed, with Retry on it."""

    title: Words
    icon: str = "puzzle"
    count: Words = ""
    rows: tuple[PanelRow, ...] = ()
    add: Act | None = None
    url: str = ""
    foot: Words = ""
    empty: Words = ""
    failed: bool = False
    load_url: str = ""
    html: Words = ""


@dataclass(frozen=True, slots=True)
class LinesTable:
    """Parts of a record as a table: a role's grants, a customer's addresses. ``right``: indexes of numeric columns; ``names``: the fields
    of the columns, where each is one."""

    title: Words
    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    right: tuple[int, ...] = ()
    empty: Words = ""
    edit_url: str = ""
    ahead: bool = False  # on the first page of the record too
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Shown where the time line would be: "Held by X. This is the brief view." """

    text: Words
    person: Person | None = None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """Where the record stands in the list one came from."""

    text: Words = ""
    prev_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """``record.html``. ``body`` says what the chosen tab shows:

    ``panorama`` facts, composer + time line, side panels (three columns) · ``facts`` all groups and lines in wide columns
    · ``list`` the rows of a related resource (``related``) · ``history`` the time line of changes alone.
    A plain record (user, role, department) uses ``facts`` with its lines and its ``timeline`` beneath.
    ``avatar``: the square (company) or round (person, ``round_avatar``) before the name; ``icon`` instead of letters.
    """

    title: Words
    crumbs: tuple[Crumb, ...] = ()
    number: Words = ""
    body: Literal["panorama", "facts", "list", "history", "files"] = "facts"
    avatar: Person | None = None
    round_avatar: bool = False
    icon: str = ""
    status: Status | None = None
    marks: tuple[Status, ...] = ()
    sub: tuple[SubFact, ...] = ()
    acts: tuple[Act, ...] = ()
    primary: Act | None = None
    more: tuple[Act, ...] = ()
    note: Note | None = None
    steps: Steps | None = None
    numbers: tuple[Number, ...] = ()
    tabs: tuple[Tab, ...] = ()
    end_tabs: tuple[Tab, ...] = ()
    groups: tuple[FactGroup, ...] = ()
    lines: tuple[LinesTable, ...] = ()
    mini: MiniList | None = None
    composer: Composer | None = None
    timeline: Timeline | None = None
    side: tuple[PanelView, ...] = ()
    first: tuple[PanelView, ...] = ()  # what is to be decided on: before all else, on any tab that has room
    related: ListPage | None = None
    files: Files | None = None
    file: FileView | None = None
    brief: Brief | None = None
    empty: Empty | None = None
    phone: tuple[PhoneAct, ...] = ()
    seen_url: str = ""  # told by a post as soon as the page is seen
    sheet: tuple[Act, ...] = ()  # behind ⋯ of the phone's bar; none: `more`
