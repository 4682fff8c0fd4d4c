"""The page of plugins."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Empty, Note, Status, Tab, Words
from crm_core.web.viewmodels.forms import FormField


@dataclass(frozen=True, slots=True)
class PluginCard:
    """One plugin: what it is, how it stands, what it adds, and the one thing to do about it."""

    name: str
    label: Words
    version: str
    icon: str
    status: Status
    summary: Words = ""
    adds: tuple[tuple[str, Words], ...] = ()  # icon and words: "3 menu entries"
    needs: tuple[tuple[Words, bool], ...] = ()  # what it requires, and whether that is there
    dormant: Words = ""  # what sleeps
    reason: Words = ""  # why it failed or is blocked
    trace: str = ""
    foot: Words = ""
    act: Act | None = None
    more: tuple[Act, ...] = ()  # whom it is for, its settings
    audience: Words = ""
    faults: Words = ""  # what its parts did wrong while it served
    cost: Words = ""
    old: Words = ""  # what it uses that will go
    dim: bool = False  # not serving


@dataclass(frozen=True, slots=True)
class PluginsPage:
    """``plugins.html``."""

    title: Words
    sub: Words
    tabs: tuple[Tab, ...]
    cards: tuple[PluginCard, ...]
    note: Note | None = None
    poll: bool = False  # a new set of processes is starting: look again soon
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """``settings.html``: the settings of one package, for the house or a department."""

    title: Words
    tabs: tuple[Tab, ...]
    places: tuple[Tab, ...] = ()  # the house and the departments with values of their own
    action: str = ""  # where they are saved; none: they may only be read
    fields: tuple[FormField, ...] = ()
    label: Words = ""
    add: Act | None = None
    more: tuple[Act, ...] = ()  # pages that belong to it
    remove: Act | None = None
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class OutlineMap:
    name: str
    label: Words
    chosen: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class OutlinesPage:
    """``outlines.html``: the maps whose outlines an administrator may put there himself."""

    title: Words
    action: str
    maps: tuple[OutlineMap, ...]
    error: Words = ""
    back_url: str = ""
