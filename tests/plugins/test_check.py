"""`crm plugin check`: a clean plugin passes, and every planted fault is found where it stands."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crm_core.testing.checks import CHECKS
from tests.plugins.plants import PLANTS, put
from tests.support.dist import Shelf


def check(folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done: subprocess.CompletedProcess[str] = Shelf(folder / "none", folder / "site").crm("plugin", "check", str(folder), "--json", *more)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_clean_plugin_passes_with_exit_code_0(visits: Path) -> None:
    assert check(visits, "--only", "texts", "--only", "hooks") == (0, {"findings": [], "passed": ["hooks", "texts"], "waiting": []})


def test_every_check_has_a_planted_fault() -> None:
    assert {plant.check for plant in PLANTS.values()} == set(CHECKS)


@pytest.mark.parametrize("group", dict.fromkeys(plant.group for plant in PLANTS.values()))
def test_planted_faults_are_found_where_they_stand_and_nothing_else(group: str, visits: Path, tmp_path: Path) -> None:
    plants = [plant for plant in PLANTS.values() if plant.group == group]
    home = tmp_path / "crm-visits"
    shutil.copytree(visits, home)
    put(plants, home)
    code, said = check(home, *(word for plant in plants for word in ("--only", plant.check)))
    assert code == 1
    findings = {(one["check"], one["line"], one["text"]): one for one in said["findings"]}
    for plant in plants:
        mine = [key for key, one in findings.items() if plant.check == key[0] and plant.says in key[2] and Path(one["file"]) == home / plant.file]
        assert len(mine) == 1, f"{plant} is not among {list(findings)}"
        assert plant.line(home) in (None, mine[0][1])
        assert findings.pop(mine[0])["cure"]
    assert findings == {}


def test_after_a_gate_the_rest_waits_and_is_named(visits: Path, tmp_path: Path) -> None:
    home = tmp_path / "crm-visits"
    shutil.copytree(visits, home)
    put([PLANTS["an import that fails"]], home)
    code, said = check(home, "--only", "scope")
    assert (code, [one["check"] for one in said["findings"]], said["waiting"]) == (1, ["loading"], ["scope"])


def test_a_plugin_with_records_of_every_shape_passes(visits: Path, tmp_path: Path) -> None:
    """Words, lines, parts, soft references, choices, a number series, a brief view: nothing of them is taken for a fault."""
    home = tmp_path / "crm-visits"
    shutil.copytree(visits, home)
    for path in (Path(__file__).parent / "authors/shapes").glob("*.py"):
        shutil.copy(path, home / "crm_visits" / path.name)
    (home / "crm_visits/migrations/0001_first.py").unlink()
    done = Shelf(tmp_path / "none", tmp_path / "site").crm("plugin", "migrate", str(home))
    assert done.returncode == 0, done.stderr
    wanted = [name for name in CHECKS if name != "texts"]
    code, said = check(home, *(word for name in wanted for word in ("--only", name)))
    assert (code, said["findings"], said["passed"]) == (0, [], wanted)
