"""Search equals a naive look at the text under scope: none missed, none too many, for any actor, on both engines."""

import random
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.access.actor import Actor
from crm_core.access.models import Scope as Reach
from crm_core.data.session import session
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import runner
from crm_core.resource import cursors, hits, listing, stretches
from crm_core.text import tokens
from tests.support.firm import PEOPLE, Firm

NAMES = ["北京恒信科技有限公司", "上海恒信贸易有限公司", "信恒酒业", "恒信", "Quantum Robotics", "quantum foods", "Anna 北京", "云岭春酒庄", "3M中国有限公司", "有限"]
NOTES = ["有限的时间", "call back", "北京 上海", "恒 信", None]
WORDS = ["恒信", "北京", "有限", "有限公司", "恒信科技", "云岭春", "quantum", "uantum", "quant foods", "恒", "北京 恒信", "3m", "138", "1380013", "nothing", "信恒", "公司 酒", "qu", "yunling", "ylcjz", "138 0013"]  # one or two Latin letters mean a beginning; sounds are known of names alone


@pytest.fixture(scope="module")
def filled(shared_firm: Firm) -> Firm:
    dice = random.Random(5)
    rows: list[dict[str, Any]] = [
        {
            "name": dice.choice(NAMES), "note": dice.choice(NOTES), "phone": dice.choice([None, "138-0013-8000", "010 6500 1234"]),
            "hint": dice.choice([None, "恒信"]), "owner": dice.choice([None, *(key for key, *_rest in PEOPLE.values())]),
            "department": dice.choice([None, 1, 2, 3, 4]), "team": dice.choice([None, 1, 2]), "rank": dice.randrange(9), "standing": dice.choice(["new", "old"]),
        }
        for _n in range(80)
    ]
    with shared_firm.house():
        made = shared_firm.things.write(rows)
        shared_firm.things.delete(made[::11])
    return shared_firm


def naive(firm: Firm, who: Actor, text: str, fields: tuple[str, ...]) -> set[int]:
    table, question = firm.things.table, tokens.query(text)
    with firm.house():
        rows = [dict(r) for r in session.execute(sa.select(table).where(table.c.deleted_at.is_(None))).mappings()]
    if question is None:
        return set()
    scope = who.scope("bare.thing", "read")
    return {r["id"] for r in rows if scope.holds(r) and question.verify(" ".join(str(r[f]) for f in fields if r[f]))}


def asked(firm: Firm, text: str, *filters: tuple[str, str], limit: int = 7, sort: str = "rank") -> listing.Query:
    return listing.parse(firm.things, [("q", text), ("sort", sort), *filters], limit=limit)


def all_pages(query: listing.Query) -> list[list[int]]:
    pages = []
    while True:
        page = listing.page(query)
        pages.append(page.ids)
        if not page.next:
            return pages
        query.after = page.next


SEARCHED = ("name", "code", "phone", "note", "hint")
actors = st.builds(
    lambda scope, department, below, teams: Actor(
        user_id=3, name="U", login="u", language="en", timezone=None, department_id=department, department="", subtree=below, teams=teams,
        roles=(), grants=tuple(("bare.thing.read", word) for word in scope)),
    st.lists(st.sampled_from(list(Reach)), max_size=2), st.sampled_from([None, 2]), st.sampled_from([(), (2, 3), (1, 2, 3, 4)]),
    st.sampled_from([(), (1,), (1, 2)]),
)


@pytest.fixture
def far_apart(filled: Firm) -> Iterator[Firm]:
    """The documents as they lie among millions of others: in stretches of every length."""
    dice, keys = random.Random(7), [r["id"] for r in filled.sql("SELECT id FROM core_search ORDER BY id DESC")]
    places, place = [], 5_000_000
    for at, _key in enumerate(keys):
        place -= dice.choice((1, 3, 300, 5_000) if at < 30 else (40, 9_000, 70_000))
        places.append(place)
    moves = [{"old": old, "new": new} for old, new in zip(keys, places, strict=True)]
    with filled.site.engines.write.begin() as conn:
        conn.execute(sa.text("UPDATE core_search SET id = :new WHERE id = :old"), moves, execution_options={UNSCOPED: "tests"})
    yield filled
    with filled.site.engines.write.begin() as conn:
        conn.execute(sa.text("UPDATE core_search SET id = :old WHERE id = :new"), moves, execution_options={UNSCOPED: "tests"})


