"""Files read in a process of their own: the same rows, limits for hostile ones, and nobody left behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crm_core.resource.exchange import apart, frames
from crm_core.resource.exchange.frames import Frame
from crm_core.resource.exchange.problems import UnreadableFile

NAMES = [(0, "crm_core.text.pinyin:sort_key"), (1, "crm_core.text.phones:stored_key")]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.csv"
    path.write_text("公司名称,电话\n" + "".join(f"云岭{n}酒业,028-8600{n:04d}\n" for n in range(2_000)), encoding="gb18030")
    return path


def read(path: Path, after: int = 0) -> list[Frame]:
    taken = apart.take(path)
    with apart.reading(path, taken, after, NAMES) as found:
        return [Frame([(line, cells) for line, cells in frame.rows], frame.derived) for frame in found]


def test_a_file_read_apart_gives_what_it_gives_here(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = read(many)
    monkeypatch.setattr(apart, "SMALL", 0)
    assert read(many) == here
    assert sum(len(frame.rows) for frame in here) == 2_000 and here[0].derived[1][0] == "02886000000"
    assert read(many, after=1_501)[0].rows[0] == (1_502, ["云岭1500酒业", "028-86001500"])


def test_only_functions_on_words_can_be_asked_for() -> None:
    assert frames.function("crm_core.text.clean:fold")("Ａ") == "a"
    for name in ("os:system", "crm_core.textual:x", "subprocess:run"):
        with pytest.raises(ValueError, match="not one of"):
            frames.function(name)


def test_nobody_is_left_behind_when_a_file_is_read_half(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SMALL", 0)
    taken = apart.take(many)
    with apart.reading(many, taken) as found:
        next(found)
        (child,) = children()
    assert children() == [] and not Path(f"/proc/{child}").exists()


def test_a_reader_that_is_killed_is_noticed(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many.write_bytes(many.read_bytes() * 20)  # more than the pipe and the queue hold
    monkeypatch.setattr(apart, "SMALL", 0)
    taken = apart.take(many)
    with apart.reading(many, taken) as found:
        next(found)
        os.kill(children()[0], signal.SIGKILL)
        with pytest.raises(apart.ReaderDied):
            list(found)
    assert children() == []


def test_a_reader_that_takes_too_much_time_says_that_the_file_is_too_heavy(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many.write_bytes(many.read_bytes() * 20)
    monkeypatch.setattr(apart, "SMALL", 0)
    taken = apart.take(many)
    with apart.reading(many, taken) as found:
        next(found)
        os.kill(children()[0], signal.SIGXCPU)  # what the limit of processor time sends
        with pytest.raises(UnreadableFile) as bad:
            list(found)
    assert bad.value.code == "heavy"


def test_what_is_wrong_with_a_file_is_told_by_the_reader_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "open.csv"
    path.write_text('a,b\n1,2\n"open,3\n' + "x,y\n" * 200, encoding="utf-8")
    monkeypatch.setattr(apart, "SMALL", 0)
    with pytest.raises(UnreadableFile) as bad:
        apart.take(path)
    assert (bad.value.code, bad.value.params) == ("quote", {"line": 3})


CHILD = """
from crm_core.resource.exchange import apart_child
size = [int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmSize")][0] * 1024
apart_child.MEMORY = size + {more} * 2**20
apart_child.main()
"""


@pytest.mark.parametrize(("more", "says"), [(8, "heavy"), (500, "end")])  # the second is the control
def test_the_reader_has_no_more_memory_than_it_is_given(tmp_path: Path, more: int, says: str) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("a,b,c,d,e\n" + ",".join(["云" * 900_000] * 5) + "\n", encoding="utf-8")
    task = {"do": "take", "path": str(path), "encoding": "utf-8"}
    done = subprocess.run([sys.executable, "-c", CHILD.format(more=more)], input=json.dumps(task), capture_output=True, text=True,
                          env={"PYTHONPATH": str(apart.HOME)}, check=False)
    assert says in done.stdout.splitlines()[-1], done.stderr


def children() -> list[int]:
    """The readers that this process has started and not buried."""
    started = [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return [int(pid) for pid in started if b"apart_child" in (line := Path(f"/proc/{pid}/cmdline").read_bytes()) or not line]


def test_rows_are_counted_apart_as_well(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = apart.take(many)
    monkeypatch.setattr(frames, "COUNTED", 900)
    assert list(frames.counts(taken.open(many))) == [900, 1_800, 2_000]
    assert list(apart.count(many, taken)) == [2_000]
    monkeypatch.setattr(apart, "SMALL", 0)
    assert list(apart.count(many, taken)) == [2_000]
    many.write_bytes(many.read_bytes() + b'"')
    with pytest.raises(UnreadableFile):
        list(apart.count(many, taken))
