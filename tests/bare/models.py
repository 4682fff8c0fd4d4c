"""Things with pieces, lines and pointers."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf, Vocabulary
from crm_core.kernel.i18n import translations

_ = translations("bare")
LIVE: dict[str, Any] = {"sqlite_where": sa.text("deleted_at IS NULL"), "postgresql_where": sa.text("deleted_at IS NULL")}


class Kind(enum.StrEnum):
    small = "small"
    large = "large"


class Shelf(Vocabulary, Model):
    """Where things lie: a word of the house, in a tree."""

    __tablename__ = "bare_shelf"
    name: Mapped[t.Name]
    code: Mapped[t.Code | None]
    __table_args__ = (sa.Index("uq_bare_shelf_code", "code", unique=True, **LIVE),)


class Thing(Owned, Model):
    """A record with every kind of field."""

    __tablename__ = "bare_thing"
    name: Mapped[t.Name]
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    code: Mapped[t.Code | None]
    number: Mapped[str | None] = t.Number("BT-{n:04}")
    kind: Mapped[Kind] = mapped_column(default=Kind.small)
    standing: Mapped[str] = t.Choice("bare.standing", default="new")
    flavours: Mapped[list[str]] = t.Choices("bare.flavour")
    price: Mapped[t.Money | None]
    rank: Mapped[int | None]
    day: Mapped[dt.date | None]
    done_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    flag: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[t.Phone | None]
    note: Mapped[t.Note | None]
    hint: Mapped[t.Line | None]
    secret: Mapped[str | None] = mapped_column(info={"kind": "secret"})
    shelf_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("bare_shelf.id", ondelete="RESTRICT"))
    twin_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("bare_thing.id", ondelete="RESTRICT"))
    shelf: Mapped[Shelf | None] = relationship()
    twin: Mapped["Thing | None"] = relationship(remote_side="Thing.id")
    pieces: Mapped[list["Piece"]] = relationship(back_populates="thing", viewonly=True)
    __table_args__ = (sa.Index("uq_bare_thing_code", "code", unique=True, **LIVE),)


class Piece(PartOf("thing"), Model):  # type: ignore[misc]
    """A part with a list of its own."""

    __tablename__ = "bare_piece"
    thing_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("bare_thing.id", ondelete="RESTRICT"), index=True)
    thing: Mapped[Thing] = relationship(back_populates="pieces")
    name: Mapped[t.Name]
    note: Mapped[t.Note | None]


class Crumb(PartOf("piece"), Model):  # type: ignore[misc]
    """A part of a part."""

    __tablename__ = "bare_crumb"
    piece_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("bare_piece.id", ondelete="RESTRICT"), index=True)
    name: Mapped[t.Name]


class Line(PartOf("thing"), Model):  # type: ignore[misc]
    """A row edited in the form of its thing."""

    __tablename__ = "bare_line"
    thing_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("bare_thing.id", ondelete="RESTRICT"), index=True)
    text: Mapped[t.Line]
    amount: Mapped[t.Money | None]
    shelf_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("bare_shelf.id", ondelete="RESTRICT"))


class Pointer(Owned, Model):
    """A record that points at things in the three ways there are."""

    __tablename__ = "bare_pointer"
    name: Mapped[t.Name]
    firm_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("bare_thing.id", ondelete="RESTRICT"))
    loose_id: Mapped[t.Id | None] = t.Ref("bare.thing", on_delete="clear")
    kept_id: Mapped[t.Id | None] = t.Ref("bare.thing", on_delete="keep")
