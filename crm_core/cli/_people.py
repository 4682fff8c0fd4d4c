"""Who is there yet, and the link for the first of them."""

import datetime as dt

from crm_core.access import ledgers
from crm_core.cli._common import say
from crm_core.cli._settled import somebody
from crm_core.data.session import writing
from crm_core.features.people.services.accounts import SETUP, address_of
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.keys import token
from crm_core.kernel.site import Site

LINK_DAYS = 7


def anybody(site: Site) -> bool:
    """Whether there is anybody who can sign in."""
    with site.engines.read.connect() as conn:
        return somebody(conn)


def say_link(site: Site) -> None:
    """Make and print the set-up link, which works once; older ones end."""
    if anybody(site):
        raise CrmError(_("There are people here already; use crm user password."))
    secret = token()
    with site.system("set-up link"):
        with writing():
            ledgers.void_links(None, SETUP)
            ledgers.put_link(SETUP, secret, None, dt.timedelta(days=LINK_DAYS))
        link = address_of(SETUP, secret)
    say(_("Open this link to become the first administrator (works once, for %(days)s days):", days=LINK_DAYS))
    say(f"  {link}")
