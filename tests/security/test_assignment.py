"""S7: a body may name every column there is; only what the resource offers for writing changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]
# What attackers try beside the columns of the table itself.
TRIED = {
    "id": 1, "owner_id": 1, "team_id": 1, "department_id": 1, "company_id": 1, "role": "administrator", "roles_id": [1],
    "is_admin": True, "created_by": 1, "created_by_id": 1, "updated_by_id": 1, "version": 99, "public_id": "0" * 32,
    "deleted_at": None, "deleted_change_id": 1, "merged_into_id": 1, "password_hash": "x", "login_key": "root", "preferences": {},
    "path": "/1/", "msgid": "x", "name_key": "x", "__class__": "x", "_sa_instance_state": {}, "registry": {}, "permission": "*",
}


def rows(world: World, table: sa.Table) -> dict[int, dict[str, Any]]:
    with world.site.engines.read.connect().execution_options(crm_unscoped="tests") as conn:
        return {row["id"]: dict(row) for row in conn.execute(sa.select(table)).mappings()}


def resources(world: World, verb: str) -> list[Any]:
    from crm_core.api.routes import offers

    found = world.site.registry.resources.values()
    return [r for r in found if "read" in r.verbs and offers(r, verb)]


@one_engine
def test_nothing_can_be_assigned_that_was_not_offered(world: World, as_: As) -> None:
    """Each name for itself, on a record of each resource: refused by name, and the whole table stays as it is."""
    root, wrong = as_("root"), []
    for resource in resources(world, "update"):
        before = rows(world, resource.table)
        if not before:
            continue
        with world.as_("root"):
            offered = set(resource.fields(writing=True)) | {lines.name for lines in resource.lines}
        row_id = min(i for i, row in before.items() if row["deleted_at"] is None)
        names = {**{c.name: before[row_id][c.name] for c in resource.table.columns}, **TRIED}
        for name, value in names.items():
            if name in offered:
                continue
            sent = value if isinstance(value, str | int | bool | list | dict | None) else str(value)
            answer = root("PATCH", f"/{resource.package}/{resource.path}/{row_id}", {name: sent})
            if answer.status_code != 422 or [f["pointer"] for f in answer.json["errors"]] != [f"#/{name}"]:
                wrong.append((resource.name, name, answer.status_code, answer.get_data(as_text=True)[:200]))
        if rows(world, resource.table) != before:
            wrong.append((resource.name, "the table changed"))
    assert wrong == []


@one_engine
def test_a_new_record_takes_nothing_that_was_not_offered(world: World, as_: As) -> None:
    root, wrong = as_("root"), []
    for resource in resources(world, "create"):
        before = rows(world, resource.table)
        with world.as_("root"):
            offered = set(resource.fields(writing=True)) | {lines.name for lines in resource.lines}
        names = {c.name for c in resource.table.columns} | set(TRIED)
        body = {name: TRIED.get(name, 1) for name in names - offered}
        answer = root("POST", f"/{resource.package}/{resource.path}", body)
        refused = {f["pointer"].removeprefix("#/") for f in answer.json.get("errors", [])}
        if answer.status_code != 422 or not set(body) <= refused or rows(world, resource.table) != before:
            wrong.append((resource.name, answer.status_code, set(body) - refused))
    assert wrong == []


@one_engine
@pytest.mark.parametrize("name", ["owner", "department"])
def test_a_record_is_not_given_away_without_the_right_to(world: World, as_: As, name: str) -> None:
    other = {"owner": world.people["sue"], "department": world.departments["south"]}[name]
    path = f"/core/customer/{world.customers['ann']}"
    if name == "owner":
        assert as_("uma")("POST", "/core/customer", {"name": "x", name: other}).status_code == 403
    before = as_("ann")("GET", path).json
    assert as_("ann")("PATCH", path, {name: other}).status_code == 403
    assert as_("ann")("GET", path).json == before
    assert as_("boss")("PATCH", path, {name: other}).status_code == 200


@one_engine
def test_a_person_does_not_give_himself_roles(world: World, as_: As) -> None:
    for who in ("ann", "nora"):
        answer = as_(who)("PATCH", f"/core/user/{world.people[who]}", {"roles": [{"role": world.roles["administrator"]}]})
        assert answer.status_code in (403, 404, 409, 422)
        assert "administrator" not in [code for code, _name, _msgid in world.actor(who).roles]


@one_engine
def test_a_line_of_somebody_else_s_record_cannot_be_drawn_over(world: World, as_: As) -> None:
    """An id of a foreign address in one's own list: not found, and the foreign record keeps it."""
    ann, sue = world.customers["ann"], world.customers["sue"]
    foreign = as_("sue")("GET", f"/core/customer/{sue}").json["addresses"]
    answer = as_("ann")("PATCH", f"/core/customer/{ann}", {"addresses": [{"id": foreign[0]["id"], "street": "mine"}]})
    missing = as_("ann")("PATCH", f"/core/customer/{ann}", {"addresses": [{"id": 999_999, "street": "mine"}]})
    assert (answer.status_code, answer.get_data()) == (missing.status_code, missing.get_data())
    assert answer.status_code == 404
    assert as_("sue")("GET", f"/core/customer/{sue}").json["addresses"] == foreign


@one_engine
def test_the_guard_is_what_refuses(world: World, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: when names are not compared with what is offered, a stamp of the house goes through."""
    from crm_core.resource import fields

    path = f"/core/customer/{world.customers['ann']}"
    stamp = {"created_by": world.people["sue"]}
    assert as_("ann")("PATCH", path, stamp).status_code == 422
    monkeypatch.setattr("crm_core.api.bodies.clean_values", lambda given, known, how: {n: getattr(known[n], how)(v) for n, v in given.items()})
    monkeypatch.setattr("crm_core.resource.resource.Resource.fields", lambda self, writing=False: dict(self.all_fields))
    assert fields.clean_values is not None
    assert as_("ann")("PATCH", path, stamp).status_code == 200
