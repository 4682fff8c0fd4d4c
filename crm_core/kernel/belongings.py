"""What a site has of a package, found without its code: its tables, rows of core that go and come with it, and columns of
others that point at its records."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data import revisions
from crm_core.data.base import table_of
from crm_core.kernel import plugins
from crm_core.kernel.models import PluginRow, ReferenceRow

# Rows of core that carry the name of a package (`visits`) or a name below it (`visits.visit`), by table and columns.
# Children stand behind what they hang on.
OWNED: dict[str, tuple[str, ...]] = {
    "core_plugin": ("name",), "core_setting": ("name",), "core_reference": ("package",), "core_series": ("name",),
    "core_choice": ("list",), "core_history": ("resource",), "core_timeline": ("subject", "source"), "core_foreign_id": ("resource",),
    "core_tagged": ("subject",), "core_attachment": ("subject",), "core_attachment_content": (), "core_draft": ("key",), "core_import": ("target",), "core_import_row": (), "core_import_profile": ("resource",), "core_merge": ("resource",), "core_twin": ("resource",), "core_feed": ("resource",),
    "core_custom_field": ("resource",), "core_layout": ("resource",), "core_view": ("resource",), "core_print_template": ("subject",),
    "core_merge_moved": ("package",), "core_share": ("subject",),
    "core_flow": ("subject",), "core_approval": ("subject",), "core_approval_place": (), "core_approval_vote": (), "core_alarm": ("report",), "core_rule": ("resource",), "core_rule_run": ("subject",), "core_rule_offer": ("subject",),
}
HANGS_ON = {"core_approval_place": ("approval_id", "core_approval"), "core_approval_vote": ("approval_id", "core_approval"), "core_attachment_content": ("attachment_id", "core_attachment"), "core_import_row": ("import_id", "core_import"), "core_merge_moved": ("merge_id", "core_merge")}
CURRENT = {"core_attachment_content": "content_id"}  # the column of what they hang on that names one of them
# Bytes that rows speak of: table → (column with their place, folder of the site below which they lie). They are part of an archive.
BYTES = {"core_attachment_content": ("path", "attachments")}
# The same for what is not worth keeping: what waited to be done, and what is made anew when the package wakes.
PASSING: dict[str, tuple[str, ...]] = {
    "core_outbox": ("listener",), "core_job": ("name",), "core_search": ("resource",), "core_search_waiting": ("resource",), "core_stream": ("resource",),
}
# Rights are decisions of the house: they stay, mean nothing without the package, and hold again when it is back.
RIGHTS: dict[str, tuple[str, ...]] = {"core_grant": ("permission",), "core_field_rule": ("resource",)}

# Slot: called with (connection, package) before the rows of a package leave; for what hangs on them outside of tables.
parting: list[Callable[[sa.Connection, str], None]] = []


@dataclass(frozen=True)
class Pointer:
    """A column of somebody else that points at records of a package: `column` holds the id, `named` the resource's name in a
    sibling, if any. `free`: it can be emptied; one that cannot holds the package."""

    package: str
    table: str
    column: str
    named: str
    target: str
    free: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.named, self.column) if self.named else (self.column,)

    @property
    def name(self) -> str:
        return f"{self.table}.{self.named or self.column}"

    def rows(self, package: str) -> sa.ColumnElement[bool]:
        found = below(self.named, package) if self.named else sa.column(self.column).is_not(None)
        return sa.and_(found, ~belonging(self.table, package)) if self.table in OWNED else found


def below(column: str, package: str) -> sa.ColumnElement[bool]:
    """That a column names this package or something of it."""
    named: sa.ColumnClause[str] = sa.column(column, sa.String())
    return sa.or_(named == package, named.startswith(f"{package}.", autoescape=True))


def belonging(table: str, package: str) -> sa.ColumnElement[bool]:
    """Which rows of a table of core belong to a package."""
    columns = (OWNED | PASSING | RIGHTS)[table]
    found = [below(column, package) for column in columns]
    if table in HANGS_ON:
        column, parent = HANGS_ON[table]
        found.append(sa.column(column).in_(sa.select(sa.column("id")).select_from(sa.table(parent)).where(belonging(parent, package))))
    return sa.or_(*found)


def known(conn: sa.Connection) -> set[str]:
    """The names of all packages that may have tables here, and of those installed on this machine."""
    return revisions.installed(conn) | set(plugins.discover()) | {
        name for name in conn.scalars(sa.select(table_of(PluginRow).c.name)) if "+" not in name}


def tables(conn: sa.Connection, package: str) -> list[str]:
    """The tables of a package, by name."""
    names = known(conn) | {package}
    return sorted(t for t in revisions.table_names(conn) if revisions.owner_of(t, names) == package)


def pointers(conn: sa.Connection, package: str, own: Collection[str]) -> Iterator[Pointer]:
    """Columns of other packages, sleeping ones too, that may point at records of this one."""
    t = table_of(ReferenceRow).c
    there, look = revisions.table_names(conn), sa.inspect(conn)
    query = sa.select(t.package, t.table_name, t.column_name, t.target, t.kind).where(
        t.package != package, t.kind != "fk", sa.or_(t.target == "*", t.target.in_(own), t.target.startswith(f"{package}.", autoescape=True)))
    for row in conn.execute(query.order_by(t.package, t.table_name, t.id)):
        if row.table_name not in there or row.column_name in (OWNED | PASSING).get(row.table_name, ()):
            continue
        nullable = {c["name"]: c["nullable"] for c in look.get_columns(row.table_name)}
        named = row.column_name if row.kind == "anyref" else ""
        column = f"{row.column_name}_id" if named else row.column_name
        if column in nullable:
            free = "id" in nullable and all(nullable[c] for c in (column, *([named] if named else [])))
            yield Pointer(row.package, row.table_name, column, named, row.target, free)


def holders(conn: sa.Connection, own: Collection[str]) -> list[str]:
    """Foreign keys of others into these tables, as `table.column`, by what the database says."""
    if conn.dialect.name == "sqlite":
        query = sa.text("""select m.name, k."from", k."table" from sqlite_master m, pragma_foreign_key_list(m.name) k where m.type = 'table'""")
    else:
        query = sa.text("""select t.relname, a.attname, f.relname from pg_constraint c join pg_class t on t.oid = c.conrelid
            join pg_class f on f.oid = c.confrelid join pg_attribute a on a.attrelid = t.oid and a.attnum = any(c.conkey)
            where c.contype = 'f' and c.connamespace = current_schema()::regnamespace""")
    return sorted(f"{table}.{column}" for table, column, target in conn.execute(query) if target in own and table not in own)


def count(conn: sa.Connection, table: str, where: Any = None) -> int:
    query = sa.select(sa.func.count()).select_from(sa.table(table))
    return int(conn.execute(query if where is None else query.where(where)).scalar_one())
