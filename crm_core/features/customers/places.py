"""Regions from addresses: what an address says for certain is filled in, what may be several places is asked for."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Region
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.text.divisions import Region as Division
from crm_core.text.divisions import find_region, region_path

NAMED = 3  # of many places, in the sentence


def settle(rows: list[dict[str, Any]], *, asks: bool) -> None:
    """Give the addresses among these rows of customers the region their street begins with, and a customer that has none that of his
    first address. `asks`: raise Invalid where it may be several (朝阳区), else leave it open. Rows without addresses cost nothing."""
    open_lines = [(i, n, row, line) for i, row in enumerate(rows) for n, line in enumerate(row.get("addresses") or ())
                  if line.get("street") and line.get("region") is None]
    if not open_lines:
        return
    hits = {line["street"]: find_region(line["street"]) for _i, _n, _row, line in open_lines}
    within = _codes({row["region"] for _i, _n, row, _line in open_lines if isinstance(row.get("region"), int)})
    sure: list[tuple[dict[str, Any], dict[str, Any], str]] = []
    faults: dict[int, dict[str, Any]] = {}
    for i, n, row, line in open_lines:
        found = _inside(hits[line["street"]], within.get(row.get("region", 0), ""))
        if len(found) == 1:
            sure.append((row, line, found[0].code))
        elif found and asks:
            faults.setdefault(i, {}).setdefault("addresses", {})[n] = {"region": [_question(found)]}
    if faults:
        first = min(faults)
        said = {i: {"addresses": [m for line in found["addresses"].values() for ms in line.values() for m in ms]} for i, found in faults.items()}
        raise Invalid(said[first], rows=said, lines=faults[first])
    ids = {r.code: r.id for r in session.execute(sa.select(Region.code, Region.id).where(Region.code.in_({code for _r, _l, code in sure})))}
    for row, line, code in sure:
        if code in ids:
            line["region"] = ids[code]
            if row.get("id") is None and row.get("region") is None:
                row["region"] = ids[code]


def _codes(ids: set[int]) -> dict[int, str]:
    return {r.id: r.code or "" for r in session.execute(sa.select(Region.id, Region.code).where(Region.id.in_(ids)))} if ids else {}


def _inside(found: list[Division], code: str) -> list[Division]:
    """Of several places those that lie in the customer's own region, if any do."""
    if len(found) < 2 or not code:
        return found
    mine = [one for one in found if any(above.code == code for above in region_path(one.code))]
    return mine or found


def _question(found: list[Division]) -> Any:
    names = ["".join(region.name for region in region_path(one.code)) for one in found[:NAMED]]
    more = len(found) - len(names)
    if more:
        return _("This may be in %(places)s or %(n)s other places: choose the region.", places=names, n=more)
    return _("This may be in %(places)s: choose the region.", places=names)
