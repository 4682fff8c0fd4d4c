"""An import from upload to result: the file is kept, matched, planned, run as a job, and can be undone as a whole."""

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.data.attempts import Redo
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.data.wall import DELETED
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Cancelled, Running, later
from crm_core.kernel.pace import Pace, bulk
from crm_core.kernel.site import actor, site
from crm_core.resource import changes, derived
from crm_core.resource.changes import stamp
from crm_core.resource.exchange import apart, matching, profiles, suggesting
from crm_core.resource.exchange.encodings import readings
from crm_core.resource.exchange.frames import Frame, Taken, frames
from crm_core.resource.exchange.importing import FOREIGN_ID, PUBLIC_ID, Ahead, Importer, Options, Outcome
from crm_core.resource.exchange.models import ForeignId, Import, ImportRow, State
from crm_core.resource.exchange.problems import UNREADABLE
from crm_core.resource.exchange.reader import Table, UnreadableFile
from crm_core.resource.purge import RecordsPurged
from crm_core.resource.undo import ChangeUndone

COUNTS = ("new", "updated", "same", "left", "doubtful", "refused")
PLAN_ROWS = 2_000  # rows the plan on the screen looks at
KEEP_ROWS = 50_000  # refused and doubtful rows kept with their cells


@dataclass(frozen=True)
class ImportEnded(Event):
    """Imports came to their end, done or stopped."""

    label = _("An import came to its end")
    ids: tuple[int, ...]


def sentence(bad: UnreadableFile) -> Any:
    """Why a file cannot be read, in the reader's language."""
    return _(UNREADABLE[bad.code], **bad.params)


def importer_of(resource: Any) -> type[Importer]:
    """The importer a resource names, or the plain one."""
    return getattr(resource, "importer", None) or Importer


def path_of(made: Import) -> Path:
    return site().folder("imports") / made.stored


def taken(made: Import) -> Taken:
    """What the file was found to be when it was taken in."""
    return Taken(header=made.header, sample=[], total=made.total, encoding=made.encoding, **made.options["file"])


def open_file(made: Import) -> Table:
    """The stored file of an import, as a table."""
    return taken(made).open(path_of(made))


# --- before it runs -------------------------------------------------------------------------------------------------


def begin(resource: Any, name: str, source: Path, *, options: Options | None = None, encoding: str = "", propose: bool = True) -> Import:
    """Take a file in: read its head, guess what its columns are, or take what is proposed for its heading. Raises UnreadableFile, Forbidden."""
    if not resource.may("import") or not resource.may("create"):
        raise Forbidden(_("You may not import here."))
    path = site().folder("imports") / secrets.token_hex(16)
    shutil.copyfile(source, path)
    try:
        found = _found(resource, path, encoding)
    except BaseException:
        path.unlink()
        raise
    who = actor()
    row = stamp(Import(target=resource.name, file_name=name[:255], stored=path.name, values={}, owner_id=who.user_id,
                       department_id=who.department_id))
    row.options = {**asdict(options or Options()), "encoding": encoding}
    taken_in, mapping, how = found
    proposed = profiles.proposed(resource.name, taken_in.header) if propose else None
    if proposed is not None and options is None:
        row.options = {**row.options, **proposed.options}
    with writing() as db:
        _put(row, taken_in, mapping, how)
        if proposed is not None:
            _use(row, proposed)
        db.add(row)
        db.flush()
        row_id = row.id
    return session.get_one(Import, row_id)


def read_again(made: Import, encoding: str) -> None:
    """Take the stored file in once more, in the encoding a person chose ("" for the one that is found); its columns are
    matched anew. Raises UnreadableFile."""
    found = _found(site().registry.resource(made.target), path_of(made), encoding)
    with writing() as db:
        row = db.get_one(Import, made.id)
        row.values = {}
        _put(row, *found)
        row.options = {**row.options, "encoding": encoding}


def _found(resource: Any, path: Path, encoding: str) -> tuple[Taken, dict[str, str], dict[str, Any]]:
    """What a file is, which columns go where, and what is kept of how that was found."""
    found = apart.take(path, encoding)
    sample = [cells for _line, cells in found.sample]
    matches = matching.match_columns(found.header, sample, suggesting.targets(importer_of(resource).all_targets(resource)), resource.name)
    used: set[str] = set()
    mapping = {}
    for at, match in enumerate(matches):
        if match.target and match.certainty != "unknown" and (match.target not in used or match.target.endswith("note")):
            mapping[str(at)] = match.target
            used.add(match.target)
    return found, mapping, {
        "thing": matching.guess_thing(found.header, sample) if resource.package == "core" else "unknown", "matches": [[m.target or "", m.reason or "", m.certainty] for m in matches],
        "file": {"kind": found.kind, "delimiter": found.delimiter, "stored": found.stored, "others": list(found.others)},
    }


def use(made: Import, how: profiles.How) -> None:
    """Treat an import that has not begun as was kept."""
    with writing() as db:
        row = db.get_one(Import, made.id)
        row.options = {**row.options, **how.options}
        _use(row, how)


def _use(row: Import, how: profiles.How) -> None:
    """Targets that are none any more, or hidden from him who imports now, are left out."""
    known = {t.name for t in importer_of(site().registry.resource(row.target)).all_targets(site().registry.resource(row.target))}
    row.mapping = {at: name for at, name in how.mapping.items() if name in known}
    row.values = {name: words for name, words in how.values.items() if name in known}
    row.options = {**row.options, "profile": how.profile}


def _put(row: Import, found: Taken, mapping: dict[str, str], how: dict[str, Any]) -> None:
    row.encoding, row.header, row.total, row.mapping = found.encoding, found.header, found.total, mapping
    row.options = {**row.options, **how}


