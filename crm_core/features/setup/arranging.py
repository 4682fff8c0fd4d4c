"""The panels of the home page: which there are for its reader, which he shows, in what order and in which of the two columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.web.viewmodels import HomeChoice

KEPT = "home"  # of one's settings: {"main": [...], "side": [...], "off": [...]}, names in order
LINE = "|"  # in the dialog: what stands below it stands beside the others
_MOST = 200


@dataclass(frozen=True)
class Piece:
    """A panel one may have. `side`: the column where it stands until its reader says otherwise."""

    name: str
    label: Any
    side: bool = True


@dataclass(frozen=True)
class Arrangement:
    """Names of panels: those of the wide column, those of the narrow one, those not shown."""

    main: tuple[str, ...]
    side: tuple[str, ...]
    off: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        return name in self.main or name in self.side


def arranged(pieces: Sequence[Piece], kept: Any) -> Arrangement:
    """As the reader keeps it; what is new to him (a plugin's card) comes last in its own column."""
    said = kept if isinstance(kept, Mapping) else {}
    there = {piece.name for piece in pieces}

    def known(column: str) -> list[str]:
        names = said.get(column)
        return [n for n in dict.fromkeys(names) if n in there] if isinstance(names, list) else []

    main, side, off = known("main"), known("side"), known("off")
    placed = {*main, *side, *off}
    for piece in pieces:
        if piece.name not in placed:
            (side if piece.side else main).append(piece.name)
    return Arrangement(tuple(main), tuple(side), tuple(off))


def choices(pieces: Sequence[Piece], now: Arrangement) -> tuple[HomeChoice, ...]:
    """The lines of the dialog; panels that are not shown stand last in their column."""
    of = {piece.name: piece for piece in pieces}

    def lines(shown: Iterable[str], side: bool) -> list[HomeChoice]:
        return [*(HomeChoice(n, of[n].label) for n in shown), *(HomeChoice(n, of[n].label, False) for n in now.off if of[n].side is side)]

    return (*lines(now.main, False), HomeChoice("", _("Beside the others")), *lines(now.side, True))


def read(order: Sequence[str], shown: Iterable[str], *, up: str = "", down: str = "") -> dict[str, list[str]]:
    """What the dialog says, to be kept: `order` has all names and the line, `shown` those ticked; `up` or `down` moves one. Raises
    BadRequest for what no dialog sends."""
    names = list(dict.fromkeys(order))
    if LINE not in names or len(names) > _MOST:
        raise BadRequest(_("This page was not found."))
    for name, step in ((up, -1), (down, 1)):
        at = names.index(name) if name in names and name != LINE else -1
        if at >= 0 and 0 <= at + step < len(names):
            names[at], names[at + step] = names[at + step], names[at]
    middle, ticked = names.index(LINE), set(shown)
    return {
        "main": [n for n in names[:middle] if n in ticked], "side": [n for n in names[middle + 1 :] if n in ticked],
        "off": [n for n in names if n != LINE and n not in ticked],
    }
