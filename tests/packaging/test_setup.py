"""`make run` on a machine that lacks something says what, and the line that cures it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import tree

SMALL_TOOLS = ("sh", "cat", "cksum", "dirname", "find", "grep", "id", "ls", "mkdir", "rm", "tail")


class Machine:
    """A tree with the set-up script and a PATH of few tools."""

    def __init__(self, home: Path) -> None:
        self.tree, self.path = home / "tree", home / "bin"
        (self.tree / "tools").mkdir(parents=True)
        self.path.mkdir()
        shutil.copy(tree.ROOT / "tools/setup.sh", self.tree / "tools")
        for tool in SMALL_TOOLS:
            self.path.joinpath(tool).symlink_to(shutil.which(tool) or pytest.fail(f"no {tool}"))

    def has(self, name: str, script: str) -> None:
        file = self.path / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def run(self) -> str:
        done = subprocess.run(
            [self.path / "sh", "tools/setup.sh", "run"],
            cwd=self.tree,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": str(self.path), "HOME": os.environ.get("HOME", "")},
        )
        assert done.returncode == 1
        return done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_missing_python_is_named_with_its_cure(machine: Machine) -> None:
    said = machine.run()
    assert "python3 is missing" in said
    assert "apt-get install python3 python3-venv" in said


def test_an_old_python_is_named_with_its_cure(machine: Machine) -> None:
    machine.has("python3", 'case "$*" in *--version*) echo "Python 3.9.2";; *) exit 1;; esac')
    said = machine.run()
    assert "Python 3.9.2 is too old" in said
    assert "apt-get install python3.11 python3.11-venv" in said


def test_a_python_without_venv_is_named_with_its_cure(machine: Machine) -> None:
    machine.has("python3", f'case "$*" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"')
    said = machine.run()
    assert "has no venv" in said
    assert f"apt-get install python3.{sys.version_info[1]}-venv" in said


def test_a_younger_python_beside_an_old_one_is_taken(machine: Machine) -> None:
    machine.has("python3", 'case "$*" in *--version*) echo "Python 3.9.2";; *) exit 1;; esac')
    machine.has("python3.12", f'case "$*" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"')
    assert "python3.12 has no venv" in machine.run()
