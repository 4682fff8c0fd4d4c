"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.customers.api import acts_of_customer
from crm_core.features.road import demo
from crm_core.features.road.pages import URL, pages
from crm_core.features.road.rules import RoadSettings
from crm_core.kernel.declare import Menu
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.web.viewmodels import Act

acts_of_customer.append(lambda customer: Act(_("Take along on the phone"), f"{URL}#customer/{customer}", "device-mobile"))


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("On the road"), URL, "customers", icon="device-mobile", order=12, name="road", permission="core.customer.update")]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [RoadSettings]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
