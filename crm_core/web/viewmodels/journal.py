"""Pages of the journal."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Status, Tab, Words
from crm_core.web.viewmodels.record import Entry


@dataclass(frozen=True, slots=True)
class JournalPage:
    """``journal.html``: a person's day. ``people`` are (id, name, chosen) of those whose days the reader looks at; ``write_url``
    takes a POST of ``day`` and ``text``, and is empty where only another writes; ``seen_url`` is told as soon as the page is seen."""

    title: Words
    day: Words
    iso: str
    entries: tuple[Entry, ...]
    tabs: tuple[Tab, ...] = ()
    prev_url: str = ""
    next_url: str = ""
    today_url: str = ""
    people: tuple[tuple[str, str, bool], ...] = ()
    text: str = ""
    write_url: str = ""
    remark: str = ""
    remark_act: Act | None = None
    status: Status | None = None
    seen_url: str = ""
    all_url: str = ""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A customer of the day: who holds him and whose superior that is, what was done, the last words, the last visit."""

    name: Words
    url: str
    holder: Words = ""
    supervisor: Words = ""
    done: Words = ""
    words: Words = ""
    visit: Words = ""


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """``journal_customers.html``: a day by customer."""

    day: Words
    iso: str
    rows: tuple[JournalRow, ...]
    tabs: tuple[Tab, ...] = ()
    prev_url: str = ""
    next_url: str = ""