@pytest.mark.parametrize("way", ["scope in the question", "scope asked of the rows", "many hits"])
def test_what_is_found_is_what_holds_the_words_under_the_scope(way: str, filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "scope asked of the rows":
        monkeypatch.setattr(hits, "TOKEN_LIMIT", 0)
    if way == "many hits":
        _few_are_many(monkeypatch)
    _found_is_what_holds_the_words(filled)


@pytest.mark.parametrize("shared_firm", ["postgresql"], indirect=True)
def test_hits_far_apart_are_found_stretch_by_stretch(far_apart: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    _few_are_many(monkeypatch)
    _found_is_what_holds_the_words(far_apart)


def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 5)
    monkeypatch.setattr(hits, "FEW", 3)
    monkeypatch.setattr(hits, "CHUNK", 4)


def _found_is_what_holds_the_words(filled: Firm) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(who=actors, text=st.sampled_from(WORDS), limit=st.integers(1, 20))
    def same(who: Actor, text: str, limit: int) -> None:
        expected = naive(filled, who, text, SEARCHED)
        with filled.site.work(who):
            query = asked(filled, text, limit=limit)
            pages = all_pages(query)
            found = [i for page in pages for i in page]
            assert sorted(found) == sorted(expected) and len(pages) == max(1, -(-len(expected) // limit))
            assert listing.exact_count(query) == len(expected)
            bound = listing.COUNT_LIMIT
            assert listing.count(query, bound) == (min(bound, len(expected)), len(expected) > bound)
            found_by_find = {f.id for f in hits.find(text, [filled.things], limit=500)}
        assert found_by_find == expected

    same()


def test_few_hits_are_sorted_as_asked_and_pages_go_back(filled: Firm) -> None:
    with filled.as_user("ada"):
        query = asked(filled, "有限", limit=5)
        pages = all_pages(query)
        ranks = {r.id: r.rank for r in session.execute(sa.select(filled.things.model.id, filled.things.model.rank))}
        found = [i for page in pages for i in page]
        assert [(ranks[i], i) for i in found] == sorted((ranks[i], i) for i in found) and len(pages) > 2
        query = asked(filled, "有限", limit=5)
        first = listing.page(query)
        query.after = first.next
        second = listing.page(query)
        query.after, query.before = "", second.previous
        assert listing.page(query).ids == first.ids


def test_many_hits_come_newest_first_and_pages_go_back(filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 5)
    with filled.as_user("ada"):
        query = asked(filled, "有限", limit=5)
        pages = [listing.page(query)]
        while pages[-1].next:
            query.after = pages[-1].next
            pages.append(listing.page(query))
        newest = [r["record_id"] for r in filled.sql("SELECT record_id FROM core_search WHERE resource = 'bare.thing' ORDER BY id DESC")]
        found = [i for page in pages for i in page.ids]
        assert found == [i for i in newest if i in found] and not pages[0].previous
        query.after = ""
        for page in range(len(pages) - 1, 0, -1):
            query.before = pages[page].previous
            assert listing.page(query).ids == pages[page - 1].ids


def test_a_place_that_nobody_was_given_is_only_the_beginning_or_the_end(filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 5)
    with filled.as_user("ada"):
        first = listing.page(asked(filled, "有限", limit=5))
        query = asked(filled, "有限", limit=5)
        for place in (2**62, 2**63 - 1):
            query.after, query.before = cursors.encode(listing.NEWEST, (None, place)), ""
            assert listing.page(query).ids == first.ids
            query.after, query.before = "", cursors.encode(listing.NEWEST, (None, place))
            assert listing.page(query).ids == first.ids


@pytest.mark.parametrize("shared_firm", ["postgresql"], indirect=True)
@pytest.mark.parametrize("way", ["older", "newer", "long"])
def test_every_document_lies_in_one_stretch_and_stretches_follow_in_order(way: str, filled: Firm) -> None:
    bits, query = {"#": 9, "##": 14, "###": 19}, sa.select(stretches.series(way)).order_by("step")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(newest=st.integers(1, 2**23), share=st.floats(0, 1))
    def covered(newest: int, share: float) -> None:
        place = int(newest * share)
        with filled.site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
            conn.execute(sa.text("INSERT INTO core_search (id, resource, record_id, tokens) VALUES (:id, 'alone', 1, '')"), {"id": newest + 10**7})
            words = [row.word for row in conn.execute(query, {"r": "alone", "kind": "ab", "place": None if way == "long" else place + 10**7})]
            conn.rollback()
        parts = [(int(number) << bits[mark], (int(number) + 1) << bits[mark]) for mark, number in (re.fullmatch(r"'ab(#+)(\d+)'", word).groups() for word in words)]  # type: ignore[union-attr]
        if way == "newer":
            assert all(one[1] == two[0] for one, two in pairwise(parts)) and len(parts) <= 200
            assert place == newest or (parts[0][0] <= place + 10**7 + 1 and parts[-1][1] > newest + 10**7)
        else:
            last = newest if way == "long" else place - 1
            assert all(one[0] == two[1] for one, two in pairwise(parts)) and parts[0][1] > last + 10**7 and parts[-1][0] == 0
            assert len(parts) <= 200

    covered()


def test_words_and_filters_together(filled: Firm) -> None:
    with filled.as_user("ada"):
        some = set(all_pages(asked(filled, "恒信", ("standing.any", "new"), ("owner.any", "3,4,5,6"), limit=100))[0])
        rows = filled.sql("SELECT id FROM bare_thing WHERE standing = 'new' AND owner_id IN (3, 4, 5, 6)")
        assert some == naive(filled, filled.actor("ada"), "恒信", SEARCHED) & {r["id"] for r in rows} and some


def test_a_hidden_field_is_not_felt_by_searching(firm: Firm) -> None:
    key, other = firm.thing("uma", name="plain", note="秘密的话"), firm.thing("uma", name="秘密的话")
    firm.field_rule("user", "bare.thing", "note", "hidden")
    with firm.as_user("uma"):
        assert listing.page(asked(firm, "秘密")).ids == [other] and listing.count(asked(firm, "秘密")) == (1, False)
        assert [f.id for f in hits.find("秘密", [firm.things])] == [other]
    with firm.as_user("ada"):
        assert set(listing.page(asked(firm, "秘密")).ids) == {key, other}


def test_the_brief_is_searched_by_its_own_fields_alone(firm: Firm) -> None:
    brief = firm.resource("bare.thing.brief")
    foreign = firm.thing("udo", name="恒信", note="秘密", phone="13800138000")
    with firm.as_user("uma"):
        assert [f.id for f in hits.find("恒信", [brief])] == [foreign]
        assert [f for word in ("秘密", "138") for f in hits.find(word, [brief])] == []
        assert hits.find("恒信", [firm.things]) == []


def test_a_change_a_transfer_and_a_deletion_are_found_at_once(firm: Firm) -> None:
    key = firm.thing("uma", name="before")
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "name": "恒信"}])
        assert listing.page(asked(firm, "恒信")).ids == [key] and listing.page(asked(firm, "before")).ids == []
    with firm.as_user("ada"):
        firm.pieces.write([{"name": "零件", "thing": key}])
        firm.things.write([{"id": key, "owner": PEOPLE["udo"][0]}])
    with firm.as_user("uma"):
        assert listing.page(asked(firm, "恒信")).ids == [] and hits.find("零件", [firm.pieces]) == []
    with firm.as_user("ada"):
        assert [f.label for f in hits.find("零件", [firm.pieces])] == ["零件"]
        firm.things.delete([key])
        assert listing.page(asked(firm, "恒信")).ids == [] and hits.find("零件", [firm.pieces]) == []


