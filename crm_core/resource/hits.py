"""Asking the search index: hits newest first, under the actor's scope, his filters and the fields he may see.

One statement: the documents that hold the tokens, joined with their records. Scope tokens stand in the question when the
scope has few values, so a narrow actor does not pay for common words; the record's own columns are asked in any case.
Tokens of one word may stand apart in a document, so hits of longer words are compared with the text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work
from crm_core.data.wall import marked
from crm_core.resource.plans import Sought, execute, sought
from crm_core.resource.search import SCOPE_TOKENS, Document, kind_of, words_of
from crm_core.text import tokens

TOKEN_LIMIT = 50  # more scope values than these are checked after the match
CHUNK = 1_000
FEW = 1_000  # on PostgreSQL: up to this many documents are taken and sorted, of more the newest are walked through


@dataclass(frozen=True)
class Hit:
    """A record found: its document (newer ones have higher keys), its id and the columns asked for."""

    document: int
    id: int
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Found:
    """A hit of the command search."""

    resource: Any
    id: int
    label: str


def hits(
    resource: Any, text: str, what: Sought, columns: Sequence[sa.ColumnElement[Any]] = (), *, limit: int,
    before: int | None = None, after: int | None = None,
) -> list[Hit]:
    """The newest `limit` hits, those before a document, or those just after one (oldest of these first)."""
    question = tokens.query(text)
    if question is None or what.scope.nothing:
        return []
    names = [name for name in resource.search if name in resource.fields()]
    checked = len(names) < len(resource.search) or not question.exact
    read = [resource.table.c[resource.all_fields[name].column] for name in names] if checked else []
    holds = _checker(resource, names, question) if checked else None
    wanted, shown = [*columns, *read], len(columns)
    said = _said(resource, question, what)
    found: list[Hit] = []
    place, chunk = (before, limit if not checked else min(limit + 20, CHUNK)) if after is None else (after, limit)
    while len(found) < limit:
        rows = execute(*_statement(resource, what, said, wanted, min(chunk, 5 * CHUNK), place, newer=after is not None)).all()
        row: Any
        for row in rows:
            if holds is None or holds(row[2 + shown :]):
                found.append(Hit(row[0], row[1], tuple(row[2 : 2 + shown])))
        if len(rows) < min(chunk, 5 * CHUNK):
            break
        place, chunk = rows[-1][0], max(CHUNK, min(limit, 5 * CHUNK))
    return found[:limit]


def _checker(resource: Any, names: Sequence[str], question: Any) -> Callable[[Sequence[Any]], bool]:
    """Whether a record holds the words in the fields the actor may see."""
    fields = [resource.all_fields[name] for name in names]

    def holds(values: Sequence[Any]) -> bool:
        return bool(question.verify(" ".join(words_of(field, value) for field, value in zip(fields, values, strict=True) if value)))

    return holds


def _said(resource: Any, question: Any, what: Sought) -> str:
    """The question in the engine's words: the tokens of the text and of the scope."""
    sqlite = current_work().session.connection().dialect.name == "sqlite"
    extra = None
    if is_scoped(resource.model) and not what.scope.everything and len(what.scope.pairs) <= TOKEN_LIMIT:
        extra = [f"{SCOPE_TOKENS[column]}{value}" for column, value in what.scope.pairs]
    kind = kind_of(resource.name)
    return str(question.fts5(extra, kind) if sqlite else question.pg(extra, kind))


def _statement(
    resource: Any, what: Sought, said: str, columns: Sequence[sa.ColumnElement[Any]], limit: int, place: int | None, *, newer: bool
) -> tuple[sa.Select[Any], dict[str, Any]]:
    docs, table = table_of(Document), resource.table
    sqlite = current_work().session.connection().dialect.name == "sqlite"
    where = [marked(table.name), *what.conditions, *(table.c[name].in_(values) for name, values in what.pins)]
    if "deleted_at" in table.c:
        where.append(table.c.deleted_at.is_(None))
    where += [scope.clause(table) for scope in (what.scope, what.within) if not scope.everything]
    values: dict[str, Any] = {"q": said, "r": resource.name}
    if sqlite:
        # The plus signs keep SQLite from turning the join round: the index first, then the document, then the record.
        fts = sa.table("core_search_fts", sa.column("rowid", sa.BigInteger))
        key: Any = fts.c.rowid
        joined = fts.join(docs, docs.c.id == sa.literal_column("+core_search_fts.rowid", sa.BigInteger())).join(
            table, table.c.id == sa.literal_column("+core_search.record_id", sa.BigInteger()))
        where.append(sa.text("core_search_fts MATCH :q"))
    else:
        source: Any = docs
        matching = sa.text("core_search.vector @@ CAST(:q AS tsquery)")
        if execute(_COUNT, {"q": said, "n": FEW}).scalar_one() < FEW:
            few = sa.select(docs.c.id, docs.c.record_id).where(matching, docs.c.resource == sa.bindparam("r"))
            source = few.cte("few").prefix_with("MATERIALIZED")
        else:
            where += [matching, docs.c.resource == sa.bindparam("r")]
        key = source.c.id
        joined = sa.join(source, table, table.c.id == source.c.record_id)
    if place is not None:
        where.append(key > sa.bindparam("place") if newer else key < sa.bindparam("place"))
        values["place"] = place
    query = sa.select(key.label("document"), table.c.id.label("record"), *columns).select_from(joined).where(*where)
    return query.order_by(key.asc() if newer else key.desc()).limit(limit), values


_COUNT = sa.text("SELECT count(*) FROM (SELECT 1 FROM core_search WHERE vector @@ CAST(:q AS tsquery) LIMIT :n) counted")


def find(text: str, resources: Iterable[Any], limit: int = 5) -> list[Found]:
    """The newest hits of several resources, for the command search; under the rights of who asks."""
    found: list[Found] = []
    for resource in resources:
        if not resource.search or not resource.may("read"):
            continue
        ids = [hit.id for hit in hits(resource, text, sought(resource, ()), limit=limit)]
        labels = resource.labels(ids) if ids else {}
        found += [Found(resource, i, labels[i]) for i in ids if i in labels]
    return found

