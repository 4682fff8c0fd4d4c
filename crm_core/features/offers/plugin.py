"""Table of contents of this feature."""

from typing import Any

from crm_core.features.offers import demo, fitting
from crm_core.features.offers.resources import Recommendations
from crm_core.kernel.declare import Menu, Offers, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Recommendations]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Recommendations"), Recommendations, "settings", order=46, name="recommendations", permission="core.recommendation.update")]


@hookimpl
def register_offers() -> list[Offers]:
    return [Offers("core.recommendations", _("Recommendations"), fitting.fits)]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    return [RoleTemplate(name, "", {f"core.recommendation.{verb}": "all" for verb in ("read", "create", "update", "delete")}) for name in ("decision-maker", "supervisor")]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
