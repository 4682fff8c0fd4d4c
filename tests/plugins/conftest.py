"""A site and a shelf of plugins beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.dist import Shelf
from tests.support.worlds import engine_url, templates, world

__all__ = ["any_shelf", "engine_url", "shelf", "templates", "world"]


@pytest.fixture
def shelf(sqlite_template: Path, tmp_path: Path) -> Shelf:
    """A shelf of plugins for a fresh site on SQLite; what the machine does with plugins knows no engine."""
    home = tmp_path / "site"
    home.mkdir(mode=0o700)
    shutil.copyfile(sqlite_template, home / "crm.db")
    return Shelf(tmp_path / "shelf", home)


@pytest.fixture
def any_shelf(site_url: str, tmp_path: Path) -> Shelf:
    """The same on each engine, for what changes tables."""
    tmp_path.chmod(0o700)
    return Shelf(tmp_path / "shelf", tmp_path, "" if site_url.startswith("sqlite") else site_url)


@pytest.fixture(scope="session")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `crm plugin new visits` writes; copy it, never write to it."""
    home = tmp_path_factory.mktemp("author")
    done = Shelf(home / "shelf", home / "site").crm("plugin", "new", "visits", "--label", "Visits", "--zh", "拜访", "--folder", str(home))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        f"  pip install -e {home}/crm-visits", "  crm plugin enable visits", "  crm plugin check visits"]
    return home / "crm-visits"
