"""Which revision a database has and which the code knows, without importing Alembic: `crm serve` asks this at
each start."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from crm_core.data.faults import NewerSchema
from crm_core.text.problems import N_

_WORD = r"(?:[\"']([^\"']+)[\"']|None)"
_LINE = re.compile(rf"^(revision|down_revision)\s*(?::[^=]*)?=\s*{_WORD}", re.MULTILINE)
_PAIR = re.compile(rf"^revision, down_revision = {_WORD}, {_WORD}", re.MULTILINE)


class PackageLike(Protocol):
    """What is asked of a package here (kernel.declare.Package)."""

    @property
    def name(self) -> str: ...
    @property
    def migrations(self) -> Path: ...
    @property
    def version_table(self) -> str: ...


@dataclass(frozen=True)
class Status:
    """Where a package stands in one database."""

    package: str
    current: str | None
    known: tuple[str, ...]  # from the first to the newest

    @property
    def head(self) -> str | None:
        return self.known[-1] if self.known else None

    @property
    def pending(self) -> tuple[str, ...]:
        """The revisions still to be applied. Raises NewerSchema when the database is ahead of us."""
        if self.current is None:
            return self.known
        self.check()
        return self.known[self.known.index(self.current) + 1:]

    def check(self) -> None:
        """Raise NewerSchema when the current revision is none that we know."""
        if self.current is not None and self.current not in self.known:
            raise NewerSchema(N_(
                "The database has revision %(current)s of “%(package)s”, which this version of the program does not know "
                "(it knows up to %(head)s). It was used with a newer version: install that one, or restore the backup made "
                "before its upgrade. Nothing was changed."), current=self.current, package=self.package, head=self.head or "–")


def known(folder: Path) -> tuple[str, ...]:
    """The revisions in a folder, in order. Raises ValueError when they are not one chain."""
    parent_of: dict[str, str | None] = {}
    for path in sorted(folder.glob("[0-9]*.py")):
        text = path.read_text(encoding="utf-8")
        found = {name: value or None for name, value in _LINE.findall(text)}
        if pair := _PAIR.search(text):
            found = {"revision": pair[1], "down_revision": pair[2]}
        revision = found.get("revision")
        if not revision or "down_revision" not in found:
            raise ValueError(f"{path}: no revision or no down_revision")
        parent_of[revision] = found["down_revision"]
    child_of = {parent: revision for revision, parent in parent_of.items()}
    chain: list[str] = []
    step = child_of.get(None)
    while step is not None:
        chain.append(step)
        step = child_of.get(step)
    if len(chain) != len(parent_of):
        raise ValueError(f"{folder}: the revisions {', '.join(sorted(parent_of))} are not one chain")
    return tuple(chain)


def removes(folder: Path, steps: Collection[str]) -> set[str]:
    """Tables, and columns as `table.column`, that these revisions drop or rename, as far as their text says so."""
    found: set[str] = set()
    for path in sorted(folder.glob("[0-9]*.py")):
        text = path.read_text(encoding="utf-8")
        names = {name: value for name, value in _LINE.findall(text)}
        pair = _PAIR.search(text)
        if (pair[1] if pair else names.get("revision")) in steps:
            _walk(ast.parse(text), "", found)
    return found


def _walk(node: ast.AST, table: str, found: set[str]) -> None:
    """Calls on `op`, and on what `with op.batch_alter_table("…") as batch` gives."""
    if isinstance(node, ast.FunctionDef) and node.name == "downgrade":
        return
    if isinstance(node, ast.With):
        for item in node.items:
            if isinstance(item.context_expr, ast.Call) and _called(item.context_expr) == "batch_alter_table":
                table = next(_words(item.context_expr), "")
    if isinstance(node, ast.Call):
        words = [*([table] if table else []), *_words(node)]
        renames = any(k.arg == "new_column_name" for k in node.keywords)
        match _called(node):
            case "drop_table" | "rename_table":
                found.update(words[:1])
            case "drop_column":
                found.add(".".join(words[:2]))
            case "alter_column" if renames:
                found.add(".".join(words[:2]))
    for child in ast.iter_child_nodes(node):
        _walk(child, table, found)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _words(node: ast.Call) -> Iterator[str]:
    return (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def current(conn: sa.Connection, package: PackageLike) -> str | None:
    """The revision a database has of a package; None when it never had any."""
    if package.version_table not in table_names(conn):
        return None
    query = sa.select(sa.column("version_num", sa.String())).select_from(sa.table(package.version_table))
    rows: list[str] = list(conn.scalars(query))
    if len(rows) > 1:
        raise NewerSchema(N_("%(table)s holds several revisions (%(rows)s); restore a backup."),
                          table=package.version_table, rows=", ".join(rows))
    return rows[0] if rows else None


def table_names(conn: sa.Connection) -> set[str]:
    """All tables, by one plain statement (an inspector costs twenty milliseconds more)."""
    if conn.dialect.name == "sqlite":
        query = "select name from sqlite_master where type = 'table'"
    else:
        query = "select tablename from pg_tables where schemaname = current_schema()"
    return set(conn.execute(sa.text(query)).scalars())


def status(conn: sa.Connection, packages: Iterable[PackageLike]) -> list[Status]:
    """Where each package stands, in load order."""
    return [Status(p.name, current(conn, p), known(p.migrations) if p.migrations.is_dir() else ()) for p in packages]


def installed(conn: sa.Connection) -> set[str]:
    """Names of all packages that ever migrated here, active or not."""
    names = {t.removeprefix("alembic_version_") for t in table_names(conn) if t.startswith("alembic_version_")}
    return names | {"core"}


def owner_of(table: str, packages: Iterable[str]) -> str | None:
    """The package a table belongs to, by the longest prefix: `sales_plus_x` is not of `sales`."""
    found = [name for name in packages if table.startswith(f"{name}_")]
    return max(found, key=len) if found else None
