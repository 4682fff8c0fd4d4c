"""Lines: child rows edited inside the parent's form, one list in the parent's row, the parent's version and rights."""

from typing import Any

import pytest

from crm_core.access.models import Scope
from crm_core.kernel.errors import Conflict, Invalid, Missing
from tests.support.firm import PEOPLE, Firm


def lines(firm: Firm, key: int) -> list[dict[str, Any]]:
    return firm.sql("SELECT id, text, amount, owner_id, version FROM bare_line WHERE thing_id = :k AND deleted_at IS NULL ORDER BY id", k=key)


def test_lines_are_made_changed_and_removed_as_a_whole_list(firm: Firm) -> None:
    with firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "x", "lines": [{"text": "a", "amount": 1}, {"text": "b"}, {"text": "c"}]}])
        a, b, _c = (line["id"] for line in lines(firm, key))
        firm.things.write([{"id": key, "version": 1, "lines": [{"id": b, "text": "b2"}, {"text": "d"}, {"id": a}]}])
    now = lines(firm, key)
    assert [(line["id"], line["text"], line["amount"]) for line in now] == [(a, "a", 1), (b, "b2", None), (now[2]["id"], "d", None)]
    assert {line["owner_id"] for line in now} == {3}
    assert firm.one("SELECT version FROM bare_thing WHERE id = :k", k=key) == 2
    assert firm.one("SELECT count(DISTINCT change_id) AS n FROM core_history") == 2


def test_absent_lines_are_not_touched_and_an_empty_list_removes_all(firm: Firm) -> None:
    key = firm.thing("uma", lines=[{"text": "a"}])
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "name": "y"}])
        assert len(lines(firm, key)) == 1
        firm.things.write([{"id": key, "lines": []}])
        assert lines(firm, key) == []
        firm.things.write([{"id": key, "lines": None}])


def test_lines_that_did_not_change_leave_the_parent_alone(firm: Firm) -> None:
    key = firm.thing("uma", lines=[{"text": "a"}])
    (line,) = lines(firm, key)
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "lines": [{"id": line["id"], "text": "a"}]}])
    assert firm.one("SELECT version FROM bare_thing WHERE id = :k", k=key) == 1
    assert firm.one("SELECT count(*) AS n FROM core_history") == 2


def test_lines_alone_raise_the_parents_version_so_that_two_editors_meet(firm: Firm) -> None:
    key = firm.thing("uma", lines=[{"text": "a"}])
    with firm.as_user("uma"):
        firm.things.write([{"id": key, "version": 1, "lines": [{"text": "b"}]}])
        with pytest.raises(Conflict):
            firm.things.write([{"id": key, "version": 1, "lines": [{"text": "c"}]}])
    assert [line["text"] for line in lines(firm, key)] == ["b"]
    updates = firm.sql("SELECT verb FROM core_history WHERE resource = 'bare.thing' ORDER BY id")
    assert [u["verb"] for u in updates] == ["create", "update"]  # one entry for each version


def test_a_line_of_somebody_elses_parent_is_not_there(firm: Firm) -> None:
    mine, foreign = firm.thing("uma", lines=[{"text": "a"}]), firm.thing("udo", lines=[{"text": "secret"}])
    (his,) = lines(firm, foreign)
    with firm.as_user("uma"):
        for wanted in (his["id"], 10**9):
            with pytest.raises(Missing):
                firm.things.write([{"id": mine, "lines": [{"id": wanted, "text": "stolen"}]}])
    assert lines(firm, foreign)[0]["text"] == "secret"


def test_faults_of_lines_are_told_by_row_and_line_and_nothing_is_written(firm: Firm) -> None:
    rows = [{"name": "fine", "lines": [{"text": "a"}]}, {"name": "x", "lines": [{"text": "a"}, {"text": ""}, {"text": "c", "nonsense": 1}]}]
    with firm.as_user("uma"), pytest.raises(Invalid) as bad:
        firm.things.write(rows)
    assert set(bad.value.details["rows"]) == {1} and set(bad.value.fields) == {"lines"}
    assert {n: set(found) for n, found in bad.value.details["lines"]["lines"].items()} == {1: {"text"}, 2: {"nonsense"}}
    assert firm.one("SELECT count(*) AS n FROM bare_thing") == 0
    assert rows[1]["lines"] == [{"text": "a"}, {"text": ""}, {"text": "c", "nonsense": 1}]  # the caller's list is as it was


@pytest.mark.parametrize("name", ["thing", "thing_id", "owner", "owner_id", "department_id", "public_id"])
def test_a_line_cannot_say_whose_it_is(name: str, firm: Firm) -> None:
    foreign = firm.thing("udo")
    with firm.as_user("uma"), pytest.raises(Invalid):
        firm.things.write([{"name": "x", "lines": [{"text": "a", name: foreign}]}])
    assert firm.one("SELECT count(*) AS n FROM bare_line") == 0


def test_lines_of_many_parents_are_one_set(firm: Firm) -> None:
    import sqlalchemy as sa

    def statements(n: int) -> int:
        asked: list[str] = []
        listen = lambda *a: asked.append(a[2])
        sa.event.listen(firm.site.engines.write, "before_cursor_execute", listen)
        with firm.as_user("ada"):
            firm.things.write([{"name": f"t{i}", "owner": 3, "lines": [{"text": "a"}, {"text": f"b{i}"}]} for i in range(n)])
        sa.event.remove(firm.site.engines.write, "before_cursor_execute", listen)
        return len(asked)

    assert statements(200) <= statements(2) + 12
    assert firm.one("SELECT count(*) AS n FROM bare_line WHERE owner_id = 3") == 404


def test_lines_of_what_is_nobodys_are_written_too(firm: Firm) -> None:
    """A role and its grants: words of the house on both sides."""
    roles = firm.resource("core.role")
    with firm.as_user("ada"):
        (key,) = roles.write([{"name": "Clerk", "code": "clerk", "grants": [{"permission": "bare.thing.read", "scope": Scope.own}]}])
        roles.write([{"id": key, "grants": [{"permission": "bare.thing.read", "scope": Scope.all}]}])
    assert firm.sql("SELECT permission, scope FROM core_grant WHERE role_id = :k AND deleted_at IS NULL", k=key) == [
        {"permission": "bare.thing.read", "scope": "all"}]
    assert PEOPLE


def test_a_check_sees_the_lines_that_were_given_and_refuses_them(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def check(rows: list[dict[str, Any]], _before: object) -> dict[int, dict[str, list[Any]]]:
        seen.append([row.get("lines") for row in rows])
        return {at: {"lines": ["Too many."]} for at, row in enumerate(rows) if len(row.get("lines", ())) > 1}

    monkeypatch.setattr(firm.things, "check", check)
    with firm.as_user("uma"):
        (key,) = firm.things.write([{"name": "x", "lines": [{"text": "a"}]}])
        firm.things.write([{"id": key, "name": "y"}])
        with pytest.raises(Invalid) as refused:
            firm.things.write([{"id": key, "lines": [{"text": "a"}, {"text": "b"}]}])
    assert refused.value.fields == {"lines": ["Too many."]}
    assert seen == [[[{"text": "a"}]], [None], [[{"text": "a"}, {"text": "b"}]]]
    assert len(lines(firm, key)) == 1
