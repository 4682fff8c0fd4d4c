"""What authors test their plugins with. `pytest -p crm_core.testing` (or `pytest_plugins = "crm_core.testing"` in the `conftest.py`
at the top) brings the fixtures of `crm_core/testing/fixtures.py`; `test_contract = contract("visits")` is the contract suite, which `crm plugin check` runs
without pytest. `test_doors = doors("visits")` and `test_silence = silence("visits")` go through every door of its resources as people who may not,
and compare what one is told before and after much has happened to records one may not see; `test_hidden = hidden("visits")` looks for fields that are hidden
from who may do all else: a minute each for a large plugin."""

from typing import Any

pytest_plugins = ["crm_core.testing.fixtures"]


def contract(name: str) -> Any:
    """A test function for each check of the contract: what every plugin must keep."""
    import pytest

    from crm_core.testing.checks import CHECKS
    from crm_core.testing.suite import results

    @pytest.mark.parametrize("check", list(CHECKS))
    def test_contract(check: str, request: pytest.FixtureRequest) -> None:
        outcome = results(name, request.config.rootpath)
        if check in outcome.waiting:
            pytest.skip(f"waits until {outcome.waits_for} passes")
        found = [str(one) for one in outcome.findings if one.check == check]
        assert not found, "\n" + "\n".join(found)

    return test_contract


def doors(name: str, table: str = "", nth: int = 1) -> Any:
    """A test that asks every route with every resource of the plugin as people who may not: nothing is told, nothing changes.
    `table`: the status by which each kind of person is answered by each page the plugin has made by hand; docs/extend.md shows one.
    `nth`: of the routes each n-th, where all are too many."""
    return _looked("doors", name, table, nth)


def hidden(name: str, nth: int = 1) -> Any:
    """A test that what a role hides of the plugin's fields stands on no page, box, column, paper, form or answer, for who may do all
    else with it. `nth`: of the questions each n-th."""
    return _looked("hidden", name, nth)


def silence(name: str, nth: int = 1) -> Any:
    """A test that what happens to records one may not see changes no byte of what one is told. `nth`: of the questions each n-th."""
    return _looked("silence", name, nth)


def _looked(what: str, name: str, *more: Any) -> Any:
    def test(tmp_path: Any, request: Any, walk_database: str) -> None:
        from importlib import import_module

        from crm_core.kernel import checkout, plugins
        from crm_core.testing.subject import Subject

        if name not in plugins.discover():
            checkout.put_on_path(request.config.rootpath)
        subject = Subject(name, tmp_path, walk_database)
        found = [f"{place.path}:{place.line}: {text}" for place, text in import_module(f"crm_core.testing.walks.{what}").look(subject, *more)]
        assert not found, "\n" + "\n".join(found)

    return test
