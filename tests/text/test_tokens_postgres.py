"""The same questions asked of PostgreSQL: an array of tokens, no text parser of its own."""

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings

from crm_core.text.tokens import document, query
from tests.text.test_tokens import found, texts


@pytest.fixture
def ask(postgres_url):
    with psycopg.connect(postgres_url.replace("postgresql+psycopg", "postgresql")) as db:

        def ask(tokens, tsquery):
            answer = db.execute("select array_to_tsvector(%s::text[]) @@ %s::tsquery", (tokens, tsquery)).fetchone()
            return answer[0]

        yield ask


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, asked=texts)
def test_postgresql_gives_the_answer_of_the_model(ask, text, asked):
    question = query(asked)
    assume(question)
    tokens = document([text])
    assert ask(tokens, question.pg()) == found(question, tokens)


@pytest.mark.parametrize("asked", ["天地科技", "bjtd", "zhangw", "138-0013", "o'brien", "a\\b", "xi'an", "𰻝面", "国"])
def test_questions_with_signs_are_quoted(ask, asked):
    tokens = [*document(["O'Brien a\\b 中国"], ["北京天地科技有限公司", "张伟", "西安𰻝面"], ["13800138000"]), "o_7"]
    assert ask(tokens, query(asked).pg(["o_7", "d_3"]))
    assert not ask(tokens, query(asked).pg(["o_8", "d_3"]))


def test_the_longest_question_is_one_that_postgresql_takes(ask):
    for asked in ("zhangxianlianan" * 20, "国" * 300, " ".join(f"xian{n}liang" for n in range(30))):
        assert not ask(["x"], query(asked).pg(["o_7"] * 50))
