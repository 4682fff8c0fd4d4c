"""The tiny second package, as the boot would take it in."""

from crm_core.kernel.declare import Package
from tests import postcards
from tests.postcards import plugin


def second() -> Package:
    found = postcards.manifest
    return Package(found.name, found.label, found.version, "tests.postcards", (plugin,), found)
