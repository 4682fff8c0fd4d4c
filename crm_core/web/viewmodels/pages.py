"""Notices, sign-in, errors, jobs, deliveries, recycle bin, help and print."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Colour, Crumb, Empty, JobView, Note, Person, Status, Tab, Words
from crm_core.web.viewmodels.forms import FormField
from crm_core.web.viewmodels.record import FactGroup


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the bell. A read one is a link to ``url``; an unread one is opened by a POST to ``open_url``, which
    marks it read and leads there (a GET changes nothing)."""

    title: Words
    text: Words = ""
    when: Words = ""
    moment: str = ""
    url: str = ""
    open_url: str = ""
    person: Person | None = None
    icon: str = "robot"
    unread: bool = False


@dataclass(frozen=True, slots=True)
class NoticePanel:
    """The newest notices, on the home page and as ``bell.html``."""

    rows: tuple[Notice, ...]
    unread: int = 0
    unread_text: Words = ""
    read_all: Act | None = None
    all_url: str = ""


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """``notices.html``: all messages, by keyset."""

    title: Words
    rows: tuple[Notice, ...]
    tabs: tuple[Tab, ...] = ()
    read_all: Act | None = None
    prev_url: str = ""
    next_url: str = ""
    empty: Empty | None = None
    told_url: str = ""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """``sign_in.html``: posts ``name``, ``password``, ``stay`` (1) and ``next`` to ``action``. ``error`` is one sentence,
    never which of the two; ``contact``: whom to ask for an account."""

    action: str
    company: Words = ""
    name: str = ""
    next: str = ""
    error: Words = ""
    info: Words = ""
    reset_url: str = ""
    stay_days: int = 7
    contact: Words = ""


