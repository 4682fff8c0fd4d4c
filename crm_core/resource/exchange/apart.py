"""Reading a file in a process of its own. It works out what it can while this one writes, and what a hostile file can eat
is limited: memory, time, and it may not write. It ends with us: nobody reads what it says any more.
"""

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from crm_core.resource.exchange import frames
from crm_core.resource.exchange.frames import Frame, Taken
from crm_core.resource.exchange.problems import UnreadableFile

SMALL = 500_000  # bytes; less than that is read here, except workbooks, which unpack to anything
AHEAD = 64  # frames that are kept while nobody takes them
HOME = Path(__file__).parents[3]


class ReaderDied(RuntimeError):
    """The reading process ended before its time: killed, or the machine is out of memory."""


def take(path: Path, encoding: str = "") -> Taken:
    """`frames.take`, apart where the file is large or a workbook. Raises UnreadableFile."""
    if _is_small(path):
        return frames.take(path, encoding)
    try:
        with _Reader({"do": "take", "path": str(path), "encoding": encoding}) as reader:
            (found,) = reader.answers()
    except ReaderDied as died:
        raise UnreadableFile("heavy") from died
    return frames.from_plain(found)


@contextmanager
def reading(path: Path, taken: Taken, after: int = 0, asked: Sequence[tuple[int, str]] = ()) -> Iterator[Iterator[Frame]]:
    """The rows behind line `after` in frames; see `frames.frames`. Raises UnreadableFile, ReaderDied."""
    if _is_small(path) and not taken.stored:
        yield frames.frames(taken.open(path), after, asked)
        return
    task = {"do": "frames", "path": str(path), "taken": frames.plain(taken), "after": after, "asked": list(asked)}
    with _Reader(task) as reader:
        yield (Frame(*frame) for frame in reader.answers())


def count(path: Path, taken: Taken) -> Iterator[int]:
    """How many rows there are so far, again and again until all of them were read. Raises UnreadableFile, ReaderDied."""
    if _is_small(path) and not taken.stored:
        yield taken.open(path).check()
        return
    with _Reader({"do": "count", "path": str(path), "taken": frames.plain(taken)}) as reader:
        yield from reader.answers()


def _is_small(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return path.stat().st_size < SMALL and file.read(4) != b"PK\x03\x04"
    return True  # what cannot be opened is told here


class _Reader:
    """The process, and a thread that takes over what it says."""

    def __init__(self, task: dict[str, Any]) -> None:
        # No name of the database, no key: nothing of our surroundings.
        environment = {"PYTHONPATH": str(HOME), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", "crm_core.resource.exchange.apart_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment, cwd="/", start_new_session=True)
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(task).encode() + b"\n")
            self._process.stdin.close()
        self._said: queue.Queue[bytes | None] = queue.Queue(AHEAD)
        self._pump = threading.Thread(target=self._listen, name="reader", daemon=True)
        self._pump.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        while self._pump.is_alive():
            with suppress(queue.Empty):
                self._said.get(timeout=0.05)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith(b"\n"):  # else it was killed in the middle of a word
                self._said.put(line)
        self._said.put(None)

    def answers(self) -> Iterator[Any]:
        """What it says until it says that this is all."""
        while (line := self._said.get()) is not None:
            found = json.loads(line)
            if isinstance(found, dict) and "unreadable" in found:
                raise UnreadableFile(found["unreadable"], **found["params"])
            if found == "end":
                return
            yield found
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            raise UnreadableFile("heavy")
        raise ReaderDied(f"the process that reads the file ended with {code}")
