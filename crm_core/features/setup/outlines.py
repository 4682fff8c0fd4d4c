"""The page where an administrator puts outlines of his own in the place of ours, map by map."""

from typing import Any

import flask

from crm_core.features.setup.settings import CHANGE
from crm_core.kernel.errors import Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.text import shapes
from crm_core.text.divisions import region_path
from crm_core.web import bulk, outlines
from crm_core.web.access import access, body_limit, signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels.plugins import OutlineMap, OutlinesPage

pages = flask.Blueprint("outlines", __name__)
ROOM = 2**16  # for what stands around the file


@pages.get(outlines.URL)
@access(CHANGE)
def show() -> Any:
    return _page()


@pages.post(outlines.URL)
@body_limit(outlines.LARGEST + ROOM)
@access(CHANGE)
def put() -> Any:
    """A file in the place of a map's outlines, or ours again."""
    name, file = flask.request.form.get("map", ""), flask.request.files.get("file")
    try:
        if flask.request.form.get("remove"):
            outlines.put(name, None)
            bulk.say_undo(_("The outlines that came with the house are shown again."), None)
        elif file is None or not file.filename:
            raise Invalid({"file": [_("Choose a file.")]})
        else:
            outlines.put(name, file.stream.read(outlines.LARGEST + 1))
            bulk.say_undo(_("Saved"), None)
    except Invalid as bad:
        return _page(name, next(iter(next(iter(bad.fields.values()))))), 422
    return flask.redirect(outlines.URL, 303)


@pages.get(f"{outlines.URL}/<name>.json")
@signed_in
def fetch(name: str) -> Any:
    found = outlines.load(name) if name in outlines.there() else None
    if found is None:
        raise Missing(_("This page was not found."))
    answer = flask.jsonify(found)
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"  # the address changes with the outlines
    return answer


def _page(name: str = shapes.CHINA, error: Any = "") -> str:
    own = outlines.there()
    order = sorted(shapes.maps(), key=lambda one: (one not in (shapes.WORLD, shapes.CHINA), one != shapes.WORLD, one))
    return page_of("outlines.html", OutlinesPage(
        _("Outlines of maps"), outlines.URL, tuple(OutlineMap(one, _called(one), one == name, one in own) for one in order), error=error, back_url="/settings/core.map"))


def _called(name: str) -> Any:
    return {shapes.WORLD: _("World"), shapes.CHINA: _("China")}.get(name) or "".join(one.name for one in region_path(name))
