"""The table of contents of the bare package."""

import sys
from typing import Any

from crm_core.kernel.declare import Package
from crm_core.kernel.hookspecs import hookimpl
from tests.bare.resources import Crumbs, Pieces, Pointers, Shelves, Things


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Shelves, Things, Pieces, Crumbs, Pointers]


PACKAGE = Package("bare", "Bare", "1.0", "tests.bare", (sys.modules[__name__],))
