"""The home page."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Colour, FirstStep, Status, Tab, Words
from crm_core.web.viewmodels.pages import Notice, NoticePanel
from crm_core.web.viewmodels.record import PanelView


@dataclass(frozen=True, slots=True)
class HomeNumber:
    """A number of the home page: a link to its list, with one remark and, in `trace`, how it went."""

    label: Words
    value: Words
    url: str
    remark: Words = ""
    icon: str = ""
    colour: Colour = ""
    trace: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitRow:
    """Something that waits for me. ``tick_url`` (POST, JSON 200 or redirect) completes it and ``untick_url`` takes that
    back within 5 s; without them ``tick_why`` tells why it cannot be ticked off. ``icon`` instead of the tick.
    ``answer`` is what is asked of the reader first (accept, agree); ``acts`` are the others, under ⋯."""

    title: Words
    url: str = ""
    sub: Words = ""
    sender: Words = ""
    due: Status | None = None
    tick_url: str = ""
    untick_url: str = ""
    tick_why: Words = ""
    icon: str = ""
    answer: Act | None = None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks due, sorted late, today, later."""

    rows: tuple[WaitRow, ...]
    count: Words = ""
    filters: tuple[Tab, ...] = ()
    all: Act | None = None
    foot: Words = ""
    empty: Words = ""


@dataclass(frozen=True, slots=True)
class HomeChoice:
    """A panel in the dialog that arranges the home page; without a name it is the line below which panels stand beside the others."""

    name: str
    label: Words
    shown: bool = True


@dataclass(frozen=True, slots=True)
class HomePage:
    """``home.html``. ``main`` and ``side`` are its two columns, in order: "waiting", "messages", "numbers", "lately", or a panel;
    numbers that come first stand across both. ``firsts``: three first steps of a new user, instead of numbers. ``lately``: what
    was written last about customers, drawn like messages; ``lately_url`` leads to all of it. ``choices`` and ``arrange_url``: the
    dialog with which its reader arranges it."""

    greeting: Words
    sentence: Words
    waiting: Waiting
    notices: NoticePanel
    numbers: tuple[HomeNumber, ...] = ()
    firsts: tuple[FirstStep, ...] = ()
    lately: tuple[Notice, ...] = ()
    lately_url: str = ""
    main: tuple[str | PanelView, ...] = ("numbers", "waiting", "lately")
    side: tuple[str | PanelView, ...] = ("messages",)
    choices: tuple[HomeChoice, ...] = ()
    arrange_url: str = ""
