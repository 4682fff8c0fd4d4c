"""A record as one person may see it: whatever draws it, a field that is hidden from him reads as empty."""

from typing import Any

from crm_core.data.mixins import SCOPE_COLUMNS


class Seen:
    """A loaded row for everything that draws it. Columns of fields the actor may not see are None; the owner columns stay,
    rights are asked of them. `whole` is the row itself, for what may be told although the field may not (an age)."""

    __slots__ = ("_hidden", "whole")

    def __init__(self, resource: Any, row: Any) -> None:
        shown = resource.fields()
        self.whole = row
        self._hidden = {f.column for n, f in resource.all_fields.items() if n not in shown}.difference(SCOPE_COLUMNS)

    def __getattr__(self, name: str) -> Any:
        return None if name in self._hidden else getattr(self.whole, name)
