"""Statements compiled once for all sites of a test process, as a server that has run for a while has them at hand: each test has
a database of its own, and would put every statement into words anew."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

from crm_core.data.engine import Engines

KEPT = 3000


@cache
def _alike(kind: type) -> tuple[type, LRUCache[Any, Any]]:
    """A dialect that is the same as any other of its kind (the server is one, and so is what it understands), and what was
    compiled for it."""
    same = {"supports_statement_cache": True, "__eq__": lambda self, other: type(self) is type(other), "__hash__": lambda self: hash(type(self))}
    return type(kind.__name__, (kind,), same), LRUCache(KEPT)


def share() -> None:
    """Every engine of a site made from now on."""
    make = Engines._make

    def making(self: Engines, write: bool) -> sa.Engine:
        made = make(self, write)
        made.dialect.__class__, made._compiled_cache = _alike(type(made.dialect))
        return made

    Engines._make = making  # type: ignore[method-assign]
