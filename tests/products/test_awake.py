"""The feature sleeps while no plugin uses it; awake, its pages keep what every plugin must keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from crm_core.features.money.services import known
from crm_core.testing.checks import faces, statements
from crm_core.testing.house import House
from crm_core.testing.make import Make as Filler
from crm_core.testing.subject import Subject

RESOURCES = {"product", "product_category", "unit", "price_list", "payment_term", "product_wish", "currency", "currency_rate"}
FEATURES = ("crm_core.features.products", "crm_core.features.money")


class Woken(Subject):
    """These two features as if they were a plugin: what is theirs of a house that sells."""

    def own(self, items: Any) -> list[Any]:
        return [item for item in items if _module(item).startswith(FEATURES)]

    @cached_property
    def resources(self) -> list[Any]:  # type: ignore[override]
        return [r for r in self.site.registry.resources.values() if type(r).__module__.startswith(FEATURES) and not r.is_brief and r.verbs]


def _module(item: Any) -> str:
    for name in ("load", "query", "call", "run"):
        if hasattr(item, name):
            return str(getattr(getattr(item, name), "__module__", ""))
    return ""


@pytest.fixture(scope="module")
def woken(tmp_path_factory: pytest.TempPathFactory) -> Woken:
    return Woken("sales", tmp_path_factory.mktemp("woken"))


DAYS, CODES = count(), iter(sorted(known() - {"CNY"}))
FILLED: dict[str, Callable[[], dict[str, Any]]] = {  # what cannot be made up field by field
    "core.currency": lambda: {"code": next(CODES)},
    "core.currency_rate": lambda: {"currency": "USD", "day": dt.date(2026, 1, 1) + dt.timedelta(next(DAYS))},
    "core.product": lambda: {"parts": [], "combinations": []},
    "core.price_list": lambda: {"begins": None, "ends": None, "prices": [{"discount": 5_00}]},
}


@pytest.fixture(autouse=True)
def filled(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Filler._record

    def record(self: Any, resource: Any, owner: Any, full: bool, mark: str, values: dict[str, Any], above: tuple[str, ...]) -> int:
        return plain(self, resource, owner, full, mark, {**FILLED.get(resource.name, dict)(), **values}, above)

    monkeypatch.setattr(Filler, "_record", record)


@pytest.mark.parametrize("check", [faces, statements], ids=lambda one: one.__name__.rpartition(".")[2])
def test_its_pages_keep_what_every_plugin_keeps(woken: Woken, check: Any) -> None:
    assert {f"{r.package}.{r.path}" for r in woken.resources} == {f"core.{name}" for name in RESOURCES}
    assert [said for found in check.look(woken) if not (said := str(found[1])).startswith("/sales/")] == []


ADDRESSES = ("/core/product", "/core/price_list", "/core/unit", "/core/payment_term", "/core/currency", "/core/product_wish", "/core/product/new", "/reports/core.wishes",
             "/api/v1/core/product", "/settings/core.money")


def looked(house: House) -> tuple[set[int], str, str, set[str]]:
    """What an administrator finds of the feature: answers, his menu, what the search says, what there is by name."""
    admin = house.person("root", roles=["administrator"])
    browser, program = admin.browser(), admin.api()
    answers = {(program("GET", path.removeprefix("/api/v1")) if path.startswith("/api") else browser("GET", path)).status_code for path in ADDRESSES}
    registry = house.site.registry
    return answers, browser("GET", "/").text, browser("GET", "/palette?q=price").text, set(registry.resources) | set(registry.reports) | set(registry.settings)


def test_the_feature_sleeps_without_a_plugin_that_uses_it(tmp_path: Path) -> None:
    asleep = House(tmp_path / "asleep", [])
    answers, menu, found, names = looked(asleep)
    asleep.close()
    assert answers == {404} and "/core/product" not in menu and "/core/price_list" not in found
    assert not {name for name in names if name.removeprefix("core.") in {*RESOURCES, "wishes", "money"}}


def test_it_is_there_whole_with_one_that_does_and_reading_is_everybodys(shop: House) -> None:
    answers, menu, found, names = looked(shop)
    assert answers == {200} and 'href="/core/product"' in menu and "/core/price_list" in found
    assert names >= {f"core.{name}" for name in (*RESOURCES, "wishes", "money")}
    seller, stranger = shop.person("seller", roles=["user"]), shop.person("stranger", {"sales.quote.*": "own"})
    for name in sorted(RESOURCES):
        path = f"/core/{name}"
        assert (seller.browser()("GET", path).status_code, seller.api()("GET", path).status_code) == (200, 200), path
        assert {seller.browser()("GET", f"{path}/new").status_code, stranger.browser()("GET", path).status_code, stranger.api()("GET", path).status_code} <= {403, 404}, path
        assert seller.api()("POST", path, {"name": "x", "code": "X"}).status_code in (403, 404, 405), path
    assert "cost" not in seller.api()("GET", "/core/product").text
