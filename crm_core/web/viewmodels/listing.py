"""The list page of any resource, its filters and its bulk acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from crm_core.web.viewmodels.base import Act, Crumb, Empty, JobView, Note, Tab, Words
from crm_core.web.viewmodels.forms import FormField
from crm_core.web.viewmodels.map import ListMap
from crm_core.web.viewmodels.pictures import BoardView, CalendarView, GanttView

Kind: TypeAlias = Literal["text", "status", "person", "date", "number", "money", "phone", "tick"]
Slot: TypeAlias = Literal["", "title", "corner", "status", "text", "figure", "person", "line", "call"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column in the order shown. ``kind`` decides alignment and ink; ``slot`` the place on the phone's card.

    Sortable: ``sort_url`` is where a press on the head leads (descending, ascending, off), ``sorted`` how it is now,
    ``add_sort_url`` the Shift press (a second sort among equals), ``place`` its number when there are several; ``limited``
    says that only small lists can be sorted by it. Not sortable: ``unsorted`` says why. Both are tips. ``width``: in steps
    of 16 pixels, 0 as wide as what stands in it.
    """

    name: str
    label: Words
    kind: Kind = "text"
    sort_url: str = ""
    add_sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    place: int = 0
    width: int = 0
    limited: Words = ""
    unsorted: Words = ""
    slot: Slot = ""
    edit: bool = False  # its cells can be changed in place


STAMPS = ("created_at", "updated_at")  # worth a column, not a place on a card


