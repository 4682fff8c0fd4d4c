"""What the house recommends to customers."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Vocabulary
from crm_core.kernel.i18n import _


class Recommendation(Vocabulary, Model):
    """Something that customers can be offered, whom it fits, and from when to when."""

    __tablename__ = "core_recommendation"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text"), "help": _("As a customer reads it.")})
    url: Mapped[t.Url | None] = mapped_column(info={"label": _("Link"), "help": _("Where a customer learns more.")})
    needs: Mapped[list[str]] = t.Choices("core.need", info={"label": _("Fits who needs"), "help": _("Customers with one of these needs just now, before all others. None: anybody.")})
    only: Mapped[str | None] = mapped_column(sa.String(1_000), info={"kind": "line", "label": _("Only customers of this list"), "help": _(
        "The address of a list of customers that is filtered as wanted, copied from the browser. Empty: all.")})
    begins: Mapped[dt.date | None] = mapped_column(info={"label": _("From")})
    ends: Mapped[dt.date | None] = mapped_column(info={"label": _("Until")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("Is offered")})

    def __str__(self) -> str:
        return self.name
