"""A list as a board: its records by the words of one choice, with counts and sums. Two statements, whatever the number of
columns and cards; of long lists the first `SMALL` records are counted and summed, and that is said."""

from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm_core.data import inside
from crm_core.data.bulk import among
from crm_core.data.mixins import is_scoped
from crm_core.data.session import session
from crm_core.data.wall import marked
from crm_core.resource import listing, plans
from crm_core.resource.choices import ChoiceField
from crm_core.resource.fields import EnumField, Field, MoneyField
from crm_core.resource.filters import Filter
from crm_core.resource.references import RefField

CARDS = 50  # of a column


@dataclass
class Pile:
    """The records of one word: how many, the sums of their amounts by currency ("": that of the house), and the ids of the first of them."""

    value: Any
    count: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    by: Field
    amount: MoneyField | None
    piles: tuple[Pile, ...]
    more: bool  # there are more records than were looked at


def choice_of(resource: Any, wanted: str = "") -> Field | None:
    """The choice a board has its columns by: the one asked for, the resource's own (which may be a word of a vocabulary), its status, its first."""
    fields = resource.fields()
    found = [n for n, f in fields.items() if (f.kind in ("choice", "enum") and isinstance(f, ChoiceField | EnumField)) or (n == resource.board and _word(f))]
    for name in (wanted, resource.board, resource.status, *found):
        if name and name in found:
            return fields[name]  # type: ignore[no-any-return]
    return None


def _word(field: Field) -> bool:
    """Whether it is a reference to a vocabulary its reader may read: few rows, that everybody sees alike."""
    return isinstance(field, RefField) and field.kind == "ref" and field.resource is not None and not is_scoped(field.resource.model) and field.resource.may("read")


def amount_of(resource: Any) -> MoneyField | None:
    """The money that is summed: the first the reader sees; of records with a currency of their own the first that is in the house's, if any is."""
    found = [f for f in resource.fields().values() if isinstance(f, MoneyField)]
    return next((f for f in found if "currency" not in resource.table.c or f.info.get("house")), found[0] if found else None)


def _currency(resource: Any, amount: MoneyField | None) -> sa.ColumnElement[Any]:
    """In which currency a row's amount is; amounts of several are never one sum."""
    if amount is None or "currency" not in resource.table.c or amount.info.get("house"):
        return sa.literal("")
    return resource.table.c.currency  # type: ignore[no-any-return]


def build(query: listing.Query, by: Field) -> Board:
    """The board of what a list means. One word has one pile, empty ones too; what has no word comes first. Of a vocabulary those words have an empty
    pile that its resource names (`Resource.board_words`)."""
    resource, table = query.resource, query.resource.table
    amount = amount_of(resource)
    order = query.order
    key = table.c[order.column] if order is not None and order.column in table.c else table.c.id
    down = order is None or order.descending
    # PostgreSQL takes a bare null for a text, and has no sum of texts.
    total: sa.ColumnElement[Any] = inside.column(table, amount.column) if amount is not None else sa.cast(sa.null(), sa.BigInteger)
    inner = base(query).with_only_columns(table.c.id, inside.column(table, by.column).label("word"), total.label("amount"), _currency(resource, amount).label("currency"), key.label("key")).limit(listing.SMALL + 1).subquery()
    way = sa.desc if down else sa.asc
    ranked = sa.select(
        inner.c.id, inner.c.word, inner.c.currency, sa.func.count().over(partition_by=inner.c.word).label("n"),
        sa.func.sum(inner.c.amount).over(partition_by=(inner.c.word, inner.c.currency)).label("total"),
        sa.func.row_number().over(partition_by=inner.c.word, order_by=(inner.c.key.is_(None), way(inner.c.key), way(inner.c.id))).label("place"),
        sa.func.row_number().over(partition_by=(inner.c.word, inner.c.currency), order_by=inner.c.id).label("first"),
    ).subquery()
    asked = ranked.c.id, ranked.c.word, ranked.c.currency, ranked.c.n, ranked.c.total, ranked.c.place
    statement = sa.select(*asked).where((ranked.c.place <= CARDS) | (ranked.c.first == 1)).order_by(ranked.c.word, ranked.c.place)
    words = resource.board_words(by, query.filters) if isinstance(by, RefField) else [by.parse(code) for code, _label in by.options()]  # type: ignore[attr-defined]
    piles: dict[Any, Pile] = {by.dump(word): Pile(word) for word in words}
    for row in plans.in_time(query.sought, statement, {}):
        pile = piles.setdefault(by.dump(row.word), Pile(row.word))
        pile.count = row.n
        if row.total is not None:
            pile.totals[row.currency or ""] = int(row.total)
        if row.place <= CARDS:
            pile.ids.append(row.id)
    found = tuple(piles[word] for word in sorted(piles, key=lambda word: word is not None))
    return Board(by, amount, found, sum(pile.count for pile in found) > listing.SMALL)


def base(query: listing.Query, *more: Filter) -> sa.Select[Any]:
    """The ids a list means, of words the first `SMALL` and one; `more` is asked besides."""
    if more:
        query = replace(query, filters=[*query.filters, *more])
    if not query.text:
        return plans.select_ids(query.sought)
    table, scoped = query.resource.table, is_scoped(query.resource.model)
    ids = listing.text_ids(query, listing.SMALL + 1)
    return sa.select(table.c.id).where(among(table.c.id, ids), *plans.living(table), *([marked(table.name)] if scoped else []))


def movable(resource: Any, by: Field, ids: list[int]) -> set[int]:
    """Which of these the reader may give another word."""
    if by.name not in resource.fields(writing=True) or "update" not in resource.verbs or not resource.may("update") or not ids:
        return set()
    query = resource.visible("update").with_only_columns(resource.model.id)
    return set(session.scalars(query.where(resource.model.id.in_(ids))))
