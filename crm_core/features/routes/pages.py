"""The page of a route: asked by its address alone, so it can be sent to a colleague, who sees of it what he may see."""

from collections.abc import Sequence
from typing import Any

import flask

from crm_core.access import prints
from crm_core.features.routes import views
from crm_core.features.routes.asked import URL
from crm_core.features.routes.planning import CUSTOMER, Planner, write_down
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _, ngettext
from crm_core.web import urls
from crm_core.web.access import access
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of

pages = flask.Blueprint("routes", __name__)


@pages.get(URL)
@access("core.customer.read")
def show() -> str:
    return page_of("route.html", views.page(Planner(flask.request.args).plan))


@pages.post(URL)
@access("core.task.create")
def keep() -> Any:
    """Put the visits into one's tasks of the day."""
    plan = Planner(flask.request.form).plan
    count, change = write_down(plan)
    if not count:
        raise Refused(_("There is no visit that is not among your tasks."))
    say_undo(ngettext("%(n)s visit is among your tasks", "%(n)s visits are among your tasks", count), change)
    return flask.redirect(plan.asked.address(), 303)


@pages.get(f"{URL}/print")
@access("core.customer.print")
def paper() -> str:
    """The route on paper: of the customers one may print; that it was printed is written down."""
    plan = Planner(flask.request.args, "print").plan
    if plan.firms:
        prints.note(CUSTOMER, "list", len(plan.firms), conditions=str(_("A route")))
    return page_of("print.html", views.paper(plan))


def of(ids: Sequence[int]) -> str:
    """Where a route of these customers is planned."""
    return urls.address(URL, [("stop", str(one)) for one in ids])
