"""The door to the public pool: the brief list of what the acting person may claim."""

from typing import Any

import flask

from crm_core.features.pool import rules
from crm_core.kernel.site import actor, site
from crm_core.web import urls
from crm_core.web.access import access

pages = flask.Blueprint("pool", __name__)
URL = "/pool"


@pages.get(URL)
@access("core.customer.brief.claim")
def pool() -> Any:
    house, who = rules.house(), actor()
    path = house.path(who.department_id)
    mine = [str(one.id) for one in house.pools.values() if one.may_claim(who, path)]
    if not mine:  # the pools there are, rather than a list of nothing
        return flask.redirect(urls.of_list(site().registry.resource("core.pool")))
    return flask.redirect(urls.of_list(site().registry.resource("core.customer.brief"), [("owner.empty", "1"), ("pool.any", ",".join(mine))]))
