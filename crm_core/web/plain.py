"""Answers that need nobody and touch nothing: built files, and the two questions of a supervisor."""

import mimetypes
from pathlib import Path

import flask
import sqlalchemy as sa

from crm_core.kernel.site import site
from crm_core.web.access import public
from crm_core.web.assets import FOLDER, manifest

blueprint = flask.Blueprint("plain", __name__)
FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".txt": "text/plain", ".json": "application/json"}


def needs_nobody(request: flask.Request) -> bool:
    """Whether this request is answered without asking who sends it."""
    return bool(request.endpoint and request.endpoint.startswith("plain."))


@blueprint.get("/static/dist/<name>")
@public("built files; their names carry the hash of their content")
def static(name: str) -> flask.Response:
    path = Path(FOLDER) / name
    if name.startswith(".") or path.suffix not in _TYPES or not path.is_file():
        flask.abort(404)
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = flask.send_file(path, mimetype=kind, conditional=True, etag=True)
    response.headers["Cache-Control"] = FOREVER if name in manifest().values() else "public, max-age=60"
    return response


@blueprint.get("/favicon.ico")
@public("browsers ask for it by themselves")
def favicon() -> flask.Response:
    name = manifest().get("favicon.svg")
    if name is None:
        flask.abort(404)
    return static(name)


@blueprint.get("/live")
@public("the process answers")
def live() -> flask.Response:
    return flask.Response("ok\n", mimetype="text/plain")


@blueprint.get("/ready")
@public("the process answers and reaches its database")
def ready() -> flask.Response:
    try:
        with site().engines.read.connect() as conn:
            conn.execute(sa.text("SELECT rights FROM core_site"))
    except sa.exc.SQLAlchemyError:
        return flask.Response("the database does not answer\n", 503, mimetype="text/plain")
    return flask.Response("ok\n", mimetype="text/plain")
