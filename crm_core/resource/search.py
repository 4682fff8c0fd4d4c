"""Full-text search under rights: one document a record, a stream of tokens that both engines index alike.

Every token begins with two characters that say of which resource it is, so a word is looked for among customers and not
among everything. Scope tokens (`o_7 d_3 t_5`) stand in the same stream, so a narrow actor does not pay for common words;
hits go through the gated select again. An import marks its records as waiting and a job follows, so no row waits for the index.
"""

import string
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import bulk, inside
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.ids import reserve_ids
from crm_core.data.mixins import BRANCHES, GIVER, is_scoped
from crm_core.data.session import current_work
from crm_core.kernel import belongings
from crm_core.kernel.i18n import LANGUAGES, in_language
from crm_core.kernel.jobs import later
from crm_core.kernel.models import JobRow
from crm_core.kernel.pace import Pace
from crm_core.kernel.pace import bulk as bulk_work
from crm_core.kernel.site import site
from crm_core.resource import sharing, stretches, twinkeys
from crm_core.resource.changes import unscoped
from crm_core.text import tokens

FOLLOW_AT_ONCE, BEHIND_AT_ONCE = 100, 10  # larger sets are indexed by the job; what a job writes, while people wait for the lock, sooner


class Document(Model):
    """What search knows of one record. On SQLite `core_search_fts` mirrors `tokens`; on PostgreSQL `vector` holds them."""

    __tablename__ = "core_search"
    id: Mapped[int] = mapped_column(t.IdType, primary_key=True)
    resource: Mapped[str] = mapped_column(sa.String(80))
    record_id: Mapped[t.Id]
    tokens: Mapped[str] = mapped_column(sa.Text())
    # The scope of the record: a reach of many values is asked of the documents, before their records are looked for.
    owner_id: Mapped[t.Id | None]
    department_id: Mapped[t.Id | None]
    team_id: Mapped[t.Id | None]
    giver_id: Mapped[t.Id | None]
    __table_args__ = (
        sa.Index("uq_core_search_record", "resource", "record_id", unique=True),
        sa.Index("ix_core_search_newest", "resource", "id"),
    )


class Waiting(Model):
    """Records whose document is not up to date yet."""

    __tablename__ = "core_search_waiting"
    id: Mapped[int] = mapped_column(t.IdType, primary_key=True)
    resource: Mapped[str] = mapped_column(sa.String(80))
    record_id: Mapped[t.Id]


SCOPE_TOKENS = {"owner_id": "o_", "department_id": "d_", "team_id": "t_", GIVER: "v_"}


def concerns(resource: Any, columns: Iterable[str]) -> bool:
    """Whether a change of these columns changes what search knows of a record."""
    return not _indexed(resource).isdisjoint(columns)


def _indexed(resource: Any) -> set[str]:
    return {resource.all_fields[name].column for name in resource.search} | twinkeys.columns(resource) | {*BRANCHES, "merged_into_id"}


def follow(resource: Any, ids: Sequence[int], *, fresh: bool = False) -> None:
    """Keep the documents of written records true: small sets now, large ones by a job. `fresh`: they were made just now."""
    if not resource.search or not ids:
        return
    if len(ids) <= (BEHIND_AT_ONCE if current_work().background else FOLLOW_AT_ONCE):
        index(resource, ids, fresh=fresh)
        return
    bulk.insert_each(table_of(Waiting), "record_id", ids, resource=resource.name)
    # One that waits will see these rows; one that runs may be just about to end without them.
    waits = sa.select(JobRow.id).where(JobRow.name == "core.search", JobRow.state == "queued").limit(1)
    if current_work().session.execute(waits).first() is None:
        later("core.search", {})


def index(resource: Any, ids: Sequence[int], ready: Mapping[tuple[Any, ...], str] | None = None, *, fresh: bool = False) -> None:
    """Write the documents of these records from what the table says now. `ready`: documents that were made before."""
    faces = _faces(resource)
    makes = [(face.name, documents(face)) for face in faces]
    carried = [column for column in BRANCHES if column in resource.table.c] if is_scoped(resource.model) else []
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        rows, shared = _rows(resource, part, lock=True), sharing.tokens_of(resource, part)
        values = [
            {"resource": name, "record_id": row.id, "tokens": (ready or {}).get((name, *row)) or document(row._mapping), **{c: row._mapping[c] for c in carried}}
            for row in rows for name, document in makes
        ]
        for value in values if shared else ():
            kind = kind_of(value["resource"])
            value["tokens"] += "".join(f" {kind}{token}" for token in shared.get(value["record_id"], ()))
        if fresh and not site().engines.is_sqlite:  # which gives a key again, so that there may be the document of one that is gone
            bulk.insert(table_of(Document), values)
        else:
            _replace([face.name for face in faces], part, values, keep={face.name for face in faces if face.is_brief})


