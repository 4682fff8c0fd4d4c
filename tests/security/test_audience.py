"""S1 and S2 with a plugin off, and on for one department: whoever it is not for finds no door of it, and core tells nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core.app import create_app, open_site
from crm_core.kernel import clock
from crm_core.kernel.models import PluginRow, PluginState
from tests.security.conftest import copied
from tests.security.house import NOW, House
from tests.security.test_matrix import Caller, cells
from tests.support.second import second

OUTSIDE = ("ann", "nora", "root", "audrey")


@pytest.fixture(scope="module")
def house_of_the_south(house_template: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The plugin `bare` is for the department south alone."""
    with clock.freeze(NOW):
        made = copied(house_template, tmp_path_factory.mktemp("south"))
        table = PluginRow.__table__
        with made.world.site.engines.write.begin() as conn:
            conn.execute(sa.insert(table).values(name="bare", state=PluginState.active, version="1.0", made_at=NOW, faults=0,
                                                 audience=[made.world.departments["south"]]))
        made.world.changed()
        yield made
        made.world.site.engines.dispose()


@pytest.fixture(scope="module")
def house_without(house_template: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The plugin `bare` sleeps: its rows are there, its code is not taken in."""
    with clock.freeze(NOW):
        made = copied(house_template, tmp_path_factory.mktemp("without"))
        site = open_site(config=made.world.site.config, plugins=(second(),))
        yield replace(made, world=replace(made.world, site=site), app=create_app(site))
        made.world.site.engines.dispose()
        site.engines.dispose()


def doors(house: House, who: str) -> list[str]:
    """What is wrong with the doors of the plugin, and with core's own pages, for somebody it is not for."""
    wrong = []
    for api in (False, True):
        ask = Caller(house, who, api=api)
        for cell in cells(house, who, api):
            inside = cell.kind.startswith("bare.")
            if not inside and not (cell.route.startswith("GET") and cell.rule["on"] in ("signed in", "list")):
                continue
            answer = ask(cell)
            text = answer.get_data(as_text=True)
            if inside and answer.status_code != 404:
                wrong.append(f"{cell.route} {cell.kind} {cell.key}: {answer.status_code}")
            # Which permissions a role has is a record of core, whatever they speak of.
            named = cell.kind != "core.role" and ("/bare/" in text or "bare.thing" in text)
            if "THINGX" in text or (not inside and named):
                wrong.append(f"{cell.route} {cell.kind}: speaks of it")
    return wrong


@pytest.mark.parametrize("who", OUTSIDE)
def test_who_it_is_not_for_finds_no_door(house_of_the_south: House, who: str) -> None:
    assert doors(house_of_the_south, who) == []


@pytest.mark.parametrize("who", ["ann", "root"])
def test_a_plugin_that_is_off_has_no_door_for_anybody(house_without: House, who: str) -> None:
    assert doors(house_without, who) == []


def test_for_those_it_is_for_nothing_is_otherwise(house_of_the_south: House, house: House) -> None:
    """The negative control: the same doors, and they open as the policy says."""
    def told(one: House, who: str) -> list[tuple[str, int]]:
        ask = Caller(one, who, api=True)
        found = [c for c in cells(one, who, True) if c.kind == "bare.thing" and c.route.startswith("GET")]
        return [(f"{c.route} {c.key}", ask(c).status_code) for c in found]

    south = told(house_of_the_south, "sue")
    assert south == told(house, "sue") and any(status == 200 for _cell, status in south)
    assert doors(house, "root"), "where it is for everybody, there are doors"
