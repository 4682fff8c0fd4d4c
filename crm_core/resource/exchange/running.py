"""An import from upload to result: the file is kept, matched, planned, run as a job, and can be undone as a whole."""

import csv
import io
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Cancelled, Running, later
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import actor, site
from crm_core.resource import changes
from crm_core.resource.changes import stamp
from crm_core.resource.exchange import matching
from crm_core.resource.exchange.importing import FOREIGN_ID, PUBLIC_ID, Importer, Options, Outcome, batches
from crm_core.resource.exchange.models import Import, ImportRow, State
from crm_core.resource.exchange.problems import UNREADABLE
from crm_core.resource.exchange.reader import Table, UnreadableFile, open_table
from crm_core.resource.fields import EnumField
from crm_core.resource.undo import ChangeUndone
from crm_core.text import csv_safe
from crm_core.text.clean import fold

COUNTS = ("new", "updated", "same", "doubtful", "refused")
PLAN_BATCH = 500
PLAN_ROWS = 2_000  # rows the plan on the screen looks at
KEEP_ROWS = 50_000  # refused and doubtful rows kept with their cells
CHECK_AT_ONCE = 10_000_000  # bytes; larger files are read through by the job, before anything is changed


@dataclass(frozen=True)
class ImportEnded(Event):
    """Imports came to their end, done or stopped."""

    ids: tuple[int, ...]


def sentence(bad: UnreadableFile) -> Any:
    """Why a file cannot be read, in the reader's language."""
    return _(UNREADABLE[bad.code], **bad.params)


def importer_of(resource: Any) -> type[Importer]:
    """The importer a resource names, or the plain one."""
    return getattr(resource, "importer", None) or Importer


def open_file(made: Import) -> Table:
    """The stored file of an import, as a table. Raises UnreadableFile."""
    return open_table(path_of(made), encoding=made.options.get("encoding") or "")


def path_of(made: Import) -> Path:
    return site().folder("imports") / made.stored


def begin(resource: Any, name: str, source: Path, *, options: Options | None = None) -> Import:
    """Take a file in: read its head, guess what its columns are. Raises UnreadableFile, Forbidden."""
    if not resource.may("import") or not resource.may("create"):
        raise Forbidden(_("You may not import here."))
    table = open_table(source)
    total = table.check() if source.stat().st_size < CHECK_AT_ONCE else None
    sample = [cells for _line, cells in table.sample]
    matches = matching.match_columns(table.header, sample, targets(resource))
    stored = secrets.token_hex(16)
    shutil.copyfile(source, site().folder("imports") / stored)
    who = actor()
    taken: set[str] = set()
    mapping = {}
    for at, match in enumerate(matches):
        if match.target and match.certainty != "unknown" and (match.target not in taken or match.target.endswith("note")):
            mapping[str(at)] = match.target
            taken.add(match.target)
    opts = asdict(options or Options())
    opts["thing"] = matching.guess_thing(table.header, sample)
    opts["matches"] = [[m.target or "", m.reason or "", m.certainty] for m in matches]
    with writing() as db:
        row = stamp(Import(
            target=resource.name, file_name=name[:255], stored=stored, encoding=table.encoding or "", header=table.header, mapping=mapping,
            values={}, options=opts, total=total, owner_id=who.user_id, department_id=who.department_id,
        ))
        db.add(row)
        db.flush()
        row_id = row.id
    return session.get_one(Import, row_id)


def targets(resource: Any) -> list[matching.Target]:
    """The importer's targets as the matcher wants them."""
    found = []
    for target in importer_of(resource).all_targets(resource):
        kind = target.field.kind if target.field is not None else target.name
        found.append(matching.Target(target.name, _both(target.label), (), kind, _fixed_words(target.field)))
    return found


def _fixed_words(field: Any) -> frozenset[str]:
    """What a field with its words in code takes, in every language."""
    if not isinstance(field, EnumField):
        return frozenset()
    return frozenset(fold(word) for value, label in field.labels.items() for word in (value, *_both(label)))


def _both(label: Any) -> tuple[str, ...]:
    """A label in every language we speak: files are named in either."""
    from crm_core.kernel.i18n import LANGUAGES, in_language

    words = []
    for code in LANGUAGES:
        with in_language(code):
            words.append(str(label))
    return tuple(dict.fromkeys(words))


def make(made: Import) -> Importer:
    """The importer of a stored import, for the acting person."""
    resource = site().registry.resource(made.target)
    mapping = {int(at): name for at, name in made.mapping.items()}
    wanted = {k: made.options[k] for k in ("existing", "doubtful", "unknown", "source") if k in made.options}
    found = importer_of(resource)(resource, mapping, made.values, Options(**wanted))
    found.width = len(made.header)
    return found


def plan(made: Import, limit: int = PLAN_ROWS) -> tuple[Outcome, int, bool]:
    """What the import would do with its first `limit` rows: (outcome, rows looked at, whether that is all)."""
    importer = make(made)
    whole = Outcome()
    looked = 0
    for batch in batches(open_file(made), lambda: PLAN_BATCH):
        looked += len(batch)
        found = importer.plan(importer.parse(batch))
        whole.new, whole.updated, whole.same = whole.new + found.new, whole.updated + found.updated, whole.same + found.same
        whole.refused += found.refused
        whole.doubtful += found.doubtful
        for name, words in found.unknown.items():
            whole.unknown.setdefault(name, Counter()).update(words)
        whole.preview = (whole.preview + found.preview)[:20]
        if looked >= limit:
            return whole, looked, False
    return whole, looked, True


