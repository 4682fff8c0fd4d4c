"""Who was sent a card."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Vocabulary
from crm_core.kernel.i18n import translations

_ = translations("postcards")


class Postcard(Vocabulary, Model):
    """A card with a picture, from somebody to somewhere."""

    __tablename__ = "postcards_card"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Motif")})
    sender_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True)
    order_id: Mapped[t.Id | None] = t.Ref("sales.order")
    about: Mapped[str | None] = t.AnyRef()
    about_id: Mapped[t.Id | None]
