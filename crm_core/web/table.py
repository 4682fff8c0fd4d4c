"""The rows of a list as HTML. Python and not a template, because a list draws hundreds of cells: a template takes five times as
long. What a column's cells have in common is made once."""

from __future__ import annotations

from markupsafe import Markup, escape

from crm_core.kernel.i18n import _
from crm_core.web.cells import DASH, call_url, draw, icon
from crm_core.web.viewmodels import Column, ListPage, Row, Words

_INK = {"number": "r num", "money": "r num", "date": "dim num", "phone": "dim num", "text": "dim"}


def rows(page: ListPage, tick: bool) -> Markup:
    """Each row with its cells, on a wide screen a table, on a phone cards; `tick`: with a box to choose it by."""
    opens = [f'<td class="{_classes(column)}">' for column in page.columns]
    voids = [f'<td class="{_classes(column, " void")}">{DASH}</td>' for column in page.columns]
    wide = f" w-{page.columns[0].width}" if page.columns and page.columns[0].width else ""
    calls = [column.slot == "call" for column in page.columns]
    call = str(_("Call %(number)s", number="{number}"))
    drawn = []
    for row in page.rows:
        title, *cells = row.cells
        parts = ["\n<tr>", _tick(row) if tick else "", _title(row, title, wide)]
        for at, cell in enumerate(cells, 1):
            if cell is None or cell in ("", DASH):
                parts.append(voids[at])
            else:
                parts.append(f'{opens[at]}{_call(cell, call) if calls[at] else escape(cell)}</td>')
        parts.append("</tr>")
        drawn.append("".join(parts))
    return Markup("".join(drawn))


def _classes(column: Column, more: str = "") -> Markup:
    slot, width = f" s-{column.slot}" if column.slot else "", f" w-{column.width}" if column.width else ""
    return escape(f"{_INK.get(column.kind, '')}{slot}{more}{width}")


def _tick(row: Row) -> str:
    return draw('<td class="tick"><input type="checkbox" class="ck" form="bulk" name="id" value="%s" aria-label="%s"></td>', row.key, row.label)


def _title(row: Row, cell: Words, wide: str) -> str:
    words = row.label if cell is None or cell == "" else cell
    if row.url:
        return draw('<td class="s-title%s"><a class="nm" href="%s">%s</a></td>', wide, row.url, words)
    return draw('<td class="s-title%s"><span class="nm">%s</span></td>', wide, words)


def _call(number: Words, call: str) -> str:
    """The number, and on a phone a button that calls it."""
    return draw('<span class="callno">%s</span><a class="ib sm tel only-ph" href="%s" aria-label="%s">%s</a>',
                number, call_url(number), call.replace("{number}", str(number)), icon("phone"))
