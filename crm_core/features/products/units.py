"""Units and what they are of each other."""

from collections.abc import Mapping
from fractions import Fraction

import sqlalchemy as sa

from crm_core.access.rights import made
from crm_core.data.session import system_scope
from crm_core.features.money.api import rounding
from crm_core.features.products.models import Unit
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.text import amounts

MOST = 2_000  # units of a house
DEEP = 8  # how often one may be made of another
Units = Mapping[int, tuple[int, Fraction]]


def units() -> Units:
    """Unit → (the smallest one it is made of, how many of it). Kept in the process until somebody changes a unit."""
    return made("units", _load)


def _load() -> dict[int, tuple[int, Fraction]]:
    with system_scope("units") as db:
        rows = {row.id: row for row in db.execute(sa.select(Unit.id, Unit.base_id, Unit.factor).limit(MOST))}
    found = {}
    for start, row in rows.items():
        unit, factor = row, Fraction(1)
        for _level in range(DEEP):
            if unit.base_id is None or unit.base_id not in rows:
                break
            factor *= Fraction(unit.factor or amounts.PIECE, amounts.PIECE)
            unit = rows[unit.base_id]
        found[start] = (int(unit.id), factor)
    return found


def ratio(source: int | None, target: int | None) -> Fraction | None:
    """How many of the unit `target` one of `source` is; None where they have nothing in common. The same, or one that is not said, is 1."""
    if source == target or source is None or target is None:
        return Fraction(1)
    known = units()
    if source not in known or target not in known:
        return None
    (base, factor), (other, by) = known[source], known[target]
    return factor / by if base == other else None


def convert(quantity: int, source: int | None, target: int | None) -> int:
    """So many thousandths of a unit in another one, rounded as the house rounds: 2 boxes of 12 are 24 pieces. `source` and `target` are ids of
    units. Raises Refused where they have nothing in common."""
    by = ratio(source, target)
    if by is None:
        raise Refused(_("These units cannot be converted into each other."))
    return amounts.divide(quantity * by.numerator, by.denominator, rounding())
