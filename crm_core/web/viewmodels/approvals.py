"""Approvals: what waits, the flows there are, and a flow being drawn."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Crumb, Empty, Note, Person, Status, Tab, Words
from crm_core.web.viewmodels.forms import FormField


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A line of a list of approvals; with a ``value`` it can be chosen."""

    title: Words
    url: str
    sub: Words = ""
    value: str = ""
    person: Person | None = None
    when: Words = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class ApprovalsPage:
    """``approvals.html``. The chosen (``id``) are posted to ``action`` with ``opinion``; no ``action``: nothing to choose."""

    title: Words
    tabs: tuple[Tab, ...]
    rows: tuple[ApprovalRow, ...]
    action: str = ""
    next_url: str = ""
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class FlowsPage:
    """``flows.html``: the flows there are, and a new one: ``fields`` are posted to ``action``."""

    title: Words
    text: Words
    rows: tuple[ApprovalRow, ...]
    action: str
    fields: tuple[FormField, ...]
    error: Words = ""


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step's card: ``fields`` are named after its place. ``when`` says its condition, ``when_url`` leads to its builder."""

    number: int
    fields: tuple[FormField, ...]
    when: Words = ""
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class TriedStep:
    """What a step would do: ``people`` who would be asked, or ``text`` why not."""

    title: Words
    people: tuple[Person, ...] = ()
    text: Words = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class FlowPage:
    """``flow.html``. The form is posted to ``action`` with ``do``: ``save``, ``add``, ``up:N``, ``down:N``, ``remove:N``, ``when:N`` (0: of
    the flow itself), ``publish``. Trying asks ``try_url`` for the answers of ``try_fields``; ``tried`` is what came of it."""

    title: Words
    crumbs: tuple[Crumb, ...]
    what: Words
    status: Status
    action: str
    name: FormField
    when: Words
    steps: tuple[FlowStep, ...]
    acts: tuple[Act, ...] = ()
    faults: tuple[Words, ...] = ()
    try_url: str = ""
    try_fields: tuple[FormField, ...] = ()
    tried: tuple[TriedStep, ...] = ()
    tried_note: Note | None = None
    full: bool = False  # no more steps fit
