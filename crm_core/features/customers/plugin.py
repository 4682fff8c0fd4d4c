"""Table of contents of this feature."""

from typing import Any

from crm_core.features.customers.resources import Contacts, Customers, Industries, Positions, Regions, Tags
from crm_core.kernel.hookspecs import hookimpl


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Customers, Contacts, Regions, Industries, Positions, Tags]
