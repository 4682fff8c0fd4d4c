"""Rows of a file that may be records which are there: found by the keys of resource/twins.py, a whole batch at once. Only among
what the importing person sees, and compared only by what he sees of it: a number or mail would be told by being equal."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.session import current_work
from crm_core.kernel.i18n import _, listed
from crm_core.resource import twinkeys, twins
from crm_core.resource.changes import History
from crm_core.resource.exchange.items import Item
from crm_core.text.alike import LIKELY

CLOSEST = 12  # records that are compared with a row: those with most keys of it
AT_ONCE = 100  # keys a statement: one text, so that engines keep its plan


def doubt(resource: Any, items: list[Item]) -> None:
    """Mark rows doubtful that are likely one of the records which are there."""
    if not resource.duplicates or not items or not resource.may("read"):
        return
    first = _first_made(resource)
    if first is not None and not current_work().session.scalar(sa.select(sa.func.count()).select_from(
            sa.select(resource.model.id).where(resource.model.id < first).limit(1).subquery())):
        return
    keys = {id(item): twinkeys.keys(resource, item.groups[""]) for item in items}
    found = _candidates(resource, sorted({key for said in keys.values() for key in said}))
    seen = _seen(resource, [row_id for row_id in found if first is None or row_id < first])
    by_key: dict[str, list[int]] = defaultdict(list)
    for row_id, row in seen.items():
        for key in twinkeys.keys(resource, row):
            by_key[key].append(row_id)
    for item in items if by_key else ():
        near = Counter(row_id for key in keys[id(item)] for row_id in by_key.get(key, ()))
        compared = [(*twins.compare(resource, item.groups[""], seen[row_id]), row_id) for row_id, _keys in near.most_common(CLOSEST)]
        score, reasons, row_id = max(compared, key=lambda one: one[0], default=(0.0, (), 0))
        if score >= LIKELY:
            why = listed([str(one.words(resource)) for one in reasons])
            item.doubt = str(_("It may be “%(name)s”: %(why)s.", name=seen[row_id][resource.label_field], why=why)), row_id


def _first_made(resource: Any) -> int | None:
    """The first record that the running import has made: its own are known by their names (alike), those from it on are not looked at."""
    query = sa.select(History.row_id).where(
        History.change_id == current_work().info.get("change"), History.resource == resource.name, History.verb == "create")
    found: int | None = current_work().session.scalar(query.order_by(History.id).limit(1))
    return found


def _candidates(resource: Any, keys: list[str]) -> list[int]:
    found: set[int] = set()
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        found.update(twins.candidates(resource, part + [part[-1]] * (AT_ONCE - len(part))))
    return sorted(found)


def _seen(resource: Any, ids: list[int]) -> dict[int, Mapping[str, Any]]:
    """What the acting person sees of these records: field → value."""
    found: dict[int, Mapping[str, Any]] = {}
    for source in (resource.brief_resource, resource):  # the whole view over the brief one
        if source is None or not ids or not source.may("read"):
            continue
        names = [n for n in dict.fromkeys((*resource.duplicates, resource.label_field)) if n in source.fields()]
        query = sa.select(source.model.id, *(getattr(source.model, source.all_fields[n].column) for n in names))
        for row_id, *values in current_work().session.execute(query.where(bulk.among(source.model.id, ids))):
            found[row_id] = dict(zip(names, values, strict=True))
    return {row_id: row for row_id, row in found.items() if row.get(resource.label_field)}
