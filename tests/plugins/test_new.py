"""`crm plugin new`: what it writes runs at once, and is short."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm_core.cli._new import write
from crm_core.kernel.errors import CrmError
from crm_core.testing.checks import CHECKS
from tests.plugins.code import lines_of
from tests.support import ENGINES
from tests.support.dist import ROOT, Shelf

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def test_an_ordinary_entity_takes_25_lines(visits: Path) -> None:
    files = [visits / "crm_visits" / name for name in ("models.py", "resources.py", "plugin.py")]
    assert 15 < lines_of(files) <= 25


def test_it_has_a_first_migration_and_every_text_in_chinese(visits: Path) -> None:
    assert 'revision = "visits_0001"' in (visits / "crm_visits/migrations/0001_first.py").read_text("utf-8")
    texts = (visits / "crm_visits/translations/zh_Hans_CN/LC_MESSAGES/messages.po").read_text("utf-8")
    assert 'msgid "Visits"\nmsgstr "拜访"' in texts
    assert 'msgstr ""\n\n' not in texts


def test_what_it_wrote_is_switched_on_and_has_nothing_left_to_migrate(visits: Path, shelf: Shelf) -> None:
    shelf.declare("visits", "crm_visits", "crm-visits")
    (shelf.folder / "crm_visits").symlink_to(visits / "crm_visits")
    done = shelf.crm("plugin", "enable", "visits")
    assert done.returncode == 0, done.stderr
    assert "no difference" in shelf.crm("db", "check").stdout
    assert shelf.run("print(R('visits.visit').columns, [m.section for m in site.registry.menu if m.name == 'visits.visit'])") == (
        "('name', 'customer', 'day', 'owner') ['customers']")


@pytest.mark.parametrize("name, why", [
    ("Visits", "no name for a plugin"), ("field_visits", "no name for a plugin"), ("9lives", "no name for a plugin"), ("v", "no name"),
    ("core", "reserved"), ("api", "reserved"), ("taken", "on this machine already"),
])
def test_a_name_that_cannot_be_is_refused_with_the_reason(name: str, why: str, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.put("taken", table=False)
    monkeypatch.syspath_prepend(str(shelf.folder))
    with pytest.raises(CrmError, match=why):
        write(name, shelf.home, "Things", "东西")
    assert not list(shelf.home.glob("crm-*"))


def test_without_a_name_it_asks_at_a_terminal_only(shelf: Shelf) -> None:
    done = shelf.crm("plugin", "new")
    assert done.returncode == 2
    assert "Say its name" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_at_a_terminal_it_asks_for_what_is_not_said(shelf: Shelf) -> None:
    ours, its = os.openpty()
    command = [sys.executable, "-m", "crm_core", "plugin", "new", "--folder", str(shelf.home)]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=shelf.environment, cwd=shelf.home) as running:
        os.write(ours, "loans\n\n借用\n".encode())
        assert running.wait(60) == 0, os.read(ours, 10_000)
    os.close(its)
    said = os.read(ours, 10_000).decode()
    assert "Name (small letters" in said and "in English [Loans]" in said and "in Chinese [Loans]" in said
    texts = (shelf.home / "crm-loans/crm_loans/translations/zh_Hans_CN/LC_MESSAGES/messages.po").read_text("utf-8")
    assert 'msgid "Loan"\nmsgstr "借用"' in texts


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "crm-visits").mkdir()
    with pytest.raises(CrmError, match="already"):
        write("visits", tmp_path, "Visits", "拜访")


def test_a_plugin_of_a_folder_is_found_without_being_installed(visits: Path, shelf: Shelf) -> None:
    done = shelf.crm("plugin", "migrate", str(visits))
    assert "Nothing to write" in done.stdout, done.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_every_face_answers_and_keeps_the_contract(engine: str, visits: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The author's own test run, without installing anything: the contract and the file of faces."""
    home = tmp_path / "crm-visits"
    shutil.copytree(visits, home)
    shutil.copy(Path(__file__).parent / "authors/faces.py", home / "tests/test_faces.py")
    url = request.getfixturevalue("postgres_url") if engine == "postgresql" else ""
    some = ("rest", "rights", "recycle")  # each empties the database anew
    chosen = ["tests", *([] if engine == "sqlite" else [f"--database={url}", "-k", " or ".join(some)])]
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen], cwd=home, env=ENVIRONMENT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    tests = len(re.findall(r"^def test_", (home / "tests/test_faces.py").read_text("utf-8"), re.MULTILINE))
    assert f"{tests + len(CHECKS) if engine == 'sqlite' else len(some)} passed" in done.stdout and "skipped" not in done.stdout



def test_installing_it_to_work_on_it_needs_nothing_more(visits: Path, tmp_path: Path) -> None:
    """`pip install -e . --no-build-isolation` without a network: what hatchling would fetch is not used."""
    code = f"import sys; sys.modules['editables'] = None; from hatchling.build import build_editable; print(build_editable({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=visits, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("crm_visits-0.1-py3-none-any.whl"), done.stderr
