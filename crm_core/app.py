"""The whole boot, in order: packages → registry → site → Flask."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crm_core import __version__
from crm_core.kernel import plugins
from crm_core.kernel.config import Config, load
from crm_core.kernel.declare import Package
from crm_core.kernel.i18n import _
from crm_core.kernel.models import PluginState
from crm_core.kernel.pace import bulk
from crm_core.kernel.plugins import PluginFault
from crm_core.kernel.registry import PackageFault, Registry
from crm_core.kernel.site import Site

if TYPE_CHECKING:
    import flask


def core() -> Package:
    """Core itself as a package: its features, lowest first, register through the hooks plugins use."""
    from crm_core.features.approvals import plugin as approvals
    from crm_core.features.calendar import plugin as calendar
    from crm_core.features.channels import plugin as channels
    from crm_core.features.customers import plugin as customers
    from crm_core.features.dealings import plugin as dealings
    from crm_core.features.files import plugin as files
    from crm_core.features.hooks import plugin as hooks
    from crm_core.features.mail import plugin as mail
    from crm_core.features.messages import plugin as messages
    from crm_core.features.money import plugin as money
    from crm_core.features.offers import plugin as offers
    from crm_core.features.people import plugin as people
    from crm_core.features.plans import plugin as plans
    from crm_core.features.pool import plugin as pool
    from crm_core.features.products import plugin as products
    from crm_core.features.road import plugin as road
    from crm_core.features.routes import plugin as routes
    from crm_core.features.rules import plugin as rules
    from crm_core.features.setup import plugin as setup
    from crm_core.features.tasks import plugin as tasks
    from crm_core.kernel import plugin as kernel

    return Package("core", _("Tangram CRM"), __version__, "crm_core", (kernel, people, files, messages, hooks, tasks, approvals, customers, money, products, offers, mail, channels, calendar, pool, rules, road, routes, plans, dealings, setup))


@cache
def registry(packages: tuple[Package, ...]) -> Registry:
    """One registry for each set of packages, shared by the sites that have it."""
    return Registry(packages)


@cache
def _core() -> Package:
    return core()


def open_site(home: Path | None = None, config: Config | None = None, plugins: tuple[Package, ...] | None = None,
              also: tuple[str, ...] = ()) -> Site:
    """The site in a folder (default: `CRM_SITE`, else `var`), with core and the plugins it has switched on.

    `plugins` instead of those its database names; `also`: names of plugins that are just being tried. Raises PluginFault
    when one cannot be taken in; one that was switched on is noted by then, so a fresh process starts without it.
    """
    site = Site(config or load(home))
    site.trying = also
    with bulk():
        own = _core()  # first: a plugin is watched for what it does to classes that are there
        packages = plugins if plugins is not None else _plugins(site)
        with _blaming(site):
            site.registry = registry((own, *packages))
    return site


def _plugins(site: Site) -> tuple[Package, ...]:
    known = plugins.states(site.engines)
    if gone := plugins.left_behind(site.home):
        for fault in gone:
            plugins.note_fault(site.engines, fault)
        known = plugins.states(site.engines)
    names = plugins.wanted(known) | set(site.trying)
    if not names:
        return ()
    failed = {s.name for s in known.values() if s.state is PluginState.failed}
    with _blaming(site):
        packages = plugins.load(site.home, plugins.plan(names, plugins.discover()), failed)
        plugins.check_schema(site, packages)
        return packages


@contextmanager
def _blaming(site: Site) -> Iterator[None]:
    """The fault of a plugin that serves already is noted; that of one being tried is told to whoever tries it."""
    try:
        yield
    except PackageFault as found:
        if found.package == "core":
            raise
        fault = PluginFault(found.package, found.trace)
    except PluginFault as found:
        fault = found
    else:
        return
    if fault.name not in site.trying and not site.config.debug:
        plugins.note_fault(site.engines, fault)
    raise fault


def create_app(site: Site) -> "flask.Flask":
    """The web application of one site: core's pages and API, then what its packages registered. Raises PluginFault."""
    from crm_core.api.openapi import blueprint as api
    from crm_core.web.application import make
    from crm_core.web.files import blueprint as files
    from crm_core.web.house import blueprint as house
    from crm_core.web.imports import blueprint as imports
    from crm_core.web.pages import blueprint as pages

    with _blaming(site):
        return make(site, [pages, house, imports, files, api])
