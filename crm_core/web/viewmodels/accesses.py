"""The page of the access log."""

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Crumb, Empty, Words
from crm_core.web.viewmodels.forms import FormField


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One reading."""

    when: Words
    who: Words
    record: Words
    url: str
    kind: Words
    how: Words


@dataclass(frozen=True, slots=True)
class AccessPage:
    """``accesses.html``: who has read sensitive facts, newest first."""

    title: Words
    sub: Words
    fields: tuple[FormField, ...]
    hidden: tuple[tuple[str, str], ...]
    rows: tuple[AccessRow, ...]
    crumbs: tuple[Crumb, ...] = ()
    next_url: str = ""
    empty: Empty | None = None
