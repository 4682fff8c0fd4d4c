"""Likely duplicates: beside a form's field, and on the page of those found among stored records."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Person, Words


@dataclass(frozen=True, slots=True)
class TwinHit:
    """A record that may be the same. ``label`` is drawn (what is alike in ``<mark>``) and empty for one that the reader may not
    see: then only ``owner`` is told. ``why`` says how they are alike. ``ask``: the value that asks its holder for it."""

    label: Words
    why: Words
    avatar: Person | None = None
    owner: Person | None = None
    mine: bool = False
    url: str = ""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class TwinBox:
    """``parts/twins.html``, directly under the field. ``reason``: saving all the same wants one (``_twins_reason``)."""

    count: Words
    hits: tuple[TwinHit, ...]
    reason: bool = False
    text: Words = ""
    error: Words = ""
