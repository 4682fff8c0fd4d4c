"""Asking the search index: how many hits, the newest of them, or a few in any order; under the actor's scope, his filters and
the fields he may see.

Scope tokens stand in the question when the scope has few values, so a narrow actor does not pay for common words; of many values
the documents are asked, which carry the scope, so that only hits meet their records; those are asked in any case. Tokens of one word may stand apart in a document, so hits of longer words are compared with
the text: most are seen to be true by the database (`_sure`), the others are looked at here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data import inside
from crm_core.data.base import table_of
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work
from crm_core.data.wall import marked
from crm_core.resource import plans, sharing, stretches
from crm_core.resource.plans import Sought, execute, sought
from crm_core.resource.search import SCOPE_TOKENS, Document, Waiting, kind_of, words_of
from crm_core.text import tokens

TOKEN_LIMIT = 50  # more scope values than these are asked of the documents that match
CHUNK = 1_000
FEW = 1_000  # on PostgreSQL: up to this many documents are taken and sorted, of more the newest are walked through
WAITING = 10_000  # of the records that wait for being indexed, the first are looked at


class Hit(NamedTuple):
    """A record found: its document (newer ones have higher keys) and its id."""

    document: int
    id: int


class Size(NamedTuple):
    """How many hits, at most as many as were asked for; how many records wait for being indexed; the hits in order, when
    counting them meant to look at each."""

    n: int
    waiting: int
    ids: list[int] | None = None


@dataclass(frozen=True)
class Found:
    """A hit of the command search."""

    resource: Any
    id: int
    label: str


@dataclass(frozen=True)
class Look:
    """A question to the index of one resource."""

    resource: Any
    question: Any
    what: Sought
    names: tuple[str, ...]  # search fields he may see
    sqlite: bool

    @property
    def checked(self) -> bool:
        """Whether a hit is compared with the text."""
        return not self.question.exact or len(self.names) < len(self.resource.search)

    @property
    def told(self) -> bool:
        """Whether the scope stands in the question."""
        what = self.what
        return is_scoped(self.resource.model) and not what.scope.everything and len(self._tokens()) <= TOKEN_LIMIT

    @property
    def carried(self) -> bool:
        """Whether the scope is asked of the documents."""
        scope = self.what.scope
        return is_scoped(self.resource.model) and not (scope.everything or scope.shared or self.told)

    def _tokens(self) -> list[str]:
        """What the documents of his records carry. Of what is shared they may carry more than holds today: it is joined."""
        scope = self.what.scope
        found = [f"{SCOPE_TOKENS[column]}{value}" for column, value in scope.pairs]
        return found + sharing.tokens_for(current_work().session.actor) if scope.shared else found

    @property
    def joined(self) -> bool:
        """Whether the index does not know everything that is asked: then hits meet their records before they are counted."""
        what = self.what
        return bool(self.checked or what.pins or what.conditions or what.within.ways or what.scope.shared)

    def values(self) -> dict[str, Any]:
        what, kind = self.what, kind_of(self.resource.name)
        extra = self._tokens() if self.told else None
        said = self.question.fts5(extra, kind) if self.sqlite else self.question.pg(extra, kind)
        words = {f"w{at}": word.text for at, word in enumerate(self.question.words)} if self.checked else {}
        return {"q": said, "kind": kind, "r": self.resource.name, "waits": self.resource.rules_of, **words, **plans.given(what), **plans.reach(what.scope)}


def look(resource: Any, text: str, what: Sought) -> Look | None:
    """The question for a text; None when there is nothing in it to look for, or nobody's rows to look among."""
    question = tokens.query(text)
    if question is None or what.scope.nothing:
        return None
    fields = resource.fields()
    sqlite = current_work().session.connection().dialect.name == "sqlite"
    return Look(resource, question, what, tuple(n for n in resource.search if n in fields), sqlite)


Columns = Sequence[tuple[str, bool]]
"""(name, descending) of each column of an order."""


def size(one: Look | None, limit: int, columns: Columns = (), descending: bool = True) -> Size:
    """How many hits there are, at most `limit`; in this order, if they have to be looked at."""
    if one is None:
        return Size(0, 0)
    row: Any = execute(_statement(one, "size"), {**one.values(), "n": limit}).one()
    n, unsure, waiting = row
    if not unsure:
        return Size(n, waiting)
    if n < limit:
        ids = in_order(one, columns, descending)
        return Size(len(ids), waiting, ids=ids)
    found = [hit.id for hit in newest(one, limit=limit)]
    return Size(len(found), waiting, ids=plans.sort(one.resource.table, found, columns, descending) if len(found) < limit else None)


