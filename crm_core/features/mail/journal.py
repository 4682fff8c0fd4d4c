"""What a mail to many has just done, in a file that outlives the process: how a copy is sent once although the worker is killed.

The rows of a batch are claimed in the database before anything leaves, and marked when all of it has. Between the two a line is written
here for each copy: `>` right before the dot that hands it over, `<` with the server's answer. A copy without `>` has not been handed over,
whatever else was said to the server, and may be sent again. One with `>` and no `<` may have arrived: it is never sent by itself again.

A killed process loses no line, the kernel has them. A machine that goes down may: then the mark of the boot differs, and what was claimed
is taken for perhaps sent. The lock on the file ends with its process, so no two workers send the same mailing.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from crm_core.kernel.site import Site

FOLDER = "mailings"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Busy(Exception):
    """Another worker sends this mailing."""


def boot() -> str:
    """A mark of this machine since it was started."""
    with suppress(OSError):
        return _BOOT.read_text("ascii").strip()
    return "unknown"


class Journal:
    """The file of one mailing, held by this process. Raises Busy."""

    def __init__(self, site: Site, mailing: int) -> None:
        folder = site.home / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        self.path = folder / str(mailing)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise Busy(str(mailing)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        os.close(self._file)

    def left(self) -> dict[int, str | None] | None:
        """Of copies that were handed over: the server's answer, None where it is missing. None when the file says nothing of this boot."""
        lines = self.path.read_text("utf-8", "replace").split("\n")
        if lines[0] != boot() or boot() == "unknown":
            return None
        found: dict[int, str | None] = {}
        for line in lines[1:-1]:  # the last was not written to its end
            number, _space, said = line[1:].partition(" ")
            if number.isdigit():
                found[int(number)] = said if line[0] == "<" else None
        return found

    def begin(self) -> None:
        """What stands here is settled: begin anew."""
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{boot()}\n".encode())

    def handing(self, row_id: int) -> None:
        os.write(self._file, b">%d\n" % row_id)

    def answered(self, row_id: int, said: str) -> None:
        os.write(self._file, f"<{row_id} {said}\n".encode())

    def close(self) -> None:
        """The mailing is over."""
        self.path.unlink(missing_ok=True)