def check_ready(made: Import) -> None:
    """Refuse to start what cannot work: a required field without a column, or one target twice."""
    lacking = make(made).missing
    if lacking and PUBLIC_ID not in made.mapping.values() and FOREIGN_ID not in made.mapping.values():
        names = ", ".join(str(t.label) for t in lacking)
        raise Invalid({"mapping": [_("Say which column holds: %(names)s.", names=names)]})
    if made.state is not State.matching:
        raise Refused(_("This import has been started already."))


def start(made: Import) -> int:
    """Run it as a job; returns the job's id."""
    check_ready(made)
    with writing() as db:
        row = db.get_one(Import, made.id)
        row.state = State.waiting
        row.job_id = later("core.import", {"import": made.id}, label=_("Import: %(file)s", file=made.file_name))
        db.flush()
        return int(row.job_id)


def run(job: Running) -> None:
    """The job of an import."""
    made = session.get_one(Import, job.args["import"])
    importer = make(made)
    table = open_file(made)
    if made.change_id is None:
        try:
            total = made.total or table.check()
        except UnreadableFile as bad:
            _end(made.id, State.stopped, dict.fromkeys(COUNTS, 0))
            raise Refused(sentence(bad)) from bad
        with job.write() as db:
            row = db.get_one(Import, made.id)
            row.change_id = changes.new_change("import", resource=made.target, note=made.file_name)
            row.state, row.started_at, row.total = State.running, clock.now(), total
            db.flush()
            job.change_id, job.total = row.change_id, row.total
            change_id = row.change_id
    else:
        change_id = made.change_id
    counts = {name: job.position.get(name, 0) for name in COUNTS}
    try:
        _batches(job, made, importer, table, change_id, counts)
    except Cancelled:
        _end(made.id, State.stopped, counts)
        raise
    _end(made.id, State.done, counts)


def _batches(job: Running, made: Import, importer: Importer, table: Table, change_id: int, counts: dict[str, int]) -> None:
    """The rows after the place reached, each batch and its place in one commit."""
    pace = Pace(job)
    for batch in batches(table, lambda: pace.size, job.position.get("line", 0)):
        items = importer.parse(batch)
        with pace.write() as db, changes.within(change_id):
            found = importer.write(items)
            for name, n in (("new", found.new), ("updated", found.updated), ("same", found.same),
                            ("doubtful", len(found.doubtful)), ("refused", len(found.refused))):
                counts[name] += n
            _keep(db, made.id, found, counts)
            job.position.update(counts, line=batch[-1][0])
            job.result.update(counts=dict(counts))
            job.progress(job.done + len(batch))


def _end(import_id: int, state: State, counts: Mapping[str, int]) -> None:
    with writing() as db:
        row = db.get_one(Import, import_id)
        row.state, row.ended_at = state, clock.now()
        for name in COUNTS:
            setattr(row, name, counts[name])
        db.flush()
        emit(ImportEnded((import_id,)))


def undone(event: ChangeUndone) -> None:
    """Listener inside the transaction: an import whose change was taken back says so."""
    for row in session.scalars(sa.select(Import).where(Import.change_id.in_(event.ids))):
        row.state = State.undone


def _keep(db: Any, import_id: int, found: Outcome, counts: Mapping[str, int]) -> None:
    rows = [
        {"import_id": import_id, "line": line, "state": state, "cells": cells, "reasons": reasons, "candidate_id": candidate}
        for state, group in (("refused", found.refused), ("doubtful", found.doubtful)) for line, cells, reasons, candidate in group
    ]
    if rows and counts["refused"] + counts["doubtful"] <= KEEP_ROWS:
        db.execute(sa.insert(ImportRow.__table__), rows)


def kept_rows(made: Import, state: str, after: int = 0, limit: int = 50) -> list[ImportRow]:
    """Refused or doubtful rows of an import one has read under its rights, in the order of the file."""
    query = sa.select(ImportRow).where(ImportRow.import_id == made.id, ImportRow.line > after)
    if state:
        query = query.where(ImportRow.state == state)
    return list(current_work().session.scalars(query.order_by(ImportRow.line).limit(limit)))


def refused_file(made: Import) -> Iterator[str]:
    """The refused and doubtful rows as CSV, as they stood in the file, with a column of reasons."""
    yield "\ufeff"
    yield _csv([*made.header, str(_("Row")), str(_("Reason"))])
    after = 0
    while rows := kept_rows(made, "", after, 500):
        for row in rows:
            reasons = "; ".join(f"{label}: {text}" if label else text for label, text in row.reasons)
            yield _csv([*row.cells, str(row.line), reasons])
        after = rows[-1].line


def _csv(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([csv_safe.neutralise(str(c)) for c in cells])
    return out.getvalue()


__all__ = ["UnreadableFile", "begin", "check_ready", "importer_of", "kept_rows", "make", "open_file", "plan", "refused_file", "run", "start", "targets"]
