"""Columns that only mean something together: first and last name, province and city and district.

They are put together in a column behind the others, which then is matched like any; the single ones stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_core.resource.exchange.synonyms import meaning
from crm_core.text.names import person_display
from crm_core.text.places import short_name
from crm_core.text.scripts import has_han

NAME, PLACE = "full name", "省市区"


@dataclass(frozen=True)
class Join:
    """A column made of others: its name, where they stand, and how their cells become one."""

    name: str
    columns: tuple[int, ...]
    make: Callable[[Sequence[str]], str]


def find_joins(header: Sequence[str]) -> tuple[Join, ...]:
    """The columns that a file lacks and that its others make up."""
    said: dict[str, int] = {}
    for at, name in enumerate(header):
        said.setdefault(meaning(name)[0], at)
    joins = []
    if {"first name", "last name"} <= said.keys() and not said.keys() & {"person", "name"}:
        joins.append(Join(NAME, (said["last name"], said["first name"]), _full_name))
    parts = [said[part] for part in ("province", "city", "district") if part in said]
    if len(parts) > 1 and "region" not in said:
        joins.append(Join(PLACE, tuple(parts), _place))
    return tuple(join for join in joins if join.name not in header)


def _full_name(cells: Sequence[str]) -> str:
    return person_display(cells[0].strip(), cells[1].strip(), "en")


def _place(cells: Sequence[str]) -> str:
    """北京 + 北京市 + 海淀区 is 北京市海淀区; what is no Chinese is left alone."""
    parts: list[str] = []
    for cell in (cell.strip() for cell in cells):
        if not cell or cell in ("市辖区", "县"):
            continue
        if parts and short_name(parts[-1]) == short_name(cell):
            parts.pop()
        parts.append(cell)
    if any(map(has_han, parts)):
        return "".join(parts)
    return parts[-1] if parts else ""
