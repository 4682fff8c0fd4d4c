"""A pebble lies at a customer's. One customer has no two pebbles of one name: a merge can break that."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, Reviewed, t


class Pebble(Reviewed, Owned, Model):
    __tablename__ = "pebbles_pebble"
    name: Mapped[t.Name]
    customer_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), info={"label": "Customer"})
    about: Mapped[str | None] = t.AnyRef()
    about_id: Mapped[t.Id | None]
    __table_args__ = (sa.UniqueConstraint("customer_id", "name"),)

    def __str__(self) -> str:
        return self.name
