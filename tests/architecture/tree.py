"""The tree as the architecture tests see it: what is committed, what is source, what is allowed."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = Path(__file__).with_name("allowed.toml")


@cache
def committed() -> tuple[Path, ...]:
    """All files git knows or would take, that exist."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file()))


def sources(*suffixes: str, within: str = "crm_core/") -> list[Path]:
    """Committed files below `within` with one of the suffixes."""
    return [path for path in committed() if path.suffix in suffixes and name(path).startswith(within)]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


@cache
def pyproject() -> dict[str, dict]:  # type: ignore[type-arg]
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


class Allowed(NamedTuple):
    """How often a rule may find something in a file, and why."""

    times: int
    why: str


@cache
def allowed(rule: str) -> dict[str, Allowed]:
    """file -> permission, of one rule of allowed.toml."""
    return {name: Allowed(**each) for name, each in tomllib.loads(ALLOWED.read_text("utf-8")).get(rule, {}).items()}
