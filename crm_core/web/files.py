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
    response = flask.send_file(path, mimetype=row.kind, as_attachment=True, download_name=row.name)
    response.headers["Cache-Control"] = "no-store"
    return response
