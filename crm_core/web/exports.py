"""Export from the browser: streamed at once up to 50,000 rows, a job with a file for its owner beyond that."""

from collections.abc import Sequence
from typing import Any

import flask

from crm_core.data.session import writing
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import listing
from crm_core.resource.exchange import exporting
from crm_core.resource.exchange.export import plan, stream
from crm_core.resource.exchange.formats import SHEET_ROWS, TYPES
from crm_core.web import urls
from crm_core.web.files import attached
from crm_core.web.show import page_of
from crm_core.web.viewmodels import BulkFormPage

Pairs = Sequence[tuple[str, str]]
_OWN = ("format", "columns", "page", "after", "before", "limit")


def answer(resource: Any, pairs: Pairs, ids: Sequence[int] | None = None) -> Any:
    """The file of what a list's address means (`format=csv|jsonl|xlsx`), or of these rows of it.

    A list that is too long for one answer is asked about first and then made by a job: a GET starts nothing.
    """
    said = dict(pairs)
    format = said.get("format") or "csv"
    state = [(k, v) for k, v in pairs if k not in _OWN]
    query = listing.parse(resource, state)
    query.verb = "export"
    if ids is None and listing.count(query, exporting.AT_ONCE)[1]:
        return _large(resource, state, format)
    made = plan(resource, query, format=format, ids=ids)
    pieces = stream(site(), actor(), made)
    return attached(flask.Response(pieces, mimetype=TYPES[format]), exporting.file_name(resource, format))


def _large(resource: Any, state: list[tuple[str, str]], format: str) -> Any:
    if format == "xlsx":
        raise Refused(_("A workbook holds at most %(n)s rows; take CSV.", n=f"{SHEET_ROWS:,}"))
    if flask.request.method != "POST":
        return page_of("bulk_form.html", BulkFormPage(
            title=_("Export"), action=urls.of_act(resource, None, "bulk/export"), submit=_("Make the file"),
            text=_("These are more than %(n)s records. The file is made in the background; you find it under Jobs when it is ready.",
                   n=f"{exporting.AT_ONCE:,}"),
            hidden=(("all", "1"), ("go", "1"), *state), back_url=urls.of_list(resource, state),
        ))
    with writing():
        job = exporting.ask(resource, state, format=format)
    return flask.redirect(f"/jobs/{job}", 303)
