"""The table of contents of the postcards."""

from crm_core.kernel.declare import Package, Permission
from crm_core.kernel.hookspecs import hookimpl
from tests.postcards.models import _


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("postcards.album", _("See the album"))]


def package() -> Package:
    import sys

    return Package("postcards", _("Postcards"), "1.0", "tests.postcards", (sys.modules[__name__],))
