"""From cells to values: what a column can go to, and the rows of a file under way. Nothing here asks the database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import zip_longest
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.resource.choices import ChoiceField
from crm_core.resource.exchange.table import Row
from crm_core.resource.exchange.treated import CHOICES
from crm_core.resource.fields import Bad, EnumField, Field
from crm_core.resource.references import RefField
from crm_core.text.numbers import whole

PUBLIC_ID, FOREIGN_ID = "public_id", "foreign_id"
_LINE = Field(name="", column="", label="")  # a reference in a file is a name or a code, never the number we keep it under


@dataclass(frozen=True)
class Target:
    """Something a column can be mapped to: a field of the resource, of its lines or of a part (`contact.mobile`)."""

    name: str
    label: Any
    field: Field | None
    group: str = ""  # "", the name of a lines declaration, or of a part
    required: bool = False

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(slots=True)
class Item:
    """One row of the file under way."""

    line: int
    cells: list[str]
    groups: dict[str, dict[str, Any]] = field(default_factory=lambda: {"": {}})  # "" and names of groups → values
    faults: list[list[str]] = field(default_factory=list)
    strange: list[tuple[Target, str]] = field(default_factory=list)  # words that no list and no record knows
    public_id: str = ""
    foreign_id: str = ""
    row_id: int | None = None
    twin: "Item | None" = None  # an earlier new row that makes the record this one means
    before: list[dict[str, dict[str, Any]]] = field(default_factory=list)  # groups of earlier rows that mean the same record
    doubt: tuple[str, int | None] | None = None
    keys: list[str] | None = None  # by which others that may be it are found, where they were worked out ahead
    made: bool = False  # a record was made of it
    left: bool = False  # nobody wants it
    sure: bool = False  # a person has said that it is the record `row_id`, or a new one


Kept = tuple[int, list[str], list[list[str]], int | None]
"""A row that was set aside: line, cells, its reasons, the record it may be."""


def reason(sentence: Any, target: Target | None = None) -> list[str]:
    """Why a row cannot be taken: the label of a field or "", a sentence, the name of the field, where one can be named."""
    return [str(target.label), str(sentence), target.name] if target is not None else ["", str(sentence), ""]


def told(reasons: Iterable[Sequence[str]]) -> str:
    """Reasons as one line."""
    return "; ".join(f"{label}: {text}" if label else text for label, text, *_name in reasons)


@dataclass
class Outcome:
    """What a batch came to."""

    new: int = 0
    updated: int = 0
    same: int = 0
    left: int = 0
    doubts: list[tuple[int, list[str], str, int | None]] = field(default_factory=list)  # rows that may be there, for a plan: line, cells, why, candidate
    refused: list[Kept] = field(default_factory=list)
    doubtful: list[Kept] = field(default_factory=list)
    preview: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)  # target → words of the file that mean nothing here

    def counts(self) -> dict[str, int]:
        return {"new": self.new, "updated": self.updated, "same": self.same, "left": self.left, "doubtful": len(self.doubtful), "refused": len(self.refused)}

    def add(self, other: "Outcome") -> None:
        """Another batch."""
        self.new, self.updated, self.same = self.new + other.new, self.updated + other.updated, self.same + other.same
        self.left += other.left
        self.doubts = (self.doubts + other.doubts)[:20]
        self.refused += other.refused
        self.doubtful += other.doubtful
        for name, found in other.unknown.items():
            self.unknown.setdefault(name, Counter()).update(found)
        self.preview = (self.preview + other.preview)[:20]

    def refuse(self, item: Item, reasons: list[list[str]]) -> None:
        self.refused.append((item.line, item.cells, reasons, None))

    def doubt(self, item: Item) -> None:
        assert item.doubt is not None
        self.doubtful.append((item.line, item.cells, [reason(item.doubt[0])], item.doubt[1]))


@dataclass(frozen=True)
class Options:
    """How rows are treated, as a person chose it; `CHOICES` has what each may be."""

    existing: str = "update"  # records that are there: refresh updates only what no person has changed
    doubtful: str = "skip"  # rows that may be there already: set aside, made anew, taken for the record they resemble, left out
    unknown: str = "note"  # words of lists: kept in the remark, or a reason to refuse the row
    source: str = "file"  # what the other system is called
    key: str = ""  # the one field by which records are known; "": by all that names them
    none: str = "new"  # what a row becomes whose key no record has
    several: str = "refuse"  # … and one whose key several have
    empty: str = "keep"  # what an empty cell does to a record that is there
    likely: str = "look"  # whether likely duplicates are looked for (resource/twins.py)
    pool: str = ""  # the public pool that new customers go into
    rows: Mapping[str, str] = field(default_factory=dict)  # line → what a person said of that doubtful row

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Options":
        """Of what an import keeps; of a choice that is none any more what is usual."""
        names = {one.name for one in fields(cls)}
        return cls(**{n: v for n, v in kept.items() if n in names and (n not in CHOICES or v in CHOICES[n])})


def parse(
    rows: Sequence[Row], mapping: Mapping[int, str], targets: Mapping[str, Target], replace: Mapping[str, Mapping[str, str]], width: int
) -> list[Item]:
    """Rows to items, column by column; what cannot be taken is a fault of its row. `replace`: target → {text: the text (or
    id of a record) a person chose for it}."""
    items = [Item(line, cells) for line, cells in rows]
    for item in items:
        if width and len(item.cells) > width:
            item.faults.append(reason(_("This row has %(n)s cells, the heading has %(m)s.", n=len(item.cells), m=width)))
    groups: dict[str, dict[str, list[Any]]] = {}
    columns_read = list(zip_longest(*(cells for _line, cells in rows), fillvalue=""))
    for at, name in mapping.items():
        target = targets.get(name)
        if target is None:
            continue
        texts = columns_read[at] if at < len(columns_read) else [""] * len(rows)
        if target.field is None:
            for item, text in zip(items, texts, strict=True):
                setattr(item, target.name, text.strip()[:120])
            continue
        values = _values(target, texts, items, replace.get(target.name, {}))
        columns = groups.setdefault(target.group, {})
        columns[target.short] = _joined(target, columns[target.short], values) if target.short in columns else values
    for group, columns in groups.items():
        for item, row in zip(items, _rows(columns), strict=True):
            if row or not group:
                item.groups[group] = row
    return items


def _values(target: Target, texts: Sequence[str], items: list[Item], swap: Mapping[str, str]) -> list[Any]:
    """The values of a column, None where there is none; words that nobody knows and faults go to their items."""
    wanted = target.field
    assert wanted is not None
    if isinstance(wanted, RefField):
        values, bad = _LINE.parse_all(texts)
        if swap:
            values = [swap.get(v, v) if (one := whole(swap.get(v, ""))) is None else one for v in values]
    else:
        if swap:
            texts = [swap.get(text.strip(), text) for text in texts]
        values, bad = wanted.parse_all(texts)
    word = isinstance(wanted, ChoiceField | EnumField)
    for at, fault in bad.items():
        if word:
            items[at].strange.append((target, texts[at].strip()))
        else:
            items[at].faults.append(reason(fault.message, target))
    return [None if value == [] else value for value in values] if wanted.kind == "choices" else values


def _joined(target: Target, first: list[Any], second: list[Any]) -> list[Any]:
    """Two columns that go to one target: remarks are joined, of others the first that is filled holds."""
    note = target.field is not None and target.field.kind == "note"
    return [f"{a}\n{b}" if note and a and b else b if a is None else a for a, b in zip(first, second, strict=True)]


def _rows(columns: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Columns to rows, without what is empty: a file that says nothing of a field does not touch it."""
    names = list(columns)
    for values in zip(*columns.values(), strict=True):
        yield {name: value for name, value in zip(names, values, strict=False) if value is not None}


def words(items: Iterable[Item]) -> dict[str, Counter[str]]:
    """The words nobody knows, by target."""
    found: dict[str, Counter[str]] = {}
    for item in items:
        for target, text in item.strange:
            found.setdefault(target.name, Counter())[text] += 1
    return found


__all__ = ["CHOICES", "FOREIGN_ID", "PUBLIC_ID", "Bad", "Item", "Kept", "Options", "Outcome", "Target", "parse", "words"]
