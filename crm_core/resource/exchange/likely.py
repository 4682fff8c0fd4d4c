"""Rows of a file that may be records which are there: found by the keys of resource/twins.py, a whole batch at once. Only among
what the importing person sees, and compared only by what he sees of it: a number or mail would be told by being equal."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.session import current_work
from crm_core.kernel.i18n import _, listed
from crm_core.resource import search, twinkeys, twins
from crm_core.resource.changes import History
from crm_core.resource.exchange.items import Item
from crm_core.text.alike import LIKELY

CLOSEST = 12  # records that are compared with a row: those with most keys of it
AT_ONCE = 100  # keys a statement: one text, so that SQLite keeps its plan
SMALL = 2_000  # so many records are taken to heart: a first file into a new house is the usual one, and the index need not be asked

Holders = Mapping[str, Sequence[int]]
"""Key → the records that have it."""


class Likely:
    """Looks through the rows of one import, batch after batch."""

    def __init__(self, resource: Any) -> None:
        self.resource = resource
        self._holders: Holders | None = None  # of a small house
        self._large = False
        self._near: Holders | None = None  # of a large one, for the keys of the batch that comes

    def ahead(self, items: list[Item]) -> None:
        """Work out what `mark` will ask of these rows before anything is locked; whoever began the house later is not looked at
        anyway. Nothing while nothing is known to be there."""
        self._near = None
        if not (self._large or self._holders):
            return
        for item in items:
            if not item.faults:
                item.keys = twinkeys.keys(self.resource, item.groups[""])
        if self._large:
            search.settle()  # hundreds of keys are asked for
            self._near = _asked(self.resource, {key for item in items for key in item.keys or ()})

    def mark(self, items: list[Item]) -> None:
        """Mark rows doubtful that are likely one of the records which are there."""
        resource = self.resource
        if not resource.duplicates or not items or not resource.may("read"):
            return
        first = _first_made(resource)
        holders = self._small(first)
        if holders is not None and not holders:
            return
        keys = [twinkeys.keys(resource, item.groups[""]) if item.keys is None else item.keys for item in items]
        if holders is None:
            holders = self._near if self._near is not None else _asked(resource, {key for said in keys for key in said})
        near = [[row_id for row_id, _keys in Counter(
            row_id for key in said for row_id in holders.get(key, ()) if first is None or row_id < first).most_common(CLOSEST)] for said in keys]
        wanted = sorted({row_id for ids in near for row_id in ids})
        seen = _seen(resource, lambda column: bulk.among(column, wanted)) if wanted else {}
        for item, ids in zip(items, near, strict=True) if seen else ():
            compared = [(*twins.compare(resource, item.groups[""], seen[row_id]), row_id) for row_id in ids if row_id in seen]
            score, reasons, row_id = max(compared, key=lambda one: one[0], default=(0.0, (), 0))
            if score >= LIKELY:
                why = listed([str(one.words(resource)) for one in reasons])
                item.doubt = str(_("It may be “%(name)s”: %(why)s.", name=seen[row_id][resource.label_field], why=why)), row_id

    def _small(self, first: int | None) -> Holders | None:
        """The keys of all that he sees of what was there before this import, where that is little; read once: `first` stays what it is,
        and before the first batch it is whatever is there."""
        if self._large:
            return None
        if self._holders is None:
            seen = _seen(self.resource, lambda column: sa.true() if first is None else column < first, SMALL + 1)
            self._large = len(seen) > SMALL
            if self._large:
                return None
            found: dict[str, list[int]] = defaultdict(list)
            for row_id, row in seen.items():
                for key in twinkeys.keys(self.resource, row):
                    found[key].append(row_id)
            self._holders = dict(found)
        return self._holders


def _first_made(resource: Any) -> int | None:
    """The first record that the running import has made: its own are known by their names (alike), those from it on are not looked at."""
    query = sa.select(History.row_id).where(
        History.change_id == current_work().info.get("change"), History.resource == resource.name, History.verb == "create")
    found: int | None = current_work().session.scalar(query.order_by(History.id).limit(1))
    return found


def _asked(resource: Any, keys: Iterable[str]) -> Holders:
    """Who has these keys, as the index says."""
    wanted, found = sorted(keys), defaultdict[str, list[int]](list)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        asked = part + [part[-1]] * (AT_ONCE - len(part)) if current_work().engines.is_sqlite else part
        for at, row_id in twins.holders(resource, asked):
            if at < len(part):
                found[part[at]].append(row_id)
    return found


def _seen(resource: Any, which: Callable[[Any], Any], most: int | None = None) -> dict[int, Mapping[str, Any]]:
    """What the acting person sees of records: field → value. `which` makes the condition of the column of ids."""
    found: dict[int, Mapping[str, Any]] = {}
    for source in (resource.brief_resource, resource):  # the whole view over the brief one
        if source is None or not source.may("read"):
            continue
        names = [n for n in dict.fromkeys((*resource.duplicates, resource.label_field)) if n in source.fields()]
        query = sa.select(source.model.id, *(getattr(source.model, source.all_fields[n].column) for n in names))
        for row_id, *values in current_work().session.execute(query.where(which(source.model.id)).limit(most)):
            found[row_id] = dict(zip(names, values, strict=True))
    return {row_id: row for row_id, row in found.items() if row.get(resource.label_field)}
