"""Who was sent a card."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Vocabulary, t
from tests.postcards import _


class Postcard(Vocabulary, Model):
    """A card with a picture, from somebody to somewhere."""

    __tablename__ = "postcards_card"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Motif")})
    sender_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True)
    order_id: Mapped[t.Id | None] = t.Ref("sales.order")
    about: Mapped[str | None] = t.AnyRef()
    about_id: Mapped[t.Id | None]
