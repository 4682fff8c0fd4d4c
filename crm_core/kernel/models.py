"""Tables of the machine: plugins, deliveries, jobs, references between packages, number series."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed

_ACTOR = {"kind": "stamp", "target": "core.user"}


class DeliveryState(enum.StrEnum):
    """Where a delivery stands. `parked` waits for a person, `dormant` for its plugin."""

    queued = "queued"
    running = "running"
    done = "done"
    parked = "parked"
    dormant = "dormant"


class JobState(enum.StrEnum):
    """Where a job stands. `failed`: the business said no, trying again is of no use; `parked`: broke down too often."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"
    parked = "parked"
    cancelled = "cancelled"


class PluginState(enum.StrEnum):
    """Where a plugin stands on this site. One that was never switched on, or was purged, has no row."""

    active = "active"
    disabled = "disabled"  # its data sleeps, untouched
    failed = "failed"  # it could not be taken in; `error` says why


class PluginRow(Keyed, Model):
    """A plugin this site uses or has used. A bridge that failed has a row too, named `service+sales`."""

    __tablename__ = "core_plugin"
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    state: Mapped[PluginState]
    version: Mapped[str] = mapped_column(sa.String(40), default="")
    error: Mapped[str | None] = mapped_column(sa.Text())
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    enabled_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    disabled_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    faults: Mapped[int] = mapped_column(default=0)  # of its parts and listeners since it was switched on
    fault: Mapped[str | None] = mapped_column(sa.Text())  # the last one
    fault_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    audience: Mapped[list[Any] | None]  # departments whose people see its faces, those below included; nothing: everybody


HOUSE = 0  # the department of settings that hold for everybody


class SettingRow(Keyed, Model):
    """Values of a package's settings: for the house (department 0) or a department. Not declared as a reference: a department
    that is gone is nobody's."""

    __tablename__ = "core_setting"
    name: Mapped[str] = mapped_column(sa.String(80))
    department_id: Mapped[t.Id] = mapped_column(info={"kind": "internal"})
    data: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    by_id: Mapped[t.Id | None]
    __table_args__ = (sa.UniqueConstraint("name", "department_id"),)


class OutboxRow(Keyed, Model):
    """One event for one listener, written in the transaction of what happened, delivered after it.

    `failures` counts what the listener did wrong, `claims` how often a worker took the row: the difference is crashes.
    """

    __tablename__ = "core_outbox"
    listener: Mapped[str] = mapped_column(sa.String(120))
    event: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[int] = mapped_column(sa.Integer())
    data: Mapped[str] = mapped_column(sa.Text())
    key: Mapped[str] = mapped_column(sa.String(120))
    actor_id: Mapped[int | None] = mapped_column(t.IdType, info=_ACTOR)
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.queued)
    failures: Mapped[int] = mapped_column(sa.Integer(), default=0)
    claims: Mapped[int] = mapped_column(sa.Integer(), default=0)
    owner: Mapped[str | None] = mapped_column(sa.String(80))
    lease_until: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    run_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    error: Mapped[str | None] = mapped_column(sa.Text())
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())

    __table_args__ = (
        sa.Index("ix_core_outbox_due", "run_at", "id", sqlite_where=sa.text("state = 'queued'"),
                 postgresql_where=sa.text("state = 'queued'")),
        sa.Index("ix_core_outbox_order", "listener", "key", "id",
                 sqlite_where=sa.text("state IN ('queued', 'running')"),
                 postgresql_where=sa.text("state IN ('queued', 'running')")),
        sa.Index("ix_core_outbox_state", "state", "made_at"),
    )


class JobRow(Keyed, Model):
    """Work asked for or due. The row is the truth; workers only look here."""

    __tablename__ = "core_job"
    name: Mapped[str] = mapped_column(sa.String(120))
    label: Mapped[str] = mapped_column(sa.String(200), default="")
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str | None] = mapped_column(sa.String(200))  # the same key is the same job
    actor_id: Mapped[int | None] = mapped_column(t.IdType, info=_ACTOR)
    state: Mapped[JobState] = mapped_column(default=JobState.queued)
    failures: Mapped[int] = mapped_column(sa.Integer(), default=0)
    claims: Mapped[int] = mapped_column(sa.Integer(), default=0)
    owner: Mapped[str | None] = mapped_column(sa.String(80))
    lease_until: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    run_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    position: Mapped[dict[str, Any]] = mapped_column(default=dict)  # where a batch job goes on after a kill
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None] = mapped_column(sa.Text())
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    change_id: Mapped[int | None] = mapped_column(t.IdType, info={"kind": "internal"})  # what "undo" undoes
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    started_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    ended_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())

    __table_args__ = (
        sa.Index("uq_core_job_key", "key", unique=True),
        sa.Index("ix_core_job_due", "run_at", "id", sqlite_where=sa.text("state = 'queued'"),
                 postgresql_where=sa.text("state = 'queued'")),
        sa.Index("ix_core_job_lease", "lease_until", sqlite_where=sa.text("state = 'running'"),
                 postgresql_where=sa.text("state = 'running'")),
        sa.Index("ix_core_job_name", "name", "id"),
        sa.Index("ix_core_job_actor", "actor_id", "id"),
    )


class ReferenceRow(Keyed, Model):
    """Which column of which package points at which resource; written whenever a package migrates, kept while it
    sleeps."""

    __tablename__ = "core_reference"
    package: Mapped[str] = mapped_column(sa.String(60))
    table_name: Mapped[str] = mapped_column(sa.String(80))
    column_name: Mapped[str] = mapped_column(sa.String(80))
    # A table for a foreign key, a resource for a Ref, "*" for an AnyRef.
    target: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(10))  # fk, ref, anyref or personal

    __table_args__ = (sa.UniqueConstraint("table_name", "column_name", "kind"),)


class SeriesRow(Keyed, Model):
    """The next number of a gapless series."""

    __tablename__ = "core_series"
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    next: Mapped[int] = mapped_column(default=1)
