"""What authors test their plugins with. `pytest -p crm_core.testing` (or `pytest_plugins = "crm_core.testing"` in the `conftest.py`
at the top) brings the fixtures of `crm_core/testing/fixtures.py`; `test_contract = contract("visits")` is the contract suite, which `crm plugin check` runs
without pytest."""

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
