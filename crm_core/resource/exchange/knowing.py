"""Which record a row of a file means: by ids, codes and likeness, or by the one field that a person chose for it."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor
from crm_core.resource import derived
from crm_core.resource.changes import History
from crm_core.resource.exchange.items import FOREIGN_ID, PUBLIC_ID, Item, Options, Target, reason
from crm_core.resource.exchange.likely import Likely
from crm_core.resource.exchange.models import ForeignId
from crm_core.resource.fields import PhoneField
from crm_core.text.clean import fold

KEY_KINDS = ("line", "name", "number_series", "phone", "email", "url")
"""Kinds of fields by which a person may have records known."""


class Knowing:
    """What an importer knows records by. Subclasses know further ones by what they look like."""

    resource: Any
    options: Options
    targets: dict[str, Target]
    likely: Likely
    known_by: list[str]
    repeated: list[str]

    def key_choices(self) -> list[Target]:
        """What records can be known by: ids, and those of the record's own fields that name one."""
        wanted = dict.fromkeys((*self.known_by, *self.resource.duplicates, self.resource.label_field, FOREIGN_ID, PUBLIC_ID))
        return [t for n in wanted if (t := self.targets.get(n)) is not None and (t.field is None or (t.field.column and t.field.kind in KEY_KINDS))]

    def know(self, items: list[Item]) -> None:
        """Find the records the rows mean, then what is among the rows before them, so that it makes no difference where a batch ends."""
        found = [i for i in items if not i.faults and not i.sure]
        model = self.resource.model
        if self.options.key:
            self._by_choice(found)
        else:
            self._by(found, lambda i: i.public_id, model.public_id)
            self._by(found, lambda i: i.foreign_id, ForeignId.ref)
            for name in self.known_by:
                self._by(found, lambda i, name=name: i.groups[""].get(name), getattr(model, self.resource.all_fields[name].column))  # type: ignore[misc]
            self.alike([i for i in found if i.row_id is None and not i.faults])
        first: dict[Any, Item] = {}
        for item in found:
            if item.row_id is None and not item.faults and item.doubt is None and not item.left:
                for key in self._chosen_keys(item) if self.options.key else self.keys(item):
                    if (earlier := first.setdefault(key, item)) is item:
                        continue
                    if self.options.key:
                        item.twin = item.twin or earlier.twin or earlier
                    else:
                        self.again(item, earlier, key[0])
        if self.options.likely == "look":
            self.likely.mark([i for i in found if i.row_id is None and i.twin is None and not i.faults and i.doubt is None])
        if self.repeated and not self.options.key:
            self._same_heads(items)

    # --- by a field that was chosen -----------------------------------------------------------------------------------

    def _by_choice(self, items: list[Item]) -> None:
        name = self.options.key
        self._by(items, self._chosen, self._chosen_column(), several=self.options.several)
        label = self.targets[name].label if name in self.targets else name
        for item in items:
            if item.row_id is None and not item.faults and self.options.none != "new":
                if self.options.none == "leave":
                    item.left = True
                else:
                    item.faults.append(reason(_("No record has this %(field)s.", field=label), self.targets.get(name)))

    def _chosen(self, item: Item) -> Any:
        """The key of a row, as it is compared."""
        name = self.options.key
        if name in (PUBLIC_ID, FOREIGN_ID):
            return getattr(item, name)
        value = item.groups[""].get(name)
        field = self.resource.all_fields[name]
        if value in (None, ""):
            return None
        if isinstance(field, PhoneField):
            return derived.value(self.resource.table, field.digits, value)
        return fold(str(value)) if field.kind == "email" else value

    def _chosen_keys(self, item: Item) -> list[tuple[Any, ...]]:
        return [("key", wanted)] if (wanted := self._chosen(item)) else []

    def _chosen_column(self) -> Any:
        name, model = self.options.key, self.resource.model
        if name in (PUBLIC_ID, FOREIGN_ID):
            return ForeignId.ref if name == FOREIGN_ID else model.public_id
        field = self.resource.all_fields[name]
        if isinstance(field, PhoneField):
            return getattr(model, field.digits)
        column = getattr(model, field.column)
        return sa.func.lower(column) if field.kind == "email" else column

    def _same_heads(self, items: list[Item]) -> None:
        """Rows one below the other with the same head, and nothing else by which a record is known, mean one record."""
        above: Item | None = None
        for item in items:
            if item.faults or item.doubt is not None or item.row_id is not None or self.keys(item) or not any(n in item.groups for n in self.repeated):
                above = None
                continue
            if above is None and item is items[0]:
                item.row_id = self._made_last(item)
            elif above is not None and above.groups[""] == item.groups[""]:
                item.row_id = above.row_id
                if item.row_id is None:
                    self.again(item, above, "head")
            above = item

    def _made_last(self, item: Item) -> int | None:
        """The record that the row before this batch made, if it has this head."""
        change, model = current_work().info.get("change"), self.resource.model
        heads = {n: v for n, v in item.groups[""].items() if not isinstance(v, list) and self.resource.all_fields[n].column}
        if not change or not heads:
            return None
        last = sa.select(sa.func.max(History.row_id)).where(
            History.change_id == change, History.resource == self.resource.name, History.verb == "create").scalar_subquery()
        same = [getattr(model, self.resource.all_fields[n].column) == v for n, v in heads.items()]
        found: int | None = current_work().session.scalar(sa.select(model.id).where(model.id == last, *same))
        return found

    def _by(self, items: list[Item], key: Callable[[Item], Any], attribute: Any, several: str = "oldest") -> None:
        """One query for all items that have this key. `several`: of records with one key take the oldest, or none."""
        wanted = {k for i in items if i.row_id is None and (k := key(i))}
        if not wanted:
            return
        model, scoped = self.resource.model, is_scoped(self.resource.model)
        may = actor().scope(self.resource.name, "update") if scoped else None
        owners = [getattr(model, c) for c in may.asks if c != "id"] if may is not None else []
        query = sa.select(attribute.label("key"), model.id, *owners).where(bulk.among(attribute, sorted(wanted), sa.Text))
        if attribute is ForeignId.ref:
            query = query.join(model, model.id == ForeignId.resource_id).where(
                ForeignId.resource == self.resource.name, ForeignId.source == self.options.source)
        found: dict[Any, Any] = {}
        many: dict[Any, int] = {}
        for row in sorted(current_work().session.execute(query), key=lambda row: row.id):  # sorted by the engine it costs a plan
            found.setdefault(row.key, row)
            many[row.key] = many.get(row.key, 0) + 1
        for item in items if found else ():
            hit = found.get(key(item)) if item.row_id is None and not item.faults else None
            if hit is not None and several != "oldest" and (n := many[hit.key]) > 1:
                item.faults.append(reason(ngettext("%(n)s record has this key.", "%(n)s records have this key.", n)))
            elif hit is not None and may is not None and not may.holds(hit):
                item.faults.append(reason(_("This record is there and you may not change it.")))
            elif hit is not None:
                item.row_id = hit.id

    def alike(self, items: list[Item]) -> None:
        """Know further records by what they look like, or mark rows doubtful. For subclasses."""

    def keys(self, item: Item) -> list[tuple[Any, ...]]:
        """What a row shares with another row that means the same record, or perhaps."""
        found = [("public", item.public_id), ("foreign", item.foreign_id), *((name, item.groups[""].get(name)) for name in self.known_by)]
        return [pair for pair in found if pair[1]]

    def again(self, item: Item, first: Item, kind: str) -> None:
        """A row that shares a key of this kind with an earlier new row of its batch: it means the record that one makes."""
        item.twin = item.twin or first.twin or first
