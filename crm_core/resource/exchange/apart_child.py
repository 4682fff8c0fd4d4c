"""The reading process itself: `python -m crm_core.resource.exchange.apart_child`, a task on its input, answers on its
output, one JSON value a line. Limits are set before the file is opened."""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from crm_core.resource.exchange import frames
from crm_core.resource.exchange.problems import UnreadableFile

MEMORY = 768 * 2**20
SECONDS, SECONDS_PER_MB = 60, 5
WRITTEN = 2 * 2**30  # of the rows of a workbook


def main() -> None:
    task = json.loads(sys.stdin.readline())
    path = Path(task["path"])
    _limit(path, task["do"])
    try:
        if task["do"] == "take":
            _say(frames.plain(frames.take(path, task["encoding"])))
        elif task["do"] == "count":
            for number in frames.counts(frames.from_plain(task["taken"]).open(path)):
                _say(number)
        else:
            table = frames.from_plain(task["taken"]).open(path)
            for frame in frames.frames(table, task["after"], [(at, name) for at, name in task["asked"]]):
                _say(frame)
        _say("end")
    except UnreadableFile as bad:
        _say({"unreadable": bad.code, "params": dict(bad.params)})
    except MemoryError:
        _say({"unreadable": "heavy", "params": {}})
    sys.stdout.flush()


def _limit(path: Path, do: str) -> None:
    size = path.stat().st_size if path.exists() else 0
    seconds = SECONDS + SECONDS_PER_MB * size // 1_000_000
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, WRITTEN if do == "take" else 0),
    ):
        _soft, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(what, (most, most + 5 if what == resource.RLIMIT_CPU else most))


def _say(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    if value == "end" or isinstance(value, dict | int):
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(1)  # who asked is gone
