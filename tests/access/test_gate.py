"""The gate: a row is reachable exactly when the actor's scope holds it, by whatever way it is asked for.

Long because each way to ask is one test."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import aliased, with_loader_criteria

from crm_core.access import gate, scope
from crm_core.access.actor import Actor
from crm_core.access.gate import scope_for, visible
from crm_core.access.models import Role, User
from crm_core.access.models import Scope as Reach
from crm_core.access.scope import EVERYTHING, NOTHING, Scope, unite
from crm_core.data.session import NoActor, acting_as, current_work, session, system_scope, work, writing
from crm_core.data.wall import DELETED
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.resource import changes
from crm_core.resource.kept import Ask, gather, kept
from tests.bare.models import Piece, Shelf, Thing
from tests.support.firm import PEOPLE, Firm

OWNERS = (None, "uma", "udo", "tom")
DEPARTMENTS = (None, 2, 3, 4)
TEAMS = (None, 1, 2)


@pytest.fixture(scope="module")
def filled(shared_firm: Firm) -> Firm:
    """A thing for every combination of owner, department and team, each with a piece."""
    rows = [
        {"name": f"{owner}-{department}-{team}", "owner": PEOPLE[owner][0] if owner else None, "department": department, "team": team}
        for owner, department, team in itertools.product(OWNERS, DEPARTMENTS, TEAMS)
    ]
    with shared_firm.house():
        made = shared_firm.things.write(rows)
        shared_firm.pieces.write([{"name": f"piece of {key}", "thing": key} for key in made])
    return shared_firm


def rows_of(firm: Firm) -> list[dict[str, Any]]:
    return firm.sql("SELECT id, owner_id, department_id, team_id FROM bare_thing")


def an_actor(*grants: tuple[str, Reach], user: int = 3, department: int | None = 2, below: tuple[int, ...] = (2, 3), teams: tuple[int, ...] = (1,)) -> Actor:
    return Actor(user_id=user, name="X", login="x", language="en", timezone=None, department_id=department, department="",
                 subtree=below, teams=teams, roles=(), grants=grants)


grants = st.lists(
    st.tuples(st.sampled_from(["bare.thing.read", "bare.thing.*", "bare.*.read", "bare.thing.update", "bare.thing.delete", "*"]),
              st.sampled_from(list(Reach))), max_size=4)


@settings(max_examples=60, deadline=None)
@given(granted=grants, department=st.sampled_from([None, 2, 4]), teams=st.sampled_from([(), (1,), (1, 2)]))
def _reachable_is_in_scope(firm: Firm, granted: list[tuple[str, Reach]], department: int | None, teams: tuple[int, ...]) -> None:
    who = an_actor(*granted, department=department, below=(2, 3) if department == 2 else (), teams=teams)
    rows = rows_of(firm)
    with firm.site.work(who):
        read = who.scope("bare.thing", "read")
        expected = {r["id"] for r in rows if read.holds(r)}
        assert set(session.scalars(sa.select(Thing.id))) == expected
        assert set(session.scalars(_things())) == expected, "the same statement object for every actor"
        assert who.can("bare.thing.read") == (not read.nothing)
        for verb in ("update", "delete"):
            scope = who.scope("bare.thing", verb)
            both = {r["id"] for r in rows if r["id"] in expected and scope.holds(r)}
            assert set(session.scalars(firm.things.visible(verb).with_only_columns(Thing.id))) == both
        assert set(session.scalars(sa.select(visible(Thing).c.id))) == expected


@kept
def _things() -> sa.Select[Any]:
    return sa.select(Thing.id)


def test_a_row_is_reachable_exactly_when_the_scope_holds_it(filled: Firm) -> None:
    _reachable_is_in_scope(filled)


def _seen_by(firm: Firm, login: str) -> tuple[set[int], set[int]]:
    """What somebody sees by a kept statement, and by one made for him."""
    with firm.as_user(login):
        return set(session.scalars(_things())), set(session.scalars(sa.select(Thing.id)))


def test_a_kept_statement_is_narrowed_once_for_each_scope(filled: Firm) -> None:
    gate._kept.cache_clear()
    for login in (*PEOPLE, *PEOPLE):
        mine, made = _seen_by(filled, login)
        assert mine == made
    assert gate._kept.cache_info().hits >= len(PEOPLE)


def _compared(firm: Firm, monkeypatch: pytest.MonkeyPatch, name: str) -> int:
    """How many comparisons of SQL are built when what was asked before is asked again, by somebody of several departments."""
    who, built = an_actor(("bare.thing.read", Reach.subtree), below=(2, 3)), list[Any]()
    names = kept(lambda: sa.select(Thing.id, Thing.name.label(name)).where(Thing.name != sa.bindparam("name", type_=sa.String())))()
    make = sa.ColumnElement.operate
    with firm.site.work(who):
        gather({"one": Ask(names, {"name": "a"}), "two": Ask(names, {"name": "b"})})
        monkeypatch.setattr(sa.ColumnElement, "operate", lambda one, *rest, **how: built.append(one) or make(one, *rest, **how))
        gather({"one": Ask(names, {"name": "c"}), "two": Ask(names, {"name": "d"})})
    monkeypatch.undo()
    return len(built)


def test_values_of_a_scope_are_not_compared_as_sql_each_time(filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _compared(filled, monkeypatch, "a") == 0


def test_values_that_the_orm_annotates_would_be(filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope._Value, "_annotate", sa.BindParameter._annotate)
    gate._kept.cache_clear()
    assert _compared(filled, monkeypatch, "b") > 0


def test_keeping_by_the_statement_alone_would_be_noticed(filled: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what was narrowed for one is handed to the next."""
    first: dict[Any, Any] = {}
    monkeypatch.setattr(gate, "_kept", lambda statement, *scopes: first.setdefault(statement, gate._narrow(statement, *scopes)))
    answers = [_seen_by(filled, login) for login in PEOPLE]
    assert any(mine != made for mine, made in answers)


