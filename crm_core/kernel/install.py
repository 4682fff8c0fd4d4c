"""A site made ready: its tables at the newest revision, and the words every site needs (roles, choices) put in once."""

from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from crm_core.data import migrate
from crm_core.data.base import Model
from crm_core.data.mixins import new_public_id
from crm_core.data.session import writing
from crm_core.kernel import plugins
from crm_core.kernel.clock import now
from crm_core.kernel.site import Site


@dataclass(frozen=True)
class Prepared:
    """What was done: the upgrade, and whether this was the site's first start."""

    applied: migrate.Applied
    first: bool


def prepare(site: Site, *, backup: bool = True) -> Prepared:
    """Upgrade the database and call the packages' `install` hook, each time: an upgrade that a plugin stopped goes on here.

    Killed in between, the next call goes on: `first` is true until the site's own row is committed, together with what
    the packages put in. Raises NewerSchema or UpgradeRefused, then nothing was changed; PluginFault when the migration of a
    plugin failed: it is as before and noted, and a fresh process goes on without it.
    """
    applied = migrate.upgrade(site, backup=backup, blame=partial(plugins.blaming, site))
    with site.system("install"), writing() as session:
        own = Model.metadata.tables["core_site"]
        first = session.connection().execute(sa.select(own.c.id)).first() is None
        if first:
            session.connection().execute(sa.insert(own).values(
                public_id=new_public_id(), rights=1, generation=1, made_at=now()))
        site.registry.call("install", first=first)
    return Prepared(applied, first)
