"""The size of batches: large when alone, small when people write."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from crm_core.data.session import writing
from crm_core.kernel import pace, runner
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import Site
from tests.kernel import toy
from tests.kernel.test_exactly_once import in_processes
from tests.kernel.toy import known


class Clock:
    """A clock on which a row costs a ten-thousandth of a second of processor time; a `busy` machine takes that many times
    as long."""

    def __init__(self, busy: int) -> None:
        self.at, self.used, self.busy, self.slept = 1_000.0, 0.0, busy, [0.0]

    def work(self, seconds: float) -> None:
        self.at += seconds * self.busy
        self.used += seconds

    def monotonic(self) -> float:
        return self.at

    def thread_time(self) -> float:
        return self.used

    def time(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def sizes(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[int], Clock]]:
    def run(batches: int, quiet: bool = True, busy: int = 1, prepares: float = 0.0) -> tuple[list[int], Clock]:
        clock, found = Clock(busy), []
        monkeypatch.setattr(pace, "time", clock)

        def work(job: Running) -> None:
            mine = Pace(job)
            for _ in range(batches):
                found.append(mine.size)
                clock.work(prepares)
                with mine.write():
                    clock.work(mine.size / 10_000)

        toy.behave["write"] = work
        with site.work(known[1]), writing():
            later("toy.write")
        if quiet and site.traffic is not None:
            site.traffic._shared[:8] = bytes(8)  # forget that somebody asked for the job
        runner.drain(site)
        toy.behave.clear()
        return found, clock

    return run


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_alone_a_batch_grows_to_a_quarter_of_a_second(site: Site, sizes: Any) -> None:
    found, clock = sizes(6)
    assert found[0] == 500 and found[-1] == 2_500 and max(clock.slept) == 0.0


@pytest.mark.parametrize(("busy", "size"), [(2, 2_500), (pace.HURRIED, 2_500), (6, 1_250)])
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_machine_busy_with_other_things_does_not_shrink_it_as_long_as_it_stays_short(site: Site, sizes: Any, busy: int, size: int) -> None:
    assert sizes(6, busy=busy)[0][-1] == size


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_when_another_process_writes_it_shrinks_and_pauses(
        site: Site, sizes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def save() -> None:
        with site.work(known[1]), writing():
            pass

    assert site.traffic is not None
    in_processes(save, 1)
    monkeypatch.setattr(pace, "LINGERS", 1e12)  # what the other process noted is recent on the made-up clock
    monkeypatch.setattr(Clock, "time", time.time)
    found, clock = sizes(6, quiet=False)
    assert found[-1] == 1_400 and min(clock.slept[1:]) >= 0.010
    assert sizes(6, quiet=False, busy=2)[0][-1] == 700  # who waits looks at the clock
    _found, clock = sizes(6, quiet=False, prepares=0.008)
    assert clock.slept[1:] == pytest.approx([pace.PAUSE - 0.008] * 5), "what is prepared between two batches is a part of the pause"
    _found, clock = sizes(6, quiet=False, prepares=0.1)
    assert clock.slept[1:] == [pace.YIELD] * 5, "but a moment is left for who waits for a processor"


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_job_that_writes_is_no_reason_to_be_polite(site: Site, sizes: Any) -> None:
    assert sizes(3)[0][-1] > 500
    assert site.traffic is not None and site.traffic.crowded is False


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_where_there_is_no_one_lock_nobody_is_in_the_way(site: Site, sizes: Any) -> None:
    assert site.traffic is None
    assert sizes(6)[0][-1] == 2_500
    assert sizes(6, busy=2)[0][-1] == 1_250  # the processor time of the server is not known here
