"""The board of a list: what its columns and cards say."""

from collections.abc import Mapping
from typing import Any

from crm_core.access import reads
from crm_core.kernel.i18n import _, listed
from crm_core.resource import boards, listing, sensitive
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField
from crm_core.web import render, urls
from crm_core.web.chips import Pairs
from crm_core.web.viewmodels import BoardCard, BoardColumn, BoardView

FACTS = 3  # beneath a card's name


def view(resource: Any, fields: Mapping[str, Field], query: listing.Query, args: Pairs, names: list[str], rows_of: Any) -> BoardView | None:
    """The board an address asks for; None when it asks for another picture."""
    said = dict(args)
    by = boards.choice_of(resource, said.get("by", "")) if said.get("look") == "board" else None
    if by is None:
        return None
    board = boards.build(query, by)
    ids = [row_id for pile in board.piles for row_id in pile.ids]
    facts = [resource.label_field, *[n for n in names if n not in (resource.label_field, by.name)][:FACTS]]
    rows = {int(row.key): row for row in rows_of(facts, ids)}
    if by.sensitive:  # the column a card stands in tells it
        reads.note(resource.name, [i for pile in board.piles if sensitive.filled(pile.value) for i in pile.ids if i in rows], "list")
    mine = boards.movable(resource, by, ids)
    words = by.labels([pile.value for pile in board.piles]) if isinstance(by, RefField) else {}
    back = urls.of_list(resource, [(k, v) for k, v in args if k not in ("after", "before")])
    columns = []
    for pile in board.piles:
        cards = tuple(
            BoardCard(rows[i].url, rows[i].label, rows[i].cells[1:], urls.of_act(resource, i, "cell"), urls.of_act(resource, i, "cell", [("field", by.name), ("back", back)]), i in mine)
            for i in pile.ids if i in rows
        )
        if cards or pile.value is not None:
            columns.append(BoardColumn(
                by.text(pile.value), words.get(pile.value) or (not words and by.show(pile.value)) or _("empty"), render.status_of(by, pile.value),
                f"{pile.count:,}", _sums(board, pile), cards,
                max(0, pile.count - len(cards)),
            ))
    note = _("Counted and summed: the first %(n)s records.", n=f"{listing.SMALL:,}") if board.more else ""
    if board.amount is not None and "currency" in resource.table.c:
        said = _("Sums: %(what)s.", what=board.amount.label)
        note = f"{said} {note}" if note else said
    return BoardView(by.name, tuple(columns), note)


def _sums(board: boards.Board, pile: boards.Pile) -> str:
    """What the records of a column come to: one sum for each currency."""
    amount = board.amount
    return listed(amount.in_currency(code).show(total) for code, total in sorted(pile.totals.items())) if amount is not None else ""
