"""A plugin in a folder of its author that pip has not installed: its entry point is read from `pyproject.toml`."""

import atexit
import importlib
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.plugins import GROUP, discover


def name_of(text: str) -> str:
    """The plugin that a command was given: its name, or the folder with its pyproject.toml, which goes on the path."""
    return put_on_path(Path(text)) if ("/" in text or "\\" in text or text in (".", "..")) else text


def put_on_path(folder: Path) -> str:
    """Have this process find the plugin of a folder as if it were installed; returns its name. Raises CrmError."""
    home = folder.resolve()
    name, module, distribution = _declared(home)
    if str(home) not in sys.path:
        sys.path.insert(0, str(home))
    if name not in discover():
        shelf = Path(tempfile.mkdtemp(prefix="crm-"))
        atexit.register(shutil.rmtree, shelf, ignore_errors=True)
        declare(shelf, name, module, distribution)
        sys.path.append(str(shelf))
    importlib.invalidate_caches()
    found = discover()[name]
    spec = importlib.util.find_spec(found.module)
    if spec is None or spec.origin is None or not Path(spec.origin).resolve().is_relative_to(home):
        raise CrmError(_("Another “%(name)s” is installed: %(place)s", name=name, place=spec.origin if spec else found.distribution))
    return name


def _declared(home: Path) -> tuple[str, str, str]:
    try:
        said = tomllib.loads((home / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CrmError(_("%(folder)s has no readable pyproject.toml: %(why)s", folder=home, why=error)) from None
    project = said.get("project", {})
    points = project.get("entry-points", {}).get(GROUP, {})
    if len(points) != 1:
        raise CrmError(_("The pyproject.toml in %(folder)s must name one plugin: [project.entry-points.\"crm.plugins\"]", folder=home))
    ((name, module),) = points.items()
    return str(name), str(module), str(project.get("name", name))


def declare(shelf: Path, name: str, module: str, distribution: str) -> None:
    """The entry point alone, in a folder that is on the path, as `pip install` writes it."""
    info = shelf / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}\n", encoding="utf-8")
