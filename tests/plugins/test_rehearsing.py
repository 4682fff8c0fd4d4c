"""An upgrade tried on a copy: what it says, and that the site stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_core.app import open_site
from crm_core.kernel.config import Config
from crm_core.kernel.errors import Refused
from crm_core.kernel.rehearsing import rehearse
from tests.plugins.test_purging import everything
from tests.support.dist import MODELS, Shelf
from tests.support.postgres import Cluster

NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{name}_0002", "{name}_0001"
changes, fills = ("{name}_thing",), ("{name}_thing",)
def upgrade():
    op.create_table("{name}_more", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("insert into {name}_more (id) values (1)")
    with op.batch_alter_table("{name}_thing") as batch:
        {step}
"""


def update(home: Path, name: str, *steps: str) -> None:
    text = NEXT.replace("{name}", name).replace("{step}", "\n        ".join(steps))
    (home / "migrations" / "0002_more.py").write_text(text, encoding="utf-8")


@pytest.fixture
def may_copy(any_shelf: Shelf, request: pytest.FixtureRequest) -> Iterator[Shelf]:
    """A shelf whose role may make databases."""
    if not any_shelf.database:
        yield any_shelf
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    cluster.admin("alter role crm createdb")
    yield any_shelf
    cluster.admin("alter role crm nocreatedb")


def test_a_rehearsal_says_what_an_upgrade_will_do_and_changes_nothing(may_copy: Shelf) -> None:
    shelf = may_copy
    extra = MODELS.replace("        def __str__", "        remark: Mapped[str | None]\n\n        def __str__")
    awake, asleep = shelf.put("awake"), shelf.put("asleep", models=extra)
    shelf.ready("awake", "asleep")
    shelf.run("R('awake.thing').write([{'name': 'x'}]); R('asleep.thing').write([{'name': 'x'}])")
    assert shelf.crm("plugin", "disable", "asleep").returncode == 0
    shelf.put("asleep")
    update(asleep, "asleep", 'batch.drop_column("remark")', 'batch.alter_column("name", type_=sa.String(50))')
    update(awake, "awake", "pass")
    site = open_site(config=Config(site=shelf.home, database=shelf.database), plugins=())
    before = everything(site)
    done = shelf.crm("db", "rehearse", "--json")
    assert done.returncode == 3, done.stderr
    said = json.loads(done.stdout)
    steps = {step["package"]: step for step in said["steps"]}
    assert steps["core"]["revisions"] == [] and not said["left_out"] and not said["failure"]
    assert steps["awake"]["rows"] == {"awake_more": [None, 1]} and steps["awake"]["irreversible"] == [] and not steps["awake"]["asleep"]
    assert steps["asleep"]["asleep"] and steps["asleep"]["revisions"] == ["asleep_0002"]
    lost = " ".join(steps["asleep"]["irreversible"])
    assert "asleep_thing.remark is dropped" in lost and "asleep_thing.name becomes narrower" in lost
    assert everything(site) == before and not list((shelf.home / "backups").glob(".crm*"))

    update(asleep, "asleep", "raise ZeroDivisionError('half way')")
    failed = shelf.crm("db", "rehearse")
    assert failed.returncode == 1 and "half way" in failed.stdout and "the site is as it was" in failed.stdout, failed.stderr
    assert everything(site) == before
    site.engines.dispose()


def test_who_may_not_make_a_database_is_told_what_is_needed(postgres: Cluster, postgres_template: str, tmp_path: Path) -> None:
    url = postgres.create(postgres_template)
    tmp_path.chmod(0o700)
    site = open_site(config=Config(site=tmp_path, database=url))
    try:
        with pytest.raises(Refused, match="alter role crm createdb"):
            rehearse(site, lambda config, also: open_site(config=config, also=also))
    finally:
        site.engines.dispose()
        postgres.drop(url)
