"""What strangers sent is taken apart by a process of its own, which limits itself and sees nothing of the site: what breaks it breaks
nothing else. Such a module reads its standard input, writes what it found and ends with 0; it imports little, for it starts each time."""

import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[2]


def answer(module: str, given: bytes, seconds: float) -> bytes | None:
    """What the process `python -m module` says to these bytes; None when it cannot, takes longer than so many seconds, or dies of it."""
    surroundings = {"PYTHONPATH": str(HOME), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath}
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-P", "-m", module], input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=surroundings, cwd="/", timeout=seconds, check=False, start_new_session=True)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
