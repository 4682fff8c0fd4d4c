"""Settings of the whole test run."""

from __future__ import annotations

import gc
import os

import hypothesis
import pytest

from tests.support import ENGINES
from tests.support.needs import not_run
from tests.support.network import forbid_outside
from tests.support.scratch import settle
from tests.support.warm import keep

pytest_plugins = [f"tests.support.{name}" for name in ("firm", "fixtures", "offices", "pages", "people")]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, help="run tests of both databases on this one only")


def pytest_configure() -> None:
    forbid_outside()
    settle()
    keep()
    hypothesis.settings.register_profile("unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])  # a busy machine is no fault
    hypothesis.settings.load_profile("unhurried")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the servers and commands that tests start would compile all anew


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    only = config.getoption("--engine")
    if only is None:
        return

    def other(item: pytest.Item) -> bool:
        call = getattr(item, "callspec", None)
        return call is not None and any(value in ENGINES and value != only for value in call.params.values())

    config.hook.pytest_deselected(items=[item for item in items if other(item)])
    items[:] = [item for item in items if not other(item)]


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through all of it for garbage, again and again, is a fifth of the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each suite that did not run, so that nobody takes a skip for a pass."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr]
    for line in not_run(reasons):
        terminalreporter.write_line(line, yellow=True)
