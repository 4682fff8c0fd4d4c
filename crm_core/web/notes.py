"""Toasts carried over a redirect: a short-lived cookie, shown once. `bulk.remember()` puts notes in, the next page shows them."""

import json
from typing import Any

import flask

from crm_core.kernel.site import site
from crm_core.web.bulk import toasts
from crm_core.web.csrf import cookie_name

COOKIE = "notes"
_LONGEST = 3_000


def shown() -> tuple[Any, ...]:
    """The toasts of this page: those that came with the request, once."""
    if "toasts" not in flask.g:
        flask.g.toasts = tuple(toasts(_read(flask.request.cookies.get(cookie_name(COOKIE), ""))))
        flask.g.notes_shown = True
    return flask.g.toasts  # type: ignore[no-any-return]


def _read(text: str) -> list[tuple[str, ...]]:
    signature, _dot, body = text.partition(".")
    if not body or not site().keys.verify("notes", body, signature):
        return []
    try:
        found = json.loads(bytes.fromhex(body))
    except ValueError:
        return []
    return [tuple(str(word) for word in note) for note in found]


def keep(response: flask.Response) -> flask.Response:
    """After the view: notes go along with a redirect; those that a page has shown are gone."""
    made = flask.g.get("notes")
    if not made and response.status_code == 200 and response.mimetype == "text/html":
        made = flask.g.get("notes_again")
    name, https = cookie_name(COOKIE), site().config.https
    if made and response.status_code < 400:
        body = json.dumps(made, ensure_ascii=False).encode().hex()
        if len(body) <= _LONGEST:
            text = f"{site().keys.sign('notes', body)}.{body}"
            response.set_cookie(name, text, max_age=120, secure=https, httponly=True, samesite="Lax", path="/")
    elif flask.g.get("notes_shown") and name in flask.request.cookies and response.mimetype == "text/html":
        response.delete_cookie(name, secure=https, httponly=True, samesite="Lax", path="/")
    return response
