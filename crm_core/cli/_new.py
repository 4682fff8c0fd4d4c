"""A new plugin from the templates in `crm_core/scaffold`, with its first migration: it runs at once."""

import importlib.util
import re
import tempfile
from pathlib import Path
from string import Template

from packaging.version import Version

import crm_core
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.manifest import RESERVED

TEMPLATES = Path(crm_core.__file__).parent / "scaffold"
_NO_PLURAL = ("ss", "us", "is", "news", "series")
_NAME = re.compile(r"[a-z][a-z0-9]{1,30}")  # no _: core reads `visits_visit` as the visit of visits


def check_name(name: str) -> str:
    """The name, if a new plugin can be called so. Raises CrmError."""
    from crm_core.kernel.plugins import discover

    if not _NAME.fullmatch(name):
        raise CrmError(_("“%(name)s” is no name for a plugin: 2 to 31 small letters and digits, a letter first, such as visits.", name=name))
    if name in RESERVED:
        raise CrmError(_("“%(name)s” is reserved: %(names)s are names of the house itself.", name=name, names=sorted(RESERVED)))
    found = discover().get(name)
    if found is not None or importlib.util.find_spec(f"crm_{name}") is not None:
        raise CrmError(_("There is a plugin “%(name)s” on this machine already: %(place)s", name=name,
                         place=found.distribution or found.module if found else f"crm_{name}"))
    return name


def write(name: str, folder: Path, label: str, zh: str) -> Path:
    """Write the distribution into `folder/crm-<name>`. Raises CrmError, then nothing was written."""
    home = folder / f"crm-{check_name(name)}"
    if home.exists():
        raise CrmError(_("There is %(folder)s already.", folder=home))
    values = _values(name, label)
    for path in sorted(TEMPLATES.rglob("*.tmpl")):
        inside = path.relative_to(TEMPLATES).as_posix().removesuffix(".tmpl")
        target = home / inside.replace("crm_NAME", values["module"]).replace("gitignore", ".gitignore")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(path.read_text(encoding="utf-8")).substitute(values), encoding="utf-8")
    _complete(name, home, {"Day": "日期", "Note": "备注", values["label"]: zh, values["one"]: zh})
    return home


def _values(name: str, label: str) -> dict[str, str]:
    version = Version(crm_core.__version__)
    same = not name.endswith("s") or name.endswith(_NO_PLURAL)
    thing = name if same else name[:-3] + "y" if name.endswith("ies") else name[:-1]
    things = name.capitalize() if thing != name else f"{name.capitalize()}Records"
    plain = label.replace('"', "'").strip()
    one = plain if same or not plain.endswith("s") else plain[:-3] + "y" if plain.endswith("ies") else plain[:-1]
    return {"name": name, "module": f"crm_{name}", "label": plain, "one": one, "thing": thing, "Thing": thing.capitalize(),
            "Things": things, "core": f">={version.major}.{version.minor},<{version.major + 1}"}


def _complete(name: str, home: Path, known: dict[str, str]) -> None:
    """What is generated from the code rather than written by a template: the first migration and the catalog."""
    from crm_core.app import open_site
    from crm_core.data import migrate
    from crm_core.kernel import checkout
    from crm_core.kernel.catalogs import update
    from crm_core.kernel.config import Config

    checkout.put_on_path(home)
    with tempfile.TemporaryDirectory() as place:
        site = open_site(config=Config(site=Path(place)), also=(name,))
        package = site.registry.package(name)
        assert package is not None
        migrate.make_first(package, site.registry.packages)
        list(update(package, known=known))
