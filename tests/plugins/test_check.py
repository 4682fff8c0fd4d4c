"""`crm plugin check`: a clean plugin passes, and every planted fault is found where it stands."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crm_core.testing.checks import CHECKS
from tests.plugins.plants import PLANTS
from tests.support.dist import Shelf


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("author")
    done = Shelf(home / "shelf", home / "site").crm("plugin", "new", "visits", "--zh", "拜访", "--folder", str(home))
    assert done.returncode == 0, done.stderr
    return home / "crm-visits"


def check(folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done: subprocess.CompletedProcess[str] = Shelf(folder / "none", folder / "site").crm("plugin", "check", str(folder), "--json", *more)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_what_crm_plugin_new_wrote_passes_every_check(made: Path) -> None:
    code, said = check(made)
    assert (code, said["findings"], said["waiting"]) == (0, [], [])
    assert said["passed"] == list(CHECKS)


def test_every_check_has_a_planted_fault() -> None:
    assert {plant.check for plant in PLANTS.values()} == set(CHECKS)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found_where_it_stands(name: str, made: Path, tmp_path: Path) -> None:
    plant = PLANTS[name]
    home = tmp_path / "crm-visits"
    shutil.copytree(made, home)
    plant.put(home)
    code, said = check(home, "--only", plant.check)
    assert code == 1
    (found,) = said["findings"]
    assert (found["check"], Path(found["file"])) == (plant.check, home / plant.file)
    assert plant.says in found["text"]
    assert found["cure"]
    lines = (home / plant.file).read_text("utf-8").splitlines()
    marked = [number for number, line in enumerate(lines, 1) if "# here" in line]
    assert found["line"] == marked[0] if marked else found["line"] >= 1
