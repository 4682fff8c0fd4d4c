"""Rules: their list, and the editor of one with its log."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Crumb, Empty, Note, Status, Tab, Words
from crm_core.web.viewmodels.conditions import Box, Offer
from crm_core.web.viewmodels.forms import FormField


@dataclass(frozen=True, slots=True)
class RuleCard:
    """One rule of the list."""

    name: Words
    url: str
    sentence: Words
    status: Status
    owner: Words = ""
    runs: Words = ""
    why: Words = ""
    switch: Act | None = None


@dataclass(frozen=True, slots=True)
class RulesPage:
    """``rules.html``."""

    title: Words
    text: Words
    rows: tuple[RuleCard, ...]
    tabs: tuple[Tab, ...] = ()
    news: tuple[Act, ...] = ()
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """A card of "then". Its fields are called ``KEY-…``, its conditions ``KEYc…``; ``KEY-do`` says what it is, ``KEY-in`` and ``KEY-arm``
    where it stands. ``then`` and ``other``: the two arms of a branch."""

    key: str
    do: str
    label: Words
    icon: str
    parent: str
    arm: str
    fields: tuple[FormField, ...] = ()
    box: Box | None = None
    branch: bool = False
    then: tuple[StepView, ...] = ()
    other: tuple[StepView, ...] = ()
    adds: tuple[Offer, ...] = ()
    first: bool = False
    last: bool = False
    error: Words = ""
    focus: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    """A line of a log: the record (or the rule), how it stands, what was done, and why it began."""

    name: Words
    url: str
    status: Status
    when: Words
    moment: str
    lines: tuple[Words, ...] = ()
    cause: Words = ""
    cause_url: str = ""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A line of the rule's own history: what was done to it, when, by whom (nobody: by itself), and the sentence before."""

    what: tuple[Words, ...]
    when: Words
    moment: str
    who: Words = ""
    before: Words = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done: a sentence, and the first records with what each would have had done."""

    text: Words
    rows: tuple[tuple[Words, str, Words], ...] = ()


@dataclass(frozen=True, slots=True)
class RulePage:
    """``rule.html``. POSTs ``action`` with the whole form and ``do``: ``add:PARENT:ARM:kind``, ``remove:KEY``, ``up:KEY``, ``down:KEY``, a step of
    conditions with their prefix before it (``c:add:0:region``), ``again``, ``preview``, ``save``, ``on``."""

    title: Words
    action: str
    name: FormField
    of: Words
    hidden: tuple[tuple[str, str], ...]
    trigger: FormField
    when: tuple[FormField, ...]
    box: Box
    steps: tuple[StepView, ...]
    adds: tuple[Offer, ...]
    sentence: Words
    playbook: bool = False
    held: FormField | None = None
    error: Words = ""
    preview: Preview | None = None
    note: Note | None = None
    crumbs: tuple[Crumb, ...] = ()
    status: Status | None = None
    acts: tuple[Act, ...] = ()
    log: tuple[RunRow, ...] = ()
    log_url: str = ""
    report: tuple[tuple[Words, Words, Words], ...] = ()
    whose: Words = ""
    back_url: str = ""
    active: bool = False
    history: tuple[RuleChange, ...] = ()


@dataclass(frozen=True, slots=True)
class LogPage:
    """``rule_log.html``."""

    title: Words
    rows: tuple[RunRow, ...]
    crumbs: tuple[Crumb, ...] = ()
    next_url: str = ""
    empty: Empty | None = None
