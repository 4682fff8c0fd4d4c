"""The machine tidies up after itself."""

import datetime as dt

import sqlalchemy as sa

from crm_core.data.session import writing
from crm_core.kernel import clock, outbox, runner
from crm_core.kernel.jobs import later
from crm_core.kernel.models import JobRow, OutboxRow
from crm_core.kernel.site import Site

DAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def test_finished_deliveries_go_after_a_week_parked_ones_and_jobs_after_a_quarter(migrated_site: Site) -> None:
    site = migrated_site
    rows = {"done": [1, 8], "parked": [8, 91], "queued": [91]}
    with site.engines.write.begin() as conn:
        for state, ages in rows.items():
            for age in ages:
                at = DAY - dt.timedelta(days=age)
                conn.execute(sa.insert(OutboxRow).values(
                    listener="gone", event="E", number=1, data="{}", key=f"{state}{age}", state=state,
                    failures=0, claims=0, run_at=at + dt.timedelta(days=9999), made_at=at))
                conn.execute(sa.insert(JobRow).values(
                    name="gone", state=state, run_at=at + dt.timedelta(days=9999), made_at=at, key=f"{state}{age}"))
    with clock.freeze(DAY):
        with site.system("test"), writing():
            number = later("core.tidy")
        runner.drain(site)
    with site.engines.read.connect() as conn:
        left = set(conn.execute(sa.select(outbox.claims.table.c.key)).scalars())
        jobs = set(conn.execute(sa.select(JobRow.__table__.c.key)).scalars())
        result = conn.execute(sa.select(JobRow.__table__.c.result).where(JobRow.__table__.c.id == number)).scalar_one()
    assert left == {"done1", "parked8", "queued91"}
    assert {"done1", "done8", "parked8", "queued91"} <= jobs and "parked91" not in jobs
    assert result == {"deliveries": 1, "parked": 1, "jobs": 1}
