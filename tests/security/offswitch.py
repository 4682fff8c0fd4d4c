"""S27, the machine: runs tests while one guard is switched off. Used as a plugin by test_mutants.py, in a process of its own:

    python -m pytest -p tests.security.offswitch --engine sqlite FILE::TEST …

A guard is switched off in the code it stands in: one expression of a function is replaced, and the function gets the code of
the result for as long as the test runs. Whoever holds the function holds the same one, so nothing can pass by it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.security.mutants import MUTANTS, Mutant

NO_ANSWER = (NameError, TypeError, AttributeError, SyntaxError, ImportError)  # a mutant that cannot run says nothing


def function(where: str) -> FunctionType:
    """The function behind `package.module:Class.name`, out of its decorators."""
    module, _colon, path = where.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
        found = found.fget if isinstance(found, property) else inspect.unwrap(getattr(found, "__func__", found))
    assert isinstance(found, FunctionType), f"{where} is no function"
    return found


def mutated(target: FunctionType, old: str, new: str) -> CodeType:
    """The code of a function with one piece of its text replaced. Raises LookupError when it is not there exactly once."""
    source = textwrap.dedent(inspect.getsource(target))
    if source.count(old) != 1:
        raise LookupError(f"{target.__qualname__} has {old!r} {source.count(old)} times")
    tree = ast.parse(source.replace(old, new))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    around = ast.parse(f"def around({', '.join(target.__code__.co_freevars)}):\n    pass").body[0]
    assert isinstance(around, ast.FunctionDef)
    around.body = [definition]
    tree.body = [around]
    whole = compile(ast.fix_missing_locations(tree), target.__code__.co_filename, "exec", dont_inherit=True)
    inner = next(const for const in whole.co_consts if isinstance(const, CodeType))
    return next(const for const in inner.co_consts if isinstance(const, CodeType))


@contextmanager
def off(mutant: Mutant) -> Iterator[None]:
    """The guard is off meanwhile."""
    target = function(mutant.where)
    kept = target.__code__
    target.__code__ = mutated(target, mutant.old, mutant.new)
    try:
        yield
    finally:
        target.__code__ = kept


class Runner:
    """Each chosen test once for each of its guards; what came of it is written down instead of being reported."""

    def __init__(self) -> None:
        self.now: Mutant | None = None
        self.found: dict[str, str] = {}
        self.excuse: Any = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if any(mutant.is_for(item.nodeid) for mutant in MUTANTS)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: pytest.Item | None) -> bool:
        mine = [mutant for mutant in MUTANTS if mutant.is_for(item.nodeid) and self.found.get(mutant.name) != "killed"]
        for mutant in mine:
            self.now, self.excuse = mutant, None
            item._initrequest()
            # What its module shares stays until its last run.
            reports = runtestprotocol(item, nextitem=nextitem if mutant is mine[-1] else item.parent, log=False)
            self.found[mutant.name] = self._said(reports)
        if not mine:
            item.session._setupstate.teardown_exact(nextitem)
        return True

    def _said(self, reports: list[pytest.TestReport]) -> str:
        failed = [report for report in reports if report.failed]
        if not failed:
            return "survived"
        if failed[0].when != "call" or (self.excuse is not None and issubclass(self.excuse, NO_ANSWER)):
            return f"no answer: {failed[0].longreprtext[-400:]}"
        return "killed"

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        assert self.now is not None
        with off(self.now):
            outcome = yield
        error = outcome.excinfo  # type: ignore[attr-defined]
        self.excuse = error[0] if error is not None else None

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        with open(os.environ["CRM_MUTANTS"], "w", encoding="utf-8") as file:
            json.dump(self.found, file)
        session.exitstatus = 0


def pytest_configure(config: pytest.Config) -> None:
    if "CRM_MUTANTS" in os.environ:
        config.pluginmanager.register(Runner(), "off-switch")
