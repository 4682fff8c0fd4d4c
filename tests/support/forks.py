"""Commands of the program without the second and a half in which it loads: a process that has loaded everything of core forks
for each of them. What it forks is a process like any other, with an environment, a folder and an output of its own."""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LONGEST = 120  # seconds
APART = (".migrations", ".testing", ".__main__")


def crm(arguments: Sequence[str], env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """`python -m crm_core ARGUMENTS`."""
    return _forker().run({"arguments": list(arguments)}, env, cwd)


def python(code: str, env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """`python -c CODE`."""
    return _forker().run({"code": code}, env, cwd)


@cache
def _forker() -> Forker:
    made = Forker()
    atexit.register(made.stop)
    return made


class Forker:
    """This side of the loaded process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.support.forks"], cwd=ROOT, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def run(self, task: Mapping[str, Any], env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Raises subprocess.TimeoutExpired after two minutes; the return code of a killed one is the negative signal."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with tempfile.TemporaryFile("w+b") as out, tempfile.TemporaryFile("w+b") as err:
            there = {"out": f"/proc/{os.getpid()}/fd/{out.fileno()}", "err": f"/proc/{os.getpid()}/fd/{err.fileno()}"}
            self.process.stdin.write(json.dumps({**task, **there, "env": dict(env), "cwd": str(cwd)}) + "\n")
            self.process.stdin.flush()
            code = int(self.process.stdout.readline())
            if code == -signal.SIGALRM:
                raise subprocess.TimeoutExpired(str(task), LONGEST)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(str(task), code, out.read().decode(), err.read().decode())

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def serve() -> None:
    """The loaded process: a line of JSON is a command, the line of the answer its return code."""
    for module in pkgutil.walk_packages([str(ROOT / "crm_core")], "crm_core."):
        if not any(part in f"{module.name}." for part in APART):
            importlib.import_module(module.name)
    gc.freeze()  # a child that counted what it inherits would copy it all
    for line in sys.stdin:
        child = os.fork()
        if not child:
            return _be(json.loads(line))  # and ends as any process does, closing what it has opened
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _be(task: dict[str, Any]) -> None:
    """Be the command."""
    signal.alarm(LONGEST)
    nothing = os.open(os.devnull, os.O_RDONLY)
    out, err = (os.open(task[name], os.O_WRONLY) for name in ("out", "err"))
    for wanted, there in enumerate((nothing, out, err)):
        os.dup2(there, wanted)
    os.environ.clear()
    os.environ.update(task["env"])
    os.chdir(task["cwd"])
    sys.path[:0] = [part for part in task["env"].get("PYTHONPATH", "").split(os.pathsep) if part and part not in sys.path]
    sys.dont_write_bytecode = bool(task["env"].get("PYTHONDONTWRITEBYTECODE"))
    importlib.invalidate_caches()
    if "code" in task:
        sys.argv, sys.orig_argv = ["-c"], [sys.executable, "-c", task["code"]]
        exec(compile(task["code"], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    else:
        from crm_core.cli import main

        sys.argv = ["crm", *task["arguments"]]
        sys.orig_argv = [sys.executable, "-m", "crm_core", *task["arguments"]]  # by which it starts itself anew
        main()


if __name__ == "__main__":
    serve()
