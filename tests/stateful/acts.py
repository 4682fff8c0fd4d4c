"""What the model of the house remembers of what was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Merged:
    """A merge, and the pebbles it moved."""

    kept: int
    gone: int
    change: int
    undone: bool = False
    moved: set[int] = field(default_factory=set)


@dataclass
class Act:
    """A change: what its rows were before and after, by (resource, id); None: not there."""

    change: int
    actor: str
    before: dict[tuple[str, int], Row | None]
    after: dict[tuple[str, int], Row | None]
    verb: str
    undone: bool = False
    merged: Merged | None = None
