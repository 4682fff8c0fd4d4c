"""Random sequences of what people and administrators do, against a model (quick; CRM_STATEFUL=200 for more runs)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from crm_core.resource import asking, merging
from tests.stateful.machine import Machine
from tests.stateful.pebbled import Template
from tests.stateful.waiting import Waiting
from tests.support import ENGINES

RUNS = int(os.environ.get("CRM_STATEFUL", "0"))


@pytest.fixture(params=ENGINES)
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Template:
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "crm.db")

        def copy(home: Path) -> str:
            shutil.copyfile(tmp_path / "crm.db", home / "crm.db")
            return ""

        return Template(tmp_path, f"sqlite:///{tmp_path / 'crm.db'}", copy, lambda url: None)
    cluster = request.getfixturevalue("postgres")
    url = cluster.create(request.getfixturevalue("postgres_template"))
    return Template(tmp_path, url, lambda home: str(cluster.create(url)), cluster.drop)


def play(template: Template, runs: int, steps: int, phases: tuple[Phase, ...] = tuple(Phase), begin: int | None = None, machine: type[Machine] = Machine) -> None:
    played = type("Played", (machine,), {"template": template})
    run_state_machine_as_test(
        played if begin is None else seed(begin)(played),
        settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, derandomize=not RUNS, phases=phases,
                          suppress_health_check=list(HealthCheck), database=None, print_blob=False))


def test_whatever_is_done_in_whatever_order_the_house_does_as_the_model_says(template: Template) -> None:
    play(template, RUNS or (10 if template.sqlite else 3), 50 if RUNS else 30)


def test_nor_does_it_where_some_of_it_needs_approval_and_a_rule_acts(template: Template) -> None:
    play(template, RUNS or (8 if template.sqlite else 3), 50 if RUNS else 35, machine=Waiting)


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_the_model_notices_a_house_that_does_not_lock(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.slots, "locked", lambda _resource, _ids: {})
    with pytest.raises(AssertionError):
        play(template, 30, 40, (Phase.generate,), machine=Waiting)


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("broken", "begin"), [("_follow", 7), ("move_back", 6)])
def test_the_model_notices_a_house_that_forgets(template: Template, broken: str, begin: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wakes does not follow, or what a merge moved does not go back. It is found wherever one begins; from here it is soon."""
    monkeypatch.setattr(merging, broken, lambda *_given: None)
    with pytest.raises(AssertionError):
        play(template, 60, 40, (Phase.generate,), begin)
