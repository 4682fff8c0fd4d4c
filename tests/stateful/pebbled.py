"""The pebbles in two versions, and a site whose set of plugins is changed in the process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from crm_core.app import core, registry
from crm_core.data import migrate
from crm_core.features.people.services import accounts
from crm_core.kernel.config import Config
from crm_core.kernel.declare import Package
from crm_core.kernel.site import Site
from tests import pebbles
from tests.pebbles import plugin
from tests.support.world import empty_site

NAME = "pebbles"
GRANTS = {"ann": {"core.customer.*": "own", "pebbles.*": "own"},
          "bea": {"core.customer.*": "all", "pebbles.*": "all", "core.change.undo": "all",
                  "core.rules.make": "all", "core.task.*": "own"}}
CORE = core()
SECOND = '''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "pebbles_0002", "pebbles_0001"
changes = ("pebbles_pebble",)
def upgrade():
    with op.batch_alter_table("pebbles_pebble") as batch:
        batch.alter_column("name", type_=sa.String(300))
'''


class Version(Package):
    """The plugin with its revisions in a folder of the test."""

    @property
    def migrations(self) -> Path:
        return FOLDERS[self.version]


FOLDERS: dict[str, Path] = {}


@cache
def versions(folder: Path) -> tuple[Version, Version]:
    """The first version, and one that makes the table anew."""
    FOLDERS.update({"1.0": folder / "first", "2.0": folder / "second"})
    first, second = (Version(NAME, "Pebbles", v, "tests.pebbles", (plugin,), pebbles.manifest) for v in FOLDERS)
    text = migrate.make_first(first, (CORE, first)).read_text()
    FOLDERS["2.0"].mkdir()
    (FOLDERS["2.0"] / "0001_first.py").write_text(text)
    (FOLDERS["2.0"] / "0002_wider.py").write_text(SECOND)
    return first, second


def registry_of(*packages: Package) -> Any:
    """The registry of core and these."""
    return registry((CORE, *packages))


def people(site: Site) -> dict[str, int]:
    """Ann, who sees her own, and Bea, who sees all."""
    found = {}
    with site.system("tests"):
        place = accounts.add_department("North")
        for name, grants in GRANTS.items():
            site.registry.resource("core.role").write([{"code": name, "name": name, "grants": [
                {"permission": p, "scope": s} for p, s in {**grants, "core.user.read": "all", "core.department.read": "all"}.items()]}])
            found[name] = accounts.add(name, name.capitalize(), [name], place, email=f"{name}@example.com")
    return found


class Template:
    """A house with two people that never had the plugin, copied for each run."""

    def __init__(self, folder: Path, url: str, copy: Callable[[Path], str], forget: Callable[[str], None]) -> None:
        self.folder, self.copy, self.forget, self.runs, self.sqlite = folder, copy, forget, 0, url.startswith("sqlite")
        site = empty_site(url, folder / "template")
        self.people = people(site)
        site.engines.dispose()
        self.versions = versions(folder)

    def site(self) -> Site:
        self.runs += 1
        home = self.folder / f"run{self.runs}"
        home.mkdir(mode=0o700)
        return Site(Config(site=home, database=self.copy(home), language="en"), registry_of())

    def close(self, site: Site) -> None:
        site.engines.dispose()
        self.forget(site.config.database)
        shutil.rmtree(site.home)
