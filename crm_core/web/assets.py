"""Addresses of the built files. The build names each file by its content, so a browser may keep it for ever."""

import json
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "dist"
PREFIX = "/static/dist/"


@cache
def manifest(folder: Path = FOLDER) -> dict[str, str]:
    """Logical name → built name. Empty while nothing is built: pages then still answer, without their looks."""
    path = folder / "manifest.json"
    if not path.exists():
        return {}
    return dict(json.loads(path.read_text("utf-8")))


@cache
def icons(folder: Path = FOLDER) -> frozenset[str]:
    """Names of the icons in the built sprite; empty while nothing is built."""
    path = folder / manifest(folder).get("sprite.svg", "sprite.svg")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', path.read_text("utf-8"))) if path.exists() else frozenset()


def asset(name: str) -> str:
    """The address of a built file ("app.js", "app.css", "sprite.svg")."""
    return PREFIX + manifest().get(name, name)