def test_a_large_set_waits_and_the_job_finds_it_each_time(firm: Firm) -> None:
    for word in ("第一批", "第二批"):
        with firm.as_user("uma"):
            firm.things.write([{"name": f"{word}{n}"} for n in range(150)])
            assert listing.hit_count(asked(firm, word)).waiting == 150 and listing.page(asked(firm, word)).ids == []
        runner.drain(firm.site)
        with firm.as_user("uma"):
            assert listing.hit_count(asked(firm, word)).waiting == 0 and listing.count(asked(firm, word)) == (150, False)


@pytest.mark.parametrize("text", ["'", '"', "\\", "*", "NEAR(", "a AND b", "o_3", "r_bare_thing", "d_2", "\x00", ":*", "'' | 'x", "((", "-", "~恒信", "/*scope:bare_thing*/"])
def test_no_word_breaks_the_question_or_forges_a_token(text: str, filled: Firm) -> None:
    with filled.as_user("uma"):
        found = set(all_pages(asked(filled, text, limit=100))[0])
    words = re.sub(r"[^0-9a-z_\u4e00-\u9fff]+", " ", text.lower())
    assert found <= naive(filled, filled.actor("uma"), words, SEARCHED) | naive(filled, filled.actor("uma"), text.strip(), SEARCHED)


def test_statements_do_not_grow_with_hits(filled: Firm) -> None:
    def count(text: str) -> int:
        asked_: list[str] = []
        listen = lambda *a: asked_.append(a[2])
        with filled.as_user("ada"):
            sa.event.listen(filled.site.engines.read, "before_cursor_execute", listen)
            query = asked(filled, text)
            listing.page(query)
            listing.count(query)
        sa.event.remove(filled.site.engines.read, "before_cursor_execute", listen)
        return len(asked_)

    assert count("有限") == count("云岭春") <= 4
