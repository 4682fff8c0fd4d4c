"""What is installed elsewhere is whole: a wheel has all the tree has at run time, and nothing of its workshop."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.architecture import tree
from tests.support.server import Guest, Server


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
        f"crm_core/text/data/{name}" for name in ("pinyin.bin", "surnames.tsv", "words.tsv", "simplified.tsv", "divisions.json", "shapes.json")
    } <= names
    catalogs = [name for name in names if name.endswith("/LC_MESSAGES/messages.po")]
    assert {name.replace(".po", ".mo") for name in catalogs} <= names


def test_a_wheel_has_nothing_of_the_workshop(wheel: zipfile.ZipFile) -> None:
    strange = [name for name in wheel.namelist() if not name.startswith(("crm_core/", "crm_sales/", "tangram_crm-"))]
    assert strange == []
    assert [name for name in wheel.namelist() if "node_modules" in name or "axe" in name or name.endswith(".pyc")] == []


def test_an_installed_wheel_is_the_whole_program_far_from_the_tree(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Installed with its dependencies and nothing else, it makes a site, serves it, and people sign in."""
    home, bin_ = tmp_path / "site", tmp_path / "venv/bin"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CRM_", "PYTHON"))}

    def run(*command: str | Path | None, **more: str) -> str:
        done = subprocess.run(
            [str(word) for word in command], cwd=tmp_path, capture_output=True, text=True, check=False,
            env=env | {"CRM_SITE": str(home), "LANG": "C", **more})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "venv", "--without-pip", bin_.parent)
    _uv("pip", "install", "--python", bin_ / "python", "-c", tree.ROOT / "constraints.txt", wheel.filename)
    assert run(bin_ / "python", "-c", "import crm_core; print(crm_core.__file__)").startswith(str(bin_.parent))
    run(bin_ / "crm", "init", "--demo")
    passwords = dict(line.split("\t") for line in (home / "demo-passwords.txt").read_text("utf-8").splitlines())
    assert "no difference" in run(bin_ / "crm", "db", "check")
    assert "数据库已是最新" in run(bin_ / "crm", "doctor", LANG="zh_CN.UTF-8")
    server = Server(home, command=(str(bin_ / "crm"),))
    try:
        guest = Guest(server.started().address)
        assert "登录" in guest.get("/sign-in", language="zh-CN")
        page = guest.sign_in("lina", passwords["lina"])
        assets = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
        assert len(assets) > 3 and all(server.get(path) == 200 for path in assets)
        assert "有限公司" in guest.get("/core/customer")
    finally:
        server.end()


def _uv(*arguments: str | Path | None) -> None:
    """The installer of the tree, with what it keeps of downloads."""
    cache = tree.ROOT / ".cache/uv"  # where setup.sh puts it when there is no home to write in
    env = os.environ | ({"UV_CACHE_DIR": str(cache)} if cache.is_dir() else {}) | {"UV_SYSTEM_CERTS": "1"}
    done = subprocess.run([sys.executable, "-m", "uv", *map(str, arguments)], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr


def test_an_sdist_has_every_file_of_the_tree_and_nothing_that_was_made(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    committed = {tree.name(path) for path in tree.committed()}
    assert {name for name in committed - names if not name.startswith(".")} == set()
    assert [name for name in names if "node_modules" in name or name.startswith("crm_core/web/static/dist")] == []