def prepare(resource: Any, ids: Sequence[int]) -> dict[tuple[Any, ...], str]:
    """The documents as they would be now, for `index`: what takes time is done before anything is locked."""
    makes = [(face.name, documents(face)) for face in _faces(resource)]
    return {(name, *row): document(row._mapping) for row in _rows(resource, ids, lock=False) for name, document in makes}


def _faces(resource: Any) -> list[Any]:
    return [face for face in (resource, resource.brief_resource) if face is not None and face.search]


def _rows(resource: Any, ids: Sequence[int], *, lock: bool) -> Sequence[sa.Row[Any]]:
    """What the documents are made from. With shared locks: a row that is being written is waited for, so an older document
    never replaces a newer one."""
    table = resource.table
    wanted = _indexed(resource)
    names = dict.fromkeys(["id", *(c.key for c in table.columns if c.key in wanted), *sorted(filter(inside.is_inside, wanted))])
    query = sa.select(*(inside.column(table, name).label(name) for name in names)).where(
        bulk.among(table.c.id, ids), table.c.deleted_at.is_(None), table.c.merged_into_id.is_(None))
    query = query.order_by(table.c.id).with_for_update(read=True) if lock else query
    return current_work().session.connection().execute(query, execution_options=unscoped("search index")).all()


def _replace(faces: list[str], records: Sequence[int], values: list[dict[str, Any]], keep: set[str]) -> None:
    """New documents in place of the old; on SQLite the index beside the table is told row by row (triggers may not touch
    a virtual table while `trusted_schema` is off, and it stays off). Those of briefs (`keep`) stay at their keys: hits come
    newest first, and their order must not tell which of others' records was changed last."""
    conn = current_work().session.connection()
    sqlite = conn.dialect.name == "sqlite"
    docs = Document.__table__
    old = sa.and_(docs.c.resource.in_(faces), bulk.among(docs.c.record_id, records))
    rows: Sequence[Any] = conn.execute(sa.select(docs.c.id, docs.c.resource, docs.c.record_id, docs.c.tokens).where(old)).all() if sqlite or keep else ()
    if sqlite and rows:
        conn.execute(_FTS_DELETE, [{"id": row.id, "tokens": row.tokens} for row in rows])
    kept = {(row.resource, row.record_id): row.id for row in rows if row.resource in keep}
    fresh = sum((value["resource"], value["record_id"]) not in kept for value in values)
    keys = iter(reserve_ids(docs, fresh) if fresh else ())  # before the old ones go: theirs are not given again
    conn.execute(sa.delete(docs).where(old))
    if values:
        for value in values:
            value["id"] = kept.get((value["resource"], value["record_id"])) or next(keys)
        bulk.insert(docs, values)
        if sqlite:
            conn.execute(_FTS_INSERT, values)


def part(conn: sa.Connection, package: str) -> None:
    """A package is purged: the index beside the table forgets its documents before they go."""
    if conn.dialect.name == "sqlite":
        docs = table_of(Document).c
        gone = sa.select(sa.literal("delete"), docs.id, docs.tokens).where(docs.resource.startswith(f"{package}.", autoescape=True))
        words = sa.table("core_search_fts", sa.column("core_search_fts"), sa.column("rowid"), sa.column("tokens"))
        conn.execute(sa.insert(words).from_select(["core_search_fts", "rowid", "tokens"], gone), execution_options=unscoped("purge"))


belongings.parting.append(part)

_FTS_DELETE = sa.text("INSERT INTO core_search_fts(core_search_fts, rowid, tokens) VALUES ('delete', :id, :tokens)")
_FTS_INSERT = sa.text("INSERT INTO core_search_fts(rowid, tokens) VALUES (:id, :tokens)")


