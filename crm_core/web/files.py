"""Files that were made for somebody, handed to him and to nobody else."""

from typing import Any

import flask

from crm_core.kernel import files
from crm_core.web.access import signed_in

blueprint = flask.Blueprint("files", __name__)


@blueprint.get("/files/<public_id>")
@signed_in
def fetch(public_id: str) -> Any:
    row, path = files.fetch(public_id)
    return as_file(flask.send_file(path, mimetype=row.kind, as_attachment=True, download_name=row.name, max_age=0))


def as_file(response: flask.Response) -> flask.Response:
    """It is saved, whatever stands in it: never shown by a browser as if it were one of our pages (T29)."""
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
