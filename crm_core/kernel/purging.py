"""Taking a plugin that is switched off away for good: first an archive that `returning.py` takes in again, then its tables and
rows, in one transaction. Killed at any point, everything is there, or the archive is."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core import __version__
from crm_core.data import revisions, safety
from crm_core.data.base import Model, table_of
from crm_core.kernel import belongings, carrying, packing, plugins
from crm_core.kernel.belongings import BYTES, OWNED, PASSING, RIGHTS, Pointer
from crm_core.kernel.clock import now
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.models import PluginRow, PluginState
from crm_core.kernel.site import Site

MANIFEST = "manifest.json"
POINTERS = "pointers.jsonl"


@dataclass(frozen=True)
class Preview:
    """What a purge would take away: rows by table, and what others have to do with it."""

    name: str
    state: str
    version: str
    revision: str | None
    tables: Mapping[str, int]
    rows_of_core: Mapping[str, int]  # that go with it and are in the archive
    passing: Mapping[str, int]  # deliveries, jobs, search documents: they go and are not kept
    pointers: Mapping[str, int]  # rows of others that point at its records; they are emptied there, and filled again when it returns
    rights: Mapping[str, int]  # grants and field rules; they stay
    held_by: tuple[str, ...]  # columns of others that cannot do without it: as long as there are any, nothing is purged
    required_by: tuple[str, ...]

    @property
    def total_rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True)
class Kept:
    """The manifest of an archive."""

    plugin: str
    version: str
    made_at: str
    engine: str
    core: str
    revision: str | None
    columns: dict[str, list[str]]
    rows: dict[str, int]
    sums: dict[str, str] = field(default_factory=dict)

    @property
    def own(self) -> list[str]:
        """Its own tables; the others are core's."""
        return [t for t in self.columns if t not in OWNED]


Tell = Callable[[Any], None]


def look(site: Site, name: str) -> Preview:
    """What there is of a plugin. Raises Missing when there is nothing, Refused while it is switched on."""
    with safety.reading(site.engines.url) as conn:
        return _look(conn, name)


def _look(conn: sa.Connection, name: str) -> Preview:
    row = _off(conn, name)
    own = _own(conn, name)
    version_table = f"alembic_version_{name}"
    if row is None and not own and version_table not in revisions.table_names(conn):
        raise Missing(_("This site has nothing of a plugin “%(name)s”.", name=name))
    found = {t: belongings.count(conn, t) for t in own}
    points = {p: n for p in belongings.pointers(conn, name, own) if (n := belongings.count(conn, p.table, p.rows(name)))}
    installed = plugins.discover()
    return Preview(
        name, row.state.value if row is not None else "available", row.version if row is not None else "",
        _revision(conn, name), found, _counts(conn, name, OWNED), _counts(conn, name, PASSING), {p.name: n for p, n in points.items() if p.free},
        _counts(conn, name, RIGHTS), (*belongings.holders(conn, own), *(p.name for p in points if not p.free)),
        tuple(sorted(n for n, one in installed.items() if one.manifest is not None and name in one.manifest.needs and n != name)))


def purge(site: Site, name: str, target: Path | None = None, tell: Tell = lambda _step: None) -> tuple[Path, Kept]:
    """Write the archive, then take the plugin away. Raises Missing, and Refused while it is switched on, while others hold
    it, or when something changed in between; nothing was taken away then."""
    made = safety.engine(site.engines.url)
    target = target or site.folder("backups") / f"plugin-{name}-{now():%Y%m%d-%H%M%S-%f}.tar"
    if target.exists():
        raise Refused(_("%(path)s exists already.", path=target))
    with safety.lock(made, site.home), packing.workshop(target.parent, f".crm-purge-{packing.mark(site.home)}-") as place:
        tell(_("Writing the archive"))
        with safety.reading(site.engines.url) as conn:
            seen = _look(conn, name)
            if seen.held_by:
                raise Refused(_("Others cannot do without “%(name)s”: %(columns)s. Purge those first.", name=name, columns=list(seen.held_by)))
            kept = _pack(conn, seen, place, site.home)
        tell(_("Checking every byte"))
        (place / "check").mkdir()
        packing.unpack(place / "half.tar", place / "check", kept.sums)
        packing.publish(place / "half.tar", target)
        tell(_("Taking it away"))
        with made.connect() as conn, conn.begin():
            _drop(conn, name, kept)
    return target, kept


def _off(conn: sa.Connection, name: str) -> Any:
    """Its row, if there is one. Raises Refused when it is switched on, or core."""
    t = table_of(PluginRow).c
    row = conn.execute(sa.select(t.state, t.version).where(t.name == name)).first()
    if name == "core" or (row is not None and row.state is PluginState.active):
        raise Refused(_("“%(name)s” is switched on; first: crm plugin disable %(name)s", name=name))
    return row


def _own(conn: sa.Connection, name: str) -> list[str]:
    """Its tables without those of an index of words, which are no rows of anybody."""
    virtual = safety.virtual(conn)
    return [t for t in belongings.tables(conn, name) if not safety.is_virtual(t, virtual)]


def _revision(conn: sa.Connection, name: str) -> str | None:
    table = f"alembic_version_{name}"
    if table not in revisions.table_names(conn):
        return None
    found: str | None = conn.scalar(sa.select(sa.column("version_num", sa.String())).select_from(sa.table(table)))
    return found


def _counts(conn: sa.Connection, name: str, where: Iterable[str]) -> dict[str, int]:
    return {t: n for t in where if (n := belongings.count(conn, t, belongings.belonging(t, name)))}


# --- the archive -------------------------------------------------------------------------------------------------------


