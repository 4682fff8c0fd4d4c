"""Condition trees: what they mean in SQL is what they mean in Python, for any tree, on both engines; and under whose rights."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.data import limits
from crm_core.data.session import session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest
from crm_core.resource import conditions, listing, plans, timeline
from crm_core.text.clean import fold
from tests.support.firm import Firm

NOW = dt.datetime(2026, 3, 10, 4, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 10)
Rows = list[dict[str, Any]]
Check = Callable[[dict[str, Any]], bool]


@pytest.fixture(scope="module")
def shop(shared_firm: Firm) -> Firm:
    """Things on shelves, with pieces, lines, twins and entries of their time line; some pieces are deleted."""
    with shared_firm.house(), clock.freeze(NOW):
        shelves = shared_firm.resource("bare.shelf").write([{"name": f"shelf {n}"} for n in range(2)])
        things: list[int] = []
        for n in range(24):
            made = shared_firm.things.write([{
                "name": ["四川云岭春酒业", "Anna", "贵州赤水河", ""][n % 4] + str(n), "standing": ["new", "old", "gone"][n % 3], "rank": [None, -1, 0, 5][n % 4],
                "day": None if n % 5 == 0 else TODAY + dt.timedelta(days=(n * 17) % 160 - 80), "hint": [None, "", "x 100%", "Y"][(n // 2) % 4],
                "flavours": [["hot"], [], ["sour", "hot"]][n % 3], "flag": n % 2 == 0, "shelf": [None, *shelves][n % 3], "code": f"k{n}",
                "twin": things[n // 2] if n % 3 == 1 else None, "owner": [None, 3, 4][n % 3],
                "lines": [{"text": f"line {k}", "amount": 100 * n} for k in range(n % 3)],
            }])
            things += made
        pieces = shared_firm.pieces.write([{"name": f"piece {n}", "thing": things[n % 11], "note": [None, "a hot note"][n % 2]} for n in range(30)])
        shared_firm.pieces.delete(pieces[::4])
        with writing():
            for n, row_id in enumerate(things[:12]):
                timeline.add("bare.thing", row_id, "note", at=NOW - dt.timedelta(days=n * 12))
    return shared_firm


class World:
    """The rows as Python sees them."""

    def __init__(self, firm: Firm) -> None:
        with firm.house():
            read = lambda t: [dict(r) for r in session.execute(sa.select(t)).mappings() if r.get("deleted_at") is None]
            self.things = read(firm.things.table)
            self.pieces = read(firm.pieces.table)
            self.lines = read(firm.things.line_resource("lines").table)
            self.entries = read(timeline.Entry.__table__)
        self.by_id = {r["id"]: r for r in self.things}


LEAVES: list[tuple[dict[str, Any], Check]] = [
    ({"field": "standing", "op": "any", "value": ["new", "old"]}, lambda r: r["standing"] in ("new", "old")),
    ({"field": "standing", "op": "none", "value": "new"}, lambda r: r["standing"] != "new"),
    ({"field": "rank", "op": "gte", "value": 0}, lambda r: r["rank"] is not None and r["rank"] >= 0),
    ({"field": "rank", "op": "empty"}, lambda r: r["rank"] is None),
    ({"field": "day", "op": "within", "value": "-60d"}, lambda r: r["day"] is not None and dt.timedelta() <= TODAY - r["day"] < dt.timedelta(60)),
    ({"field": "day", "op": "lte", "value": "30 days ago"}, lambda r: r["day"] is not None and r["day"] <= TODAY - dt.timedelta(30)),
    ({"field": "day", "op": "gte", "value": "in 7 days"}, lambda r: r["day"] is not None and r["day"] >= TODAY + dt.timedelta(7)),
    ({"field": "day", "op": "within", "value": "this-month"}, lambda r: r["day"] is not None and (r["day"].year, r["day"].month) == (2026, 3)),
    ({"field": "flag", "op": "eq", "value": True}, lambda r: bool(r["flag"])),
    ({"field": "flavours", "op": "any", "value": ["hot"]}, lambda r: "hot" in r["flavours"]),
    ({"field": "hint", "op": "contains", "value": "100%"}, lambda r: "100%" in (r["hint"] or "")),
    ({"field": "hint", "op": "filled"}, lambda r: bool(r["hint"])),
    ({"field": "name", "op": "roughly", "value": "川岭酒"}, lambda r: in_order("川岭酒", r["name"])),
    ({"field": "owner", "op": "any", "value": 3}, lambda r: r["owner_id"] == 3),
    ({"field": "*", "op": "contains", "value": "x"}, lambda r: any("x" in fold(r[c] or "") for c in ("name", "code", "number", "hint", "note", "phone"))),
]
PIECES: list[tuple[dict[str, Any], Check]] = [
    ({"field": "note", "op": "contains", "value": "hot"}, lambda p: "hot" in (p["note"] or "")),
    ({"field": "name", "op": "eq", "value": "piece 7"}, lambda p: p["name"] == "piece 7"),
]


def in_order(pieces: str, text: str) -> bool:
    at = -1
    for piece in pieces:
        at = text.find(piece, at + 1)
        if at < 0:
            return False
    return True


def related(world: World) -> list[tuple[dict[str, Any], Check]]:
    """Leaves about what stands beside a thing."""
    def pieces(r: dict[str, Any]) -> Rows:
        return [p for p in world.pieces if p["thing_id"] == r["id"]]

    def twin(r: dict[str, Any]) -> dict[str, Any] | None:
        return world.by_id.get(r["twin_id"])

    fresh = NOW.astimezone(clock.zone()).date()
    notes = {"has": "timeline", "where": {"all": [{"field": "kind", "op": "any", "value": "note"}, {"field": "at", "op": "within", "value": "-60d"}]}}
    found: list[tuple[dict[str, Any], Check]] = [
        ({"has": "bare.piece:thing"}, lambda r: bool(pieces(r))),
        ({"has": "lines", "where": {"field": "amount", "op": "gte", "value": "10"}}, lambda r: any(x["thing_id"] == r["id"] and x["amount"] >= 1000 for x in world.lines)),
        (notes, lambda r: any(e["subject"] == "bare.thing" and e["subject_id"] == r["id"] and e["kind"] == "note"
                              and (fresh - e["at"].astimezone(clock.zone()).date()).days < 60 for e in world.entries)),
        ({"has": "twin", "where": {"has": "bare.piece:thing", "where": PIECES[0][0]}}, lambda r: any(map(PIECES[0][1], pieces(twin(r) or {"id": 0})))),
        ({"has": "bare.thing:twin"}, lambda r: any(x["twin_id"] == r["id"] for x in world.things)),
    ]
    found += [({"has": "bare.piece:thing", "where": tree}, lambda r, c=check: any(map(c, pieces(r)))) for tree, check in PIECES]  # type: ignore[misc]
    found += [({"has": "twin", "where": tree}, lambda r, c=check: (t := twin(r)) is not None and c(t)) for tree, check in LEAVES]  # type: ignore[misc]
    return found


def trees(leaves: list[tuple[dict[str, Any], Check]]) -> st.SearchStrategy[tuple[dict[str, Any], Check]]:
    def group(parts: list[tuple[dict[str, Any], Check]], kind: str) -> tuple[dict[str, Any], Check]:
        every = all if kind == "all" else any
        return {kind: [tree for tree, _check in parts]}, lambda r: every(check(r) for _tree, check in parts)

    def no(part: tuple[dict[str, Any], Check]) -> tuple[dict[str, Any], Check]:
        return {"not": part[0]}, lambda r: not part[1](r)

    return st.recursive(st.sampled_from(leaves), lambda inner: st.one_of(
        st.builds(group, st.lists(inner, min_size=1, max_size=3), st.sampled_from(["all", "any"])), st.builds(no, inner)), max_leaves=8)


def found(firm: Firm, tree: Any, **more: str) -> list[int]:
    query = listing.parse(firm.things, [("f", conditions.dumps(tree)), ("sort", "id"), *more.items()], limit=200)
    ids = listing.page(query).ids
    assert listing.exact_count(query) == len(ids) and sorted(listing.matching_ids(query, 1_000)) == sorted(ids)
    return ids


def test_a_tree_means_in_sql_what_it_means_in_python(shop: Firm) -> None:
    world = World(shop)
    leaves = LEAVES + related(world)
    with shop.as_user("ada"), clock.freeze(NOW):
        for tree, check in leaves:  # each by itself first, so that a failure has a name
            assert found(shop, tree) == [r["id"] for r in world.things if check(r)], tree

        @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
        @given(trees(leaves))
        def same(made: tuple[dict[str, Any], Check]) -> None:
            assert found(shop, made[0]) == [r["id"] for r in world.things if made[1](r)]

        same()


def test_a_tree_and_the_rest_of_an_address_go_together(shop: Firm) -> None:
    world = World(shop)
    with shop.as_user("uma"):
        ids = found(shop, {"any": [LEAVES[0][0], LEAVES[3][0]]}, **{"flag.eq": "1"})
    assert ids == [r["id"] for r in world.things if r["owner_id"] == 3 and r["flag"] and (r["standing"] in ("new", "old") or r["rank"] is None)]


def test_of_related_records_only_those_one_may_see_count(shop: Firm) -> None:
    world = World(shop)
    tree = {"has": "bare.thing:twin"}
    with shop.as_user("uma"):
        ids = found(shop, tree)
    mine = {r["id"] for r in world.things if r["owner_id"] == 3}
    assert ids == sorted(i for i in mine if any(r["twin_id"] == i for r in world.things if r["id"] in mine))


@pytest.mark.parametrize("tree", [
    {"field": "nothing", "op": "eq", "value": "x"}, {"field": "secret", "op": "eq", "value": "x"}, {"field": "name", "op": "gte", "value": "x"},
    {"has": "nothing"}, {"has": "shelf", "where": {"has": "bare.thing:shelf", "where": {"has": "twin"}}}, {"has": "bare.piece:thing", "where": {"field": "rank", "op": "empty"}},
])
def test_what_a_tree_may_not_name_breaks_it(tree: Any, shop: Firm) -> None:
    with shop.as_user("ada"), pytest.raises(conditions.Broken):
        found(shop, tree)


@pytest.mark.parametrize("tree", [
    None, [], {}, "x", 1, {"all": []}, {"all": {}}, {"all": [], "any": []}, {"not": None}, {"field": "name"}, {"field": "name", "op": "eq", "value": {}},
    {"field": "name", "op": "eq", "value": None}, {"field": "day", "op": "within", "value": "soon"}, {"field": "name", "op": "eq", "value": "x", "more": 1},
    {"field": "name", "op": "roughly", "value": "%"}, {"all": [{"field": "flag", "op": "eq", "value": True}] * 60}, {"has": "lines", "where": {}},
    {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"field": "flag", "op": "eq", "value": True}}}}}}}}}}},
])
def test_what_is_no_tree_is_a_bad_request(tree: Any, shop: Firm) -> None:
    with shop.as_user("ada"), pytest.raises(BadRequest):
        found(shop, tree)


def test_relations_are_not_asked_past_the_rights_of_who_asks(shop: Firm) -> None:
    with shop.as_user("nil"), pytest.raises(conditions.Broken):  # may read things and pieces, nothing of shelves
        found(shop, {"has": "shelf", "where": {"field": "name", "op": "filled"}})
    with shop.as_user("bea"), pytest.raises(conditions.Broken):  # knows things in brief
        listing.parse(shop.resource("bare.thing.brief"), [("f", conditions.dumps({"has": "bare.piece:thing"}))])


def test_what_a_tree_asks_of_every_record_is_walked_by(shop: Firm) -> None:
    with shop.as_user("ada"):
        tree = {"all": [{"field": "owner", "op": "any", "value": 3}, {"has": "lines"}]}
        what = listing.parse(shop.things, [("f", conditions.dumps(tree))]).sought
        assert what.scope.branches == (("owner_id", (3,)),) and len(what.conditions) == 1


def test_a_tree_in_words(shop: Firm) -> None:
    tree = {"all": [{"field": "standing", "op": "any", "value": ["new"]},
                    {"any": [{"not": {"has": "timeline", "where": {"field": "at", "op": "within", "value": "-60d"}}}, {"has": "shelf", "where": {"field": "name", "op": "filled"}}]},
                    {"not": {"any": [{"field": "flag", "op": "eq", "value": True}]}}]}
    with shop.as_user("ada"):
        said = conditions.words(conditions.parse(shop.things, tree), lambda one: one.raw)
    assert said == "Standing is any of new and (has no Time line where When in -60d or Shelf: Name is not empty) and not (Flag is 1)"


def test_a_question_that_takes_too_long_is_stopped_and_the_work_goes_on(shop: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = sa.text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT count(*) FROM n")
    monkeypatch.setattr(limits, "SECONDS", 0.05)
    with shop.as_user("ada"):
        what = listing.parse(shop.things, [("f", conditions.dumps({"has": "lines"}))]).sought
        with pytest.raises(plans.TooSlow):
            plans.in_time(what, slow, {})
        monkeypatch.setattr(limits, "SECONDS", 30)
        assert found(shop, {"has": "lines"})
