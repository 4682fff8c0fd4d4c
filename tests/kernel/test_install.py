"""A site made ready."""

import sqlalchemy as sa

from crm_core.data import migrate
from crm_core.data.base import Model
from crm_core.kernel.install import prepare
from crm_core.kernel.site import Site


def test_a_fresh_site_has_every_table_and_one_row_of_its_own(migrated_site: Site) -> None:
    assert migrate.needs_upgrade(migrated_site) == []
    own = Model.metadata.tables["core_site"]
    with migrated_site.engines.read.connect() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(own)).scalar_one() == 1


def test_preparing_again_is_no_first_start(migrated_site: Site) -> None:
    prepared = prepare(migrated_site)
    assert not prepared.applied and not prepared.first
