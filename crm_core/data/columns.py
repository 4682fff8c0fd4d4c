"""Column types that behave the same on SQLite and PostgreSQL (no floats, no naive time)."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

# 64-bit everywhere; SQLite only auto-numbers a column declared INTEGER, which is 64-bit there anyway.
IdType = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JsonType = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """An instant. Python sees aware UTC datetimes on both engines; a naive value is a bug and raises ValueError."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone; use crm_core.kernel.clock.now()")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None or value.tzinfo is dt.UTC:
            return value
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
