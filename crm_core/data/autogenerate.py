"""The half of migrations that needs Alembic (70 ms, so imported only at use): running, comparing, writing revisions."""

import argparse
import enum
import re
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import autogenerate, command
from alembic.config import Config
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from crm_core.data import inside, revisions, safety
from crm_core.data.base import Model
from crm_core.data.columns import UtcDateTime
from crm_core.data.faults import UpgradeRefused
from crm_core.data.revisions import PackageLike
from crm_core.text.problems import N_

ENV = Path(__file__).parent / "migrations"


class Settings:
    """What env.py is told of one package and one connection."""

    def __init__(self, connection: sa.Connection, package: PackageLike, packages: Iterable[str]) -> None:
        self.connection = connection
        self.package = package
        self.metadata = Model.metadata
        self.packages = set(packages) | revisions.installed(connection)
        self.virtual = safety.virtual(connection)
        self.changes: tuple[str, ...] = ()
        self.by_hand: set[str] = set()
        self._closing: set[str] = set()

    def config(self, folder: Path | None = None) -> Config:
        """Alembic's configuration, built in code: no ini file."""
        config = Config(cmd_opts=argparse.Namespace(quiet=True, x=None))
        config.set_main_option("script_location", str(ENV).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", str(folder or self.package.migrations).replace("%", "%%"))
        config.attributes["settings"] = self
        return config

    def include_object(self, item: Any, name: str | None, type_: str, _reflected: bool, _other: Any) -> bool:
        """Only what belongs to the package; `include_name` would filter the database's side alone."""
        table = name if type_ == "table" else getattr(getattr(item, "table", None), "name", None)
        if table is None or safety.is_virtual(table, self.virtual):
            return False
        if (f"{table}.{name}" if type_ == "column" else name) in self.by_hand or (name or "").startswith(inside.BESIDE):
            return False
        return revisions.owner_of(table, self.packages) == self.package.name

    def render_item(self, type_: str, item: Any, context: Any) -> Any:
        """Revisions never import live code: our own types are written as what the database has (script.py.mako)."""
        if type_ == "type" and isinstance(item, UtcDateTime):
            return "AT"
        if type_ == "type" and isinstance(item, sa.Enum):
            return f"sa.String(length={item.length})"
        if type_ == "type" and isinstance(item, sa.BigInteger) and "sqlite" in item._variant_mapping:
            return "ID"
        if type_ == "type" and isinstance(item, sa.JSON) and "postgresql" in item._variant_mapping:
            return "JSON"
        if type_ == "foreign_key" and item.name in self._closing:
            return None  # added once both tables exist
        return False

    def arrange(self, _context: Any, _revision: Any, directives: list[Any]) -> None:
        """Put new tables into an order that PostgreSQL takes, foreign keys that look ahead at the end; note what
        changes."""
        script = directives[0]
        if script.upgrade_ops is None or script.upgrade_ops.is_empty():
            directives[:] = []
            return
        upgrade = script.upgrade_ops.ops
        created = {op.table_name: op for op in upgrade if isinstance(op, ops.CreateTableOp)}
        others = [op for op in upgrade if not isinstance(op, ops.CreateTableOp)]
        order = [table.name for table, _keys in sa.schema.sort_tables_and_constraints(  # type: ignore[no-untyped-call]
            [self.metadata.tables[name] for name in sorted(created)]) if table is not None]
        closing = []
        for name in order:
            ahead = [key for key in self.metadata.tables[name].foreign_key_constraints
                     if key.referred_table.name in order and order.index(key.referred_table.name) > order.index(name)]
            ahead.sort(key=lambda key: str(key.name))
            self._closing |= {str(key.name) for key in ahead}
            if ahead:
                closing.append(ops.ModifyTableOps(name, [ops.CreateForeignKeyOp.from_constraint(key) for key in ahead]))
        upgrade[:] = [created[name] for name in order] + closing + others
        inner = [op for op in others if not (isinstance(op, ops.ModifyTableOps) and op.table_name in created)]
        back = ops.UpgradeOps([*[created[name] for name in order], *closing, *inner]).reverse()
        script.downgrade_ops.ops[:] = back.ops
        self.changes = tuple(sorted(_changed(others)))
        for change in others:
            for added in change.ops if isinstance(change, ops.ModifyTableOps) else ():
                if isinstance(added, ops.AddColumnOp):
                    added.column = _for_old_rows(added.column)


def run(settings: Settings, steps: Sequence[str]) -> tuple[set[str], set[str]]:
    """Apply a package's next revisions on its connection, inside the caller's transaction. What they say they change,
    and fill."""
    config = settings.config()
    scripts = ScriptDirectory.from_config(config)
    modules = [scripts.get_revision(step).module for step in steps]
    command.upgrade(config, steps[-1])
    changes = {name for module in modules for name in getattr(module, "changes", ())}
    return changes, {name for module in modules for name in getattr(module, "fills", ())}


def differences(conn: sa.Connection, package: PackageLike, packages: Iterable[PackageLike]) -> list[str]:
    """What Alembic would write for a package, as readable lines."""
    settings = Settings(conn, package, [p.name for p in packages])
    settings.by_hand = _by_hand(settings)
    context = MigrationContext.configure(conn, opts={
        "target_metadata": settings.metadata, "version_table": package.version_table, "compare_type": True,
        "include_object": settings.include_object, "render_as_batch": True,
    })
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Cannot correctly sort tables")
        return [_line(diff) for diff in autogenerate.compare_metadata(context, settings.metadata)]


def write(conn: sa.Connection, package: PackageLike, packages: Iterable[PackageLike], message: str,
          folder: Path) -> Path | None:
    """Write the next revision of a package into a folder."""
    number = len(revisions.known(folder)) + 1 if folder.is_dir() else 1
    settings = Settings(conn, package, [p.name for p in packages])
    settings.by_hand = _by_hand(settings)
    config = settings.config(folder)
    config.set_main_option("file_template", f"{number:04}_%%(slug)s")
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Cannot correctly sort tables")  # arrange() does
        made = command.revision(config, message, autogenerate=True, rev_id=f"{package.name}_{number:04}")
    script = next(iter(made), None) if isinstance(made, list) else made
    if script is None:
        return None  # nothing differs
    path = Path(script.path)
    path.write_text(_tidy(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def write_first(package: PackageLike, packages: Sequence[PackageLike]) -> Path:
    """Write `0001_first.py` from the models as if there were no database yet."""
    with tempfile.TemporaryDirectory() as place:
        engine = safety.engine(sa.make_url(f"sqlite:///{place}/empty.db"))
        with engine.connect() as conn, conn.begin():
            made = write(conn, package, packages, "first", Path(place) / "versions")
        engine.dispose()
        if made is None:
            raise UpgradeRefused(N_("“%(package)s” has no tables."), package=package.name)
        package.migrations.mkdir(parents=True, exist_ok=True)
        for old in package.migrations.glob("0001_*.py"):
            old.unlink()
        target = package.migrations / "0001_first.py"
        target.write_text(made.read_text(encoding="utf-8"), encoding="utf-8")
        return target


def _for_old_rows(column: sa.Column[Any]) -> sa.Column[Any]:
    """A new column that may not be empty gets what new rows get by default: there may be rows already."""
    default = column.default
    if column.nullable or column.server_default is not None or default is None or not default.is_scalar:
        return column
    value = default.arg  # type: ignore[attr-defined]
    value = value.value if isinstance(value, enum.Enum) else int(value) if isinstance(value, bool) else value
    filled = column._copy()
    filled.server_default = sa.DefaultClause(str(value))
    return filled


def _by_hand(settings: Settings) -> set[str]:
    """What revisions made by hand beside the models: indexes, and columns as `table.column`."""
    if not settings.package.migrations.is_dir():
        return set()
    scripts = ScriptDirectory.from_config(settings.config())
    return {name for script in scripts.walk_revisions() for name in getattr(script.module, "by_hand", ())}


def _tidy(text: str) -> str:
    text = re.sub(r"^    # ###.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^    (sa\.(?:Column|\w+Constraint)\()", r"        \1", text, flags=re.MULTILINE)
    text = text.replace(", schema=None)", ")").replace("batch_op", "batch").rstrip()
    text = re.sub(r"\n\n+(    with|    op)", r"\n\1", text)
    return re.sub(r"\n{4,}", "\n\n\n", text) + "\n"


def _changed(found: Iterable[Any]) -> set[str]:
    names: set[str] = set()
    for op in found:
        if isinstance(op, ops.ModifyTableOps):
            inner = [o for o in op.ops if not isinstance(o, ops.CreateIndexOp)]
            names |= {op.table_name} if inner else set()
            names |= {str(o.index_name) for o in inner if isinstance(o, ops.DropIndexOp)}
        elif isinstance(op, ops.DropTableOp):
            names.add(op.table_name)
        elif isinstance(op, ops.DropIndexOp):
            names.add(str(op.index_name))
    return names


def _line(diff: Any) -> str:
    if isinstance(diff, list):
        return "; ".join(_line(one) for one in diff)
    what, *rest = diff
    return f"{what}: " + " ".join(str(getattr(part, "name", part)) for part in rest if part is not None)
