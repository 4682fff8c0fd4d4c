"""What the tests of exports share: a plan, its file, its lines, many rows quickly, rights lost."""

from __future__ import annotations

import csv
import io
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import FieldRule, Rule, UserRole
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.resource import listing
from crm_core.resource.changes import stamp
from crm_core.resource.exchange.export import Export, plan, stream
from tests.support.world import World

NAME = "core.customer"


def planned(world: World, name: str, question: str = "", resource: str = NAME, **options: Any) -> Export:
    with world.as_(name):
        found = world.site.registry.resource(resource)
        pairs = [(k, v) for k, _e, v in (part.partition("=") for part in question.split("&") if part)]
        return plan(found, listing.parse(found, pairs), **options)


def written(world: World, name: str, question: str = "", **options: Any) -> bytes:
    return b"".join(stream(world.site, world.actor(name), planned(world, name, question, **options)))


def lines(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def fill(world: World, count: int, owner: str = "ann") -> None:
    """Many customers, quickly: copies of one."""
    with world.site.engines.write.connect().execution_options(crm_unscoped="tests") as conn, conn.begin():
        table = world.site.registry.resource(NAME).table
        kept = [c for c in table.c if c.name not in ("id", "public_id", "name", "owner_id", "code")]
        source = sa.select(*kept).where(table.c.id == world.customers["ann"])
        row = dict(conn.execute(source).mappings().one())
        conn.execute(sa.insert(table), [
            {**row, "id": 1_000 + n, "public_id": f"{n:032x}", "name": f"客户 {n:05d}", "owner_id": world.people[owner]}
            for n in range(count)
        ])


def hide(world: World, field: str) -> None:
    with world.site.system("tests"), writing() as session:
        session.add(stamp(FieldRule(role_id=world.roles["user"], resource=NAME, field=field, rule=Rule.hidden)))
    world.changed()


def lose_role(world: World, name: str = "ann") -> None:
    with world.site.system("tests"), writing() as session:
        session.execute(sa.delete(table_of(UserRole)).where(UserRole.user_id == world.people[name]))
    world.changed()
