"""Commands run as `crm` runs them, on a site of this test."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_core.cli import run
from crm_core.kernel.keys import KeyRing


@dataclass
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`crm("db", "status")` on the site `tmp_path/site`; what it said and its exit code."""
    monkeypatch.setenv("CRM_SITE", str(tmp_path / "site"))
    for name in ("HOST", "PORT", "CRM_DATABASE", "CRM_HOST", "CRM_PORT", "CRM_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Said:
        capsys.readouterr()
        code = run(list(arguments))
        found = capsys.readouterr()
        return Said(code, found.out, found.err)

    return call


@pytest.fixture
def home(crm: Callable[..., Said], sqlite_template: Path, tmp_path: Path) -> Path:
    """The folder of a SQLite site without people that is there already."""
    folder = tmp_path / "site"
    folder.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, folder / "crm.db")
    (folder / "crm.db").chmod(0o600)
    KeyRing.at(folder / "key")
    return folder
