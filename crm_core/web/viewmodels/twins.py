"""Likely duplicates: beside a form's field, and on the page of those found among stored records."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Crumb, Empty, Person, Words


@dataclass(frozen=True, slots=True)
class TwinHit:
    """A record that may be the same. ``label`` is drawn (what is alike in ``<mark>``) and empty for one that the reader may not
    see: then only ``owner`` is told. ``why`` says how they are alike. ``ask``: the value that asks its holder for it;
    ``claim``: the one that takes it out of its public pool."""

    label: Words
    why: Words
    avatar: Person | None = None
    owner: Person | None = None
    mine: bool = False
    url: str = ""
    ask: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True)
class TwinBox:
    """``parts/twins.html``, directly under the field. ``reason``: saving all the same wants one (``_twins_reason``)."""

    count: Words
    hits: tuple[TwinHit, ...]
    reason: bool = False
    text: Words = ""
    error: Words = ""


@dataclass(frozen=True, slots=True)
class TwinPair:
    """Two records that look like one, why, and what can be done."""

    hits: tuple[TwinHit, TwinHit]
    why: Words
    apart: Act
    merge: Act | None = None


@dataclass(frozen=True, slots=True)
class TwinsPage:
    """``duplicates.html``."""

    title: Words
    pairs: tuple[TwinPair, ...]
    back_url: str
    acts: tuple[Act, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    next_url: str = ""
    empty: Empty | None = None
