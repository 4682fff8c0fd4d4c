"""Traditional characters as they are written on the mainland, for keys that both ways of writing share."""

from __future__ import annotations

from functools import cache

from crm_core.text.clean import fold
from crm_core.text.tables import read_pairs


@cache
def _table() -> dict[int, str]:
    return {ord(old): new[0] for old, new in read_pairs("simplified.tsv").items()}


def simplify(text: str) -> str:
    """廣西甘源糖業 → 广西甘源糖业. Character by character: good for comparing, not for showing."""
    return text if text.isascii() else text.translate(_table())


def plain(text: str) -> str:
    """Folded and simplified: the form in which names are compared."""
    return simplify(fold(text))
