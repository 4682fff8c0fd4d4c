"""Routes."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Empty, Words
from crm_core.web.viewmodels.forms import FormField
from crm_core.web.viewmodels.map import MapView


@dataclass(frozen=True, slots=True)
class RouteStop:
    """A stop in its order: the way to it, when one is there and leaves; or, left out, why. ``boxes``: its appointment and its length."""

    label: Words
    url: str
    where: Words = ""
    hours: Words = ""
    remarks: tuple[Words, ...] = ()
    arrives: Words = ""
    leaves: Words = ""
    waits: Words = ""
    way: Words = ""
    why: Words = ""
    boxes: tuple[FormField, ...] = ()
    remove: Act | None = None


@dataclass(frozen=True, slots=True)
class RoutePage:
    """``route.html``: a GET form of ``fields`` and of each stop's boxes; ``hidden`` carries the stops. ``begin`` and ``end`` are the
    first and the last line of the list, (time, words, way)."""

    title: Words
    action: str
    fields: tuple[FormField, ...]
    hidden: tuple[tuple[str, str], ...]
    said: tuple[Words, ...] = ()
    reckoned: Words = ""
    begin: tuple[Words, Words, Words] | None = None
    stops: tuple[RouteStop, ...] = ()
    end: tuple[Words, Words, Words] | None = None
    left: tuple[RouteStop, ...] = ()
    acts: tuple[Act, ...] = ()
    note: Words = ""
    map: MapView | None = None
    empty: Empty | None = None
