"""Two packages that want the same: neither wins, both are said, and the later one is left out."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask
import pytest

from crm_core.app import core
from crm_core.features.customers.resources import Customers
from crm_core.kernel.declare import (
    Action,
    Card,
    Column,
    Cost,
    Job,
    Listen,
    Metric,
    Package,
    Panel,
    Permission,
    PrintTemplate,
    Report,
    Trouble,
)
from crm_core.kernel.events import Event
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.registry import Collision, PackageFault, Registry


@dataclass(frozen=True)
class Done(Event):
    ids: tuple[int, ...] = ()


def other_done() -> type[Event]:
    @dataclass(frozen=True)
    class Done(Event):
        ids: tuple[int, ...] = ()

    return Done


def package(name: str, hook: str, *items: Any) -> Package:
    module = types.ModuleType(name)
    setattr(module, hook, hookimpl(lambda: list(items)))
    return Package(name, name, "1.0", "tests", (module,))


def nothing(*_args: Any) -> None:
    return None


PAIRS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "panels": ("register_panels", lambda _n: Panel("core.customer", "box", "Box", nothing, "x/y.html")),
    "actions": ("register_actions", lambda _n: Action("greet", "Greet", nothing, on="core.customer")),
    "columns": ("register_columns", lambda _n: Column("core.customer", "greetings", "Greetings", nothing)),
    "papers": ("register_print_templates", lambda _n: PrintTemplate("core.customer", "letter", "Letter", "x/y.html")),
    "permissions": ("register_permissions", lambda _n: Permission("one.see", "See")),
    "jobs": ("register_jobs", lambda _n: Job("one.job", nothing)),
    "reports": ("register_reports", lambda _n: Report("one.report", "Report", Customers, nothing)),
    "cards": ("register_cards", lambda _n: Card("one.card", "Card", Customers, nothing)),
    "costs": ("register_costs", lambda _n: Cost("one.cost", "favours", nothing)),
    "troubles": ("register_troubles", lambda _n: Trouble("one.trouble", "Trouble", nothing, nothing)),
    "metrics": ("register_metrics", lambda _n: Metric("one.metric", "Metric", Customers)),
    "events": ("register_listeners", lambda name: Listen(Done if name == "one" else other_done(), nothing)),
}


@pytest.mark.parametrize("what", PAIRS)
def test_what_two_claim_neither_gets(what: str) -> None:
    hook, make = PAIRS[what]
    one, two = package("one", hook, make("one")), package("two", hook, make("two"))
    Registry((core(), one))
    Registry((core(), two))
    with pytest.raises(Collision) as caught:
        Registry((core(), one, two))
    assert caught.value.package == "two" and "one" in str(caught.value) and "two" in str(caught.value)


@pytest.mark.parametrize("item", [
    Action("assign", "Assign", nothing, on="core.customer"), Action("tag", "Tag", nothing, on="core.customer"),
    Action("delete", "Delete", nothing, on="core.customer"), Column("core.customer", "phone", "Phone", nothing),
], ids=["a standard act", "an act of its own", "a verb", "a field"])
def test_what_a_record_has_already_nobody_puts_on_it_again(item: Any) -> None:
    hook = "register_actions" if isinstance(item, Action) else "register_columns"
    with pytest.raises(Collision, match="core.customer") as caught:
        Registry((core(), package("one", hook, item)))
    assert caught.value.package == "one"


def test_who_does_not_say_a_list_is_named() -> None:
    module = types.ModuleType("odd")
    module.register_menu = hookimpl(lambda: None)  # type: ignore[attr-defined]
    with pytest.raises(PackageFault, match="must return a list") as caught:
        Registry((core(), Package("odd", "odd", "1.0", "tests", (module,))))
    assert caught.value.package == "odd"
    page = flask.Blueprint("p", __name__)
    with pytest.raises(PackageFault, match="unknown hook 'register_menus'"):
        Registry((core(), package("stray", "register_menus", page)))
