"""What records have in common. A record is `Owned` or `PartOf` a parent, nothing third (day-one 3)."""

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from crm_core.data import inside
from crm_core.data.columns import IdType, JsonType, UtcDateTime

SCOPE_COLUMNS = ("owner_id", "department_id", "team_id")
GIVER = "giver_id"  # who gave a record to its owner: he goes on seeing it (`Resource.given`)
BRANCHES = (*SCOPE_COLUMNS, GIVER)  # what a scope can be told by


def new_public_id() -> str:
    """A random 128-bit name for what leaves the house (files, exports, links, webhooks)."""
    return secrets.token_hex(16)


def new_public_ids(count: int) -> list[str]:
    """Many at once: one question to the system instead of `count`."""
    text = secrets.token_hex(16 * count)
    return [text[at : at + 32] for at in range(0, len(text), 32)]


def owners_of(row: Any) -> dict[str, Any]:
    """Owner, department and team of a row, for another that is theirs as well: `Delivery(order_id=7, **owners_of(order))`."""
    return {name: getattr(row, name) for name in SCOPE_COLUMNS}


class Keyed:
    """A 64-bit key."""

    id: Mapped[int] = mapped_column(IdType, primary_key=True)


class Record(Keyed):
    """What every editable row has: a public name, a version for optimistic locking, who and when, and the recycle bin."""

    public_id: Mapped[str] = mapped_column(sa.String(32), default=new_public_id, info={"kind": "internal"})
    version: Mapped[int] = mapped_column(sa.Integer(), default=1, info={"kind": "internal"})
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime(), info={"kind": "stamp"})
    created_by_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "stamp", "target": "core.user"})
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime(), info={"kind": "stamp"})
    updated_by_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "stamp", "target": "core.user"})
    deleted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime(), info={"kind": "internal"})
    # The change that deleted the row; parts deleted with their parent carry the same one, so restoring undoes exactly it.
    deleted_change_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "internal"})
    # Set when the row is a tombstone: merged into another one, kept because others may still refer to it.
    merged_into_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "internal"})


class Vocabulary(Record):
    """Words and settings of the house (regions, choices, roles): not anybody's record, so no row of it is hidden.

    Who may read the resource reads all of it; who may not, meets a closed door at the route.
    """

    __scoped__ = False


class Customised(Record):
    """A record that may have fields of an administrator's own (resource/custom.py); data/inside.py says how they are kept."""

    custom: Mapped[dict[str, Any] | None] = mapped_column(JsonType, info={"kind": "internal"})

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if inside.is_inside(name):
                return inside.value(self.custom, name)
            raise AttributeError(f"{type(self).__name__} has no {name}")


class Owned(Customised):
    """A record with an owner, a department and perhaps a team of its own; rights are built on these three columns."""

    __scoped__ = True
    __part_of__: str | None = None

    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        return mapped_column(IdType, sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"kind": "owner"})

    @declared_attr
    def department_id(cls) -> Mapped[int | None]:
        return mapped_column(IdType, sa.ForeignKey("core_department.id", ondelete="RESTRICT"), info={"kind": "owner"})

    @declared_attr
    def team_id(cls) -> Mapped[int | None]:
        return mapped_column(IdType, sa.ForeignKey("core_team.id", ondelete="RESTRICT"), info={"kind": "owner"})


def PartOf(parent: str) -> type:
    """A mixin for records that belong to a parent: `class Contact(PartOf("customer"), Model)` with a `customer_id`.

    Core keeps a copy of the parent's owner columns in the part, so one machine of scopes and indexes serves both;
    rights on a part are the parent's unless its resource says otherwise.
    """

    class Part(Customised):
        __scoped__ = True
        __part_of__ = parent
        owner_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "carried"})
        department_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "carried"})
        team_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "carried"})

    Part.__name__ = f"PartOf{parent.title()}"
    return Part


class PartOfAny(Customised):
    """A record that hangs on a record of any resource (files): rights on it are those on what it hangs on.

    Like `PartOf` it carries the owner columns of its parent, which is named by the pair `subject` and `subject_id`.
    """

    __scoped__ = True
    __part_of__: str | None = None
    __part_of_any__ = True
    subject: Mapped[str] = mapped_column(sa.String(80), info={"kind": "anyref", "readonly": True})
    subject_id: Mapped[int] = mapped_column(IdType, info={"readonly": True})
    owner_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "carried"})
    department_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "carried"})
    team_id: Mapped[int | None] = mapped_column(IdType, info={"kind": "carried"})


def is_part_of_any(model: Any) -> bool:
    """Whether rows of this mapped class hang on records of whatever resource."""
    return bool(getattr(model, "__part_of_any__", False))


def is_scoped(model: Any) -> bool:
    """Whether rows of this mapped class are hidden by scope."""
    return bool(getattr(model, "__scoped__", False))


def is_record(model: Any) -> bool:
    """Whether rows of this mapped class can lie in the recycle bin."""
    return isinstance(model, type) and (issubclass(model, Record) or "__brief_of__" in model.__dict__)
