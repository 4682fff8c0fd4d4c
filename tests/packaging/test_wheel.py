"""What is installed elsewhere is whole: a wheel has all the tree has at run time, and nothing of its workshop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.architecture import tree


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(built("wheel", tmp_path_factory.mktemp("wheel")))


def built(kind: str, folder: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder],
        cwd=tree.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.iterdir()
    return made


def test_a_wheel_has_every_file_of_core(wheel: zipfile.ZipFile) -> None:
    files = {tree.name(path) for path in tree.committed() if tree.name(path).startswith("crm_core/")}
    assert files - set(wheel.namelist()) == set()


def test_a_wheel_has_the_assets(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    dist = "crm_core/web/static/dist/"
    manifest = json.loads(wheel.read(f"{dist}manifest.json"))
    assert {"app.css", "app.js", "sprite.svg", "inter-latin.woff2"} <= set(manifest)
    assert {dist + name for name in manifest.values()} | {f"{dist}licenses.txt"} <= names
    assert {
        f"crm_core/text/data/{name}" for name in ("pinyin.bin", "surnames.tsv", "words.tsv", "divisions.json")
    } <= names
    catalogs = [name for name in names if name.endswith("/LC_MESSAGES/messages.po")]
    assert {name.replace(".po", ".mo") for name in catalogs} <= names


def test_a_wheel_has_nothing_of_the_workshop(wheel: zipfile.ZipFile) -> None:
    strange = [name for name in wheel.namelist() if not name.startswith(("crm_core/", "tangram_crm-"))]
    assert strange == []
    assert [name for name in wheel.namelist() if "node_modules" in name or "axe" in name or name.endswith(".pyc")] == []


def test_an_unpacked_wheel_makes_a_site_far_from_the_tree(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "code")
    home = tmp_path / "site"
    env = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    env |= {"PYTHONPATH": str(tmp_path / "code"), "CRM_SITE": str(home)}

    def python(code: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, env=env
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    assert python("import crm_core; print(crm_core.__file__)") == str(tmp_path / "code/crm_core/__init__.py")
    crm = "from crm_core.cli import main; main()"
    python(crm, "init")
    assert (home / "crm.db").exists()
    python(crm, "db", "check")


def test_an_sdist_can_build_the_assets_and_brings_no_packages(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {
        "hatch_build.py",
        "tools/build_assets.py",
        "tools/requirements.txt",
        "frontend/package-lock.json",
        "frontend/.npmrc",
        "frontend/build.mjs",
        "frontend/icons.txt",
        "frontend/src/app.css",
        "pyproject.toml",
    }
    assert needed <= names
    assert [name for name in names if "node_modules" in name or name.startswith("crm_core/web/static/dist")] == []
