"""The declarative base: names of constraints and the column types behind plain annotations."""

import datetime as dt
import enum
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.decl_api import DeclarativeAttributeIntercept

from crm_core.data import inside
from crm_core.data.columns import JsonType, UtcDateTime
from crm_core.data.types import brought

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class _Columns(DeclarativeAttributeIntercept):
    """What a class lacks may be a column inside its `custom`."""

    def __getattr__(cls, name: str) -> Any:
        if inside.is_inside(name) and inside.COLUMN in cls.__dict__.get("__mapper__", _NONE).column_attrs:
            return inside.column(cls, name)
        raise AttributeError(f"{cls.__name__} has no {name}")


class _NONE:
    column_attrs: ClassVar[dict[str, Any]] = {}


class Model(DeclarativeBase, metaclass=_Columns):
    """Base of every mapped class. Write columns as typed attributes; a table is named `<package>_<thing>`."""

    if TYPE_CHECKING:
        __table__: ClassVar[sa.Table]  # never another kind of FromClause here

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        str: sa.String(255),
        int: sa.BigInteger(),
        bool: sa.Boolean(),
        dt.datetime: UtcDateTime(),
        dt.date: sa.Date(),
        dict[str, Any]: JsonType,
        list[Any]: JsonType,
        enum.Enum: sa.Enum(enum.Enum, native_enum=False, length=40, values_callable=lambda e: [m.value for m in e]),
    }

    @classmethod
    def __table_cls__(cls, *parts: Any, **how: Any) -> sa.Table:
        return sa.Table(*(one for part in parts for one in (part, *brought(part))), **how)


def table_of(model: type[Model]) -> sa.Table:
    """The table of a mapped class, for statements below the ORM."""
    return model.__table__
