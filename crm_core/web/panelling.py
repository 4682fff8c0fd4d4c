"""What packages put beside records and on the home page: filled here, each in its own guard."""

from collections.abc import Mapping
from typing import Any

import flask
from markupsafe import Markup

from crm_core.kernel.declare import Panel
from crm_core.web.viewmodels import PanelView


def filled(panel: Panel, row_id: int) -> PanelView:
    """The panel of a record: what `load` gives, in the author's own template where he names one. Raises TypeError for what is
    neither a panel nor the values of a template."""
    found: Any = panel.load(row_id)
    if isinstance(found, PanelView):
        return found
    if not isinstance(found, Mapping):
        raise TypeError(f"the panel {panel.name} loads {type(found).__name__}: a PanelView, or the values of its template, is wanted")
    html = flask.render_template(panel.template, **found)
    return PanelView(panel.label, panel.icon or "puzzle", html=Markup(html))  # the template has escaped what it was given
