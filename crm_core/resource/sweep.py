"""The sweep: likely duplicates among all stored records, as a job.

One walk over the search documents puts each key with its record into one of a few dozen files by the key's hash, so that one file
at a time fits into memory; records that share a key are compared there. What is likely becomes a pair (resource/pairs.py). A file
is one batch: a job that is killed walks once more and goes on behind the last file it finished.
"""

import array
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.kernel.errors import CrmError, Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.pace import bulk as bulk_work
from crm_core.kernel.site import site
from crm_core.resource import changes, merging, pairs, search, twinkeys, twins
from crm_core.text.alike import LIKELY

FILES = 32
WALK = 5_000  # documents read at once
SMALL = 40  # so many records of one key are compared each with each; of more, those beside each other by name
BESIDE = 4
CHUNK = 2_000  # records whose values are in memory
FULL = 50_000  # open pairs of a resource: nobody works off more
_BITS = (1 << 40) - 1  # of a record's id; the key's hash stands before it

Row = tuple[int, int, float, tuple[twins.Reason, ...]]


def ask(resource: Any) -> int:
    """Have it done, in the running write transaction; returns the job."""
    return later("core.twins", {"resource": resource.name}, label=_("Look for duplicates: %(what)s", what=resource.label))


def run(job: Running) -> None:
    """The job."""
    resource = site().registry.resource(job.args["resource"])
    if not (resource.duplicates and resource.may("update") and resource.may("delete")):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    found = job.position.get("found", 0)
    with bulk_work(), tempfile.TemporaryDirectory(dir=site().folder("sweep")) as folder:
        many = _walk(job, resource, Path(folder))
        for number in range(job.position.get("file", 0), FILES):
            if found >= FULL:
                break
            rows = _file(resource, Path(folder) / str(number))
            with job.write():
                if rows:
                    found += pairs.put(resource, rows[: FULL - found])
                job.position.update(file=number + 1, found=found)
                job.result["counts"] = {"done": found}
                job.result["url"] = f"/{resource.package}/{resource.path}/duplicates"
                job.progress(many + many * (number + 1) // FILES, many * 2)


def _walk(job: Running, resource: Any, folder: Path) -> int:
    """Write the keys of all records into files; how many records there were."""
    docs = table_of(search.Document).c
    kind = search.kind_of(resource.name)
    key = re.compile(rf"(?<![^ ]){kind}(k[a-z]_\S+)")
    buffers = [array.array("Q") for _file in range(FILES)]
    files = [(folder / str(number)).open("wb") for number in range(FILES)]
    total = current_work().session.scalar(sa.select(sa.func.count()).where(docs.resource == resource.name)) or 0
    done, last = 0, 0
    try:
        while True:
            query = sa.select(docs.id, docs.record_id, docs.tokens).where(docs.resource == resource.name, docs.id > last).order_by(docs.id).limit(WALK)
            rows = current_work().session.connection().execute(query).all()
            for row in rows:
                for word in key.findall(row.tokens):
                    mark = zlib.crc32(word.encode())
                    buffers[mark % FILES].append((mark >> 8) << 40 | row.record_id & _BITS)
            for buffer, file in zip(buffers, files, strict=True):
                buffer.tofile(file)
                del buffer[:]
            done += len(rows)
            job.progress(done, max(total * 2, 1))
            if len(rows) < WALK:
                return done
            last = rows[-1].id
    finally:
        for file in files:
            file.close()


def _file(resource: Any, path: Path) -> list[Row]:
    """The likely pairs of one file."""
    found: list[Row] = []
    groups: list[list[int]] = []
    size = 0
    for group in _groups(path):
        groups.append(group)
        size += len(group)
        if size >= CHUNK:
            found += _compare(resource, groups)
            groups, size = [], 0
    return found + _compare(resource, groups)


def _groups(path: Path) -> Iterator[list[int]]:
    """Records that share a key. Two keys of one hash are one group: comparing tells."""
    entries = array.array("Q")
    entries.frombytes(path.read_bytes())
    mark = -1
    group: list[int] = []
    for entry in sorted(set(entries)):
        if entry >> 40 != mark:
            if len(group) > 1:
                yield group
            mark, group = entry >> 40, []
        group.append(entry & _BITS)
    if len(group) > 1:
        yield group


def _compare(resource: Any, groups: Sequence[Sequence[int]]) -> list[Row]:
    """The likely pairs of these groups."""
    values: dict[int, dict[str, Any]] = {}
    wanted = sorted({one for group in groups for one in group})
    for start in range(0, len(wanted), CHUNK):
        values |= twins.values(resource, wanted[start : start + CHUNK])
    seen: set[tuple[int, int]] = set()
    found: list[Row] = []
    for group in groups:
        for one, other in _candidates(resource, [i for i in group if i in values], values):
            pair = (one, other) if one < other else (other, one)
            if pair in seen:
                continue
            seen.add(pair)
            score, reasons = twins.compare(resource, values[one], values[other])
            if score >= LIKELY:
                found.append((one, other, score, reasons))
    return found


def _candidates(resource: Any, group: Sequence[int], values: Mapping[int, Mapping[str, Any]]) -> Iterable[tuple[int, int]]:
    if len(group) <= SMALL:
        return combinations(group, 2)
    names = [name for name, what in twinkeys.roles(resource).items() if what in ("firm", "person")]
    order = sorted(group, key=lambda one: ([str(values[one].get(name) or "") for name in names], one))
    return ((one, other) for at, one in enumerate(order) for other in order[at + 1 : at + 1 + BESIDE])


# --- those that are certain ---------------------------------------------------------------------------------------------

CERTAIN = "code", "phone", "mail"  # beside an equal name


def is_certain(pair: Any) -> bool:
    """Whether a pair may be merged without being looked at: the name is the same, and a number too."""
    reasons = [pairs.reason_of(kept) for kept in pair.reasons]
    return any(r.what == "firm" and r.percent >= 98 for r in reasons) and any(r.what in CERTAIN for r in reasons)


def merge_certain(job: Running) -> None:
    """The job: those that are certain become one, the older stays; one change to undo. What somebody may not merge stays."""
    resource = site().registry.resource(job.args["resource"])
    if not (resource.mergeable and resource.may("merge")):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Merge")))
    if job.change_id is None:
        with job.write():
            job.change_id = changes.new_change("merge", resource=resource.name)
    done, skipped = job.position.get("done", 0), job.position.get("skipped", 0)
    last = job.position.get("last", 0)
    while True:
        query = pairs.waiting(resource).where(pairs.Pair.score >= 98, pairs.Pair.id > last).order_by(None).order_by(pairs.Pair.id).limit(50)
        rows = session.scalars(query).all()
        if not rows:
            return
        last = rows[-1].id
        for pair in filter(is_certain, rows):
            with job.write(), changes.within(job.change_id):
                try:
                    with session.begin_nested():
                        merging.merge(resource, pair.one_id, [pair.other_id])
                    done += 1
                except CrmError:  # merged meanwhile, or not his
                    skipped += 1
                job.position.update(last=pair.id, done=done, skipped=skipped)
                job.result["counts"] = {"done": done, "skipped": skipped}
                job.progress(done + skipped)
