"""Who is there yet, and the link for the first of them."""

import datetime as dt

import sqlalchemy as sa

from crm_core.access.models import OneTime
from crm_core.cli._common import say
from crm_core.data.base import Model, table_of
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.clock import now
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.keys import digest, token
from crm_core.kernel.site import Site

LINK_DAYS = 7


def anybody(site: Site) -> bool:
    """Whether there is anybody who can sign in."""
    users = Model.metadata.tables["core_user"]
    with site.engines.read.connect() as conn:
        query = sa.select(users.c.id).where(users.c.active, users.c.deleted_at.is_(None)).limit(1)
        return conn.execute(query, execution_options={UNSCOPED: "is there anybody yet"}).first() is not None


def say_link(site: Site) -> None:
    """Make and print the set-up link; older ones end."""
    if anybody(site):
        raise CrmError(_("There are people here already; use crm user password."))
    say(_("Open this link to become the first administrator (works once, for %(days)s days):", days=LINK_DAYS))
    say(f"  {site.config.url}/setup/{new_link_token(site)}")


def new_link_token(site: Site) -> str:
    """A fresh single-use token for the first start; the database keeps its digest only."""
    secret, links = token(), table_of(OneTime)
    with site.engines.write.begin() as conn:
        conn.execute(sa.delete(links).where(links.c.purpose == "setup", links.c.used_at.is_(None)))
        conn.execute(sa.insert(links).values(
            digest=digest(secret), purpose="setup", made_at=now(), expires_at=now() + dt.timedelta(days=LINK_DAYS)))
    return secret
