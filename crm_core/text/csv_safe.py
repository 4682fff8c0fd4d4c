"""Cells that a spreadsheet would take for a formula: made harmless on the way out, given back on the way in.

A cell is dangerous when, after white space, control characters and byte order marks, its first character is one of
``= + - @`` or their full-width forms, or when it begins with a tab or line break. It gets an apostrophe in front,
as spreadsheets write "this is text". So that reading gives the original back, a cell that already has apostrophes
before a dangerous one gets one more.
"""

from __future__ import annotations

import re

_DANGEROUS = re.compile(
    "'*(?:[\t\r\n]|[\\s\x00-\x20\x7f-\xa0\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*[=+\\-@＝＋－＠﹢﹣﹦﹫−])"
)


def neutralise(cell: str) -> str:
    """The cell as it may stand in a CSV file. Numbers (by their type, never by their looks) need not pass here."""
    first = cell[:1]
    if first.isalnum():  # the common case
        return cell
    return "'" + cell if first and _DANGEROUS.match(cell) else cell


def restore(cell: str) -> str:
    """The cell as it was before :func:`neutralise`; any other cell stays as it is."""
    return cell[1:] if cell[:1] == "'" and _DANGEROUS.match(cell, 1) else cell


def kept(cell: str) -> str:
    """The cell as it may stand in a workbook, whose texts are no formulas: only what :func:`restore` would take off is there twice."""
    return cell if restore(cell) == cell else "'" + cell
