"""Imports: rows of a file become sets of the one write path.

Each batch: parse column by column → resolve words to ids → know records again → write new and changed ones → keep what
was refused or is doubtful. The place reached commits with the batch, so a killed import goes on exactly there and
nothing is written twice; everything is one change, so it is undone as a whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.attempts import attempt
from crm_core.data.session import current_work
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError, Invalid
from crm_core.kernel.i18n import _
from crm_core.resource import derived
from crm_core.resource.changes import History, unscoped
from crm_core.resource.exchange import items as rows_of_items
from crm_core.resource.exchange import refresh
from crm_core.resource.exchange.frames import PURE, Frame, column, reference
from crm_core.resource.exchange.items import FOREIGN_ID, PUBLIC_ID, Item, Options, Outcome, Target, reason, told
from crm_core.resource.exchange.knowing import Knowing
from crm_core.resource.exchange.likely import Likely
from crm_core.resource.exchange.models import ForeignId
from crm_core.resource.exchange.table import Row
from crm_core.resource.references import RefField

__all__ = ["FOREIGN_ID", "PUBLIC_ID", "Importer", "Item", "Options", "Outcome", "Target"]

SHOWN = 20  # rows that a plan shows
_NONE: dict[str, Any] = {}
Ahead = dict[derived.Key, dict[str, Any]]


class Importer(Knowing):
    """Imports into one resource. Subclasses know records again by more than ids and take parts along."""

    careful = True  # False: `write` may raise Redo, then its transaction goes and the batch is done anew

    def __init__(self, resource: Any, mapping: Mapping[int, str], values: Mapping[str, Mapping[str, str]], options: Options) -> None:
        self.resource = resource
        self.mapping = dict(mapping)
        self.options = options
        self.likely = Likely(resource)
        self.targets = {t.name: t for t in self.all_targets(resource)}
        self.replace = values  # target → {text: text to take instead}
        self.width = 0  # cells of the heading; a row with more of them is broken
        self.numbers = {n for n, f in resource.all_fields.items() if f.kind == "number_series"}
        self.known_by = [n for n in dict.fromkeys((*resource.known_by, *sorted(self.numbers))) if n in resource.all_fields]
        self.repeated = [d.name for d in resource.lines if d.repeats]
        self._ids: dict[str, dict[Any, Any]] = {}  # target → name in the file → id, or None

    # --- what can be mapped ---------------------------------------------------------------------------------------

    @classmethod
    def all_targets(cls, resource: Any) -> list[Target]:
        """Everything a column can go to, in the order of the form."""
        fields = resource.fields(writing=True)
        order = [n for s in resource.form for n in s.fields if n in fields] or list(fields)
        names = [*order, *(n for n in fields if n not in order)]
        found = [Target(n, fields[n].label, fields[n], required=fields[n].required and fields[n].default is None) for n in names]
        for declared in resource.lines:
            child = resource.line_resource(declared.name)
            found += [
                Target(f"{declared.name}.{n}", child.all_fields[n].label, child.all_fields[n], group=declared.name) for n in declared.columns
            ]
        found.append(Target(PUBLIC_ID, _("Our id (from an export)"), None))
        found.append(Target(FOREIGN_ID, _("Id in the other system"), None))
        return found

    def pools(self) -> Mapping[int, str]:
        """Public pools that new records may go into. For subclasses."""
        return {}

    @property
    def missing(self) -> list[Target]:
        """Required targets that no column goes to."""
        mapped = set(self.mapping.values())
        return [t for t in self.targets.values() if t.required and t.name not in mapped and not t.group]

    def tables(self) -> dict[str, sa.Table]:
        """The tables behind the groups of targets."""
        return {"": self.resource.table, **{d.name: self.resource.line_resource(d.name).table for d in self.resource.lines}}

    # --- one batch: before the lock ---------------------------------------------------------------------------------

    def asks(self) -> list[tuple[int, derived.Key, str]]:
        """What the process that reads the file can work out along the way: column, derived column, the pure function."""
        found = []
        tables = self.tables()
        for at, name in self.mapping.items():
            target = self.targets.get(name)
            if target is None or target.field is None or target.group not in tables:
                continue
            table = tables[target.group]
            for name_of, source, how in derived.of(table):
                if source == target.field.column and how.__module__.startswith(PURE):
                    found.append((at, (table.name, name_of), reference(how)))
        return found

    def ahead(self, asks: Sequence[tuple[int, derived.Key, str]], frame: Frame, known: Ahead) -> None:
        """Take over what was worked out with a frame."""
        for (at, key, _how), results in zip(asks, frame.derived, strict=True):
            known.setdefault(key, {}).update(zip(column(frame.rows, at), results, strict=True))

    def parse(self, rows: Sequence[Row]) -> list[Item]:
        """Texts to values, column by column; what cannot be taken is a fault of its row. No database."""
        return rows_of_items.parse(rows, self.mapping, self.targets, self.replace, self.width)

    def resolve(self, items: list[Item]) -> None:
        """Names to ids: one query a reference column, and only for names not met before in this import. The write path
        asks for the ids once more, within its lock."""
        for name in set(self.mapping.values()):
            target = self.targets.get(name)
            if target is None or not isinstance(target.field, RefField):
                continue
            short, group, known = target.short, target.group, self._ids.setdefault(name, {})
            there = [(values, item) for item in items if short in (values := item.groups.get(group, _NONE))]
            if wanted := {values[short] for values, _item in there} - known.keys():
                known |= dict.fromkeys(wanted) | self.resolve_reference(target, wanted)
            for values, item in there:
                wanted_name = values[short]
                found = known[wanted_name]
                if found is None:
                    del values[short]
                    item.strange.append((target, str(wanted_name)))
                else:
                    values[short] = found
        for item in items:
            if item.strange:
                self._strange(item)

    def _strange(self, item: Item) -> None:
        """Words nobody knows: kept in the remark, or a reason to refuse the row; never guessed, never lost."""
        keep = self.options.unknown == "note" and "note" in self.targets
        for target, text in item.strange:
            if keep and not target.required:
                values = item.groups.setdefault("", {})
                line = f"{target.label}: {text}"
                values["note"] = f"{values['note']}\n{line}" if values.get("note") else line
            else:
                item.faults.append(reason(_("“%(value)s” is not known.", value=text), target))

    def resolve_reference(self, target: Target, wanted: set[Any]) -> dict[Any, Any]:
        """Ids of what a column names."""
        assert target.field is not None
        return target.field.resolve(wanted)

    # --- one batch: within the lock ---------------------------------------------------------------------------------

    def write(self, items: list[Item]) -> Outcome:
        """Write one resolved batch inside the running change; every row ends in exactly one count."""
        self.know(items)
        outcome = Outcome()
        ready: list[Item] = []
        for item in items:
            fate = self.fate(item)
            if fate == "refused":
                outcome.refuse(item, item.faults)
            elif fate == "doubtful":
                outcome.doubt(item)
            elif fate == "left":
                outcome.left += 1
            elif fate == "same":
                outcome.same += 1
            else:
                ready.append(item)
        self._write(ready, outcome)
        return outcome

    def fate(self, item: Item) -> str:
        """What becomes of a row that was looked for: refused, doubtful, left, same (what is there stays), updated or new."""
        if item.faults:
            return "refused"
        if item.left:
            return "left"
        if item.doubt is not None:
            said = self.options.rows.get(str(item.line)) or self.options.doubtful
            if said == "leave":
                return "left"
            if said == "same" and item.doubt[1] is not None:
                item.row_id = item.doubt[1]
            elif said != "new":
                return "doubtful"
        if item.row_id is not None and self.options.existing == "skip":
            return "same"
        return "updated" if item.row_id is not None or item.twin is not None else "new"

    def plan(self, items: list[Item]) -> Outcome:
        """What `write` would do, without writing."""
        self.resolve(items)
        self.know(items)
        outcome = Outcome(unknown=rows_of_items.words(items))
        for item in items:
            state, note = self.fate(item), item.doubt[0] if item.doubt is not None else ""
            if state == "new" and (lacking := self._lacking(item)):
                item.faults, state = lacking, "refused"
            if item.doubt is not None and len(outcome.doubts) < SHOWN:
                outcome.doubts.append((item.line, item.cells, *item.doubt))
            if state == "refused":
                note = told(item.faults)
                outcome.refuse(item, item.faults)
            elif state == "doubtful":
                outcome.doubt(item)
            else:
                setattr(outcome, state, getattr(outcome, state) + 1)
            if len(outcome.preview) < SHOWN:
                outcome.preview.append((item.line, state, {"note": note}))
        return outcome

    def _lacking(self, item: Item) -> list[list[str]]:
        values = item.groups.get("", {})
        return [reason(_("This is required."), t) for t in self.targets.values() if t.required and not values.get(t.name)]

    # --- writing ----------------------------------------------------------------------------------------------------

    def _write(self, items: list[Item], outcome: Outcome) -> None:
        """New and known records first, then rows that mean a record made here a moment ago."""
        while items:
            self._write_all([i for i in items if i.twin is None], outcome)
            twins = [i for i in items if i.twin is not None]
            for item in twins:
                item.row_id, item.twin = item.twin.row_id, None  # type: ignore[union-attr]
            self._write_all([i for i in twins if i.row_id is not None], outcome)
            items = [i for i in twins if i.row_id is None]  # the one before them was refused, so they stand for themselves
            self.know(items)

    def _write_all(self, items: list[Item], outcome: Outcome) -> None:
        """Write rows of different records as one set; those that are refused are taken out and told, until the rest is in."""
        while items:
            before = [item.row_id for item in items]
            try:
                with attempt(current_work().session, CrmError, careful=self.careful):
                    changed = self._attempt(items)
            except CrmError as refused:
                if isinstance(refused, Invalid) and (len(items) == 1 or refused.details.get("rows")):
                    items = self._set_aside(items, before, refused, outcome)
                    continue
                if len(items) == 1:
                    outcome.refuse(items[0], [reason(refused)])
                    return
                for item, row_id in zip(items, before, strict=True):  # one is not ours to change, or its key was taken just now: find it
                    item.row_id = row_id
                    self._write_all([item], outcome)
                return
            for item, row_id in zip(items, before, strict=True):
                if row_id is None:
                    outcome.new += 1
                elif item.row_id in changed:
                    changed.discard(item.row_id)
                    outcome.updated += 1
                else:
                    outcome.same += 1
            return

    def _attempt(self, items: list[Item]) -> set[int]:
        """The set through the write path, with what belongs to it. Several rows of one record are written as one, the later
        over the earlier. Returns the records that were there and are changed."""
        last: dict[int, Item] = {}
        for item in items:
            if item.row_id is not None:
                if (earlier := last.get(item.row_id)) is not None:
                    item.groups[""] = {**earlier.groups[""], **item.groups[""]}
                    item.before = [*earlier.before, earlier.groups]
                last[item.row_id] = item
        written = [item for item in items if item.row_id is None or last[item.row_id] is item]
        known = [item.row_id for item in written if item.row_id is not None]
        mark = current_work().session.scalar(sa.select(sa.func.max(History.id))) if known else 0
        rows = [self.row(item) for item in written]
        self._continue(written, rows)
        if self.options.existing == "refresh":
            refresh.keep_own(self.resource, rows)
        try:
            ids = self.resource.write(rows, kind="import")
        except Invalid as bad:
            places = {id(item): at for at, item in enumerate(items)}
            raise _told(bad, {n: places[id(item)] for n, item in enumerate(written)}) from None
        for item, row_id in zip(written, ids, strict=True):
            item.made, item.row_id = item.row_id is None, row_id
        self._foreign(items)
        self.follow(items)
        if not known:
            return set()
        return set(current_work().session.scalars(sa.select(History.row_id).where(
            History.id > (mark or 0), History.resource == self.resource.name, bulk.among(History.row_id, known))))

    def _set_aside(self, items: list[Item], before: list[int | None], bad: Invalid, outcome: Outcome) -> list[Item]:
        faults: Mapping[int, Mapping[str, Sequence[Any]]] = bad.details.get("rows") or {0: bad.fields or {"": [bad.message]}}
        for at, found in faults.items():
            reasons = [reason(m, self.targets[n]) if n in self.targets else [n, str(m), ""] for n, ms in found.items() for m in ms]
            outcome.refuse(items[at], reasons)
        for item, row_id in zip(items, before, strict=True):
            item.row_id = row_id
        return [item for at, item in enumerate(items) if at not in faults]

    def row(self, item: Item) -> dict[str, Any]:
        """The row for the write path. A record that is there keeps its number and its lines."""
        values = item.groups[""]
        if item.row_id is not None:
            if self.options.empty == "clear":
                values = {**dict.fromkeys(self._emptied(item)), **values}
            return {**{name: value for name, value in values.items() if name not in self.numbers}, "id": item.row_id}
        lines = {d.name: [item.groups[d.name]] for d in self.resource.lines if d.name in item.groups}
        return {**values, **lines} if lines else values

    def _emptied(self, item: Item) -> list[str]:
        """Fields whose cells are empty and that may be."""
        words = {target.name for target, _text in item.strange}
        return [
            name for at, name in self.mapping.items()
            if (t := self.targets.get(name)) is not None and not t.group and t.field is not None and not t.field.required and t.field.default is None
            and name not in words
            and not (at < len(item.cells) and item.cells[at].strip())
        ]

    def _continue(self, items: Sequence[Item], rows: Sequence[dict[str, Any]]) -> None:
        """Rows with the head of a record that this import has made bring further lines of it; one that was there before keeps
        its own."""
        wanted = {item.row_id: at for at, item in enumerate(items) if item.row_id is not None and any(n in item.groups for n in self.repeated)}
        if not wanted:
            return
        made = set(current_work().session.scalars(sa.select(History.row_id).where(
            History.change_id == current_work().info["change"], History.resource == self.resource.name, History.verb == "create",
            bulk.among(History.row_id, wanted))))
        for name in self.repeated:
            child, link = self.resource.line_resource(name), self.resource.link_column(name)
            query = sa.select(child.table.c.id, child.table.c[link]).where(bulk.among(child.table.c[link], made), child.table.c.deleted_at.is_(None))
            have: dict[int, list[dict[str, Any]]] = {}
            for line_id, parent_id in current_work().session.execute(query.order_by(child.table.c.id), execution_options=unscoped("lines of an import")):
                have.setdefault(parent_id, []).append({"id": line_id})
            for row_id in made:
                item = items[wanted[row_id]]
                rows[wanted[row_id]][name] = [*have.get(row_id, ()), *(groups[name] for groups in (*item.before, item.groups) if name in groups)]

    def follow(self, items: list[Item]) -> None:
        """After the records of a set are written: parts, tags. For subclasses. Raises Invalid whose "rows" are positions in
        `items`."""

    def _foreign(self, items: list[Item]) -> None:
        rows = {
            i.foreign_id: {"source": self.options.source, "ref": i.foreign_id, "resource": self.resource.name, "resource_id": i.row_id}
            for i in items if i.foreign_id
        }
        if not rows:
            return
        mine = ForeignId.resource == self.resource.name, ForeignId.source == self.options.source, bulk.among(ForeignId.ref, sorted(rows), sa.Text)
        have = set(current_work().session.scalars(sa.select(ForeignId.ref).where(*mine)))
        now = clock.now()
        if have:
            current_work().session.execute(sa.update(ForeignId.__table__).where(*mine).values(at=now))
        bulk.insert(ForeignId.__table__, [{**row, "at": now} for ref, row in rows.items() if ref not in have])


def _told(bad: Invalid, places: Mapping[int, int]) -> Invalid:
    """The same refusal, its rows counted as in the whole set."""
    rows = bad.details.get("rows")
    if not rows:
        return bad
    return Invalid(bad.fields, bad.message, rows={places[at]: found for at, found in rows.items()})
