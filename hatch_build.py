"""Build hook: wheels and editable installs come with all assets, sdists with what makes them.

Hatchling loads this file; the work is in tools/build_assets.py, which `make assets` uses too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent / "tools"))

import build_assets


class AssetHook(BuildHookInterface[Any]):
    """Runs before the files of a wheel are collected."""

    def dependencies(self) -> list[str]:
        """What the build environment must hold on this machine; Node only where there is none on PATH."""
        return build_assets.requirements(Path(self.root))

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_assets.build(Path(self.root))
        # They are git-ignored, so hatchling has to be told.
        build_data["artifacts"] += ["crm_core/web/static/dist/**", "crm_core/text/data/**", "crm_core/**/*.mo", "plugins/**/*.mo"]
