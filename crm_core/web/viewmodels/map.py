"""A map on a page: what is drawn on it, and how the list is shown as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_core.web.viewmodels.base import Tab, Words

Spot = tuple[int, int]
"""Latitude and longitude in millionths of a degree, as columns keep them."""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """``kind``: "" (a record), "here" (the one it is about), "ours" (a branch), "rough" (the middle of a region), "stop". ``text``: a
    number or word in it; with it the point is larger. ``box``: south, west, north, east of the several it stands for."""

    at: Spot
    label: Words = ""
    url: str = ""
    kind: str = ""
    text: Words = ""
    box: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MapLine:
    path: tuple[Spot, ...]
    label: Words = ""


@dataclass(frozen=True, slots=True)
class MapRegion:
    """An outline: how dark (0 to 5), what is said of it, where a press leads."""

    code: str
    label: Words
    step: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class MapView:
    """``{{ map(view) }}`` of ``maps.html``; made by ``web.atlas.view``. ``shapes``: address of the outlines; ``area``: one that is drawn,
    as an address says it; ``areas``: those that conditions name besides, and whether they are left out; ``bounds``: south, west, north, east of what is looked at first, where that is not all the outlines; ``draw``:
    where a drawn area leads, as argument ``asked``; ``more``: answers the points of what is looked at."""

    label: Words
    points: tuple[MapPoint, ...] = ()
    lines: tuple[MapLine, ...] = ()
    shapes: str = ""
    regions: tuple[MapRegion, ...] = ()
    area: str = ""
    areas: tuple[tuple[str, bool], ...] = ()
    bounds: tuple[int, ...] = ()
    more: str = ""
    draw: str = ""
    asked: str = ""
    tiles: str = ""
    credit: str = ""
    small: bool = False

    @property
    def said(self) -> dict[str, Any]:
        """What the script reads, without what is empty."""
        points = [_full({"at": degrees(p.at), "label": str(p.label), "url": p.url, "kind": p.kind, "text": str(p.text), "box": corners(p.box)}) for p in self.points]
        lines = [_full({"path": [degrees(at) for at in one.path], "label": str(one.label)}) for one in self.lines]
        regions = {one.code: _full({"label": str(one.label), "step": one.step, "url": one.url}) for one in self.regions}
        return _full({
            "points": points, "lines": lines, "regions": regions, "shapes": self.shapes, "area": self.area, "areas": [list(one) for one in self.areas], "bounds": corners(self.bounds), "more": self.more, "draw": self.draw,
            "asked": self.asked, "tiles": self.tiles, "credit": self.credit, "small": self.small,
        })


def degrees(at: Spot) -> list[float]:
    return [number / 1_000_000 for number in at]


def corners(box: tuple[int, ...]) -> list[list[float]]:
    return [degrees(box[:2]), degrees(box[2:])] if len(box) == 4 else []


def _full(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class MapSum:
    """A line of the table beside the map: an outline's name, what it counts, where it is looked at closer, where its list is."""

    label: Words
    figure: Words
    list_url: str
    url: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class ListMap:
    """``parts/list_map.html``: the list as a map. ``steps``: from the world down to what is shown; ``measures``: what the outlines are
    shaded by; ``notes``: (what stands where, in words, its list); ``key``: (shade, from–to)."""

    map: MapView
    steps: tuple[Tab, ...] = ()
    measures: tuple[Tab, ...] = ()
    sums: tuple[MapSum, ...] = ()
    list_url: str = ""
    notes: tuple[tuple[Words, str], ...] = ()
    key: tuple[tuple[int, Words], ...] = ()
    heading: Words = ""
    figure: Words = ""