def in_order(one: Look, columns: Columns, descending: bool) -> list[int]:
    """All hits sorted by columns, null last, then by id; for questions of few hits."""
    holds = _checker(one)
    rows: Sequence[Any] = execute(_statement(one, "order", tuple(columns), descending), one.values()).all()
    return [row[0] for row in rows if row[1] == 0 or holds(row[2:])]


def newest(one: Look | None, *, limit: int, before: int | None = None, after: int | None = None, many: bool | None = None) -> list[Hit]:
    """The newest `limit` hits, those before a document, or those just after one (oldest of these first). `many`: whether there are
    so many that the newest are walked through; where not known, it is asked."""
    if one is None:
        return []
    holds = _checker(one) if one.checked else None
    values = one.values()
    if not one.sqlite and many is None:
        many = execute(_statement(one, "documents"), {**values, "n": FEW + 1}).scalar_one() > FEW
    shape = "walk" if one.sqlite or many else "few"
    found: list[Hit] = []
    place, chunk = (before, min(limit + 20, CHUNK) if holds else limit) if after is None else (after, limit)
    while len(found) < limit:
        chunk = min(chunk, 5 * CHUNK)
        direction = "newer" if after is not None else "older" if place is not None else ""
        rows: Sequence[Any] = execute(_statement(one, shape, direction=direction), {**values, "n": chunk, "place": place}).all()
        found += [Hit(row[0], row[1]) for row in rows if holds is None or row[2] == 0 or holds(row[3:])]
        if len(rows) < chunk:
            break
        place, chunk = rows[-1][0], max(CHUNK, limit)
    return found[:limit]


def _checker(one: Look) -> Callable[[Sequence[Any]], bool]:
    """Whether a record holds the words in the fields the actor may see."""
    fields = [one.resource.all_fields[name] for name in one.names]

    def holds(values: Sequence[Any]) -> bool:
        return bool(one.question.verify(" ".join(words_of(field, value) for field, value in zip(fields, values, strict=True) if value)))

    return holds


# --- statements ----------------------------------------------------------------------------------------------------------


class _Shape(NamedTuple):
    """What makes two statements the same but for their parameters."""

    form: str  # "size", "documents", "order", "walk", "few"
    table: sa.Table
    sqlite: bool
    joined: bool
    read: tuple[str, ...]  # columns that are compared with the words; none when the index is exact
    words: int
    scope: tuple[str, ...]
    wide: bool
    carried: bool
    pins: tuple[str, ...]
    within: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]
    descending: bool
    direction: str
    brief: bool


def _statement(one: Look, form: str, order: tuple[tuple[str, bool], ...] = (), descending: bool = True, direction: str = "") -> sa.Select[Any]:
    what = one.what
    joined = one.joined if form == "size" else form != "documents"
    read = tuple(one.resource.all_fields[name].column for name in one.names) if one.checked and joined else ()
    pins, within = plans.asked(what)
    shape = _Shape(
        form, one.resource.table, one.sqlite, joined, read, len(one.question.words) if one.checked else 0,
        tuple(column for column, _values in what.scope.ways), plans.is_wide(what.scope), one.carried, pins, within, order, descending, direction, one.resource.is_brief)
    return _kept(shape) if not what.conditions else _build(shape, what.conditions)


@lru_cache(maxsize=500)
def _kept(shape: _Shape) -> sa.Select[Any]:
    return _build(shape, ())


_WAYS = {"size": "long", "documents": "long"}  # which stretches are gone through