def _pack(conn: sa.Connection, seen: Preview, place: Path, home: Path) -> Kept:
    name = seen.name
    kept = Kept(name, seen.version, now().isoformat(timespec="seconds"), conn.dialect.name, __version__, seen.revision, {}, {})
    with packing.packed(place / "half.tar") as archive:

        def put(file: str, found: Iterable[str]) -> int:
            path = place / "part"
            count = carrying.write(path, found)
            kept.sums[file] = packing.add(archive, path, file)
            return count

        put("schema.sql", _schema(conn, seen.tables))
        for table in (*seen.tables, *seen.rows_of_core):
            kept.columns[table] = columns = carrying.columns(conn, table)
            where = belongings.belonging(table, name) if table in OWNED else None
            kept.rows[table] = put(part_of(table), carrying.lines(conn, table, columns, where))
            for file in _bytes(conn, table, name) if table in BYTES else ():
                with suppress(FileNotFoundError):  # lost before: the doctor names those
                    kept.sums[file] = packing.add(archive, home / file, file)
        put(POINTERS, _pointing(conn, name, seen.tables))
        packing.add_text(archive, MANIFEST, json.dumps(asdict(kept), ensure_ascii=False, indent=1))
    return kept


def _bytes(conn: sa.Connection, table: str, name: str) -> Iterator[str]:
    """Where the bytes lie that these rows speak of, below the site."""
    column, folder = BYTES[table]
    query = sa.select(sa.column(column, sa.String())).select_from(sa.table(table)).where(belongings.belonging(table, name))
    yield from (f"{folder}/{path}" for path in conn.scalars(query))


def part_of(table: str) -> str:
    """Where the rows of a table lie in the archive."""
    return f"{'core' if table in OWNED else 'tables'}/{table}.jsonl"


def _pointing(conn: sa.Connection, name: str, own: Iterable[str]) -> Iterator[str]:
    """Rows of others that point here, as they point."""
    for pointer in belongings.pointers(conn, name, list(own)):
        if pointer.free:
            for line in carrying.lines(conn, pointer.table, ("id", *pointer.columns), pointer.rows(name)):
                yield json.dumps({"table": pointer.table, "row": json.loads(line)}, ensure_ascii=False)


def _schema(conn: sa.Connection, own: Iterable[str]) -> Iterator[str]:
    """How the tables were made, for people: the plugin's own migrations make them anew."""
    seen = sa.MetaData()
    for table in own:
        yield str(sa.schema.CreateTable(sa.Table(table, seen, autoload_with=conn)).compile(conn)).strip() + ";"


# --- taking away -------------------------------------------------------------------------------------------------------


def _drop(conn: sa.Connection, name: str, kept: Kept) -> None:
    _leave(conn, name)
    own = _own(conn, name)
    points = list(belongings.pointers(conn, name, own))
    same = _pointed(conn, name, own) == kept.sums[POINTERS] and {t: belongings.count(conn, t) for t in own} == {t: kept.rows[t] for t in kept.own}
    if not same or belongings.holders(conn, own):
        raise Refused(_("Something of “%(name)s” was changed while its archive was written; nothing was taken away. Try again.", name=name))
    for pointer in points:
        _release(conn, name, pointer)
    drop_rows(conn, name)
    drop_tables(conn, name)
    site_row = Model.metadata.tables["core_site"]
    conn.execute(sa.update(site_row).values(rights=site_row.c.rights + 1))


def _leave(conn: sa.Connection, name: str) -> None:
    """Its row goes first and alone: who switches it on at this moment waits for us, or we see that he was quicker."""
    t = table_of(PluginRow)
    conn.execute(sa.delete(t).where(t.c.name == name, t.c.state != PluginState.active))
    _off(conn, name)


def _pointed(conn: sa.Connection, name: str, own: Iterable[str]) -> str:
    total = hashlib.sha256()
    for line in _pointing(conn, name, own):
        total.update(f"{line}\n".encode())
    return total.hexdigest()


def _release(conn: sa.Connection, name: str, pointer: Pointer) -> None:
    if pointer.free:
        table = sa.table(pointer.table, *(sa.column(c) for c in pointer.columns))
        conn.execute(sa.update(table).where(pointer.rows(name)).values(dict.fromkeys(pointer.columns, sa.null())))


def drop_rows(conn: sa.Connection, name: str) -> None:
    """What core keeps of it, children before what they hang on."""
    for call in belongings.parting:
        call(conn, name)
    for table in reversed((*PASSING, *OWNED)):
        conn.execute(sa.delete(sa.table(table)).where(belongings.belonging(table, name)))
    t = table_of(PluginRow)
    conn.execute(sa.delete(t).where(sa.or_(t.c.name.startswith(f"{name}+", autoescape=True), t.c.name.endswith(f"+{name}", autoescape=True))))


def drop_tables(conn: sa.Connection, name: str) -> None:
    virtual = safety.virtual(conn)
    found = sorted(belongings.tables(conn, name), key=lambda t: t not in virtual)  # an index of words takes its inner tables along
    for key in foreign_keys(conn, found):
        conn.execute(sa.schema.DropConstraint(key))
    for table in (*found, f"alembic_version_{name}"):
        conn.execute(sa.schema.DropTable(sa.Table(table, sa.MetaData()), if_exists=True))


def foreign_keys(conn: sa.Connection, own: Iterable[str]) -> list[sa.ForeignKeyConstraint]:
    """The foreign keys of these tables, where they stand in the way of dropping and filling: not on SQLite, where they are off."""
    if conn.dialect.name == "sqlite":
        return []
    seen = sa.MetaData()
    tables = [sa.Table(table, seen, autoload_with=conn) for table in own]
    return [key for table in tables for key in sorted(table.foreign_key_constraints, key=lambda k: str(k.name))]
