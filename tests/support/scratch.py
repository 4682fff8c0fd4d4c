"""Where tests keep their sites and databases: in memory where this machine has room, for each copies several megabytes, commits
as an operator's does, and is gone a second later."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # bytes; a whole run on two workers takes a quarter of it


def in_memory(environment: Mapping[str, str], memory: Path = MEMORY, room: int = ROOM) -> Path | None:
    """The folder in memory to work in; None where somebody has chosen another, it is too small, or programs may not run there."""
    if environment.get("TMPDIR") or not os.access(memory, os.W_OK):
        return None
    barred = os.statvfs(memory).f_flag & os.ST_NOEXEC  # environments that tests make hold programs
    return memory if not barred and shutil.disk_usage(memory).free >= room else None


def settle() -> None:
    """Work there, and every process that tests start too."""
    found = in_memory(os.environ)
    if found is not None:
        os.environ["TMPDIR"] = tempfile.tempdir = str(found)
