"""What a list is sorted by, as an address says it: `-updated_at`, or `standing,-name` for a second one among equals."""

from dataclasses import dataclass, replace
from typing import Any

from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource.fields import Field

MOST_KEYS = 4
_UNSORTED = ("choices", "note")  # kinds without an order anybody would expect


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: the field asked for, the column that does it, and the direction."""

    name: str
    column: str
    descending: bool
    indexed: bool
    then: tuple["Order", ...] = ()  # among equals; only lists small enough to be sorted whole

    @property
    def keys(self) -> tuple["Order", ...]:
        """This one and those among its equals, in their order."""
        return (self, *self.then)

    @property
    def text(self) -> str:
        return ",".join(key.own for key in self.keys)

    @property
    def own(self) -> str:
        """The text without those among equals."""
        return f"-{self.name}" if self.descending else self.name


def order_of(resource: Any, text: str, fields: dict[str, Field] | None = None) -> Order:
    """The order an address asks for (`-updated_at,name`: by name among equals); empty: the first of the resource's that he
    may see."""
    known = resource.fields() if fields is None else fields
    wanted = text or next((sort for sort in resource.sorts if sort.lstrip("-") in known), "-id")
    parts = wanted.split(",")
    if len(parts) > MOST_KEYS:
        raise BadRequest(_("A list is sorted by at most %(n)s columns.", n=MOST_KEYS))
    first, *rest = [_one(resource, part, known) for part in parts]
    if len({key.name for key in (first, *rest)}) < len(parts):
        raise BadRequest(_("A list is sorted by each column once."))
    return replace(first, then=tuple(rest))


def _one(resource: Any, wanted: str, known: dict[str, Field]) -> Order:
    name, descending = wanted.removeprefix("-"), wanted.startswith("-")
    if name == "id":
        return Order("id", "id", descending, True)
    indexed = resource.sorted_at_once(name)
    if name not in known:
        raise BadRequest(_("This list cannot be sorted by “%(name)s”.", name=name[:60]))
    return Order(name, known[name].sort_column, descending, indexed)


def sortable(field: Field) -> bool:
    """Whether a list can be sorted by this field at all, be it only a small one."""
    return field.kind not in _UNSORTED


def pressed(asked: str, name: str) -> str:
    """The sort after a press on a column's head: descending, ascending, off; any other order ends."""
    alone = asked.removeprefix("-") == name
    return f"-{name}" if not alone else (name if asked.startswith("-") else "")


def added(asked: str, name: str) -> str | None:
    """The sort after a Shift press: the column comes last among equals, turns round where it stands, or goes. None when
    there are as many as a list takes."""
    keys = [key for key in asked.split(",") if key]
    names = [key.removeprefix("-") for key in keys]
    if name not in names:
        return ",".join([*keys, f"-{name}"]) if len(keys) < MOST_KEYS else None
    at = names.index(name)
    keys[at : at + 1] = [name] if keys[at].startswith("-") else []
    return ",".join(keys)
