"""Imports: rows of a file become sets of the one write path.

Each batch: parse column by column → resolve words to ids → know records again → write new and changed ones → keep what
was refused or is doubtful. The place reached commits with the batch, so a killed import goes on exactly there and
nothing is written twice; everything is one change, so it is undone as a whole.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.kernel.errors import CrmError, Invalid
from crm_core.kernel.i18n import _
from crm_core.resource.changes import History, unscoped
from crm_core.resource.choices import ChoiceField
from crm_core.resource.exchange.models import ForeignId
from crm_core.resource.exchange.reader import Table
from crm_core.resource.fields import Bad, Field
from crm_core.resource.references import RefField

PUBLIC_ID, FOREIGN_ID = "public_id", "foreign_id"


@dataclass(frozen=True)
class Target:
    """Something a column can be mapped to: a field of the resource, of its lines or of a part (`contact.mobile`)."""

    name: str
    label: Any
    field: Field | None
    group: str = ""  # "", the name of a lines declaration, or of a part
    required: bool = False


@dataclass
class Outcome:
    """What a batch came to. `refused` and `doubtful`: (line, cells, [[label, sentence]], candidate id)."""

    new: int = 0
    updated: int = 0
    same: int = 0
    refused: list[tuple[int, list[str], list[list[str]], int | None]] = field(default_factory=list)
    doubtful: list[tuple[int, list[str], list[list[str]], int | None]] = field(default_factory=list)
    preview: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)  # target → words of the file that mean nothing here


@dataclass
class Item:
    """One row of the file under way."""

    line: int
    cells: list[str]
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)  # "" and names of groups → values
    faults: list[list[str]] = field(default_factory=list)
    strange: list[tuple[Target, str]] = field(default_factory=list)  # words that no list and no record knows
    public_id: str = ""
    foreign_id: str = ""
    row_id: int | None = None
    version: int | None = None
    doubt: tuple[str, int | None] | None = None


@dataclass(frozen=True)
class Options:
    """How to treat what is there: `existing` update or skip; `doubtful` skip or new; `unknown` words of lists: kept in the
    remark (note) or a reason to refuse the row (refuse); `source` names the other system."""

    existing: str = "update"
    doubtful: str = "skip"
    unknown: str = "note"
    source: str = "file"


class Importer:
    """Imports into one resource. Subclasses know records again by more than ids and take parts along."""

    def __init__(self, resource: Any, mapping: Mapping[int, str], values: Mapping[str, Mapping[str, str]], options: Options) -> None:
        self.resource = resource
        self.mapping = dict(mapping)
        self.options = options
        self.targets = {t.name: t for t in self.all_targets(resource)}
        self.replace = values  # target → {text: text to take instead}
        self.width = 0  # cells of the heading; a row with more of them is broken
        self._known: dict[str, dict[str, Any]] = {}

    # --- what can be mapped ---------------------------------------------------------------------------------------

    @classmethod
    def all_targets(cls, resource: Any) -> list[Target]:
        """Everything a column can go to, in the order of the form."""
        fields = resource.fields(writing=True)
        order = [n for s in resource.form for n in s.fields if n in fields] or list(fields)
        names = [*order, *(n for n in fields if n not in order)]
        found = [Target(n, fields[n].label, fields[n], required=fields[n].required and fields[n].default is None) for n in names]
        if "code" in resource.fields() and "code" not in fields:
            found.append(Target("code", resource.fields()["code"].label, resource.all_fields["code"]))
        for declared in resource.lines:
            child = resource.line_resource(declared.name)
            found += [
                Target(f"{declared.name}.{n}", child.all_fields[n].label, child.all_fields[n], group=declared.name) for n in declared.columns
            ]
        found.append(Target(PUBLIC_ID, _("Our id (from an export)"), None))
        found.append(Target(FOREIGN_ID, _("Id in the other system"), None))
        return found

    @property
    def missing(self) -> list[Target]:
        """Required targets that no column goes to."""
        mapped = set(self.mapping.values())
        return [t for t in self.targets.values() if t.required and t.name not in mapped and not t.group]

    # --- one batch ------------------------------------------------------------------------------------------------

    def parse(self, rows: Iterable[tuple[int, list[str]]]) -> list[Item]:
        """Texts to values, column by column; what cannot be taken is a fault of its row. No database."""
        items = [Item(line, cells) for line, cells in rows]
        for item in items:
            if self.width and len(item.cells) > self.width:
                item.faults.append(["", str(_("This row has %(n)s cells, the heading has %(m)s.", n=len(item.cells), m=self.width))])
        for column, name in self.mapping.items():
            target = self.targets.get(name)
            if target is None:
                continue
            self._column(items, column, target)
        return items

    def _column(self, items: list[Item], column: int, target: Target) -> None:
        swap = self.replace.get(target.name, {})
        known = self._known.setdefault(target.name, {})
        short = target.name.rpartition(".")[2]
        for item in items:
            text = item.cells[column] if column < len(item.cells) else ""
            text = swap.get(text.strip(), text) if swap else text
            if target.name == PUBLIC_ID:
                item.public_id = text.strip()
                continue
            if target.name == FOREIGN_ID:
                item.foreign_id = text.strip()[:120]
                continue
            assert target.field is not None
            try:
                value = known[text]
            except KeyError:
                try:
                    value = target.field.parse(text)
                except Bad as bad:
                    value = bad
                if len(known) > 20_000:
                    known.clear()
                known[text] = value
            if isinstance(value, Bad) and isinstance(target.field, ChoiceField):
                item.strange.append((target, text.strip()))
            elif isinstance(value, Bad):
                item.faults.append([str(target.label), str(value.message)])
            elif value is not None and value != []:
                values = item.groups.setdefault(target.group, {})
                if short not in values:
                    values[short] = value
                elif isinstance(value, str) and target.field.kind == "note":
                    values[short] = f"{values[short]}\n{value}"

    def resolve(self, items: list[Item]) -> None:
        """Names to ids: one query a reference column."""
        for name in set(self.mapping.values()):
            target = self.targets.get(name)
            if target is None or not isinstance(target.field, RefField):
                continue
            short = name.rpartition(".")[2]
            wanted = {v for item in items if (v := item.groups.get(target.group, {}).get(short)) is not None}
            known = self.resolve_reference(target, wanted) if wanted else {}
            for item in items:
                values = item.groups.get(target.group, {})
                value = values.get(short)
                if value is None:
                    continue
                if value in known:
                    values[short] = known[value]
                else:
                    del values[short]
                    item.strange.append((target, str(value)))
        for item in items:
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
                item.faults.append([str(target.label), str(_("“%(value)s” is not known.", value=text))])

    def resolve_reference(self, target: Target, wanted: set[Any]) -> Mapping[Any, Any]:
        """Ids of what a column names."""
        assert target.field is not None
        return target.field.resolve(wanted)

    def know(self, items: list[Item]) -> None:
        """Find the records the rows mean: by our public id, the other system's id, the code; then by likeness."""
        open_items = [i for i in items if not i.faults]
        model = self.resource.model
        self._by(open_items, lambda i: i.public_id, lambda keys: sa.select(model.public_id, model.id, model.version).where(model.public_id.in_(keys)))
        self._by(
            open_items, lambda i: i.foreign_id,
            lambda keys: sa.select(ForeignId.ref, model.id, model.version).join(model, model.id == ForeignId.resource_id).where(
                ForeignId.resource == self.resource.name, ForeignId.source == self.options.source, ForeignId.ref.in_(keys)),
        )
        if "code" in self.resource.all_fields:
            self._by(open_items, lambda i: i.groups.get("", {}).get("code"), lambda keys: sa.select(model.code, model.id, model.version).where(model.code.in_(keys)))
        self.alike([i for i in open_items if i.row_id is None])

    def _by(self, items: list[Item], key: Callable[[Item], Any], query: Callable[[list[Any]], Any]) -> None:
        wanted = {k for i in items if i.row_id is None and (k := key(i))}
        if not wanted:
            return
        found: dict[Any, tuple[int, int]] = {}
        for part in chunks(sorted(wanted), 800):
            found.update({r[0]: (r[1], r[2]) for r in current_work().session.execute(query(list(part)))})
        for item in items:
            hit = found.get(key(item)) if item.row_id is None else None
            if hit is not None:
                item.row_id, item.version = hit

    def alike(self, items: list[Item]) -> None:
        """Know further records by what they look like, or mark rows doubtful. For subclasses."""

    def write(self, items: list[Item]) -> Outcome:
        """Write one parsed batch inside the running change; every row ends in exactly one count."""
        self.resolve(items)
        self.know(items)
        outcome = Outcome()
        ready: list[Item] = []
        for item in items:
            if item.faults:
                outcome.refused.append((item.line, item.cells, item.faults, None))
            elif item.doubt is not None and self.options.doubtful != "new":
                outcome.doubtful.append((item.line, item.cells, [["", item.doubt[0]]], item.doubt[1]))
            elif item.row_id is not None and self.options.existing == "skip":
                outcome.same += 1
            else:
                ready.append(item)
        self._write(ready, outcome)
        return outcome

    def plan(self, items: list[Item]) -> Outcome:
        """What `write` would do, without writing."""
        self.resolve(items)
        self.know(items)
        outcome = Outcome()
        for item in items:
            for target, text in item.strange:
                outcome.unknown.setdefault(target.name, Counter())[text] += 1
            state = "new"
            note = ""
            if item.faults:
                state, note = "refused", "; ".join(f"{label}: {text}" if label else text for label, text in item.faults)
                outcome.refused.append((item.line, item.cells, item.faults, None))
            elif item.doubt is not None and self.options.doubtful != "new":
                state, note = "doubtful", item.doubt[0]
                outcome.doubtful.append((item.line, item.cells, [["", item.doubt[0]]], item.doubt[1]))
            elif self._lacking(item):
                state, note = "refused", str(_("This is required."))
                outcome.refused.append((item.line, item.cells, self._lacking(item), None))
            elif item.row_id is not None:
                state = "updated"
                outcome.updated += 1
            else:
                outcome.new += 1
            if len(outcome.preview) < 20:
                outcome.preview.append((item.line, state, {"note": note}))
        return outcome

    def _lacking(self, item: Item) -> list[list[str]]:
        if item.row_id is not None:
            return []
        values = item.groups.get("", {})
        return [[str(t.label), str(_("This is required."))] for t in self.targets.values() if t.required and not values.get(t.name)]

    def _write(self, items: list[Item], outcome: Outcome) -> None:
        fresh = self._twice(items, outcome)
        while fresh:
            rows = [self.row(item) for item in fresh]
            try:
                ids = self.resource.write(rows, kind="import")
            except Invalid as bad:
                faults = bad.details.get("rows") or {0: bad.fields}
                fresh = self._set_aside(fresh, faults, outcome)
                continue
            except CrmError as refused:
                if len(fresh) == 1:
                    outcome.refused.append((fresh[0].line, fresh[0].cells, [["", str(refused)]], None))
                    return
                for item in fresh:  # one of them is not ours to change: find it
                    self._write([item], outcome)
                return
            changed = self._changed([i.row_id for i in fresh if i.row_id is not None])
            for item, row_id in zip(fresh, ids, strict=True):
                if item.row_id is None:
                    outcome.new += 1
                elif item.row_id in changed:
                    outcome.updated += 1
                else:
                    outcome.same += 1
                item.row_id = row_id
            self._foreign(fresh)
            self.follow(fresh, outcome)
            return

    def _changed(self, ids: list[int]) -> set[int]:
        """Those of these records that the running change really changed."""
        change = current_work().info.get("change")
        found: set[int] = set()
        for part in chunks(ids, 800):
            found.update(current_work().session.scalars(sa.select(History.row_id).where(
                History.change_id == change, History.resource == self.resource.name, History.row_id.in_(part))))
        return found

    def _twice(self, items: list[Item], outcome: Outcome) -> list[Item]:
        """A record that two rows of one batch mean is written by the last of them."""
        seen: dict[int, Item] = {}
        for item in items:
            if item.row_id is not None:
                if item.row_id in seen:
                    outcome.same += 1
                seen[item.row_id] = item
        return [i for i in items if i.row_id is None or seen[i.row_id] is i]

    def _set_aside(self, items: list[Item], faults: Mapping[int, Mapping[str, Sequence[Any]]], outcome: Outcome) -> list[Item]:
        for at, found in faults.items():
            item = items[at]
            reasons = [[str(self.targets[n].label) if n in self.targets else n, str(m)] for n, ms in found.items() for m in ms]
            outcome.refused.append((item.line, item.cells, reasons, None))
        return [item for at, item in enumerate(items) if at not in faults]

    def row(self, item: Item) -> dict[str, Any]:
        """The row for the write path."""
        values = dict(item.groups.get("", {}))
        if item.row_id is not None:
            values["id"] = item.row_id
            values.pop("code", None)
        for declared in self.resource.lines:
            lines = item.groups.get(declared.name)
            if lines and item.row_id is None:
                values[declared.name] = [dict(lines)]
        return values

    def follow(self, items: list[Item], outcome: Outcome) -> None:
        """After the records of a batch are written: parts, tags. For subclasses."""

    def _foreign(self, items: list[Item]) -> None:
        rows = [
            {"source": self.options.source, "ref": i.foreign_id, "resource": self.resource.name, "resource_id": i.row_id}
            for i in items if i.foreign_id
        ]
        if not rows:
            return
        session = current_work().session
        table = ForeignId.__table__
        for part in chunks(rows, 500):
            have = set(session.scalars(sa.select(ForeignId.ref).where(
                ForeignId.resource == self.resource.name, ForeignId.source == self.options.source, ForeignId.ref.in_([r["ref"] for r in part]))))
            fresh = list({r["ref"]: r for r in part if r["ref"] not in have}.values())
            if fresh:
                session.execute(sa.insert(table), fresh, execution_options=unscoped("foreign ids"))


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def batches(table: Table, size: Callable[[], int], after: int = 0) -> Iterator[list[tuple[int, list[str]]]]:
    """The rows of a file after line `after`, in batches whose size may change as it goes."""
    rows = (row for row in table.rows() if row[0] > after)
    while True:
        batch = list(itertools.islice(rows, size()))
        if not batch:
            return
        yield batch
