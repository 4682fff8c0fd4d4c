"""The table of contents of the postcards."""

from crm_core.sdk import Permission, hookimpl
from tests.postcards import _, models

__all__ = ["models"]  # imported for its tables


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("postcards.album", _("See the album"))]
