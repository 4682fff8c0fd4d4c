"""The author's tutorial is followed word by word: each step keeps its promise, and what comes out is installed and used."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm_core.testing.checks import CHECKS
from tests.docs.tutorial import Block, Reader, files, patched, steps
from tests.plugins.code import lines_of

SIGN_UP = """
    (root,) = R("core.role").write([{"code": "root", "name": "root", "grants": [{"permission": "*", "scope": "all"}]}])
    R("core.user").write([{"login": "root", "name": "root", "roles": [{"role": root}]}])
"""
LOOK = """
import crm_visits
from crm_core.app import create_app, open_site
from crm_core.testing.clients import signed_in
site = open_site()
browser = signed_in(create_app(site), site, 1)
print(crm_visits.__file__)
print([browser("GET", path).status_code for path in ("/visits/visit", "/visits/visit/new", "/reports/visits.outcomes", "/settings/visits")])
print("拜访" in browser("GET", "/visits/visit", Accept_Language="zh-CN").text)
"""


def test_the_tutorial_leads_to_a_plugin_that_is_installed_and_used(tmp_path: Path, sqlite_template: Path) -> None:
    reader = Reader(tmp_path)
    for blocks in steps().values():
        reader.follow(blocks)
    assert 40 < lines_of(files(reader.home / "crm_visits")) <= 80
    mine = len(re.findall(r"^def test_", (reader.home / "tests/test_visits.py").read_text("utf-8"), re.MULTILINE))
    said = reader.pytest()
    assert f"{mine + len(CHECKS)} passed" in said and "skipped" not in said, said
    installed = reader.install()
    installed.home.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, installed.home / "crm.db")
    done = installed.crm("plugin", "enable", "visits")
    assert done.returncode == 0, done.stderr
    installed.run(SIGN_UP)
    done = subprocess.run([sys.executable, "-c", LOOK], env=installed.environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [str(installed.folder / "crm_visits/__init__.py"), "[200, 200, 200, 200]", "True"], done.stderr


def test_every_step_that_changes_the_plugin_has_a_test_of_its_promise() -> None:
    changing = {number for number, blocks in steps().items() if any(b.kind in ("python", "diff") for b in blocks)}
    tried = {number for number, blocks in steps().items() if any(f"def test_{number}_" in b.text for b in blocks)}
    assert changing == tried and len(tried) > 5


def test_a_block_that_does_not_fit_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="0 times"):
        patched("import a\n", "-import b\n+import c\n", "x.py")
    reader = Reader(tmp_path)
    with pytest.raises(AssertionError, match="name of its file"):
        reader.follow([Block("python", "import os\n")])
    with pytest.raises(AssertionError, match="make coffee"):
        reader.follow([Block("sh", "make coffee\n")])
