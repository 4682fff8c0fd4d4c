"""Rendering a page: the template and its model; the frame around both comes from the context."""

from typing import Any

import flask
from jinja2 import Environment

from crm_core.kernel.i18n import _
from crm_core.web import cells, csrf, table
from crm_core.web.assets import asset


def page_of(template: str, page: Any, **more: Any) -> str:
    """A page made of a template and its view model."""
    return flask.render_template(template, page=page, **more)


def dress(env: Environment) -> None:
    """Give the templates what they are drawn with. Call it once, when the application is made."""
    env.globals.update(
        _=_, asset=asset, icon=cells.icon, logo=cells.logo, status=cells.status, pill=cells.pill, status_pill=cells.status_pill,
        tags=cells.tags, avatar=cells.avatar, who=cells.who, call_url=cells.call_url, DASH=cells.DASH,
        rows_of=table.rows, csrf_token=csrf.token,
        # What a page may set before its blocks; a layout asks for all of them.
        head_title="", ph_title="", ph_back="", main_class="",
    )
