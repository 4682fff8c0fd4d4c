"""Rendering a page: the template and its model; the frame around both comes from the context."""

from typing import Any

import flask


def page_of(template: str, page: Any, **more: Any) -> str:
    """A page made of a template and its view model."""
    return flask.render_template(template, page=page, **more)
