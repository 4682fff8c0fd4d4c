"""Switching plugins on from the command line, and for a demo."""

from collections.abc import Sequence

from crm_core.data.migrate import Applied
from crm_core.kernel.site import Site

OWN = "tangram-crm"  # the distribution that brings core, and the plugins that come with it


def bundled() -> list[str]:
    """Names of the plugins that come with the program and can be used on this machine."""
    from crm_core.kernel import plugins

    return [one.name for one in plugins.discover().values() if one.distribution == OWN and not one.error]


def switch_on(serving: Site, wanted: Sequence[str], department: int | None = None) -> tuple[Site, Applied]:
    """Switch on what `enabling.to_enable` said; the site opened anew with them, and what was done. `serving` is closed."""
    from crm_core.app import create_app, open_site
    from crm_core.features.setup.levels import audience
    from crm_core.kernel import enabling

    serving.engines.dispose()
    site = open_site(config=serving.config, also=tuple(wanted))
    create_app(site)  # a route that collides or says nothing of access is found now
    with site.system("audience"):
        whom = audience(department)
    return site, enabling.enable(site, wanted, whom)
