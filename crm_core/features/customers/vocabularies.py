"""The words of place and trade that customers and contacts are described with: regions, industries, positions, tags."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, Vocabulary
from crm_core.kernel.i18n import _

LIVE: dict[str, Any] = {"sqlite_where": sa.text("deleted_at IS NULL"), "postgresql_where": sa.text("deleted_at IS NULL")}


class Region(Vocabulary, Model):
    """Province, city or district, in a tree, with the codes the state gives them."""

    __tablename__ = "core_region"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    parent_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_region.id", ondelete="RESTRICT"), index=True, info={"label": _("Part of")}
    )
    full_name: Mapped[str] = mapped_column(sa.String(300), default="", info={"label": _("Whole name"), "readonly": True})
    full_english: Mapped[str] = mapped_column(sa.String(300), default="", info={"label": _("Whole name in English"), "readonly": True})
    dialling_code: Mapped[t.Code | None] = mapped_column(info={"label": _("Dialling code")})
    postcode: Mapped[t.Code | None] = mapped_column(info={"label": _("Postcode")})
    __table_args__ = (sa.Index("uq_core_region_code", "code", unique=True, **LIVE),)

    def __str__(self) -> str:
        return self.name


class Industry(Vocabulary, Model):
    """Industries and sub-industries."""

    __tablename__ = "core_industry"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    parent_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_industry.id", ondelete="RESTRICT"), index=True, info={"label": _("Part of")}
    )
    __table_args__ = (sa.Index("uq_core_industry_code", "code", unique=True, **LIVE),)

    def __str__(self) -> str:
        return self.name


class Position(Vocabulary, Model):
    """Positions contacts hold."""

    __tablename__ = "core_position"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})

    def __str__(self) -> str:
        return self.name


class Tag(Vocabulary, Model):
    """A word people put on records."""

    __tablename__ = "core_tag"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    __table_args__ = (sa.Index("uq_core_tag_name", "name", unique=True, **LIVE),)

    def __str__(self) -> str:
        return self.name


class Tagged(Keyed, Model):
    """A tag on a record."""

    __tablename__ = "core_tagged"
    tag_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_tag.id", ondelete="RESTRICT"))
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    __table_args__ = (
        sa.UniqueConstraint("subject", "subject_id", "tag_id"),
        sa.Index("ix_core_tagged_tag", "tag_id", "subject", "subject_id"),
    )
