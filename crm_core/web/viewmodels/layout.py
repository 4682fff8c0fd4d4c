"""The editor of a form's layout."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Note, Tab, Words
from crm_core.web.viewmodels.forms import Choice


@dataclass(frozen=True, slots=True)
class LayoutLine:
    """A line of the editor: a section with its names, or a field with what is asked of it. ``row`` is what it sends."""

    row: str
    label: Words
    section: bool = False
    key: str = ""
    zh: str = ""
    en: str = ""
    folded: bool = False
    fixed: bool = False  # stays where it is
    required: bool = False
    must: bool = False  # whether it is required is not for the layout to say
    own: bool = False  # a custom field
    whens: tuple[Choice, ...] = ()  # fields by which it can be shown
    values: str = ""
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class LayoutPage:
    """``layout.html``. Rows are sent in their order as ``row``; without ``action`` the layout may only be read."""

    title: Words
    tabs: tuple[Tab, ...]
    lines: tuple[LayoutLine, ...]
    action: str = ""
    reset: Act | None = None
    add: Act | None = None
    note: Note | None = None
