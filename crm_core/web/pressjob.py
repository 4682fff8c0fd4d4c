"""The job that prints many records: drawn some at a time, on disk, and joined at the end, so that many cost no more memory than a few."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from crm_core import document
from crm_core.document.rolls import Roll
from crm_core.kernel import files
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.site import actor, site
from crm_core.resource.exchange.exporting import file_name
from crm_core.web import pressing
from crm_core.web.pressing import Asked, Made

JOB = "core.print"
CHUNK = 200  # records
SHEETS, ENVELOPES = 20, 100  # pages drawn at a time: sheets of labels, envelopes


def run(job: Running) -> None:
    """Where there are no PDFs, it becomes a page that a browser prints."""
    who = actor()
    if who is None:
        raise CrmError(_("Printing by a job needs somebody it is for."))
    resource, ids = site().registry.resource(job.args["resource"]), list(job.args["ids"])
    asked = Asked(**{**job.args["asked"], "fields": tuple(job.args["asked"]["fields"])})
    kind, title, name = "html" if document.lacking() else "pdf", str(resource.label), files.fresh_name()
    whole = Made()
    with tempfile.TemporaryDirectory(prefix="crm-print-") as folder:
        paper = (_Page if kind == "html" else _Pdf)(Path(folder), title)
        for done, made in _pieces(resource, asked, ids):
            whole.count += made.count
            whole.sensitive = tuple(dict.fromkeys((*whole.sensitive, *made.sensitive)))
            whole.over += made.over
            for why, names in made.left.items():
                whole.left.setdefault(why, []).extend(names)
            paper.add(made, last=done == len(ids))
            job.progress(done, len(ids))
        if not whole.count:
            raise CrmError(_("There is nobody to print for."))
        with files.part(site(), name) as file:
            paper.write(file)
    with job.finish():
        pressing.log(resource, asked, whole, job.args["words"], kind)
        public = files.keep(name, owner_id=who.user_id, name=file_name(resource, kind), kind={"pdf": "application/pdf", "html": "text/html"}[kind], permission=f"{resource.name}.print")
        skipped = sum(map(len, whole.left.values()))
        job.result.update(url=f"/files/{public}", counts={"done": whole.count, "skipped": skipped})


def _pieces(resource: Any, asked: Asked, ids: list[int]) -> Iterator[tuple[int, Made]]:
    """What is drawn at a time, and how many of the records that is: rows by the hundred; labels and envelopes, which go on from sheet to
    sheet, by pages."""
    if asked.way not in ("labels", "envelopes"):
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            yield start + len(part), pressing.make(resource, asked, part)
        return
    made = pressing.make(resource, asked, ids)
    size = SHEETS if asked.way == "labels" else ENVELOPES
    for start in range(0, len(made.pages), size):
        done = min(len(made.pages), start + size)
        first = start == 0
        yield len(ids) * done // len(made.pages), Made(
            pages=made.pages[start:done], paper=made.paper, count=made.count if first else 0, left=made.left if first else {}, over=made.over if first else [])


@dataclass
class _Pdf:
    """The pieces as one PDF."""

    folder: Path
    title: str
    parts: list[Path] = field(default_factory=list)
    roll: Roll | None = None

    def add(self, made: Made, *, last: bool) -> None:
        if made.table is not None:
            self.roll = self.roll or Roll(pressing.above(self.title), self.title, self.folder, self.parts)
            self.roll.add(made.table, made.paper, last=last)
        elif made.html or made.pages:
            self.parts.append(self.folder / f"{len(self.parts)}")
            self.parts[-1].write_bytes(pressing.pdf(made, self.title))

    def write(self, file: IO[bytes]) -> None:
        document.join(self.parts, file, self.title)


class _Page(_Pdf):
    """The pieces as one page."""

    paper: document.Paper = document.A4

    def add(self, made: Made, *, last: bool) -> None:
        if made.table is not None:
            begin = "" if self.parts else f'<div class="paper">{pressing.above(self.title)}{made.table.begin()}'
            drawn = "".join((begin, *made.table.rows, f"{made.table.end}</div>" if last else ""))
        else:
            drawn = pressing.body(made, self.title)
        self.parts.append(self.folder / f"{len(self.parts)}")
        self.parts[-1].write_text(drawn, "utf-8")
        self.paper = made.paper

    def write(self, file: IO[bytes]) -> None:
        document.standalone(self.parts, file, self.title, self.paper)
