"""Maps on pages: `view(…)` gives what `{{ map(page.map) }}` of maps.html draws. Outlines come from the house itself; pictures of streets
come from elsewhere only where an administrator says from where."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import flask

from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.resource.settings import Setting, Settings
from crm_core.text import shapes
from crm_core.web import outlines
from crm_core.web.assets import asset
from crm_core.web.headers import TILES
from crm_core.web.viewmodels import MapView

_SERVER, _ODD = re.compile(r"[a-z0-9.-]+(?::\d{1,5})?"), re.compile(r"[\s\"'<>;,\\]")


class MapSettings(Settings):
    """Where pictures of streets come from."""

    name = "core.map"
    label = _("Map")
    order = 35
    departments = False
    pages = ((_("Outlines of maps"), outlines.URL, "map-2"),)
    tiles: str = Setting("", _("Address of map tiles"), _("https://…/{z}/{x}/{y}.png of a map server you may use. Left empty, nothing is asked of the net: maps show outlines. With it, browsers tell that server which places they look at."), length=300)  # type: ignore[assignment]
    credit: str = Setting("", _("Source of the tiles"), _("as its owner wants it named, with the approval number of the map where one is needed"), length=200)  # type: ignore[assignment]

    @classmethod
    def check(cls, values: Mapping[str, Any]) -> None:
        if values.get("tiles") and host(values["tiles"]) is None:
            raise Invalid({"tiles": [_("An address that begins with https:// and names {z}, {x} and {y} is expected.")]})


def host(tiles: str) -> str | None:
    """The server of tiles as a policy names it; None for what is no address of tiles."""
    try:
        parts = urlsplit(tiles)
    except ValueError:
        return None
    good = parts.scheme == "https" and _SERVER.fullmatch(parts.netloc) and not _ODD.search(tiles) and all(part in parts.path for part in ("{z}", "{x}", "{y}"))
    return f"{parts.scheme}://{parts.netloc}" if good else None


def allow(response: flask.Response) -> flask.Response:
    """Let the pages of who is signed in fetch tiles from where the administrator says. All of them: what a page may do is settled when it
    is opened as a whole, and maps come into it later."""
    if response.mimetype == "text/html" and response.status_code < 500 and flask.g.get("signed_in") is not None and (server := host(MapSettings.now().tiles)):
        flask.request.environ[TILES] = server
    return response


def view(label: Any, *, shapes_of: str = "", **what: Any) -> MapView:
    """A map with points, lines and shaded outlines (`shapes_of`: world, cn, or the code of a province)."""
    made = MapView(label, **what)
    if shapes_of in shapes.maps():
        made = replace(made, shapes=outlines.address(shapes_of) or asset(f"map-{shapes_of}.json"))
    if tiles := MapSettings.now().tiles:
        made = replace(made, tiles=tiles, credit=MapSettings.now().credit)
    return made
