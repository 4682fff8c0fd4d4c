"""The builder of conditions."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Words
from crm_core.web.viewmodels.forms import Choice, FormField
from crm_core.web.viewmodels.listing import FilterOp


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the menu "add": a field, a related record or a group; ``keys``: how it is found by typing, pinyin too."""

    value: str
    label: Words
    icon: str
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition on a field: ``N-field`` (hidden), ``N-op``, ``N-v`` (repeated), all of it under ``N-in``, its group."""

    id: int
    label: Words
    field: str
    ops: tuple[FilterOp, ...]
    op: str
    control: str
    values: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    chosen: Words = ""
    reference: FormField | None = None
    icon: str = ""
    error: Words = ""
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A group of conditions: ``N-kind``; of a related record also ``N-has`` (hidden) and ``N-no`` ("" or "1")."""

    id: int
    kinds: tuple[Choice, ...]
    parts: tuple[Leaf | Box, ...]
    fields: tuple[Offer, ...]
    relations: tuple[Offer, ...]
    groups: bool = True
    has: str = ""
    label: Words = ""
    icon: str = ""
    quantities: tuple[Choice, ...] = ()
    focus: bool = False


@dataclass(frozen=True, slots=True)
class ConditionsPage:
    """``conditions.html``. POSTs ``action`` with the boxes and ``do``: ``add:N:what``, ``remove:N``, ``again``, ``apply``."""

    title: Words
    action: str
    root: Box
    hidden: tuple[tuple[str, str], ...]
    count: Words = ""
    back_url: str = ""
    error: Words = ""
    submit: Words = ""  # what its button says, where it shows no list