def test_a_kept_statement_leaves_deleted_rows_out_unless_asked(firm: Firm) -> None:
    with firm.house():
        kept_one, gone = firm.things.write([{"name": "a", "owner": PEOPLE["uma"][0]}, {"name": "b", "owner": PEOPLE["uma"][0]}])
        firm.things.delete([gone])
    with firm.as_user("uma"):
        assert set(session.scalars(_things())) == {kept_one}
        assert set(session.scalars(_things(), execution_options={DELETED: True})) == {kept_one, gone}
        assert set(session.scalars(_things())) == {kept_one}


def _asked_by_the_house() -> list[set[int]]:
    """A plain select, an alias behind an outer join, how many an update reaches."""
    one, other = aliased(Thing), aliased(Thing)
    joined = sa.select(one.id, other.id).outerjoin(other, other.id == one.id)
    reached = session.execute(sa.update(Thing).values(note="x").execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    return [set(session.scalars(sa.select(Thing.id))), {n for row in session.execute(joined) for n in row if n is not None}, set(range(reached))]


def test_the_house_leaves_deleted_rows_of_plugins_out_unless_asked(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    with firm.house():
        kept_one, gone = firm.things.write([{"name": "a", "owner": PEOPLE["uma"][0]}, {"name": "b", "owner": PEOPLE["uma"][0]}])
        firm.things.delete([gone])
    both, alone = {kept_one, gone}, {kept_one}
    with firm.house(), writing():
        assert _asked_by_the_house() == [alone, alone, {0}]
        assert set(session.scalars(sa.select(Thing.id), execution_options={DELETED: True})) == both
        assert set(session.scalars(sa.select(Thing.id).where(sa.or_(Thing.deleted_at.is_(None), Thing.name == "b")))) == both
        assert session.get(Thing, gone) is not None
        with gate.with_deleted():
            assert _asked_by_the_house() == [both, both, {0, 1}]
        assert _asked_by_the_house() == [alone, alone, {0}]
        monkeypatch.setattr(gate, "_living", lambda statement: statement)  # negative control
        assert _asked_by_the_house() == [both, both, {0, 1}]


def test_what_follows_a_deletion_sees_what_has_gone(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource that refuses looks at its rows as the house after they were deleted: it must find them."""
    seen: list[set[int]] = []

    def written(verb: str, ids: Any, _change: int) -> None:
        with system_scope("whether it may go"):
            seen.append(set(session.scalars(sa.select(Thing.id).where(Thing.id.in_(ids)))))

    with firm.house():
        (made,) = firm.things.write([{"name": "a", "owner": PEOPLE["uma"][0]}])
        monkeypatch.setattr(firm.things, "written", written, raising=False)
        firm.things.delete([made])
        assert seen == [{made}] and set(session.scalars(sa.select(Thing.id))) == set()


@pytest.mark.parametrize("login", PEOPLE)
def test_get_agrees_with_the_scope_for_each_verb(login: str, filled: Firm) -> None:
    who = filled.actor(login)
    with filled.site.work(who):
        for row, verb in itertools.product(rows_of(filled)[::5], ("read", "update")):
            lawful = who.scope("bare.thing", "read").holds(row) and who.scope("bare.thing", verb).holds(row)
            try:
                filled.things.get(row["id"], verb)
                assert lawful
            except Missing:
                assert not lawful


def test_what_is_hidden_and_what_is_not_there_answer_alike(filled: Firm) -> None:
    foreign = filled.one("SELECT min(id) AS n FROM bare_thing WHERE owner_id = 4")
    with filled.as_user("uma"):
        answers = set()
        for key in (foreign, 10**9, -1, 2**62):
            with pytest.raises(Missing) as missing:
                filled.things.get(key)
            answers.add(str(missing.value))
    assert len(answers) == 1


def test_a_scope_is_the_union_of_its_grants_and_reach_means_what_it_says() -> None:
    who = an_actor(("a.b.read", Reach.own), ("a.b.read", Reach.team), ("a.b.*", Reach.department), ("a.c.read", Reach.all), ("a.d.read", Reach.subtree))
    assert who.scope("a.b", "read") == unite([("owner_id", [3]), ("team_id", [1]), ("department_id", [2])])
    assert who.scope("a.b", "update") == unite([("owner_id", [3]), ("department_id", [2])])
    assert who.scope("a.c", "read") is EVERYTHING
    assert who.scope("a.d", "read") == unite([("owner_id", [3]), ("department_id", [2, 3])])
    assert who.scope("a.e", "read") is NOTHING and not who.can("a.e.read")
    assert (Scope() | EVERYTHING) is EVERYTHING and not NOTHING.holds({"owner_id": None, "department_id": None, "team_id": None})


def test_own_never_means_rows_without_an_owner(filled: Firm) -> None:
    with filled.site.work(an_actor(("bare.thing.read", Reach.department), department=None, below=(), teams=())):
        assert set(session.scalars(sa.select(Thing.owner_id))) == {3}


@pytest.mark.parametrize("query", [
    sa.select(Thing.id), sa.select(User.id), sa.select(Shelf.id), sa.select(Shelf.__table__.c.id), sa.text("SELECT 1"),
], ids=["a scoped class", "another", "a word of the house", "a raw table", "text"])
def test_nobody_asks_nothing(query: Any, filled: Firm) -> None:
    with pytest.raises(NoActor):
        session.execute(query)
    with filled.site.work(None), pytest.raises(NoActor):
        session.execute(query)
    with work(filled.site.engines, None), pytest.raises(NoActor):
        session.execute(query)


def test_a_second_session_has_its_own_actor_and_its_own_objects(filled: Firm) -> None:
    foreign = filled.one("SELECT min(id) AS n FROM bare_thing WHERE owner_id = 4")
    uma, udo = filled.actor("uma"), filled.actor("udo")
    with filled.site.work(uma):
        with system_scope("test") as house:
            seen = house.get(Thing, foreign)
            assert seen is not None and current_work().session is house
        assert session.get(Thing, foreign) is None
        with acting_as(udo) as his:
            assert his.get(Thing, foreign) is not None and his.get(Thing, foreign) is not seen
            assert current_work().actor is udo and his.system is None
        assert session.get(Thing, foreign) is None and current_work().actor is uma


def test_the_house_hands_its_reason_on_to_no_second_session(filled: Firm) -> None:
    with filled.house(), acting_as(filled.actor("nil")):
        assert set(session.scalars(sa.select(Thing.owner_id))) <= {9}
    with filled.house(), acting_as(filled.actor("nil")), writing():
        assert session.system is None and set(session.scalars(sa.select(Thing.owner_id))) <= {9}


def test_writing_inside_a_scope_of_the_house_writes_as_the_house(filled: Firm) -> None:
    with filled.as_user("nil"), system_scope("test"):
        with writing() as inner:
            assert inner.system == "test"
            session.execute(sa.update(Thing).where(Thing.owner_id == 4).values(hint="by the house"))
        assert session.scalar(sa.select(sa.func.count()).select_from(Thing)) == len(rows_of(filled))
    assert filled.one("SELECT count(*) AS n FROM bare_thing WHERE hint = 'by the house'") > 0


def test_deleted_rows_are_gone_unless_asked_for(firm: Firm) -> None:
    kept, gone = firm.thing("uma"), firm.thing("uma")
    with firm.as_user("uma"):
        firm.things.delete([gone])
    with firm.as_user("uma"):
        assert list(session.scalars(sa.select(Thing.id))) == [kept]
        assert session.get(Thing, gone) is None
        asked = session.scalars(sa.select(Thing.id), execution_options={DELETED: True})
        assert set(asked) == {kept, gone}
    with firm.as_user("udo"):
        assert list(session.scalars(sa.select(Thing.id), execution_options={DELETED: True})) == []


def test_a_part_is_seen_with_its_parent_and_changed_with_its_parent(filled: Firm) -> None:
    for login in PEOPLE:
        who = filled.actor(login)
        assert who.scope("bare.piece", "create") | who.scope("bare.thing", "update") == who.scope("bare.piece", "create")
        with filled.site.work(who):
            things, pieces = set(session.scalars(sa.select(Thing.id))), set(session.scalars(sa.select(Piece.thing_id)))
            assert things <= pieces if login != "reader" else True
    with filled.as_user("uma"):
        assert set(session.scalars(sa.select(Piece.thing_id))) == set(session.scalars(sa.select(Thing.id)))


def test_a_part_of_a_part_follows_too(firm: Firm) -> None:
    key = firm.thing("uma")
    crumbs = firm.resource("bare.crumb")
    with firm.as_user("uma"):
        (piece,) = firm.pieces.write([{"name": "p", "thing": key}])
        (crumb,) = crumbs.write([{"name": "c", "piece": piece}])
        assert crumbs.get(crumb).owner_id == 3
    with firm.as_user("udo"), pytest.raises(Missing):
        crumbs.get(crumb)


def test_the_brief_shows_others_and_nothing_but_its_columns(filled: Firm) -> None:
    brief = filled.resource("bare.thing.brief")
    with filled.as_user("uma"):
        assert session.scalar(sa.select(sa.func.count()).select_from(brief.model)) == len(rows_of(filled))
        assert set(brief.fields()) == {"name", "standing", "owner"}
        row = session.scalars(sa.select(brief.model).where(brief.model.owner_id == 4).limit(1)).one()
        assert row.name
        for column in ("note", "secret", "phone", "price"):
            assert not hasattr(row, column) and not hasattr(brief.model, column)
    with filled.as_user("bea"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Thing)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(brief.model)) == len(rows_of(filled))
    with filled.as_user("out"):
        assert session.scalar(sa.select(sa.func.count()).select_from(brief.model)) == 0


def test_who_sees_the_record_sees_its_brief_without_another_grant(filled: Firm) -> None:
    brief = filled.resource("bare.thing.brief")
    with filled.as_user("nil"):
        assert scope_for(filled.actor("nil"), brief.model) == scope_for(filled.actor("nil"), Thing)


def test_a_brief_row_can_be_neither_changed_nor_removed(filled: Firm) -> None:
    brief = filled.resource("bare.thing.brief")
    with filled.as_user("uma"):
        for spoil in (lambda db, row: setattr(row, "name", "mine now"), lambda db, row: db.delete(row)):
            with pytest.raises((Forbidden, RuntimeError)), writing() as db:
                spoil(db, db.scalars(sa.select(brief.model).where(brief.model.owner_id == 4).limit(1)).one())
        with pytest.raises(Forbidden):
            brief.write([{"name": "new"}])
        with pytest.raises(Forbidden):
            brief.delete([1])


def test_a_token_narrows_and_never_widens(filled: Firm) -> None:
    assert not filled.actor("uma").with_token(("core.*",)).can("bare.thing.read")
    who = filled.actor("uma").with_token(("bare.thing.read",))
    assert who.can("bare.thing.read") and not who.can("bare.thing.update") and not who.can("bare.piece.read")
    assert filled.actor("nil").with_token(("*",)).scope("bare.thing", "update").nothing
    with filled.as_user("uma", token=("bare.thing.read",)), pytest.raises(Forbidden):
        filled.things.write([{"name": "x"}])


def test_a_bulk_update_reaches_only_what_the_actor_may_update(firm: Firm) -> None:
    hers, his = firm.thing("rita"), firm.thing("udo")  # rita reads all, updates her own
    with firm.as_user("rita"), writing():
        assert session.scalar(sa.select(sa.func.count()).select_from(Thing)) == 2
        assert session.execute(sa.update(Thing).values(hint="x")).rowcount == 1
        assert session.execute(sa.delete(Thing)).rowcount == 0
    assert firm.sql("SELECT id FROM bare_thing WHERE hint = 'x'") == [{"id": hers}]
    assert his


@pytest.fixture
def fresh(firm: Firm) -> Iterator[Firm]:
    firm.thing("uma")
    yield firm


def test_rights_taken_away_are_gone_with_the_next_piece_of_work(fresh: Firm) -> None:
    assert fresh.actor("uma").can("bare.thing.read")
    assert fresh.actor("uma") is fresh.actor("uma")
    fresh.sql("UPDATE core_user_role SET deleted_at = created_at WHERE user_id = 3")
    fresh.rights_changed()
    assert not fresh.actor("uma").can("bare.thing.read")


def test_a_field_rule_binds_when_every_role_that_lets_him_read_carries_it(fresh: Firm) -> None:
    fresh.field_rule("user", "bare.thing", "price", "hidden")
    fresh.field_rule("user", "bare.thing", "rank", "readonly")
    with fresh.as_user("uma"):
        assert "price" not in fresh.things.fields() and fresh.things.fields()["rank"].readonly
        assert "rank" not in fresh.things.fields(writing=True)
    with fresh.as_user("ada"):
        assert "price" in fresh.things.fields() and not fresh.things.fields()["rank"].readonly
    fresh.sql("INSERT INTO core_user_role (user_id, role_id, public_id, version, created_at, updated_at) "
              "SELECT 3, id, 'x', 1, created_at, updated_at FROM core_role WHERE code = 'reader'")
    fresh.rights_changed()
    with fresh.as_user("uma"):  # the reader's role shows the price, so it is shown
        assert "price" in fresh.things.fields()


@pytest.mark.parametrize("outer", [False, True], ids=["join", "outerjoin"])
def test_an_alias_that_is_joined_by_hand_shows_no_more_than_the_class(filled: Firm, outer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The criterion of a class that stands in a statement twice is said of each of the two."""
    other = aliased(Thing)

    def reached() -> tuple[set[int], set[int]]:
        query = sa.select(Thing.id, other.id).join(other, other.id != Thing.id, isouter=outer)
        with filled.as_user("uma"):
            found = session.execute(query).all()
        return {one for one, _other in found}, {two for _one, two in found if two is not None}

    with filled.as_user("uma"):
        seen = set(session.scalars(sa.select(Thing.id)))
    assert len(rows_of(filled)) > len(seen) > 2
    assert reached() == (seen, seen)
    filled.site.cache.clear()
    monkeypatch.setattr(gate, "_OfEach", with_loader_criteria)  # negative control: SQLAlchemy's own way
    assert reached()[1] > seen


def test_a_statement_with_an_alias_keeps_who_asks_apart(filled: Firm) -> None:
    """The form of it that SQLAlchemy keeps is not handed to somebody else."""
    other = aliased(Thing)
    query = sa.select(other.id).select_from(Thing).join(other, other.id == Thing.id)
    for login in ("uma", "udo", "tom", "uma"):
        with filled.as_user(login):
            assert set(session.scalars(query)) == set(session.scalars(sa.select(Thing.id)))


def test_so_it_does_with_its_own(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule for all tables; what a statement says itself (a key, `deleted_at`, `unscoped`) holds whoever asks."""
    roles = firm.site.registry.resource("core.role")
    with firm.house():
        kept_one, gone = roles.write([{"code": "a", "name": "A"}, {"code": "b", "name": "B"}])
        roles.delete([gone])
    asked = sa.select(Role.id).where(Role.id.in_([kept_one, gone]))
    with firm.house():
        assert set(session.scalars(asked)) == {kept_one}
        assert set(session.scalars(asked, execution_options=changes.unscoped("a test"))) == {kept_one, gone}
        assert set(session.scalars(asked, execution_options={DELETED: True})) == {kept_one, gone} and session.get(Role, gone) is not None
        assert roles.labels([kept_one, gone]) == {kept_one: "A"}
        monkeypatch.setattr(gate, "_living", lambda statement: statement)  # negative control
        assert set(session.scalars(asked)) == {kept_one, gone}
