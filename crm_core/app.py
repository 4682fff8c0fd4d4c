"""The whole boot, in order: packages → registry → site → Flask."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crm_core import __version__
from crm_core.kernel.config import Config, load
from crm_core.kernel.declare import Package
from crm_core.kernel.i18n import _
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import Site

if TYPE_CHECKING:
    import flask


def core() -> Package:
    """Core itself as a package: its features, lowest first, register through the hooks plugins use."""
    from crm_core.features.customers import plugin as customers
    from crm_core.features.messages import plugin as messages
    from crm_core.features.people import plugin as people
    from crm_core.features.setup import plugin as setup
    from crm_core.features.tasks import plugin as tasks
    from crm_core.kernel import plugin as kernel

    return Package("core", _("Tangram CRM"), __version__, "crm_core", (kernel, people, messages, tasks, customers, setup))


@cache
def registry(packages: tuple[Package, ...]) -> Registry:
    """One registry for each set of packages, shared by the sites that have it."""
    return Registry(packages)


@cache
def _core() -> Package:
    return core()


def open_site(home: Path | None = None, config: Config | None = None, plugins: tuple[Package, ...] = ()) -> Site:
    """The site in a folder (default: `CRM_SITE`, else `var`), with core and these plugins."""
    return Site(config or load(home), registry((_core(), *plugins)))


def create_app(site: Site) -> "flask.Flask":
    """The web application of one site: core's pages and API, then what its packages registered."""
    from crm_core.api.openapi import blueprint as api
    from crm_core.web.application import make
    from crm_core.web.files import blueprint as files
    from crm_core.web.house import blueprint as house
    from crm_core.web.imports import blueprint as imports
    from crm_core.web.pages import blueprint as pages

    return make(site, [pages, house, imports, files, api])
