"""Somebody at a browser, and a program with a token, without a server."""

import io
import json
from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from crm_core.access import tokens
from crm_core.access.models import User
from crm_core.kernel.keys import digest
from crm_core.kernel.site import Site


class Client:
    """Somebody who calls the API with a token: `ann("GET", "/core/customer", If_Match='"1"')`, `ann("POST", "/core/customer/1/files", file=("a.txt", b"hello"))`."""

    def __init__(self, app: flask.Flask, secret: str = "") -> None:
        self.http, self.secret = app.test_client(), secret

    def __call__(self, method: str, path: str, body: Any = None, *, file: tuple[str, bytes] | None = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data: dict[str, Any] = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        if file is not None:
            data = {"data": {"file": (io.BytesIO(file[1]), file[0])}}
        return self.http.open(f"/api/v1{path}", method=method, headers=sent, **data)


class Browser:
    """Somebody at a browser, signed in (or not): his cookie, and the token of his forms."""

    def __init__(self, app: flask.Flask, secret: str = "", token: str = "") -> None:
        self.http, self.token = app.test_client(), token
        if secret:
            self.http.set_cookie("sid", secret)

    def __call__(self, method: str, path: str, data: Any = None, **headers: str) -> TestResponse:
        sent = {"X-CSRF-Token": self.token} if self.token and method not in ("GET", "HEAD") else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.open(path, method=method, data=data, headers=sent)


def signed_in(app: flask.Flask, site: Site, user: int) -> Browser:
    """A browser whose person has signed in a moment ago, without a password."""
    from crm_core.web import session

    with site.system("tests") as work:
        stored = work.session.execute(sa.select(User.password_hash).where(User.id == user)).scalar_one()
        with app.test_request_context():
            secret = session.begin(site, user, stored, stay=False)
    return Browser(app, secret, site.keys.sign("csrf", f"session:{digest(secret)}"))


def token_of(site: Site, user: int, *scopes: str) -> str:
    """A new API token of somebody; without scopes it reaches as far as he does."""
    with site.system("tests"):
        return tokens.issue(user, "test", scopes or ("*",))[0]
