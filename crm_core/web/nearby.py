"""The little map of a record: where it stands, and what of its list stands near, as far as the reader sees it."""

from typing import Any

import flask
import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.session import session
from crm_core.kernel.declare import Panel
from crm_core.kernel.i18n import _
from crm_core.resource import listing, maps, places
from crm_core.text import areas, shapes
from crm_core.web import atlas, mapping, urls
from crm_core.web.viewmodels import MapPoint, PanelRow, PanelView

NEAR = 10_000  # metres
LOOKED, SHOWN = 200, 5


def _panel(resource: Any, row_id: int) -> PanelView:
    row = resource.get(row_id)
    at = places.spot(resource, row)
    if at is None:
        return _rough(resource, row)
    around = [(mapping.AREA, areas.write(areas.Circle(*at, NEAR)))]
    view = atlas.view(
        resource.title(row), points=(MapPoint(at, resource.title(row), kind="here"), *mapping.landmarks(resource)), area=around[0][1], shapes_of=shapes.CHINA,
        more=urls.of_act(resource, None, "points", around), small=True,
    )
    near = _near(resource, row_id, at, around)
    rows = tuple(PanelRow(name, url=urls.of_record(resource, one), figure=_("%(n)s km", n=f"{metres / 1000:,.1f}")) for one, name, metres in near)
    return PanelView(
        _("Map"), "map-2", html=_html(view, rows, urls.of_list(resource, [("look", "map"), *around]), urls.of_list(resource, around)), url=urls.of_list(resource, [("look", "map"), *around]),
    )


def _near(resource: Any, row_id: int, at: areas.Corner, around: list[tuple[str, str]]) -> list[tuple[int, str, float]]:
    """(id, name, metres) of the nearest, of as many as are looked at; the way is a straight line."""
    ids = listing.matching_ids(listing.parse(resource, around), LOOKED)
    latitude, longitude = (getattr(resource.model, name) for name in resource.place.pair)
    found = session.execute(sa.select(resource.model.id, latitude, longitude).where(resource.model.id.in_([one for one in ids if one != row_id]))).all() if ids else []
    nearest = sorted((areas.metres_between(at, (row[1], row[2])), row[0]) for row in found)[:SHOWN]
    names = resource.labels([one for _metres, one in nearest])
    return [(one, names[one], metres) for metres, one in nearest if one in names]


def _rough(resource: Any, row: Any) -> PanelView:
    """Without a place of its own: the middle of its region, said as such."""
    regions = maps.regions_of(resource)
    column = resource.fields()[resource.place.region].column if regions is not None else ""
    code = session.scalar(sa.select(regions.model.code).where(regions.model.id == getattr(row, column))) if regions is not None and getattr(row, column) is not None else None
    at = shapes.middle(code or "")
    if code is None or at is None:
        return PanelView(_("Map"), "map-2", empty=_("No place is known."))
    view = atlas.view(resource.title(row), points=(MapPoint(at, resource.title(row), kind="rough", text="?"), *mapping.landmarks(resource)), shapes_of=f"{code[:2]}0000", small=True)
    return PanelView(_("Map"), "map-2", html=_html(view, (), "", ""), foot=_("Without a place of its own: the middle of its region."))


def _html(view: Any, rows: tuple[PanelRow, ...], map_url: str, list_url: str) -> Markup:
    return Markup(flask.render_template("parts/map_panel.html", view=view, rows=rows, map_url=map_url, list_url=list_url))  # the template has escaped what it was given


PANEL = Panel(
    lambda resource: resource.place is not None and not resource.is_brief, "place", _("Map"), _panel, icon="map-2", order=90,
    when=lambda resource: places.of(resource) is not None,
)
