"""What every plugin keeps, tried with this one."""

from crm_core.testing import contract

test_contract = contract("sales")
