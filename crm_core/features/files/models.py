"""Files on records, and what they contained at each time."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, PartOfAny
from crm_core.kernel.i18n import _


class FileKind(StrEnum):
    """What a file is, as far as its bytes and its name agree."""

    picture = "picture"
    pdf = "pdf"
    text = "text"
    document = "document"
    sheet = "sheet"
    slides = "slides"
    archive = "archive"
    sound = "sound"
    film = "film"
    other = "other"


LABELS = {
    "picture": _("Picture"), "pdf": "PDF", "text": _("Text"), "document": _("Document"), "sheet": _("Spreadsheet"), "slides": _("Slides"),
    "archive": _("Archive"), "sound": _("Sound"), "film": _("Film"), "other": _("Other"),
}


class Attachment(PartOfAny, Model):
    """A file on a record. Rights on it are those on the record; its bytes are those of `content`."""

    __tablename__ = "core_attachment"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    subject: Mapped[str] = t.AnyRef(info={"label": _("On"), "readonly": True})
    subject_id: Mapped[t.Id] = mapped_column(info={"label": _("Record"), "readonly": True})
    kind: Mapped[FileKind] = mapped_column(default=FileKind.other, info={"label": _("Type"), "labels": LABELS, "readonly": True})
    size: Mapped[int] = mapped_column(sa.BigInteger(), default=0, info={"label": _("File size"), "readonly": True, "kind": "bytes"})
    number: Mapped[int] = mapped_column(sa.Integer(), default=1, info={"label": _("Version"), "readonly": True})
    content_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})  # of Content; the version that counts

    __table_args__ = (sa.Index("ix_core_attachment_subject", "subject", "subject_id", "id"),)

    def __str__(self) -> str:
        return self.name


class Content(Keyed, Model):
    """One version of a file: where its bytes lie. Written once and never changed; read by services.py alone, after the file."""

    __tablename__ = "core_attachment_content"
    attachment_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_attachment.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(sa.Integer())
    path: Mapped[str] = mapped_column(sa.String(80), unique=True)  # below the site's folder of attachments, random
    name: Mapped[str] = mapped_column(sa.String(200))  # as it was sent
    kind: Mapped[FileKind]
    media: Mapped[str] = mapped_column(sa.String(100))  # from our own list
    size: Mapped[int] = mapped_column(sa.BigInteger())
    digest: Mapped[str] = mapped_column(sa.String(64))  # SHA-256
    key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)  # a sending that is repeated finds what it made
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    made_by_id: Mapped[t.Id | None]

    __table_args__ = (sa.UniqueConstraint("attachment_id", "number"),)
