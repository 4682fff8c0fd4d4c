"""A table longer than is drawn at once: its pieces become pages of one document. Each piece begins where the last full page of the one
before ended, columns keep the widths they had first, and pages are numbered through."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from crm_core import document


@dataclass(frozen=True)
class Table:
    """Rows under their column heads, still apart."""

    label: str
    head: Markup  # the row of column heads
    rows: Sequence[Markup] = ()

    def html(self, rows: Sequence[Markup] | None = None, widths: Sequence[float] = ()) -> Markup:
        return Markup("").join((self.begin(widths), *(self.rows if rows is None else rows), self.end))

    def begin(self, widths: Sequence[float] = ()) -> Markup:
        columns = Markup("").join(Markup('<col style="width:{}px">').format(round(one, 3)) for one in widths)
        fixed = Markup(' style="table-layout:fixed"') if widths else ""
        return Markup('<section><div class="ptbl" tabindex="0" role="region" aria-label="{}"><table{}>{}<thead>{}</thead><tbody>').format(self.label, fixed, columns, self.head)

    end = Markup("</tbody></table></div></section>")


@dataclass
class Roll:
    """Draws such a table, as its rows come, into files of one document."""

    above: Markup  # what stands over the table, once
    title: str
    folder: Path
    parts: list[Path] = field(default_factory=list)
    _rows: list[Markup] = field(default_factory=list)
    _pages: int = 0
    _widths: list[float] = field(default_factory=list)

    def add(self, table: Table, paper: document.Paper, *, last: bool) -> None:
        """More rows. All pages that they fill are drawn; what is on the page that they only begin waits for those that follow."""
        self._rows += table.rows
        if not self._rows:
            return
        body = Markup('<div class="paper">{}{}</div>').format("" if self._pages else self.above, table.html(self._rows, self._widths))
        task = document.task_of(body, paper, title=self.title, css=document.numbered(self._pages))
        told, _line, data = document.made({**task, "whole": last}).partition(b"\n")
        piece = json.loads(told)
        self._rows, self._pages, self._widths = self._rows[piece["rows"] :], self._pages + piece["pages"], self._widths or piece["widths"]
        if piece["pages"]:
            self.parts.append(self.folder / f"{len(self.parts)}")
            self.parts[-1].write_bytes(data)
