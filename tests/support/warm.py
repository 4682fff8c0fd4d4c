"""What a server that has run for a while has at hand, kept from test to test in one process: each test has a site and an application
of its own, and would put every statement into words, every address and every template into code anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlalchemy as sa
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from crm_core.data.engine import Engines
from crm_core.web.application import Application

STATEMENTS = 3000


def keep() -> None:
    """For every engine and every application made from now on."""
    make, compiled = Engines._make, Rule._compile_builder
    builders: dict[Any, Callable[..., tuple[str, str]]] = {}

    def making(self: Engines, write: bool) -> sa.Engine:
        made = make(self, write)
        made.dialect.__class__, made._compiled_cache = _alike(type(made.dialect))  # type: ignore[arg-type]
        return made

    def building(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """The code depends on nothing but these; it asks its rule for converters when it is called."""
        if self.defaults:
            return compiled(self, append_unknown)
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in builders:
            builders[key] = compiled(self, append_unknown)
        return builders[key]

    Application.jinja_options = {**Application.jinja_options, "bytecode_cache": Templates()}
    Engines._make = making  # type: ignore[method-assign]
    Rule._compile_builder = building  # type: ignore[method-assign]


class Templates(BytecodeCache):
    """The code of templates, for as long as their text is the same."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key, bucket.checksum] = bucket.code


@cache
def _alike(kind: type) -> tuple[type, LRUCache[Any, Any]]:
    """A dialect that is the same as any other of its kind (the server is one, and so is what it understands), and what was
    compiled for it."""
    same = {"supports_statement_cache": True, "__eq__": lambda self, other: type(self) is type(other), "__hash__": lambda self: hash(type(self))}
    return type(kind.__name__, (kind,), same), LRUCache(STATEMENTS)
