"""Core owns references: which column of which package points at which resource, known even while the package sleeps.

Written from the models whenever a package migrates (its models are then what the database has). Merging, purging and
the question "who refers to this?" read it instead of importing anybody.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import migrate, revisions
from crm_core.data.base import Model, table_of
from crm_core.data.faults import UpgradeRefused
from crm_core.data.revisions import owner_of
from crm_core.kernel.models import ReferenceRow
from crm_core.text.problems import N_

_table = table_of(ReferenceRow)


def of_package(package: str, packages: set[str]) -> list[dict[str, str]]:
    """The references that leave the tables of a package, as rows of `core_reference`."""
    found = []
    for table in Model.metadata.tables.values():
        if owner_of(table.name, packages) == package:
            for column, target, kind in _of_table(table):
                found.append({"package": package, "table_name": table.name, "column_name": column, "target": target,
                              "kind": kind})
    return found


def write(conn: sa.Connection, package: Any, site: Any) -> None:
    """Replace what the database knows of one package; called in the transaction of its migration."""
    names = {p.name for p in site.registry.packages}
    conn.execute(sa.delete(_table).where(_table.c.package == package.name))
    rows = of_package(package.name, names)
    if rows:
        conn.execute(sa.insert(_table), rows)


def to(conn: sa.Connection, *targets: str) -> list[Any]:
    """Who points at these tables or resources (`"core_customer", "core.customer"`), active or dormant; AnyRefs
    included."""
    t = _table.c
    query = sa.select(_table).where(t.target.in_([*targets, "*"])).order_by(t.package, t.table_name, t.id)
    return list(conn.execute(query))


def holding(conn: sa.Connection, packages: set[str], *targets: str) -> set[tuple[str, str, str]]:
    """(table, column, kind) of whatever may point at these: what the database knows, sleeping packages included, and what the
    models of active ones say, so that a row of `core_reference` that was lost lets nothing go."""
    found = {(row.table_name, row.column_name, row.kind) for row in to(conn, *targets)}
    for package in packages:
        found |= {(r["table_name"], r["column_name"], r["kind"]) for r in of_package(package, packages) if r["target"] in (*targets, "*")}
    return found


def _of_table(table: sa.Table) -> Iterator[tuple[str, str, str]]:
    for column in table.columns:
        for key in column.foreign_keys:
            yield column.name, key.target_fullname.split(".")[0], "fk"
        kind, target = column.info.get("kind"), column.info.get("target")
        if kind == "anyref":
            yield column.name, "*", "anyref"
        elif target and not column.foreign_keys:
            yield column.name, str(target), "ref"


def guard(conn: sa.Connection, package: Any, steps: Sequence[str], site: Any) -> None:
    """Called before an upgrade: one that drops or renames what a sleeping package refers to is refused, by its name."""
    gone = revisions.removes(package.migrations, steps)
    if not gone or _table.name not in revisions.table_names(conn):
        return
    serving = {p.name for p in site.registry.packages}
    for row in conn.execute(sa.select(_table).order_by(_table.c.package, _table.c.table_name, _table.c.id)):
        if row.package not in serving and (hit := _hit(conn, row, gone)):
            raise UpgradeRefused(N_(
                "This upgrade of “%(package)s” drops or renames %(what)s, to which “%(name)s” refers, which is switched off. Nothing was "
                "changed. Install a newer version of it, switch it on, or purge it: crm plugin purge %(name)s"),
                package=package.name, what=hit, name=row.package)


def _hit(conn: sa.Connection, row: Any, gone: set[str]) -> str:
    """What of these a reference needs: the table it points at, or its key."""
    if row.kind != "anyref":
        target = row.target.replace(".", "_", 1)  # a resource's table is called like it
        return target if target in gone else f"{target}.id" if f"{target}.id" in gone else ""
    named = sa.column(row.column_name, sa.String())
    for table in sorted(g for g in gone if "." not in g):
        of = sa.select(sa.literal(1)).select_from(sa.table(row.table_name)).where(named == table.replace("_", ".", 1)).limit(1)
        if conn.execute(of).first() is not None:
            return table
    return ""


migrate.after_package.append(write)
migrate.before_upgrade.append(guard)
