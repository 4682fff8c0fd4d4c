"""Files in the browser: sending, getting, versions."""

from typing import Any

import flask

from crm_core.features.files import preview, services, store, views
from crm_core.features.files.models import FileKind
from crm_core.features.files.settings import FileSettings
from crm_core.kernel.errors import BadRequest, Invalid, Missing
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import site
from crm_core.text.numbers import whole
from crm_core.web import urls, ways
from crm_core.web.access import body_limit, signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.requests import wants_json
from crm_core.web.show import page_of

pages = flask.Blueprint("files_on_records", __name__)
ROW = "/<package>/<path>/<int:row_id>"
FILE = "/core/attachment/<int:row_id>"
BESIDE = 1 << 20  # bytes of a form beside its file
MOST = 50  # files of one request


def limit() -> int:
    """How large a body with a file may be. Raises TooLarge, so that whoever sends learns how large a file may be."""
    most = FileSettings.now().most
    if (flask.request.content_length or 0) > most + BESIDE:
        raise store.TooLarge(store.too_large(most))
    return most + BESIDE


def sent() -> list[Any]:
    """The files of this request. Raises Invalid, BadRequest."""
    found = [one for one in flask.request.files.getlist("file") if one.filename]
    if not found:
        raise Invalid({"file": [_("Choose a file first.")]})
    if len(found) > MOST or (len(found) > 1 and key()):
        raise BadRequest(_("Too many files at once."))
    return found


def key() -> str:
    """What the client calls this sending, so that it happens once."""
    return flask.request.headers.get("Idempotency-Key", "") or flask.request.form.get("key", "")


@pages.post(f"{ROW}/files")
@signed_in
@body_limit(limit)
def put(package: str, path: str, row_id: int) -> Any:
    """Put files on a record."""
    subject = f"{package}.{path}"
    resource = services.holder_of(subject)
    resource.may_hold(row_id)
    made = [(services.put(subject, row_id, one.filename, one.stream, key=key())) for one in sent()]
    if wants_json():
        return {"files": [told(one) for one in made]}
    say_undo(ngettext("%(n)s file was added", "%(n)s files were added", len(made)), None)
    return flask.redirect(ways.to_record(resource, row_id, "files"), 303)


def told(made: services.Put) -> dict[str, Any]:
    """What a script hears of a file it sent."""
    row = services.readable(made.id)
    return {"id": row.id, "name": row.name, "size": row.size, "kind": str(row.kind), "again": made.again, "url": urls.of_name(site().registry, services.NAME, row.id)}


@pages.get(f"{FILE}/get")
@signed_in
def get(row_id: int) -> Any:
    """The bytes, to be saved; `?version=2` for an older one."""
    return answer(row_id, whole(flask.request.args.get("version", "")))


def answer(row_id: int, number: int | None) -> flask.Response:
    """The bytes of a file as an attachment with the name it has now; never as a page."""
    row, version, place = services.bytes_of(row_id, number)
    response = flask.send_file(place, mimetype=version.media, as_attachment=True, download_name=row.name, etag=version.digest, conditional=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@pages.get(f"{FILE}/picture")
@signed_in
def picture(row_id: int) -> Any:
    """A picture made of a file: `?size=small`, `?size=large` or `?page=2` of a PDF."""
    args = flask.request.args
    _row, version, _place = services.bytes_of(row_id, whole(args.get("version", "")))
    page, size = whole(args.get("page", "")), args.get("size", "small")
    if version.kind not in views.SEEN or size not in ("small", "large") or (page or 1) > preview.PAGES:
        raise Missing(_("There is no picture of this file."))
    what = size if version.kind == FileKind.picture or (page is None and size == "small") else f"page-{page or 1}"
    response = flask.send_file(preview.picture(version.path, version.kind, what), mimetype="image/webp", as_attachment=True, download_name="picture.webp")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@pages.get(f"{FILE}/preview")
@signed_in
def look(row_id: int) -> Any:
    """A file in place, as a dialog over the page one is on."""
    row = services.readable(row_id)
    return page_of("file.html", views.one(row, versions=False), back=urls.of_name(site().registry, services.NAME, row_id))


@pages.post(f"{FILE}/remove")
@signed_in
def remove(row_id: int) -> Any:
    """Into the recycle bin, and back to the record it was on."""
    row = services.changeable(row_id)
    holder, subject_id = services.holder_of(row.subject), row.subject_id
    say_undo(_("Deleted"), site().registry.resource(services.NAME).delete([row_id]))
    return flask.redirect(urls.of_record(holder, subject_id, "files"), 303)


@pages.post(f"{FILE}/version")
@signed_in
@body_limit(limit)
def version(row_id: int) -> Any:
    """A new version of a file."""
    services.changeable(row_id)
    one = sent()[0]
    number, change = services.put_version(row_id, one.filename, one.stream, version=whole(flask.request.form.get("version", "")), key=key())
    if wants_json():
        return {"id": row_id, "number": number}
    say_undo(_("Version %(n)s was added; the earlier ones are kept", n=number), change)
    return flask.redirect(urls.of_name(site().registry, services.NAME, row_id), 303)


@pages.post(f"{FILE}/version/<int:number>/count")
@signed_in
def go_back(row_id: int, number: int) -> Any:
    """Let an older version count again."""
    say_undo(_("Version %(n)s counts again; all versions are kept", n=number), services.go_back(row_id, number))
    return flask.redirect(urls.of_name(site().registry, services.NAME, row_id), 303)

