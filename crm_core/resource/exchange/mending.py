"""Rows that an import set aside, mended and imported from its result page. Everything is done under the import's own change,
so taking the import back takes these back as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import Session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.models import JobRow
from crm_core.resource import changes, undo
from crm_core.resource.exchange import fixes, running
from crm_core.resource.exchange.importing import Importer, Outcome
from crm_core.resource.exchange.models import Import, ImportRow, State

MOST = 200  # rows at once
NEW, SAME = "new", "same"  # what a person says of a doubtful row: a record of its own, or the one it resembles


@dataclass(frozen=True)
class Mended:
    """A row as a person wants it: cells to put in place of the file's, and, if it is doubtful, what it means."""

    cells: Mapping[int, str]
    means: str = ""


def mend(made: Import, wanted: Mapping[int, Mended]) -> Outcome:
    """Import kept rows (id of ImportRow → how), as one set. Rows that are refused again are kept with what was changed and
    the new reasons. Raises Refused where it is too late or somebody has dealt with a row already."""
    if made.state not in (State.done, State.stopped) or made.change_id is None:
        raise Refused(_("This import is not at its end, or has been undone."))
    if (clock.now() - made.created_at).days >= undo.DAYS:
        raise Refused(_("Rows can be mended for %(n)s days; import them from a file instead.", n=undo.DAYS))
    importer = running.make(made)
    with writing() as db:
        row = db.execute(sa.select(Import).where(Import.id == made.id).with_for_update()).scalar_one()
        kept = {found.id: found for found in db.scalars(
            sa.select(ImportRow).where(ImportRow.import_id == made.id, ImportRow.id.in_(list(wanted)[:MOST]), ImportRow.state != "left")
            .order_by(ImportRow.line))}
        if row.state not in (State.done, State.stopped) or _is_being_undone(db, made.change_id) or len(kept) < len(list(wanted)[:MOST]):
            raise Refused(_("Somebody has dealt with this row already."))
        with changes.within(made.change_id):  # and not the counts of the import itself: they are not taken back
            outcome = _write(importer, kept, wanted)
        _count(db, row, kept, outcome)
    return outcome


def _is_being_undone(db: Session, change_id: int) -> bool:
    """Whether a job is at taking the import back: what is added now it would not see."""
    query = sa.select(JobRow.args).where(JobRow.name == "core.undo", JobRow.state.in_(("queued", "running")))
    return any(args.get("change") == change_id for args in db.scalars(query))


def _write(importer: Importer, kept: Mapping[int, ImportRow], wanted: Mapping[int, Mended]) -> Outcome:
    rows, means = [], {}
    for key, found in kept.items():
        cells = list(found.cells)
        for at, text in wanted[key].cells.items():
            if 0 <= at < importer.width:
                cells += [""] * (at + 1 - len(cells))
                cells[at] = text
        found.cells = cells
        rows.append((found.line, cells))
        means[found.line] = (wanted[key].means, found.candidate_id)
    items = importer.parse(rows)
    for item in items:
        said, candidate = means[item.line]
        if said == NEW or (said == SAME and candidate is not None):
            item.sure = True
            item.row_id = candidate if said == SAME else None
    importer.resolve(items)
    return importer.write(items)


def _count(db: Session, row: Import, kept: Mapping[int, ImportRow], outcome: Outcome) -> None:
    """Rows that are in leave the list; the others keep their place with the new reasons."""
    again = {line: ("refused", cells, reasons, candidate) for line, cells, reasons, candidate in outcome.refused}
    again |= {line: ("doubtful", cells, reasons, candidate) for line, cells, reasons, candidate in outcome.doubtful}
    gone = []
    for key, found in kept.items():
        setattr(row, found.state, max(0, getattr(row, found.state) - 1))
        if found.line in again:
            found.state, found.cells, found.reasons, found.candidate_id = again[found.line]
        else:
            gone.append(key)
    for name, n in outcome.counts().items():
        setattr(row, name, getattr(row, name) + n)
    db.flush()
    table = table_of(ImportRow)
    db.execute(sa.delete(table).where(table.c.id.in_(gone)))


def leave(made: Import, row_id: int) -> None:
    """Nobody wants this row: it is not listed any more. Raises Refused."""
    with writing() as db:
        table = table_of(ImportRow)
        done = db.connection().execute(sa.update(table).where(
            table.c.id == row_id, table.c.import_id == made.id, table.c.state != "left").values(state="left"))
        if not done.rowcount:
            raise Refused(_("Somebody has dealt with this row already."))


def suggestions(importer: Importer, row: ImportRow) -> dict[int, tuple[str, str]]:
    """The columns of a row that were refused: place → (name of the field, what was probably meant or "")."""
    places = {name: at for at, name in reversed(importer.mapping.items())}
    found: dict[int, tuple[str, str]] = {}
    for _label, _sentence, name, *_more in row.reasons:
        at, target = places.get(name), importer.targets.get(name)
        if at is not None and target is not None:
            found[at] = name, fixes.suggest(target.field, row.cells[at] if at < len(row.cells) else "")
    return found


def all_suggested(importer: Importer, rows: list[ImportRow]) -> dict[int, Mended]:
    """The rows for which there is a suggestion for every fault, as suggested."""
    found: dict[int, Mended] = {}
    for row in rows:
        columns: dict[int, Any] = suggestions(importer, row)
        if row.state == "refused" and columns and len(columns) == len(row.reasons) and all(fix for _name, fix in columns.values()):
            found[row.id] = Mended({at: fix for at, (_name, fix) in columns.items()})
    return found