def documents(resource: Any) -> Callable[[Any], str]:
    """How the token stream of a row is made: words of its search fields, the tokens of its scope, the keys of what may be the
    same. What the resource says is read once for all rows."""
    fields, kind = resource.all_fields, kind_of(resource.name)
    names_of, declared = resource.search_names, [fields[name] for name in resource.search]
    marks = SCOPE_TOKENS if is_scoped(resource.model) else {}

    def document(row: Any) -> str:
        texts, names, numbers = [], [], []
        for field in declared:
            value = row[field.column]
            if not value:
                continue
            if field.kind == "phone":
                numbers.append(value)
            elif field.name in names_of:
                names += _said(field, value)
            else:
                texts.append(words_of(field, value))
        found = tokens.document(texts, names=names, phones=numbers)
        found += [f"{mark}{row[column]}" for column, mark in marks.items() if row.get(column) is not None]
        if resource.duplicates:
            found += twinkeys.tokens(resource, fields, row)
        return kind + f" {kind}".join(found) if found else ""

    return document


def words_of(field: Any, value: Any) -> str:
    """The text of a value that is indexed, and that a hit is compared with."""
    return " ".join(_said(field, value))


def _said(field: Any, value: Any) -> list[str]:
    """How a value reads: of choices and other words that the program translates, in every language."""
    if field.kind not in ("choice", "choices", "enum", "preset_name"):
        return [str(value)]
    found = []
    for name in LANGUAGES:
        with in_language(name):
            found.append(field.show(value))
    return list(dict.fromkeys(found))


@cache
def kind_of(name: str) -> str:
    """The two characters that begin every token of a resource. Two resources may share them: the hits of the other are
    left out when they meet their records."""
    number = zlib.crc32(name.encode()) % 36**2
    return _MARKS[number // 36] + _MARKS[number % 36]


_MARKS = string.digits + string.ascii_lowercase


def catch_up(job: Any) -> None:
    """The job: index what waits, in batches short enough for people to write between them."""
    table, pace, done = table_of(Waiting), Pace(job, most=2_000), 0
    with bulk_work():
        while True:
            waits = sa.select(table.c.id, table.c.resource, table.c.record_id).order_by(table.c.id).limit(pace.size)
            rows = current_work().session.connection().execute(waits).all()
            if not rows:
                settle()
                return
            ready = {name: prepare(resource, ids) for resource, name, ids in _groups(rows)}
            with pace.write() as session:
                # Another worker may be at the same rows.
                mine = sa.select(table.c.id).where(bulk.among(table.c.id, [row.id for row in rows]))
                held = set(session.connection().execute(mine.with_for_update(skip_locked=True)).scalars())
                for resource, name, ids in _groups([row for row in rows if row.id in held]):
                    index(resource, ids, ready[name])
                session.execute(sa.delete(table).where(bulk.among(table.c.id, held)))
                done += len(rows)
                job.progress(done)


def settle() -> None:
    """PostgreSQL puts what is new into a list that every question reads, and from there into the index when it has grown to a
    quarter of a megabyte, a hundred documents. Outside of a transaction: put there now what is in it."""
    mine = current_work()
    if not mine.engines.is_sqlite:
        with mine.engines.write.begin() as conn:
            conn.execute(_SETTLE)


_SETTLE = sa.text("SELECT gin_clean_pending_list(oid) FROM pg_class WHERE oid = to_regclass('ix_core_search_vector') AND pg_has_role(relowner, 'USAGE')")


def _groups(rows: Sequence[Any]) -> list[tuple[Any, str, list[int]]]:
    """Waiting records by resource, as far as anybody offers it now."""
    groups: dict[str, dict[int, None]] = {}
    for row in rows:
        groups.setdefault(row.resource, {})[row.record_id] = None
    known = site().registry.resources
    return [(known[name], name, list(ids)) for name, ids in groups.items() if name in known]


def install_index(connection: sa.Connection) -> list[str]:
    """The statements that make the index beside the table, for the first migration."""
    if connection.dialect.name == "sqlite":
        return [
            (
                "CREATE VIRTUAL TABLE core_search_fts USING fts5(tokens, content='core_search', content_rowid='id', "
                "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_~'\", prefix='3')"
            ),
        ]
    return [
        (
            "ALTER TABLE core_search ADD COLUMN vector tsvector GENERATED ALWAYS AS "
            f"(array_to_tsvector(array_remove(string_to_array(tokens, ' '), '') || {stretches.marks()})) STORED"
        ),
        "CREATE INDEX ix_core_search_vector ON core_search USING gin (vector) WITH (gin_pending_list_limit = 256)",
    ]
