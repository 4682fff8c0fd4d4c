"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.customers.api import acts_of_customer
from crm_core.features.routes import demo
from crm_core.features.routes.asked import URL
from crm_core.features.routes.pages import of, pages
from crm_core.features.routes.rules import MOST, RouteSettings
from crm_core.kernel.declare import Menu
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.web.bulk import LEADING, Leading
from crm_core.web.viewmodels import Act

acts_of_customer.append(lambda customer: Act(_("Plan a route"), of([customer]), "route"))
LEADING.setdefault("core.customer", {})["route"] = Leading(_("Plan a route"), "route", of, MOST)


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Routes"), URL, "customers", icon="route", order=13, name="routes", permission="core.customer.read")]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [RouteSettings]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
