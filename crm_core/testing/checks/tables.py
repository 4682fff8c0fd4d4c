"""What the tables may be like."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crm_core.kernel.i18n import _
from crm_core.testing.subject import Place, Subject


def keys(subject: Subject) -> Iterator[tuple[Place, Any]]:
    """A key with CASCADE or SET NULL makes rows disappear or change behind history, rights and undo."""
    for table in subject.tables:
        for key in table.foreign_key_constraints:
            if key.ondelete != "RESTRICT":
                (name, *_others) = key.column_keys
                yield subject.column(table, name), _("The foreign key %(name)s is %(what)s.", name=f"{table.name}.{name}", what=key.ondelete or "NO ACTION")


def numbers(subject: Subject) -> Iterator[tuple[Place, Any]]:
    """SQLite keeps them as binary fractions: 0.1 + 0.2 is not 0.3."""
    for table in subject.tables:
        for column in table.columns:
            if isinstance(column.type, sa.Numeric | sa.Float):
                yield subject.column(table, column.key), _("%(name)s is %(what)s.", name=f"{table.name}.{column.name}", what=type(column.type).__name__)