@dataclass(frozen=True, slots=True)
class AuthPage:
    """``password.html`` (inside the frame), ``reset_request.html``, ``reset.html``, ``setup.html`` (without)."""

    title: Words
    text: Words
    action: str
    fields: tuple[FormField, ...]
    submit: Words
    error: Words = ""
    info: Words = ""
    back: Act | None = None
    crumbs: tuple[Crumb, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    steps: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """``error.html``, ``not_found.html``, ``denied.html``: what happened, what is safe, what to do, a number to tell."""

    title: Words
    text: Words
    safe: Words = ""
    todo: Words = ""
    ask: Words = ""
    number: str = ""
    retry_url: str = ""
    back_url: str = ""
    icon: str = "plug-connected-x"
    colour: Colour = "amber"


@dataclass(frozen=True, slots=True)
class JobsPage:
    """``jobs.html``: what runs, waits and failed."""

    title: Words
    rows: tuple[JobView, ...]
    tabs: tuple[Tab, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    prev_url: str = ""
    next_url: str = ""
    empty: Empty | None = None
    schedules: tuple[tuple[Words, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class JobPage:
    """``job.html``: one job with its progress, steps and error."""

    job: JobView
    crumbs: tuple[Crumb, ...] = ()
    groups: tuple[FactGroup, ...] = ()
    log: tuple[tuple[Words, Words], ...] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An effect on its way out of the database, or to a listener."""

    id: str
    event: Words
    listener: Words
    status: Status
    when: Words
    tries: int = 0
    next: Words = ""
    error: Words = ""
    url: str = ""
    rerun: Act | None = None
    cancel: Act | None = None


@dataclass(frozen=True, slots=True)
class DeliveriesPage:
    """``deliveries.html``."""

    title: Words
    rows: tuple[Delivery, ...]
    tabs: tuple[Tab, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    rerun_all: Act | None = None
    prev_url: str = ""
    next_url: str = ""
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class RecycleRow:
    """One deletion (a change), with everything that went with it; or what one proposes, which can be withdrawn."""

    label: Words
    kind: Words
    icon: str
    when: Words
    who: Person | None
    parts: Words = ""
    until: Words = ""
    undo: Act | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class RecyclePage:
    """``recycle.html``."""

    title: Words
    rows: tuple[RecycleRow, ...]
    text: Words = ""
    tabs: tuple[Tab, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    prev_url: str = ""
    next_url: str = ""
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A record that an undo left: what has become of it since, by whom and when."""

    label: Words
    kind: Words
    url: str
    what: Words
    who: Person | None = None
    when: Words = ""


@dataclass(frozen=True, slots=True)
class LeftPage:
    """``left.html``: the records that an undo left as they are."""

    title: Words
    text: Words
    rows: tuple[LeftRow, ...] = ()
    back_url: str = ""
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Keys of one act, as drawn: ("Ctrl", "K")."""

    label: Words
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys of one place."""

    title: Words
    keys: tuple[KeyHint, ...]


@dataclass(frozen=True, slots=True)
class HelpPart:
    """A heading and its paragraphs."""

    title: Words
    paragraphs: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class HelpPage:
    """``help.html``: help for the screen one is on, in a drawer at the right; a page of its own without scripts."""

    title: Words
    parts: tuple[HelpPart, ...]
    keys: tuple[KeyGroup, ...] = ()
    back_url: str = ""


@dataclass(frozen=True, slots=True)
class PrintTable:
    """A table on paper; ``right``: indexes of numeric columns."""

    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    title: Words = ""
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintPage:
    """``print.html``: list or record on paper; the dialog opens by itself, a bar on screen repeats it."""

    title: Words
    company: Words
    printed: Words
    groups: tuple[FactGroup, ...] = ()
    tables: tuple[PrintTable, ...] = ()
    sub: Words = ""
    filters: tuple[Words, ...] = ()
    foot: Words = ""
    landscape: bool = False
    bare: bool = False  # letters and sheets stand alone, without head and foot
    back_url: str = ""
    html: Words = ""  # by a package's own template, instead of groups and tables
    sheets: tuple[Words, ...] = ()  # labels and envelopes: drawings of whole pages, instead of everything else
    page_css: str = ""  # the style sheet that says how large they are
    pdf_url: str = ""


@dataclass(frozen=True, slots=True)
class LivePreview:
    """``parts/live.html``: a text with sample words, or what is wrong with it; ``words`` may be pressed into it."""

    words: tuple[Words, ...]
    sheet: Words = ""
    html: Words = ""
    error: Words = ""


@dataclass(frozen=True, slots=True)
class ChosenText:
    """One text of ``mail_templates.html``; ``on``: the one that is shown."""

    name: Words
    subject: Words
    url: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class MailTemplatesPage:
    """``mail_templates.html``: texts to begin a mail with, one of them as it will read; ``note``: what of it stays empty."""

    title: Words
    crumbs: tuple[Crumb, ...]
    texts: tuple[ChosenText, ...]
    html: Words = ""
    note: Words = ""
    use: Act | None = None
    new: Act | None = None
    back_url: str = ""


@dataclass(frozen=True, slots=True)
class PressPage:
    """``press.html``: what is printed of the chosen records, and how; what will come of it beside the form.

    ``looks`` are the ways (list, sheets, labels, envelopes); ``hidden`` carries what is chosen (ids, or ``all`` and the state);
    ``words`` say how many are meant; ``left`` and ``over``: who is left out or does not fit, as (reason, names).
    """

    title: Words
    action: str
    back_url: str
    hidden: tuple[tuple[str, str], ...]
    fields: tuple[FormField, ...]
    words: Words = ""
    conditions: tuple[Words, ...] = ()
    left: tuple[tuple[Words, Words], ...] = ()
    over: tuple[tuple[Words, Words], ...] = ()
    html: Words = ""
    landscape: bool = False
    sheets: tuple[Words, ...] = ()
    no_pdf: Words = ""  # why there is no PDF here
    job: Words = ""  # these are so many that a job makes the file
    error: Words = ""
    crumbs: tuple[Crumb, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A secret link of one's own; the secret itself is not known any more."""

    label: Words
    made: Words
    seen: Words
    revoke: Act


@dataclass(frozen=True, slots=True)
class FeedsPage:
    """``feeds.html``. ``link``: the one just made, shown this once."""

    title: Words
    rows: tuple[FeedRow, ...]
    make: Act
    link: str = ""
