"""Pictures of products: files that were put on them, the first one in lists, all in a box beside the product."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.features.files.api import Picture, pictures_of
from crm_core.web.cells import draw

MOST = 6


def load(ids: Sequence[int]) -> Mapping[int, Any]:
    """For a column of the list: the first picture of each product, small."""
    return {row_id: draw('<img src="%s" alt="%s" height="32" loading="lazy">', found[0].small, found[0].name) for row_id, found in pictures_of("core.product", ids).items()}


def panel(row_id: int) -> dict[str, list[Picture]]:
    return {"pictures": pictures_of("core.product", [row_id]).get(row_id, [])[:MOST]}
