"""The demo company: the same each time, whole, and nobody in it sees more than he may."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core.app import open_site
from crm_core.data.session import session, writing
from crm_core.features.customers.models import Contact, Customer, Note, Tagged
from crm_core.features.files.models import Attachment
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock
from crm_core.kernel.config import Config
from crm_core.kernel.demo import Make
from crm_core.kernel.install import prepare
from crm_core.kernel.models import OutboxRow
from crm_core.kernel.site import Site
from crm_core.resource import search, timeline


def fill(site: Site) -> Make:
    make = Make(site, customers=380)
    with site.system("tests"), writing():
        site.registry.call("demo_data", make=make)
    return make


def picture(site: Site) -> list[list[tuple[object, ...]]]:
    """Everything told, without public names and the moments of the database."""
    asked = (
        sa.select(Customer.name, Customer.code, Customer.standing, Customer.phone, Customer.owner_id, Customer.created_at),
        sa.select(Contact.name, Contact.mobile, Contact.birth_date, Contact.customer_id),
        sa.select(Note.body, Note.customer_id, Note.created_at, Note.created_by_id, Note.latitude, Note.custom),
        sa.select(Task.title, Task.due, Task.owner_id, Task.subject_id, Task.done_at),
        sa.select(Tagged.tag_id, Tagged.subject_id),
    )
    with site.system("tests"):
        return [sorted((tuple(row) for row in session.execute(query)), key=repr) for query in asked]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_the_demo_is_the_same_each_time_and_whole(engine_url: str, tmp_path: Path) -> None:
    pictures = []
    for name in ("one", "two"):
        home = tmp_path / name
        home.mkdir(mode=0o700)
        site = open_site(config=Config(site=home, database=""))
        prepare(site, backup=False)
        make = fill(site)
        pictures.append(picture(site))
        with site.system("tests"):
            assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 380
            assert len(set(make.passwords.values())) == len(make.passwords) >= 12
            assert session.scalar(sa.select(sa.func.count()).select_from(search.Waiting)) == 0
            late = session.scalar(sa.select(sa.func.count()).select_from(timeline.Entry).where(timeline.Entry.at > clock.now()))
            assert late == 0, "nothing has happened in the future"
            orphans = session.scalars(sa.select(Contact.id).join(Customer).where(Contact.owner_id != Customer.owner_id)).all()
            assert orphans == []
            visits = session.execute(sa.select(Note.id, Note.custom, Note.result).where(Note.latitude.is_not(None))).all()
            assert len(visits) >= 20 and all(row.result and row.custom["x_chance"] for row in visits), "somebody has been on the road"
            photos = set(session.scalars(sa.select(Attachment.subject_id).where(Attachment.subject == "core.note", Attachment.kind == "picture")))
            assert photos and photos <= {row.id for row in visits}
            assert session.scalar(sa.select(sa.func.count(Customer.opening_hours))) > 150
            given = session.scalars(sa.select(OutboxRow.data).where(OutboxRow.event == "RecordsAssigned")).all()
            assert {json.loads(data)["resource"] for data in given} <= {"core.task"}, "nobody gave anything but tasks, which tell of it themselves"
        site.engines.dispose()
    assert pictures[0] == pictures[1]
