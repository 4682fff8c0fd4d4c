"""What stands around every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crm_core.web.viewmodels.base import Act, Language, Person, Toast, Words


@dataclass(frozen=True, slots=True)
class Shell:
    """What even a page without a person knows: sign-in, set-up link, an error before the session is read.

    ``theme`` "" follows the system. ``preferences_url`` takes a POST of ``language``, ``theme``, ``rail`` (``wide`` or
    ``folded``) or ``fold`` (code of a menu group, with ``folded`` 1/0) and ``back``; a script sends it with
    ``Accept: application/json`` and wants 204.
    """

    lang: str
    site_name: Words
    csrf_token: str
    languages: tuple[Language, ...] = ()
    theme: Literal["", "light", "dark"] = ""
    preferences_url: str = ""
    home_url: str = "/"
    here: str = "/"  # of a page without a person: where it goes on in another language
    version: str = ""
    plain_http: bool = False
    toasts: tuple[Toast, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A module's entry in the rail. ``unread`` makes the count an accent badge; ``go`` is the letter after G."""

    label: Words
    url: str
    icon: str = "puzzle"
    count: Words = ""
    unread: bool = False
    active: bool = False
    go: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A group of the rail; the first one (Home, Tasks, Messages) has no label and does not fold."""

    code: str
    label: Words
    entries: tuple[MenuEntry, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Shell):
    """Rail, top bar and foot for a signed-in person.

    ``menu``: the groups; ``foot_menu``: what stands at the rail's foot (Settings). ``create``: what + offers.
    ``person_menu``: change password, recycle bin, …; sign-out comes last as a POST. ``bell_url`` answers the fragment
    ``bell.html`` (the newest notices), ``notices_url`` the whole page. ``palette_url`` and ``help_url`` as in the
    templates' README.
    Running jobs of this person come as ``toasts`` with a ``job``: their bar is polled on every page.
    ``keys_off`` switches one-letter keys off. ``still``: ``parts/still.html`` drawn before, kept until rights change.
    """

    person: Person
    user_id: int = 0
    department: Words = ""
    role: Words = ""
    module: Words = ""
    menu: tuple[MenuGroup, ...] = ()
    foot_menu: tuple[MenuEntry, ...] = ()
    create: tuple[Act, ...] = ()
    person_menu: tuple[Act, ...] = ()
    sign_out_url: str = ""
    tasks_url: str = ""
    tasks_count: int = 0
    notices_url: str = ""
    notices_count: int = 0
    bell_url: str = ""
    live_url: str = ""
    palette_url: str = ""
    help_url: str = ""
    server_time: Words = ""
    rail_folded: bool = False
    keys_off: bool = False
    still: Words = ""
