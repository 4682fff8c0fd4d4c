"""Lists equal a naive sort and filter in Python: for any scope, filter, order, page size and direction, on both engines."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.access.actor import Actor
from crm_core.access.models import Scope as Reach
from crm_core.data.session import session
from crm_core.kernel.errors import BadRequest
from crm_core.resource import cursors, listing, plans
from crm_core.resource.around import around
from tests.bare.models import Kind
from tests.support.firm import PEOPLE, Firm

ROWS = 90


@pytest.fixture(scope="module")
def filled(shared_firm: Firm) -> Firm:
    """Things with many equal and many empty sort keys, of many owners; some deleted."""
    dice = random.Random(3)
    day = dt.date(2026, 1, 1)
    rows: list[dict[str, Any]] = [
        {
            "name": dice.choice(["北京", "上海", "Anna", "anna", "Zoe", "éclair", "3M", ""]) + str(dice.randrange(5)),
            "rank": dice.choice([None, None, -1, 0, 1, 1, 2**40]),
            "day": dice.choice([None, day, day, day + dt.timedelta(dice.randrange(4))]),
            "price": dice.choice([None, 1, 100, 100, 12_345]),
            "kind": dice.choice(list(Kind)),
            "standing": dice.choice(["new", "old", "gone"]),
            "flag": dice.random() < 0.5,
            "flavours": dice.sample(["sweet", "sour", "hot"], dice.randrange(3)),
            "hint": dice.choice([None, "", "x", "X%", "100%_a"]),
            "done_at": dice.choice([None, dt.datetime(2026, 1, 1, 15, 59, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, 16, tzinfo=dt.UTC)]),
            "owner": dice.choice([None, *(key for key, *_rest in PEOPLE.values())]),
            "department": dice.choice([None, 1, 2, 3, 4]),
            "team": dice.choice([None, 1, 2]),
            "code": f"c{n}",
        }
        for n in range(ROWS)
    ]
    with shared_firm.house():
        made = shared_firm.things.write(rows)
        shared_firm.things.delete(made[::9])
    return shared_firm


def everything(firm: Firm) -> list[dict[str, Any]]:
    """The living rows, values as Python sees them."""
    table = firm.things.table
    with firm.house():
        return [dict(r) for r in session.execute(sa.select(table).where(table.c.deleted_at.is_(None))).mappings()]


def _actor(scope: list[tuple[str, Reach]], department: int | None, below: tuple[int, ...], teams: tuple[int, ...]) -> Actor:
    grants = tuple(scope)
    return Actor(user_id=3, name="U", login="u", language="en", timezone="Asia/Shanghai", department_id=department, department="",
                 subtree=below, teams=teams, roles=(), grants=grants)


actors = st.builds(
    _actor,
    st.lists(st.tuples(st.sampled_from(["bare.thing.read", "bare.thing.export", "bare.thing.*"]), st.sampled_from(list(Reach))), min_size=1, max_size=3),
    st.sampled_from([None, 1, 2]), st.sampled_from([(), (2, 3), (1, 2, 3, 4)]), st.sampled_from([(), (1,), (1, 2)]),
)

NOON = dt.datetime(2026, 1, 1, 16, tzinfo=dt.UTC)  # midnight in Shanghai, where the tests' people are
FILTERS: dict[str, Any] = {
    "owner.any=3": lambda r: r["owner_id"] == 3,
    "owner.any=3,4,5": lambda r: r["owner_id"] in (3, 4, 5),
    "owner.me=": lambda r: r["owner_id"] == 3,
    "owner.none=3": lambda r: r["owner_id"] != 3,
    "owner.empty=": lambda r: r["owner_id"] is None,
    "department.any=2,3": lambda r: r["department_id"] in (2, 3),
    "team.any=1": lambda r: r["team_id"] == 1,
    "team.filled=": lambda r: r["team_id"] is not None,
    "standing.any=new,old": lambda r: r["standing"] in ("new", "old"),
    "standing.none=new": lambda r: r["standing"] != "new",
    "kind.any=large": lambda r: r["kind"] is Kind.large,
    "flag.eq=1": lambda r: r["flag"] is True,
    "flavours.any=hot": lambda r: "hot" in r["flavours"],
    "flavours.none=hot,sour": lambda r: not {"hot", "sour"} & set(r["flavours"]),
    "rank.gte=0": lambda r: r["rank"] is not None and r["rank"] >= 0,
    "rank.between=0,1": lambda r: r["rank"] in (0, 1),
    "rank.ne=1": lambda r: r["rank"] != 1,
    "rank.empty=": lambda r: r["rank"] is None,
    "price.eq=1.00": lambda r: r["price"] == 100,
    "price.lte=1": lambda r: r["price"] is not None and r["price"] <= 100,
    "day.eq=2026-01-01": lambda r: r["day"] == dt.date(2026, 1, 1),
    "day.gte=2026-01-02": lambda r: r["day"] is not None and r["day"] >= dt.date(2026, 1, 2),
    "done_at.gte=2026-01-02": lambda r: r["done_at"] is not None and r["done_at"] >= NOON,
    "done_at.lte=2026-01-01": lambda r: r["done_at"] is not None and r["done_at"] < NOON,
    "hint.contains=%": lambda r: r["hint"] is not None and "%" in r["hint"],
    "hint.contains=x": lambda r: r["hint"] is not None and "x" in r["hint"].lower(),
    "hint.starts=100%_": lambda r: r["hint"] is not None and r["hint"].startswith("100%_"),
    "hint.empty=": lambda r: r["hint"] in (None, ""),
    "hint.filled=": lambda r: r["hint"] not in (None, ""),
    "name.contains=ANNA": lambda r: "anna" in r["name"].lower(),
    "code.eq=c7": lambda r: r["code"] == "c7",
}
ORDERS = ["-updated_at", "updated_at", "name", "-name", "rank", "-rank", "day", "-day", "price", "-price", "id", "-id"]
UNINDEXED = ["standing", "-code", "-done_at", "rank,-code", "-day,name", "standing,rank,-name"]


def naive(rows: list[dict[str, Any]], who: Actor, verb: str, filters: list[str], order: str) -> list[int]:
    """What a list must be: chosen and sorted the plain way, null last."""
    read, also = who.scope("bare.thing", "read"), who.scope("bare.thing", verb)
    found = [r for r in rows if read.holds(r) and also.holds(r) and all(FILTERS[f](r) for f in filters)]
    keys = order.split(",")
    found.sort(key=lambda r: r["id"], reverse=keys[0].startswith("-"))
    for key in reversed(keys):
        column = {"name": "name_key"}.get(key.lstrip("-"), key.lstrip("-"))
        filled = sorted((r for r in found if r[column] is not None), key=lambda r: r[column], reverse=key.startswith("-"))
        found = filled + [r for r in found if r[column] is None]
    return [r["id"] for r in found]


def asked(firm: Firm, filters: list[str], order: str, limit: int, verb: str = "read") -> listing.Query:
    pairs = [tuple(f.split("=", 1)) for f in filters]
    query = listing.parse(firm.things, [*pairs, ("sort", order)], limit=limit)  # type: ignore[list-item]
    query.verb = verb
    return query


def walk(query: listing.Query) -> Iterator[listing.Page]:
    """Every page forward, then every page backward from the last."""
    while True:
        page = listing.page(query)
        yield page
        if not page.next:
            break
        query.after, query.before = page.next, ""
    while page.previous:
        query.after, query.before = "", page.previous
        page = listing.page(query)
        yield page


def check(firm: Firm, rows: list[dict[str, Any]], who: Actor, filters: list[str], order: str, limit: int, verb: str) -> None:
    expected = naive(rows, who, verb, filters, order)
    with firm.site.work(who):
        query = asked(firm, filters, order, limit, verb)
        assert listing.count(query, 10) == (min(10, len(expected)), len(expected) > 10)
        assert listing.exact_count(query) == len(expected)
        assert sorted(listing.matching_ids(query, 10_000)) == sorted(expected)
        pages = [page.ids for page in walk(query)]
    there = [expected[at : at + limit] for at in range(0, len(expected), limit)] or [[]]
    assert pages == [*there, *reversed(there[:-1])]


WAYS = {"branches": (8, 2_000), "walk": (1, 2_000), "walk that ends early": (1, 5), "no walk": (0, 0)}


@pytest.mark.parametrize("way", WAYS)
def test_a_list_is_what_a_plain_sort_and_filter_would_be(way: str, filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "BRANCH_LIMIT", WAYS[way][0])
    monkeypatch.setattr(plans, "WALK", WAYS[way][1])
    rows = everything(filled)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(who=actors, filters=st.lists(st.sampled_from(list(FILTERS)), max_size=3, unique=True), order=st.sampled_from(ORDERS),
           limit=st.integers(1, 30), verb=st.sampled_from(["read", "read", "export"]))
    def same(who: Actor, filters: list[str], order: str, limit: int, verb: str) -> None:
        if len({f.split("=")[0] for f in filters}) == len(filters):
            check(filled, rows, who, filters, order, limit, verb)

    same()


@pytest.mark.parametrize("filter_", FILTERS)
def test_each_filter_means_what_it_says(filter_: str, filled: Firm) -> None:
    check(filled, everything(filled), _actor([("bare.thing.read", Reach.all)], None, (), ()),
          [filter_], "-id", 50, "read")


@pytest.mark.parametrize("order", UNINDEXED)
def test_a_small_list_is_sorted_by_anything(order: str, filled: Firm) -> None:
    who = _actor([("bare.thing.read", Reach.subtree)], 2, (2, 3), ())
    check(filled, everything(filled), who, [], order, 7, "read")


def test_a_large_list_is_not_sorted_by_what_has_no_index(filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SMALL", 20)
    with filled.as_user("ada"):
        with pytest.raises(BadRequest):
            listing.page(asked(filled, [], "standing", 5))
        assert listing.page(asked(filled, ["owner.any=3"], "standing", 5)).ids


def test_a_page_before_what_was_deleted_is_the_first_page(firm: Firm) -> None:
    keys = [firm.thing("uma", rank=n) for n in range(7)]
    with firm.as_user("uma"):
        query = asked(firm, [], "rank", 3)
        query.after = listing.page(query).next
        second = listing.page(query)
        assert second.ids == keys[3:6]
        firm.things.delete(keys[:2])
        query.after, query.before = "", second.previous
        first = listing.page(query)
        assert first.ids == keys[2:5] and not first.previous
        firm.things.delete([keys[2]])
        gone = listing.page(query)
        assert gone.ids == keys[3:6] and not gone.previous and gone.next


@pytest.mark.parametrize("spoil", [
    lambda c: c[:-3], lambda c: c + "A", lambda c: "AAAA", lambda c: "%%%", lambda c: c * 50, lambda c: "é",
    lambda c: cursors.encode("-name", ("x", 1)),
    lambda c: cursors.encode("rank", ("text", 1)),
    lambda c: cursors.encode("rank", (1.5, 1)),
    lambda c: cursors.encode("rank", (2**70, 1)),
    lambda c: cursors.encode("rank", (True, 1)),
    lambda c: cursors.encode("rank", (1, 2**70)),
    lambda c: cursors.encode("rank", (1, -1)),
    lambda c: cursors.encode("rank", ([1], 1)),  # type: ignore[arg-type]
    lambda c: cursors.encode("rank", (1, "1")),  # type: ignore[arg-type]
])
def test_a_cursor_somebody_tampered_with_is_a_bad_request(spoil: Any, filled: Firm) -> None:
    with filled.as_user("ada"):
        query = asked(filled, [], "rank", 5)
        query.after = spoil(listing.page(query).next)
        with pytest.raises(BadRequest):
            listing.page(query)


@pytest.mark.parametrize(("order", "key"), [("name", "a\x00b"), ("name", 5), ("day", "2026-01-01T00:00"), ("day", 3), ("-updated_at", "2026-01-01"),
                                            ("-updated_at", "2026-01-01T00:00:00"), ("name", "\ud800")])
def test_a_cursor_with_a_key_of_another_kind_is_a_bad_request(order: str, key: Any, filled: Firm) -> None:
    with filled.as_user("ada"):
        query = asked(filled, [], order, 5)
        try:
            query.after = cursors.encode(order, (key, 1))
            listing.page(query)
        except (BadRequest, UnicodeEncodeError):
            return
        raise AssertionError("it was taken")


@pytest.mark.parametrize("pair", [
    ("nonsense.eq", "1"), ("secret.eq", "1"), ("number.eq", "1"), ("name.nonsense", "1"), ("name.", "x"), ("owner.any", ""), ("rank.eq", "x"),
    ("rank.between", "1"), ("day.eq", "never"), ("flag.eq", "perhaps"), ("owner.any", "9" * 30), ("flavours.any", "bitter"), ("rank.eq", "9" * 30),
])
def test_a_filter_no_list_knows_is_a_bad_request(pair: tuple[str, str], filled: Firm) -> None:
    with filled.as_user("ada"), pytest.raises(BadRequest):
        listing.parse(filled.things, [pair])


@pytest.mark.parametrize("order", ["secret", "nonsense", "--name", "-", "name;drop", "public_id", "name_key", "a,b,c,d,e"])
def test_an_order_no_list_knows_is_a_bad_request(order: str, filled: Firm) -> None:
    with filled.as_user("ada"), pytest.raises(BadRequest):
        listing.parse(filled.things, [("sort", order)])


def test_a_hidden_field_is_as_unknown_as_none(firm: Firm) -> None:
    """S6: by filter, order and search a hidden field cannot be felt for."""
    firm.field_rule("user", "bare.thing", "rank", "hidden")
    with firm.as_user("uma"):
        answers = set()
        for pair in (("rank.eq", "1"), ("nonsense.eq", "1"), ("sort", "rank"), ("sort", "nonsense")):
            with pytest.raises(BadRequest) as bad:
                listing.parse(firm.things, [pair])
            answers.add(str(bad.value).replace("rank", "_").replace("nonsense", "_"))
        assert len(answers) == 2
    with firm.as_user("udo"):
        brief = firm.resource("bare.thing.brief")
        with pytest.raises(BadRequest):
            listing.parse(brief, [("rank.eq", "1")])


def test_who_sees_nothing_lists_nothing(filled: Firm) -> None:
    with filled.as_user("out"):
        query = asked(filled, [], "-updated_at", 5)
        assert listing.page(query).ids == [] and listing.count(query) == (0, False)


@pytest.mark.parametrize("way", ["branches", "walk that ends early"])
@pytest.mark.parametrize("order", ["name", "-rank", "day", "-updated_at", "standing,-rank", "-code"])
def test_around_a_record_stand_those_before_and_after_it_in_the_list(way: str, order: str, filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "BRANCH_LIMIT", WAYS[way][0])
    monkeypatch.setattr(plans, "WALK", WAYS[way][1])
    who = _actor([("bare.thing.read", Reach.subtree)], 2, (2, 3), ())
    expected = naive(everything(filled), who, "read", ["standing.any=new,old"], order)
    assert len(expected) > 10
    with filled.site.work(who):
        rows = {row.id: row for row in session.scalars(sa.select(filled.things.model))}
        query = asked(filled, ["standing.any=new,old"], order, 10)
        found = [around(query, rows[key]) for key in expected]
    assert [before and before[0] for before, _after in found] == [None, *expected[:-1]]
    assert [after and after[0] for _before, after in found] == [*expected[1:], None]


def test_who_edits_a_record_on_his_way_goes_on_from_where_it_stood(firm: Firm) -> None:
    keys = [firm.thing("uma", rank=n) for n in range(5)]
    with firm.as_user("uma"):
        query = asked(firm, [], "rank", 10)
        at = cursors.encode("rank", (2, keys[2]))
        firm.things.write([{"id": keys[2], "rank": 9}])
        before, after = around(query, firm.things.get(keys[2]), at)
        assert (before and before[0], after and after[0]) == (keys[1], keys[3])
        assert around(query, firm.things.get(keys[2]))[1] is None, "by its key of today it is the last"
        assert around(query, firm.things.get(keys[2]), cursors.encode("rank", (0, keys[0])))[1] is None, "the place of another"
        with pytest.raises(BadRequest):
            around(query, firm.things.get(keys[2]), "AAAA")
