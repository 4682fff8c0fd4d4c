"""Export: rows stream out in pages, each read by itself under the rights of that moment, so nothing is held open and
nobody takes along what he has just lost.

A generator of bytes with a read session of its own for each page of 2,000, by key; the request's session is long gone by
then. Columns are read under the gate, never entities; what draws a cell is made once. Lists that the listing can sort
come in its order (up to 10,000), larger ones in the order of their keys: a record that somebody changes meanwhile is
neither missed nor doubled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm_core.access.actor import Actor, load_actor
from crm_core.access.gate import scope_for, visible
from crm_core.access.ledgers import note
from crm_core.access.models import Rule
from crm_core.data import inside
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work
from crm_core.kernel.errors import BadRequest, Forbidden
from crm_core.kernel.i18n import _, in_language, language
from crm_core.kernel.site import Site
from crm_core.resource import conditions, listing, sensitive
from crm_core.resource.exchange.formats import FORMATS, Format
from crm_core.resource.fields import Field
from crm_core.resource.filters import clause

PAGE = 2_000


@dataclass
class Export:
    """What is to be written: made by `plan` in the rights of who asks, carried out by `stream`."""

    resource: Any
    query: listing.Query
    fields: dict[str, Field]
    format: str
    ids: list[int] | None = None  # rows in this order; None: all the query means, by key
    bom: bool = True
    reason: Any = None  # why it ended early
    rows: int = 0
    after: int = 0  # key of the last row written; where a job goes on
    language: str = field(default_factory=language)

    @property
    def by_key(self) -> bool:
        return self.ids is None


def plan(
    resource: Any, query: listing.Query, *, columns: Sequence[str] = (), format: str = "csv", ids: Sequence[int] | None = None,
    bom: bool = True,
) -> Export:
    """Check what is asked for, in the actor's rights: Forbidden without the right to export, BadRequest for an unknown
    format or column (a hidden one is unknown). `ids`: these rows only, in this order."""
    if not resource.may("export"):
        raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.export"))
    if format not in FORMATS:
        raise BadRequest(_("Files can be written as %(formats)s.", formats=list(FORMATS)))
    fields = resource.fields()
    unknown = [name for name in columns if name not in fields]
    if unknown:
        raise BadRequest(_("There is no column “%(name)s”.", name=unknown[0][:60]))
    query = replace(query, verb="export", after="", before="")
    chosen = {name: fields[name] for name in dict.fromkeys(columns)} if columns else fields
    return Export(resource, query, chosen, format, list(ids) if ids is not None else _few(query), bom)


def _few(query: listing.Query) -> list[int] | None:
    """The ids of a list in its own order when they are few (or found by words); None: too many to sort."""
    if query.text:
        found = listing.text_ids(query, 2**31)
        return found if len(found) > listing.SMALL else listing.page(replace(query, limit=listing.SMALL + 1)).ids
    if len(listing.matching_ids(query, listing.SMALL + 1)) > listing.SMALL:
        return None
    return listing.page(replace(query, limit=listing.SMALL + 1)).ids


def stream(site: Site, actor: Actor | None, export: Export) -> Iterator[bytes]:
    """The file, piece by piece. `actor` None: the house itself exports (the command without `--as`).

    When the right to it is lost on the way, the file ends with a line that says so and `export.reason` is set.
    """
    writer: Format = FORMATS[export.format](export)
    with in_language(export.language):
        head = writer.head()
    if head:
        yield head
    yield from _pages(site, actor, export, writer)
    with in_language(export.language):
        tail = writer.tail(str(export.reason) if export.reason is not None else "")
    if tail:
        yield tail


def _pages(site: Site, actor: Actor | None, export: Export, writer: Format) -> Iterator[bytes]:
    rights = actor.rights if actor is not None else 0
    place = 0
    while True:
        # Nothing of this is left open while the reader is slow.
        with _acting(site, actor), in_language(export.language):
            if actor is not None:
                now = _again(site, actor)
                if now is None or (now.rights != rights and not _still(now, export)):
                    export.reason = _("The export ended here: the right to it was taken away.")
                    note("export ended", actor.user_id, f"{export.resource.name} after {export.rows} rows: right lost")
                    return
                if now.rights != rights:
                    actor, rights = now, now.rights
                    continue  # read this page in the new rights
            rows, done = _read(export, place)
            sensitive.read_columns(export.resource, list(export.fields.values()), 2, rows, "export")
            sensitive.asked(export.resource, export.query.filters, export.fields.values(), [row[0] for row in rows], "export")
            found = writer.page(rows) if rows else b""
        export.rows += len(rows)
        if rows and export.by_key:
            export.after = rows[-1][0]
        place += PAGE
        if found:
            yield found
        if done:
            return


def _acting(site: Site, actor: Actor | None) -> Any:
    return site.system("export") if actor is None else site.work(actor)


def _again(site: Site, actor: Actor) -> Actor | None:
    """The same person with his rights of now; None when he may not sign in any more."""
    with site.system("actor of an export") as work:
        found = load_actor(site, work.session, actor.user_id)
    return found if found is None or actor.token is None else found.with_token(actor.token)


def _still(now: Actor, export: Export) -> bool:
    """Whether he may still export, and see every column that is written or asked about."""
    if not now.can(f"{export.resource.name}.export") or not now.can(f"{export.resource.name}.read"):
        return False
    rules, asked = export.resource.rules_of, [one for leaf in export.query.filters for one in conditions.fields_in(leaf)]
    if not now.can(f"{rules}.sensitive") and any(field.sensitive for field in (*export.fields.values(), *asked)):
        return False
    names = {*export.fields, *(field.name for field in asked)}
    return not any(now.rule(rules, name) is Rule.hidden for name in names)


def _read(export: Export, place: int) -> tuple[list[Any], bool]:
    """Rows of one page (id, public_id, then the columns), and whether it was the last."""
    session = current_work().session
    source = _source(export.resource, session)
    query = sa.select(source.c.id, source.c.public_id, *(inside.column(source, one.column) for one in export.fields.values()))
    execute = session.connection().execute  # rows of Core: half the work of rows of the ORM
    if export.ids is not None:
        wanted = export.ids[place : place + PAGE]
        found: dict[int, Any] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            found.update((row[0], row) for row in execute(query.where(source.c.id.in_(part))))
        return [found[i] for i in wanted if i in found], place + PAGE >= len(export.ids)
    for one in export.query.filters:
        query = query.where(clause(one, source))
    rows = execute(query.where(source.c.id > export.after).order_by(source.c.id).limit(PAGE)).all()
    return list(rows), len(rows) < PAGE


def _source(resource: Any, session: Any) -> sa.Subquery:
    """The rows he may read and may export, with the mark of the scope."""
    if not is_scoped(resource.model):
        return sa.select(resource.table).where(resource.table.c.deleted_at.is_(None)).subquery("rows")
    source = visible(resource.model)
    if session.system:
        return source
    narrow = scope_for(session.actor, resource.model, "export")
    return source if narrow.everything else sa.select(source).where(narrow.clause(source)).subquery("rows")
