"""What is forked from the loaded process is a process like any other."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.support import forks

CODE = "import os, sys; print(os.getcwd(), os.environ['MINE'], 'CRM_SITE' in os.environ, file=sys.stderr); print('甲'); sys.exit({end})"


def test_it_has_an_environment_a_folder_an_output_and_an_end_of_its_own(tmp_path: Path) -> None:
    for end in (0, 3):
        done = forks.python(CODE.format(end=end), {"MINE": "x"}, tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (end, "甲\n", f"{tmp_path} x False\n")
    assert "MINE" not in os.environ and Path.cwd() != tmp_path


def test_what_it_raises_or_what_kills_it_is_told(tmp_path: Path) -> None:
    raised = forks.python("raise ValueError('no')", {}, tmp_path)
    assert raised.returncode == 1 and raised.stderr.endswith("ValueError: no\n")
    assert forks.python("import os; os.kill(os.getpid(), 9)", {}, tmp_path).returncode == -signal.SIGKILL
    assert forks.python("import sys; sys.exit('a sentence')", {}, tmp_path).stderr == "a sentence\n"


def test_modules_of_one_are_not_there_for_the_next(tmp_path: Path) -> None:
    env = {"PYTHONPATH": str(tmp_path)}
    for word in ("first", "second"):
        (tmp_path / "changing.py").write_text(f"print({word!r})")
        assert forks.python("import changing", {**env, "PYTHONDONTWRITEBYTECODE": "1"}, tmp_path).stdout == f"{word}\n"


def test_the_command_speaks_and_ends_as_the_program_does(tmp_path: Path) -> None:
    env = {"LANG": "C", "CRM_SITE": str(tmp_path / "site"), "PATH": os.environ["PATH"]}
    assert forks.crm(["--help"], env, tmp_path).stdout.startswith("Usage: crm")
    refused = forks.crm(["plugin", "nonsense"], env, tmp_path)
    assert refused.returncode == 2 and "nonsense" in refused.stderr
