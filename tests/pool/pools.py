"""Pools of the office, and acts on them as people do them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Grant, Scope
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.customers.api import Customer
from crm_core.kernel.runner import drain
from crm_core.resource.changes import stamp, unscoped
from tests.customers.office import Office

OWN = ("hand_over", "share", "unshare", "give_back", "protect", "unprotect")


def may(office: Office) -> None:
    """Sellers claim, and give away what is theirs."""
    grants = {"core.pool.read": "all", "core.customer.brief.claim": "all", "core.customer.brief.give": "all", **{f"core.customer.{act}": "own" for act in OWN}}
    with office.site.system("tests"), writing() as db:
        db.add_all(stamp(Grant(role_id=office.roles["seller"], permission=p, scope=Scope(s))) for p, s in grants.items())
    office.changed()


def pool(office: Office, name: str = "营销公海", department: str | None = "营销中心", **rules: Any) -> int:
    """A pool made by the chief; its customers have found it."""
    with office.as_("sun"):
        (made,) = office.resource("pool").write([{"name": name, "department": office.departments[department] if department else None, **rules}])
    drain(office.site)
    return int(made)


def row(office: Office, customer: int) -> Any:
    """A customer as it stands in the table."""
    with office.site.system("tests"):
        table = table_of(Customer)
        return session.connection().execute(sa.select(table).where(table.c.id == customer), execution_options=unscoped("tests")).one()


def claim(office: Office, login: str, *customers: int) -> int:
    with office.as_(login):
        return int(office.resource("customer.brief").run("claim", list(customers)))


def act(office: Office, login: str, name: str, customer: int, **values: Any) -> int:
    with office.as_(login):
        return int(office.resource("customer").run(name, [customer], values))
