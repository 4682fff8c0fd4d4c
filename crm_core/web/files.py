"""Files that were made for somebody, handed to him and to nobody else."""

from typing import Any
from urllib.parse import quote

import flask

from crm_core.kernel import files
from crm_core.web.access import signed_in

blueprint = flask.Blueprint("files", __name__)


def attached(response: flask.Response, name: str) -> flask.Response:
    """The answer as a file to save. A header holds Latin letters only: other names go as RFC 5987 has them."""
    plain = name.encode("ascii", "ignore").decode().strip()
    more = {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", filename=plain, **more)
    return response


@blueprint.get("/files/<public_id>")
@signed_in
def fetch(public_id: str) -> Any:
    row, path = files.fetch(public_id)
    response = flask.send_file(path, mimetype=row.kind, as_attachment=True, download_name=row.name)
    response.headers["Cache-Control"] = "no-store"
    return response
