"""Forms: sections, controls, lines of parts, and the page of two versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from crm_core.web.viewmodels.base import Act, Crumb, Note, Person, Status, Words
from crm_core.web.viewmodels.twins import TwinBox

Control: TypeAlias = Literal[
    "text",
    "textarea",
    "number",
    "money",
    "date",
    "datetime",
    "email",
    "phone",
    "url",
    "password",
    "choice",
    "choices",
    "radios",
    "tick",
    "reference",
    "references",
    "picks",
    "region",
    "file",
    "static",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, a list of ticks or of radios. ``text`` is a second, muted line (radios)."""

    value: str
    label: Words
    chosen: bool = False
    icon: str = ""
    colour: str = ""
    disabled: bool = False
    text: Words = ""
    group: Words = ""


@dataclass(frozen=True, slots=True)
class Picked:
    """A record already chosen in a reference control."""

    value: str
    label: Words
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class FormField:
    """A label, a control and one line beneath: the hint, or the error in its place.

    ``name`` is what the form sends, ``value`` the text in it (what the person typed, even when refused). ``corner`` are
    helper words at the label's right end. ``choices``: of choice, choices, radios; a ``choice`` that is not required gets
    an empty option. ``reference``: ``picked`` and ``lookup_url`` (JSON, README), sent as the record's value; without
    scripts the typed text is sent as ``NAME__text``. ``references`` repeat the name. ``region``: ``value`` is the code,
    ``shown`` its words, ``lookup_url`` the JSON of all regions. ``tick``: ``value`` "1" is on; an always-sent hidden
    ``NAME__sent`` tells a switched-off tick from an absent field. ``choices`` and ``references`` send it too.
    ``date``: text, words allowed ("下周三"); ``dates_url`` reads them on leaving. ``unit`` stands inside at the right
    (currency, 元, %). ``wide``: the whole line instead of half, ``small``: less, up to four a line. ``creates``: a name that is not found may be taken as a new
    one. ``check_url`` takes a POST of ``field`` and ``value`` on leaving and answers JSON ``{"error": "…"}``. ``again``: another choice asks for the form anew (the value's control follows it).
    ``preview_url`` takes a POST of the form while somebody writes and answers with what comes of the text.
    ``picks``: a select for each group of ``choices``, all of one name, and a free text (``shown``) sent as ``NAME__text``.
    ``beside``: fields of the form that go along with a look-up as ``with.NAME``, for what it says of its hits.
    ``file``: ``choices`` are files that can be named instead of sending one, under the same name.
    ``when``: it shows only while this field has one of these values ("a,b"; "*": any).
    """

    name: str
    label: Words
    control: Control = "text"
    value: str = ""
    required: bool = False
    readonly: bool = False
    hint: Words = ""
    error: Words = ""
    warning: Words = ""
    corner: Words = ""
    wide: bool = False
    small: bool = False
    placeholder: Words = ""
    choices: tuple[Choice, ...] = ()
    picked: tuple[Picked, ...] = ()
    shown: Words = ""
    lookup_url: str = ""
    dates_url: str = ""
    maxlength: int = 0
    rows: int = 3
    unit: Words = ""
    autocomplete: str = "off"
    inputmode: str = ""
    accept: str = ""
    autofocus: bool = False
    icon: str = ""
    creates: bool = False
    check_url: str = ""
    again: bool = False
    preview_url: str = ""
    when: tuple[str, str] | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row of parts. ``key`` is the prefix of its names ("addresses-0"); ``id`` the part's public id, "" for a new one,
    sent as ``KEY-id``. A removed row sends ``KEY-remove=1``; nothing is deleted because it was not sent."""

    key: str
    fields: tuple[FormField, ...]
    id: str = ""
    removed: bool = False
    error: Words = ""


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Rows about one thing, folded away under it; ``words`` say what they hold. Without a label they stand as they are."""

    label: Words
    rows: tuple[LineRow, ...]
    words: Words = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class LinesEditor:
    """Parts edited inside the parent's form. ``blank`` is a row whose key ends in ``-__n__``: the script copies it.

    Without scripts "Add row" submits the form with ``_add=NAME`` and "Remove" with ``_remove=KEY``: the view answers the
    form again, saving nothing. With ``_tell`` it answers the form with what the lines would come to; ``tells`` names the fields of the record
    they follow; None where nothing is told.
    """

    name: str
    title: Words
    rows: tuple[LineRow, ...]
    blank: LineRow
    add: Words
    row_label: Words = ""
    hint: Words = ""
    error: Words = ""
    readonly: bool = False
    table: bool = False  # a line each, their fields in columns
    many: bool = False  # too many fields for that: a card each, and the form is wider
    broad: bool = False  # more columns than a form of ordinary width has room for
    groups: tuple[LineGroup, ...] = ()
    tells: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form with its entry in the side list. ``optional`` ones may come ``folded``."""

    code: str
    title: Words
    fields: tuple[FormField, ...] = ()
    lines: tuple[LinesEditor, ...] = ()
    optional: bool = False
    folded: bool = False
    errors: int = 0
    text: Words = ""


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """One line of the sum at the top; ``name`` leads to the field."""

    name: str
    label: Words
    text: Words


@dataclass(frozen=True, slots=True)
class Draft:
    """Autosave: the whole form is POSTed to ``url`` 5 s after a change; answers JSON ``{"saved": "09:12"}``.
    ``restored``: the form was filled from a draft; ``discard`` throws it away."""

    url: str
    saved: Words = ""
    restored: bool = False
    discard: Act | None = None


@dataclass(frozen=True, slots=True)
class FormPage:
    """``form.html``. Posts to ``action`` with ``hidden`` (version, back, …); the button pressed is ``_then``: ``open``
    (Save) or ``new`` (Save and new). ``twins``: records that look like this one; when somebody leaves one of ``twins_fields``, the
    form is POSTed to ``twins_url``, which answers ``parts/twins.html``."""

    title: Words
    action: str
    cancel_url: str
    sections: tuple[Section, ...]
    crumbs: tuple[Crumb, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    submit: Words = ""
    save_new: bool = False
    errors: tuple[ErrorLink, ...] = ()
    note: Note | None = None
    draft: Draft | None = None
    acts: tuple[Act, ...] = ()
    multipart: bool = False
    twins: TwinBox | None = None
    twins_url: str = ""
    twins_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConflictField:
    """A field both changed. ``mine`` / ``theirs`` / ``before`` are drawn (differences in ``<mark>``); the form sends
    ``pick-NAME`` = mine, theirs or, for a long text with ``both``, both (repeated)."""

    name: str
    label: Words
    mine: Words
    theirs: Words
    before: Words = ""
    both: bool = False
    pick: tuple[str, ...] = ("mine",)


@dataclass(frozen=True, slots=True)
class MergedField:
    """A field only one of them changed: merged, and told."""

    label: Words
    old: Words
    new: Words
    person: Person


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """``conflict.html``. Posts ``hidden`` (all values of mine, the version of theirs) and the picks to ``action``.
    ``back`` posts the same to the form's address to go on editing; ``keep`` keeps mine as draft."""

    title: Words
    crumbs: tuple[Crumb, ...]
    me: Person
    other: Person
    mine_when: Words
    theirs_when: Words
    heading: Words
    text: Words
    fields: tuple[ConflictField, ...]
    merged: tuple[MergedField, ...]
    action: str
    hidden: tuple[tuple[str, str], ...] = ()
    edit_url: str = ""
    keep_url: str = ""
    ask: Act | None = None
    status: Status | None = None
