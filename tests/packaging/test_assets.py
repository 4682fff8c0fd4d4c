"""The assets: made once, checked when they are there, made again when something is missing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.architecture import tree

DATA = tree.ROOT / "crm_core/text/data"


def assets() -> str:
    return subprocess.run(
        [sys.executable, "tools/build_assets.py"], cwd=tree.ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_nothing_is_made_twice() -> None:
    assets()
    assert assets() == ""


def test_the_lock_file_names_no_address_to_fetch_from() -> None:
    lock = json.loads((tree.ROOT / "frontend/package-lock.json").read_text("utf-8"))
    assert [name for name, each in lock["packages"].items() if "resolved" in each] == []


def test_every_version_of_the_frontend_is_exact() -> None:
    package = json.loads((tree.ROOT / "frontend/package.json").read_text("utf-8"))
    loose = [
        f"{name} {v}"
        for part in ("dependencies", "devDependencies")
        for name, v in package[part].items()
        if not v.rpartition("@")[2][0].isdigit()
    ]
    assert loose == []


def test_every_icon_of_the_list_is_in_the_sprite() -> None:
    lines = (tree.ROOT / "frontend/icons.txt").read_text("utf-8").splitlines()
    names = [name for line in lines if (name := line.partition("#")[0].strip())]
    sprite = _dist("sprite.svg").read_text("utf-8")
    assert [name for name in names if f'<symbol id="{name}" viewBox="0 0 24 24"' not in sprite] == []
    assert len(names) == sprite.count("<symbol ")


def test_the_pages_fetch_nothing_from_elsewhere() -> None:
    css = _dist("app.css").read_text("utf-8")
    assert [part[:80] for part in css.split("url(")[1:] if part.lstrip("\"'").startswith(("http", "//"))] == []


def test_divisions_know_their_parents_and_their_dialling_codes() -> None:
    rows = json.loads((DATA / "divisions.json").read_text("utf-8"))
    names = {code: name for code, name, _ in rows}
    assert len(rows) > 3_800 and [code for code, _, _ in rows] == sorted(names)
    assert [code for code in names if code[:2] + "0000" not in names] == []
    codes = {name: dial for _, name, dial in rows if dial}
    assert (codes["北京市"], codes["深圳市"], codes["邯郸市"], codes["秦皇岛市"]) == ("010", "0755", "0310", "0335")
    mainland = [
        name
        for code, name, dial in rows
        if code.endswith("00") and not code.endswith("0000") and code < "70" and not dial
    ]
    assert mainland == []


def _dist(logical: str) -> Path:
    folder = tree.ROOT / "crm_core/web/static/dist"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    return folder / str(manifest[logical])


def test_every_package_asked_for_is_pinned() -> None:
    project = tree.pyproject()["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    asked = {_plain(line) for line in [*project["dependencies"], *extras]} - {"tangram-crm"}
    pinned = {_plain(line) for line in (tree.ROOT / "constraints.txt").read_text("utf-8").splitlines()}
    assert asked - pinned == set()


def _plain(requirement: str) -> str:
    """`Flask-Login >=0.6,<1` -> flask-login."""
    return re.split(r"[\s<>=!~;\[]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-")
