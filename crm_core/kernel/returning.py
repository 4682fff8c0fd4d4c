"""Taking in the archive of a plugin that was purged: it is then as it was before, switched off, and wakes like any other. Its
tables are made by its own migrations up to the revision of the archive; switching on brings them further."""

import json
import os
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.data import revisions, safety
from crm_core.data.base import Model, table_of
from crm_core.kernel import belongings, carrying, packing, plugins, purging
from crm_core.kernel.belongings import BYTES, CURRENT, HANGS_ON, OWNED
from crm_core.kernel.declare import Package
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.models import PluginRow, PluginState
from crm_core.kernel.packing import BadBackup
from crm_core.kernel.purging import MANIFEST, POINTERS, Kept, Tell
from crm_core.kernel.site import Site


@dataclass
class Returned:
    """What came back, and what could not because something it hangs on was removed meanwhile, by table."""

    kept: Kept
    emptied: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def read_manifest(path: Path) -> Kept:
    """Raises BadBackup."""
    try:
        return Kept(**json.loads(packing.read_text(path, MANIFEST)))
    except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise BadBackup(_("%(path)s is no archive of a plugin (%(why)s).", path=path, why=error)) from None


def restore(site: Site, path: Path, tell: Tell = lambda _step: None) -> Returned:
    """Put an archive back, in one transaction. Raises BadBackup; Missing when the plugin is not installed here; Refused when it
    is switched on, has rows, or is too old for the archive."""
    kept = read_manifest(path)
    package = _package(site, kept)
    made = safety.engine(site.engines.url)
    with safety.lock(made, site.home), packing.workshop(site.folder("backups"), f".crm-return-{packing.mark(site.home)}-") as place:
        tell(_("Checking every byte"))
        packing.unpack(path, place, kept.sums)
        tell(_("Putting it in place"))
        _put_bytes(site, place)
        with made.connect() as conn, conn.begin():
            found = _put(conn, kept, package, place)
            if broken := safety.broken_keys(conn):
                raise BadBackup(_("The archive does not fit this database: %(rows)s", rows=list(broken[:5])))
    return found


def _put_bytes(site: Site, place: Path) -> None:
    """The bytes that rows speak of, before the rows; what no row comes to know is swept away."""
    for folder in {folder for _column, folder in BYTES.values()}:
        for path in sorted(p for p in (place / folder).rglob("*") if p.is_file()):
            target = site.folder(folder) / path.relative_to(place / folder)
            if not target.exists():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                path.chmod(0o600)
                path.touch()  # young again: the sweeper leaves it alone until its row is there
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                packing.publish(path, target)


def _package(site: Site, kept: Kept) -> Package:
    if kept.engine != site.engines.url.get_backend_name():
        raise Refused(_("This is a backup of %(theirs)s, the site is configured for %(ours)s.",
                        theirs=kept.engine, ours=site.engines.url.get_backend_name()))
    found = plugins.discover().get(kept.plugin)
    if found is None or found.manifest is None:
        raise Missing(_("There is no plugin “%(name)s” on this machine; install it with pip first.", name=kept.plugin))
    package = Package(kept.plugin, found.manifest.label, found.manifest.version, found.module)
    steps = revisions.known(package.migrations) if package.migrations.is_dir() else ()
    if kept.revision is not None and kept.revision not in steps:
        raise Refused(_("The archive is of version %(theirs)s of “%(name)s”, which knows more than the %(ours)s that is installed here.",
                        theirs=kept.version, name=kept.plugin, ours=package.version))
    return package


def _put(conn: sa.Connection, kept: Kept, package: Package, place: Path) -> Returned:
    name = kept.plugin
    t = table_of(PluginRow)
    if conn.scalar(sa.select(t.c.state).where(t.c.name == name)) is PluginState.active:
        raise Refused(_("“%(name)s” is switched on; first: crm plugin disable %(name)s", name=name))
    if full := [table for table in belongings.tables(conn, name) if belongings.count(conn, table)]:
        raise Refused(_("There are rows in %(tables)s already; first: crm plugin purge %(name)s", tables=full, name=name))
    purging.drop_rows(conn, name)
    purging.drop_tables(conn, name)
    _make_tables(conn, kept, package)
    done = Returned(kept)
    keys = _keys(conn, kept.own)
    with _unbound(conn, kept.own):
        for table in kept.own:
            carrying.put(conn, table, kept.columns[table], carrying.read(place / purging.part_of(table)))
        _mend(conn, keys, done)
    _number(conn, kept.own)
    fresh: dict[str, dict[int, int]] = {}
    for table in (one for one in OWNED if one in kept.columns):
        fresh[table] = _put_core(conn, table, kept, place, fresh, done)
    conn.execute(sa.update(t).where(t.c.name == name, t.c.state == PluginState.failed).values(state=PluginState.disabled, error=None))
    _point(conn, place)
    site_row = Model.metadata.tables["core_site"]
    conn.execute(sa.update(site_row).values(rights=site_row.c.rights + 1))
    return done


def _make_tables(conn: sa.Connection, kept: Kept, package: Package) -> None:
    if kept.revision is None:
        return
    from crm_core.data.autogenerate import Settings, run

    steps = revisions.known(package.migrations)
    run(Settings(conn, package, [package.name]), steps[: steps.index(kept.revision) + 1])
    there = {table: set(carrying.columns(conn, table)) for table in belongings.tables(conn, package.name)}
    if wrong := [table for table in kept.own if there.get(table) != set(kept.columns[table])]:
        raise Refused(_("The migrations of “%(name)s” make other tables than the archive has: %(tables)s", name=package.name, tables=wrong))
    for table in kept.own:  # what a migration put in stands in the archive, as far as it was still there
        conn.execute(sa.delete(sa.table(table)))