def in_doubt(made: Import) -> dict[str, str]:
    """Encodings of which a person has to choose one, with what the file says in each; empty when there is no doubt."""
    names = [made.encoding, *made.options["file"].get("others", ())]
    return readings(path_of(made), names) if len(names) > 1 and not made.options.get("encoding") else {}


def make(made: Import) -> Importer:
    """The importer of a stored import, for the acting person."""
    resource = site().registry.resource(made.target)
    mapping = {int(at): name for at, name in made.mapping.items()}
    found = importer_of(resource)(resource, mapping, made.values, Options.of(made.options))
    found.width = len(made.header)
    return found


def plan(made: Import, limit: int = PLAN_ROWS) -> tuple[Outcome, int, bool]:
    """What the import would do with its first `limit` rows: (outcome, rows looked at, whether that is all)."""
    importer = make(made)
    whole = Outcome()
    looked = 0
    for batch in _batches(frames(open_file(made)), lambda: 500):
        items = [item for frame in batch for item in importer.parse(frame.rows)]
        looked += len(items)
        whole.add(importer.plan(items))
        if looked >= limit:
            return whole, looked, False
    return whole, looked, True


def check_ready(made: Import) -> None:
    """Refuse to start what cannot work: a required field without a column, or one target twice."""
    lacking = make(made).missing
    if lacking and PUBLIC_ID not in made.mapping.values() and FOREIGN_ID not in made.mapping.values():
        raise Invalid({"mapping": [_("Say which column holds: %(names)s.", names=[t.label for t in lacking])]})
    key = make(made).options.key
    if key and key not in made.mapping.values():
        raise Invalid({"key": [_("Records are to be known by a field that no column goes to.")]})
    if in_doubt(made):
        raise Invalid({"encoding": [_("Say in which encoding the file is written: its bytes make sense in several.")]})
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


# --- the job --------------------------------------------------------------------------------------------------------


def run(job: Running) -> None:
    """The job of an import."""
    made = session.get_one(Import, job.args["import"])
    counts = {name: job.position.get(name, 0) for name in COUNTS}
    try:
        if made.change_id is None:
            _begin(job, made)
        change_id = job.change_id or made.change_id
        assert change_id is not None
        _read(job, made, change_id, counts)
    except UnreadableFile as bad:
        _end(made.id, State.stopped, counts)
        raise Refused(sentence(bad)) from bad
    except Cancelled:
        _end(made.id, State.stopped, counts)
        raise
    _end(made.id, State.done, counts)


def _begin(job: Running, made: Import) -> None:
    """Look through a large file before anything is changed; then the change that everything is done under."""
    total = made.total
    if total is None:
        for total in apart.count(path_of(made), taken(made)):
            job.check()
    with job.write() as db:
        row = db.get_one(Import, made.id)
        row.change_id = changes.new_change("import", resource=made.target, note=made.file_name)
        row.state, row.started_at, row.total = State.running, clock.now(), total
        db.flush()
        job.change_id, job.total = row.change_id, total


def _read(job: Running, made: Import, change_id: int, counts: dict[str, int]) -> None:
    """The rows after the place reached, each batch and its place in one commit."""
    importer, pace = make(made), Pace(job)
    asks = importer.asks()
    asked = [(at, how) for at, _key, how in asks]

    def take(batch: Sequence[Frame], careful: bool) -> None:
        known: Ahead = {}
        for frame in batch:
            importer.ahead(asks, frame, known)
        items = importer.parse([row for frame in batch for row in frame.rows])
        importer.resolve(items)
        importer.likely.ahead(items)
        importer.careful = careful
        with pace.write() as db, changes.within(change_id), derived.ahead(known):
            outcome = importer.write(items)
            for name, n in outcome.counts().items():
                counts[name] += n
            _keep(db, made.id, outcome, counts)
            job.position.update(counts, line=items[-1].line)
            job.result.update(counts=dict(counts))
            job.progress(job.done + len(items))

    with bulk(), apart.reading(path_of(made), taken(made), job.position.get("line", 0), asked) as found:
        for batch in _batches(found, lambda: pace.size):
            try:
                take(batch, careful=False)
            except Redo:
                take(batch, careful=True)


def _batches(found: Iterator[Frame], size: Callable[[], int]) -> Iterator[list[Frame]]:
    """Frames together that have so many rows, or a little more; the size may change as it goes."""
    batch: list[Frame] = []
    for frame in found:
        batch.append(frame)
        if sum(len(one.rows) for one in batch) >= size():
            yield batch
            batch = []
    if batch:
        yield batch


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
    for row in session.scalars(sa.select(Import).where(Import.change_id.in_(event.ids)), execution_options={DELETED: True}):
        row.state = State.undone


def purged(event: RecordsPurged) -> None:
    """Listener inside the transaction: what other systems called a record that is gone for good is forgotten."""
    table = table_of(ForeignId)
    session.execute(sa.delete(table).where(table.c.resource == event.resource, table.c.resource_id.in_(event.ids)))


def _keep(db: Any, import_id: int, found: Outcome, counts: Mapping[str, int]) -> None:
    rows = [
        {"import_id": import_id, "line": line, "state": state, "cells": cells, "reasons": reasons, "candidate_id": candidate}
        for state, group in (("refused", found.refused), ("doubtful", found.doubtful)) for line, cells, reasons, candidate in group
    ]
    if rows and counts["refused"] + counts["doubtful"] <= KEEP_ROWS:
        db.execute(sa.insert(ImportRow.__table__), rows)
