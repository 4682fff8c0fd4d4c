"""Full-text search under rights: one document a record, a stream of tokens that both engines index alike.

Scope tokens (`o_7 d_3 t_5`) stand in the same stream, so a narrow actor does not pay for common words; hits go through
the gated select again. An import marks its records as waiting and a job follows, so no row waits for the index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.access.gate import scope_for
from crm_core.data import bulk
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.ids import reserve_ids
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import current_work
from crm_core.kernel.jobs import later
from crm_core.kernel.models import JobRow
from crm_core.resource.changes import unscoped
from crm_core.text import tokens

BRANCH_LIMIT = 50  # more scope values than these are checked after the match
FOLLOW_AT_ONCE = 100  # larger sets are indexed by the job


class Document(Model):
    """What search knows of one record. On SQLite `core_search_fts` mirrors `tokens`; on PostgreSQL `vector` holds them."""

    __tablename__ = "core_search"
    id: Mapped[int] = mapped_column(t.IdType, primary_key=True)
    resource: Mapped[str] = mapped_column(sa.String(80))
    record_id: Mapped[t.Id]
    tokens: Mapped[str] = mapped_column(sa.Text())
    __table_args__ = (sa.Index("uq_core_search_record", "resource", "record_id", unique=True),)


class Waiting(Model):
    """Records whose document is not up to date yet."""

    __tablename__ = "core_search_waiting"
    id: Mapped[int] = mapped_column(t.IdType, primary_key=True)
    resource: Mapped[str] = mapped_column(sa.String(80))
    record_id: Mapped[t.Id]


@dataclass(frozen=True)
class Hit:
    resource: Any
    id: int
    label: str


_TOKENS = {"owner_id": "o_", "department_id": "d_", "team_id": "t_"}


def concerns(resource: Any, columns: Iterable[str]) -> bool:
    """Whether a change of these columns changes what search knows of a record."""
    return not _indexed(resource).isdisjoint(columns)


def _indexed(resource: Any) -> set[str]:
    return {resource.all_fields[name].column for name in resource.search} | {*SCOPE_COLUMNS, "merged_into_id"}


def follow(resource: Any, ids: Sequence[int]) -> None:
    """Keep the documents of written records true: small sets now, large ones by a job."""
    if not resource.search or not ids:
        return
    if len(ids) <= FOLLOW_AT_ONCE:
        index(resource, ids)
        return
    bulk.insert_each(table_of(Waiting), "record_id", ids, resource=resource.name)
    # One that waits will see these rows; one that runs may be just about to end without them.
    waits = sa.select(JobRow.id).where(JobRow.name == "core.search", JobRow.state == "queued").limit(1)
    if current_work().session.execute(waits).first() is None:
        later("core.search", {})


def index(resource: Any, ids: Sequence[int]) -> None:
    """Write the documents of these records from what the table says now."""
    session = current_work().session
    table = resource.table
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        found = session.execute(sa.select(table).where(table.c.id.in_(part)), execution_options=unscoped("search index"))
        rows = [r for r in found.mappings() if r["deleted_at"] is None and r["merged_into_id"] is None]
        faces = [face for face in (resource, resource.brief_resource) if face is not None and face.search]
        values = [
            {"resource": face.name, "record_id": row["id"], "tokens": document(face, row)} for face in faces for row in rows
        ]
        _replace([face.name for face in faces], part, values)


def _replace(faces: list[str], records: Sequence[int], values: list[dict[str, Any]]) -> None:
    """New documents in place of the old; on SQLite the index beside the table is told row by row (triggers may not touch
    a virtual table while `trusted_schema` is off, and it stays off)."""
    session = current_work().session
    sqlite = session.connection().dialect.name == "sqlite"
    docs = Document.__table__
    old = sa.and_(docs.c.resource.in_(faces), docs.c.record_id.in_(records))
    if sqlite:
        rows = session.execute(sa.select(docs.c.id, docs.c.tokens).where(old)).mappings().all()
        if rows:
            session.connection().execute(_FTS_DELETE, [dict(r) for r in rows])
    session.execute(sa.delete(docs).where(old))
    if values:
        for value, key in zip(values, reserve_ids(docs, len(values)), strict=True):
            value["id"] = key
        session.execute(sa.insert(docs), values)
        if sqlite:
            session.connection().execute(_FTS_INSERT, [{"id": v["id"], "tokens": v["tokens"]} for v in values])


_FTS_DELETE = sa.text("INSERT INTO core_search_fts(core_search_fts, rowid, tokens) VALUES ('delete', :id, :tokens)")
_FTS_INSERT = sa.text("INSERT INTO core_search_fts(rowid, tokens) VALUES (:id, :tokens)")


def document(resource: Any, row: Any) -> str:
    """The token stream of one row: words of its search fields and the tokens of its scope."""
    texts, names, numbers = [], [], []
    for name in resource.search:
        field = resource.all_fields[name]
        value = row[field.column]
        if not value:
            continue
        if field.kind == "phone":
            numbers.append(value)
        elif name in resource.search_names:
            names.append(value)
        else:
            texts.append(field.show(value) if field.kind in ("choice", "enum") else str(value))
    found = tokens.document(texts, names=names, phones=numbers)
    found.append(kind_token(resource.name))
    if is_scoped(resource.model):
        found += [f"{mark}{row[column]}" for column, mark in _TOKENS.items() if row[column] is not None]
    return " ".join(found)


def kind_token(name: str) -> str:
    """The token that every document of a resource carries: `r_core_customer_brief`."""
    return "r_" + name.replace(".", "_")


def waiting() -> int:
    """How many records are not searchable yet (bounded)."""
    query = sa.select(sa.func.count()).select_from(sa.select(Waiting.id).limit(100_000).subquery())
    return int(current_work().session.execute(query).scalar_one())


def catch_up(job: Any) -> None:
    """The job: index what waits, in batches short enough for people to write between them."""
    from crm_core.data.session import writing
    from crm_core.kernel.site import site

    done = 0
    while True:
        with writing() as session:
            rows = session.execute(sa.select(Waiting.id, Waiting.resource, Waiting.record_id).order_by(Waiting.id).limit(500)).all()
            groups: dict[str, list[int]] = {}
            for row in rows:
                groups.setdefault(row.resource, []).append(row.record_id)
            for name, ids in groups.items():
                resource = site().registry.resources.get(name)
                if resource is not None:
                    index(resource, list(dict.fromkeys(ids)))
            if rows:
                session.execute(sa.delete(table_of(Waiting)).where(table_of(Waiting).c.id.in_([row.id for row in rows])))
        if not rows:
            return
        done += len(rows)
        job.progress(done, None)


def match(resource: Any, text: str) -> "Match | None":
    """The condition that finds `text` among records of this resource; None when it has nothing to look for."""
    query = tokens.query(text)
    if query is None:
        return None
    session = current_work().session
    extra: list[str] | None = None
    if is_scoped(resource.model) and not session.system:
        scope = scope_for(session.actor, resource.model)
        if scope.nothing:
            return None
        if not scope.everything and len(scope.pairs) <= BRANCH_LIMIT:
            extra = [f"{_TOKENS[column]}{value}" for column, value in scope.pairs]
    sqlite = session.connection().dialect.name == "sqlite"
    said = query.fts5(extra_any=extra) if sqlite else query.pg(extra_any=extra)
    home = kind_token(resource.name)  # without it a common word of another resource would be walked through first
    return Match(resource.name, query, f'({said}) AND "{home}"' if sqlite else f"({said}) & '{home}'", sqlite)


def needs_check(text: str) -> bool:
    """Whether hits must be compared with the text: several tokens of one word may stand apart in a document."""
    query = tokens.query(text)
    return query is not None and len(query.tokens) > 1


def holds(text: str, values: Iterable[Any]) -> bool:
    """Whether these values of a record really hold the words asked for."""
    query = tokens.query(text)
    return query is not None and query.verify(" ".join(str(v) for v in values if v))


@dataclass(frozen=True)
class Match:
    """A prepared question to the index."""

    resource: str
    query: Any
    text: str
    sqlite: bool

    def ids(self, limit: int, before: int | None = None) -> list[tuple[int, int]]:
        """(document id, record id) of the newest documents, before this document id."""
        session = current_work().session
        params = {"q": self.text, "r": self.resource, "n": limit, "b": before or 2**62}
        return [(r[0], r[1]) for r in session.execute(_FTS5 if self.sqlite else self._pg(params), params)]

    def after(self, limit: int, after: int) -> list[tuple[int, int]]:
        """The documents just newer than this one, oldest first: for going back a page."""
        params = {"q": self.text, "r": self.resource, "n": limit, "a": after}
        return [(r[0], r[1]) for r in current_work().session.execute(_FTS5_AFTER if self.sqlite else _PG_AFTER, params)]

    def _pg(self, params: dict[str, Any]) -> sa.TextClause:
        """Rare words: take all hits, then sort; common ones: walk the key. The planner cannot know which (ecosystem 5)."""
        few = current_work().session.execute(_PG_COUNT, {**params, "n": 1_000}).scalar_one()
        return _PG_FEW if few < 1_000 else _PG_MANY


_FTS5 = sa.text(
    "SELECT s.id, s.record_id FROM core_search_fts f JOIN core_search s ON s.id = f.rowid "
    "WHERE core_search_fts MATCH :q AND s.resource = :r AND f.rowid < :b ORDER BY f.rowid DESC LIMIT :n"
)
_FTS5_AFTER = sa.text(
    "SELECT s.id, s.record_id FROM core_search_fts f JOIN core_search s ON s.id = f.rowid "
    "WHERE core_search_fts MATCH :q AND s.resource = :r AND f.rowid > :a ORDER BY f.rowid LIMIT :n"
)
_PG_AFTER = sa.text(
    "SELECT id, record_id FROM core_search WHERE vector @@ CAST(:q AS tsquery) AND resource = :r AND id > :a ORDER BY id LIMIT :n"
)
_PG_COUNT = sa.text("SELECT count(*) FROM (SELECT 1 FROM core_search WHERE vector @@ CAST(:q AS tsquery) AND resource = :r LIMIT :n) x")
_PG_FEW = sa.text(
    "WITH h AS MATERIALIZED (SELECT id, record_id FROM core_search WHERE vector @@ CAST(:q AS tsquery) AND resource = :r) "
    "SELECT id, record_id FROM h WHERE id < :b ORDER BY id DESC LIMIT :n"
)
_PG_MANY = sa.text(
    "SELECT id, record_id FROM core_search WHERE vector @@ CAST(:q AS tsquery) AND resource = :r AND id < :b "
    "ORDER BY id DESC LIMIT :n"
)


def install_index(connection: sa.Connection) -> list[str]:
    """The statements that make the index beside the table, for the first migration."""
    if connection.dialect.name == "sqlite":
        return [
            (
                "CREATE VIRTUAL TABLE core_search_fts USING fts5(tokens, content='core_search', content_rowid='id', "
                "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_~'\", prefix='1')"
            ),
        ]
    return [
        (
            "ALTER TABLE core_search ADD COLUMN vector tsvector GENERATED ALWAYS AS "
            "(array_to_tsvector(array_remove(string_to_array(tokens, ' '), ''))) STORED"
        ),
        "CREATE INDEX ix_core_search_vector ON core_search USING gin (vector) WITH (gin_pending_list_limit = 65536)",
    ]


def find(text: str, resources: Iterable[Any], limit: int = 5) -> list[Hit]:
    """The newest hits of several resources, for the command search; under the rights of who asks."""
    found: list[Hit] = []
    for resource in resources:
        if not resource.search or not resource.may("read"):
            continue
        question = match(resource, text)
        if question is None:
            continue
        ids = [record for _doc, record in question.ids(limit * 4)]
        labels = resource.labels(ids) if ids else {}
        found += [Hit(resource, i, labels[i]) for i in ids if i in labels][:limit]
    return found
