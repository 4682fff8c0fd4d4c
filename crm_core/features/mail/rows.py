"""Statements on mails, letters and receivers that were read under somebody's rights before, or that the house itself moves."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session
from crm_core.resource.changes import unscoped


def free(statement: Any, rows: Any = None) -> Any:
    """Run it whatever anybody's rights, in the running transaction, with what the session holds written before."""
    session.flush()
    options = unscoped("mail that was read under its rights, or that the house moves")
    conn = current_work().session.connection()
    return conn.execute(statement, execution_options=options) if rows is None else conn.execute(statement, rows, execution_options=options)


def note(table: sa.Table, ids: Any, **values: Any) -> None:
    """Change columns of these rows that people do not write."""
    free(sa.update(table).where(table.c.id.in_(list(ids))).values(**values))