def _build(shape: _Shape, conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    docs, table, big = table_of(Document), shape.table, sa.BigInteger()
    several: Any = None
    asked = plans.reached(docs, shape.scope, wide=shape.wide) if shape.carried else []
    if shape.sqlite:
        fts = sa.table("core_search_fts", sa.column("rowid", big))
        key: Any = fts.c.rowid
        # The plus signs keep SQLite from turning the join round: the index first, then the document, then the record.
        source: Any = fts.join(docs, docs.c.id == sa.literal_column("+core_search_fts.rowid", big))
        record: Any = sa.literal_column("+core_search.record_id", big)
        where: list[Any] = [docs.c.resource == sa.bindparam("r"), sa.text("core_search_fts MATCH :q"), *asked]
        where += [_beyond(key, shape)] if shape.direction else []
    else:
        several = stretches.series(_WAYS.get(shape.form) or shape.direction or "older") if shape.form not in ("order", "few") else None
        source, where = stretches.matching(docs, *asked, *([_beyond(docs.c.id, shape)] if shape.direction else []), stretch=several is not None), []
        key, record = source.c.id, source.c.record_id
    if shape.joined:
        source = source.join(table, table.c.id == record)
        where += [marked(table.name), *plans.living(table), *plans.pinned(table, shape.pins), *plans.reached(table, shape.scope, wide=shape.wide),
                  *plans.reached(table, shape.within, "w"), *conditions]
    unsure: sa.ColumnElement[int] = sa.case((_sure(shape), 0), else_=1) if shape.read else sa.literal_column("0", sa.Integer())
    limit = sa.bindparam("n", type_=big)
    if shape.form in ("size", "documents"):
        few = sa.select(unsure.label("unsure")).select_from(source if several is None else several.join(source, sa.true())).where(*where).limit(limit).subquery()
        if shape.form == "documents":
            return sa.select(sa.func.count()).select_from(few)
        waiting = _waiting(shape).scalar_subquery()
        return sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(few.c.unsure), 0), waiting).select_from(few)
    texts = [sa.case((unsure == 0, None), else_=inside.column(table, name)) for name in shape.read]
    if shape.form == "order":
        ids = sa.select(table.c.id, unsure, *texts).select_from(source).where(*where)
        return ids.order_by(*plans.ordering(table, shape.order, shape.descending))
    if several is None:
        query = sa.select(key, table.c.id, unsure, *texts).select_from(source).where(*where)
        return query.order_by(_towards(key, shape)).limit(limit)
    found = stretches.walk(several, sa.select(key.label("key"), table.c.id.label("record")).select_from(source).where(*where).order_by(_towards(key, shape)), limit, newer=shape.direction == "newer")
    query = sa.select(found.c.key, found.c.record, unsure, *texts).order_by(_towards(found.c.key, shape))
    return query.join_from(found, table, table.c.id == found.c.record).where(marked(table.name)) if shape.read else query


def _towards(key: Any, shape: _Shape) -> Any:
    return key.asc() if shape.direction == "newer" else key.desc()


def _beyond(key: Any, shape: _Shape) -> sa.ColumnElement[bool]:
    place = sa.bindparam("place", type_=sa.BigInteger())
    return key > place if shape.direction == "newer" else key < place  # type: ignore[no-any-return]


def _waiting(shape: _Shape) -> sa.Select[Any]:
    """How many records wait that this person may see. Of a brief those that were never indexed: what else changed of others'
    records is nothing to be told of."""
    docs, table = table_of(Document), shape.table
    first = sa.select(Waiting.record_id).where(Waiting.resource == sa.bindparam("waits")).order_by(Waiting.id).limit(WAITING).subquery()
    counted = sa.select(sa.func.count(first.c.record_id.distinct()))
    if shape.brief:
        counted = counted.where(first.c.record_id.not_in(sa.select(docs.c.record_id).where(docs.c.resource == sa.bindparam("r"))))
    if not shape.scope and not shape.brief:
        return counted
    return counted.select_from(first.join(table, table.c.id == first.c.record_id)).where(
        marked(table.name), *plans.living(table), *plans.reached(table, shape.scope, wide=shape.wide))


def _sure(shape: _Shape) -> sa.ColumnElement[bool]:
    """Whether each word stands in a text as it was typed; what is written otherwise is looked at by `question.verify`."""
    place = sa.func.instr if shape.sqlite else sa.func.strpos
    texts = [sa.func.lower(column) for name in shape.read if isinstance((column := inside.column(shape.table, name)).type, sa.String)]
    return sa.and_(*(
        sa.or_(sa.false(), *(place(text, sa.bindparam(f"w{at}", type_=sa.String())) > 0 for text in texts)) for at in range(shape.words)))


def find(text: str, resources: Iterable[Any], limit: int = 5) -> list[Found]:
    """The newest hits of several resources, for the command search; under the rights of who asks."""
    found: list[Found] = []
    for resource in resources:
        if not resource.search or not resource.may("read"):
            continue
        ids = [hit.id for hit in newest(look(resource, text, sought(resource, ())), limit=limit)]
        labels = resource.labels(ids) if ids else {}
        found += [Found(resource, i, labels[i]) for i in ids if i in labels]
    return found
