"""Switched off, sales is gone from every face; switched on again, each of its rows is as it was."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest


def rows(home):
    """Every row of every table of sales, sorted."""
    with closing(sqlite3.connect(home / "crm.db")) as conn:
        tables = [name for (name,) in conn.execute("select name from sqlite_master where type = 'table' and name like 'sales\\_%' escape '\\' order by name")]
        return {name: sorted(conn.execute(f'select * from "{name}"').fetchall(), key=repr) for name in tables}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The demo company, and the command on it."""
    home = tmp_path_factory.mktemp("dormant") / "site"
    told = {**os.environ, "CRM_SITE": str(home), "CRM_DATABASE": "", "LANG": "C"}

    def crm(*words):
        done = subprocess.run([sys.executable, "-m", "crm_core", *words], env=told, cwd=home.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    crm("init")
    crm("demo", "--customers", "300")
    return home, crm


def test_the_demo_has_two_desks_with_pipelines_of_their_own_and_nobody_finds_old_news(site):
    """A desk is a team with a head, a pipeline and opportunities that are its own."""
    home, _crm = site
    with closing(sqlite3.connect(home / "crm.db")) as conn:
        desks = conn.execute("""
            select t.name, p.name, count(distinct o.stage_id), count(distinct o.owner_id), sum(o.outcome = 'won'), count(*) from core_team t join sales_pipeline p on p.for_team_id = t.id
            join sales_opportunity o on o.pipeline_id = p.id and o.team_id = t.id where t.head_id is not null group by t.id order by t.id""").fetchall()
        old = conn.execute("select count(*) from core_notice where read_at is null and at < datetime('now', '-8 days')").fetchone()
    assert [row[:2] for row in desks] == [("展会招展组", "招展流程"), ("征订组", "集体征订流程")]
    assert all(stages >= 2 and people == 2 and won >= 1 and every == 6 for _team, _way, stages, people, won, every in desks), desks
    assert old == (0,)


def test_nothing_is_lost_while_it_sleeps(site):
    home, crm = site
    before = rows(home)
    assert sum(map(len, before.values())) > 100, "the demo has rows of sales"
    crm("plugin", "disable", "sales")
    with pytest.raises(AssertionError, match="sales.order"):
        crm("export", "sales.order")
    assert rows(home) == before
    crm("plugin", "enable", "sales")
    assert rows(home) == before
    crm("db", "check")
