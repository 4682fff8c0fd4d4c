"""`doors()`, `silence()` and `hidden()` for authors' tests pass with a plugin that is as it must be, and fail when a guard is off."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.dist import ROOT

OWN = Path(__file__).parent / "walks"


def test_the_walks_notice_a_guard_that_is_off(visits: Path, tmp_path: Path) -> None:
    """In a process of its own, which loads the plugin; what is switched off there stands in walks/controls.py."""
    home = tmp_path / "crm-visits"
    shutil.copytree(visits, home)
    with (home / "crm_visits/plugin.py").open("a", encoding="utf-8") as plugin:
        plugin.write((OWN / "pages.txt").read_text("utf-8"))
    shutil.copyfile(OWN / "controls.py", home / "tests/test_controls.py")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_controls.py"], cwd=home, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"})
    assert re.search(r"^12 passed", done.stdout, re.MULTILINE), done.stdout[-6_000:] + done.stderr[-2_000:]
