"""A record as one person may see it: whatever draws it, a field that is hidden from him reads as empty."""

from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any

from crm_core.data.mixins import SCOPE_COLUMNS
from crm_core.kernel.calling import shown
from crm_core.kernel.site import site


def sees(*fields: str) -> bool:
    """Whether the acting person may see all of these fields, such as `sales.invoice.total`; none of a resource that is not there now.
    Raises KeyError for a field its resource does not have."""
    for one in fields:
        name, _dot, field = one.rpartition(".")
        resource = site().registry.resources.get(name)
        if resource is None or resource.all_fields[field].name not in resource.fields():
            return False
    return True


def may(permission: str, *ids: int | None) -> bool:
    """Whether the acting person may do this, such as `sales.order.release`: on any record at all, or on each of these, with a statement each. On no
    record (None) nobody may anything, nor with a resource that is not there now."""
    name, _dot, verb = permission.rpartition(".")
    resource = site().registry.resources.get(name)
    if resource is None or not ids:
        return resource is not None and resource.may(verb)
    return all(one is not None and resource.sees(one, verb) for one in ids)


def told(items: Iterable[Any]) -> list[Any]:
    """Of boxes, columns and papers those whose reader may see all that they tell of (`shows`); one that names what is not there is for nobody."""
    return [one for one in items if not (fields := getattr(one, "shows", ())) or shown(one, partial(sees, *fields), False)]


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

    def __str__(self) -> str:
        model: Any = type(self.whole)
        return str(model.__str__(self))  # what a model says of itself, of what may be seen of it


def seeing(title: Callable[[Any, Any], Any]) -> Callable[[Any, Any], str]:
    """The `title` a resource declares, handed what the reader may see of the row; it may answer words in any form, or nothing."""
    @wraps(title)
    def shown(resource: Any, row: Any) -> str:
        return _titled(title, resource, row)

    return shown


def _titled(title: Callable[[Any, Any], Any], resource: Any, row: Any) -> str:
    return str(title(resource, row if isinstance(row, Seen) else Seen(resource, row)) or "").strip() or f"#{row.id}"
