"""Many values as one parameter: true for what `IN` is true for, alone, together with others and turned round."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from crm_core.data.engine import Engines
from crm_core.data.sets import Several, one_of

t = sa.table("counter", sa.column("n", sa.BigInteger), sa.column("word", sa.Text))
MANY = [2, 3, 5, 2**40]
CASES = {
    "alone": (one_of(t.c.n, sa.literal(MANY, Several())), {2, 3}),
    "none": (one_of(t.c.n, sa.literal([], Several())), set()),
    "words": (one_of(t.c.word, sa.literal(["三", '"4"'], Several(sa.Text))), {3, 4}),
    "and": (sa.and_(one_of(t.c.n, sa.literal(MANY, Several())), t.c.n > 2), {3}),
    "or": (sa.or_(one_of(t.c.n, sa.literal(MANY, Several())), t.c.n == 1), {1, 2, 3}),
    "not": (sa.not_(one_of(t.c.n, sa.literal(MANY, Several()))), {1, 4}),
    "given later": (one_of(t.c.n, sa.bindparam("these", type_=Several())), {1, 4}),
}


@pytest.fixture
def engines(engine_url: str) -> Iterator[Engines]:
    made = Engines(engine_url)
    with made.write.begin() as conn:
        conn.execute(sa.text("create table counter (n bigint primary key, word text)"))
        conn.execute(sa.insert(t), [{"n": n, "word": word} for n, word in enumerate(["一", "二", "三", '"4"'], 1)])
    yield made
    made.dispose()


def test_a_column_is_one_of_many_values(engines: Engines) -> None:
    with engines.read.connect() as conn:
        for name, (condition, wanted) in CASES.items():
            found = conn.execute(sa.select(t.c.n).where(condition), {"these": [4, 1]} if name == "given later" else {})
            assert set(found.scalars()) == wanted, name


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_an_index_is_taken_for_it(engines: Engines) -> None:
    query = sa.select(t.c.word).where(CASES["alone"][0], t.c.word != "")
    with engines.read.connect() as conn:
        asked = str(query.compile(conn, compile_kwargs={"render_postcompile": True}))
        assert "SEARCH counter USING INDEX" in str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("[1]", "")).all())