# --- keys --------------------------------------------------------------------------------------------------------------

Key = tuple[str, str, str]  # table, column, and the table whose `id` it holds


@contextmanager
def _unbound(conn: sa.Connection, own: Iterable[str]) -> Iterator[None]:
    """Without the foreign keys of these tables, which would ask for an order of rows (on SQLite they are off)."""
    keys = purging.foreign_keys(conn, own)
    for key in keys:
        conn.execute(sa.schema.DropConstraint(key))
    yield
    for key in keys:
        conn.execute(sa.schema.AddConstraint(key))


def _keys(conn: sa.Connection, own: Iterable[str]) -> list[Key]:
    look = sa.inspect(conn)
    return [(table, key["constrained_columns"][0], key["referred_table"]) for table in own for key in look.get_foreign_keys(table)]


def _mend(conn: sa.Connection, keys: Iterable[Key], done: Returned) -> None:
    """What was removed for good meanwhile is pointed at by nobody: the column is emptied, or the row left out with its parts."""
    look = sa.inspect(conn)
    nullable = {(table, c["name"]): c["nullable"] for table in done.kept.own for c in look.get_columns(table)}
    again = True
    while again:
        again = False
        for table, column, target in keys:
            own = sa.table(table, sa.column(column))
            lost = sa.and_(own.c[column].is_not(None), own.c[column].not_in(sa.select(sa.column("id")).select_from(sa.table(target))))
            if nullable[table, column]:
                hit, told = conn.execute(sa.update(own).where(lost).values({column: None})).rowcount, done.emptied
            else:
                hit, told = conn.execute(sa.delete(own).where(lost)).rowcount, done.left_out
                again = again or hit > 0
            if hit:
                told[table] = told.get(table, 0) + hit


def _number(conn: sa.Connection, own: Iterable[str]) -> None:
    """New rows get numbers above the old ones (SQLite sees to that by itself)."""
    if conn.dialect.name == "sqlite":
        return
    for table in own:
        if "id" in carrying.columns(conn, table):
            newest = sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(table)).scalar_subquery()
            conn.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table, "id"), newest)))


# --- rows of core ------------------------------------------------------------------------------------------------------


def _put_core(conn: sa.Connection, table: str, kept: Kept, place: Path, fresh: Mapping[str, Mapping[int, int]], done: Returned) -> dict[int, int]:
    """Rows keep their numbers unless somebody has taken one meanwhile; the new ones by the old. What hangs on something that is
    gone is left out."""
    path = place / purging.part_of(table)
    keys = _keys(conn, [table])
    column, parent = HANGS_ON.get(table, ("", ""))
    numbers = _numbers(conn, table, path)
    moved: dict[int, int] = {}
    for some in carrying.chunks(carrying.read(path)):
        rows = [json.loads(line) for line in some]
        for row in rows if column else ():
            row[column] = fresh.get(parent, {}).get(row[column], row[column])
        before = len(rows)
        for _table, held, target in keys:
            there = _there(conn, target, [row[held] for row in rows])
            rows = [row for row in rows if row[held] is None or row[held] in there]
        if before > len(rows):
            done.left_out[table] = done.left_out.get(table, 0) + before - len(rows)
        taken = _there(conn, table, [row["id"] for row in rows])
        for row in rows:
            if row["id"] in taken:
                old, row["id"] = row["id"], next(numbers)
                moved[old] = row["id"]
        carrying.put(conn, table, kept.columns[table], [json.dumps(row, ensure_ascii=False) for row in rows])
    for old, new in moved.items() if table in CURRENT else ():  # the parent says which of them counts
        holder = sa.table(parent, sa.column("id"), sa.column(CURRENT[table]))
        mine = sa.select(sa.column(column)).select_from(sa.table(table)).where(sa.column("id") == new).scalar_subquery()
        conn.execute(sa.update(holder).where(holder.c.id == mine, holder.c[CURRENT[table]] == old).values({CURRENT[table]: new}))
    return moved


def _numbers(conn: sa.Connection, table: str, path: Path) -> Iterator[int]:
    """Numbers nobody has, neither there nor in the archive (its lines are in their order)."""
    if conn.dialect.name != "sqlite":
        while True:
            yield conn.scalar(sa.text("select nextval(pg_get_serial_sequence(:name, 'id'))"), {"name": table})
    last = 0
    for line in carrying.read(path):
        last = json.loads(line)["id"]
    top = conn.scalar(sa.select(sa.func.max(sa.column("id", sa.BigInteger()))).select_from(sa.table(table)))
    yield from count(max(top or 0, last) + 1)


def _there(conn: sa.Connection, table: str, ids: Sequence[Any]) -> set[int]:
    key: sa.ColumnClause[int] = sa.column("id", sa.BigInteger())
    return set(conn.scalars(sa.select(key).select_from(sa.table(table)).where(key.in_([i for i in ids if i is not None]))))


def _point(conn: sa.Connection, place: Path) -> None:
    """Rows of others point here again, where they are still there and point nowhere else by now."""
    there = revisions.table_names(conn)
    for line in carrying.read(place / POINTERS):
        entry = json.loads(line)
        values = {c: v for c, v in entry["row"].items() if c != "id"}
        if entry["table"] in there:
            table = sa.table(entry["table"], sa.column("id"), *(sa.column(c) for c in values))
            free = [table.c[c].is_(None) for c in values]
            conn.execute(sa.update(table).where(table.c.id == entry["row"]["id"], *free).values(values))
