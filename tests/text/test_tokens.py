"""The token stream of search: nothing in a text is missed, on either engine's question."""

import sqlite3

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm_core.text.clean import fold
from crm_core.text.scripts import any_run, not_word
from crm_core.text.tokens import document, query

PIECES = [
    "北京天地科技有限公司", "中山电力", "张伟", "重庆银行", "𠮷野家", "国", "公司", "トヨタ自動車", "삼성전자",
    "Tangram", "CRM", "x", "ab", "O'Brien", "straße", "Ünal", "zhangwei@tiandi.com.cn", "138-0013-8000", "010", "A1",
    "3M", "C++", "j&j", "AND", "OR", "NOT", "NEAR", '"', "*", "(", "o_7", "~abc", "_li", "\\", "'", ":", "，", "。", " ", "\n", "-",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=8).map("".join)


def found(question, tokens):
    """What an index does: all words, any way of a word, all groups of a way, any token of a group."""

    def there(token, beginning):
        return any(t.startswith(token) for t in tokens) if beginning else token in tokens

    return all(
        any(all(any(there(*token) for token in group) for group in way) for way in word.ways)
        for word in question.words
    )  # fmt: skip


@pytest.fixture(scope="module")
def fts():
    db = sqlite3.connect(":memory:")
    db.execute(
        "create virtual table f using fts5(tokens, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_~'\", prefix='1')"
    )
    yield db
    db.close()


def matches(db, tokens, match):
    db.execute("delete from f")
    db.execute("insert into f(tokens) values (?)", (" ".join(tokens),))
    return db.execute("select count(*) from f where f match ?", (match,)).fetchone()[0] == 1


@settings(max_examples=400)
@given(texts, st.data())
def test_any_piece_of_a_run_is_found(text, data):
    folded = fold(text)
    runs = [m.group() for m in any_run.finditer(folded)]
    assume(runs)
    run = data.draw(st.sampled_from(runs))
    least = 1 if any_run.match(run).group(1) else 3
    assume(len(run) >= least)
    at = data.draw(st.integers(0, len(run) - least))
    end = data.draw(st.integers(at + least, len(run)))
    piece = run[at:end]
    assume(query(piece))
    question = query(piece)
    assert found(question, document([text], limit=10_000))
    assert question.verify(text)


@settings(max_examples=400)
@given(texts, st.data())
def test_any_piece_of_a_text_with_marks_in_it_is_found(text, data):
    """As typed from its middle, marks and mixed scripts included; alone, one or two Latin letters are a beginning."""
    folded = fold(text)
    assume(folded)
    at = data.draw(st.integers(0, len(folded) - 1))
    piece = folded[at : data.draw(st.integers(at + 1, min(len(folded), at + 30)))]
    before = folded[at - 1 : at]
    short_tail = piece[:1].isalnum() and before.isalnum() and (m := any_run.match(piece)) and not m.group(1)
    assume(not (short_tail and len(any_run.match(piece).group()) < 3))
    question = query(piece)
    assume(question and not piece.startswith(("+86", "0086")))
    assert found(question, document([text], limit=10_000))
    assert question.verify(text)


@settings(max_examples=200)
@given(text=texts, asked=texts)
def test_sqlite_gives_the_answer_of_the_model(fts, text, asked):
    question = query(asked)
    assume(question)
    tokens = document([text])
    assert matches(fts, tokens, question.fts5()) == found(question, tokens)


def test_the_longest_question_is_one_that_sqlite_takes(fts):
    for asked in (
        "zhangxianlianan" * 20,
        "国" * 300,
        " ".join(f"xian{n}liang" for n in range(30)),
        "a b c d e f g" * 9,
    ):
        matches(fts, ["x"], query(asked).fts5(["o_7"] * 50))


@pytest.mark.parametrize(
    "asked",
    [
        "天地",
        "天地科技",
        "bjtd",
        "tdkj",
        "beijing",
        "beijingtian",
        "tiandik",
        "zhangw",
        "zhang wei",
        "zw",
        "wei",
        "张伟",
        "张",
    ]
    + ["1380013", "138-0013", "138 0013 8000", "+86 138 0013 8000", "+8613800138000", "6552", "010-6552", "天地 张伟"]
    + ["li", "lina", "shantianfang", "dantianfang", "stf", "3mzg", "zhongguo", "国", "tian'di"],
)
def test_a_record_is_found_by_what_people_type(fts, asked):
    names = ["北京天地科技有限公司", "张伟", "李娜", "单田芳", "3M中国"]
    phones = ["138 0013 8000", "010-65529988"]
    tokens = document(["海淀区"], names, phones)
    question = query(asked)
    assert matches(fts, tokens, question.fts5())
    assert question.verify(" ".join(["海淀区", *names, *phones]))


@pytest.mark.parametrize("asked", ["地天", "海北", "zhangx", "bjxx", "han", "ang", "139", "hangwei"])
def test_what_is_not_there_is_not_found(fts, asked):
    tokens = document(["海淀区"], ["北京天地科技有限公司", "张伟"], ["13800138000"])
    assert not matches(fts, tokens, query(asked).fts5())


def test_pairs_that_do_not_stand_in_a_row_are_told_from_a_true_hit():
    question = query("博雅教育")
    assert not question.exact
    assert found(question, document(["博雅 雅教 教育"]))
    assert not question.verify("博雅 雅教 教育")
    assert question.verify("北京博雅教育咨询")


def test_a_question_of_one_pair_or_a_beginning_needs_no_second_look():
    assert query("公司").exact
    assert query("国").exact
    assert query("tan").exact
    assert not query("tangram").exact


@pytest.mark.parametrize("asked", ["", "  ", "&", "!?*", "\0", '"', "\ud800"])
def test_nothing_to_look_for_is_no_question(asked):
    assert query(asked) is None


def test_who_may_see_is_one_more_group():
    question = query("公司 abc")
    assert question.fts5(["o_7", "d_3"]) == '"公司" AND "~abc" AND ("o_7" OR "d_3")'
    assert question.pg(["o_7", "d_3"]) == "'公司' & '~abc' & ('o_7' | 'd_3')"
    assert query("国").pg() == "'国':*"


def test_an_empty_scope_never_means_everything():
    for say in (query("公司").fts5, query("公司").pg):
        with pytest.raises(ValueError, match="extra_any"):
            say([])


@given(texts, texts, texts)
def test_no_text_makes_a_token_of_those_who_may_see(text, name, phone):
    for token in document([text, "o_7 d_3"], [name, "o_7"], [phone, "o_7"]):
        head, _, number = token.partition("_")
        assert not (head.isalpha() and number.isdigit())


@given(st.lists(st.sampled_from(PIECES), max_size=300), st.integers(1, 50))
def test_a_document_is_bounded_and_has_no_token_twice_and_no_space_in_one(pieces, limit):
    tokens = document(pieces, pieces[:3], pieces[:2], limit)
    assert len(tokens) <= limit
    assert len(set(tokens)) == len(tokens)
    assert all(token and not token.isspace() and not_word.sub("", token) for token in tokens)


def test_a_long_note_never_pushes_the_name_out():
    tokens = document(["很长的说明 " + "".join(chr(0x4E00 + n) for n in range(5000))], ["张伟"], ["13800138000"])
    assert len(tokens) == 400
    assert {"张伟", "~138", "zw"} <= set(tokens)
