"""Rendering a page: the template, its model, and the frame around both."""

from typing import Any

import flask

from crm_core.web.frame import frame, shell


def page_of(template: str, page: Any, **more: Any) -> str:
    """A page of a signed-in person."""
    around = frame(flask.g.get("csrf_token", ""), toasts=tuple(flask.g.get("toasts", ())))
    return flask.render_template(template, page=page, frame=around, shell=around, **more)


def outer_page(template: str, page: Any, **more: Any) -> str:
    """A page for whoever: sign-in, set-up, an error without a person."""
    return flask.render_template(template, page=page, frame=None, shell=shell(flask.g.get("csrf_token", "")), **more)
