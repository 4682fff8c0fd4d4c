"""The small parts that every page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Words: TypeAlias = object
"""A ``str``, a lazy translation or ``Markup``; drawn with ``{{ }}``."""

Colour: TypeAlias = Literal["", "green", "amber", "red", "teal", "violet", "acc"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an avatar. ``text``: last character of a Chinese given name, two initials of a Latin one.
    ``colour``: 1 to 6, the user's id modulo 6 plus one, so a colleague keeps his colour; 0 is grey (the system)."""

    name: Words
    text: str = ""
    colour: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A choice with a cue that is not colour alone: icon and word. In tables the icon is coloured, in heads it is a pill."""

    label: Words
    icon: str = ""
    colour: Colour = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person can do: a link (``get``) or a small form of its own (``post``).

    ``key`` is the letter shown beside it and listened to ("N", "E", "L"); ``confirm`` asks that sentence first;
    ``disabled`` holds the reason and draws the act greyed, with the reason as its tip; ``fields`` are sent along with a
    post; ``dialog`` opens the answer's ``#dialog`` part over the page instead of going there; ``focus`` is the id of
    a control on this page to go to instead of a URL (the composer); ``download`` keeps htmx away from a file.
    """

    label: Words
    url: str = ""
    icon: str = ""
    method: Literal["get", "post"] = "get"
    key: str = ""
    danger: bool = False
    confirm: Words = ""
    disabled: Words = ""
    fields: tuple[tuple[str, str], ...] = ()
    dialog: bool = False
    focus: str = ""
    download: bool = False


@dataclass(frozen=True, slots=True)
class PhoneAct:
    """One of up to five acts in the phone's bottom bar; the one with ``main`` is filled and stands in the middle.
    ``opens``: id of a sheet on this page that it opens ("sheet-filter") instead of a URL; ``focus`` as in ``Act``; ``act``: it does this, which may be
    a form or a question."""

    label: Words
    icon: str
    url: str = ""
    main: bool = False
    active: bool = False
    count: Words = ""
    opens: str = ""
    focus: str = ""
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way back; the page's own title is not among them."""

    label: Words
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab or one part of a segment. ``foreign`` draws the thin line before the first one that a module brought."""

    label: Words
    url: str
    active: bool = False
    count: Words = ""
    icon: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about the whole page: bold first line, plain second."""

    title: Words
    text: Words = ""
    colour: Colour = ""
    icon: str = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of up to three first steps on an empty page."""

    label: Words
    text: Words
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What will be here, in one sentence, and the first steps (none without the right: then whom to ask)."""

    title: Words
    text: Words = ""
    steps: tuple[FirstStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A language one can switch to; ``code`` is the folder's name ("zh_Hans_CN"), ``tag`` the BCP 47 tag ("zh-CN")."""

    code: str
    tag: str
    name: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a person sees it. ``poll_url`` answers the JSON of the templates' README while it runs.

    ``state``: waiting, running, done, failed, cancelled, parked. ``total`` 0 = length unknown: no bar, a sentence.
    """

    id: str
    title: Words
    state: Literal["waiting", "running", "done", "failed", "cancelled", "parked"]
    done: int = 0
    total: int = 0
    text: Words = ""
    url: str = ""
    poll_url: str = ""
    person: Person | None = None
    started: Words = ""
    ended: Words = ""
    error: Words = ""
    cancel: Act | None = None
    rerun: Act | None = None
    undo: Act | None = None


@dataclass(frozen=True, slots=True)
class Toast:
    """Done, with Undo; or a job under way with its bar. Errors never come as toasts."""

    text: Words
    undo: Act | None = None
    link: Act | None = None
    job: JobView | None = None
