"""Plugins as distributions: a folder that goes on the path as if pip had installed them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from textwrap import dedent

from crm_core import __version__
from crm_core.kernel.checkout import declare
from tests.support import forks

ROOT = Path(__file__).parents[2]

MODELS = """
    import sqlalchemy as sa
    from sqlalchemy.orm import Mapped, mapped_column
    from crm_core.sdk import Model, Owned, t

    class Thing(Owned, Model):
        __tablename__ = "{name}_thing"
        name: Mapped[t.Name] = mapped_column(info={{"label": "Name"}})
        customer_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), info={{"label": "Customer"}})

        def __str__(self):
            return self.name
"""
PLUGIN = """
    from crm_core.sdk import Menu, Related, Resource, hookimpl
    from {module}.models import Thing

    class Things(Resource):
        model = Thing
        label = "{name} things"
        columns = "name", "customer"
        filters = ("owner",)
        search = ("name",)

    @hookimpl
    def register_resources():
        return [Things]

    @hookimpl
    def register_menu():
        return [Menu("{name} things", Things, "customers")]

    @hookimpl
    def register_panels():
        return [Related("core.customer", Things)]
"""


class Shelf:
    """A folder with installed plugins; `crm(…)` runs the command with them on its path."""

    def __init__(self, folder: Path, home: Path, database: str = "") -> None:
        self.folder, self.home, self.database = folder, home, database
        folder.mkdir(parents=True, exist_ok=True)
        # Found first, the program's own distribution says here that no plugin comes with it: the shelf alone has some.
        own = folder / f"tangram_crm-{__version__}.dist-info"
        own.mkdir(exist_ok=True)
        (own / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tangram-crm\nVersion: {__version__}\n", encoding="utf-8")

    def put(self, name: str, *, version: str = "1.0", requires: tuple[str, ...] = (), enhances: tuple[str, ...] = (),
            distribution: str = "", table: bool = True, **files: str) -> Path:
        """Install a plugin `name` whose package is `crm_<name>`: one table, one resource, a menu entry, a tab. `files`: its other
        modules by name (`plugin`, `models`, `bridges__sales`), texts with {name} and {module} to fill in."""
        module = f"crm_{name}"
        package = self.folder / module
        package.mkdir(exist_ok=True)
        self.declare(name, module, distribution or f"crm-{name}")
        head = f'from crm_core.sdk import Manifest\nmanifest = Manifest("{name}", "{name.title()}", "{version}", requires={requires!r}, enhances={enhances!r})\n'
        (package / "__init__.py").write_text(files.pop("init", head), encoding="utf-8")
        texts = {"plugin": PLUGIN, "models": MODELS} if table else {"plugin": ""}
        for file, text in {**texts, **files}.items():
            path = package / (file.replace("__", "/") + ".py")
            path.parent.mkdir(exist_ok=True)
            filled = dedent(text).replace("{name}", name).replace("{module}", module).replace("{{", "{").replace("}}", "}")
            path.write_text(filled, encoding="utf-8")
        return package

    def declare(self, name: str, module: str, distribution: str) -> None:
        """Only the entry point, as `pip install` writes it."""
        declare(self.folder, name, module, distribution)

    @property
    def environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(self.folder), str(ROOT)])
        return {**os.environ, "PYTHONPATH": path, "CRM_SITE": str(self.home), "CRM_DATABASE": self.database, "LANG": "C",
                "PYTHONDONTWRITEBYTECODE": "1"}

    def crm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `crm`; its output as text."""
        return forks.crm(arguments, self.environment, self.home.parent)

    def run(self, code: str) -> str:
        """Run code on the site as the house, with `site`, `db` and `R` (a resource by name) at hand; what it prints."""
        return self.work(code, "with site.system('test'), writing() as db:\n")

    def work(self, code: str, around: str = "with site.system('test') as made:\n    db = made.session\n") -> str:
        """The same without a write transaction around it."""
        head = ("from crm_core.app import open_site\nfrom crm_core.data.session import writing\nsite = open_site()\n"
                f"R = site.registry.resource\n{around}")
        body = "".join(f"    {line}\n" for line in dedent(code).strip().splitlines())
        done = forks.python(head + body, self.environment, self.home.parent)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def ready(self, *names: str) -> None:
        """Write the migrations of these and switch them on."""
        for name in names:
            done = self.crm("plugin", "migrate", name)
            assert done.returncode == 0, done.stderr
        done = self.crm("plugin", "enable", *names)
        assert done.returncode == 0, done.stderr

    def standing(self) -> dict[str, tuple[str, str]]:
        """Each plugin's state and the reason, as the command tells a script."""
        done = self.crm("plugin", "list", "--json")
        assert done.returncode == 0, done.stderr
        return {row["name"]: (row["state"], row["reason"]) for row in json.loads(done.stdout)}
