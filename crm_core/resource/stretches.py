"""The search index of PostgreSQL from its newest documents on, stretch by stretch, until there are enough hits.

An index of words knows no order: all documents of a common word would be read for the newest fifty. So each document carries
tokens of the stretches it lies in (its key without the last 9, 14 and 19 bits), and a question is asked of one stretch after the
other: of at least 32 of the first length, then of the second, then of the third. One takes 0.01 to 0.15 ms.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

_BIG = sa.BigInteger()


def marks() -> str:
    """SQL: the tokens of a document's stretches. They begin like all tokens of its resource (`kind_of` of the search)."""
    return "ARRAY[left(tokens, 2) || '#' || (id >> 9)::text, left(tokens, 2) || '##' || (id >> 14)::text, left(tokens, 2) || '###' || (id >> 19)::text]"


# From the stretch of the first key to the end of the longer one beside it; the next length goes on from there.
_OLDER = """
    SELECT '#' AS mark, 9 AS bits, n FROM generate_series(first >> 9, greatest((first >> 14) - 1, 0) << 5, -1) AS n
    UNION ALL SELECT '##', 14, n FROM generate_series((first >> 14) - 2, greatest((first >> 19) - 1, 0) << 5, -1) AS n
    UNION ALL SELECT '###', 19, n FROM generate_series((first >> 19) - 2, 0, -1) AS n"""
_NEWER = """
    SELECT '#' AS mark, 9 AS bits, n FROM generate_series(first >> 9, least(((first >> 14) + 2 << 5) - 1, newest >> 9)) AS n
    UNION ALL SELECT '##', 14, n FROM generate_series((first >> 14) + 2, least(((first >> 19) + 2 << 5) - 1, newest >> 14)) AS n
    UNION ALL SELECT '###', 19, n FROM generate_series((first >> 19) + 2, newest >> 19) AS n"""
_LONG = "SELECT '###' AS mark, 19 AS bits, n FROM generate_series(newest >> 19, 0, -1) AS n"
_WAYS = {  # a place comes out of an address: never beyond the newest; where there is none, least() leaves it out
    "older": ("least(CAST(:place AS bigint) - 1, newest)", _OLDER, "DESC"),
    "newer": ("least(CAST(:place AS bigint), newest) + 1", _NEWER, "ASC"),
    "long": ("newest", _LONG, "DESC"),
}


def series(way: str) -> sa.CTE:
    """Stretches in their order, `step` 1 and up, each with its `word`: "older", from the newest document of the resource (`:r`), or
    from one before `:place`, to the oldest; "newer", from one after `:place` to the newest; "long", only the longest, for questions
    that know no order. `:kind` is what the resource's tokens begin with."""
    first, stretches, order = _WAYS[way]
    text = sa.text(f"""
        SELECT row_number() OVER (ORDER BY n << bits {order}) AS step, '''' || CAST(:kind AS text) || mark || n || '''' AS word
        FROM (SELECT newest, {first} AS first FROM (SELECT max(id) AS newest FROM core_search WHERE resource = :r) AS known WHERE newest IS NOT NULL OFFSET 0) AS ends, LATERAL ({stretches}) AS part""")
    return text.columns(sa.column("step", _BIG), sa.column("word", sa.String())).cte("stretches").prefix_with("MATERIALIZED")


def matching(docs: sa.Table, *more: sa.ColumnElement[bool], stretch: bool) -> sa.FromClause:
    """The documents of a question (`:q`), all of them or those of the stretch beside. The planner knows little of how words and
    scopes are spread: OFFSET 0 is where it stops thinking. A resource asked for like this lets no other index find all its documents."""
    words = [sa.bindparam("q", type_=sa.String()), *([sa.literal_column("stretches.word", sa.String())] if stretch else [])]
    asked = [sa.literal_column("core_search.vector").bool_op("@@")(sa.cast(word, TSQUERY)) for word in words]
    found = sa.select(docs.c.id, docs.c.record_id).where((docs.c.resource == sa.bindparam("r")).is_(sa.true()), *asked, *more)
    return found.offset(sa.literal_column("0")).lateral("documents")


def walk(stretches: sa.CTE, hits: sa.Select[Any], limit: sa.ColumnElement[int], *, newer: bool) -> sa.Subquery:
    """`key` and `record` of the first `limit` hits, stretch by stretch until there are enough.

    hits: those of one stretch as `key` and `record`, in order."""
    part = hits.limit(limit).subquery("hits")
    keys, records = (sa.func.array_agg(column, type_=ARRAY(_BIG)).label(column.name) for column in (part.c.key, part.c.record))
    told = sa.select(sa.func.count().label("n"), keys, records).select_from(part).lateral("told")
    first = sa.select(stretches.c.step, told.c.n, told.c.key, told.c.record).select_from(stretches.join(told, sa.true())).where(stretches.c.step == 1)
    done = first.cte("done", recursive=True)
    on = stretches.join(done, stretches.c.step == done.c.step + 1).join(told, sa.true())
    done = done.union_all(sa.select(stretches.c.step, done.c.n + told.c.n, told.c.key, told.c.record).select_from(on).where(done.c.n < limit))
    each = sa.select(sa.func.unnest(done.c.key, type_=_BIG).label("key"), sa.func.unnest(done.c.record, type_=_BIG).label("record")).subquery("each")
    return sa.select(each).order_by(each.c.key.asc() if newer else each.c.key.desc()).limit(limit).subquery("found")