def lay_cards(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Give columns without a slot their place on a phone's card of three lines, by position and kind.

    First column: title; first status: beside it in line two with two texts and the first figure; first date: the
    corner; person, one more text and the phone: line three. What finds no place is not on the card.
    """
    free: dict[str, int] = {"status": 1, "corner": 1, "person": 1, "figure": 1, "call": 1, "text": 2, "line": 1}
    places = {
        "status": ("status", "text"),
        "date": ("corner",),
        "person": ("person",),
        "money": ("figure",),
        "number": ("figure",),
        "phone": ("call",),
        "text": ("text", "line"),
        "tick": (),
    }
    laid: list[Column] = []
    for at, column in enumerate(columns):
        slot: str = column.slot or ("title" if at == 0 else "")
        if not slot and column.name not in STAMPS:
            slot = next((place for place in places[column.kind] if free[place]), "")
        if slot in free and free[slot] <= 0:
            slot = ""
        if slot in free:
            free[slot] -= 1
        laid.append(replace(column, slot=slot))  # type: ignore[arg-type]
    return tuple(laid)


@dataclass(frozen=True, slots=True)
class Row:
    """One record. ``key`` is what a tick sends (``public_id``); ``label`` its plain name; ``cells`` follow the columns:
    ``Markup`` of ``macros.html`` (status, who, …) or plain words; the first cell is drawn inside the link ``url``.
    A cell in the ``call`` slot is the number's plain text; the card makes a telephone button of it."""

    key: str
    url: str
    label: Words
    cells: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter. ``edit_url`` answers ``filter_form.html`` filled with it, or (``dialog``) the builder of conditions;
    ``remove_url`` is the list without."""

    label: Words
    op: Words
    value: Words
    edit_url: str
    remove_url: str
    icon: str = ""
    dialog: bool = False


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field one can filter by; ``url`` answers ``filter_form.html`` for it."""

    label: Words
    url: str
    icon: str = "filter"
    keys: str = ""  # how it is found by typing, pinyin too


@dataclass(frozen=True, slots=True)
class FilterOp:
    """An operator and the control it needs: ``choices`` (ticks), ``choice`` (one of them), ``reference``, ``text``,
    ``number``, ``date``, ``range`` (two of ``number``), ``dates`` (two dates) or ``none``."""

    code: str
    label: Words
    control: Literal["choices", "choice", "reference", "text", "number", "date", "range", "dates", "none"]


@dataclass(frozen=True, slots=True)
class FilterFormPage:
    """The little form behind a chip or "+ Filter" (``filter_form.html``; whole page without scripts, pop-up with).

    It GETs ``action`` with ``field``, ``op``, ``v-CONTROL`` (repeated; CONTROL is the operator's, so read
    ``args.getlist("v-" + op.control)``), ``old`` (the parameter it replaces, for an edited chip) and ``hidden`` (the
    rest of the list's address); the view redirects to the canonical address, or answers the form again with ``error``.
    ``reference`` is named ``v-reference``.
    """

    title: Words
    action: str
    field: str
    ops: tuple[FilterOp, ...]
    op: str = ""
    values: tuple[str, ...] = ()
    error: Words = ""
    choices: FormField | None = None
    reference: FormField | None = None
    hidden: tuple[tuple[str, str], ...] = ()
    old: str = ""
    back_url: str = ""
    remove_url: str = ""
    hint: Words = ""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One line of the columns dialog, in its order."""

    name: str
    label: Words
    shown: bool
    fixed: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """``text`` is "1,000+" or the exact number, ``first``–``last`` the rows shown; ``exact_url`` (POST) starts the exact
    count: it answers JSON ``{"text": "1,284,301"}`` or a job to poll whose ``text`` is the number."""

    text: Words
    first: int = 0
    last: int = 0
    exact_url: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class ViewBar:
    """Beside the tabs: keep the list as a new view, change the one shown; when it was changed, save it or go back to it."""

    new: Act
    edit: Act | None = None
    changed: bool = False
    save: Act | None = None
    reset_url: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """``list.html``. Forms of the page GET ``url`` and send ``state`` along (sort, filters, tab …, not ``find``).

    Ticked rows are posted as ``id`` (repeated) to the bulk act's URL, or ``all=1`` with ``state`` when "select all" was
    chosen; an act with ``dialog`` answers ``bulk_form.html``, one with ``download`` a file.
    ``bulk``: shown in the bar; ``bulk_more``: under ⋯ (delete, red). ``here``: where the chosen columns lead back to.
    ``writes``: a key leads from a row to the composer of its record.
    """

    title: Words
    url: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    crumbs: tuple[Crumb, ...] = ()
    tabs: tuple[Tab, ...] = ()
    acts: tuple[Act, ...] = ()
    primary: Act | None = None
    more: tuple[Act, ...] = ()
    note: Note | None = None
    find: str = ""
    find_name: str = "q"
    can_find: bool = True
    unfind_url: str = ""
    state: tuple[tuple[str, str], ...] = ()
    chips: tuple[Chip, ...] = ()
    filters: tuple[FilterField, ...] = ()
    clear_url: str = ""
    conditions_url: str = ""
    choices: tuple[ColumnChoice, ...] = ()
    columns_url: str = ""
    here: str = ""
    writes: bool = False
    bulk: tuple[Act, ...] = ()
    bulk_more: tuple[Act, ...] = ()
    count: Count | None = None
    prev_url: str = ""
    next_url: str = ""
    empty: Empty | None = None
    job: JobView | None = None
    view_bar: ViewBar | None = None
    leads: tuple[Act, ...] = ()
    looks: tuple[Tab, ...] = ()
    board: BoardView | None = None
    calendar: CalendarView | None = None
    gantt: GanttView | None = None
    map: ListMap | None = None

    @property
    def pictured(self) -> bool:
        """Whether it is shown as something else than rows."""
        return self.board is not None or self.calendar is not None or self.gantt is not None or self.map is not None


@dataclass(frozen=True, slots=True)
class BulkField:
    """A field that is edited on many: what is done to it, and with which value (none where it is emptied)."""

    how: FormField
    value: FormField | None = None


@dataclass(frozen=True, slots=True)
class Becoming:
    """A record of a preview: its name and, a field, (label, old, new)."""

    label: Words
    url: str
    fields: tuple[tuple[Words, Words, Words], ...]


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What an edit of many would do: (number, words) of what changes, is so already, refuses; ``refused``: (reason, names);
    the first rows in full."""

    counts: tuple[tuple[str, Words], ...]
    note: Words = ""
    refused: tuple[tuple[Words, Words], ...] = ()
    rows: tuple[Becoming, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkFormPage:
    """``bulk_form.html``: what is going to happen to how many, with the fields the act needs; also any small question.

    ``hidden`` carries the ids (or ``all`` and the state) and ``go=1``; ``skipped``: "2 of them are not yours …".
    ``edits`` stand before ``fields``; a ``preview`` stands in their place, with a way back to them. ``note``: why it was refused just now.
    """

    title: Words
    action: str
    submit: Words
    text: Words = ""
    skipped: Words = ""
    fields: tuple[FormField, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    danger: bool = False
    back_url: str = ""
    edits: tuple[BulkField, ...] = ()
    preview: BulkPreview | None = None
    note: Words = ""
