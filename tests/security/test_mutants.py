"""S27: a guard that is switched off is noticed. For each guard of mutants.py the small test that watches over it fails without
it; that it passes with it, the suite shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.mutants import MUTANTS, Mutant
from tests.security.offswitch import function, mutated, off

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """guard → what its test said without it; all in one process, so that houses and firms are built once."""
    told = tmp_path_factory.mktemp("mutants") / "found.json"
    tests = sorted({mutant.test.partition("[")[0] for mutant in MUTANTS})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.security.offswitch", "-p", "no:cacheprovider", "--engine", "sqlite", *tests]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "CRM_MUTANTS": str(told)}, capture_output=True, text=True, check=False)
    assert told.exists(), done.stdout[-2_000:] + done.stderr[-2_000:]
    found: dict[str, str] = json.loads(told.read_text("utf-8"))
    return found


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_test_fails_without_the_guard(mutant: Mutant, results: dict[str, str]) -> None:
    assert results.get(mutant.name, f"no such test: {mutant.test}") == "killed"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_guard_is_where_the_table_says(mutant: Mutant) -> None:
    """Or switching it off would be no switching off, and the error of that taken for a test that fails."""
    assert mutated(function(mutant.where), mutant.old, mutant.new) is not None


def test_there_are_sixty_of_them_and_each_has_its_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 60


def test_a_change_that_switches_nothing_off_survives_and_leaves_the_code_as_it_was() -> None:
    """Negative control of the machine: it does not call a guard dead that is alive."""
    from crm_core.web.urls import safe_path

    before = safe_path.__code__
    with off(Mutant("none", "crm_core.web.urls:safe_path", 'return "/"', 'return "/" + ""', "")):
        assert safe_path("//evil.example") == "/"
    with off(Mutant("all", "crm_core.web.urls:safe_path", 'return "/"', "return target", "")):
        assert safe_path("//evil.example") == "//evil.example"
    assert safe_path.__code__ is before
    with pytest.raises(LookupError):
        mutated(function("crm_core.web.urls:safe_path"), "what is not there", "")
