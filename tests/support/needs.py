"""Suites that need something of the machine: skipped with one sentence where it is missing, a failure in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

SIGN = "not run: "


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def lacks(suite: str, why: str) -> NoReturn:
    """End the asking test: `lacks("PostgreSQL tests", "no server (apt-get install postgresql)")`."""
    message = f"{SIGN}{suite}, {why}"
    if in_ci():
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def not_run(skipped_reasons: list[str]) -> list[str]:
    """The distinct sentences of suites that did not run, with how many tests each cost."""
    found: dict[str, int] = {}
    for reason in skipped_reasons:
        if SIGN in reason:
            sentence = reason.partition(SIGN)[2]
            found[sentence] = found.get(sentence, 0) + 1
    return [f"Not run ({count}): {sentence}" for sentence, count in found.items()]
