"""Imports as records: whose they are, where they stand, what came of each row that needs a person."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, Owned
from crm_core.kernel import clock
from crm_core.kernel.i18n import _


class State(enum.StrEnum):
    """Where an import stands."""

    matching = "matching"
    waiting = "waiting"
    running = "running"
    done = "done"
    stopped = "stopped"
    undone = "undone"


class Import(Owned, Model):
    """One file on its way in. `mapping`: column number → target; `values`: target → {text of the file: value}."""

    __tablename__ = "core_import"
    target: Mapped[str] = mapped_column(sa.String(80))  # the resource, e.g. core.customer
    file_name: Mapped[t.Line] = mapped_column(info={"label": _("File")})
    stored: Mapped[str] = mapped_column(sa.String(80))  # name in the site's folder of imports
    encoding: Mapped[str] = mapped_column(sa.String(40), default="")
    header: Mapped[list[Any]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[State] = mapped_column(default=State.matching)
    job_id: Mapped[t.Id | None]
    change_id: Mapped[t.Id | None]
    new: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    started_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    ended_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())

    __table_args__ = (sa.Index("ix_core_import_owner", "owner_id", "id"),)

    def __str__(self) -> str:
        return self.file_name


class ImportRow(Keyed, Model):
    """A row of the file that was refused or is doubtful, as it stood there, with the reason. Read with its import."""

    __tablename__ = "core_import_row"
    import_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_import.id", ondelete="RESTRICT"))
    line: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(10))  # refused, doubtful; left: nobody wants it
    cells: Mapped[list[Any]]
    reasons: Mapped[list[Any]]  # items.reason: [[label, sentence, name of the field], …] in the language of who imported
    candidate_id: Mapped[t.Id | None]
    __table_args__ = (sa.UniqueConstraint("import_id", "line"),)


class Profile(Keyed, Model):
    """How files of one heading are imported, under a name: `shape` is the heading (profiles.py), `mapping` and `values` as in
    an import but by the names of columns. Like saved views no record of the house."""

    __tablename__ = "core_import_profile"
    resource: Mapped[str] = mapped_column(sa.String(80))
    shape: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(80))
    owner_id: Mapped[t.Id] = mapped_column(info={"kind": "internal"})
    everyone: Mapped[bool]
    mapping: Mapped[dict[str, Any]]
    values: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    __table_args__ = (sa.Index("ix_core_import_profile_shape", "resource", "shape"),)


class ForeignId(Keyed, Model):
    """What another system calls a record of ours: an import knows it again by source + ref."""

    __tablename__ = "core_foreign_id"
    source: Mapped[str] = mapped_column(sa.String(60))
    ref: Mapped[str] = mapped_column(sa.String(120))
    resource: Mapped[str] = t.AnyRef()
    resource_id: Mapped[t.Id]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime(), default=clock.now)  # when a file last said something of it
    __table_args__ = (
        sa.UniqueConstraint("resource", "source", "ref"),
        sa.Index("ix_core_foreign_id_record", "resource", "resource_id"),
    )
